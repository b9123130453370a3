// customKinds: the kinds that a CustomResourceDefinition makes, one a served version. The objects of all are stored in the storage version; between
// versions only the apiVersion changes (conversion strategy None), and what the other version's schema does not name goes.
import type { Conversion, FieldError, Kind, ScalePaths, Verb } from "../kind.ts";
import { formatApiVersion, type JsonObject, type KubeObject, type Loose } from "../object.ts";
import { validateCommonMetadata } from "../rules/metadata.ts";
import { printerColumns, printed, type PrinterColumn } from "./columns.ts";
import { setSchemaDefaults } from "./defaults.ts";
import { parseJsonPath } from "./jsonpath.ts";
import type { JsonSchema } from "./jsonschema.ts";
import { prune } from "./prune.ts";
import { definitionName, type Structural, structuralOf } from "./structural.ts";
import { validateCustomResource } from "./resource.ts";
import { finalizerWarnings } from "./finalizers.ts";

const VERBS: readonly Verb[] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

interface Version {
  name: string;
  served?: boolean;
  storage?: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: JsonSchema };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  };
  additionalPrinterColumns?: PrinterColumn[];
  selectableFields?: { jsonPath: string }[];
}

/** One of each served version, the storage version first if it is served. Names are those that were accepted, if any were. */
export function customKinds(crd: KubeObject): Kind[] {
  const versions = (crd.spec?.versions ?? []) as Version[];
  const storage = versions.find((version) => version.storage);
  if (storage === undefined) return [];
  const stored = customKind(crd, storage);
  const others = versions.filter(({ served, name }) => served && name !== storage.name);
  const converted = others.map((version): Kind => {
    const kind = customKind(crd, version);
    return { ...kind, conversion: conversionOf(stored, kind) };
  });
  return storage.served ? [stored, ...converted] : converted;
}

function conversionOf(stored: Kind, served: Kind): Conversion {
  const dressed = (object: KubeObject, { group, version, structural, setDefaults }: Kind): KubeObject => {
    const made = JSON.parse(JSON.stringify(object)) as KubeObject;
    made.apiVersion = formatApiVersion(group, version);
    prune(made, structural!);
    setDefaults?.(made);
    return made;
  };
  return {
    stored,
    toStored: (object) => dressed(object, stored),
    fromStored: (object) => dressed(object, served),
  };
}

function customKind(crd: KubeObject, version: Version): Kind {
  const { group, names, scope } = crd.spec;
  const served: Loose = crd.status?.acceptedNames?.kind ? crd.status.acceptedNames : names;
  const name = { group, version: version.name, kind: names.kind as string };
  const root = version.schema?.openAPIV3Schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const structural = structuralOf(root, name, crd.metadata.name, crd.metadata.generation ?? 1);
  const { status, scale } = version.subresources ?? {};
  const kind: Kind = {
    ...name,
    resource: names.plural,
    singular: served.singular ?? names.kind.toLowerCase(),
    namespaced: scope === "Namespaced",
    shortNames: served.shortNames ?? [],
    categories: served.categories ?? [],
    verbs: VERBS,
    status: status !== undefined,
    scale: scale && scalePaths(scale),
    schema: definitionName(name),
    structural,
    generation: true,
    unconditionalUpdate: false,
    createOnUpdate: false,
    columns: printerColumns(version.additionalPrinterColumns),
    ageless: true,
    fields: selectableFields(version.selectableFields ?? []),
    setDefaults: (object) => setSchemaDefaults(object, structural.root),
    warnings: finalizerWarnings,
    validate: (object, old) => validate(kind, version, structural, object, old),
    federation: { rule: "workload", divided: [], division: "everywhere" },
  };
  if (version.deprecated)
    kind.deprecation = version.deprecationWarning ?? `${group}/${version.name} ${name.kind} is deprecated`;
  return kind;
}

function scalePaths(scale: {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}): ScalePaths {
  const path = (text = ""): string => text.replace(/^\./, "");
  return {
    specReplicas: path(scale.specReplicasPath),
    statusReplicas: path(scale.statusReplicasPath),
    selector: path(scale.labelSelectorPath),
  };
}

function selectableFields(fields: readonly { jsonPath: string }[]): Kind["fields"] {
  if (fields.length === 0) return undefined;
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const find = parseJsonPath(jsonPath);
      const read = (object: KubeObject): string => {
        const value = find?.(object as unknown as JsonObject)[0];
        return value === undefined || value === null ? "" : printed(value);
      };
      return [jsonPath.replace(/^\./, ""), read];
    }),
  );
}

function validate(
  kind: Kind,
  version: Version,
  structural: Structural,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  return [
    ...validateCommonMetadata(kind, object, old, ["update"]),
    ...validateCustomResource(object, structural, version.subresources?.scale, old),
  ];
}
