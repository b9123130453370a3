// The newest events of the log in memory, bounded by count and by text, so that a watcher near the head never asks the database.
// It promises completeness: it holds every event with a version > start. It refuses to answer for anything at or before `start`.
import { selects } from "./selection.ts";
import type { Batch, Event, Selection } from "./store.ts";

/** An event as the log keeps it: `was` is the version of the row it superseded, `mark` the random mark of its commit. */
export interface LogEvent extends Event {
  was?: number;
  mark?: number;
}

export interface RingLimits {
  events: number;
  /** UTF-16 code units of the values, each counted where it entered. */
  text: number;
}

export class Ring {
  /** Every event after this version, up to `last`, is here. */
  start: number;
  last: number;
  #events: LogEvent[] = [];
  /** Index of the oldest live event: evicting by moving it is O(1); the array is cut when half of it is dead. */
  #first = 0;
  #text = 0;
  readonly #limits: RingLimits;
  readonly #evicted: (event: LogEvent) => void;

  constructor(start: number, limits: RingLimits, evicted: (event: LogEvent) => void = () => {}) {
    this.start = start;
    this.last = start;
    this.#limits = limits;
    this.#evicted = evicted;
  }

  /** Events in version order, all above `last`; with them everything up to `version` is known. They are never evicted by themselves. */
  append(events: readonly LogEvent[], version: number): void {
    for (const event of events) {
      this.#events.push(event);
      this.#text += event.value.length;
    }
    this.last = version;
    const keep = this.#events.length - events.length;
    while (this.#first < keep && (this.size > this.#limits.events || this.#text > this.#limits.text)) this.#evict();
    if (this.#first > 64 && this.#first * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
  }

  get size(): number {
    return this.#events.length - this.#first;
  }

  /** Forgets everything at or below `version`. */
  forget(version: number): void {
    while (this.size > 0 && this.#events[this.#first]!.version <= version) this.#evict();
    if (version > this.start) this.start = version;
    if (version > this.last) this.last = version;
  }

  /** Forgets all and begins anew. */
  reset(version: number): void {
    this.#events = [];
    this.#first = 0;
    this.#text = 0;
    this.start = version;
    this.last = version;
  }

  /** Selected events after `position` (>= start), at most `limit`; `version` is how far was looked. */
  after(position: number, select: readonly Selection[], limit: number): Batch {
    const found: Event[] = [];
    for (let i = this.#indexAfter(position); i < this.#events.length; i++) {
      const event = this.#events[i]!;
      if (!selects(select, event)) continue;
      found.push(event);
      if (found.length === limit) return { events: found, version: event.version };
    }
    return { events: found, version: Math.max(this.last, position) };
  }

  /** All events after `position`, oldest first. */
  *since(position: number): Generator<LogEvent> {
    for (let i = this.#indexAfter(position); i < this.#events.length; i++) yield this.#events[i]!;
  }

  at(version: number): LogEvent | undefined {
    const event = this.#events[this.#indexAfter(version - 1)];
    return event?.version === version ? event : undefined;
  }

  #evict(): void {
    const event = this.#events[this.#first]!;
    this.#first++;
    this.#text -= event.value.length;
    this.start = event.version;
    this.#evicted(event);
  }

  #indexAfter(position: number): number {
    let low = this.#first;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.version <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
