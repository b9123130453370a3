// When a finished Job's time is up (kk:pkg/controller/ttlafterfinished): spec.ttlSecondsAfterFinished after its Complete or Failed
// condition turned true.
import type { Condition, KubeObject } from "../../kinds/object.ts";

/** Milliseconds since the epoch; undefined: never, or not yet known. */
export function expiresAt(job: KubeObject): number | undefined {
  const ttl: unknown = job["spec"]?.ttlSecondsAfterFinished;
  if (typeof ttl !== "number" || job.metadata.deletionTimestamp !== undefined) return undefined;
  const conditions: Condition[] = job["status"]?.conditions ?? [];
  const finished = conditions.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
  const at = Date.parse(finished?.lastTransitionTime ?? "");
  return Number.isNaN(at) ? undefined : at + ttl * 1000;
}
