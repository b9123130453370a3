// ReplicaSet (apps/v1). At the root the schedule controller writes one per distinct template of a Deployment, so that rollout history
// and undo read them; those stay there. One that a user made is a workload, placed whole. In members they are what they always were.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { validateSelector } from "./deployment.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplateFor } from "./podspec/validate.ts";
import { templateWarnings } from "./podspec/warnings.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { invalid, nonNegative } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { podNameWarnings } from "./rules/names.ts";
import { controlled } from "./rules/owners.ts";
import { formatLabelSelector } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

export const REPLICASETS = "replicasets.apps";

function setDefaults(object: KubeObject): void {
  dropZeros(object, replicaSet.schema);
  object.spec ??= {};
  object.spec.replicas ??= 1;
  defaultTemplate(object.spec);
  object.status ??= {};
  object.status.replicas ??= 0;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec } = object;
  const errors = [
    ...validateMetadata(replicaSet, object, old),
    ...nonNegative("spec.replicas", spec.replicas),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...validateSelector(spec.selector),
    ...validateTemplateFor(spec),
  ];
  if (old !== undefined && !sameJson(spec.selector, old.spec?.selector)) {
    errors.push(invalid("spec.selector", spec.selector, "field is immutable"));
  }
  return old === undefined ? errors : [...errors, ...validateStatus(object.status ?? {})];
}

const PARTS = ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"];

function validateStatus(status: Loose): FieldError[] {
  const errors = ["replicas", ...PARTS, "observedGeneration", "terminatingReplicas"].flatMap((field) =>
    nonNegative(`status.${field}`, status[field]),
  );
  const of = (field: string): number => status[field] ?? 0;
  for (const field of PARTS)
    if (of(field) > of("replicas"))
      errors.push(invalid(`status.${field}`, of(field), "cannot be greater than status.replicas"));
  if (of("availableReplicas") > of("readyReplicas"))
    errors.push(invalid("status.availableReplicas", of("availableReplicas"), "cannot be greater than readyReplicas"));
  return errors;
}

/** Set on the ReplicaSets that record a Deployment's history. */
const REVISION = "deployment.kubernetes.io/revision";

export const replicaSet: Kind = {
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  resource: "replicasets",
  singular: "replicaset",
  namespaced: true,
  shortNames: ["rs"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" },
  schema: "io.k8s.api.apps.v1.ReplicaSet",
  generation: true,
  columns: [
    NAME,
    { name: "Desired", type: "integer", description: "Pods wanted", cell: ({ spec }) => spec?.replicas ?? 0 },
    { name: "Current", type: "integer", description: "Pods made", cell: ({ status }) => status?.replicas ?? 0 },
    { name: "Ready", type: "integer", description: "Pods ready", cell: ({ status }) => status?.readyReplicas ?? 0 },
    AGE,
    ...templateColumns((spec) => formatLabelSelector(spec?.selector)),
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { replicas: 0 };
  },
  validate,
  warnings: (object, old) => [
    ...(old === undefined ? podNameWarnings(object.metadata.name) : []),
    ...templateWarnings(object, old),
  ],
  federation: { rule: "workload", divided: ["spec.replicas"], division: "whole" },
  propagates: (object) => !controlled(object) && object.metadata.annotations?.[REVISION] === undefined,
};
