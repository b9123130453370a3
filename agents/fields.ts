// Whose a field is, read from managedFields (FieldsV1, structured-merge-diff's text form of a set of paths). Pure. The agent knows no schemas: the
// server has written into FieldsV1 which lists go by key and which values are owned whole, so a field is found by walking it beside an object.
// An item of a list is named by its place in the rendered object and found again by the keys that the server uses for it.
import type { JsonObject, JsonValue } from "../kinds/object.ts";

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
/** Owned as it is, with all that is in it. */
const isLeaf = (fields: JsonObject): boolean => Object.keys(fields).length === 0;

/** "/metadata/annotations/a.b~1c" -> ["metadata", "annotations", "a.b/c"] (RFC 6901). */
export function tokensOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function valueAt(value: JsonValue | undefined, tokens: readonly string[]): JsonValue | undefined {
  for (const token of tokens) value = (value as JsonObject | undefined | null)?.[token];
  return value;
}

/** Takes a path out of a set, in place. "whole": it lies inside of something that is owned only as a whole, and stays. */
export function dropPath(
  fields: JsonObject,
  object: JsonValue | undefined,
  [token = "", ...rest]: readonly string[],
): "dropped" | "absent" | "whole" {
  if (isLeaf(fields)) return "whole";
  const inner = Array.isArray(object) ? object[Number(token)] : (object as JsonObject | undefined)?.[token];
  const name = Array.isArray(object) ? elementOf(fields, inner, Number(token)) : `f:${token}`;
  const child = name === undefined ? undefined : (fields[name] as JsonObject | undefined);
  if (name === undefined || child === undefined) return "absent";
  if (rest.length === 0) {
    delete fields[name];
    return "dropped";
  }
  const outcome = dropPath(child, inner, rest);
  if (outcome === "dropped" && isLeaf(child)) delete fields[name];
  return outcome;
}

/** Paths of what we want that is neither in our set any more nor as we want it. */
export function lostPaths(
  wanted: JsonValue,
  ours: JsonObject | undefined,
  live: JsonValue | undefined,
  path = "",
): string[] {
  if (ours !== undefined && isLeaf(ours)) return [];
  if (ours === undefined && holds(live, wanted)) return [];
  if (ours === undefined && !(isObject(wanted) && isObject(live))) return [path];
  if (Array.isArray(wanted) && ours !== undefined) {
    return wanted.flatMap((item, index) => {
      const key = elementOf(ours, item, index);
      const at = `${path}${key === undefined ? `[${index}]` : labelOf(key)}`;
      if (key !== undefined) return lostPaths(item, ours[key] as JsonObject, itemOf(live, key), at);
      return Array.isArray(live) && live.some((one) => holds(one, item)) ? [] : [at];
    });
  }
  if (!isObject(wanted)) return [];
  return Object.entries(wanted).flatMap(([name, value]) => {
    const there = isObject(live) ? live[name] : undefined;
    return lostPaths(value, ours?.[`f:${name}`] as JsonObject | undefined, there, `${path}${path && "."}${name}`);
  });
}

/** Paths in `fields` that have a value in `live` and that `wanted` does not set. */
export function unsetPaths(
  fields: JsonObject,
  wanted: JsonValue | undefined,
  live: JsonValue | undefined,
  path = "",
): string[] {
  return Object.entries(fields).flatMap(([key, child]) => {
    if (key === ".") return [];
    const at = `${path}${key.startsWith("f:") ? `${path && "."}${key.slice(2)}` : labelOf(key)}`;
    const there = key.startsWith("f:") ? (live as JsonObject | undefined)?.[key.slice(2)] : itemOf(live, key);
    if (isEmpty(there)) return [];
    const set = key.startsWith("f:") ? (wanted as JsonObject | undefined)?.[key.slice(2)] : itemOf(wanted, key);
    const inside = unsetPaths(child as JsonObject, set, there, at);
    if (inside.length > 0 || set !== undefined) return inside;
    return [at];
  });
}

/** Which entry of a list's set an item is. Keys that the item leaves to their defaults count as equal. */
function elementOf(fields: JsonObject, item: JsonValue | undefined, index: number): string | undefined {
  return Object.keys(fields).find((key) => isElement(key, item, index));
}

function itemOf(list: JsonValue | undefined, key: string): JsonValue | undefined {
  return Array.isArray(list) ? list.find((item, index) => isElement(key, item, index)) : undefined;
}

function isElement(key: string, item: JsonValue | undefined, index: number): boolean {
  if (item === undefined) return false;
  if (key.startsWith("i:")) return key === `i:${index}`;
  if (key.startsWith("v:")) return JSON.stringify(item) === JSON.stringify(JSON.parse(key.slice(2)));
  if (!key.startsWith("k:") || !isObject(item)) return false;
  const keys = Object.entries(JSON.parse(key.slice(2)) as JsonObject);
  return keys.some(([name]) => name in item) && keys.every(([name, value]) => !(name in item) || item[name] === value);
}

/** 'k:{"name":"c"}' -> "[name=c]" */
function labelOf(key: string): string {
  const text = key.slice(2);
  if (!key.startsWith("k:")) return `[${text}]`;
  return `[${Object.entries(JSON.parse(text) as JsonObject)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(",")}]`;
}

/** All that is wanted, whatever else the member's defaults and others added. */
function holds(live: JsonValue | undefined, wanted: JsonValue): boolean {
  if (isEmpty(wanted)) return isEmpty(live);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) && live.length === wanted.length && wanted.every((item, index) => holds(live[index], item))
    );
  }
  if (!isObject(wanted)) return live === wanted;
  return isObject(live) && Object.entries(wanted).every(([name, value]) => holds(live[name], value));
}
