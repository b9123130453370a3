// Which binding is worked on when. Promises: one at a time per object of the member; never more than `concurrency` at once; new objects in ascending
// rank within their namespace, removals in descending rank (DESIGN 6: followers arrive before their workload and leave after it); an entry
// added while it runs runs once more. A failure waits outside the queue, so it holds up nobody.
import { type Entry, memberKeyText } from "./inventory.ts";

export interface Queue {
  /** Now, or after a delay; the earlier of two stands. */
  add(entry: Entry, delayMs?: number): void;
  /** Nothing is running, ready or waiting for its delay. */
  idle(): boolean;
  stop(): void;
}

interface Task {
  entry: Entry;
  key: string;
  /** Applies 0…, removals after them: the order in which tasks are looked at. */
  order: number;
  group: string;
  /** Removals wait for removals, applies for applies. */
  removal: boolean;
  rank: number;
}

/** The namespace an object lives in; for a Namespace itself, that one: it comes first and goes last. */
const groupOf = ({ key }: Entry): string => key.namespace ?? (key.resource === "namespaces" ? key.name : "");

export function createQueue(options: { concurrency: number; run: (entry: Entry) => Promise<void> }): Queue {
  const ready = new Map<string, Task>();
  /** The same tasks by order: a long backlog is not sorted again for each that ends. */
  const byOrder = new Map<number, Map<string, Task>>();
  let orders: number[] = [];
  const running = new Map<string, Task>();
  const busyKeys = new Set<string>();
  const again = new Map<string, Entry>();
  const delayed = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  /** How many tasks are ready or running, by group, direction and rank: what holds others up. */
  const counts = new Map<string, number>();
  let stopped = false;

  const ranks = new Set<number>();
  const countKey = (task: Task, rank: number) => `${task.group}\0${task.removal}\0${rank}`;

  function count(task: Task, by: 1 | -1): void {
    const key = countKey(task, task.rank);
    const next = (counts.get(key) ?? 0) + by;
    if (next === 0) counts.delete(key);
    else counts.set(key, next);
  }

  function heldUp(task: Task): boolean {
    for (const rank of ranks) {
      const before = task.removal ? rank > task.rank : rank < task.rank;
      if (before && counts.has(countKey(task, rank))) return true;
    }
    return false;
  }

  function enqueue(entry: Entry): void {
    if (stopped) return;
    const waiting = delayed.get(entry.uid);
    if (waiting !== undefined) {
      clearTimeout(waiting.timer);
      delayed.delete(entry.uid);
    }
    if (running.has(entry.uid)) {
      again.set(entry.uid, entry);
      return;
    }
    const old = ready.get(entry.uid);
    if (old !== undefined) take(old);
    const { rank, tombstone: removal } = entry;
    const task = {
      entry,
      key: memberKeyText(entry.key),
      order: removal ? 1000 - rank : rank,
      group: groupOf(entry),
      removal,
      rank,
    };
    ranks.add(rank);
    ready.set(entry.uid, task);
    if (!byOrder.has(task.order)) orders = [...orders, task.order].sort((a, b) => a - b);
    const bucket = byOrder.get(task.order) ?? new Map<string, Task>();
    byOrder.set(task.order, bucket.set(entry.uid, task));
    count(task, 1);
    schedule();
  }

  function take(task: Task): void {
    ready.delete(task.entry.uid);
    byOrder.get(task.order)?.delete(task.entry.uid);
    count(task, -1);
  }

  let scheduled = false;
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // A batch of items is added in one go: look at them together.
    queueMicrotask(() => {
      scheduled = false;
      start();
    });
  }

  function start(): void {
    if (stopped) return;
    for (const order of orders) {
      for (const task of byOrder.get(order)?.values() ?? []) {
        if (running.size >= options.concurrency) return;
        if (busyKeys.has(task.key) || heldUp(task)) continue;
        take(task);
        count(task, 1);
        running.set(task.entry.uid, task);
        busyKeys.add(task.key);
        void options.run(task.entry).finally(() => finish(task));
      }
    }
  }

  function finish(task: Task): void {
    running.delete(task.entry.uid);
    busyKeys.delete(task.key);
    count(task, -1);
    const more = again.get(task.entry.uid);
    if (more !== undefined) {
      again.delete(task.entry.uid);
      enqueue(more);
    }
    schedule();
  }

  return {
    add(entry, delayMs = 0) {
      if (stopped) return;
      if (delayMs <= 0) return enqueue(entry);
      if (ready.has(entry.uid)) return;
      const at = performance.now() + delayMs;
      const waiting = delayed.get(entry.uid);
      if (waiting !== undefined) {
        if (waiting.at <= at) return;
        clearTimeout(waiting.timer);
      }
      delayed.set(entry.uid, { at, timer: setTimeout(() => enqueue(entry), delayMs) });
    },
    idle: () => ready.size === 0 && running.size === 0 && delayed.size === 0,
    stop() {
      stopped = true;
      for (const { timer } of delayed.values()) clearTimeout(timer);
      delayed.clear();
      ready.clear();
      byOrder.clear();
    },
  };
}
