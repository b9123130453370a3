// Node (v1). At the root a projection of Clusters: `kubectl get nodes` shows the members, with their labels, taints, capacity and
// readiness; what may be written of it is the Cluster's (nodewrite.ts). In a member (simulated ones included) it is an ordinary stored kind.
import type { Column, FieldError, Kind, Verb } from "./kind.ts";
import type { JsonObject, KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { warnCIDR } from "./rules/ip.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { sameTaint, type Taint, validateTaints } from "./rules/taints.ts";
import { dropZeros } from "./rules/zeros.ts";

export const NODES = "nodes";
const ROLE_PREFIX = "node-role.kubernetes.io/";
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
const UNREACHABLE = "node.kubernetes.io/unreachable";
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
/** Where a Cluster keeps what `kubectl apply` last said of its Node. */
export const NODE_LAST_APPLIED = "hanse.dev/node-last-applied-configuration";

/** Labels that every Node has, whatever its Cluster says. */
export function computedLabels({ metadata }: KubeObject): Record<string, string> {
  return { "kubernetes.io/hostname": metadata.name, [`${ROLE_PREFIX}cluster`]: "" };
}

/** Taints that say in what state the cluster is, as kube-controller-manager would put them on a node. */
export function computedTaints(cluster: Loose): Taint[] {
  const taints: Taint[] = [];
  if (cluster.spec?.unschedulable) taints.push({ key: UNSCHEDULABLE, effect: "NoSchedule" });
  if (readyOf(cluster)?.status !== "True") taints.push({ key: UNREACHABLE, effect: "NoSchedule" });
  return taints;
}

function readyOf({ status }: Loose): Loose {
  return ((status?.conditions ?? []) as Loose[]).find(({ type }) => type === "Ready");
}

/** The same one may be stored: then it stands once. */
function taintsOf(cluster: KubeObject): Taint[] {
  const own: Taint[] = cluster.spec?.taints ?? [];
  return [...own, ...computedTaints(cluster).filter((taint) => !own.some((one) => sameTaint(one, taint)))];
}

function annotationsOf({ metadata }: KubeObject): Record<string, string> {
  const { [LAST_APPLIED]: _ofCluster, [NODE_LAST_APPLIED]: ofNode, ...rest } = metadata.annotations ?? {};
  return ofNode === undefined ? rest : { ...rest, [LAST_APPLIED]: ofNode };
}

/** The Cluster as a Node: same name, uid, version; metadata of its own is left behind. */
export function nodeFromCluster(cluster: KubeObject): JsonObject {
  const { metadata } = cluster;
  const status: Loose = cluster.status ?? {};
  const conditions: Loose[] = status.conditions ?? [];
  const ready = readyOf(cluster);
  const annotations = annotationsOf(cluster);
  const taints = taintsOf(cluster);
  return prune({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
      deletionTimestamp: metadata.deletionTimestamp,
      labels: { ...metadata.labels, ...computedLabels(cluster) },
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
      daemonEndpoints: NO_KUBELET,
      nodeInfo: {
        ...NO_INFO,
        machineID: status.clusterId ?? "",
        systemUUID: status.clusterId ?? "",
        kubeletVersion: status.kubernetesVersion ?? "",
        operatingSystem: "linux",
      },
    },
  });
}

/** Structs that Go writes although nothing is in them. */
const NO_KUBELET = { kubeletEndpoint: { Port: 0 } };
const NO_INFO = {
  machineID: "",
  systemUUID: "",
  bootID: "",
  kernelVersion: "",
  osImage: "",
  containerRuntimeVersion: "",
  kubeletVersion: "",
  kubeProxyVersion: "",
  operatingSystem: "",
  architecture: "",
};

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

function status(object: KubeObject): string {
  const ready = readyOf(object);
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

const REPORTED = "the status of a node is what its cluster's agent reports; it is not written";
const ADDED = "a node here is a whole cluster: `hanse join NAME` adds one";
const LEAVES =
  "a node here is a whole cluster: `kubectl delete cluster NAME` takes it out of the federation, and what runs there stays";

function refuses(verb: Verb, subresource: string): string | undefined {
  if (subresource !== "") return verb === "get" ? undefined : REPORTED;
  if (verb === "create") return ADDED;
  return verb === "delete" || verb === "deletecollection" ? LEAVES : undefined;
}

/** kk:pkg/registry/core/node/strategy.go ValidateUpdate: taints are looked at twice, and called metadata both times. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { taints } = object.spec ?? {};
  return [
    ...validateMetadata(shared, object, old, ["meta", "update"]),
    ...validateTaints("metadata.taints", taints),
    ...(old === undefined ? [] : validateTaints("metadata.taints", taints)),
  ];
}

function setDefaults(object: KubeObject): void {
  dropZeros(object, shared.schema);
  object.spec ??= {};
  object.status ??= {};
  if (object.status.capacity) object.status.allocatable ??= { ...object.status.capacity };
  object.status.daemonEndpoints ??= { ...NO_KUBELET };
  object.status.nodeInfo = { ...NO_INFO, ...object.status.nodeInfo };
}

/** The federation's nodes: computed. What is written of them is written to their Clusters. */
export const clusterNode: Kind = {
  ...shared,
  verbs: ["get", "list", "patch", "update", "watch"],
  status: true,
  setDefaults,
  validate,
  refuses,
};

/** kk:pkg/registry/core/node/strategy.go nodeWarnings. */
function warnings({ spec }: KubeObject): string[] {
  return [
    ...(spec?.configSource ? ["spec.configSource: the feature is removed"] : []),
    ...(spec?.externalID ? ["spec.externalID: this field is deprecated, and is unused by Kubernetes"] : []),
    ...((spec?.podCIDRs ?? []) as string[]).flatMap((cidr, index) => warnCIDR(`spec.podCIDRs[${index}]`, cidr)),
  ];
}

/** A member's own nodes. */
export const node: Kind = {
  ...shared,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  setDefaults,
  prepareCreate: setDefaults,
  validate,
  warnings,
};
