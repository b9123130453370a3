// IP addresses and CIDRs as kube-apiserver 1.36 takes them (apimachinery pkg/util/validation/ip.go with StrictIPCIDRValidation on): parsed as
// leniently as Go's old net.ParseIP, then refused where programs disagree on the meaning (leading zeros, IPv4 in IPv6, stray bits).
// Fields that came after that rule want the canonical form too; older ones only warn of it.
import type { FieldError } from "../kind.ts";
import { invalid } from "./errors.ts";

export interface Address {
  /** What Kubernetes calls it: an IPv4 address written as IPv6 counts as IPv4. */
  family: "IPv4" | "IPv6";
  /** As 128 bits; IPv4 in ::ffff:0:0/96. */
  bits: bigint;
  /** Written as IPv6 though it is IPv4. */
  mapped: boolean;
  /** Written with zeros that strict parsers refuse. */
  zeros: boolean;
}

const V4_IN_V6 = 0xffffn << 32n;

function parseV4(text: string): { value: bigint; zeros: boolean } | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]+$/.test(part) && Number(part) <= 255)) return undefined;
  const value = parts.reduce((sum, part) => (sum << 8n) | BigInt(Number(part)), 0n);
  return { value, zeros: parts.some((part) => part.length > 1 && part.startsWith("0")) };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  let zeros = false;
  const lists: bigint[][] = [];
  for (const [index, half] of halves.entries()) {
    const groups = half === "" ? [] : half.split(":");
    const values: bigint[] = [];
    for (const [at, group] of groups.entries()) {
      if (group.includes(".") && index === halves.length - 1 && at === groups.length - 1) {
        const tail = parseV4(group);
        if (tail === undefined) return undefined;
        zeros ||= tail.zeros;
        values.push(tail.value >> 16n, tail.value & 0xffffn);
      } else if (/^[0-9a-fA-F]+$/.test(group) && Number.parseInt(group, 16) <= 0xffff) {
        zeros ||= group.length > 4;
        values.push(BigInt(Number.parseInt(group, 16)));
      } else {
        return undefined;
      }
    }
    lists.push(values);
  }
  const count = lists.reduce((sum, list) => sum + list.length, 0);
  // "::" stands for one group at least.
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const [head = [], tail = []] = lists;
  const all = [...head, ...Array.from<bigint>({ length: 8 - count }).fill(0n), ...tail];
  const bits = all.reduce((sum, group) => (sum << 16n) | group, 0n);
  const mapped = bits >> 32n === 0xffffn;
  return { family: mapped ? "IPv4" : "IPv6", bits, mapped, zeros };
}

export function parseIP(text: string): Address | undefined {
  if (text.includes(":")) return parseV6(text);
  const v4 = parseV4(text);
  return v4 && { family: "IPv4", bits: V4_IN_V6 | v4.value, mapped: false, zeros: v4.zeros };
}

/** Dotted, or RFC 5952: no leading zeros, the longest run of two zero groups or more is "::", the first of equals. */
export function formatIP({ family, bits }: Pick<Address, "family" | "bits">): string {
  if (family === "IPv4") return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  const runs = [...groups.join(":").matchAll(/(?<![0-9a-f])0(:0)+(?![0-9a-f])/g)];
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), "");
  const at = runs.find(([run]) => run === longest)?.index;
  if (at === undefined) return groups.join(":");
  const text = groups.join(":");
  return `${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}

function problems(text: string, address: Address | undefined): string[] {
  if (address === undefined) return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"];
  if (address.zeros) return ["must not have leading 0s"];
  return address.mapped ? ["must not be an IPv4-mapped IPv6 address"] : [];
}

/** Of a field that need not be canonical; `known` were accepted before and stay so. */
export function legacyIP(field: string, text: string, known: readonly string[] = []): FieldError[] {
  if (known.includes(text)) return [];
  return problems(text, parseIP(text)).map((message) => invalid(field, text, message));
}

/** What is wrong with a canonical address. */
export function strictIP(text: string): string[] {
  const address = parseIP(text);
  const wrong = problems(text, address);
  if (wrong.length > 0 || address === undefined) return wrong;
  return formatIP(address) === text ? [] : [`must be in canonical form ("${formatIP(address)}")`];
}

/** Addresses that no endpoint can have (kk:pkg/apis/core/validation ValidateEndpointIP). */
export function endpointIP(field: string, text: string): FieldError[] {
  const address = parseIP(text);
  if (address === undefined) return [invalid(field, text, "must be a valid IP address")];
  const { family, bits } = address;
  const inside = (v4: string, v6: string): boolean => contains(parseCIDR(family === "IPv4" ? v4 : v6), address);
  if (family === "IPv4" ? bits === V4_IN_V6 : bits === 0n)
    return [invalid(field, text, `may not be unspecified (${text})`)];
  const ranges: [string, string, string][] = [
    ["127.0.0.0/8", "::1/128", "may not be in the loopback range (127.0.0.0/8, ::1/128)"],
    ["169.254.0.0/16", "fe80::/10", "may not be in the link-local range (169.254.0.0/16, fe80::/10)"],
    ["224.0.0.0/24", "ff02::/16", "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"],
  ];
  return ranges.filter(([v4, v6]) => inside(v4, v6)).map(([, , message]) => invalid(field, text, message));
}

export interface Range extends Address {
  /** Bits of the prefix, of 32 or 128. */
  length: number;
  /** Bits are set after the prefix. */
  stray: boolean;
}

export function parseCIDR(text: string): Range | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? undefined : parseIP(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]+$/.test(digits)) return undefined;
  const length = Number(digits);
  const size = text.slice(0, slash).includes(":") ? 128 : 32;
  if (length > size) return undefined;
  const low = (1n << BigInt(size - length)) - 1n;
  return {
    ...address,
    bits: address.bits & ~low,
    length,
    stray: (address.bits & low) !== 0n,
    zeros: address.zeros || (digits.length > 1 && digits.startsWith("0")),
  };
}

export function contains(range: Range | undefined, address: Address): boolean {
  if (range === undefined || range.family !== address.family) return false;
  const low = BigInt((range.family === "IPv4" ? 32 : 128) - range.length);
  return range.bits >> low === address.bits >> low;
}

function rangeProblems(range: Range | undefined): string[] {
  if (range === undefined) return ["must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"];
  if (range.zeros) return ["must not have leading 0s in IP or prefix length"];
  if (range.mapped) return ["must not have an IPv4-mapped IPv6 address"];
  return range.stray ? ["must not have bits set beyond the prefix length"] : [];
}

/** Of a field that need not be canonical; `known` were accepted before and stay so. */
export function legacyCIDR(field: string, text: string, known: readonly string[] = []): FieldError[] {
  if (known.includes(text)) return [];
  return rangeProblems(parseCIDR(text)).map((message) => invalid(field, text, message));
}

export function strictCIDR(field: string, text: string): FieldError[] {
  const range = parseCIDR(text);
  const wrong = rangeProblems(range);
  if (wrong.length > 0 || range === undefined) return wrong.map((message) => invalid(field, text, message));
  const canonical = `${formatIP(range)}/${range.length}`;
  return canonical === text ? [] : [invalid(field, text, `must be in canonical form ("${canonical}")`)];
}

/** Warnings for IPv6 in other than RFC 5952's form; everything worse is refused above. */
export function warnIP(field: string, text: string): string[] {
  const address = parseIP(text);
  if (address === undefined) return [];
  const form = formatIP(address);
  if (address.zeros || address.mapped) return [`${field}: non-standard IP address "${text}" is invalid: use "${form}"`];
  return address.family === "IPv6" && form !== text
    ? [`${field}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${form}")`]
    : [];
}

export function warnCIDR(field: string, text: string): string[] {
  const range = parseCIDR(text);
  if (range === undefined || range.stray || range.zeros || range.mapped) return [];
  const form = `${formatIP(range)}/${range.length}`;
  return range.family === "IPv6" && form !== text
    ? [`${field}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${form}")`]
    : [];
}
