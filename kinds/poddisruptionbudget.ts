// PodDisruptionBudget (policy/v1). At the root it guards what the eviction endpoint does there; it does not follow its pods yet.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid, nonNegative, notSupported } from "./rules/errors.ts";
import { type GoStruct, goValue } from "./rules/gojson.ts";
import { intOrPercentErrors, isNotMoreThan100Percent } from "./rules/intstr.ts";
import { sameJson, validateCommonMetadata, validateLabelSelector } from "./rules/metadata.ts";
import { validateConditions } from "./rules/conditions.ts";
import { inGoOrder } from "./rules/selector.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

/** What policy/v1beta1 wrote for "no pods" and "all pods"; beside anything else it counts for nothing. */
const V1BETA1 = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";

/** kk:pkg/apis/policy/v1/conversion.go. */
function dropV1beta1(selector: Loose): void {
  const { matchExpressions } = selector;
  if (!matchExpressions?.some(({ key }: Loose) => key === V1BETA1)) return;
  const alone = (operator: string): boolean => sameJson(selector, { matchExpressions: [{ key: V1BETA1, operator }] });
  if (alone("Exists") || alone("DoesNotExist")) return;
  selector.matchExpressions = matchExpressions.filter(({ key }: Loose) => key !== V1BETA1);
  if (selector.matchExpressions.length === 0) delete selector.matchExpressions;
}

/** As upstream prints it. */
const SPEC: GoStruct = {
  MinAvailable: ["minAvailable", null],
  Selector: ["selector", null],
  MaxUnavailable: ["maxUnavailable", null],
  UnhealthyPodEvictionPolicy: ["unhealthyPodEvictionPolicy", null],
};

function setDefaults(object: KubeObject): void {
  dropZeros(object, podDisruptionBudget.schema);
  object.spec ??= {};
  if (object.spec.selector) dropV1beta1(object.spec.selector);
  showZeros(object, podDisruptionBudget.schema);
}

/** kk:pkg/apis/policy/validation. The strategy checks no metadata. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = [
    ...(old === undefined ? [] : validateCommonMetadata(podDisruptionBudget, object, old)),
    ...validateSpec(object.spec, old?.spec),
    ...validateStatus(object.status ?? {}),
  ];
  return old === undefined && errors.length === 0 ? validateCommonMetadata(podDisruptionBudget, object) : errors;
}

function validateSpec(spec: Loose, old: Loose): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const whole = { ...goValue(SPEC, spec), Selector: inGoOrder(selector) ?? null };
    errors.push(invalid("spec", whole, "minAvailable and maxUnavailable cannot be both set"));
  }
  for (const name of ["minAvailable", "maxUnavailable"]) {
    if (spec[name] === undefined) continue;
    errors.push(
      ...intOrPercentErrors(`spec.${name}`, spec[name]),
      ...isNotMoreThan100Percent(`spec.${name}`, spec[name]),
    );
  }
  errors.push(...selectorErrors(selector, old?.selector));
  if (policy !== undefined && policy !== "IfHealthyBudget" && policy !== "AlwaysAllow")
    errors.push(notSupported("spec.unhealthyPodEvictionPolicy", policy, ["AlwaysAllow", "IfHealthyBudget"]));
  return errors;
}

/** A selector that was invalid already may keep values that are no label values. */
function selectorErrors(selector: Loose, old: Loose): FieldError[] {
  const errors = validateLabelSelector(selector, "spec.selector");
  if (errors.length === 0 || validateLabelSelector(old, "").length === 0) return errors;
  return errors.filter(({ field }) => !/\.values\[\d+\]$/.test(field));
}

function validateStatus(status: Loose): FieldError[] {
  return [
    ...validateConditions(status.conditions ?? [], "status.conditions"),
    ...["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"].flatMap((field) =>
      nonNegative(`status.${field}`, status[field]),
    ),
  ];
}

export const podDisruptionBudget: Kind = {
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  resource: "poddisruptionbudgets",
  singular: "poddisruptionbudget",
  namespaced: true,
  shortNames: ["pdb"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.policy.v1.PodDisruptionBudget",
  generation: true,
  nameRule: "path",
  unconditionalUpdate: false,
  columns: [
    NAME,
    {
      name: "Min Available",
      type: "string",
      description: "Pods that must stay",
      cell: ({ spec }) => String(spec?.minAvailable ?? "N/A"),
    },
    {
      name: "Max Unavailable",
      type: "string",
      description: "Pods that may be away",
      cell: ({ spec }) => String(spec?.maxUnavailable ?? "N/A"),
    },
    {
      name: "Allowed Disruptions",
      type: "integer",
      description: "Pods that may be evicted now",
      cell: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => showZeros(object, podDisruptionBudget.schema),
  validate,
  federation: {
    rule: "follower",
    finds: { pods: "selector" },
    divided: ["spec.minAvailable", "spec.maxUnavailable"],
  },
};
