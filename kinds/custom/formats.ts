// The formats of strings that kube-apiserver 1.36 checks (apiextensions-apiserver pkg/apiserver/validation/formats.go; kube-openapi
// pkg/validation/strfmt). Any other format says nothing. Names count without their dashes, but for the two of Kubernetes itself.
import { parseCIDR, parseIP } from "../rules/ip.ts";

const UUID = "[0-9a-f]{8}-?[0-9a-f]{4}-?V[0-9a-f]{3}-?N[0-9a-f]{3}-?[0-9a-f]{12}";
const uuid = (version: string, variant: string): ((text: string) => boolean) => {
  const pattern = new RegExp(`^${UUID.replace("V", version).replace("N", variant)}$`, "i");
  return (text) => pattern.test(text);
};
const matches =
  (pattern: RegExp): ((text: string) => boolean) =>
  (text) =>
    pattern.test(text);

const HOSTNAME =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;

function isHostname(text: string): boolean {
  if (text.length > 255 || !text.split(".").every((part) => part.length <= 63)) return false;
  return HOSTNAME.test(text);
}

function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (found === null) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/;

function isDateTime(text: string): boolean {
  const [date = "", time] = text.toLowerCase().split("t");
  if (time === undefined || !isDate(date)) return false;
  const found = TIME.exec(time);
  return found !== null && found[1]! <= "23" && found[2]! <= "59" && found[3]! <= "59";
}

const GO_DURATION = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const UNITS = ["ns", "us", "µs", "ms", "s", "sec", "m", "min", "h", "hr", "d", "w", "wk"];
const LONG_UNITS = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"];

/** Go's, or somewhere in it a number and a unit as Scala writes them. */
function isDuration(text: string): boolean {
  if (GO_DURATION.test(text)) return true;
  for (const [, , , unit = ""] of text.matchAll(/((\d+)\s*([A-Za-zµ]+))/g)) {
    const name = unit.toLowerCase();
    if (UNITS.includes(name) || LONG_UNITS.some((long) => name.startsWith(long))) return true;
  }
  return false;
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+";
const QUOTED = '"([^"\\\\\\r\\n]|\\\\.)*"';
const ADDRESS = `(${ATOM}(\\.${ATOM})*|${QUOTED})@(${ATOM}(\\.${ATOM})*|\\[[^\\]\\[\\\\]*\\])`;
const PHRASE = `(${ATOM}|${QUOTED}|[ \\t.])*`;
const isEmail = matches(
  new RegExp(`^[ \\t]*(${ADDRESS}|${PHRASE}<[ \\t]*${ADDRESS}[ \\t]*>)[ \\t]*(\\([^()]*\\))?[ \\t]*$`),
);

/** As net/url's ParseRequestURI takes it: absolute, or a path from the root. */
function isUri(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
  if (text === "" || /[\u0000-\u001f\u007f]/.test(text)) return false;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
  const rest = scheme === null ? text : text.slice(scheme[0].length);
  if (scheme === null && !rest.startsWith("/")) return false;
  if (/%(?![0-9a-fA-F]{2})/.test(rest.split("?")[0]!)) return false;
  if (!rest.startsWith("//")) return true;
  const host = rest.slice(2).split(/[/?]/)[0]!.replace(/^.*@/, "");
  return /^(\[[0-9a-fA-F:.%a-z]+\]|[^\s:<>"\\^`{|}[\]]*)(:\d*)?$/.test(host);
}

const digits = (text: string): string => text.replace(/[\s-]+/g, "");

function isIsbn10(text: string): boolean {
  const plain = digits(text);
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(plain)) return false;
  const sum = [...plain].reduce((all, one, at) => all + (at + 1) * (one === "X" ? 10 : Number(one)), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const plain = digits(text);
  if (!/^[0-9]{13}$/.test(plain)) return false;
  return [...plain].reduce((all, one, at) => all + (at % 2 === 0 ? 1 : 3) * Number(one), 0) % 10 === 0;
}

const CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$/;

function isCreditCard(text: string): boolean {
  const plain = text.replace(/[^0-9]+/g, "");
  if (!CARD.test(plain)) return false;
  const sum = [...plain].reverse().reduce((all, one, at) => {
    const value = Number(one) * (at % 2 === 1 ? 2 : 1);
    return all + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const COLOUR = "\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*";
const RGB = new RegExp(`^rgb\\(${COLOUR},${COLOUR},${COLOUR}\\)$`);
/** 48, 64 or 160 bits, in pairs with colons or dashes or in fours with dots. */
const MAC = new RegExp(
  [
    [":", 2],
    ["-", 2],
    ["\\.", 4],
  ]
    .flatMap(([between, width]) =>
      [12, 16, 40].map(
        (length) => `^[0-9a-fA-F]{${width}}(${between}[0-9a-fA-F]{${width}}){${length / Number(width) - 1}}$`,
      ),
    )
    .join("|"),
);

const NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SHORT_NAME = new RegExp(`^${NAME}$`);
const LONG_NAME = new RegExp(`^${NAME}(\\.${NAME})*$`);

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  cidr: (text) => parseCIDR(text) !== undefined,
  creditcard: isCreditCard,
  date: isDate,
  datetime: isDateTime,
  duration: isDuration,
  email: isEmail,
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  hostname: isHostname,
  ipv4: (text) => text.includes(".") && parseIP(text) !== undefined,
  ipv6: (text) => text.includes(":") && parseIP(text) !== undefined,
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  k8sshortname: (text) => text.length <= 63 && SHORT_NAME.test(text),
  k8slongname: (text) => text.length <= 253 && LONG_NAME.test(text),
  mac: matches(MAC),
  password: () => true,
  rgbcolor: matches(RGB),
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  uri: isUri,
  uuid: uuid("[0-9a-f]", "[0-9a-f]"),
  uuid3: uuid("3", "[0-9a-f]"),
  uuid4: uuid("4", "[89ab]"),
  uuid5: uuid("5", "[89ab]"),
};

const normalized = (format: string): string => format.replaceAll("-", "");

/** Whether a schema of this type may have the format; any other is forgotten. */
export function isFormat(format: string, type: string | undefined): boolean {
  if (type === undefined || type === "" || type === "string") return Object.hasOwn(FORMATS, normalized(format));
  if (type === "integer") return format === "int32" || format === "int64";
  return type === "number" && (format === "float" || format === "double");
}

export function hasFormat(text: string, format: string): boolean {
  const check = FORMATS[normalized(format)];
  return check === undefined || check(text);
}
