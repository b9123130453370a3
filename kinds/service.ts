// Service (v1). At the root its clusterIP comes from 240.0.0.0/4 (RFC 1112 section 4, reserved for ever): clients that wait for an
// address get one, and nobody can mistake it for an address of a member cluster. It is never rendered into a member.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { formatLabels } from "./rules/selector.ts";
import { validateClusterIPChange, validateServiceSpec } from "./service/validate.ts";
import { dropZeros } from "./rules/zeros.ts";

/** kk:pkg/apis/core/v1/defaults.go SetDefaults_Service. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, service.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.sessionAffinity ||= "None";
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === "ClientIP" && typeof spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== "number") {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  spec.type ||= "ClusterIP";
  for (const port of spec.ports ?? []) {
    port.protocol ||= "TCP";
    if (!port.targetPort) port.targetPort = port.port;
  }
  const external =
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && spec.externalIPs?.length > 0);
  if (external) spec.externalTrafficPolicy ||= "Cluster";
  if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
  if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
  object.status ??= {};
  object.status.loadBalancer ??= {};
  for (const ingress of spec.type === "LoadBalancer" ? (object.status.loadBalancer.ingress ?? []) : []) {
    if (ingress.ip) ingress.ipMode ??= "VIP";
  }
}

/**
 * The clusterIP of a Service at the root: a pure function of its uid, so that no allocator needs to be asked. `attempt` gives
 * another one. Addresses are spread over 2^28; whoever needs them unique checks and tries again (nothing routes them).
 */
export function allocateClusterIP(uid: string, attempt = 0): string {
  let hash = 0x811c9dc5;
  for (const character of `${uid}#${attempt}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  // FNV-1a leaves near inputs near each other: mix (MurmurHash3's finalizer).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  const host = hash & 0x0fffffff;
  // 255.255.255.255 is the broadcast address, 240.0.0.0 the network's own.
  if (host === 0 || host === 0x0fffffff) return allocateClusterIP(uid, attempt + 1);
  return `${240 | (host >>> 24)}.${(host >>> 16) & 255}.${(host >>> 8) & 255}.${host & 255}`;
}

/** clusterIP and clusterIPs say the same (kk:pkg/registry/core/service NormalizeClusterIPs). */
function normalizeClusterIPs(spec: Loose, old?: Loose): void {
  if (old === undefined) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before: string = old.clusterIP ?? "";
  const after: string = spec.clusterIP ?? "";
  const same = JSON.stringify(spec.clusterIPs ?? []) === JSON.stringify(old.clusterIPs ?? []);
  if (before === after || !same) return;
  if (after === "") delete spec.clusterIPs;
  else spec.clusterIPs = [after];
}

function allocate(object: KubeObject): void {
  const { spec, metadata } = object;
  if (spec.type === "ExternalName") return;
  const selectorless = Object.keys(spec.selector ?? {}).length === 0;
  if (!spec.ipFamilyPolicy)
    spec.ipFamilyPolicy = spec.clusterIP === "None" && selectorless ? "RequireDualStack" : "SingleStack";
  if (!spec.ipFamilies?.length)
    spec.ipFamilies = spec.ipFamilyPolicy === "RequireDualStack" ? ["IPv4", "IPv6"] : ["IPv4"];
  if (spec.clusterIP) return;
  spec.clusterIP = allocateClusterIP(metadata.uid ?? `${metadata.namespace ?? ""}/${metadata.name}`);
  spec.clusterIPs = [spec.clusterIP];
}

function prepareCreate(object: KubeObject): void {
  object.status = { loadBalancer: {} };
  normalizeClusterIPs(object.spec);
  allocate(object);
}

/** An update that leaves out what was allocated keeps it (patchAllocatedValues, dropTypeDependentFields). */
function prepareUpdate(object: KubeObject, old: KubeObject): void {
  const { spec } = object;
  const before = old.spec ?? {};
  const needed = spec.type !== "ExternalName";
  if (before.type !== "ExternalName" && needed) {
    spec.clusterIP ||= before.clusterIP;
    if (!spec.clusterIPs?.length) spec.clusterIPs = before.clusterIPs;
    keepNodePorts(spec, before);
  }
  normalizeClusterIPs(spec, before);
  if (before.type !== "ExternalName" && !needed && spec.clusterIP === before.clusterIP) {
    for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) delete spec[field];
  }
  if (before.type === "LoadBalancer" && spec.type !== "LoadBalancer") {
    if (spec.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts)
      delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === before.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (isExternal(before) && !isExternal(spec) && spec.externalTrafficPolicy === before.externalTrafficPolicy)
    delete spec.externalTrafficPolicy;
  if (needed) {
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy;
    if (!spec.ipFamilies?.length) spec.ipFamilies = before.ipFamilies;
    allocate(object);
  }
}

function isExternal(spec: Loose): boolean {
  return (
    spec.type === "NodePort" ||
    spec.type === "LoadBalancer" ||
    (spec.type === "ClusterIP" && spec.externalIPs?.length > 0)
  );
}

/** Node ports left out are those of the same name before, where no other port has them; a type without any drops unchanged ones. */
function keepNodePorts(spec: Loose, before: Loose): void {
  const had = before.type === "NodePort" || before.type === "LoadBalancer";
  const has = spec.type === "NodePort" || spec.type === "LoadBalancer";
  const ports: Loose[] = spec.ports ?? [];
  const old = new Map<string, number>(
    ((before.ports ?? []) as Loose[]).map(({ name, nodePort }) => [name ?? "", nodePort ?? 0]),
  );
  if (had && has) {
    for (const port of ports) {
      const known = old.get(port.name ?? "") ?? 0;
      if (!port.nodePort && known !== 0 && !ports.some(({ nodePort }) => nodePort === known)) port.nodePort = known;
    }
  } else if (had && ports.every(({ nodePort }, index) => (nodePort ?? 0) === (before.ports?.[index]?.nodePort ?? 0))) {
    for (const port of ports) delete port.nodePort;
  }
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  return [
    ...validateMetadata(service, object, old),
    ...(old === undefined ? [] : validateClusterIPChange(object.spec, old.spec ?? {})),
    ...validateServiceSpec(object.spec),
  ];
}

function externalIP({ spec, status }: KubeObject): string {
  const external = (spec?.externalIPs ?? []) as string[];
  switch (spec?.type) {
    case "ClusterIP":
    case "NodePort":
      return external.length > 0 ? external.join(",") : "<none>";
    case "LoadBalancer": {
      const ingress = ((status?.loadBalancer?.ingress ?? []) as Loose[])
        .map(({ ip, hostname }) => ip || hostname)
        .filter(Boolean);
      const addresses = [...new Set(ingress), ...external];
      return addresses.length > 0 ? addresses.join(",") : "<pending>";
    }
    case "ExternalName":
      return spec.externalName ?? "";
    default:
      return "<unknown>";
  }
}

function ports({ spec }: KubeObject): string {
  const texts = ((spec?.ports ?? []) as Loose[]).map(({ port, nodePort, protocol }) =>
    nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.length > 0 ? texts.join(",") : "<none>";
}

export const service: Kind = {
  group: "",
  version: "v1",
  kind: "Service",
  resource: "services",
  singular: "service",
  namespaced: true,
  shortNames: ["svc"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.Service",
  // RelaxedServiceNameValidation is on in 1.36: DNS-1123 labels, not DNS-1035.
  nameRule: "label",
  createOnUpdate: true,
  returnsDeleted: true,
  fields: { "spec.clusterIP": ({ spec }) => spec?.clusterIP ?? "", "spec.type": ({ spec }) => spec?.type ?? "" },
  columns: [
    NAME,
    { name: "Type", type: "string", description: "How it is exposed", cell: ({ spec }) => spec?.type ?? "" },
    {
      name: "Cluster-IP",
      type: "string",
      description: "Its address inside",
      cell: ({ spec }) => spec?.clusterIPs?.[0] ?? "<none>",
    },
    { name: "External-IP", type: "string", description: "Its addresses outside", cell: externalIP },
    { name: "Port(s)", type: "string", description: "Ports and protocols", cell: ports },
    AGE,
    {
      name: "Selector",
      type: "string",
      priority: 1,
      description: "Pods behind it",
      cell: ({ spec }) => formatLabels(spec?.selector),
    },
  ],
  setDefaults,
  prepareCreate,
  prepareUpdate,
  validate,
  federation: { rule: "follower" },
};
