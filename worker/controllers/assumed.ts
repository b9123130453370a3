// Pods that were decided and are not yet counted in what their cluster says is free, as kube-scheduler assumes pods it has just bound: agents
// measure every 30 s, and until then every decision of a burst would go to the cluster that had the most room at its beginning. Fed by the
// loop's tail, so it knows the decisions of all processes. A new process reads from bindings and reports what does not run yet; of what runs and is
// not measured it knows nothing, and errs for as long as a measurement takes.
//
//   share rises ──► assumed ──report counts the pods──► ran ──the cluster's free amounts change, or a minute──► forgotten
//                      └── share falls, tombstone, binding gone ──► forgotten, room is free again
import type { Binding, Report } from "../../kinds/binding.ts";
import { formatQuantity, type Quantity, quantityOf, subtractQuantity } from "../../core/query/quantity.ts";
import type { ScheduleCluster } from "../../core/schedule/schedule.ts";

/** Two of an agent's measurements. */
export const MEASURED_AFTER_MS = 66_000;

interface Entry {
  generation: number;
  share: number;
  /** Pods of the share that the cluster's free amounts do not know of. */
  pods: number;
  requests: Readonly<Record<string, string>>;
  ranAt?: number;
}

export class Assumed {
  /** Rises when room became free that no report of a cluster will tell of. */
  freed = 0;
  readonly #clusters = new Map<string, Map<string, Entry>>();
  /** What `less` answered, until something changes. */
  readonly #less = new Map<string, { from: ScheduleCluster; answer: ScheduleCluster }>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return this.#clusters.size === 0;
  }

  /** Something will be forgotten by the clock. */
  get ending(): boolean {
    for (const entries of this.#clusters.values()) for (const { ranAt } of entries.values()) if (ranAt !== undefined) return true;
    return false;
  }

  /** Takes over what another one, which was filled from bindings and reports, knows. */
  replace(by: Assumed): void {
    this.#clusters.clear();
    this.#less.clear();
    for (const [cluster, entries] of by.#clusters) this.#clusters.set(cluster, entries);
  }

  /** After `binding` of all bindings: what runs by this report was measured, for all that can be known. */
  known(cluster: string, uid: string, report: Report): void {
    const entry = this.#clusters.get(cluster)?.get(uid);
    const replicas = report.status?.["replicas"];
    if (entry === undefined || typeof replicas !== "number") return;
    entry.pods -= replicas;
    if (entry.pods <= 0) this.#forget(cluster, uid, false);
  }

  /** A binding of a workload changed; `after` is undefined when it is gone. */
  binding(cluster: string, uid: string, before: Binding | undefined, after: Binding | undefined): void {
    const share = live(after);
    const more = share - live(before);
    const entry = this.#clusters.get(cluster)?.get(uid);
    if (after === undefined || (entry === undefined && more <= 0)) return this.#forget(cluster, uid, true);
    const pods = (entry?.pods ?? 0) + more;
    if (pods <= 0) return this.#forget(cluster, uid, true);
    let entries = this.#clusters.get(cluster);
    if (entries === undefined) this.#clusters.set(cluster, (entries = new Map()));
    entries.set(uid, { generation: after.generation, share, pods, requests: after.requests ?? {}, ...(more > 0 ? {} : { ranAt: entry?.ranAt }) });
    this.#less.delete(cluster);
    if (more < 0) this.freed += 1;
  }

  report(cluster: string, uid: string, report: Report): void {
    const entry = this.#clusters.get(cluster)?.get(uid);
    if (entry === undefined || entry.ranAt !== undefined) return;
    const replicas = report.status?.["replicas"];
    if (report.generation >= entry.generation && typeof replicas === "number" && replicas >= entry.share) entry.ranAt = this.#clock();
  }

  /** The cluster measured anew. */
  measured(cluster: string): void {
    for (const [uid, entry] of this.#clusters.get(cluster) ?? []) if (entry.ranAt !== undefined) this.#forget(cluster, uid, false);
  }

  /** The cluster with that much less free. */
  less(cluster: ScheduleCluster): ScheduleCluster {
    const entries = this.#clusters.get(cluster.name);
    const free = cluster.status?.free;
    if (entries === undefined || free === undefined) return cluster;
    const now = this.#clock();
    for (const [uid, { ranAt = now }] of entries) if (now - ranAt > MEASURED_AFTER_MS) this.#forget(cluster.name, uid, false);
    const known = this.#less.get(cluster.name);
    if (known?.from === cluster) return known.answer;
    const left = new Map<string, Quantity>(Object.entries(free).map(([name, text]) => [name, quantityOf(text)]));
    for (const { pods, requests } of entries.values()) {
      take(left, "pods", quantityOf(pods));
      for (const [name, text] of Object.entries(requests)) take(left, name, times(quantityOf(text), pods));
    }
    const amounts = Object.fromEntries([...left].map(([name, amount]) => [name, formatQuantity(amount)]));
    const answer = { ...cluster, status: { ...cluster.status, free: amounts } };
    this.#less.set(cluster.name, { from: cluster, answer });
    return answer;
  }

  /** Pods of this template that `less` took away though the cluster has not reported them running: its own room, to be added back. */
  awaited(cluster: string, uid: string): number {
    const entry = this.#clusters.get(cluster)?.get(uid);
    return entry === undefined || entry.ranAt !== undefined ? 0 : entry.pods;
  }

  #forget(cluster: string, uid: string, freed: boolean): void {
    const entries = this.#clusters.get(cluster);
    if (entries?.delete(uid) !== true) return;
    if (entries.size === 0) this.#clusters.delete(cluster);
    this.#less.delete(cluster);
    if (freed) this.freed += 1;
  }
}

/** Pods that a binding wants: the one divided field. */
function live(binding: Binding | undefined): number {
  return binding === undefined || binding.tombstone !== undefined ? 0 : (Object.values(binding.share)[0] ?? 0);
}

function take(from: Map<string, Quantity>, name: string, amount: Quantity): void {
  const left = from.get(name);
  if (left === undefined) return;
  const rest = subtractQuantity(left, amount);
  from.set(name, rest.nano < 0n ? { ...rest, nano: 0n } : rest);
}

function times(amount: Quantity, count: number): Quantity {
  return { ...amount, nano: amount.nano * BigInt(count) };
}
