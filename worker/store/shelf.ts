// The current rows of one resource in memory: found by key at once, listed in (namespace, name) order. Sorting is put off until
// somebody lists, so that a burst of creates stays linear.
import type { Row } from "./store.ts";

export interface Entry {
  row: Row;
  mark: number;
  refs: string[] | undefined;
  deleting: boolean;
}

export class Shelf {
  readonly #byKey = new Map<string, Entry>();
  #sorted: string[] | undefined = [];

  get(namespace: string, name: string): Entry | undefined {
    return this.#byKey.get(`${namespace}\0${name}`);
  }

  set(entry: Entry): void {
    const key = `${entry.row.namespace}\0${entry.row.name}`;
    if (!this.#byKey.has(key)) this.#sorted = undefined;
    this.#byKey.set(key, entry);
  }

  delete(namespace: string, name: string): void {
    if (this.#byKey.delete(`${namespace}\0${name}`)) this.#sorted = undefined;
  }

  /** In order; NUL sorts before everything, so the joined key orders as (namespace, name) does. */
  entries(): Entry[] {
    this.#sorted ??= [...this.#byKey.keys()].sort();
    return this.#sorted.map((key) => this.#byKey.get(key)!);
  }

  rows(): Row[] {
    return this.entries().map((entry) => entry.row);
  }
}
