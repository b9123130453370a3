// StorageClass (storage.k8s.io/v1): stored at the root for whoever asks; each member brings its own classes, and a claim names one of those.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE } from "./rules/columns.ts";
import { duplicate, invalid, invalidEach, notSupported, required } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { qualifiedName } from "./rules/names.ts";
import { nodeLabelWarnings } from "./rules/nodelabels.ts";
import { dropZeros } from "./rules/zeros.ts";
import { parameterErrors, provisionerErrors } from "./storage/parameters.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, storageClass.schema);
  object.reclaimPolicy ??= "Delete";
  object.volumeBindingMode ??= "Immediate";
}

const RECLAIM_POLICIES = ["Delete", "Retain"];
const BINDING_MODES = ["Immediate", "WaitForFirstConsumer"];
const IMMUTABLE = ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"];

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { provisioner, parameters, reclaimPolicy, volumeBindingMode } = object;
  const errors = [
    ...validateMetadata(storageClass, object, old, ["meta", "update"]),
    ...provisionerErrors("provisioner", provisioner),
    ...parameterErrors("parameters", parameters, true),
  ];
  if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported("reclaimPolicy", reclaimPolicy, RECLAIM_POLICIES));
  if (!BINDING_MODES.includes(volumeBindingMode))
    errors.push(notSupported("volumeBindingMode", volumeBindingMode, BINDING_MODES));
  errors.push(...validateTopologies(object.allowedTopologies ?? []));
  if (old === undefined) return errors;
  for (const field of IMMUTABLE)
    if (!sameJson(object[field], old[field])) errors.push(invalid(field, object[field], "field is immutable"));
  return errors;
}

function validateTopologies(terms: Loose[]): FieldError[] {
  // Upstream compares each term also with one empty term for every term there is.
  const seen = terms.map(() => "[]");
  return terms.flatMap((term, index) => {
    const path = `allowedTopologies[${index}].matchLabelExpressions`;
    const errors: FieldError[] = [];
    const sets: Record<string, string[]> = {};
    for (const [at, { key = "", values = [] }] of ((term.matchLabelExpressions ?? []) as Loose[]).entries()) {
      if (values.length === 0) errors.push(required(`${path}[${at}].values`));
      for (const [i, value] of values.entries())
        if (values.indexOf(value) < i) errors.push(duplicate(`${path}[${at}].values[${i}]`, value));
      errors.push(...invalidEach(`${path}[${at}].key`, key, qualifiedName(key)));
      if (key in sets) errors.push(duplicate(`${path}[${at}].key`, key));
      sets[key] = [...new Set<string>(values)].sort();
    }
    const text = JSON.stringify(Object.entries(sets).sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const before of seen) if (text === before) errors.push(duplicate(path, ""));
    seen.push(text);
    return errors;
  });
}

function warnings({ allowedTopologies }: KubeObject): string[] {
  return ((allowedTopologies ?? []) as Loose[]).flatMap(({ matchLabelExpressions = [] }, index) =>
    nodeLabelWarnings(
      matchLabelExpressions.map(({ key }: Loose) => key),
      (_key, at) => `allowedTopologies[${index}].matchLabelExpressions[${at}].key`,
    ),
  );
}

export const STORAGE_CLASSES = "storageclasses.storage.k8s.io";

export const DEFAULT_STORAGE_CLASS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

export const storageClass: Kind = {
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  resource: "storageclasses",
  singular: "storageclass",
  namespaced: false,
  shortNames: ["sc"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.storage.v1.StorageClass",
  returnsDeleted: true,
  columns: [
    {
      name: "Name",
      type: "string",
      format: "name",
      description: "Name of the object",
      cell: ({ metadata }) =>
        DEFAULT_STORAGE_CLASS.some((key) => metadata.annotations?.[key] === "true")
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    {
      name: "Provisioner",
      type: "string",
      description: "Who makes its volumes",
      cell: ({ provisioner }) => provisioner ?? "",
    },
    {
      name: "ReclaimPolicy",
      type: "string",
      description: "What becomes of its volumes",
      cell: ({ reclaimPolicy }) => reclaimPolicy ?? "Delete",
    },
    {
      name: "VolumeBindingMode",
      type: "string",
      description: "When its volumes are made",
      cell: ({ volumeBindingMode }) => volumeBindingMode ?? "Immediate",
    },
    {
      name: "AllowVolumeExpansion",
      type: "string",
      description: "Whether its volumes may grow",
      cell: ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    },
    AGE,
  ],
  setDefaults,
  warnings,
  validate,
  federation: { rule: "root" },
};
