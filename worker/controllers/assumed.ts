// Pods that were decided and are not yet counted in what their cluster says is free, as kube-scheduler assumes pods it has just bound: agents
// measure every 30 s, and until then every decision of a burst would go to the cluster that had the most room at its beginning. Fed by the
// loop's tail, so it knows the decisions of all processes. A new process reads from bindings and reports what does not run yet; of what runs and is
// not measured it knows nothing, and errs for as long as a measurement takes.
//
//   planned ──► held ──its commit failed──► forgotten
//                └──► share rises ──► assumed ──report counts the pods──► ran ──the cluster's free amounts change, or a minute──► forgotten
//                      └── share falls, tombstone, binding gone ──► forgotten, room is free again
import type { Binding, Report } from "../../kinds/binding.ts";
import { podsSeen } from "../../core/aggregate/member.ts";
import { formatQuantity, quantityOf } from "../../core/query/quantity.ts";
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

interface Cluster {
  entries: Map<string, Entry>;
  /** What the entries take together, in nano-units by resource. */
  taken: Map<string, bigint>;
  /** When the first of them ran. */
  firstRan?: number;
  /** What `less` answered, until something changes. */
  less?: { from: ScheduleCluster; answer: ScheduleCluster };
}

/** Room that is held until a commit says what becomes of it. */
export interface Hold {
  release(taken: ReadonlySet<string>): void;
}

/** Beside the template's own entry; no uid ends so. */
const HELD = " held";
const heldBy = (uid: string): string => uid + HELD;
const isHeld = (key: string): boolean => key.endsWith(HELD);

export class Assumed {
  /** Rises when room became free that no report of a cluster will tell of. */
  freed = 0;
  readonly #clusters = new Map<string, Cluster>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get empty(): boolean {
    return this.#clusters.size === 0;
  }

  /** Something will be forgotten by the clock. */
  get ending(): boolean {
    for (const { firstRan, entries } of this.#clusters.values())
      if (firstRan !== undefined || [...entries.keys()].some(isHeld)) return true;
    return false;
  }

  /** One that knows the same, and learns on its own. */
  fork(): Assumed {
    const fork = new Assumed(this.#clock);
    for (const [name, { entries, taken, firstRan }] of this.#clusters)
      fork.#clusters.set(name, {
        entries: new Map([...entries].map(([uid, entry]) => [uid, { ...entry }])),
        taken: new Map(taken),
        ...(firstRan === undefined ? {} : { firstRan }),
      });
    return fork;
  }

  /** Takes over what another one, which was filled from bindings and reports, knows. */
  replace(by: Assumed): void {
    this.#clusters.clear();
    for (const [name, cluster] of by.#clusters) this.#clusters.set(name, cluster);
  }

  /** After `binding` of all bindings: what runs by this report was measured, for all that can be known. */
  known(name: string, uid: string, report: Report): void {
    const entry = this.#entry(name, uid);
    const seen = podsSeen(report.status);
    if (entry !== undefined && seen !== undefined) this.#set(name, uid, { ...entry, pods: entry.pods - seen });
  }

  /** A binding of a workload changed; `after` is undefined when it is gone. */
  binding(name: string, uid: string, before: Binding | undefined, after: Binding | undefined): void {
    this.#set(name, heldBy(uid), undefined);
    const share = wantedPods(after);
    const more = share - wantedPods(before);
    const entry = this.#entry(name, uid);
    if (after === undefined || (entry === undefined && more <= 0)) return this.#free(name, uid, 0);
    const pods = (entry?.pods ?? 0) + more;
    const next = {
      generation: after.generation,
      share,
      pods,
      requests: after.requests ?? {},
      ...(more > 0 ? {} : { ranAt: entry?.ranAt }),
    };
    if (more < 0) this.#free(name, uid, pods, next);
    else this.#set(name, uid, next);
  }

  report(name: string, uid: string, report: Report): void {
    const entry = this.#entry(name, uid);
    if (entry === undefined || entry.ranAt !== undefined) return;
    const seen = podsSeen(report.status);
    if (report.generation < entry.generation || seen === undefined || seen < entry.share) return;
    entry.ranAt = this.#clock();
    this.#clusters.get(name)!.firstRan ??= entry.ranAt;
  }

  /**
   * Room that a decision has planned to take, from the moment it looked until its bindings pass in the tail, so that no other decision of this
   * process gives it out again. The answer gives back what was held in clusters that are not `taken`.
   */
  hold(uid: string, pods: ReadonlyMap<string, number>, requests: Readonly<Record<string, string>>): Hold {
    for (const [name, count] of pods) this.#set(name, heldBy(uid), { generation: 0, share: 0, pods: count, requests });
    return {
      release: (taken) => {
        for (const name of pods.keys()) if (!taken.has(name)) this.#free(name, heldBy(uid), 0);
      },
    };
  }

  /** The cluster measured anew. */
  measured(name: string): void {
    this.#forgetRan(name, () => true);
  }

  /** The cluster with that much less free. */
  less(cluster: ScheduleCluster): ScheduleCluster {
    const now = this.#clock();
    const { firstRan = now } = this.#clusters.get(cluster.name) ?? {};
    if (now - firstRan > MEASURED_AFTER_MS) this.#forgetRan(cluster.name, (ranAt) => now - ranAt > MEASURED_AFTER_MS);
    const assumed = this.#clusters.get(cluster.name);
    const free = cluster.status?.free;
    if (assumed === undefined || free === undefined) return cluster;
    if (assumed.less?.from === cluster) return assumed.less.answer;
    const left = Object.entries(free).map(([name, text]) => {
      const amount = quantityOf(text);
      const nano = amount.nano - (assumed.taken.get(name) ?? 0n);
      return [name, formatQuantity({ ...amount, nano: nano < 0n ? 0n : nano })];
    });
    const answer = { ...cluster, status: { ...cluster.status, free: Object.fromEntries(left) } };
    assumed.less = { from: cluster, answer };
    return answer;
  }

  /** Pods of this template that `less` took away though the cluster has not reported them running: its own room, to be added back. */
  awaited(name: string, uid: string): number {
    const entry = this.#entry(name, uid);
    const held = this.#entry(name, heldBy(uid))?.pods ?? 0;
    return held + (entry === undefined || entry.ranAt !== undefined ? 0 : entry.pods);
  }

  #entry(name: string, uid: string): Entry | undefined {
    return this.#clusters.get(name)?.entries.get(uid);
  }

  #free(name: string, uid: string, pods: number, next?: Entry): void {
    if (this.#entry(name, uid) === undefined) return;
    this.freed += 1;
    this.#set(name, uid, pods > 0 ? next : undefined);
  }

  #forgetRan(name: string, old: (ranAt: number) => boolean): void {
    const cluster = this.#clusters.get(name);
    if (cluster?.firstRan === undefined) return;
    let first: number | undefined;
    for (const [uid, { ranAt }] of cluster.entries) {
      if (ranAt === undefined) continue;
      if (old(ranAt)) this.#set(name, uid, undefined);
      else first = Math.min(first ?? ranAt, ranAt);
    }
    if (first === undefined) delete cluster.firstRan;
    else cluster.firstRan = first;
  }

  /** Without pods: forgets it. */
  #set(name: string, uid: string, entry: Entry | undefined): void {
    let cluster = this.#clusters.get(name);
    if (cluster === undefined && entry === undefined) return;
    if (cluster === undefined) this.#clusters.set(name, (cluster = { entries: new Map(), taken: new Map() }));
    const before = cluster.entries.get(uid);
    if (before !== undefined) add(cluster.taken, before, -1n);
    delete cluster.less;
    if (entry !== undefined && entry.pods > 0) {
      cluster.entries.set(uid, entry);
      add(cluster.taken, entry, 1n);
    } else cluster.entries.delete(uid);
    if (cluster.entries.size === 0) this.#clusters.delete(name);
  }
}

/** Pods that a binding wants: the one divided field, or those of what is placed whole. */
export function wantedPods(binding: Binding | undefined): number {
  return binding === undefined || binding.tombstone !== undefined
    ? 0
    : (Object.values(binding.share)[0] ?? binding.pods ?? 0);
}

function add(taken: Map<string, bigint>, { pods, requests }: Entry, sign: 1n | -1n): void {
  const times = BigInt(pods) * sign;
  taken.set("pods", (taken.get("pods") ?? 0n) + quantityOf(1).nano * times);
  for (const [name, text] of Object.entries(requests)) {
    if (name !== "pods") taken.set(name, (taken.get(name) ?? 0n) + quantityOf(text).nano * times);
  }
}
