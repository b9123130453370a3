// Validation of spec.metrics: each metric has a type, the one source that belongs to it, and a target that its source can meet.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { dns1123Label, objectName } from "../rules/names.ts";
import { parseQuantity } from "../rules/quantity.ts";
import { containerResourceNameErrors } from "../rules/resourcelist.ts";
import { SOURCES } from "./metrics.ts";
import { type ApiVersions, validateReference } from "./reference.ts";

const TYPES = Object.keys(SOURCES).sort();

export function validateMetrics(
  metrics: readonly Loose[],
  field: string,
  minReplicas: number | undefined,
  described: ApiVersions,
): FieldError[] {
  const errors = metrics.flatMap((metric, index) => validateMetric(metric, `${field}[${index}]`, described));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === "Object" || type === "External")) {
    errors.push(
      forbidden(field, "must specify at least one Object or External metric to support scaling to zero replicas"),
    );
  }
  return errors;
}

function validateMetric(metric: Loose, field: string, described: ApiVersions): FieldError[] {
  const { type } = metric;
  const unknown = (): FieldError => notSupported(`${field}.type`, type, TYPES);
  const errors: FieldError[] = [];
  if (!type) errors.push(required(`${field}.type`, "must specify a metric source type"));
  const expected = SOURCES[type];
  if (expected === undefined) errors.push(unknown());
  const present = Object.values(SOURCES).filter((name) => metric[name] !== undefined);
  // Only the first is looked into.
  if (present[0] !== undefined)
    errors.push(...validateSource(present[0], metric[present[0]], `${field}.${present[0]}`, described));
  if (expected === undefined) errors.push(unknown());
  else if (!present.includes(expected))
    errors.push(required(`${field}.${expected}`, "must populate information for the given metric source"));
  if (present.length !== 1) {
    for (const name of present) {
      if (name !== expected) errors.push(forbidden(`${field}.${name}`, "must populate the given metric source only"));
    }
  }
  return errors;
}

function validateSource(name: string, source: Loose, field: string, described: ApiVersions): FieldError[] {
  const { target } = source;
  const { value, averageValue } = target;
  const average = `${field}.target.averageValue`;
  const basics = [
    ...validateIdentifier(source.metric, `${field}.metric`),
    ...validateTarget(target, `${field}.target`),
  ];
  switch (name) {
    case "object":
      return [
        ...validateReference(source.describedObject, `${field}.describedObject`, described),
        ...basics,
        ...(value === undefined && averageValue === undefined
          ? [required(average, "must set either a target value or averageValue")]
          : []),
      ];
    case "external":
      if (value === undefined && averageValue === undefined)
        basics.push(required(average, "must set either a target value for metric or a per-pod target"));
      if (value !== undefined && averageValue !== undefined)
        basics.push(
          forbidden(`${field}.target.value`, "may not set both a target value for metric and a per-pod target"),
        );
      return basics;
    case "pods":
      if (averageValue === undefined) basics.push(required(average, "must specify a positive target averageValue"));
      return basics;
    default:
      return validateResource(name === "containerResource", source, field);
  }
}

function validateResource(ofContainer: boolean, source: Loose, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!source.name) errors.push(required(`${field}.name`, "must specify a resource name"));
  else if (ofContainer) errors.push(...containerResourceNameErrors(source.name, `${field}.name`));
  if (ofContainer && !source.container) errors.push(required(`${field}.container`, "must specify a container"));
  else if (ofContainer)
    errors.push(...invalidEach(`${field}.container`, source.container, dns1123Label(source.container)));
  errors.push(...validateTarget(source.target, `${field}.target`));
  const { averageUtilization, averageValue } = source.target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const what = "must set either a target raw value or a target utilization";
    errors.push(required(`${field}.target.averageUtilization`, what));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const what = "may not set both a target raw value and a target utilization";
    errors.push(forbidden(`${field}.target.averageValue`, what));
  }
  return errors;
}

function validateTarget(target: Loose, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!target.type) errors.push(required(`${field}.type`, "must specify a metric target type"));
  if (!["Utilization", "Value", "AverageValue"].includes(target.type))
    errors.push(invalid(`${field}.type`, target.type, "must be either Utilization, Value, or AverageValue"));
  for (const name of ["value", "averageValue"]) {
    const quantity = target[name] === undefined ? undefined : parseQuantity(target[name]);
    if (quantity !== undefined && quantity.nano <= 0n)
      errors.push(invalid(`${field}.${name}`, target[name], "must be positive"));
  }
  if (typeof target.averageUtilization === "number" && target.averageUtilization < 1)
    errors.push(invalid(`${field}.averageUtilization`, target.averageUtilization, "must be greater than 0"));
  return errors;
}

function validateIdentifier(metric: Loose, field: string): FieldError[] {
  if (metric === undefined) return [];
  return metric.name
    ? invalidEach(`${field}.name`, metric.name, objectName("path", metric.name))
    : [required(`${field}.name`, "must specify a metric name")];
}
