// When a schedule fires: at the whole minutes at which the clock on its zone's wall shows what the schedule names. So an hour that is skipped
// in spring has no ticks and one that comes twice in autumn has each tick twice, as in github.com/robfig/cron, whose slips near midnight
// (Cairo, Beirut) and with half-hour shifts (Lord Howe), where it loses ticks, are not kept.
import type { Calendar, Schedule } from "../../kinds/cronjob/schedule.ts";
import { offsetMs } from "./zone.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A day that does not come within so many years never comes ("31 2"). */
const YEARS = 5;

/** The first time after `after` (ms); undefined: none. `zone`: where the schedule itself names none. */
export function next(schedule: Schedule, zone: string, after: number): number | undefined {
  if ("everyMs" in schedule) return floor(after, 1000) + schedule.everyMs;
  // "," is a field of no values.
  if (schedule.minutes.size === 0 || schedule.hours.size === 0) return undefined;
  const home = zoneOf(schedule, zone);
  let at = floor(after, MINUTE_MS) + MINUTE_MS;
  let offset = offsetMs(home, at);
  const last = new Date(at + offset).getUTCFullYear() + YEARS;
  for (;;) {
    const wall = new Date(at + offset);
    if (wall.getUTCFullYear() > last) return undefined;
    const step = stepOver(schedule, wall);
    if (step === 0) return at;
    const same = offsetMs(home, at + step) === offset;
    // Clocks are shifted on the way: look again from there, since what was stepped over may come after all, or again.
    at = same ? at + step : shiftAfter(home, { at, offset, until: at + step });
    if (!same) offset = offsetMs(home, at);
  }
}

/** The last time after `after` and not after `until`; undefined: none. */
export function latest(schedule: Schedule, zone: string, after: number, until: number): number | undefined {
  if ("everyMs" in schedule) {
    const passed = Math.floor((until - floor(after, 1000)) / schedule.everyMs);
    return passed < 1 ? undefined : floor(after, 1000) + passed * schedule.everyMs;
  }
  // Looked for ever further back, so that few are found at once however long ago `after` is.
  for (let span = MINUTE_MS; ; span *= 8) {
    const from = Math.max(after, until - span);
    let found: number | undefined;
    for (let at = next(schedule, zone, from); at !== undefined && at <= until; at = next(schedule, zone, at))
      found = at;
    if (found !== undefined || from === after) return found;
  }
}

/** "UTC" is what an empty name and "Local" mean here: it is the controller's own zone upstream, which runs in UTC. */
export function zoneOf(schedule: Schedule, zone: string | undefined): string {
  const name = schedule.zone ?? zone ?? "";
  return name === "" || name === "Local" ? "UTC" : name;
}

/** 0: it fires at this wall time. Else the time to the next that may fit. */
function stepOver(calendar: Calendar, wall: Date): number {
  if (!calendar.months.has(wall.getUTCMonth() + 1) || !onDay(calendar, wall)) return DAY_MS - (wall.getTime() % DAY_MS);
  if (!calendar.hours.has(wall.getUTCHours())) return HOUR_MS - (wall.getTime() % HOUR_MS);
  const minute = wall.getUTCMinutes();
  let fit = minute;
  while (fit < 60 && !calendar.minutes.has(fit)) fit += 1;
  return (fit - minute) * MINUTE_MS;
}

function onDay({ days, weekdays, bothDays }: Calendar, wall: Date): boolean {
  const [day, weekday] = [days.has(wall.getUTCDate()), weekdays.has(wall.getUTCDay())];
  return bothDays ? day && weekday : day || weekday;
}

/** The first minute after `at` at which the zone has another offset; there is one shift until `until`. */
function shiftAfter(zone: string, { at, offset, until }: { at: number; offset: number; until: number }): number {
  let [before, after] = [at, until];
  while (after - before > MINUTE_MS) {
    const middle = floor((before + after) / 2, MINUTE_MS);
    if (offsetMs(zone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

const floor = (ms: number, unit: number): number => Math.floor(ms / unit) * unit;
