// Job -> pods that run to their end: as many at once as it says, until enough have succeeded or too many failed (kk:pkg/controller/job).
// Pod failure policies and per-index limits are not simulated.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { type Member, read, remove, setCondition, type Stored, timestamp, update } from "./objects.ts";
import { createPod, isFinished, isReady, podsOf } from "./pods.ts";

export const JOBS = "jobs.batch";
const INDEX = "batch.kubernetes.io/job-completion-index";

export async function reconcileJob(member: Member, namespace: string, name: string): Promise<void> {
  const stored = await read(member.store, { resource: JOBS, namespace, name });
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
  const { object } = stored;
  const { spec } = object;
  const before: Loose = object.status ?? {};
  if (((before.conditions ?? []) as Loose[]).some(({ type, status }) => isEnd(type) && status === "True")) return;
  const pods = await podsOf(member, object);
  const ofPhase = (phase: string): Stored[] => pods.filter((pod) => pod.object.status?.phase === phase);
  const succeeded = ofPhase("Succeeded");
  const failed = ofPhase("Failed").length;
  const active = pods.filter((pod) => !isFinished(pod.object));
  const now = timestamp(member.clock());
  const completions: number = spec.completions ?? (succeeded.length > 0 ? succeeded.length : Infinity);
  const over = succeeded.length >= completions ? "Complete" : failed > (spec.backoffLimit ?? 6) ? "Failed" : undefined;
  const stopped = over !== undefined || spec.suspend === true;
  if (stopped) for (const pod of active) await remove(member, pod);
  else await start(member, object, { active, succeeded, completions });
  const status = statusOf(object, { now, over, active: stopped ? [] : active, succeeded: succeeded.length, failed });
  await update(member.store, stored, { ...object, status });
}

const isEnd = (type: string): boolean => type === "Complete" || type === "Failed";

async function start(
  member: Member,
  job: KubeObject,
  { active, succeeded, completions }: { active: Stored[]; succeeded: Stored[]; completions: number },
): Promise<void> {
  const { spec, metadata } = job;
  const indexed = spec.completionMode === "Indexed";
  const taken = new Set([...active, ...succeeded].map(({ object }) => object.metadata.annotations?.[INDEX]));
  // Without a number of completions one success ends it, and nothing new is started after that.
  const missing = Math.min((spec.parallelism ?? 1) - active.length, completions - succeeded.length - active.length);
  let index = 0;
  for (let count = 0; count < missing; count++) {
    while (indexed && taken.has(String(index))) index++;
    const own: Record<string, string> = indexed ? { [INDEX]: String(index) } : {};
    await createPod(member, job, {
      name: { generateName: indexed ? `${metadata.name}-${index}-` : `${metadata.name}-` },
      template: spec.template,
      labels: own,
      annotations: own,
    });
    index++;
  }
}

interface Counted {
  now: string;
  over: "Complete" | "Failed" | undefined;
  active: readonly Stored[];
  succeeded: number;
  failed: number;
}

function statusOf(job: KubeObject, { now, over, active, succeeded, failed }: Counted): Loose {
  const before: Loose = job.status ?? {};
  let conditions: Loose[] = before.conditions ?? [];
  const set = (type: string, value: string, reason: string, message: string): void => {
    conditions = setCondition(conditions, { type, status: value, reason, message, lastProbeTime: now }, now);
  };
  if (job.spec.suspend === true) set("Suspended", "True", "JobSuspended", "Job suspended");
  else if (conditions.some(({ type }) => type === "Suspended")) set("Suspended", "False", "JobResumed", "Job resumed");
  if (over === "Complete") {
    set("SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods");
    set("Complete", "True", "CompletionsReached", "Reached expected number of succeeded pods");
  } else if (over === "Failed") {
    const message = "Job has reached the specified backoff limit";
    set("FailureTarget", "True", "BackoffLimitExceeded", message);
    set("Failed", "True", "BackoffLimitExceeded", message);
  }
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(job.spec.suspend === true ? {} : { startTime: before.startTime ?? now }),
    ...(over === "Complete" ? { completionTime: now } : {}),
    ...(active.length > 0 ? { active: active.length } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: active.filter(({ object }) => isReady(object)).length,
  };
}
