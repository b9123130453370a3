// ReplicationController (v1): what came before ReplicaSets, with a map for a selector. Placed whole in one cluster.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplate } from "./podspec/validate.ts";
import { podTemplateWarnings } from "./podspec/warnings.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { forbidden, invalid, nonNegative, notSupported, required } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { podNameWarnings } from "./rules/names.ts";
import { controlled } from "./rules/owners.ts";
import { formatLabels } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, replicationController.schema);
  object.spec ??= {};
  const { spec, metadata } = object;
  spec.replicas ??= 1;
  if (spec.template) defaultTemplate(spec);
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    spec.selector ??= { ...labels };
    metadata.labels ??= { ...labels };
  }
  object.status ??= {};
  object.status.replicas ??= 0;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const metadata = validateMetadata(replicationController, object, old);
  if (old !== undefined && !sameJson(object.status, old.status)) return [...metadata, ...validateStatus(object.status)];
  const { spec } = object;
  return [
    ...metadata,
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...(Object.keys(spec.selector ?? {}).length === 0 ? [required("spec.selector")] : []),
    ...nonNegative("spec.replicas", spec.replicas),
    ...validatePods(spec, "spec.template"),
  ];
}

function validatePods({ selector = {}, template }: Loose, field: string): FieldError[] {
  if (!template) return [required(field)];
  const errors: FieldError[] = [];
  const labels = template.metadata?.labels;
  if (Object.entries(selector).some(([key, value]) => labels?.[key] !== value))
    errors.push(invalid(`${field}.metadata.labels`, labels ?? null, "`selector` does not match template `labels`"));
  errors.push(...validateTemplate(template, field));
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== "Always") errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, ["Always"]));
  const detail = "activeDeadlineSeconds in ReplicationController is not Supported";
  if (activeDeadlineSeconds !== undefined) errors.push(forbidden(`${field}.spec.activeDeadlineSeconds`, detail));
  return errors;
}

const COUNTS = ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"];

function validateStatus(status: Loose): FieldError[] {
  const errors = COUNTS.flatMap((field) => nonNegative(`status.${field}`, status[field]));
  for (const field of COUNTS.slice(1, 4)) {
    if ((status[field] ?? 0) > (status.replicas ?? 0))
      errors.push(invalid(`status.${field}`, status[field], "cannot be greater than status.replicas"));
  }
  if ((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0))
    errors.push(invalid("status.availableReplicas", status.availableReplicas, "cannot be greater than readyReplicas"));
  return errors;
}

/** An update warns of the template that it replaces: upstream has the two the wrong way round. */
function warnings(object: KubeObject, old?: KubeObject): string[] {
  if (old === undefined)
    return [...podNameWarnings(object.metadata.name), ...podTemplateWarnings(object.spec.template, "spec.template")];
  return object.metadata.generation === old.metadata.generation
    ? []
    : podTemplateWarnings(old.spec?.template, "spec.template");
}

export const replicationController: Kind = {
  group: "",
  version: "v1",
  kind: "ReplicationController",
  resource: "replicationcontrollers",
  singular: "replicationcontroller",
  namespaced: true,
  shortNames: ["rc"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" },
  schema: "io.k8s.api.core.v1.ReplicationController",
  generation: true,
  dependents: "orphan",
  fields: { "status.replicas": ({ status }) => String(status?.replicas ?? 0) },
  columns: [
    NAME,
    { name: "Desired", type: "integer", description: "Pods wanted", cell: ({ spec }) => spec?.replicas ?? 0 },
    { name: "Current", type: "integer", description: "Pods made", cell: ({ status }) => status?.replicas ?? 0 },
    { name: "Ready", type: "integer", description: "Pods ready", cell: ({ status }) => status?.readyReplicas ?? 0 },
    AGE,
    ...templateColumns((spec) => formatLabels(spec?.selector)),
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { replicas: 0 };
  },
  validate,
  warnings,
  federation: { rule: "workload", divided: ["spec.replicas"], division: "whole" },
  propagates: (object) => !controlled(object),
};
