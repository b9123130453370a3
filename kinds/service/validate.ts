// Validation of a Service's spec (kk:pkg/apis/core/validation validateService), in upstream's order.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { portNumber } from "../podspec/containers.ts";
import { portNumberOrName } from "../podspec/probes.ts";
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { validateLabels } from "../rules/metadata.ts";
import { dns1123Label, dns1123Subdomain, inRange, qualifiedName } from "../rules/names.ts";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const AFFINITIES = ["ClientIP", "None"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const POLICIES = ["Cluster", "Local"];
const DAY_SECONDS = 86400;

const isHeadless = (spec: Loose): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === "None";

export function validateServiceSpec(spec: Loose): FieldError[] {
  const ports: Loose[] = spec.ports ?? [];
  const errors: FieldError[] =
    ports.length === 0 && !isHeadless(spec) && spec.type !== "ExternalName" ? [required("spec.ports")] : [];
  errors.push(...validateType(spec));
  const names = new Set<string>();
  for (const [index, port] of ports.entries())
    errors.push(...validatePort(port, ports.length > 1, names, `spec.ports[${index}]`));
  errors.push(...validateLabels(spec.selector, "spec.selector"));
  if (!AFFINITIES.includes(spec.sessionAffinity))
    errors.push(notSupported("spec.sessionAffinity", spec.sessionAffinity, AFFINITIES));
  const timeout = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity === "ClientIP" && (timeout <= 0 || timeout > DAY_SECONDS)) {
    errors.push(
      invalid(
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
        timeout,
        `must be greater than 0 and less than ${DAY_SECONDS}`,
      ),
    );
  }
  errors.push(...validateClusterIPs(spec));
  for (const [index, ip] of ((spec.externalIPs ?? []) as string[]).entries())
    errors.push(...validateIP(`spec.externalIPs[${index}]`, ip));
  if (!TYPES.includes(spec.type)) errors.push(notSupported("spec.type", spec.type, TYPES));
  errors.push(...validateRepeatedPorts(spec.type, ports));
  if (spec.loadBalancerSourceRanges?.length > 0 && spec.type !== "LoadBalancer") {
    errors.push(forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== "LoadBalancer") {
    errors.push(forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"));
  }
  if (spec.loadBalancerClass !== undefined && spec.type !== "LoadBalancer") {
    errors.push(forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'"));
  }
  return [...errors, ...validateTrafficPolicies(spec)];
}

function validateType(spec: Loose): FieldError[] {
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") {
    return isHeadless(spec)
      ? [invalid("spec.clusterIPs[0]", spec.clusterIPs[0], `may not be set to 'None' for ${spec.type} services`)]
      : [];
  }
  if (spec.type !== "ExternalName") return [];
  const errors: FieldError[] = [];
  for (const field of ["clusterIPs", "ipFamilies", "ipFamilyPolicy"]) {
    if (spec[field]?.length > 0) errors.push(forbidden(`spec.${field}`, "may not be set for ExternalName services"));
  }
  const name = (spec.externalName ?? "").replace(/\.$/, "");
  return [
    ...errors,
    ...(name === "" ? [required("spec.externalName")] : invalidEach("spec.externalName", name, dns1123Subdomain(name))),
  ];
}

function validatePort(port: Loose, nameRequired: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) {
    errors.push(...invalidEach(`${path}.name`, port.name, dns1123Label(port.name)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  } else if (nameRequired) {
    errors.push(required(`${path}.name`));
  }
  errors.push(...portNumber(`${path}.port`, port.port ?? 0));
  if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  errors.push(...portNumberOrName(`${path}.targetPort`, port.targetPort));
  if (port.appProtocol)
    errors.push(...invalidEach(`${path}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)));
  return errors;
}

function validateRepeatedPorts(type: string, ports: Loose[]): FieldError[] {
  const errors: FieldError[] = [];
  const nodePorts = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, { nodePort }] of ports.entries()) {
    if (type === "ClusterIP" && nodePort)
      errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  }
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    if (nodePorts.has(`${protocol}/${nodePort}`)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    nodePorts.add(`${protocol}/${nodePort}`);
  }
  for (const [index, { port, protocol }] of ports.entries()) {
    // The bad value is upstream's internal ServicePort, all of its fields in Go's spelling.
    const key = { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (numbers.has(`${protocol}/${port}`)) errors.push(duplicate(`spec.ports[${index}]`, key));
    numbers.add(`${protocol}/${port}`);
  }
  return errors;
}

const FAMILIES = ["IPv4", "IPv6"];
const FAMILY_POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

function validateClusterIPs(spec: Loose): FieldError[] {
  if (spec.type === "ExternalName") return [];
  const errors: FieldError[] = [];
  const ips: string[] = spec.clusterIPs ?? [];
  if (spec.clusterIP && ips.length === 0) errors.push(required("spec.clusterIPs"));
  else if (spec.clusterIP && ips[0] !== spec.clusterIP)
    errors.push(invalid("spec.clusterIPs", ips, "first value must match `clusterIP`"));
  else if (!spec.clusterIP && ips.length > 0)
    errors.push(invalid("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified"));
  const seen = new Set<string>();
  for (const [index, family] of ((spec.ipFamilies ?? []) as string[]).entries()) {
    if (!FAMILIES.includes(family)) errors.push(notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES));
    if (seen.has(family)) errors.push(duplicate(`spec.ipFamilies[${index}]`, family));
    seen.add(family);
  }
  if (spec.ipFamilyPolicy && !FAMILY_POLICIES.includes(spec.ipFamilyPolicy)) {
    errors.push(notSupported("spec.ipFamilyPolicy", spec.ipFamilyPolicy, FAMILY_POLICIES));
  }
  for (const [index, ip] of ips.entries()) {
    if (index === 0 && ip === "None") {
      if (ips.length > 1) errors.push(invalid("spec.clusterIPs", ips, "'None' must be the first and only value"));
    } else {
      errors.push(...validateIP(`spec.clusterIPs[${index}]`, ip));
    }
  }
  if (ips.length > 2) errors.push(invalid("spec.clusterIPs", ips, "may only hold up to 2 values"));
  return errors;
}

const OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

function validateIP(field: string, ip: string): FieldError[] {
  const isIPv6 = ip.includes(":") && /^[0-9a-fA-F:.]+$/.test(ip) && ip.split("::").length <= 2;
  return IPV4.test(ip) || isIPv6
    ? []
    : [invalid(field, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
}

/** The first clusterIP is for life. */
export function validateClusterIPChange(spec: Loose, old: Loose): FieldError[] {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return [];
  const ips: string[] = spec.clusterIPs ?? [];
  const before: string[] = old.clusterIPs ?? [];
  if (before.length > 0 && ips.length === 0)
    return [invalid("spec.clusterIPs[0]", ips, "primary clusterIP can not be unset")];
  return before.flatMap((ip, index) =>
    ips[index] !== undefined && ips[index] !== ip
      ? [invalid(`spec.clusterIPs[${index}]`, ips, "may not change once set")]
      : [],
  );
}

function validateTrafficPolicies(spec: Loose): FieldError[] {
  const errors: FieldError[] = [];
  const external =
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && spec.externalIPs?.length > 0);
  const policy = spec.externalTrafficPolicy;
  if (!external && policy)
    errors.push(invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services"));
  else if (external && !POLICIES.includes(policy))
    errors.push(notSupported("spec.externalTrafficPolicy", policy, POLICIES));
  const healthChecked = spec.type === "LoadBalancer" && policy === "Local";
  if (!healthChecked && spec.healthCheckNodePort) {
    errors.push(
      invalid(
        "spec.healthCheckNodePort",
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  } else if (healthChecked && spec.healthCheckNodePort > 65535) {
    errors.push(invalid("spec.healthCheckNodePort", spec.healthCheckNodePort, inRange(1, 65535)));
  }
  if (spec.internalTrafficPolicy !== undefined && !POLICIES.includes(spec.internalTrafficPolicy)) {
    errors.push(notSupported("spec.internalTrafficPolicy", spec.internalTrafficPolicy, POLICIES));
  }
  return errors;
}
