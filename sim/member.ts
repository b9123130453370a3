// One simulated member cluster: a store in memory, the same API library as the federation's root, and a few controllers.
import { createHash } from "node:crypto";
import { MEMBER_KINDS } from "../kinds/all.ts";
import { namespace as namespaceKind } from "../kinds/namespace.ts";
import { node as nodeKind } from "../kinds/node.ts";
import type { KubeObject } from "../kinds/object.ts";
import { formatQuantity, parseQuantity } from "../kinds/rules/quantity.ts";
import { service as serviceKind } from "../kinds/service.ts";
import { KUBERNETES_VERSION } from "../kinds/version.ts";
import { openMemory } from "../worker/store/memory.ts";
import type { Commit, CommitResult, Store } from "../worker/store/store.ts";
import { createApi } from "../worker/wire/api.ts";
import type { Documents, VersionInfo } from "../worker/wire/options.ts";
import { create, type Member, timestamp } from "./controllers/objects.ts";
import { runMemberControllers, type RunningControllers } from "./controllers/run.ts";
import { type Faults, refuseIn } from "./faults.ts";

export interface MemberOptions {
  name: string;
  region?: string;
  nodes: number;
  /** Quantity, e.g. "4". */
  cpuPerNode: string;
  /** Quantity, e.g. "16Gi". */
  memoryPerNode: string;
  /** Default 500. */
  podStartMs?: number;
  /** uid of its kube-system namespace, by which clusters are told apart: the same one at every start is the same cluster. Default: a new one. */
  clusterUid?: string;
}

export interface MemberParts {
  clock: () => number;
  uid: () => string;
  random: () => number;
  documents: Documents;
  log: (line: string) => void;
}

export interface SimulatedMember {
  name: string;
  token: string;
  store: Store;
  faults: Faults;
  fetch(request: Request): Promise<Response>;
  /** Controllers have nothing to do at the moment (pods may still be starting). */
  idle(): boolean;
  stop(): Promise<void>;
}

const [MAJOR = "", MINOR = ""] = KUBERNETES_VERSION.split(".");

const VERSION: VersionInfo = {
  major: MAJOR,
  minor: MINOR,
  gitVersion: `v${KUBERNETES_VERSION}`,
  gitCommit: "simulated",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "simulated",
};

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];
const PODS_PER_NODE = 110;

export async function startMember(options: MemberOptions, parts: MemberParts): Promise<SimulatedMember> {
  const { clock, uid, random } = parts;
  const store = openMemory({ random });
  const faults: Faults = {};
  const member: Member = {
    store,
    clock,
    uid,
    random,
    podStartMs: options.podStartMs ?? 500,
    neverReady: (pod) => faults.neverReady?.(pod) ?? false,
  };
  const controllers: RunningControllers = runMemberControllers(member, await store.version(), (line) =>
    parts.log(`${options.name}: ${line}`),
  );
  await populate(member, options);
  const token = `sim-${createHash("sha256").update(`${options.name}/${uid()}`).digest("hex").slice(0, 32)}`;
  const api = createApi({
    kinds: { all: MEMBER_KINDS },
    reader: store,
    commit: async (commit: Commit): Promise<CommitResult> => {
      refuseIn(commit, faults);
      return store.commit(commit);
    },
    clock,
    uid,
    random,
    documents: parts.documents,
    prefix: `/members/${options.name}`,
    authenticate: async (request) =>
      request.headers.get("authorization") === `Bearer ${token}`
        ? { name: "admin", groups: ["system:masters", "system:authenticated"] }
        : undefined,
    version: VERSION,
  });
  return {
    name: options.name,
    token,
    store,
    faults,
    fetch: async (request) => api.fetch(request),
    idle: () => controllers.idle(),
    async stop() {
      controllers.stop();
      await store.close();
    },
  };
}

/** What a new cluster holds: its namespaces, its API's Service, its nodes. */
async function populate(member: Member, options: MemberOptions): Promise<void> {
  const { clusterUid } = options;
  for (const name of NAMESPACES) {
    const known = name === "kube-system" && clusterUid !== undefined;
    await create(known ? { ...member, uid: () => clusterUid } : member, namespaceKind, { metadata: { name } });
  }
  await create(member, serviceKind, {
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
    spec: { ports: [{ name: "https", port: 443, targetPort: 6443 }] },
  });
  for (let index = 0; index < options.nodes; index++)
    await createNode(member, options, `${options.name}-node-${index}`);
}

async function createNode(member: Member, options: MemberOptions, name: string): Promise<void> {
  const resources = {
    cpu: canonical(options.cpuPerNode),
    memory: canonical(options.memoryPerNode),
    pods: String(PODS_PER_NODE),
  };
  const labels: Record<string, string> = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
  if (options.region) labels["topology.kubernetes.io/region"] = options.region;
  const now = timestamp(member.clock());
  const status = {
    capacity: resources,
    allocatable: resources,
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "simulated kubelet is ready",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    addresses: [{ type: "Hostname", address: name }],
    daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
    nodeInfo: {
      machineID: name,
      systemUUID: name,
      bootID: name,
      kernelVersion: "simulated",
      osImage: "simulated",
      containerRuntimeVersion: "simulated://1",
      kubeletVersion: VERSION.gitVersion,
      kubeProxyVersion: VERSION.gitVersion,
      operatingSystem: "linux",
      architecture: "amd64",
    },
  };
  await create(member, nodeKind, { metadata: { name, labels }, spec: {}, status } as unknown as KubeObject);
}

function canonical(text: string): string {
  const quantity = parseQuantity(text);
  if (quantity === undefined) throw new Error(`not a quantity: ${text}`);
  return formatQuantity(quantity);
}
