// Kubernetes quantities ("500m", "1Gi", "1e3") as whole nano-units, and their canonical text (apimachinery pkg/api/resource).
// Exact: no floating point. Finer than a nano-unit rounds away from zero, as upstream does.

type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

export const QUANTITY_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_BY_EXPONENT = new Map(Object.entries(DECIMAL).map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

// A cluster's objects say the same few amounts over and over, and one write reads each of them several times.
const known = new Map<string, Quantity>();
const KNOWN_MAX = 1000;
const KNOWN_LENGTH = 32;

/** undefined: not a quantity (upstream's text is QUANTITY_ERROR). Numbers are read as their text. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const asked = String(text);
  const found = known.get(asked);
  if (found !== undefined) return found;
  const read = readQuantity(asked);
  if (read !== undefined && asked.length <= KNOWN_LENGTH) {
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(asked, read);
  }
  return read;
}

function readQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([a-zA-Z]*)([-+]?[0-9]+)?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", suffix = "", exponentText] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  let exponent = 9 - fraction.length;
  let format: QuantityFormat = "DecimalSI";
  let shift = 0;
  if (exponentText !== undefined) {
    if (suffix !== "e" && suffix !== "E") return undefined;
    format = "DecimalExponent";
    exponent += Number(exponentText);
    if (exponent > 400 || exponent < -400) return undefined;
  } else if (suffix in BINARY) {
    format = "BinarySI";
    shift = BINARY[suffix] ?? 0;
  } else if (suffix in DECIMAL) {
    exponent += DECIMAL[suffix] ?? 0;
  } else {
    return undefined;
  }
  let nano = digits << BigInt(shift);
  nano = exponent >= 0 ? nano * 10n ** BigInt(exponent) : divideUp(nano, 10n ** BigInt(-exponent));
  return { nano: sign === "-" ? -nano : nano, format };
}

/** Rounds away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

const UNIT = 1_000_000_000n;

const texts = new WeakMap<Quantity, string>();

/** The canonical text: no fraction, the largest suffix that keeps a whole number. */
export function formatQuantity(quantity: Quantity): string {
  let text = texts.get(quantity);
  if (text === undefined) texts.set(quantity, (text = canonicalText(quantity)));
  return text;
}

function canonicalText({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  const small = nano > -1024n * UNIT && nano < 1024n * UNIT;
  if (format === "BinarySI" && !small && nano % UNIT === 0n) {
    let value = nano / UNIT;
    let power = 0;
    while (value % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
      value /= 1024n;
      power++;
    }
    return `${value}${BINARY_SUFFIXES[power]}`;
  }
  let value = nano;
  let exponent = -9;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === "DecimalExponent") return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  return `${value}${DECIMAL_BY_EXPONENT.get(exponent)}`;
}

/** Rounds up to whole milli-units, as defaulting does with resource lists. */
export function roundUpMilli(quantity: Quantity): Quantity {
  if (quantity.nano % 1_000_000n === 0n) return quantity;
  return { nano: divideUp(quantity.nano, 1_000_000n) * 1_000_000n, format: quantity.format };
}

/** The canonical text of any quantity; what is none is returned as it came. */
export function canonicalQuantity(text: string | number): string | number {
  const quantity = parseQuantity(text);
  return quantity === undefined ? text : formatQuantity(quantity);
}
