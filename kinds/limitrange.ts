// LimitRange (v1): stored at the root with its validation; its limits are not applied to pods made here, nor sent to members.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { duplicate, forbidden, invalid, invalidEach, required } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { qualifiedName } from "./rules/names.ts";
import { formatQuantity, type Quantity } from "./rules/quantity.ts";
import {
  amount,
  containerResourceNameErrors,
  defaultResourceList,
  isHugePages,
  isNative,
  namesOf,
  resourceNameErrors,
} from "./rules/resourcelist.ts";
import { dropZeros } from "./rules/zeros.ts";

const LISTS = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] as const;
type List = (typeof LISTS)[number];

/** What a container is not told falls back: default on max, default request on default, then on min. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, limitRange.schema);
  object.spec ??= {};
  // Kept as protobuf, where nothing is the same as an empty list.
  if (!object.spec.limits?.length) object.spec.limits = null;
  for (const limit of (object.spec.limits ?? []) as Loose[]) {
    limit.type ??= "";
    if (limit.type === "Container") {
      const defaults = { ...limit.max, ...limit.default };
      const requests = { ...limit.min, ...defaults, ...limit.defaultRequest };
      if (namesOf(defaults).length > 0) limit.default = defaults;
      if (namesOf(requests).length > 0) limit.defaultRequest = requests;
    }
    for (const list of LISTS) defaultResourceList(limit[list]);
  }
}

const TYPES = ["Pod", "Container", "PersistentVolumeClaim"];

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const limits: Loose[] = object.spec.limits ?? [];
  const errors = validateMetadata(limitRange, object, old, ["meta"]);
  for (const [index, limit] of limits.entries()) {
    const path = `spec.limits[${index}]`;
    errors.push(...validateType(limit.type, `${path}.type`));
    if (limits.findIndex(({ type }) => type === limit.type) < index) errors.push(duplicate(`${path}.type`, limit.type));
    errors.push(...validateLimit(limit, path));
  }
  return errors;
}

function validateType(type: string, field: string): FieldError[] {
  const errors = invalidEach(field, type, qualifiedName(type));
  if (errors.length > 0 || type.includes("/") || TYPES.includes(type)) return errors;
  return [invalid(field, type, "must be a standard limit type or fully qualified")];
}

function validateLimit(limit: Loose, path: string): FieldError[] {
  const ofPods = limit.type === "Pod";
  const nameErrors = ofPods || limit.type === "Container" ? containerResourceNameErrors : resourceNameErrors;
  const names = (list: List): FieldError[] =>
    namesOf(limit[list]).flatMap((name) => nameErrors(name, `${path}.${list}[${name}]`));
  const errors = [...names("max"), ...names("min")];
  for (const list of ["default", "defaultRequest"] as const) {
    if (!ofPods) errors.push(...names(list));
    else if (namesOf(limit[list]).length > 0)
      errors.push(forbidden(`${path}.${list}`, "may not be specified when `type` is 'Pod'"));
  }
  if (limit.type === "PersistentVolumeClaim" && !limit.min?.storage && !limit.max?.storage) {
    const detail = "either minimum or maximum storage value is required, but neither was provided";
    errors.push(required(`${path}.limits`, detail));
  }
  errors.push(...names("maxLimitRequestRatio"));
  const counted = LISTS.filter((list) => !ofPods || (list !== "default" && list !== "defaultRequest"));
  for (const name of namesOf(...counted.map((list) => limit[list]))) {
    const value = (list: List): Quantity | undefined =>
      counted.includes(list) && limit[list]?.[name] !== undefined ? amount(limit[list], name) : undefined;
    errors.push(...validateAmounts(value, name, path));
  }
  return errors;
}

/** [the one that may not be greater, its words, than that one, its words, where it is said, which of the two is quoted]. */
const ORDER: readonly (readonly [List, string, List, string, List, List])[] = [
  ["min", "min value", "max", "max value", "min", "min"],
  ["min", "min value", "defaultRequest", "default request value", "defaultRequest", "defaultRequest"],
  ["defaultRequest", "default request value", "max", "max value", "defaultRequest", "defaultRequest"],
  ["defaultRequest", "default request value", "default", "default limit value", "defaultRequest", "defaultRequest"],
  ["min", "min value", "default", "default value", "default", "min"],
  ["default", "default value", "max", "max value", "default", "max"],
];

const ONE = 1_000_000_000n;

function validateAmounts(value: (list: List) => Quantity | undefined, name: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [low, lowWords, high, highWords, said, quoted] of ORDER) {
    const less = value(low);
    const more = value(high);
    if (less === undefined || more === undefined || less.nano <= more.nano) continue;
    const detail = `${lowWords} ${formatQuantity(less)} is greater than ${highWords} ${formatQuantity(more)}`;
    errors.push(invalid(`${path}.${said}[${name}]`, formatQuantity(value(quoted) as Quantity), detail));
  }
  errors.push(...validateRatio(value, `${path}.maxLimitRequestRatio[${name}]`));
  const limit = value("default");
  const request = value("defaultRequest");
  if (limit && request && limit.nano !== request.nano && (!isNative(name) || isHugePages(name))) {
    const detail = `default value ${formatQuantity(limit)} must equal to defaultRequest value ${formatQuantity(request)} in ${name}`;
    errors.push(invalid(`${path}.defaultRequest[${name}]`, formatQuantity(request), detail));
  }
  return errors;
}

function validateRatio(value: (list: List) => Quantity | undefined, field: string): FieldError[] {
  const ratio = value("maxLimitRequestRatio");
  if (ratio === undefined) return [];
  const errors: FieldError[] = [];
  const text = formatQuantity(ratio);
  if (ratio.nano < ONE) errors.push(invalid(field, text, `ratio ${text} is less than 1`));
  const min = value("min");
  const max = value("max");
  if (min === undefined || max === undefined) return errors;
  const most = Number(max.nano) / Number(min.nano);
  if (Number(ratio.nano) / Number(ONE) > most)
    errors.push(invalid(field, text, `ratio ${text} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}

export const limitRange: Kind = {
  group: "",
  version: "v1",
  kind: "LimitRange",
  resource: "limitranges",
  singular: "limitrange",
  namespaced: true,
  shortNames: ["limits"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.LimitRange",
  createOnUpdate: true,
  columns: [NAME, CREATED_AT],
  setDefaults,
  /** The one kind that needs no name (kk:pkg/registry/core/limitrange/strategy.go): it gets a UUID. */
  prepareCreate: ({ metadata }) => {
    metadata.name ||= metadata.uid ?? "";
  },
  validate,
  federation: { rule: "root" },
};
