// Deployment (apps/v1): the first workload. Its replicas are divided among clusters.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplateFor } from "./podspec/validate.ts";
import { templateWarnings } from "./podspec/warnings.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { forbidden, invalid, nonNegative, notSupported, required } from "./rules/errors.ts";
import { intOrPercent, intOrPercentErrors, isNotMoreThan100Percent } from "./rules/intstr.ts";
import { sameJson, validateLabelSelector, validateMetadata } from "./rules/metadata.ts";
import { podNameWarnings } from "./rules/names.ts";
import { formatSelector, selectorFromObject } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

export const DEPLOYMENTS = "deployments.apps";

/** kk:pkg/apis/apps/v1/defaults.go SetDefaults_Deployment. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, deployment.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= "RollingUpdate";
  if (spec.strategy.type === "RollingUpdate") {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= "25%";
    spec.strategy.rollingUpdate.maxSurge ??= "25%";
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  defaultTemplate(spec);
  object.status ??= {};
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec } = object;
  return [
    ...validateMetadata(deployment, object, old),
    ...validateSpec(spec),
    ...(old !== undefined && !sameJson(spec.selector, old.spec?.selector)
      ? [invalid("spec.selector", spec.selector, "field is immutable")]
      : []),
    ...validateStatus(object.status ?? {}),
  ];
}

function validateSpec(spec: Loose): FieldError[] {
  const errors: FieldError[] = nonNegative("spec.replicas", spec.replicas);
  errors.push(...validateSelector(spec.selector), ...validateTemplateFor(spec));
  errors.push(
    ...validateStrategy(spec.strategy),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
    ...nonNegative("spec.progressDeadlineSeconds", spec.progressDeadlineSeconds),
  );
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    errors.push(
      invalid("spec.progressDeadlineSeconds", spec.progressDeadlineSeconds, "must be greater than minReadySeconds"),
    );
  }
  return errors;
}

/** Shared with ReplicaSet, whose text says "deployment" upstream too. */
export function validateSelector(selector: Loose): FieldError[] {
  if (!selector) return [required("spec.selector")];
  const errors = validateLabelSelector(selector, "spec.selector");
  const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  if (size === 0) errors.push(invalid("spec.selector", selector, "empty selector is invalid for deployment"));
  return errors;
}

function validateStrategy(strategy: Loose): FieldError[] {
  const field = "spec.strategy";
  if (strategy.type === "Recreate") {
    return strategy.rollingUpdate
      ? [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  }
  if (strategy.type !== "RollingUpdate") {
    // Upstream prints its internal struct here, which JSON.stringify cannot: field names are Go's.
    return [notSupported(field, { Type: strategy.type, RollingUpdate: null }, ["Recreate", "RollingUpdate"])];
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate;
  const path = `${field}.rollingUpdate`;
  const errors = [
    ...intOrPercentErrors(`${path}.maxUnavailable`, maxUnavailable),
    ...intOrPercentErrors(`${path}.maxSurge`, maxSurge),
  ];
  if (intOrPercent(maxUnavailable) === 0 && intOrPercent(maxSurge) === 0) {
    errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0"));
  }
  errors.push(...isNotMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable));
  return errors;
}

const COUNTS = [
  "observedGeneration",
  "replicas",
  "updatedReplicas",
  "readyReplicas",
  "availableReplicas",
  "unavailableReplicas",
];

function validateStatus(status: Loose): FieldError[] {
  const errors = COUNTS.flatMap((field) => nonNegative(`status.${field}`, status[field]));
  const replicas = status.replicas ?? 0;
  for (const field of ["updatedReplicas", "readyReplicas", "availableReplicas"]) {
    if ((status[field] ?? 0) > replicas)
      errors.push(invalid(`status.${field}`, status[field] ?? 0, "cannot be greater than status.replicas"));
  }
  if ((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0)) {
    errors.push(
      invalid("status.availableReplicas", status.availableReplicas ?? 0, "cannot be greater than readyReplicas"),
    );
  }
  return errors;
}

/** Annotations count as a change of the spec here (kk:pkg/registry/apps/deployment/strategy.go PrepareForUpdate). */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  const text = ({ metadata }: KubeObject): string =>
    JSON.stringify(Object.entries(metadata.annotations ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (text(object) !== text(old)) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

export const deployment: Kind = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  resource: "deployments",
  singular: "deployment",
  namespaced: true,
  shortNames: ["deploy"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  statusKeepsLabels: true,
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" },
  schema: "io.k8s.api.apps.v1.Deployment",
  generation: true,
  prepareUpdate,
  columns: [
    NAME,
    {
      name: "Ready",
      type: "string",
      description: "Ready pods of those wanted",
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    },
    {
      name: "Up-to-date",
      type: "string",
      description: "Pods of the newest template",
      cell: ({ status }) => status?.updatedReplicas ?? 0,
    },
    {
      name: "Available",
      type: "string",
      description: "Pods that serve",
      cell: ({ status }) => status?.availableReplicas ?? 0,
    },
    AGE,
    ...templateColumns((spec) => {
      const selector = selectorFromObject(spec?.selector);
      return selector === undefined ? "<invalid>" : formatSelector(selector);
    }),
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = {};
  },
  validate,
  warnings: (object, old) => [
    ...(old === undefined ? podNameWarnings(object.metadata.name) : []),
    ...templateWarnings(object, old),
  ],
  federation: { rule: "workload", divided: ["spec.replicas"] },
};
