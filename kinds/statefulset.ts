// StatefulSet (apps/v1): pods with names and volumes of their own. Placed whole in one cluster, so an identity never moves by itself.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { persistentVolumeClaim } from "./persistentvolumeclaim.ts";
import { defaultTemplate } from "./podspec/template.ts";
import { validateTemplate } from "./podspec/validate.ts";
import { templateWarnings } from "./podspec/warnings.ts";
import { AGE, NAME, templateColumns } from "./rules/columns.ts";
import { forbidden, invalid, invalidEach, nonNegative, notSupported, required } from "./rules/errors.ts";
import { intOrPercent, intOrPercentErrors, isNotMoreThan100Percent } from "./rules/intstr.ts";
import {
  isSelector,
  sameJson,
  validateAnnotations,
  validateLabels,
  validateLabelSelector,
  validateMetadata,
} from "./rules/metadata.ts";
import { dns1123Label } from "./rules/names.ts";
import { controlled } from "./rules/owners.ts";
import { matchesLabels, selectorFromObject } from "./rules/selector.ts";
import { dropZeros } from "./rules/zeros.ts";
import { claimSpecWarnings, validateClaimSpec } from "./storage/claimspec.ts";

export const STATEFULSETS = "statefulsets.apps";

const ROLLING = "RollingUpdate";
const KEEP_OR_DELETE = ["Retain", "Delete"];

/** kk:pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, statefulSet.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.podManagementPolicy ||= "OrderedReady";
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = ROLLING;
    spec.updateStrategy.rollingUpdate ??= {};
  }
  if (spec.updateStrategy.type === ROLLING && spec.updateStrategy.rollingUpdate)
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= "Retain";
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= "Retain";
  if (spec.ordinals) spec.ordinals.start ??= 0;
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.serviceName ??= "";
  defaultTemplate(spec);
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaim(claim);
  object.status ??= {};
  object.status.replicas ??= 0;
  object.status.availableReplicas ??= 0;
}

/** A claim inside says what it is, whatever was written (conversion.go, see kubernetes/kubernetes#87583). */
function defaultClaim(claim: Loose): void {
  claim.apiVersion = "v1";
  claim.kind = "PersistentVolumeClaim";
  claim.metadata ??= {};
  persistentVolumeClaim.setDefaults?.(claim);
}

/** MaxUnavailableStatefulSet is off in 1.36: the field is dropped, but where it stands already. */
function dropMaxUnavailable({ spec }: KubeObject, old?: KubeObject): void {
  const { rollingUpdate } = spec.updateStrategy;
  if (rollingUpdate && old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable === undefined)
    delete rollingUpdate.maxUnavailable;
}

function prepareCreate(object: KubeObject): void {
  object.status = { replicas: 0, availableReplicas: 0 };
  dropMaxUnavailable(object);
}

const UPDATABLE = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];
const ONLY_THESE = `updates to statefulset spec for fields other than ${UPDATABLE.slice(0, -1)
  .map((field) => `'${field}'`)
  .join(", ")} and 'minReadySeconds' are forbidden`;

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(statefulSet, object, old);
  if (old === undefined) return [...errors, ...validateSpec(object.spec)];
  // A template that was invalid before may stay so.
  const lenient = validateSpec(old.spec, { old: true }).length > 0;
  errors.push(...validateSpec(object.spec, { old: true, skipTemplate: lenient }));
  const fixed = { ...object.spec };
  for (const field of UPDATABLE) fixed[field] = old.spec[field];
  if (!sameJson(fixed, old.spec)) errors.push(forbidden("spec", ONLY_THESE));
  return [...errors, ...validateStatus(object.status ?? {}, old.status ?? {})];
}

/** `old`: it exists, so what cannot change any more is not looked at again. */
function validateSpec(spec: Loose, { old = false, skipTemplate = false } = {}): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.podManagementPolicy !== "OrderedReady" && spec.podManagementPolicy !== "Parallel") {
    const detail = "must be 'OrderedReady' or 'Parallel'";
    errors.push(invalid("spec.podManagementPolicy", spec.podManagementPolicy, detail));
  }
  errors.push(...validateStrategy(spec.updateStrategy));
  for (const field of ["whenDeleted", "whenScaled"]) {
    const policy = spec.persistentVolumeClaimRetentionPolicy[field];
    if (!KEEP_OR_DELETE.includes(policy))
      errors.push(notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, KEEP_OR_DELETE));
  }
  for (const [index, claim] of (old ? [] : (spec.volumeClaimTemplates ?? [])).entries())
    errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  errors.push(
    ...nonNegative("spec.replicas", spec.replicas),
    ...nonNegative("spec.minReadySeconds", spec.minReadySeconds),
    ...nonNegative("spec.ordinals.start", spec.ordinals?.start),
  );
  if (!old && spec.serviceName)
    errors.push(...invalidEach("spec.serviceName", spec.serviceName, dns1123Label(spec.serviceName)));
  errors.push(...validateSelector(spec.selector));
  if (isSelector(spec.selector)) errors.push(...validateOwnTemplate(spec, skipTemplate));
  else errors.push(invalid("spec.selector", spec.selector, ""));
  const { restartPolicy, activeDeadlineSeconds } = spec.template.spec;
  if (restartPolicy !== "Always")
    errors.push(notSupported("spec.template.spec.restartPolicy", restartPolicy, ["Always"]));
  if (activeDeadlineSeconds !== undefined) {
    const detail = "activeDeadlineSeconds in StatefulSet is not Supported";
    errors.push(forbidden("spec.template.spec.activeDeadlineSeconds", detail));
  }
  return errors;
}

function validateSelector(selector: Loose): FieldError[] {
  if (!selector) return [required("spec.selector")];
  const errors = validateLabelSelector(selector, "spec.selector");
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
    errors.push(invalid("spec.selector", selector, "empty selector is invalid for statefulset"));
  return errors;
}

/** The controller gives pods their hostname and subdomain, and each claim's volume. */
function validateOwnTemplate(spec: Loose, skip: boolean): FieldError[] {
  const { template } = spec;
  const labels = template.metadata?.labels;
  const errors: FieldError[] = [];
  const selector = selectorFromObject(spec.selector);
  if (selector === undefined || (selector.length > 0 && !matchesLabels(selector, labels))) {
    const detail = "`selector` does not match template `labels`";
    errors.push(invalid("spec.template.metadata.labels", labels ?? null, detail));
  }
  if (!skip) {
    const { hostname: _, subdomain: __, ...pod } = template.spec;
    const claims: string[] = (spec.volumeClaimTemplates ?? []).map(({ metadata }: Loose) => metadata?.name ?? "");
    const volumes = [
      ...[...new Set(claims)].map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
      ...(pod.volumes ?? []).filter(({ name }: Loose) => !claims.includes(name)),
    ];
    errors.push(...validateTemplate({ ...template, spec: { ...pod, volumes } }, "spec.template"));
  }
  return [
    ...errors,
    ...validateLabels(labels, "spec.template.labels"),
    ...validateAnnotations(template.metadata?.annotations, "spec.template.annotations"),
  ];
}

function validateStrategy(strategy: Loose): FieldError[] {
  const field = "spec.updateStrategy";
  const rolling = strategy.rollingUpdate;
  // Upstream prints its internal structs, whose field names are Go's.
  const printed = rolling
    ? { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null }
    : null;
  if (strategy.type === "OnDelete")
    return rolling ? [invalid(`${field}.rollingUpdate`, printed, `only allowed for updateStrategy '${ROLLING}'`)] : [];
  if (strategy.type !== ROLLING)
    return [invalid(field, { Type: strategy.type, RollingUpdate: printed }, `must be '${ROLLING}' or 'OnDelete'`)];
  if (!rolling) return [];
  const path = `${field}.rollingUpdate`;
  const errors = nonNegative(`${path}.partition`, rolling.partition);
  const { maxUnavailable } = rolling;
  if (maxUnavailable === undefined) return errors;
  errors.push(...intOrPercentErrors(`${path}.maxUnavailable`, maxUnavailable));
  if (intOrPercent(maxUnavailable) === 0) errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable, "cannot be 0"));
  return [...errors, ...isNotMoreThan100Percent(`${path}.maxUnavailable`, maxUnavailable)];
}

const COUNTS = ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"];

function validateStatus(status: Loose, old: Loose): FieldError[] {
  const errors = [...COUNTS, "observedGeneration", "collisionCount"].flatMap((field) =>
    nonNegative(`status.${field}`, status[field]),
  );
  const of = (field: string): number => status[field] ?? 0;
  for (const field of COUNTS.slice(1))
    if (of(field) > of("replicas"))
      errors.push(invalid(`status.${field}`, of(field), "cannot be greater than status.replicas"));
  if (of("availableReplicas") > of("readyReplicas")) {
    const detail = "cannot be greater than status.readyReplicas";
    errors.push(invalid("status.availableReplicas", of("availableReplicas"), detail));
  }
  if (old.collisionCount !== undefined && of("collisionCount") < old.collisionCount)
    errors.push(invalid("status.collisionCount", of("collisionCount"), "cannot be decremented"));
  return errors;
}

function warnings(object: KubeObject, old?: KubeObject): string[] {
  const { volumeClaimTemplates = [], revisionHistoryLimit } = object.spec;
  // The paths are upstream's own slips.
  const inside = old === undefined ? "" : ".Spec";
  return [
    ...templateWarnings(object, old),
    ...(volumeClaimTemplates as Loose[]).flatMap(({ spec = {} }, index) =>
      claimSpecWarnings(spec, `spec.volumeClaimTemplates[${index}]${inside}`),
    ),
    ...(revisionHistoryLimit < 0
      ? ["spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"]
      : []),
  ];
}

export const statefulSet: Kind = {
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  resource: "statefulsets",
  singular: "statefulset",
  namespaced: true,
  shortNames: ["sts"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "spec.selector" },
  schema: "io.k8s.api.apps.v1.StatefulSet",
  generation: true,
  nameRule: "label",
  columns: [
    NAME,
    {
      name: "Ready",
      type: "string",
      description: "Ready pods of those wanted",
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    },
    AGE,
    ...templateColumns(() => "").slice(0, 2),
  ],
  setDefaults,
  prepareCreate,
  prepareUpdate: dropMaxUnavailable,
  validate,
  warnings,
  federation: { rule: "workload", divided: ["spec.replicas"], division: "whole", ordinals: true },
  propagates: (object) => !controlled(object),
};
