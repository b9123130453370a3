// The status of a Job whose parallelism and completions are divided: one to clients, several in the clusters. Complete once every share is;
// failed as soon as one share is for good, since each has the whole backoffLimit: FailureTarget then, and Failed when no pod of the others
// runs any more, in the order and shape that upstream's validation demands (pkg/apis/batch/validation). What is over stays so.
//
//   running ──every share complete──► SuccessCriteriaMet + Complete
//      │
//      └──one share failed──► FailureTarget ──no pod left where anybody is heard of──► Failed
import type { Condition, JsonObject, Loose } from "../../kinds/object.ts";
import { conditionsOf, joined } from "./conditions.ts";
import { byName, finished, GONE, number, type Member } from "./member.ts";
import { isDecided } from "./placed.ts";
import type { WholeFacts } from "./whole.ts";

interface Said {
  reason: string;
  message: string;
}

export function jobSums(facts: WholeFacts): JsonObject {
  const { template, decision, before, initial, now } = facts;
  if (finished(before)) return before;
  const members = byName(facts.members);
  const live = members.filter(({ binding }) => binding.tombstone === undefined);
  const told = members.map(({ report }) => report?.status as Loose).filter((status) => status !== undefined);
  const failed = failureOf(facts, live);
  if (told.length === 0 && failed === undefined) return { ...initial, ...before };
  const status: Loose = { ...initial };
  const times = (field: string): string[] =>
    told
      .map((one) => one[field])
      .filter((time) => typeof time === "string")
      .sort();
  const suspended = suspension(live);
  // A Job's start is told once, anew only when it is resumed (validation of batch/v1).
  const resumed = suspended?.status === "False" && has(before, "Suspended");
  const startTime: string | undefined = (resumed ? undefined : before.startTime) ?? times("startTime")[0];
  if (startTime !== undefined) status.startTime = startTime;
  const active = total(members, "active");
  if (active > 0) status.active = active;
  for (const field of ["succeeded", "failed"]) {
    // Never less than it was: what ended has ended, also in a cluster that left.
    const sum = Math.max(number(before, field), total(members, field));
    if (sum > 0) status[field] = sum;
  }
  // Pointers in Go: shown as zero, too, where anybody tells.
  if (told.some(({ ready }) => ready !== undefined))
    status.ready = Math.min(
      active,
      total(
        members.filter(({ reachable }) => reachable),
        "ready",
      ),
    );
  if (told.some(({ terminating }) => terminating !== undefined)) status.terminating = total(members, "terminating");

  const say = (type: string, value: "True" | "False", { reason, message }: Said): Condition & Loose => {
    const stands = conditionsOf(before.conditions).find((one) => one.type === type && one.status === value);
    return stands ?? { type, status: value, lastProbeTime: now, lastTransitionTime: now, reason, message };
  };
  const conditions: Condition[] = [];
  if (suspended !== undefined) conditions.push(say("Suspended", suspended.status, suspended));
  const over =
    isDecided(template, decision) &&
    decision.unplaced === 0 &&
    live.length > 0 &&
    live.every(({ report }) => has(report?.status, "Complete"));
  // Completions are given out once: what went with a cluster nobody makes up for.
  const short = Math.max(0, number((template as Loose).spec, "completions") - number(status, "succeeded"));
  const failure = failed ?? (over && short > 0 ? lostWith(short) : undefined);
  const complete = over && failure === undefined;
  if (complete) {
    const why = { reason: "CompletionsReached", message: "Reached expected number of succeeded pods" };
    status.completionTime = times("completionTime").at(-1) ?? now;
    conditions.push(say("SuccessCriteriaMet", "True", why), say("Complete", "True", why));
  }
  if (failure !== undefined) {
    conditions.push(say("FailureTarget", "True", failure));
    if (members.every((member) => !member.reachable || isIdle(member))) {
      conditions.push(say("Failed", "True", failure));
      status.startTime ??= now;
      delete status.active;
      for (const field of ["ready", "terminating"]) if (status[field] !== undefined) status[field] = 0;
    }
  }
  return (conditions.length === 0 ? status : { ...status, conditions }) as JsonObject;
}

function total(members: readonly Member[], field: string): number {
  return members.reduce((sum, { report }) => sum + number(report?.status, field), 0);
}

/** The words of the first share that failed for good; of all that did, the clusters. */
function failureOf({ before, decision }: WholeFacts, live: readonly Member[]): Said | undefined {
  const stands = conditionsOf(before.conditions).find(
    ({ type, status }) => type === "FailureTarget" && status === "True",
  );
  if (stands !== undefined) return { reason: stands.reason ?? "", message: stands.message ?? "" };
  if (decision?.lost !== undefined)
    return { reason: "ClusterGone", message: `cluster ${decision.lost} left the federation with its share` };
  const said = live.flatMap(({ cluster, report }): Said[] => {
    const failed = conditionsOf(report?.status?.["conditions"]).find(
      ({ type, status }) => (type === "Failed" || type === "FailureTarget") && status === "True",
    );
    if (failed !== undefined)
      return [{ reason: failed.reason ?? "Failed", message: `${cluster}: ${failed.message ?? "failed"}` }];
    return report?.failure?.reason === GONE && !finished(report.status)
      ? [{ reason: GONE, message: `${cluster}: ${report.failure.message}` }]
      : [];
  });
  const [first] = said;
  return first === undefined
    ? undefined
    : { reason: first.reason, message: joined(said.map(({ message }) => message)) };
}

const lostWith = (short: number): Said => ({
  reason: "ClusterGone",
  message: `${short} of its completions went with a cluster that left the federation`,
});

/** No pod of it runs there, or what is there is gone. */
function isIdle({ report }: Member): boolean {
  if (report?.failure?.reason === GONE || finished(report?.status)) return true;
  return number(report?.status, "active") === 0 && number(report?.status, "terminating") === 0;
}

/** Suspended where all are; resumed once any goes on. */
function suspension(live: readonly Member[]): (Said & { status: "True" | "False" }) | undefined {
  const said = live.map(({ report }) =>
    conditionsOf(report?.status?.["conditions"]).find(({ type }) => type === "Suspended"),
  );
  if (said.every((one) => one === undefined)) return undefined;
  const all = said.every((one) => one?.status === "True");
  return all
    ? { status: "True", reason: "JobSuspended", message: "Job suspended" }
    : { status: "False", reason: "JobResumed", message: "Job resumed" };
}

function has(status: Loose, type: string): boolean {
  return conditionsOf(status?.conditions).some((one) => one.type === type && one.status === "True");
}
