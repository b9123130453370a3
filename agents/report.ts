// Tells the federation what stands in the member. One entry per binding, the newest wins; the first goes out at once, what comes while a
// batch is under way goes together in the next. After an outage only what differs from the last acknowledgement is sent: its digest is
// kept in the state file, so a restart says nothing that was said before (P6).
import type { ClusterStatus } from "../kinds/cluster.ts";
import type { JsonObject } from "../kinds/object.ts";
import type { ReportItem } from "../kinds/protocol.ts";
import { Refused, type Federation } from "./federation.ts";
import type { Entry } from "./inventory.ts";
import { backoffMs, type Lives } from "./live.ts";
import type { Log } from "./log.ts";
import { digest } from "./ownership.ts";
import { pause } from "./pause.ts";
import type { State } from "./state.ts";

/** What is said of the member's object. */
export interface Seen {
  status: JsonObject | undefined;
  /** Its replicas, where an autoscaler sets them. */
  scaled: number | undefined;
}

export interface Reporter {
  /** Something about the entry may be worth saying; `seen`: its object as just seen. */
  note(entry: Entry, seen?: Seen): void;
  cluster(status: Omit<ClusterStatus, "conditions">): void;
  /** Everything is to be said again: the federation's data is another one. */
  forgetAcknowledged(): void;
  /** Nothing is left to send. */
  idle(): boolean;
  run(cluster: string): Promise<void>;
}

export interface ReporterParts {
  state: State;
  federation: Pick<Federation, "report">;
  lives: Lives;
  log: Log;
  signal: AbortSignal;
  random: () => number;
  step: (name: string) => void;
  /** The federation knows no binding of this entry. */
  lost: (entry: Entry) => void;
}

const MAX_ITEMS = 500;
const MAX_CHARS = 1_500_000;
/** Between two batches, for each item of the last: alone it goes out at once, a burst becomes few commits and leaves the member its processor. */
const GAP_MS = { each: 12, most: 300 };
const RETRY = { first: 250, most: 3_000 };

export function createReporter(parts: ReporterParts): Reporter {
  const { state, lives, signal, log } = parts;
  const pending = new Map<string, Seen | undefined>();
  let cluster: ClusterStatus | undefined;
  let clusterSaid = "";
  let wake = () => {};
  let sending = false;
  let largest = MAX_ITEMS;

  /** What was said last, whole, in a digest. */
  function sum(entry: Entry): string {
    const { applied, memberUid, memberGeneration, failure, removed, orphaned } = entry;
    const said = [applied, memberUid, memberGeneration, failure, removed, lives.of(entry).status];
    return digest(JSON.stringify(orphaned === true ? [...said, orphaned] : said));
  }

  function itemOf(entry: Entry, seen: Seen | undefined): ReportItem {
    if (entry.removed) return { uid: entry.uid, generation: entry.generation, removed: true };
    const { uid, applied: generation, memberUid, memberGeneration, failure } = entry;
    if (entry.orphaned === true) return { uid, generation, memberUid, key: entry.key };
    return { uid, generation, memberUid, memberGeneration, status: seen?.status, scaled: seen?.scaled, failure };
  }

  interface Sent {
    entry: Entry;
    seen: Seen | undefined;
    item: ReportItem;
    sum: string;
    heard: number | undefined;
  }

  function take(): Sent[] {
    const batch: Sent[] = [];
    let chars = 0;
    for (const [uid, seen] of pending) {
      if (batch.length >= largest || chars > MAX_CHARS) break;
      pending.delete(uid);
      const entry = state.get(uid);
      if (entry === undefined) continue;
      const item = itemOf(entry, seen);
      chars += JSON.stringify(seen?.status ?? "").length + 200;
      batch.push({ entry, seen, item, sum: sum(entry), heard: entry.heard });
    }
    return batch;
  }

  function putBack(batch: Sent[]): void {
    for (const { entry, seen } of batch) {
      const newer = pending.get(entry.uid);
      if (newer === undefined) pending.set(entry.uid, seen);
    }
  }

  function acknowledged(batch: Sent[], unknown: string[]): void {
    const nobodys = new Set(unknown);
    for (const { entry, item, sum: said, heard } of batch) {
      // The tombstone is answered, or nobody remembers it: nothing is left to know about this binding.
      if (item.removed === true && state.get(entry.uid)?.removed === true && entry.generation === item.generation) {
        state.forget(entry.uid);
        lives.forget(entry.uid);
        continue;
      }
      // What was pulled since is newer than this answer.
      const isLost = nobodys.has(entry.uid) && entry.heard === heard && state.get(entry.uid) === entry;
      if (isLost && entry.orphaned !== true) {
        parts.lost(entry);
        continue;
      }
      entry.acknowledged = said;
      state.save(entry);
    }
  }

  /** How many items went out. */
  async function send(to: string): Promise<number> {
    const batch = take();
    const saidCluster = cluster;
    if (batch.length === 0 && saidCluster === undefined) return 0;
    try {
      const items = batch.map(({ item }) => item);
      const { unknown } = await parts.federation.report(to, {
        items,
        ...(saidCluster === undefined ? {} : { cluster: saidCluster }),
      });
      parts.step("reported");
      acknowledged(batch, unknown);
      if (saidCluster !== undefined) clusterSaid = JSON.stringify(saidCluster);
      if (cluster === saidCluster) cluster = undefined;
      largest = MAX_ITEMS;
      return batch.length;
    } catch (error) {
      const refused = error instanceof Refused && [400, 413, 422].includes(error.code);
      if (refused && batch.length <= 1) {
        // This one item the federation will never take: the others must go on.
        log("report refused", { binding: batch[0]?.entry.uid, message: (error as Error).message });
        cluster = undefined;
        return batch.length;
      }
      if (refused) largest = Math.max(1, Math.floor(batch.length / 2));
      putBack(batch);
      throw error;
    }
  }

  return {
    note(entry, seen) {
      if (seen?.status !== undefined && entry.orphaned !== true)
        lives.of(entry).status = digest(`${JSON.stringify(seen.status)}${seen.scaled ?? ""}`);
      const waiting = pending.has(entry.uid);
      if (!waiting && entry.acknowledged === sum(entry)) return;
      pending.set(entry.uid, seen?.status === undefined ? pending.get(entry.uid) : seen);
      wake();
    },
    cluster(status) {
      if (JSON.stringify(status) === clusterSaid) return;
      cluster = status;
      wake();
    },
    forgetAcknowledged() {
      clusterSaid = "";
      for (const entry of state.entries()) {
        if (entry.acknowledged === undefined) continue;
        entry.acknowledged = undefined;
        // Its status is not kept here: seen again with the next event or list. The rest is said now.
        state.save(entry);
        pending.set(entry.uid, pending.get(entry.uid));
      }
      wake();
    },
    idle: () => pending.size === 0 && cluster === undefined && !sending,
    async run(to) {
      let failures = 0;
      signal.addEventListener("abort", () => wake(), { once: true });
      while (!signal.aborted) {
        if (pending.size === 0 && cluster === undefined) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        sending = true;
        let sent = 0;
        try {
          sent = await send(to);
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          if (failures === 0) log("report failed", { message: (error as Error).message });
          const retryAfter = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
          await pause(Math.max(backoffMs(failures++, parts.random(), RETRY), retryAfter), signal);
        } finally {
          sending = false;
        }
        await pause(Math.min(GAP_MS.most, GAP_MS.each * Math.max(1, sent)), signal);
      }
    },
  };
}
