// From when on a CronJob's times are owed. Its status tells too, but anybody may write that, and it says nothing of the rest: a schedule that was
// changed owes nothing of its own past, and a log that was replaced by an older copy does not know what was already handed out (P3), so a
// new epoch begins with nothing owed. Kept in the log beside the CronJob, written in the commits that hand out.
import type { KubeObject } from "../../kinds/object.ts";
import { scheduleText } from "./due.ts";
import { rfc3339 } from "./job.ts";

/** Namespace and name are the CronJob's. */
export const OWED = "owed.hanse.dev";

export interface Owed {
  /** The CronJob's uid. */
  of: string;
  schedule: string;
  /** RFC 3339. Nothing at or before is owed. */
  since: string;
  epoch: number;
}

export function owedNow(
  cronJob: KubeObject,
  before: Owed | undefined,
  { epoch, now, served }: { epoch: number; now: number; served?: number | undefined },
): Owed {
  const { uid = "", creationTimestamp = "" } = cronJob.metadata;
  const schedule = scheduleText(cronJob);
  const known = before?.of === uid ? before : undefined;
  const anew = known !== undefined && (known.schedule !== schedule || known.epoch !== epoch);
  const times = [
    known?.since ?? creationTimestamp,
    cronJob["status"]?.lastScheduleTime ?? "",
    anew ? rfc3339(now) : "",
    served === undefined ? "" : rfc3339(served),
  ];
  return { of: uid, schedule, since: times.reduce((a, b) => (a > b ? a : b)), epoch };
}
