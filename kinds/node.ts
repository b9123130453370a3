// Node (v1). At the root a read-only projection of Clusters: `kubectl get nodes` shows the members, with their labels, taints,
// capacity and readiness. In a member (simulated ones included) it is an ordinary stored kind.
import { CLUSTERS } from "./cluster.ts";
import type { Column, Kind, Projection } from "./kind.ts";
import type { JsonObject, KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { warnCIDR } from "./rules/ip.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

export const NODES = "nodes";
const ROLE_PREFIX = "node-role.kubernetes.io/";
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
const UNREACHABLE = "node.kubernetes.io/unreachable";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The Cluster as a Node: same name, uid, version; metadata of its own is left behind. */
export function nodeFromCluster(cluster: KubeObject): JsonObject {
  const { metadata } = cluster;
  const status: Loose = cluster.status ?? {};
  const conditions: Loose[] = status.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== LAST_APPLIED),
  );
  const taints: Loose[] = [...(cluster.spec?.taints ?? [])];
  if (cluster.spec?.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: "NoSchedule" });
  if (ready?.status !== "True") taints.push({ key: UNREACHABLE, effect: "NoSchedule" });
  return prune({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
      deletionTimestamp: metadata.deletionTimestamp,
      labels: { ...metadata.labels, "kubernetes.io/hostname": metadata.name, [`${ROLE_PREFIX}cluster`]: "" },
      annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    },
    spec: { unschedulable: cluster.spec?.unschedulable || undefined, taints: taints.length > 0 ? taints : undefined },
    status: {
      capacity: status.capacity,
      allocatable: status.allocatable ?? status.capacity,
      conditions: (ready === undefined ? [...conditions, NEVER_SEEN] : conditions).map((condition) => ({
        ...condition,
        // When it was last updated; what is heard in between is not written down (presence is no database write).
        ...(condition.lastTransitionTime === undefined ? {} : { lastHeartbeatTime: condition.lastTransitionTime }),
      })),
      addresses: [{ type: "Hostname", address: metadata.name }],
      daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      nodeInfo: {
        machineID: status.clusterId ?? "",
        systemUUID: status.clusterId ?? "",
        bootID: "",
        kernelVersion: "",
        osImage: "",
        containerRuntimeVersion: "",
        kubeletVersion: status.kubernetesVersion ?? "",
        kubeProxyVersion: "",
        operatingSystem: "linux",
        architecture: "",
      },
    },
  });
}

const NEVER_SEEN = {
  type: "Ready",
  status: "Unknown",
  reason: "ClusterNeverSeen",
  message: "The cluster's agent has not registered yet",
};

/** Drops what is undefined, which JSON has no word for. */
function prune(value: Loose): JsonObject {
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) delete value[key];
    else if (typeof child === "object" && child !== null && !Array.isArray(child)) prune(child);
  }
  return value;
}

export const nodeProjection: Projection = { source: CLUSTERS, project: nodeFromCluster };

function status(object: KubeObject): string {
  const ready = ((object.status?.conditions ?? []) as Loose[]).find(({ type }) => type === "Ready");
  const text = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return object.spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

function roles({ metadata }: KubeObject): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) found.add(key.slice(ROLE_PREFIX.length));
    else if (key === "kubernetes.io/role" && value !== "") found.add(value);
  }
  return found.size > 0 ? [...found].sort().join(",") : "<none>";
}

function address(type: string): (object: KubeObject) => string {
  return (object) =>
    ((object.status?.addresses ?? []) as Loose[]).find((one) => one.type === type)?.address ?? "<none>";
}

function kernel(object: KubeObject): string {
  const { kernelVersion, architecture } = object.status?.nodeInfo ?? {};
  return `${kernelVersion || "<unknown>"}${architecture ? ` (${architecture})` : ""}`;
}

const columns: readonly Column[] = [
  NAME,
  { name: "Status", type: "string", description: "Ready or not, and whether it takes new work", cell: status },
  { name: "Roles", type: "string", description: "What it is for", cell: roles },
  AGE,
  {
    name: "Version",
    type: "string",
    description: "Kubernetes version",
    cell: (object) => object.status?.nodeInfo?.kubeletVersion ?? "",
  },
  { name: "Internal-IP", type: "string", priority: 1, description: "Address inside", cell: address("InternalIP") },
  { name: "External-IP", type: "string", priority: 1, description: "Address outside", cell: address("ExternalIP") },
  {
    name: "OS-Image",
    type: "string",
    priority: 1,
    description: "Operating system",
    cell: (object) => object.status?.nodeInfo?.osImage || "<unknown>",
  },
  { name: "Kernel-Version", type: "string", priority: 1, description: "Kernel", cell: kernel },
  {
    name: "Container-Runtime",
    type: "string",
    priority: 1,
    description: "Container runtime",
    cell: (object) => object.status?.nodeInfo?.containerRuntimeVersion || "<unknown>",
  },
];

const shared = {
  group: "",
  version: "v1",
  kind: "Node",
  resource: "nodes",
  singular: "node",
  namespaced: false,
  shortNames: ["no"],
  schema: "io.k8s.api.core.v1.Node",
  fields: { "spec.unschedulable": (object: KubeObject) => String(object.spec?.unschedulable ?? false) },
  columns,
  federation: { rule: "root" },
} as const;

/** The federation's nodes: computed, so only read (writes to labels, taints, unschedulable are a later issue's). */
export const clusterNode: Kind = { ...shared, verbs: ["get", "list", "watch"] };

/** A member's own nodes. */
/** kk:pkg/registry/core/node/strategy.go nodeWarnings. */
function warnings({ spec }: KubeObject): string[] {
  return [
    ...(spec?.configSource ? ["spec.configSource: the feature is removed"] : []),
    ...(spec?.externalID ? ["spec.externalID: this field is deprecated, and is unused by Kubernetes"] : []),
    ...((spec?.podCIDRs ?? []) as string[]).flatMap((cidr, index) => warnCIDR(`spec.podCIDRs[${index}]`, cidr)),
  ];
}

export const node: Kind = {
  ...shared,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  setDefaults: (object) => {
    dropZeros(object, shared.schema);
    object.spec ??= {};
    object.status ??= {};
    if (object.status.capacity) object.status.allocatable ??= { ...object.status.capacity };
  },
  validate: (object, old) => validateMetadata(node, object, old),
  warnings,
};
