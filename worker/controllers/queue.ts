// Keys to handle: each at most once in the queue and never twice at the same time; a key woken while it runs runs again afterwards.
// Knows the lowest version whose consequences are still unhandled, which is what a loop may persist (P5's low-water mark, on this side).

interface Item<T> {
  value: T;
  /** The oldest change that this item answers. */
  version: number;
  state: "queued" | "running" | "waiting";
  /** Woken while running: the oldest version of those wakes. */
  again?: number;
  tries: number;
  /** Cancels the wait before the next try. */
  cancel?: () => void;
}

export class Queue<T> {
  readonly #items = new Map<string, Item<T>>();
  readonly #ready: string[] = [];
  #head = 0;

  add(id: string, value: T, version: number): void {
    const item = this.#items.get(id);
    if (item === undefined) {
      this.#items.set(id, { value, version, state: "queued", tries: 0 });
      this.#ready.push(id);
      return;
    }
    if (item.state === "running") {
      item.again = Math.min(item.again ?? version, version);
      return;
    }
    item.version = Math.min(item.version, version);
    if (item.state === "waiting") {
      // A change may have removed the cause: try at once.
      item.cancel?.();
      this.#requeue(id, item);
    }
  }

  /** The next key, now running; undefined when none is ready. */
  take(): { id: string; value: T; version: number; tries: number } | undefined {
    const id = this.#ready[this.#head];
    if (id === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1024) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
    const item = this.#items.get(id)!;
    item.state = "running";
    return { id, value: item.value, version: item.version, tries: item.tries };
  }

  done(id: string): void {
    const item = this.#items.get(id)!;
    if (item.again === undefined) {
      this.#items.delete(id);
      return;
    }
    item.version = item.again;
    item.tries = 0;
    this.#requeue(id, item);
  }

  /** Keeps the key, to be tried again when `schedule` calls back. Counts a try when `failed`. */
  later(id: string, failed: boolean, schedule: (run: () => void) => () => void): void {
    const item = this.#items.get(id)!;
    // One that is handled and waits by its own wish has failed no more, or it would hold back the low-water mark for as long.
    item.tries = failed ? item.tries + 1 : 0;
    if (item.again !== undefined) {
      this.#requeue(id, item);
      return;
    }
    item.state = "waiting";
    item.cancel = schedule(() => this.#requeue(id, item));
  }

  #requeue(id: string, item: Item<T>): void {
    item.state = "queued";
    delete item.again;
    delete item.cancel;
    this.#ready.push(id);
  }

  /** Tries what waits at once. */
  nudge(): void {
    for (const [id, item] of this.#items) {
      if (item.state !== "waiting") continue;
      item.cancel?.();
      this.#requeue(id, item);
    }
  }

  /** Oldest version not fully handled; undefined when all is. A key that waits by its own wish is handled. */
  oldest(): number | undefined {
    let oldest: number | undefined;
    for (const item of this.#items.values()) {
      if (item.state === "waiting" && item.tries === 0) continue;
      if (oldest === undefined || item.version < oldest) oldest = item.version;
    }
    return oldest;
  }

  /** Keys that wait after a failure. */
  get failing(): number {
    let count = 0;
    for (const item of this.#items.values()) if (item.state === "waiting" && item.tries > 0) count += 1;
    return count;
  }

  /** Keys are ready that nobody has taken. */
  get waiting(): boolean {
    return this.#head < this.#ready.length;
  }

  /** Nothing queued or running; keys that wait for a retry do not count. */
  get quiet(): boolean {
    if (this.waiting) return false;
    for (const item of this.#items.values()) if (item.state === "running") return false;
    return true;
  }

  clear(): void {
    for (const item of this.#items.values()) item.cancel?.();
    this.#items.clear();
    this.#ready.length = 0;
    this.#head = 0;
  }
}
