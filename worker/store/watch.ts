// Feeds every watcher of a process from one ring. A watcher is only a position in the log: near the head it reads the ring, behind it
// catches up from the source in pages. So a slow one is bounded by construction and can neither miss, double nor reorder (P1).
// A waiting watcher is woken by the first event it selected, not by each event; what was not for it moves its position for free.
import type { LogEvent, Ring } from "./ring.ts";
import { selectionKey, selects, waitingKeys } from "./selection.ts";
import { Unavailable, type Batch, type Selection } from "./store.ts";

/** Where a watcher reads what the ring no longer holds. */
export interface Source {
  /**
   * A page of selected events after `from`, complete up to the answer's `version`.
   * @throws Compacted, which ends the watch; Unavailable, after which it is asked again.
   */
  read(from: number, select: Selection[]): Promise<Batch>;
}

const BATCH_EVENTS = 500;
const PROGRESS_MS = 5_000;
const RETRY_MS = 500;

interface Waiter {
  select: Selection[];
  /** Nothing selected up to and including this version. */
  wake(clearTo: number): void;
}

export class Watchers {
  readonly #ring: Ring;
  readonly #source: Source;
  readonly #waiting = new Map<string, Set<Waiter>>();
  readonly #presence: (watching: boolean) => void;
  #count = 0;
  #progress: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** `presence` hears when the first watcher comes and when the last one goes. */
  constructor(ring: Ring, source: Source, presence: (watching: boolean) => void = () => {}) {
    this.#ring = ring;
    this.#source = source;
    this.#presence = presence;
  }

  get watching(): boolean {
    return this.#count > 0;
  }

  /** Call after the ring got these events. */
  notify(events: readonly LogEvent[]): void {
    if (this.#waiting.size === 0) return;
    for (const event of events) {
      for (const key of waitingKeys(event)) {
        const waiters = this.#waiting.get(key);
        if (waiters === undefined) continue;
        for (const waiter of waiters) if (selects(waiter.select, event)) waiter.wake(event.version - 1);
      }
    }
  }

  /** Makes every waiting watcher look again, as when the ring was reset under it. */
  wakeAll(): void {
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.wake(-1);
  }

  close(): void {
    this.#closed = true;
    this.wakeAll();
  }

  async *watch({
    from,
    select,
    signal,
  }: {
    from: number;
    select: Selection[];
    signal: AbortSignal;
  }): AsyncGenerator<Batch> {
    let position = from;
    let told = from;
    const ended = () => signal.aborted || this.#closed;
    if (ended()) return;
    this.#enter();
    try {
      while (!ended()) {
        let batch: Batch;
        const near = position >= this.#ring.start;
        if (near) {
          batch = this.#ring.after(position, select, BATCH_EVENTS);
        } else {
          try {
            batch = await this.#source.read(position, select);
          } catch (error) {
            if (!(error instanceof Unavailable)) throw error;
            await pause(RETRY_MS, signal);
            continue;
          }
          if (ended()) return;
        }
        position = batch.version;
        if (batch.events.length > 0 || (!near && position > told)) {
          told = position;
          yield batch;
          continue;
        }
        if (!near) continue;
        const woken = await this.#wait(select, signal);
        if (ended()) return;
        position = Math.max(position, woken.clearTo);
        if (woken.progress && position > told) {
          told = position;
          yield { events: [], version: position };
        }
      }
    } finally {
      this.#leave();
    }
  }

  #wait(select: Selection[], signal: AbortSignal): Promise<{ clearTo: number; progress: boolean }> {
    return new Promise((resolve) => {
      const keys = [...new Set(select.map(selectionKey))];
      const finish = (clearTo: number, progress: boolean) => {
        for (const key of keys) {
          const waiters = this.#waiting.get(key);
          waiters?.delete(waiter);
          if (waiters?.size === 0) this.#waiting.delete(key);
        }
        this.#ticking.delete(tick);
        signal.removeEventListener("abort", abort);
        resolve({ clearTo, progress });
      };
      const waiter: Waiter = { select, wake: (clearTo) => finish(clearTo, false) };
      const tick = () => finish(this.#ring.last, true);
      const abort = () => finish(-1, false);
      for (const key of keys) {
        const waiters = this.#waiting.get(key);
        if (waiters === undefined) this.#waiting.set(key, new Set([waiter]));
        else waiters.add(waiter);
      }
      this.#ticking.add(tick);
      signal.addEventListener("abort", abort);
    });
  }

  readonly #ticking = new Set<() => void>();

  #enter(): void {
    if (this.#count++ > 0) return;
    this.#progress = setInterval(() => {
      for (const tick of this.#ticking) tick();
    }, PROGRESS_MS);
    letExit(this.#progress);
    this.#presence(true);
  }

  #leave(): void {
    if (--this.#count > 0) return;
    clearInterval(this.#progress);
    this.#presence(false);
  }
}

/** On Node a timer keeps the process alive unless told otherwise; on Workers it is a number. */
export function letExit(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer) (timer as { unref(): void }).unref();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
