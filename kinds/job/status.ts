// The status of a Job is the strictest there is: whoever writes it, a Job that ended stays ended and its counters do not run back
// (kk:pkg/registry/batch/job/strategy.go getStatusValidationOptions, kk:pkg/apis/batch/validation ValidateJobStatusUpdate).
// Most rules hold only where the fields they speak of changed, so a write that leaves status alone passes.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { duplicate, invalid, invalidWhole, nonNegative, required } from "../rules/errors.ts";
import { sameJson } from "../rules/metadata.ts";
import { countIndexes, firstOverlap } from "./indexes.ts";

const CONDITIONS = "status.conditions";

export function hasCondition(status: Loose, type: string, value = "True"): boolean {
  return (status?.conditions ?? []).some((one: Loose) => one.type === type && one.status === value);
}

const conditionsOf = (status: Loose) => {
  const complete = hasCondition(status, "Complete");
  const failed = hasCondition(status, "Failed");
  const target = hasCondition(status, "FailureTarget");
  const criteria = hasCondition(status, "SuccessCriteriaMet");
  return { complete, failed, target, criteria, finished: complete || failed };
};

/** What changed between two statuses, and what the new one says. */
interface Change {
  spec: Loose;
  old: Loose;
  next: Loose;
  was: ReturnType<typeof conditionsOf>;
  is: ReturnType<typeof conditionsOf>;
  /** One of these differs: names of status fields, or of what conditionsOf tells. */
  changed(...names: string[]): boolean;
}

/** Upstream has these as plain numbers and texts: absent is zero. */
const ZEROS: Record<string, unknown> = { active: 0, succeeded: 0, failed: 0, completedIndexes: "" };

function changeOf(object: KubeObject, before: KubeObject): Change {
  const old = before.status ?? {};
  const next = object.status ?? {};
  const was = conditionsOf(old);
  const is = conditionsOf(next);
  const differs = (name: string): boolean =>
    name in is
      ? was[name as keyof typeof was] !== is[name as keyof typeof is]
      : !sameJson(old[name] ?? ZEROS[name], next[name] ?? ZEROS[name]);
  return { spec: object.spec ?? {}, old, next, was, is, changed: (...names) => names.some(differs) };
}

export function validateJobStatus(object: KubeObject, before: KubeObject): FieldError[] {
  const change = changeOf(object, before);
  return [
    ...validateCounts(change.next),
    ...validateEnd(change),
    ...validateIndexes(change),
    ...validateRest(change),
    ...validateHistory(change),
  ];
}

function validateCounts(status: Loose): FieldError[] {
  const errors = ["active", "succeeded", "failed", "ready", "terminating"].flatMap((name) =>
    nonNegative(`status.${name}`, status[name]),
  );
  const seen = new Set<string>();
  for (const list of ["succeeded", "failed"]) {
    for (const [index, uid] of (status.uncountedTerminatedPods?.[list] ?? []).entries()) {
      const field = `status.uncountedTerminatedPods.${list}[${index}]`;
      if (uid === "") errors.push(invalid(field, uid, "must not be empty"));
      else if (seen.has(uid)) errors.push(duplicate(field, uid));
      seen.add(uid);
    }
  }
  return errors;
}

/** A Job is complete or failed, for a reason given before, with times and no pods left. */
function validateEnd({ spec, next, is, changed }: Change): FieldError[] {
  const { startTime, completionTime, active = 0, uncountedTerminatedPods: uncounted } = next;
  const errors: FieldError[] = [];
  const rule = (asked: boolean, broken: boolean, error: () => FieldError): void => {
    if (asked && broken) errors.push(error());
  };
  const whole = (detail: string) => () => invalidWhole(CONDITIONS, detail);
  const times = changed("complete", "completionTime");
  const suspendedEmpty = spec.suspend === true && spec.completions === 0;
  rule(
    changed("complete", "failed"),
    is.complete && is.failed,
    whole("cannot set Complete=True and Failed=true conditions"),
  );
  rule(
    changed("complete", "target"),
    is.complete && is.target,
    whole("cannot set Complete=True and FailureTarget=true conditions"),
  );
  rule(times, Boolean(completionTime) && !is.complete, () =>
    invalid(
      "status.completionTime",
      completionTime,
      "cannot set completionTime when there is no Complete=True condition",
    ),
  );
  rule(times, !completionTime && is.complete, () =>
    required("status.completionTime", "completionTime is required for Complete jobs"),
  );
  rule(changed("startTime", "completionTime"), startTime && completionTime && completionTime < startTime, () =>
    invalid("status.completionTime", completionTime, "must be equal to or after `startTime`"),
  );
  rule(
    changed("failed", "failedIndexes"),
    is.failed && !is.target,
    whole("cannot set Failed=True condition without the FailureTarget=true condition"),
  );
  rule(
    changed("complete", "criteria"),
    is.complete && !is.criteria,
    whole("cannot set Complete=True condition without the SuccessCriteriaMet=true condition"),
  );
  rule(changed("finished", "active"), active > 0 && is.finished, () =>
    invalid("status.active", active, "active>0 is invalid for finished job"),
  );
  rule(changed("finished", "startTime") && !suspendedEmpty, !startTime && is.finished, () =>
    required("status.startTime", "startTime is required for finished job"),
  );
  const { succeeded = null, failed = null } = uncounted ?? {};
  rule(
    changed("finished", "uncountedTerminatedPods"),
    is.finished && (succeeded?.length ?? 0) + (failed?.length ?? 0) > 0,
    () =>
      invalid(
        "status.uncountedTerminatedPods",
        { Succeeded: succeeded, Failed: failed },
        "must be empty for finished job",
      ),
  );
  return errors;
}

function validateIndexes({ spec, next, changed }: Change): FieldError[] {
  const { completions, backoffLimitPerIndex } = spec;
  const { completedIndexes = "", failedIndexes } = next;
  const errors: FieldError[] = [];
  const format = (name: "completedIndexes" | "failedIndexes", list: string): void => {
    const counted = countIndexes(list, completions);
    if (!counted.ok) errors.push(invalid(`status.${name}`, list, `error parsing ${name}: ${counted.error}`));
  };
  if (changed("completedIndexes") && completions !== undefined) format("completedIndexes", completedIndexes);
  const hasFailed = failedIndexes !== undefined && failedIndexes !== null;
  const perIndex = backoffLimitPerIndex !== undefined;
  if (changed("failedIndexes") && completions !== undefined && perIndex && hasFailed)
    format("failedIndexes", failedIndexes);
  if (changed("completedIndexes") && completedIndexes !== "" && spec.completionMode !== "Indexed") {
    const detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
    errors.push(invalid("status.completedIndexes", completedIndexes, detail));
  }
  if (changed("failedIndexes") && !perIndex && hasFailed) {
    const detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
    errors.push(invalid("status.failedIndexes", failedIndexes, detail));
  }
  if (changed("failedIndexes", "completedIndexes") && completions !== undefined && hasFailed) {
    const overlap = firstOverlap(completedIndexes, failedIndexes, completions);
    const detail = `failedIndexes and completedIndexes overlap at index: ${overlap}`;
    if (overlap !== undefined) errors.push(invalid("status.failedIndexes", failedIndexes, detail));
  }
  return errors;
}

function validateRest({ spec, next, is, changed }: Change): FieldError[] {
  const { terminating = 0, ready = 0, active = 0 } = next;
  const errors: FieldError[] = [];
  if (changed("finished", "terminating") && terminating > 0 && is.finished)
    errors.push(invalid("status.terminating", terminating, "terminating>0 is invalid for finished job"));
  if (changed("ready", "active") && ready > active)
    errors.push(invalid("status.ready", ready, "cannot set more ready pods than active"));
  if (is.criteria && is.failed)
    errors.push(invalidWhole(CONDITIONS, "cannot set SuccessCriteriaMet=True and Failed=true conditions"));
  if (is.criteria && is.target)
    errors.push(invalidWhole(CONDITIONS, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"));
  if (spec.successPolicy && !is.criteria && is.complete) {
    const detail = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True";
    errors.push(invalidWhole(CONDITIONS, detail));
  }
  return errors;
}

function validateHistory({ spec, old, next, was, is, changed }: Change): FieldError[] {
  const errors: FieldError[] = [];
  for (const [type, key] of [
    ["Failed", "failed"],
    ["Complete", "complete"],
    ["FailureTarget", "target"],
  ] as const) {
    if (was[key] && !is[key])
      errors.push(invalidWhole(CONDITIONS, `cannot disable the terminal ${type}=True condition`));
  }
  const decreased = (name: "failed" | "succeeded"): void => {
    if ((next[name] ?? 0) < (old[name] ?? 0))
      errors.push(invalid(`status.${name}`, next[name] ?? 0, `cannot decrease the ${name} counter`));
  };
  decreased("failed");
  // An Indexed Job that is as parallel as it is long may be scaled down.
  if (spec.completionMode !== "Indexed" || spec.completions !== spec.parallelism) decreased("succeeded");
  if (next.completionTime && old.completionTime && next.completionTime !== old.completionTime)
    errors.push(invalid("status.completionTime", next.completionTime, "field is immutable"));
  const resuming = hasCondition(old, "Suspended") && hasCondition(next, "Suspended", "False");
  if (changed("startTime") && !resuming && old.startTime && spec.suspend !== true)
    errors.push(invalid("status.startTime", next.startTime ?? null, "field is immutable for unsuspended job once set"));
  if (was.criteria && !is.criteria)
    errors.push(invalidWhole(CONDITIONS, "cannot disable the SuccessCriteriaMet=True condition"));
  if (was.complete && !was.criteria && is.criteria) {
    const detail = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions";
    errors.push(invalidWhole(CONDITIONS, detail));
  }
  return errors;
}
