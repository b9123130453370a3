// Which time of a CronJob is owed a Job now: the latest one since the last that was served, as kube-controller-manager has it
// (kk:pkg/controller/cronjob/utils.go mostRecentScheduleTime), found exactly where upstream estimates: `@every` with a starting deadline
// shorter than its interval fires, and a time that was missed for good is said.
import { parseSchedule } from "../../kinds/cronjob/schedule.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { latest, next, zoneOf } from "./next.ts";
import { knowsZone } from "./zone.ts";

export type Due =
  /** It never fires like this; a change of the CronJob will tell. */
  | { state: "broken"; reason: "UnparseableSchedule" | "InvalidSchedule" | "UnknownTimeZone"; message: string }
  | { state: "suspended" }
  | { state: "waiting"; againMs?: number }
  /** `time` passed and its starting deadline did too. */
  | { state: "missed"; time: number; againMs?: number }
  /** `many`: so many were skipped that something may be wrong with a clock. */
  | { state: "due"; time: number; many: boolean; againMs?: number };

/** Clocks differ a little: rather late than not yet (upstream's nextScheduleDelta). */
const LATE_MS = 100;
const MANY = 100;

/** What the schedule is made of, for telling whether it changed. */
export function scheduleText({ spec }: KubeObject): string {
  return spec.timeZone === undefined ? spec.schedule : `${spec.schedule} ${spec.timeZone}`;
}

/** Times in ms. `since`: nothing at or before is owed. */
export function due(cronJob: KubeObject, since: number, now: number): Due {
  const { spec } = cronJob;
  const parsed = parseSchedule(spec.schedule);
  const zone = parsed.ok ? zoneOf(parsed.schedule, spec.timeZone) : "UTC";
  if (!knowsZone(zone))
    return { state: "broken", reason: "UnknownTimeZone", message: `invalid timeZone: "${zone}": unknown here` };
  if (spec.suspend === true) return { state: "suspended" };
  if (!parsed.ok) {
    const message = `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${parsed.error}`;
    return { state: "broken", reason: "UnparseableSchedule", message };
  }
  const { schedule } = parsed;
  const time = latest(schedule, zone, since, now);
  const following = next(schedule, zone, time ?? since);
  if (time === undefined && following === undefined) {
    const message = `invalid schedule: ${spec.schedule} : no time fits it`;
    return { state: "broken", reason: "InvalidSchedule", message };
  }
  const again = following === undefined ? {} : { againMs: following + LATE_MS - now };
  if (time === undefined) return { state: "waiting", ...again };
  const deadline: number | undefined = spec.startingDeadlineSeconds;
  const from = deadline === undefined ? since : Math.max(since, now - deadline * 1000);
  if (time < from) return { state: "missed", time, ...again };
  const first = next(schedule, zone, from) ?? time;
  const second = next(schedule, zone, first) ?? Number.POSITIVE_INFINITY;
  return { state: "due", time, many: Math.floor((now - first) / (second - first)) + 1 > MANY, ...again };
}
