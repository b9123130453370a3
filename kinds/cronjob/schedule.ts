// What a cron schedule says, or what is wrong with it in the words of the parser that Kubernetes uses (github.com/robfig/cron v3, parser.go):
// five fields, or one of "@daily", "@every 90m", with an optional time zone before them. When that is: core/cron/next.ts.
import { parseDuration } from "./duration.ts";
import { locationError } from "./zones.ts";

/** Fires at every minute of its zone whose parts are all in these sets. */
export interface Calendar {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  /** 1 to 12. */
  months: ReadonlySet<number>;
  /** 0 is Sunday. */
  weekdays: ReadonlySet<number>;
  /** Day and weekday must both fit, since one of them is "*"; else either will do. */
  bothDays: boolean;
}

/** `zone`: the one before the fields. */
export type Schedule = { zone?: string } & (Calendar | { everyMs: number });

export type Parsed = { ok: true; schedule: Schedule } | { ok: false; error: string };

interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const NAMED: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const EVERY = "@every ";

/** undefined: it is a schedule. */
export function scheduleError(text: string): string | undefined {
  const parsed = parseSchedule(text);
  return parsed.ok ? undefined : parsed.error;
}

export function parseSchedule(text: string): Parsed {
  if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) return parseSpec(text);
  const space = text.indexOf(" ");
  // The parser panics on a zone with nothing after it.
  if (space < 0) return failed("invalid schedule format: runtime error: slice bounds out of range [:-1]");
  const zone = text.slice(text.indexOf("=") + 1, space);
  const error = locationError(zone);
  if (error !== undefined) return failed(`provided bad location ${zone}: ${error}`);
  const parsed = parseSpec(text.slice(space).trim());
  return parsed.ok ? { ok: true, schedule: { ...parsed.schedule, zone } } : parsed;
}

const failed = (error: string): Parsed => ({ ok: false, error });

function parseSpec(spec: string): Parsed {
  if (spec.startsWith("@")) return parseDescriptor(spec);
  const texts = spec.split(/\s+/u).filter((field) => field !== "");
  if (texts.length !== FIELDS.length)
    return failed(`expected exactly ${FIELDS.length} fields, found ${texts.length}: [${texts.join(" ")}]`);
  const fields: Field[] = [];
  for (const [index, bounds] of FIELDS.entries()) {
    const field = parseField(texts[index] as string, bounds);
    if (typeof field === "string") return failed(field);
    fields.push(field);
  }
  const [minutes, hours, days, months, weekdays] = fields as [Field, Field, Field, Field, Field];
  return {
    ok: true,
    schedule: {
      minutes: minutes.values,
      hours: hours.values,
      days: days.values,
      months: months.values,
      weekdays: weekdays.values,
      bothDays: days.star || weekdays.star,
    },
  };
}

interface Field {
  values: Set<number>;
  /** A "*" or "?" without a step stands in it. */
  star: boolean;
}

/** The field, or what is wrong with it. */
function parseField(text: string, bounds: Bounds): Field | string {
  const field: Field = { values: new Set(), star: false };
  for (const part of text.split(",")) {
    if (part === "") continue;
    const range = parseRange(part, bounds);
    if (typeof range === "string") return range;
    for (let value = range.low; value <= range.high; value += range.step) field.values.add(value);
    field.star ||= range.star;
  }
  return field;
}

interface Range {
  low: number;
  high: number;
  step: number;
  star: boolean;
}

/** "5", "mon-fri", "*", each with an optional "/step"; "5/2" means "5-max/2". */
function parseRange(text: string, { min, max, names }: Bounds): Range | string {
  const [range = "", stepText, ...moreSlashes] = text.split("/");
  const [lowText = "", highText, ...moreHyphens] = range.split("-");
  const any = lowText === "*" || lowText === "?";
  let low: number | string = min;
  let high: number | string = max;
  if (!any) {
    low = integer(lowText, names);
    if (typeof low === "string") return low;
    if (highText === undefined) high = stepText === undefined ? low : max;
    else if (moreHyphens.length > 0) return `too many hyphens: ${text}`;
    else high = integer(highText, names);
    if (typeof high === "string") return high;
  }
  if (moreSlashes.length > 0) return `too many slashes: ${text}`;
  const step = stepText === undefined ? 1 : integer(stepText);
  if (typeof step === "string") return step;
  if (low < min) return `beginning of range (${low}) below minimum (${min}): ${text}`;
  if (high > max) return `end of range (${high}) above maximum (${max}): ${text}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${text}`;
  if (step === 0) return `step of range should be a positive number: ${text}`;
  return { low, high, step, star: any && step === 1 };
}

const MAX_INT64 = 2n ** 63n;

/** The number, or what is wrong with it (Go's strconv.Atoi). */
function integer(text: string, names?: readonly string[]): number | string {
  const named = text === "" ? -1 : (names ?? []).indexOf(text.toLowerCase());
  if (named >= 0) return named;
  const not = (why: string): string =>
    `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`;
  if (!/^[+-]?[0-9]+$/.test(text)) return not("invalid syntax");
  const value = BigInt(text.replace("+", ""));
  if (value >= MAX_INT64 || value < -MAX_INT64) return not("value out of range");
  return value < 0n ? `negative number (${value}) not allowed: ${text}` : Number(value);
}

function parseDescriptor(text: string): Parsed {
  const named = Object.hasOwn(NAMED, text) ? NAMED[text] : undefined;
  if (named !== undefined) return parseSpec(named);
  if (!text.startsWith(EVERY)) return failed(`unrecognized descriptor: ${text}`);
  const duration = parseDuration(text.slice(EVERY.length));
  if (typeof duration === "string") return failed(`failed to parse duration ${text}: ${duration}`);
  // Whole seconds, one at least.
  const seconds = duration / 1_000_000_000n;
  return { ok: true, schedule: { everyMs: Number(seconds < 1n ? 1n : seconds) * 1000 } };
}
