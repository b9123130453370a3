// The Job of one time of a CronJob: what it is called and how it is made (kk:pkg/controller/cronjob/utils.go getJobFromTemplate2). The name
// says the minute, so that everybody means the same Job by it.
import type { FieldError } from "../../kinds/kind.ts";
import { job as jobKind } from "../../kinds/job.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { PLACEMENT_ANNOTATION } from "../../kinds/placement.ts";
import { offsetMs } from "./zone.ts";

const SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";
const MINUTE_MS = 60_000;

export function jobName(cronJob: KubeObject, time: number): string {
  return `${cronJob.metadata.name}-${Math.floor(time / MINUTE_MS)}`;
}

/** As the API would have made it, or why it would not. `now` in ms, `uid` the Job's own. */
export function jobAt(
  cronJob: KubeObject,
  { time, now, uid }: { time: number; now: number; uid: string },
): { ok: true; job: KubeObject } | { ok: false; errors: FieldError[] } {
  const { metadata, spec } = structuredCopy(cronJob.spec.jobTemplate);
  const named = cronJob.metadata.annotations?.[PLACEMENT_ANNOTATION];
  const annotations = {
    // Where the CronJob is to run is where its Jobs are, unless they say otherwise.
    ...(named === undefined ? {} : { [PLACEMENT_ANNOTATION]: named }),
    ...metadata?.annotations,
    [SCHEDULED]: inZone(time, cronJob.spec.timeZone),
  };
  const job: KubeObject = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: jobName(cronJob, time),
      namespace: cronJob.metadata.namespace ?? "",
      uid,
      creationTimestamp: rfc3339(now),
      generation: 1,
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      annotations,
      ownerReferences: [
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          name: cronJob.metadata.name,
          uid: cronJob.metadata.uid ?? "",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
  };
  jobKind.setDefaults?.(job);
  jobKind.prepareCreate?.(job);
  const errors = jobKind.validate?.(job) ?? [];
  return errors.length > 0 ? { ok: false, errors } : { ok: true, job };
}

/** How it ended; undefined: it runs, or waits to. */
export function endOf(job: KubeObject): "Complete" | "Failed" | undefined {
  const conditions: Loose[] = job["status"]?.conditions ?? [];
  return conditions.find(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True")?.type;
}

/** By when they started, those that have not at the end; then by name. */
export function byStart(a: KubeObject, b: KubeObject): number {
  const start = ({ status }: KubeObject): string => status?.startTime ?? "~";
  if (start(a) !== start(b)) return start(a) < start(b) ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Go's time.RFC3339 in the CronJob's zone: "2026-03-29T09:00:00+02:00". */
function inZone(time: number, zone: string | undefined): string {
  const minutes = Math.round(offsetMs(zone === undefined || zone === "Local" ? "UTC" : zone, time) / MINUTE_MS);
  if (minutes === 0) return rfc3339(time);
  const two = (value: number): string => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  const sign = minutes < 0 ? "-" : "+";
  return `${rfc3339(time + minutes * MINUTE_MS).slice(0, -1)}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const structuredCopy = (value: Loose): Loose => JSON.parse(JSON.stringify(value));
