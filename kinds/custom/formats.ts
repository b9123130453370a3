// The formats of strings that kube-apiserver checks (kube-openapi pkg/validation/strfmt); any other is not looked at.
import { parseCIDR, parseIP } from "../rules/ip.ts";

const UUID = /^(?:urn:uuid:)?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const uuidOf = (version: number): RegExp =>
  new RegExp(
    `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?[${version === 3 ? "0-9a-f" : "89ab"}][0-9a-f]{3}-?[0-9a-f]{12}$`,
    "i",
  );
const HOSTNAME = /^(?=.{1,253}\.?$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*\.?$/i;
const EMAIL = /^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt\s]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60))?(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/;
const DURATION = /^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;
const WORDY =
  /^((\d+)\s*(ns|us|µs|ms|s|m|h|d|w|nanos?|micros?|millis?|secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|weeks?|nanoseconds?|microseconds?|milliseconds?)\s*)+$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;
const URI = /^[a-z][a-z0-9+.-]*:\S+$|^\/\S*$/i;

const CHECKS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  uri: (text) => URI.test(text),
  email: (text) => EMAIL.test(text),
  hostname: (text) => HOSTNAME.test(text),
  ipv4: (text) => parseIP(text)?.family === "IPv4" && !text.includes(":"),
  ipv6: (text) => parseIP(text) !== undefined && text.includes(":"),
  cidr: (text) => parseCIDR(text) !== undefined,
  mac: (text) => MAC.test(text),
  uuid: (text) => UUID.test(text),
  uuid3: (text) => uuidOf(3).test(text),
  uuid4: (text) => uuidOf(4).test(text),
  uuid5: (text) => uuidOf(5).test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  byte: (text) => BASE64.test(text),
  date: (text) => DATE.test(text) && isDay(text),
  duration: (text) => text === "0" || DURATION.test(text) || WORDY.test(text),
  datetime: (text) => DATE_TIME.test(text) && isDay(text.slice(0, 10)),
};

function isDay(text: string): boolean {
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** "date-time" is known as "datetime". */
export function hasFormat(text: string, format: string): boolean {
  return CHECKS[format.replaceAll("-", "")]?.(text) ?? true;
}
