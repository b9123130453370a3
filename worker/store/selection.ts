// Which events a watcher asked for, and how a waiting watcher is found again without asking every one of them.
import type { Key, Selection } from "./store.ts";

export function selects(selection: readonly Selection[], key: Key): boolean {
  for (const one of selection) {
    if (one.resource !== key.resource) continue;
    if (one.namespace !== undefined && one.namespace !== key.namespace) continue;
    if (one.name !== undefined && one.name !== key.name) continue;
    return true;
  }
  return false;
}

/** Under which index entry a selection waits. NUL cannot stand in a resource or a namespace. */
export function selectionKey(selection: Selection): string {
  return selection.namespace === undefined ? selection.resource : `${selection.resource}\0${selection.namespace}`;
}

/** The two index entries that may hold selections of this key. */
export function waitingKeys(key: Key): [string, string] {
  return [key.resource, `${key.resource}\0${key.namespace}`];
}
