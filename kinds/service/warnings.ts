// What upstream warns of when a Service is written (kk:pkg/api/service/warnings.go).
import type { KubeObject, Loose } from "../object.ts";
import { warnCIDR, warnIP } from "../rules/ip.ts";
import { HINTS_ANNOTATION, MODE_ANNOTATION } from "./validate.ts";

export function serviceWarnings({ metadata, spec }: KubeObject): string[] {
  const each = (list: string[] | undefined, warn: (text: string, index: number) => string[]): string[] =>
    (list ?? []).flatMap(warn);
  const warnings: string[] = [];
  if (metadata.annotations?.[HINTS_ANNOTATION] !== undefined)
    warnings.push(`annotation ${HINTS_ANNOTATION} is deprecated, please use ${MODE_ANNOTATION} instead`);
  const headless = spec.type === "ClusterIP" && spec.clusterIP === "None";
  if (spec.clusterIP && spec.clusterIP !== "None")
    warnings.push(...each(spec.clusterIPs, (ip, i) => warnIP(`spec.clusterIPs[${i}]`, ip)));
  if (headless) warnings.push(...ignoredByHeadless(spec));
  warnings.push(...each(spec.externalIPs, (ip, i) => warnIP(`spec.externalIPs[${i}]`, ip)));
  const external = spec.externalIPs?.length > 0;
  if (external && !headless && spec.type !== "ExternalName")
    warnings.push("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  if (spec.loadBalancerIP) warnings.push(...warnIP("spec.loadBalancerIP", spec.loadBalancerIP));
  warnings.push(
    ...each(spec.loadBalancerSourceRanges, (cidr, i) => warnCIDR(`spec.loadBalancerSourceRanges[${i}]`, cidr)),
  );
  if (spec.type === "ExternalName" && external)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== "ExternalName" && spec.externalName)
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === "PreferClose")
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}

function ignoredByHeadless(spec: Loose): string[] {
  const ignored: [string, boolean][] = [
    ["loadBalancerIP", Boolean(spec.loadBalancerIP)],
    ["externalIPs", spec.externalIPs?.length > 0],
    ["SessionAffinity", spec.sessionAffinity !== "None"],
  ];
  return ignored.flatMap(([field, is]) => (is ? [`spec.${field} is ignored for headless services`] : []));
}
