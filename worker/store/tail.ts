// The one reader of the log in a process. It keeps a ring of the newest events for all watchers: this process's own commits go in
// straight from memory when they follow the last version without a gap; everything else is read from Postgres, in order, once (P1).
// Nobody watches: no statement, no timer. The database is away: it tries again until it is back.
import type { Sql } from "postgres";
import type { Outcome } from "./batch.ts";
import { unavailable } from "./failure.ts";
import { Recent } from "./recent.ts";
import { Ring, type LogEvent, type RingLimits } from "./ring.ts";
import * as statements from "./statements.ts";
import { Compacted, type Batch, type Commit, type Selection } from "./store.ts";
import { letExit, Watchers } from "./watch.ts";

export interface TailOptions {
  sql: Sql;
  /** The newest version when the store was opened. */
  head: number;
  /** How long until other processes' commits are looked for; asked before each wait. */
  pollMs(): number;
  /** Whether own commits are under way, whose answers may close a gap. */
  committing(): boolean;
  limits?: RingLimits;
}

const LIMITS: RingLimits = { events: 8_192, text: 12_000_000 };
const RECENT_TEXT = 6_000_000;
const RETRY_MS = 500;
/** Watchers that read the past at once: the rest of the connections are for everybody else. */
const READERS = 2;

interface Page {
  events: LogEvent[];
  version: number;
  head: number;
  compacted: number;
}

export class Tail {
  readonly watchers: Watchers;
  readonly recent = new Recent(RECENT_TEXT);
  readonly #ring: Ring;
  readonly #options: TailOptions;
  /** Own commits that wait for what lies before them, by their first version. */
  readonly #ahead = new Map<number, LogEvent[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading: Promise<void> | undefined;
  #again = false;
  #readers = 0;
  readonly #queue: (() => void)[] = [];
  #closed = false;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#ring = new Ring(options.head, options.limits ?? LIMITS);
    this.watchers = new Watchers(this.#ring, { read: (from, select) => this.#past(from, select) }, (watching) =>
      this.#watching(watching),
    );
  }

  /** Own commits as they are answered; without outcomes when it is not known what became of them. */
  committed(commits: Commit[], outcomes: Outcome[] | undefined): void {
    if (!this.watchers.watching) return;
    let unsure = outcomes === undefined;
    for (const [i, outcome] of (outcomes ?? []).entries()) {
      if (!outcome.result.ok) {
        // Refused for what somebody else wrote and is not known here yet: who tries again should know.
        unsure ||= (outcome.result.current ?? 0) > this.#ring.last;
        continue;
      }
      const events = this.#eventsOf(
        commits[i]!,
        outcome.result.versions,
        (outcome as Outcome & { superseded: (number | null)[] }).superseded,
      );
      if (events === undefined) unsure = true;
      else if (events.length > 0) this.#ahead.set(events[0]!.version, events);
    }
    this.#drain();
    // A gap: another call's answer may be about to close it, else somebody else has written.
    if (unsure || (this.#ahead.size > 0 && !this.#options.committing())) void this.wake();
  }

  /** Looks for new events now, if anybody watches. */
  wake(): Promise<void> {
    if (!this.watchers.watching || this.#closed) return Promise.resolve();
    this.#again = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      this.#schedule();
      // Asked for between the last look and here.
      if (this.#again) void this.wake();
    });
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.watchers.close();
  }

  /** Undefined when a superseded value is not at hand: then the events are read. */
  #eventsOf(commit: Commit, versions: number[], superseded: (number | null)[]): LogEvent[] | undefined {
    const events: LogEvent[] = [];
    for (const [i, op] of commit.ops.entries()) {
      if (op.op === "require" || op.op === "spend") continue;
      const version = versions[i]!;
      if (op.op !== "delete") this.recent.set(version, op.value);
      const event: LogEvent = { type: "ADDED", ...op.key, version, value: op.op === "delete" ? "" : op.value };
      const was = superseded[i];
      if (was !== null && was !== undefined) {
        const before = this.#ring.at(was)?.value ?? this.recent.get(was);
        if (before === undefined) return undefined;
        event.type = op.op === "delete" ? "DELETED" : "MODIFIED";
        if (op.op === "delete") event.value = before;
        else event.previous = before;
      }
      events.push(event);
    }
    return events;
  }

  #drain(): void {
    for (const first of this.#ahead.keys()) if (first <= this.#ring.last) this.#ahead.delete(first);
    for (;;) {
      const events = this.#ahead.get(this.#ring.last + 1);
      if (events === undefined) return;
      this.#ahead.delete(events[0]!.version);
      this.#deliver(events, events.at(-1)!.version);
    }
  }

  #deliver(events: LogEvent[], version: number): void {
    this.#ring.append(events, version);
    this.watchers.notify(events);
  }

  /** From the ring's end to the head, page by page. */
  async #read(): Promise<void> {
    while (this.#again && this.watchers.watching && !this.#closed) {
      this.#again = false;
      try {
        for (let more = true; more;) {
          const page = await this.#page(this.#ring.last, undefined);
          if (page.compacted > this.#ring.last) {
            // Nobody watched while history was compacted, or a new epoch began.
            this.#ahead.clear();
            this.#ring.reset(page.head);
            this.watchers.wakeAll();
            break;
          }
          const last = this.#ring.last;
          if (page.version > last)
            this.#deliver(
              page.events.filter((event) => event.version > last),
              page.version,
            );
          this.#drain();
          more = page.version < page.head;
        }
      } catch {
        this.#again = true;
        await new Promise((resolve) => letExit(setTimeout(resolve, RETRY_MS)));
      }
    }
  }

  #watching(watching: boolean): void {
    if (watching) void this.#begin();
    else clearTimeout(this.#timer);
  }

  /** Long unread history is skipped: the watchers who want it read it themselves. */
  async #begin(): Promise<void> {
    this.#ahead.clear();
    try {
      const [row] = await statements.run(this.#options.sql, statements.head);
      const head = Number(row![0]);
      if (head - this.#ring.last > statements.EVENTS_PAGE) {
        this.#ring.reset(head);
        this.watchers.wakeAll();
      }
    } catch {
      // wake() keeps trying.
    }
    await this.wake();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.watchers.watching || this.#closed) return;
    this.#timer = setTimeout(() => void this.wake(), this.#options.pollMs());
    letExit(this.#timer);
  }

  /** What a watcher behind the ring reads. */
  async #past(from: number, select: Selection[]): Promise<Batch> {
    if (this.#readers >= READERS) await new Promise<void>((go) => this.#queue.push(go));
    this.#readers++;
    try {
      const page = await this.#page(from, select).catch((error: unknown) => {
        throw unavailable(error, false);
      });
      if (from < page.compacted) throw new Compacted(from, page.compacted);
      return page;
    } finally {
      this.#readers--;
      this.#queue.shift()?.();
    }
  }

  async #page(from: number, select: Selection[] | undefined): Promise<Page> {
    const window = from + statements.EVENTS_WINDOW;
    const values = { from, window, ...(select === undefined ? {} : { select: statements.selectionJson(select) }) };
    const rows = await statements.run(this.#options.sql, statements.events(select?.length), values);
    const head = Number(rows[0]![0]);
    const compacted = Number(rows[0]![1]);
    const events: LogEvent[] = [];
    let found = 0;
    for (const [, , version, resource, namespace, name, value, prev, until, mark, before, count] of rows) {
      if (version === null) break;
      found = Number(count);
      const event = { resource, namespace, name, version: Number(version), mark } as LogEvent;
      if (until === version) {
        event.type = "DELETED";
        event.value = before as string;
      } else {
        event.type = prev === null ? "ADDED" : "MODIFIED";
        event.value = value as string;
        if (prev !== null) event.previous = before as string;
      }
      events.push(event);
    }
    // A page that was cut is complete up to its last event only.
    const cut = found > events.length || found === statements.EVENTS_PAGE;
    return { events, version: cut ? events.at(-1)!.version : Math.max(from, Math.min(window, head)), head, compacted };
  }
}
