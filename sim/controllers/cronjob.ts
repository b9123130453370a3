// CronJob -> a Job at each of its times, named as Kubernetes names them, with its concurrency policy and history limits (kk:pkg/controller/cronjob).
// Five fields or @hourly and the like, in UTC: time zones and @every are not simulated.
import { CRONJOBS } from "../../kinds/cronjob.ts";
import { job as jobKind } from "../../kinds/job.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { JOBS } from "./job.ts";
import {
  create,
  type Member,
  ownedBy,
  ownerReference,
  read,
  remove,
  type Stored,
  timestamp,
  update,
} from "./objects.ts";

const MINUTE_MS = 60_000;
const NAMED: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

export async function reconcileCronJob(
  member: Member,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const stored = await read(member.store, { resource: CRONJOBS, namespace, name });
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
  const { object } = stored;
  const owner = { namespace, name, uid: object.metadata.uid ?? "" };
  const jobs = await ownedBy(member.store, JOBS, owner);
  const minute = Math.floor(member.clock() / MINUTE_MS) * MINUTE_MS;
  const status: Loose = { ...object.status };
  const running = jobs.filter(({ object: one }) => !endOf(one));
  const due = object.spec.suspend !== true && isDue(object.spec.schedule, minute);
  if (
    due &&
    timestamp(minute) > (status.lastScheduleTime ?? "") &&
    minute >= Date.parse(object.metadata.creationTimestamp ?? "")
  ) {
    const policy: string = object.spec.concurrencyPolicy ?? "Allow";
    if (policy === "Replace") for (const one of running) await remove(member, one);
    if (policy !== "Forbid" || running.length === 0) {
      status.lastScheduleTime = timestamp(minute);
      await startJob(member, object, minute);
    }
  }
  await forget(member, object, jobs);
  const successes = jobs
    .filter(({ object: one }) => endOf(one) === "Complete")
    .map(({ object: one }) => one.status.completionTime as string);
  const last = successes.sort().at(-1);
  if (last !== undefined) status.lastSuccessfulTime = last;
  status.active = running.map(({ object: one }) => ({
    kind: "Job",
    namespace,
    name: one.metadata.name,
    uid: one.metadata.uid,
    apiVersion: "batch/v1",
  }));
  if (running.length === 0) delete status.active;
  await update(member.store, stored, { ...object, status });
  again(minute + MINUTE_MS - member.clock());
}

async function startJob(member: Member, cronJob: KubeObject, minute: number): Promise<void> {
  const { name, namespace } = cronJob.metadata;
  const { metadata, spec } = cronJob.spec.jobTemplate;
  await create(member, jobKind, {
    metadata: {
      name: `${name}-${minute / MINUTE_MS}`,
      namespace,
      labels: metadata?.labels,
      annotations: { ...metadata?.annotations, "batch.kubernetes.io/cronjob-scheduled-timestamp": timestamp(minute) },
      ownerReferences: [ownerReference(cronJob)],
    },
    spec: structuredClone(spec),
  } as unknown as KubeObject);
}

function endOf({ status }: KubeObject): string | undefined {
  return ((status?.conditions ?? []) as Loose[]).find(
    (one) => (one.type === "Complete" || one.type === "Failed") && one.status === "True",
  )?.type;
}

async function forget(member: Member, { spec }: KubeObject, jobs: readonly Stored[]): Promise<void> {
  for (const [end, limit] of [
    ["Complete", spec.successfulJobsHistoryLimit ?? 3],
    ["Failed", spec.failedJobsHistoryLimit ?? 1],
  ] as const) {
    const ended = jobs.filter(({ object }) => endOf(object) === end);
    const oldest = ended.sort((a, b) => (a.object.metadata.name < b.object.metadata.name ? -1 : 1));
    for (const one of oldest.slice(0, Math.max(0, ended.length - limit))) await remove(member, one);
  }
}

function isDue(schedule: string, ms: number): boolean {
  const fields = (NAMED[schedule] ?? schedule).trim().split(/\s+/);
  if (fields.length !== 5) return false;
  const date = new Date(ms);
  const [minutes, hours, days, months, weekdays] = fields as [string, string, string, string, string];
  const onDay = matches(days, date.getUTCDate(), 1, 31);
  const onWeekday = matches(weekdays, date.getUTCDay(), 0, 6);
  // With both given, either will do.
  const either = days.startsWith("*") || weekdays.startsWith("*") ? onDay && onWeekday : onDay || onWeekday;
  return (
    matches(minutes, date.getUTCMinutes(), 0, 59) &&
    matches(hours, date.getUTCHours(), 0, 23) &&
    matches(months, date.getUTCMonth() + 1, 1, 12) &&
    either
  );
}

function matches(field: string, value: number, min: number, max: number): boolean {
  return field.split(",").some((part) => {
    const [range = "*", step] = part.split("/");
    const [low, high] = range === "*" || range === "?" ? [min, max] : range.split("-").map(Number);
    const top = high ?? (step === undefined ? (low ?? min) : max);
    return value >= (low ?? min) && value <= top && (value - (low ?? min)) % Number(step ?? 1) === 0;
  });
}
