// One look at a CronJob and its Jobs: which Job is to be made, which are to go, what its status says then, and what is told
// (kk:pkg/controller/cronjob/cronjob_controllerv2.go). Data in, plan out; the caller commits all of it at once or nothing, so that a time that
// was handed out is served in the same commit and never comes back.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { due } from "./due.ts";
import type { Told } from "./event.ts";
import { byStart, endOf, jobAt, jobName, rfc3339 } from "./job.ts";

/** A commit has its limits; the deletions themselves bring the next look. */
const REMOVED_AT_ONCE = 100;

export interface Ticking {
  cronJob: KubeObject;
  /** All that it controls. */
  jobs: readonly KubeObject[];
  /** Of the name that the next Job would get stands a Job of somebody else. */
  taken: boolean;
  /** Nothing at or before is owed (ms). */
  since: number;
  now: number;
  uid: () => string;
}

export interface Tick {
  status: Loose;
  create?: KubeObject;
  remove: KubeObject[];
  /** The time (ms) that is served from now on. */
  served?: number;
  told: Told[];
  /** Look again then. */
  againMs?: number;
}

/** The Job that would be made now, if one is; so that the caller can find out who has that name. */
export function dueJobName({ cronJob, since, now }: Pick<Ticking, "cronJob" | "since" | "now">): string | undefined {
  const owed = due(cronJob, since, now);
  return owed.state === "due" ? jobName(cronJob, owed.time) : undefined;
}

export function tick(asked: Ticking): Tick {
  const { cronJob, jobs, now } = asked;
  const plan: Tick = { status: { ...cronJob["status"] }, remove: [], told: [] };
  let active: Loose[] = plan.status.active ?? [];
  const forgotten = new Set(tooOld(cronJob, jobs));
  for (const job of forgotten) remove(plan, job, now);
  active = active.filter(({ uid }) => ![...forgotten].some(({ metadata }) => metadata.uid === uid));
  active = observe(plan, active, jobs, now);
  const again = cronJob.metadata.deletionTimestamp === undefined ? fire(asked, plan, active) : { active };
  if (again.active.length > 0) plan.status.active = again.active;
  else delete plan.status.active;
  if (again.againMs !== undefined) plan.againMs = again.againMs;
  return plan;
}

interface Fired {
  active: Loose[];
  againMs?: number | undefined;
}

function fire({ cronJob, jobs, taken, since, now, uid }: Ticking, plan: Tick, active: Loose[]): Fired {
  const owed = due(cronJob, since, now);
  if (owed.state === "suspended") return { active };
  if (owed.state === "broken") {
    plan.told.push({ type: "Warning", reason: owed.reason, message: owed.message, at: since });
    return { active };
  }
  const waits: Fired = { active, againMs: owed.againMs };
  if (owed.state === "waiting") return waits;
  const { time } = owed;
  const say = (reason: string, message: string, type: Told["type"] = "Warning"): Fired => {
    plan.told.push({ type, reason, message, at: time });
    return waits;
  };
  if (owed.state === "missed") return say("MissSchedule", `Missed scheduled time to start a job: ${rfc1123(time)}`);
  if (owed.many) {
    const advice = "Set or decrease .spec.startingDeadlineSeconds or check clock skew";
    say("TooManyMissedTimes", `too many missed start times. ${advice}`);
  }
  const name = jobName(cronJob, time);
  if (jobs.some(({ metadata }) => metadata.name === name)) {
    // Two times within a minute, or made by hand: its minute is served.
    serve(plan, time);
    return waits;
  }
  const policy: string = cronJob.spec.concurrencyPolicy;
  if (policy === "Forbid" && active.length > 0) {
    const why = "Not starting job because prior execution is running and concurrency policy is Forbid";
    return say("JobAlreadyActive", why, "Normal");
  }
  const made = taken ? undefined : jobAt(cronJob, { time, now, uid: uid() });
  if (made === undefined) return say("FailedCreate", `Error creating job: jobs.batch "${name}" already exists`);
  if (!made.ok)
    return say(
      "FailedCreate",
      `Error creating job: ${made.errors.map((one) => `${one.field}: ${one.message}`).join(", ")}`,
    );
  const replaced =
    policy === "Replace" ? jobs.filter(({ metadata }) => active.some((one) => one.uid === metadata.uid)) : [];
  for (const job of replaced) remove(plan, job, now);
  plan.create = made.job;
  serve(plan, time);
  plan.told.push({ type: "Normal", reason: "SuccessfulCreate", message: `Created job ${name}`, at: now });
  const { namespace, uid: own } = made.job.metadata;
  const kept = policy === "Replace" ? [] : active;
  return {
    active: [...kept, { kind: "Job", namespace, name, uid: own, apiVersion: "batch/v1" }],
    againMs: owed.againMs,
  };
}

function serve(plan: Tick, time: number): void {
  plan.served = time;
  plan.status.lastScheduleTime = rfc3339(time);
}

function remove(plan: Tick, job: KubeObject, now: number): void {
  plan.remove.push(job);
  if (job.metadata.deletionTimestamp !== undefined) return;
  plan.told.push({ type: "Normal", reason: "SuccessfulDelete", message: `Deleted job ${job.metadata.name}`, at: now });
}

/** Those that ended or are gone are active no more; the others are told of. Answers with those that are. */
function observe(plan: Tick, before: readonly Loose[], jobs: readonly KubeObject[], now: number): Loose[] {
  const { status, told } = plan;
  const ended = new Map(jobs.map((job) => [job.metadata.uid, endOf(job)]));
  for (const job of jobs) {
    const { name, uid, creationTimestamp = "" } = job.metadata;
    const end = ended.get(uid);
    const active = before.some((one) => one.uid === uid);
    if (end === undefined && !active) {
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      told.push({ type: "Warning", reason: "UnexpectedJob", message, at: Date.parse(creationTimestamp) });
    }
    if (end !== undefined && active)
      told.push({
        type: "Normal",
        reason: "SawCompletedJob",
        message: `Saw completed job: ${name}, condition: ${end}`,
        at: now,
      });
    const done: string | undefined = end === "Complete" ? job["status"].completionTime : undefined;
    if (done !== undefined && done > (status.lastSuccessfulTime ?? "")) status.lastSuccessfulTime = done;
  }
  return before.filter(({ name, uid }) => {
    if (ended.has(uid)) return ended.get(uid) === undefined;
    told.push({ type: "Normal", reason: "MissingJob", message: `Active job went missing: ${name}`, at: now });
    return false;
  });
}

/** The oldest of those that ended, beyond what the history keeps of each kind; so many at a time. */
function tooOld({ spec }: KubeObject, jobs: readonly KubeObject[]): KubeObject[] {
  const limits = [
    ["Complete", spec.successfulJobsHistoryLimit],
    ["Failed", spec.failedJobsHistoryLimit],
  ] as const;
  return limits.flatMap(([end, limit]) => {
    const ended = jobs.filter((job) => endOf(job) === end).sort(byStart);
    return typeof limit === "number"
      ? ended.slice(0, Math.min(REMOVED_AT_ONCE, Math.max(0, ended.length - limit)))
      : [];
  });
}

const rfc1123 = (ms: number): string => new Date(ms).toUTCString().replace("GMT", "+0000");
