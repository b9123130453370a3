// Housekeeping by the clock: every five minutes, and only while something changed, forgets history and old Events. At rest a timer
// ticks in memory and no statement is made.
import type { KubeObject } from "../../kinds/object.ts";
import type { Context } from "./context.ts";
import { eachRow } from "./scan.ts";

const PERIOD_MS = 300_000;
export const EVENT_TTL_MS = 3_600_000;
/** Kept whatever their age. */
export const VERSIONS_KEPT = 1_000;
const DELETES_PER_COMMIT = 200;

export interface PeriodsOptions {
  context: Context;
  signal: AbortSignal;
  /** Newest version seen. */
  version(): number;
  /** Everything at or below it has been handled by the controllers. */
  handled(): number;
}

export interface Periods {
  tick(): Promise<void>;
  stop(): void;
}

export function startPeriods({ context, signal, version, handled }: PeriodsOptions): Periods {
  /** Newest version one period ago. */
  let before: number | undefined;
  let compacted = 0;
  /** Below it no Event's time is up; 0: not looked yet. */
  let due = 0;
  async function tick(): Promise<void> {
    const now = version();
    const changed = now !== before;
    const target = Math.min(before ?? 0, now - VERSIONS_KEPT, handled());
    before = now;
    if (target > compacted) {
      await context.store.compact(target);
      compacted = target;
    }
    if (changed || context.clock() > due) due = await expireEvents(context);
  }
  const timer = setInterval(() => {
    tick().catch((error: unknown) => context.log({ event: "period-error", message: String(error) }));
  }, PERIOD_MS);
  // On Node a timer must not keep the process alive; Workers have no such notion.
  (timer as { unref?: () => void }).unref?.();
  const stop = (): void => clearInterval(timer);
  signal.addEventListener("abort", stop, { once: true });
  return { tick, stop };
}

/** Deletes Events last seen more than an hour ago; answers when the next one's time is up. */
async function expireEvents(context: Context): Promise<number> {
  const limit = context.clock() - EVENT_TTL_MS;
  let oldest = Infinity;
  let batch: { namespace: string; name: string; version: number }[] = [];
  const flush = async (): Promise<void> => {
    const rows = batch;
    batch = [];
    // An Event that was counted up meanwhile stays: each is its own commit's concern, so a lost race costs only its batch until next time.
    if (rows.length > 0)
      await context.store.commit({
        ops: rows.map(({ namespace, name, version }) => ({
          op: "delete",
          key: { resource: "events", namespace, name },
          expect: version,
        })),
      });
  };
  for await (const row of eachRow(context.store, "events")) {
    const event = JSON.parse(row.value) as KubeObject;
    const seen = Date.parse(event["lastTimestamp"] ?? event["eventTime"] ?? event.metadata.creationTimestamp ?? "");
    if (!(seen < limit)) {
      oldest = Math.min(oldest, Number.isNaN(seen) ? Infinity : seen);
      continue;
    }
    batch.push(row);
    if (batch.length === DELETES_PER_COMMIT) await flush();
  }
  await flush();
  return oldest + EVENT_TTL_MS;
}
