// The spec of a Job, in a Job and in a CronJob's jobTemplate: what must hold of both (kk:pkg/apis/batch/validation validateJobSpec).
// Selector and labels are a Job's own matter: kinds/job.ts.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { validateTemplate } from "../podspec/validate.ts";
import { podTemplateWarnings } from "../podspec/warnings.ts";
import {
  invalid,
  invalidEach,
  invalidPrinted,
  nonNegative,
  notSupported,
  required,
  tooManyBytes,
} from "../rules/errors.ts";
import { byteLength, dns1123Subdomain, regexMessage } from "../rules/names.ts";
import { printedSuccessPolicy, validateFailurePolicy, validateSuccessPolicy } from "./policies.ts";

export const INDEXED = "Indexed";
const MODES = ["NonIndexed", INDEXED];

const MAX_INDEXED_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
/** Above this many completions with a backoff limit per index, the two limits below hold. */
const MANY_COMPLETIONS = 100_000;
const MANY_PARALLELISM = 10_000;
const MANY_FAILED_INDEXES = 10_000;
const MAX_MANAGED_BY = 63;

const NON_NEGATIVE = [
  "parallelism",
  "completions",
  "activeDeadlineSeconds",
  "backoffLimit",
  "ttlSecondsAfterFinished",
  "backoffLimitPerIndex",
  "maxFailedIndexes",
];

export function validateJobSpec(spec: Loose, field: string): FieldError[] {
  const errors = NON_NEGATIVE.flatMap((name) => nonNegative(`${field}.${name}`, spec[name]));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${field}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"));
  if (spec.managedBy !== undefined) errors.push(...managedByErrors(spec.managedBy, `${field}.managedBy`));
  const mode = spec.completionMode ?? "NonIndexed";
  if (!MODES.includes(mode)) errors.push(notSupported(`${field}.completionMode`, mode, MODES));
  if (mode === INDEXED) errors.push(...validateIndexed(spec, field));
  if (mode === "NonIndexed") {
    for (const name of ["backoffLimitPerIndex", "maxFailedIndexes"])
      if (spec[name] !== undefined)
        errors.push(invalid(`${field}.${name}`, spec[name], "requires indexed completion mode"));
  }
  if (spec.podFailurePolicy) errors.push(...validateFailurePolicy(spec, `${field}.podFailurePolicy`));
  if (spec.successPolicy) {
    const path = `${field}.successPolicy`;
    if (mode === INDEXED) errors.push(...validateSuccessPolicy(spec, path));
    else
      errors.push(invalidPrinted(path, printedSuccessPolicy(spec.successPolicy), "requires indexed completion mode"));
  }
  const replacement = spec.podFailurePolicy ? ["Failed"] : ["Failed", "TerminatingOrFailed"];
  if (spec.podReplacementPolicy !== undefined && !replacement.includes(spec.podReplacementPolicy))
    errors.push(notSupported(`${field}.podReplacementPolicy`, spec.podReplacementPolicy, replacement));
  errors.push(...validateTemplate(spec.template, `${field}.template`));
  return [...errors, ...restartErrors(spec, `${field}.template.spec.restartPolicy`)];
}

function validateIndexed(spec: Loose, field: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec;
  const errors: FieldError[] = [];
  const most = (name: string, limit: number, when = ""): void => {
    if (spec[name] > limit)
      errors.push(invalid(`${field}.${name}`, spec[name], `must be less than or equal to ${limit}${when}`));
  };
  if (completions === undefined) errors.push(required(`${field}.completions`, `when completion mode is ${INDEXED}`));
  most("parallelism", MAX_INDEXED_PARALLELISM, ` when completion mode is ${INDEXED}`);
  if (completions !== undefined && maxFailedIndexes > completions)
    errors.push(invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, "must be less than or equal to completions"));
  most("maxFailedIndexes", MAX_FAILED_INDEXES);
  if (completions > MANY_COMPLETIONS && backoffLimitPerIndex !== undefined) {
    const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
    if (maxFailedIndexes === undefined)
      errors.push(
        required(`${field}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`),
      );
    if (parallelism > MANY_PARALLELISM) most("parallelism", MANY_PARALLELISM, when);
    if (maxFailedIndexes > MANY_FAILED_INDEXES) most("maxFailedIndexes", MANY_FAILED_INDEXES, when);
  }
  return errors;
}

/** kk:pkg/api/job/warnings.go. */
export function jobSpecWarnings(
  { completionMode, completions, parallelism, template }: Loose,
  field: string,
): string[] {
  const found = podTemplateWarnings(template, `${field}.template`);
  if (completionMode !== INDEXED || !(completions > MANY_COMPLETIONS && parallelism > MANY_PARALLELISM)) return found;
  return [
    ...found,
    `${field}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
  ];
}

function restartErrors({ template, podFailurePolicy }: Loose, field: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? "";
  if (policy === "" || policy === "Always") return [required(field, 'valid values: "OnFailure", "Never"')];
  if (policy !== "OnFailure" && policy !== "Never") return [notSupported(field, policy, ["OnFailure", "Never"])];
  return podFailurePolicy && policy !== "Never"
    ? [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
    : [];
}

const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
/** Upstream's has no end either: only the first character counts. */
const httpPath = new RegExp(`^${HTTP_PATH}`);

/** apimachinery pkg/util/validation IsDomainPrefixedPath, and upstream's limit on this field. */
function managedByErrors(text: string, field: string): FieldError[] {
  const long = byteLength(text) > MAX_MANAGED_BY ? [tooManyBytes(field, MAX_MANAGED_BY)] : [];
  if (text === "") return [required(field)];
  const slash = text.indexOf("/");
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash <= 0 || path === "")
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")'), ...long];
  const errors = invalidEach(field, host, dns1123Subdomain(host));
  if (!httpPath.test(path)) errors.push(invalid(field, path, regexMessage("Invalid path", HTTP_PATH)));
  return [...errors, ...long];
}
