// The newest rows that passed in the tail, and those that were read since, so that a reconcile need not read back what woke it, nor again what all
// of them share. A reconcile that writes names the versions it read, so a row that is out of date costs a lost commit, and the next attempt
// reads the store (Context.fresh).
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { Event, Key, Row, Store } from "../store/store.ts";
import { parsed } from "./parsed.ts";

/** In all, of keys and values. */
const CHARS = 8_000_000;
/** Longer values are not kept. */
const VALUE_MAX = 16_384;
/** Written often, never read back by key. */
const UNREAD = "events";

const id = (key: Key): string => `${key.resource}/${key.namespace}/${key.name}`;

export class Recent {
  /** Least recently used first. */
  readonly #rows = new Map<string, Row>();
  #chars = 0;
  /** Keys that are being read, and whether they changed meanwhile. */
  readonly #reading = new Map<string, { readers: number; changed: boolean }>();

  apply(event: Event): void {
    if (event.resource === UNREAD) return;
    const key = id(event);
    this.#drop(key);
    const reading = this.#reading.get(key);
    if (reading !== undefined) reading.changed = true;
    if (event.type === "DELETED" || isOfWorkload(event)) return;
    const { resource, namespace, name, version, value } = event;
    this.#keep(key, { resource, namespace, name, version, value });
  }

  clear(): void {
    this.#rows.clear();
    this.#chars = 0;
    for (const reading of this.#reading.values()) reading.changed = true;
  }

  /** As Store.getMany, asking the store only for what is not remembered. */
  async getMany(keys: readonly Key[], store: Store, fresh: boolean): Promise<Row[]> {
    if (fresh) return keys.length === 0 ? [] : store.getMany([...keys]);
    const found: Row[] = [];
    const missing: Key[] = [];
    for (const key of keys) {
      const name = id(key);
      const row = this.#rows.get(name);
      if (row === undefined) {
        missing.push(key);
        continue;
      }
      found.push(row);
      this.#rows.delete(name);
      this.#rows.set(name, row);
    }
    return missing.length === 0 ? found : [...found, ...(await this.#read(missing, store))];
  }

  async #read(keys: readonly Key[], store: Store): Promise<Row[]> {
    const names = keys.map(id);
    for (const name of names) {
      const reading = this.#reading.get(name);
      if (reading === undefined) this.#reading.set(name, { readers: 1, changed: false });
      else reading.readers += 1;
    }
    let rows: Row[] = [];
    try {
      rows = await store.getMany([...keys]);
    } finally {
      const unchanged = new Set(names.filter((name) => this.#reading.get(name)?.changed === false));
      for (const name of names) {
        const reading = this.#reading.get(name);
        if (reading !== undefined && (reading.readers -= 1) === 0) this.#reading.delete(name);
      }
      for (const row of rows) if (unchanged.has(id(row))) this.#keep(id(row), row);
    }
    return rows;
  }

  #keep(key: string, row: Row): void {
    if (row.value.length > VALUE_MAX) return;
    this.#drop(key);
    this.#rows.set(key, row);
    this.#chars += key.length + row.value.length;
    for (const [oldest] of this.#rows) {
      if (this.#chars <= CHARS) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    this.#chars -= key.length + row.value.length;
  }
}

/** Those are found by what they are bindings of. */
function isOfWorkload({ resource, value }: Event): boolean {
  return resource === BINDINGS && parsed<Binding>(value).labels !== undefined;
}

/** Rows by key, in no particular order; absent keys are absent. */
export async function readRows(
  keys: readonly Key[],
  context: { store: Store; recent: Recent; fresh: boolean },
): Promise<Row[]> {
  return context.recent.getMany(keys, context.store, context.fresh);
}
