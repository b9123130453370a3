// Validation of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy, which belong together (kk:pkg/apis/core/validation
// ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngradeClusterIPs, validateUpgradeDowngradeIPFamilies).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, invalid, notSupported, required } from "../rules/errors.ts";
import { legacyIP, parseIP } from "../rules/ip.ts";
import { isHeadless, needsClusterIP } from "./traits.ts";

const FAMILIES = ["IPv4", "IPv6"];
const POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

export function validateClusterIPs(spec: Loose, old?: Loose): FieldError[] {
  if (!needsClusterIP(spec)) return [];
  const errors: FieldError[] = [];
  const ips: string[] = spec.clusterIPs ?? [];
  const families: string[] = spec.ipFamilies ?? [];
  if (spec.clusterIP && ips.length === 0) errors.push(required("spec.clusterIPs"));
  else if (spec.clusterIP && ips[0] !== spec.clusterIP)
    errors.push(invalid("spec.clusterIPs", ips, "first value must match `clusterIP`"));
  else if (!spec.clusterIP && ips.length > 0)
    errors.push(invalid("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified"));
  for (const [index, family] of families.entries()) {
    if (!FAMILIES.includes(family)) errors.push(notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES));
    if (families.indexOf(family) < index) errors.push(duplicate(`spec.ipFamilies[${index}]`, family));
  }
  if (typeof spec.ipFamilyPolicy === "string" && !POLICIES.includes(spec.ipFamilyPolicy))
    errors.push(notSupported("spec.ipFamilyPolicy", spec.ipFamilyPolicy, POLICIES));
  const wrong = ips.flatMap((ip, index) => {
    if (index > 0 || ip !== "None") return legacyIP(`spec.clusterIPs[${index}]`, ip, old?.clusterIPs);
    return ips.length > 1 ? [invalid("spec.clusterIPs", ips, "'None' must be the first and only value")] : [];
  });
  errors.push(...wrong);
  if (ips.length > 2) errors.push(invalid("spec.clusterIPs", ips, "may only hold up to 2 values"));
  // What follows would only repeat that an address is bad.
  return wrong.length > 0 ? errors : [...errors, ...mismatches(ips, families)];
}

function mismatches(ips: string[], families: string[]): FieldError[] {
  const errors: FieldError[] = [];
  const found = ips.map((ip) => parseIP(ip)?.family);
  if (ips.length > 1 && !(found.includes("IPv4") && found.includes("IPv6")))
    errors.push(invalid("spec.clusterIPs", ips, "may specify no more than one IP for each IP family"));
  if (ips[0] === "None") return errors;
  for (const [index, ip] of ips.entries()) {
    const family = families[index];
    if (family === undefined || !FAMILIES.includes(family) || found[index] === family) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalid(`spec.clusterIPs[${index}]`, ip, detail));
  }
  return errors;
}

const ONCE = "may not change once set";

/** The first address and family are for life; the second comes and goes. */
export function validateClusterIPChange(spec: Loose, old: Loose): FieldError[] {
  if (!needsClusterIP(spec) || !needsClusterIP(old)) return [];
  if (isHeadless(spec) && isHeadless(old)) return [];
  const ips: string[] = spec.clusterIPs ?? [];
  const before: string[] = old.clusterIPs ?? [];
  if (ips.length === before.length) {
    return before.flatMap((ip, index) => (ip === ips[index] ? [] : [invalid(`spec.clusterIPs[${index}]`, ips, ONCE)]));
  }
  const errors: FieldError[] = [];
  if (ips.length === 0) errors.push(invalid("spec.clusterIPs[0]", ips, "primary clusterIP can not be unset"));
  else if (before.length > 0 && ips[0] !== before[0]) errors.push(invalid("spec.clusterIPs[0]", ips, ONCE));
  return [...errors, ...released(spec, ips, before, "secondary clusterIP")];
}

export function validateFamilyChange(spec: Loose, old: Loose): FieldError[] {
  if (!needsClusterIP(spec) || !needsClusterIP(old) || isHeadless(spec) || isHeadless(old)) return [];
  const families: string[] = spec.ipFamilies ?? [];
  const before: string[] = old.ipFamilies ?? [];
  // Upstream names index 0 whichever family changed, and prints the addresses where the lists' lengths differ.
  if (families.length === before.length) {
    return before.flatMap((family, index) =>
      family === families[index] ? [] : [invalid("spec.ipFamilies[0]", families, ONCE)],
    );
  }
  const errors: FieldError[] = [];
  if (families.length < before.length && !spec.clusterIPs?.length)
    errors.push(invalid("spec.ipFamilies[0]", families, "primary ipFamily can not be unset"));
  if (families.length > 0 && before.length > 0 && families[0] !== before[0])
    errors.push(invalid("spec.ipFamilies[0]", spec.clusterIPs, ONCE));
  return [...errors, ...released(spec, families, before, "secondary ipFamily")];
}

function released({ ipFamilyPolicy }: Loose, list: string[], before: string[], what: string): FieldError[] {
  if (list.length !== 1 || before.length < 2 || ipFamilyPolicy === "SingleStack") return [];
  return [
    invalid("spec.ipFamilyPolicy", ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the ${what}`),
  ];
}
