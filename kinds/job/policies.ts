// spec.podFailurePolicy and spec.successPolicy of a Job (kk:pkg/apis/batch/validation validatePodFailurePolicy, validateSuccessPolicy).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import {
  duplicate,
  invalid,
  invalidEach,
  invalidWhole,
  nonNegative,
  notSupported,
  required,
  tooMany,
  tooManyBytes,
} from "../rules/errors.ts";
import { byteLength, qualifiedName } from "../rules/names.ts";
import { countIndexes } from "./indexes.ts";

const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];
const OPERATORS = ["In", "NotIn"];
const STATUSES = ["False", "True", "Unknown"];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEXES_BYTES = 64 * 1024;

/** A list of strings as Go's %q prints it: what such a field may hold. */
const valid = (values: readonly string[]): string =>
  `valid values: [${values.map((value) => JSON.stringify(value)).join(" ")}]`;

export function validateFailurePolicy(spec: Loose, field: string): FieldError[] {
  const rules: Loose[] = spec.podFailurePolicy.rules ?? [];
  const path = `${field}.rules`;
  const errors = rules.length > MAX_RULES ? [tooMany(path, rules.length, MAX_RULES)] : [];
  const pod = spec.template?.spec ?? {};
  const names = new Set<string>(
    [...(pod.containers ?? []), ...(pod.initContainers ?? [])].map(({ name = "" }: Loose) => name),
  );
  return [...errors, ...rules.flatMap((rule, index) => validateFailureRule(spec, rule, `${path}[${index}]`, names))];
}

function validateFailureRule(spec: Loose, rule: Loose, path: string, containers: ReadonlySet<string>): FieldError[] {
  const { action, onExitCodes } = rule;
  const conditions: Loose[] = rule.onPodConditions ?? [];
  const errors: FieldError[] = [];
  if (!action) errors.push(required(`${path}.action`, valid(ACTIONS)));
  else if (action === "FailIndex") {
    if (spec.backoffLimitPerIndex === undefined)
      errors.push(invalid(`${path}.action`, action, "requires the backoffLimitPerIndex to be set"));
  } else if (!ACTIONS.includes(action)) errors.push(notSupported(`${path}.action`, action, ACTIONS));
  if (onExitCodes) errors.push(...validateExitCodes(onExitCodes, `${path}.onExitCodes`, containers));
  errors.push(...validatePodConditions(conditions, `${path}.onPodConditions`));
  if (onExitCodes && conditions.length > 0)
    errors.push(invalidWhole(path, "specifying both OnExitCodes and OnPodConditions is not supported"));
  if (!onExitCodes && conditions.length === 0)
    errors.push(invalidWhole(path, "specifying one of OnExitCodes and OnPodConditions is required"));
  return errors;
}

function validatePodConditions(patterns: Loose[], path: string): FieldError[] {
  const errors = patterns.length > MAX_RULES ? [tooMany(path, patterns.length, MAX_RULES)] : [];
  for (const [index, { type = "", status }] of patterns.entries()) {
    const at = `${path}[${index}]`;
    errors.push(...invalidEach(`${at}.type`, type, qualifiedName(type)));
    if (!status) errors.push(required(`${at}.status`, valid(STATUSES)));
    else if (!STATUSES.includes(status)) errors.push(notSupported(`${at}.status`, status, STATUSES));
  }
  return errors;
}

function validateExitCodes(codes: Loose, path: string, containers: ReadonlySet<string>): FieldError[] {
  const { operator, containerName } = codes;
  const values: number[] = codes.values ?? [];
  const errors: FieldError[] = [];
  if (!operator) errors.push(required(`${path}.operator`, valid(OPERATORS)));
  else if (!OPERATORS.includes(operator)) errors.push(notSupported(`${path}.operator`, operator, OPERATORS));
  if (containerName !== undefined && containerName !== null && !containers.has(containerName)) {
    const detail = "must be one of the container or initContainer names in the pod template";
    errors.push(invalid(`${path}.containerName`, containerName, detail));
  }
  const field = `${path}.values`;
  if (values.length === 0) errors.push(invalid(field, codes.values ?? null, "at least one value is required"));
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(field, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (operator === "In" && value === 0)
      errors.push(invalid(`${field}[${index}]`, value, "must not be 0 for the In operator"));
    if (seen.has(value)) errors.push(duplicate(`${field}[${index}]`, value));
    seen.add(value);
  }
  if (values.some((value, index) => index > 0 && (values[index - 1] as number) > value))
    errors.push(invalid(field, values, "must be ordered"));
  return errors;
}

/** Of an Indexed Job. */
export function validateSuccessPolicy(spec: Loose, field: string): FieldError[] {
  const rules: Loose[] = spec.successPolicy.rules ?? [];
  const path = `${field}.rules`;
  const errors: FieldError[] = [];
  if (rules.length === 0)
    errors.push(required(path, "at least one rules must be specified when the successPolicy is specified"));
  if (rules.length > MAX_RULES) errors.push(tooMany(path, rules.length, MAX_RULES));
  // Without completions kube-apiserver's own check fails on a null pointer; that they are missing is said elsewhere.
  if (spec.completions === undefined) return errors;
  return [...errors, ...rules.flatMap((rule, index) => validateSuccessRule(spec, rule, `${path}[${index}]`))];
}

function validateSuccessRule({ completions }: Loose, rule: Loose, path: string): FieldError[] {
  const { succeededIndexes: indexes, succeededCount: count } = rule;
  const errors: FieldError[] = [];
  const hasIndexes = indexes !== undefined && indexes !== null;
  const hasCount = count !== undefined && count !== null;
  if (!hasIndexes && !hasCount)
    errors.push(required(path, "at least one of succeededCount or succeededIndexes must be specified"));
  let total = 0;
  if (hasIndexes) {
    const at = `${path}.succeededIndexes`;
    if (byteLength(indexes) > MAX_INDEXES_BYTES) errors.push(tooManyBytes(at, MAX_INDEXES_BYTES));
    const counted = countIndexes(indexes, completions);
    if (counted.ok) total = counted.value;
    else errors.push(invalid(at, indexes, `error parsing succeededIndexes: ${counted.error}`));
  }
  if (hasCount) {
    const at = `${path}.succeededCount`;
    const most = (limit: number, what: string): string =>
      `must be less than or equal to ${limit} (the number of ${what})`;
    errors.push(...nonNegative(at, count));
    if (count > completions) errors.push(invalid(at, count, most(completions, "specified completions")));
    if (hasIndexes && count > total)
      errors.push(invalid(at, count, most(total, "indexes in the specified succeededIndexes field")));
  }
  return errors;
}

/** As kube-apiserver prints the two in its errors: its internal types have no JSON names. */
export function printedFailurePolicy(policy: Loose): string {
  if (!policy) return "null";
  const rules = policy.rules?.length > 0 ? policy.rules : null;
  return JSON.stringify({
    Rules:
      rules?.map(({ action = "", onExitCodes, onPodConditions }: Loose) => ({
        Action: action,
        OnExitCodes: onExitCodes
          ? {
              ContainerName: onExitCodes.containerName ?? null,
              Operator: onExitCodes.operator ?? "",
              Values: onExitCodes.values ?? null,
            }
          : null,
        OnPodConditions: onPodConditions
          ? onPodConditions.map(({ type = "", status = "" }: Loose) => ({ Type: type, Status: status }))
          : null,
      })) ?? null,
  });
}

export function printedSuccessPolicy(policy: Loose): string {
  if (!policy) return "null";
  return JSON.stringify({
    Rules: (policy.rules ?? []).map(({ succeededIndexes, succeededCount }: Loose) => ({
      SucceededIndexes: succeededIndexes ?? null,
      SucceededCount: succeededCount ?? null,
    })),
  });
}
