// Validation of a Service (kk:pkg/apis/core/validation validateService, ValidateServiceUpdate, ValidateLoadBalancerStatus), in upstream's order.
// What an old object already had (addresses, ranges) may stay as it was.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { hostnameErrors } from "../ingress/validate.ts";
import { forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { endpointIP, legacyCIDR, legacyIP } from "../rules/ip.ts";
import { validateLabels } from "../rules/metadata.ts";
import { dns1123Subdomain, qualifiedName } from "../rules/names.ts";
import { portNumber } from "../podspec/containers.ts";
import { validateClusterIPChange, validateClusterIPs, validateFamilyChange } from "./families.ts";
import { validatePorts, validateRepeatedPorts } from "./ports.ts";
import { isExternal, isHeadless, needsHealthCheckPort, needsNodePorts } from "./traits.ts";

export const HINTS_ANNOTATION = "service.kubernetes.io/topology-aware-hints";
export const MODE_ANNOTATION = "service.kubernetes.io/topology-mode";
const RANGES_ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges";
const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const AFFINITIES = ["ClientIP", "None"];
const POLICIES = ["Cluster", "Local"];
const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"];
const IP_MODES = ["Proxy", "VIP"];
const DAY_SECONDS = 86400;
const ONLY_BALANCER = "may only be used when `type` is 'LoadBalancer'";

export function validateServiceSpec({ metadata, spec }: KubeObject, old?: KubeObject): FieldError[] {
  const annotations = metadata.annotations ?? {};
  const ports: Loose[] = spec.ports ?? [];
  const errors: FieldError[] = [];
  const [mode, hints] = [annotations[MODE_ANNOTATION], annotations[HINTS_ANNOTATION]];
  if (mode !== undefined && hints !== undefined && mode !== hints) {
    const detail = `must match annotations[${HINTS_ANNOTATION}] when both are specified`;
    errors.push(invalid(`metadata.annotations[${MODE_ANNOTATION}]`, mode, detail));
  }
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== "ExternalName") errors.push(required("spec.ports"));
  errors.push(
    ...validateType(spec),
    ...validatePorts(ports),
    ...validateLabels(spec.selector, "spec.selector"),
    ...validateAffinity(spec),
    ...validateClusterIPs(spec, old?.spec),
  );
  for (const [index, ip] of ((spec.externalIPs ?? []) as string[]).entries()) {
    const field = `spec.externalIPs[${index}]`;
    const wrong = legacyIP(field, ip, old?.spec?.externalIPs);
    errors.push(...(wrong.length > 0 ? wrong : endpointIP(field, ip)));
  }
  if (!TYPES.includes(spec.type)) errors.push(notSupported("spec.type", spec.type, TYPES));
  return [
    ...errors,
    ...validateRepeatedPorts(spec.type, ports),
    ...validateSourceRanges(spec, annotations[RANGES_ANNOTATION], old),
    ...(spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== "LoadBalancer"
      ? [forbidden("spec.allocateLoadBalancerNodePorts", ONLY_BALANCER)]
      : []),
    ...validateClass(spec),
    ...validateTrafficPolicies(spec),
  ];
}

/** Errors of the change come before those of what it leads to. */
export function validateServiceChange(spec: Loose, old: Loose): FieldError[] {
  const errors = [...validateClusterIPChange(spec, old), ...validateFamilyChange(spec, old)];
  const balanced = spec.type === "LoadBalancer" && old.type === "LoadBalancer";
  if (balanced && spec.loadBalancerClass !== old.loadBalancerClass)
    errors.push(invalid("spec.loadBalancerClass", spec.loadBalancerClass ?? null, "may not change once set"));
  errors.push(...validateClass(spec));
  const checked = needsHealthCheckPort(spec) && needsHealthCheckPort(old);
  if (checked && old.healthCheckNodePort && spec.healthCheckNodePort !== old.healthCheckNodePort)
    errors.push(forbidden("spec.healthCheckNodePort", "field is immutable"));
  return errors;
}

function validateType(spec: Loose): FieldError[] {
  if (needsNodePorts(spec)) {
    return isHeadless(spec)
      ? [invalid("spec.clusterIPs[0]", spec.clusterIPs[0], `may not be set to 'None' for ${spec.type} services`)]
      : [];
  }
  if (spec.type !== "ExternalName") return [];
  const errors = ["clusterIPs", "ipFamilies", "ipFamilyPolicy"].flatMap((field) =>
    spec[field]?.length > 0 || spec[field] === ""
      ? [forbidden(`spec.${field}`, "may not be set for ExternalName services")]
      : [],
  );
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  return [
    ...errors,
    ...(name === "" ? [required("spec.externalName")] : invalidEach("spec.externalName", name, dns1123Subdomain(name))),
  ];
}

function validateAffinity({ sessionAffinity, sessionAffinityConfig }: Loose): FieldError[] {
  if (!AFFINITIES.includes(sessionAffinity)) return [notSupported("spec.sessionAffinity", sessionAffinity, AFFINITIES)];
  const timeout = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity !== "ClientIP" || (timeout > 0 && timeout <= DAY_SECONDS)) return [];
  const field = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
  return [invalid(field, timeout, `must be greater than 0 and less than ${DAY_SECONDS}`)];
}

/** Of the field, or else of the annotation that came before it; blanks around a range are part of the API. */
function validateSourceRanges(spec: Loose, annotation: string | undefined, old?: KubeObject): FieldError[] {
  const balanced = spec.type === "LoadBalancer";
  const ranges: string[] = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const field = "spec.LoadBalancerSourceRanges";
    const known = ((old?.spec?.loadBalancerSourceRanges ?? []) as string[]).map((range) => range.trim());
    return [
      ...(balanced ? [] : [forbidden(field, ONLY_BALANCER)]),
      ...ranges.flatMap((range, index) => legacyCIDR(`${field}[${index}]`, range.trim(), known)),
    ];
  }
  if (annotation === undefined) return [];
  const field = `metadata.annotations[${RANGES_ANNOTATION}]`;
  const unchanged = old?.metadata.annotations?.[RANGES_ANNOTATION] === annotation;
  const parts = unchanged || annotation.trim() === "" ? [] : annotation.split(",");
  return [
    ...(balanced ? [] : [forbidden(field, ONLY_BALANCER)]),
    ...parts.flatMap((range) => legacyCIDR(field, range.trim())),
  ];
}

function validateClass({ type, loadBalancerClass: name }: Loose): FieldError[] {
  if (typeof name !== "string") return [];
  return type === "LoadBalancer"
    ? invalidEach("spec.loadBalancerClass", name, qualifiedName(name))
    : [forbidden("spec.loadBalancerClass", ONLY_BALANCER)];
}

function validateTrafficPolicies(spec: Loose): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy: policy, internalTrafficPolicy: internal, healthCheckNodePort: health } = spec;
  if (!isExternal(spec) && policy)
    errors.push(invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services"));
  else if (isExternal(spec) && !POLICIES.includes(policy))
    errors.push(notSupported("spec.externalTrafficPolicy", policy, POLICIES));
  if (needsHealthCheckPort(spec)) {
    if (!health) errors.push(required("spec.healthCheckNodePort"));
    else errors.push(...portNumber("spec.healthCheckNodePort", health));
  } else if (health) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid("spec.healthCheckNodePort", health, detail));
  }
  if (typeof internal === "string" && !POLICIES.includes(internal))
    errors.push(notSupported("spec.internalTrafficPolicy", internal, POLICIES));
  const { trafficDistribution } = spec;
  if (typeof trafficDistribution === "string" && !DISTRIBUTIONS.includes(trafficDistribution))
    errors.push(notSupported("spec.trafficDistribution", trafficDistribution, DISTRIBUTIONS));
  return errors;
}

export function validateBalancerStatus(type: string, status: Loose, old: Loose): FieldError[] {
  const points: Loose[] = status?.ingress ?? [];
  const field = "status.loadBalancer.ingress";
  if (type !== "LoadBalancer" && points.length > 0)
    return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  const known = ((old?.ingress ?? []) as Loose[]).map(({ ip }) => ip);
  return points.flatMap(({ ip, hostname, ipMode }, index) => {
    const path = `${field}[${index}]`;
    const errors = ip ? legacyIP(`${path}.ip`, ip, known) : [];
    if (typeof ipMode !== "string") {
      if (ip) errors.push(required(`${path}.ipMode`, "must be specified when `ip` is set"));
    } else if (!ip) {
      errors.push(forbidden(`${path}.ipMode`, "may not be specified when `ip` is not set"));
    } else if (!IP_MODES.includes(ipMode)) {
      errors.push(notSupported(`${path}.ipMode`, ipMode, IP_MODES));
    }
    return [...errors, ...hostnameErrors(`${path}.hostname`, hostname)];
  });
}
