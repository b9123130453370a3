// The addresses of a Service at the root, in kk:pkg/registry/core/service/storage/alloc.go's steps but without an allocator: each is a
// pure function of the uid. IPv4 ones are of 240.0.0.0/4 (RFC 1112 section 4, reserved for ever), IPv6 ones of 100::/64 (RFC 6666, discarded
// everywhere): clients that wait for an address get one, and nobody can mistake it for an address of a member cluster.
//
// Differs from a cluster of one family in one thing: families that are asked for are granted, since some member may have them.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid } from "../rules/errors.ts";
import { formatIP, parseIP } from "../rules/ip.ts";
import { validateClusterIPs } from "./families.ts";
import { hash32 } from "./hash.ts";
import { isBareHeadless, keepsPreferDualStack, needsClusterIP, sameList } from "./traits.ts";

/** `attempt` gives another one. Spread over 2^28; whoever needs them unique checks and tries again (nothing routes them). */
export function allocateClusterIP(uid: string, attempt = 0): string {
  const host = hash32(`${uid}#${attempt}`) & 0x0fffffff;
  // 255.255.255.255 is the broadcast address, 240.0.0.0 the network's own.
  if (host === 0 || host === 0x0fffffff) return allocateClusterIP(uid, attempt + 1);
  return `${240 | (host >>> 24)}.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}`;
}

export function allocateClusterIPv6(uid: string): string {
  const low = (BigInt(hash32(`${uid}#v6`)) << 32n) | BigInt(hash32(`${uid}#v6 low`) || 1);
  return formatIP({ family: "IPv6", bits: (0x100n << 112n) | low });
}

/** An update that leaves out the addresses keeps them (patchAllocatedValues). */
export function keepClusterIPs(spec: Loose, old: Loose): void {
  if (!needsClusterIP(old) || !needsClusterIP(spec)) return;
  spec.clusterIP ||= old.clusterIP;
  if (!spec.clusterIPs?.length) spec.clusterIPs = old.clusterIPs;
}

/** clusterIP and clusterIPs say the same, whichever of them the client knows (normalizeClusterIPs). */
export function normalizeClusterIPs(spec: Loose, old?: Loose): void {
  if (old === undefined) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before: string = old.clusterIP ?? "";
  const after: string = spec.clusterIP ?? "";
  if (before === after) {
    if (!spec.clusterIPs?.length && old.clusterIPs?.length > 0) spec.clusterIPs = old.clusterIPs;
  } else if (sameList(spec.clusterIPs, old.clusterIPs)) {
    if (after === "") delete spec.clusterIPs;
    else spec.clusterIPs = [after];
  }
}

/** Why no addresses can be given; such errors come alone, before all others (initIPFamilyFields). Holds before and after allocateAddresses. */
export function addressErrors(spec: Loose, old?: Loose): FieldError[] {
  if (!needsClusterIP(spec) || keepsPreferDualStack(spec, old)) return [];
  const related = validateClusterIPs(spec, old);
  if (related.length > 0) return related;
  const errors: FieldError[] = [];
  const refuse = (detail: string): number => errors.push(invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, detail));
  const count = (list: unknown[] | undefined): number => list?.length ?? 0;
  const [ips, families] = [count(spec.clusterIPs), count(spec.ipFamilies)];
  if (spec.ipFamilyPolicy === "SingleStack") {
    if (ips === 2) refuse("must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
    if (families === 2)
      refuse("must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
  } else if (old !== undefined) {
    if (ips > 0 && ips < count(old.clusterIPs)) refuse("must be 'SingleStack' to release the secondary cluster IP");
    if (families > 0 && families < count(old.ipFamilies))
      refuse("must be 'SingleStack' to release the secondary IP family");
  }
  return errors;
}

/** Fills in policy, families and addresses, in place; leaves what addressErrors refuses. */
export function allocateAddresses(spec: Loose, uid: string, old?: Loose): void {
  if (!needsClusterIP(spec) || keepsPreferDualStack(spec, old)) return;
  spec.ipFamilyPolicy ||= old?.ipFamilyPolicy || (isBareHeadless(spec) ? "RequireDualStack" : "SingleStack");
  if (old !== undefined && spec.ipFamilyPolicy === "SingleStack") releaseSecond(spec, old);
  if (addressErrors(spec, old).length > 0) return;
  fillFamilies(spec);
  if (spec.clusterIP === "None" || (old !== undefined && needsClusterIP(old) && old.clusterIPs?.[0] === "None")) return;
  spec.clusterIPs = (spec.ipFamilies as string[]).map(
    (family, index) =>
      spec.clusterIPs?.[index] || (family === "IPv6" ? allocateClusterIPv6(uid) : allocateClusterIP(uid)),
  );
  spec.clusterIP = spec.clusterIPs[0];
}

/** Asking for one stack gives the second address back, unless the client changed the lists itself. */
function releaseSecond(spec: Loose, old: Loose): void {
  for (const list of ["clusterIPs", "ipFamilies"])
    if (spec[list]?.length > 1 && sameList(spec[list], old[list])) spec[list] = spec[list].slice(0, 1);
}

function fillFamilies(spec: Loose): void {
  const families: string[] = [...(spec.ipFamilies ?? [])];
  for (const [index, ip] of ((spec.clusterIPs ?? []) as string[]).entries()) {
    if (ip === "None") break;
    families[index] ??= parseIP(ip)?.family ?? "IPv4";
  }
  if (families.length === 0) families.push("IPv4");
  const both = isBareHeadless(spec)
    ? spec.ipFamilyPolicy !== "SingleStack"
    : spec.ipFamilyPolicy === "RequireDualStack";
  if (both && families.length === 1) families.push(families[0] === "IPv4" ? "IPv6" : "IPv4");
  spec.ipFamilies = families;
}
