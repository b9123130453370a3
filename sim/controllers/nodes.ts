// Nodes of a simulated member and what runs on them: a ledger of requests by node, kept from pod events, and the scheduler's choice.
import { parseQuantity } from "../../kinds/rules/quantity.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";

interface Amounts {
  cpu: bigint;
  memory: bigint;
  pods: number;
}

interface NodeEntry {
  capacity: Amounts;
  used: Amounts;
  labels: Record<string, string>;
  schedulable: boolean;
}

const nano = (text: string | undefined): bigint => (text === undefined ? 0n : (parseQuantity(text)?.nano ?? 0n));

/** What a pod asks for: its containers together, or its largest init container. */
function requestsOf(spec: Loose): Amounts {
  const amount = (container: Loose, name: string): bigint => nano(container.resources?.requests?.[name]);
  const total = (name: string): bigint => {
    const together = ((spec.containers ?? []) as Loose[]).reduce((sum, container) => sum + amount(container, name), 0n);
    return ((spec.initContainers ?? []) as Loose[]).reduce(
      (most, container) => (amount(container, name) > most ? amount(container, name) : most),
      together,
    );
  };
  return { cpu: total("cpu"), memory: total("memory"), pods: 1 };
}

export type Choice = { ok: true; node: string } | { ok: false; message: string };

export class Ledger {
  private readonly nodes = new Map<string, NodeEntry>();
  /** Where each bound pod's requests are counted. */
  private readonly bound = new Map<string, { node: string; amounts: Amounts }>();

  setNode(node: KubeObject): void {
    const { cpu, memory, pods } = node.status?.allocatable ?? node.status?.capacity ?? {};
    const known = this.nodes.get(node.metadata.name);
    this.nodes.set(node.metadata.name, {
      capacity: { cpu: nano(cpu), memory: nano(memory), pods: Number(pods ?? 110) },
      used: known?.used ?? { cpu: 0n, memory: 0n, pods: 0 },
      labels: node.metadata.labels ?? {},
      schedulable: node.spec?.unschedulable !== true,
    });
  }

  removeNode(name: string): void {
    this.nodes.delete(name);
  }

  /** Counts a bound, unfinished pod; anything else is forgotten. */
  setPod(key: string, pod: KubeObject | undefined): void {
    const known = this.bound.get(key);
    const finished = pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed";
    const node: string | undefined = finished ? undefined : pod?.spec?.nodeName;
    if (known?.node === node) return;
    if (known !== undefined) this.count(known.node, known.amounts, -1);
    this.bound.delete(key);
    if (node === undefined || pod === undefined) return;
    const amounts = requestsOf(pod.spec);
    this.count(node, amounts, 1);
    this.bound.set(key, { node, amounts });
  }

  private count(node: string, amounts: Amounts, sign: 1 | -1): void {
    const used = this.nodes.get(node)?.used;
    if (used === undefined) return;
    used.cpu += BigInt(sign) * amounts.cpu;
    used.memory += BigInt(sign) * amounts.memory;
    used.pods += sign;
  }

  /** The node with the fewest pods among those that fit, and upstream's words when none does. */
  choose(pod: KubeObject): Choice {
    const wanted = requestsOf(pod.spec);
    const reasons = new Map<string, number>();
    let best: { name: string; pods: number } | undefined;
    for (const [name, node] of this.nodes) {
      const reason = objection(node, wanted, pod.spec.nodeSelector ?? {});
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      else if (best === undefined || node.used.pods < best.pods) best = { name, pods: node.used.pods };
    }
    if (best !== undefined) return { ok: true, node: best.name };
    const list = [...reasons]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(", ");
    return { ok: false, message: `0/${this.nodes.size} nodes are available: ${list || "no nodes registered"}.` };
  }
}

function objection(
  { capacity, used, labels, schedulable }: NodeEntry,
  wanted: Amounts,
  selector: Record<string, string>,
): string | undefined {
  if (!schedulable) return "node(s) were unschedulable";
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value))
    return "node(s) didn't match Pod's node affinity/selector";
  if (used.pods + wanted.pods > capacity.pods) return "Too many pods";
  if (used.cpu + wanted.cpu > capacity.cpu) return "Insufficient cpu";
  return used.memory + wanted.memory > capacity.memory ? "Insufficient memory" : undefined;
}
