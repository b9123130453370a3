// Go's time.ParseDuration ("1h30m", "-1.5s"), with its errors word for word. Exact: nanoseconds in a bigint.

const MAX_INT64 = 2n ** 63n;

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

/** Nanoseconds, or what is wrong. */
export function parseDuration(text: string): bigint | string {
  const invalid = `time: invalid duration ${JSON.stringify(text)}`;
  const negative = text.startsWith("-");
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
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
    const digits = fraction.slice(1);
    total += BigInt(whole || "0") * size + (BigInt(digits || "0") * size) / 10n ** BigInt(digits.length);
    if (total > MAX_INT64) return invalid;
  }
  if (total === MAX_INT64 && !negative) return invalid;
  return negative ? -total : total;
}
