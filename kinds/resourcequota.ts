// ResourceQuota (v1): stored at the root with its validation; nothing counts against it yet, neither here nor in the members.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid, required } from "./rules/errors.ts";
import { goValue, type GoStruct } from "./rules/gojson.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { formatQuantity, parseQuantity } from "./rules/quantity.ts";
import {
  amount,
  defaultResourceList,
  isStandardQuota,
  namesOf,
  quantityValueErrors,
  quotaResourceNameErrors,
  type ResourceList,
} from "./rules/resourcelist.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, resourceQuota.schema);
  object.spec ??= {};
  object.status ??= {};
  for (const list of [object.spec.hard, object.status.hard, object.status.used]) defaultResourceList(list);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec, status } = object;
  const errors = validateMetadata(resourceQuota, object, old);
  if (old !== undefined && !sameJson(status, old.status)) {
    return [...errors, ...validateAmounts(status.hard, "status.hard"), ...validateAmounts(status.used, "status.used")];
  }
  errors.push(...validateAmounts(spec.hard, "spec.hard"), ...validateScopes(spec), ...validateScopeSelector(spec));
  const scopes = (of: Loose): string => JSON.stringify([...new Set(of?.scopes)].sort());
  if (old !== undefined && scopes(spec) !== scopes(old.spec))
    errors.push(invalid("spec.scopes", spec.scopes, "field is immutable"));
  return errors;
}

function validateAmounts(list: ResourceList | undefined, path: string): FieldError[] {
  return namesOf(list).flatMap((name) => {
    const field = `${path}[${name}]`;
    return [...quotaResourceNameErrors(name, field), ...quantityValueErrors(name, list?.[name] ?? 0, field)];
  });
}

const COMPUTE = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
const PODS = ["pods", ...COMPUTE];
/** Which of the known resources each scope may narrow. */
const SCOPES: Record<string, readonly string[]> = {
  Terminating: PODS,
  NotTerminating: PODS,
  NotBestEffort: PODS,
  PriorityClass: PODS,
  CrossNamespacePodAffinity: PODS,
  BestEffort: ["pods"],
  VolumeAttributesClass: ["persistentvolumeclaims", "requests.storage"],
};
const CONFLICTS = [
  ["BestEffort", "NotBestEffort"],
  ["Terminating", "NotTerminating"],
];

/** The quota's known resources that a scope says nothing about. */
function unscoped(scope: string, { hard }: Loose): string[] {
  const valid = SCOPES[scope];
  return valid === undefined ? [] : namesOf(hard).filter((name) => isStandardQuota(name) && !valid.includes(name));
}

function conflicts(scopes: string[], spec: Loose, field: string): FieldError[] {
  return CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() =>
    invalid(field, spec.scopes, "conflicting scopes"),
  );
}

function validateScopes(spec: Loose): FieldError[] {
  const scopes: string[] = spec.scopes ?? [];
  const field = "spec.scopes";
  const errors = scopes.flatMap((scope) => [
    ...(scope in SCOPES ? [] : [invalid(field, scopes, "unsupported scope")]),
    ...unscoped(scope, spec).map(() => invalid(field, scopes, "unsupported scope applied to resource")),
  ]);
  return [...errors, ...conflicts(scopes, spec, field)];
}

const SELECTOR: GoStruct = {
  MatchExpressions: [
    "matchExpressions",
    null,
    { ScopeName: ["scopeName", ""], Operator: ["operator", ""], Values: ["values", null] },
  ],
};

const ONLY_EXISTS =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const WITH_VALUES = ["PriorityClass", "VolumeAttributesClass"];

function validateScopeSelector(spec: Loose): FieldError[] {
  if (!spec.scopeSelector) return [];
  const path = "spec.scopeSelector.matchExpressions";
  const requirements: Loose[] = spec.scopeSelector.matchExpressions ?? [];
  const errors: FieldError[] = [];
  for (const { scopeName = "", operator = "", values } of requirements) {
    if (!(scopeName in SCOPES)) errors.push(invalid(`${path}.scopeName`, scopeName, "unsupported scope"));
    for (const _ of unscoped(scopeName, spec))
      errors.push(invalid(path, goValue(SELECTOR, spec.scopeSelector), "unsupported scope applied to resource"));
    if (scopeName in SCOPES && !WITH_VALUES.includes(scopeName) && operator !== "Exists")
      errors.push(invalid(`${path}.operator`, operator, ONLY_EXISTS));
    const count = values?.length ?? 0;
    if (operator === "In" || operator === "NotIn") {
      const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      if (count === 0) errors.push(required(`${path}.values`, detail));
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      if (count > 0) errors.push(invalid(`${path}.values`, values, detail));
    } else {
      errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
    }
  }
  const names = requirements.map(({ scopeName }) => scopeName);
  return [...errors, ...conflicts(names, spec, path)];
}

/** Requests that could never be used up, since a limit is lower. */
function warnings({ spec }: KubeObject, old?: KubeObject): string[] {
  if (old !== undefined) return [];
  return ["cpu", "memory", "storage", "ephemeral-storage"].flatMap((name) => {
    const bare = spec.hard?.[`requests.${name}`] === undefined && (name === "cpu" || name === "memory");
    const request = bare ? name : `requests.${name}`;
    const limit = `limits.${name}`;
    if (spec.hard?.[request] === undefined || spec.hard[limit] === undefined) return [];
    const wanted = amount(spec.hard, request);
    const most = amount(spec.hard, limit);
    return wanted.nano > most.nano
      ? [`ResourceQuota ${request} (${formatQuantity(wanted)}) should be less than ${limit} (${formatQuantity(most)})`]
      : [];
  });
}

function usage(limits: boolean): (object: KubeObject) => string {
  return ({ status }) =>
    namesOf(status?.hard)
      .filter((name) => name.startsWith("limits.") === limits)
      .map((name) => {
        const used = status?.used?.[name];
        const hard = parseQuantity(status.hard[name]);
        return `${name}: ${used === undefined ? "0" : formatQuantity(amount(status.used, name))}/${hard === undefined ? "0" : formatQuantity(hard)}`;
      })
      .join(", ");
}

export const resourceQuota: Kind = {
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  resource: "resourcequotas",
  singular: "resourcequota",
  namespaced: true,
  shortNames: ["quota"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.ResourceQuota",
  returnsDeleted: true,
  columns: [
    NAME,
    { name: "Request", type: "string", description: "Used and allowed requests and counts", cell: usage(false) },
    { name: "Limit", type: "string", description: "Used and allowed limits", cell: usage(true) },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = {};
  },
  warnings,
  validate,
  federation: { rule: "root" },
};
