// How fragments become bodies: merged, and then changed at places that numbers choose, so that a smaller number is a simpler body when a
// failure is shrunk. Place 0 means no change.
import type { Loose } from "../../../../kinds/object.ts";

const isMap = (value: unknown): value is Record<string, Loose> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const KEYS = ["name", "containerPort", "port", "key", "ip", "topologyKey", "type", "host", "uid"];
const keyOf = (item: Loose): string | undefined => (isMap(item) ? KEYS.find((key) => key in item) : undefined);

export function merge(a: Loose, b: Loose): Loose {
  if (isMap(a) && isMap(b)) {
    const out = { ...a };
    for (const [key, value] of Object.entries(b))
      out[key] = key in out ? merge(out[key], value) : structuredClone(value);
    return out;
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return structuredClone(b);
  const out: Loose[] = structuredClone(a);
  for (const item of b) {
    const key = keyOf(item);
    const at = out.findIndex((old) =>
      key === undefined ? JSON.stringify(old) === JSON.stringify(item) : old?.[key] === item[key],
    );
    if (at < 0) out.push(structuredClone(item));
    else out[at] = merge(out[at], item);
  }
  return out;
}

interface Place {
  holder: Loose;
  key: string | number;
  value: Loose;
}

/** Every field and item below the root, but for what names the object. */
function places(object: Loose): Place[] {
  const found: Place[] = [];
  const walk = (holder: Loose): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (key === "apiVersion" || key === "kind" || (holder === object.metadata && key === "name")) continue;
      // An apply whose metadata is no map makes kube-apiserver panic.
      // What a finalizer may be called differs from kind to kind and from endpoint to endpoint, on purpose or not (kinds/differential).
      if (key === "finalizers" || holder === object.metadata?.finalizers) continue;
      if (holder !== object || key !== "metadata")
        found.push({ holder, key: Array.isArray(holder) ? Number(key) : key, value });
      if (typeof value === "object" && value !== null) walk(value);
    }
  };
  walk(object);
  return found;
}

export interface Change {
  place: number;
  how: number;
}

const ODD: readonly Loose[] = [null, "", 0, [], "x", true, -1, { a: null }, 7];

/** Values of another sort at some places. */
export function odd(object: Loose, changes: readonly Change[]): Loose {
  const copy = structuredClone(object);
  for (const { place, how } of changes) {
    const at = chosen(places(copy), place);
    if (at !== undefined) at.holder[at.key] = structuredClone(ODD[how % ODD.length]);
  }
  return copy;
}

/** Directives of strategic merge patches at some places. */
export function directed(object: Loose, changes: readonly Change[]): Loose {
  const copy = structuredClone(object);
  for (const { place, how } of changes) {
    const at = chosen(places(copy), place);
    if (at !== undefined) direct(at, how);
  }
  return copy;
}

function direct({ holder, key, value }: Place, how: number): void {
  if (Array.isArray(value)) {
    const items = value.filter(isMap);
    const named = keyOf(items[0]);
    if (items.length === 0) {
      // Both at once upstream does in the order of a Go map.
      if (how % 3 < 2) {
        holder[`$deleteFromPrimitiveList/${key}`] = value.slice(0, 1);
        delete holder[key];
      } else holder[`$setElementOrder/${key}`] = [...value].reverse();
    } else if (how % 4 === 0 && named !== undefined) Object.assign(items[0] ?? {}, { $patch: "delete" });
    else if (how % 4 === 1) value.push({ $patch: "replace" });
    else if (named !== undefined)
      holder[`$setElementOrder/${key}`] = items.map((item) => ({ [named]: item[named] })).reverse();
  } else if (isMap(value)) {
    const kinds = ["delete", "replace", "merge", "bad"];
    if (how % 5 === 4) value["$retainKeys"] = Object.keys(value).slice(0, 1 + (how % 2));
    else value["$patch"] = kinds[how % (how > 40 ? 4 : 3)];
  } else holder[key] = null;
}

/** JSON pointers of what an object holds. */
export function pointers(object: Loose): { pointer: string; value: Loose }[] {
  const found: { pointer: string; value: Loose }[] = [];
  const walk = (value: Loose, pointer: string): void => {
    if (pointer !== "" && !/^\/(apiVersion|kind|metadata\/name)$/.test(pointer)) found.push({ pointer, value });
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value))
      walk(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (Array.isArray(value)) found.push({ pointer: `${pointer}/-`, value: value[0] ?? "x" });
  };
  walk(object, "");
  return found;
}

function chosen<T>(from: readonly T[], place: number): T | undefined {
  return place === 0 || from.length === 0 ? undefined : from[(place - 1) % from.length];
}
