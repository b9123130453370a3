// DaemonSet (apps/v1). At the root it is placed whole; "one pod on every node" is said by the cluster that runs it.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplate } from "./podspec/validate.ts";
import { podTemplateWarnings } from "./podspec/warnings.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { forbidden, invalid, nonNegative, notSupported, required } from "./rules/errors.ts";
import { intOrPercent, intOrPercentErrors, isNotMoreThan100Percent } from "./rules/intstr.ts";
import { isSelector, sameJson, validateLabelSelector, validateMetadata } from "./rules/metadata.ts";
import { controlled } from "./rules/owners.ts";
import { formatLabelSelector, formatLabels, matchesLabels, selectorFromObject } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";

export const DAEMONSETS = "daemonsets.apps";

/** What apps/v1 left of a field of its older versions; the server counts in it how often the template changed. */
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

const COUNTS = ["currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady"];
const MORE_COUNTS = ["observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable"];

/** kk:pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet, conversion.go Convert_apps_DaemonSet_To_v1_DaemonSet. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, daemonSet.schema);
  object.metadata.annotations ??= {};
  object.metadata.annotations[TEMPLATE_GENERATION] ??= "0";
  object.spec ??= {};
  const { spec } = object;
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ||= "RollingUpdate";
  const rolling = spec.updateStrategy.type === "RollingUpdate";
  if (rolling) spec.updateStrategy.rollingUpdate ??= {};
  if (spec.updateStrategy.rollingUpdate) {
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= rolling ? 1 : 0;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  defaultTemplate(spec);
  object.status ??= {};
  for (const field of COUNTS) object.status[field] ??= 0;
}

const templateGeneration = ({ metadata }: KubeObject): number =>
  Number.parseInt(metadata.annotations?.[TEMPLATE_GENERATION] ?? "0", 10) || 0;

function setTemplateGeneration(object: KubeObject, generation: number): void {
  object.metadata.annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

function prepareCreate(object: KubeObject): void {
  object.status = Object.fromEntries(COUNTS.map((field) => [field, 0]));
  setTemplateGeneration(object, Math.max(1, templateGeneration(object)));
}

/** kk:pkg/registry/apps/daemonset/strategy.go PrepareForUpdate: the client's count does not matter. */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  const changed = !sameJson(object.spec.template, old.spec?.template);
  setTemplateGeneration(object, templateGeneration(old) + (changed ? 1 : 0));
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(daemonSet, object, old);
  if (old !== undefined && !sameJson(object.spec.selector, old.spec?.selector))
    errors.push(invalid("spec.selector", object.spec.selector ?? null, "field is immutable"));
  errors.push(...validateSpec(object.spec));
  return old === undefined ? errors : [...errors, ...validateStatus(object.status ?? {}, old.status ?? {})];
}

function validateSpec(spec: Loose): FieldError[] {
  const { selector: object, template } = spec;
  const errors = validateLabelSelector(object, "spec.selector");
  const selector = selectorFromObject(object);
  const labels = template?.metadata?.labels;
  if (isSelector(object) && !(selector !== undefined && matchesLabels(selector, labels))) {
    const detail = "`selector` does not match template `labels`";
    errors.push(invalid("spec.template.metadata.labels", labels ?? null, detail));
  }
  if (object && Object.keys(object.matchLabels ?? {}).length + (object.matchExpressions ?? []).length === 0)
    errors.push(invalid("spec.selector", object, "empty selector is invalid for daemonset"));
  errors.push(...validateTemplate(template, "spec.template"));
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== "Always")
    errors.push(notSupported("spec.template.spec.restartPolicy", restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const detail = "activeDeadlineSeconds in DaemonSet is not Supported";
    errors.push(forbidden("spec.template.spec.activeDeadlineSeconds", detail));
  }
  return [
    ...errors,
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...validateStrategy(spec.updateStrategy),
    ...nonNegative("spec.revisionHistoryLimit", spec.revisionHistoryLimit),
  ];
}

function validateStrategy(strategy: Loose): FieldError[] {
  const field = "spec.updateStrategy";
  if (strategy.type === "OnDelete") return [];
  if (strategy.type !== "RollingUpdate") {
    // Upstream prints its internal struct, whose field names are Go's.
    const rolling = strategy.rollingUpdate;
    const printed = rolling ? { MaxUnavailable: rolling.maxUnavailable, MaxSurge: rolling.maxSurge } : null;
    const value = { Type: strategy.type, RollingUpdate: printed };
    return [notSupported(field, value, ["RollingUpdate", "OnDelete"])];
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate;
  const path = `${field}.rollingUpdate`;
  const errors = [
    ...intOrPercentErrors(`${path}.maxUnavailable`, maxUnavailable),
    ...intOrPercentErrors(`${path}.maxSurge`, maxSurge),
    ...isNotMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable),
    ...isNotMoreThan100Percent(`${path}.maxSurge`, maxSurge),
  ];
  const [unavailable, surge] = [intOrPercent(maxUnavailable) !== 0, intOrPercent(maxSurge) !== 0];
  if (unavailable && surge)
    errors.push(invalid(`${path}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero"));
  if (!unavailable && !surge) errors.push(required(`${path}.maxUnavailable`, "cannot be 0 when maxSurge is 0"));
  return errors;
}

function validateStatus(status: Loose, old: Loose): FieldError[] {
  const errors = [...COUNTS, ...MORE_COUNTS, "collisionCount"].flatMap((field) =>
    nonNegative(`status.${field}`, status[field]),
  );
  if (old.collisionCount !== undefined && (status.collisionCount ?? 0) < old.collisionCount)
    errors.push(invalid("status.collisionCount", status.collisionCount ?? 0, "cannot be decremented"));
  return errors;
}

const count = (field: string) => (object: KubeObject) => object.status?.[field] ?? 0;

export const daemonSet: Kind = {
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  resource: "daemonsets",
  singular: "daemonset",
  namespaced: true,
  shortNames: ["ds"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.apps.v1.DaemonSet",
  generation: true,
  columns: [
    NAME,
    { name: "Desired", type: "integer", description: "Nodes wanted", cell: count("desiredNumberScheduled") },
    { name: "Current", type: "integer", description: "Nodes with a pod", cell: count("currentNumberScheduled") },
    { name: "Ready", type: "integer", description: "Nodes with a ready pod", cell: count("numberReady") },
    {
      name: "Up-to-date",
      type: "integer",
      description: "Nodes with a pod of the newest template",
      cell: count("updatedNumberScheduled"),
    },
    { name: "Available", type: "integer", description: "Nodes with a pod that serves", cell: count("numberAvailable") },
    {
      name: "Node Selector",
      type: "string",
      description: "Nodes that are meant",
      cell: ({ spec }) => formatLabels(spec?.template?.spec?.nodeSelector),
    },
    AGE,
    ...templateColumns((spec) => formatLabelSelector(spec?.selector)),
  ],
  setDefaults,
  prepareCreate,
  prepareUpdate,
  validate,
  warnings: (object, old) =>
    old !== undefined && templateGeneration(object) === templateGeneration(old)
      ? []
      : podTemplateWarnings(object.spec.template, "spec.template"),
  federation: { rule: "workload", divided: [], division: "everywhere" },
  propagates: (object) => !controlled(object),
};
