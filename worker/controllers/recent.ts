// The newest rows that passed in the tail, so that the reconcile that a change wakes need not read that change back. A reconcile that writes
// names the versions it read, so a row that is out of date costs a lost commit, and the next attempt reads the store (Context.fresh).
import type { Event, Key, Row, Store } from "../store/store.ts";

const ROWS = 2_000;
/** Longer values are not kept: 2,000 rows stay within a few MB. */
const VALUE_MAX = 16_384;

const id = (key: Key): string => `${key.resource}/${key.namespace}/${key.name}`;

export class Recent {
  /** Oldest first. */
  readonly #rows = new Map<string, Row>();

  apply(event: Event): void {
    const key = id(event);
    this.#rows.delete(key);
    if (event.type === "DELETED" || event.value.length > VALUE_MAX) return;
    const { resource, namespace, name, version, value } = event;
    this.#rows.set(key, { resource, namespace, name, version, value });
    if (this.#rows.size > ROWS) this.#rows.delete(this.#rows.keys().next().value ?? "");
  }

  clear(): void {
    this.#rows.clear();
  }

  /** As Store.getMany, asking the store only for what did not pass lately. */
  async getMany(keys: readonly Key[], store: Store, fresh: boolean): Promise<Row[]> {
    if (fresh) return keys.length === 0 ? [] : store.getMany([...keys]);
    const found: Row[] = [];
    const missing: Key[] = [];
    for (const key of keys) {
      const row = this.#rows.get(id(key));
      if (row === undefined) missing.push(key);
      else found.push(row);
    }
    return missing.length === 0 ? found : [...found, ...(await store.getMany(missing))];
  }
}

/** Rows by key, in no particular order; absent keys are absent. */
export async function readRows(
  keys: readonly Key[],
  context: { store: Store; recent: Recent; fresh: boolean },
): Promise<Row[]> {
  return context.recent.getMany(keys, context.store, context.fresh);
}
