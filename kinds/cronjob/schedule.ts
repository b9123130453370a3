// What is wrong with a cron schedule, in the words of the parser that Kubernetes uses (github.com/robfig/cron v3, parser.go): five fields,
// or one of "@daily", "@every 90m", with an optional time zone before them. When it fires is the member's own controller's business.
import { locationError } from "./zones.ts";

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

const NAMED = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const EVERY = "@every ";

/** undefined: it is a schedule. */
export function scheduleError(text: string): string | undefined {
  if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) return specError(text);
  const space = text.indexOf(" ");
  // The parser panics on a zone with nothing after it.
  if (space < 0) return "invalid schedule format: runtime error: slice bounds out of range [:-1]";
  const zone = text.slice(text.indexOf("=") + 1, space);
  const error = locationError(zone);
  return error === undefined ? specError(text.slice(space).trim()) : `provided bad location ${zone}: ${error}`;
}

function specError(spec: string): string | undefined {
  if (spec.startsWith("@")) return descriptorError(spec);
  const fields = spec.split(/\s+/u).filter((field) => field !== "");
  if (fields.length !== FIELDS.length)
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(" ")}]`;
  for (const [index, bounds] of FIELDS.entries()) {
    for (const range of (fields[index] as string).split(",")) {
      const error = range === "" ? undefined : rangeError(range, bounds);
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

/** "5", "mon-fri", "*", each with an optional "/step"; "5/2" means "5-max/2". */
function rangeError(text: string, { min, max, names }: Bounds): string | undefined {
  const [range = "", stepText, ...moreSlashes] = text.split("/");
  const [lowText = "", highText, ...moreHyphens] = range.split("-");
  let low: number | string = min;
  let high: number | string = max;
  if (lowText !== "*" && lowText !== "?") {
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
  return step === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

const MAX_INT64 = 2n ** 63n;

/** The number, or what is wrong with it (Go's strconv.Atoi). */
function integer(text: string, names?: readonly string[]): number | string {
  const named = text === "" ? -1 : (names ?? []).indexOf(text.toLowerCase());
  if (named >= 0) return named;
  const failed = (why: string): string =>
    `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`;
  if (!/^[+-]?[0-9]+$/.test(text)) return failed("invalid syntax");
  const value = BigInt(text.replace("+", ""));
  if (value >= MAX_INT64 || value < -MAX_INT64) return failed("value out of range");
  return value < 0n ? `negative number (${value}) not allowed: ${text}` : Number(value);
}

function descriptorError(text: string): string | undefined {
  if (NAMED.includes(text)) return undefined;
  if (!text.startsWith(EVERY)) return `unrecognized descriptor: ${text}`;
  const error = durationError(text.slice(EVERY.length));
  return error === undefined ? undefined : `failed to parse duration ${text}: ${error}`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go's time.ParseDuration. */
function durationError(text: string): string | undefined {
  const invalid = `time: invalid duration ${JSON.stringify(text)}`;
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return undefined;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const [, whole = "", fraction = ""] = /^([0-9]*)(\.[0-9]*)?/.exec(rest) ?? [];
    if (whole === "" && !/[0-9]/.test(fraction)) return invalid;
    rest = rest.slice(whole.length + fraction.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? "";
    if (unit === "") return `time: missing unit in duration ${JSON.stringify(text)}`;
    const size = UNITS[unit];
    if (size === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
    rest = rest.slice(unit.length);
    total += BigInt(whole || "0") * size;
    if (total > MAX_INT64) return invalid;
  }
  return total === MAX_INT64 && !text.startsWith("-") ? invalid : undefined;
}
