// How much room the member has: allocatable of its Ready, schedulable nodes minus what pods that are not finished ask for. Read page by page, every
// 30 s, and kept as sums alone; beside them the room on the one node that has most free cpu (then memory): what one pod may ask for. A member that does not answer changes nothing: the federation keeps the last figures.
import { addQuantity, formatQuantity, type Quantity, quantityOf, subtractQuantity } from "../core/query/quantity.ts";
import type { ClusterStatus } from "../kinds/cluster.ts";
import type { KubeObject, Loose } from "../kinds/object.ts";
import { type Failure, KUBE_SYSTEM, type Served } from "./member.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";

const EVERY_MS = 30_000;
/** A custom resource's group that comes or goes is known that much later. */
const APIS_EVERY_MS = 600_000;
const MOST_APIS = 500;
const PAGE = "500";
const NODES: Served = { apiVersion: "v1", kind: "Node", resource: "nodes" };
const PODS: Served = { apiVersion: "v1", kind: "Pod", resource: "pods" };

type Sums = Map<string, Quantity>;
type Status = Omit<ClusterStatus, "conditions">;

export async function capacityLoop(parts: Parts, agentVersion: string): Promise<void> {
  const { signal, reporter, log } = parts;
  let identity: Status | undefined;
  let discovered: Discovery = { at: -Infinity, status: {} };
  let failing = false;
  while (!signal.aborted) {
    const room = (await parts.sameMember()) ?? (await measure(parts).catch(unreadable));
    identity ??= await whoIs(parts, agentVersion);
    if (parts.clock() - discovered.at >= APIS_EVERY_MS)
      discovered = (await discover(parts).catch(() => undefined)) ?? discovered;
    if (room.ok) reporter.cluster({ ...identity, ...discovered.status, ...room.status });
    else if (!failing && !signal.aborted) log("capacity failed", { message: room.message });
    failing = !room.ok;
    // Not all agents of a process or a federation at once.
    await pause(room.ok ? EVERY_MS * (0.9 + 0.2 * parts.random()) : 2_000, signal);
  }
}

/** Which cluster this is; undefined while it does not answer. */
async function whoIs({ member }: Parts, agentVersion: string): Promise<Status | undefined> {
  const [version, system] = await Promise.all([member.read("/version"), member.get(KUBE_SYSTEM)]);
  if (!version.ok) return undefined;
  const gitVersion = (version.value as unknown as { gitVersion?: string }).gitVersion;
  return { agentVersion, kubernetesVersion: gitVersion, clusterId: system.ok ? system.object.metadata.uid : undefined };
}

interface Discovery {
  at: number;
  status: Pick<Status, "apis">;
}

/** Groups and versions that the member serves. Undefined: it does not say, and what it said before stands. */
async function discover({ member, clock }: Parts): Promise<Discovery | undefined> {
  const answer = await member.read("/apis");
  if (!answer.ok) return undefined;
  const groups: Loose[] = (answer.value as Loose).groups ?? [];
  const named: string[] = groups.flatMap((group) => group.versions.map((one: Loose) => one.groupVersion));
  return { at: clock(), status: { apis: ["v1", ...named].sort().slice(0, MOST_APIS) } };
}

/** An answer of an unforeseen shape must not end the agent. */
const unreadable = (error: Error): Failure => ({
  ok: false,
  code: 0,
  reason: "Unavailable",
  message: error.message,
  transient: true,
});

async function measure(parts: Parts): Promise<{ ok: true; status: Status } | Failure> {
  const capacity: Sums = new Map();
  const allocatable: Sums = new Map();
  /** What is free on each usable node. */
  const usable = new Map<string, Sums>();
  const nodes = await eachObject(parts, NODES, (node) => {
    if (!isUsable(node)) return;
    const offered: Sums = new Map();
    addAll(offered, node["status"]?.allocatable);
    usable.set(node.metadata.name, offered);
    addAll(capacity, node["status"]?.capacity);
    addAll(allocatable, node["status"]?.allocatable);
  });
  if (nodes !== undefined) return nodes;
  const free: Sums = new Map(allocatable);
  const pods = await eachObject(parts, PODS, (pod) => {
    const phase: string = pod["status"]?.phase ?? "";
    if (phase === "Succeeded" || phase === "Failed") return;
    // A pod without a node will want one of these.
    const node: string = pod["spec"]?.nodeName ?? "";
    const there = usable.get(node);
    if (node !== "" && there === undefined) return;
    const wanted = requestsOf(pod["spec"]).set("pods", quantityOf("1"));
    for (const [name, amount] of wanted) {
      take(free, name, amount);
      if (there !== undefined) take(there, name, amount);
    }
  });
  if (pods !== undefined) return pods;
  const status = { nodes: usable.size, capacity: texts(capacity), allocatable: texts(allocatable), free: texts(free) };
  const largest = largestOf([...usable.values()]);
  return { ok: true, status: largest === undefined ? status : { ...status, largestNode: texts(largest) } };
}

/** The amounts are of one node: what is largest of each resource may lie on different ones. */
export function largestOf(nodes: readonly Sums[]): Sums | undefined {
  const amount = (node: Sums, name: string): bigint => node.get(name)?.nano ?? 0n;
  const isLarger = (a: Sums, b: Sums): boolean => {
    const [cpu, than] = [amount(a, "cpu"), amount(b, "cpu")];
    return cpu === than ? amount(a, "memory") > amount(b, "memory") : cpu > than;
  };
  return nodes.reduce<Sums | undefined>(
    (best, node) => (best === undefined || isLarger(node, best) ? node : best),
    undefined,
  );
}

/** Calls `visit` for every object, a page at a time; returns a failure, or undefined. */
async function eachObject(
  { member }: Parts,
  served: Served,
  visit: (object: KubeObject) => void,
): Promise<Failure | undefined> {
  let more: string | undefined;
  do {
    const listed = await member.list(served, { limit: PAGE, ...(more === undefined ? {} : { continue: more }) });
    if (!listed.ok) return listed;
    for (const object of listed.page.items) visit(object);
    more = listed.page.continue;
  } while (more !== undefined);
  return undefined;
}

function isUsable(node: KubeObject): boolean {
  const conditions: Loose[] = node["status"]?.conditions ?? [];
  return (
    node["spec"]?.unschedulable !== true && conditions.some(({ type, status }) => type === "Ready" && status === "True")
  );
}

/** k8s.io/component-helpers resource.PodRequests: containers and sidecars together, or the largest init container if that is more; plus overhead. */
export function requestsOf(spec: Loose): Sums {
  const running: Sums = new Map();
  const starting: Sums = new Map();
  const sidecars: Sums = new Map();
  for (const container of spec?.containers ?? []) addAll(running, container.resources?.requests);
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === "Always") {
      addAll(running, container.resources?.requests);
      addAll(sidecars, container.resources?.requests);
      for (const [name, amount] of sidecars) raise(starting, name, amount);
      continue;
    }
    for (const [name, text] of Object.entries(container.resources?.requests ?? {})) {
      raise(starting, name, addQuantity(quantityOf(text as string), sidecars.get(name) ?? quantityOf("0")));
    }
  }
  for (const [name, amount] of starting) raise(running, name, amount);
  // Requests of the pod as a whole (1.34) replace the sum of its containers.
  for (const [name, text] of Object.entries(spec?.resources?.requests ?? {}))
    running.set(name, quantityOf(text as string));
  addAll(running, spec?.overhead);
  return running;
}

function addAll(sums: Sums, list: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(list ?? {}))
    sums.set(name, addQuantity(sums.get(name) ?? quantityOf("0"), quantityOf(text)));
}

function raise(sums: Sums, name: string, amount: Quantity): void {
  if (amount.nano > (sums.get(name)?.nano ?? 0n)) sums.set(name, amount);
}

/** Only what nodes offer can be short; never below nothing. */
function take(sums: Sums, name: string, amount: Quantity): void {
  const left = sums.get(name);
  if (left === undefined) return;
  const rest = subtractQuantity(left, amount);
  sums.set(name, rest.nano < 0n ? { ...rest, nano: 0n } : rest);
}

function texts(sums: Sums): Record<string, string> {
  return Object.fromEntries(
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, formatQuantity(sum)]),
  );
}
