// How far the clocks of a time zone are from UTC, which the platform's own tables say (ECMA-402): Node and Workers carry the whole database.

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Milliseconds east of UTC at `ms`; whole seconds. @throws Error for a zone that `knowsZone` refuses */
export function offsetMs(zone: string, ms: number): number {
  if (zone === "UTC") return 0;
  const format = formatOf(zone);
  if (format === undefined) throw new Error(`no time zone ${zone} here`);
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

export function knowsZone(zone: string): boolean {
  return zone === "UTC" || formatOf(zone) !== undefined;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) formats.set(zone, makeFormat(zone));
  return formats.get(zone);
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = "numeric";
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "iso8601",
      hourCycle: "h23",
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    // A RangeError: a name newer, or older, than the platform's tables.
    return undefined;
  }
}
