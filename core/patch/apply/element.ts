// Path elements as FieldsV1 spells them: "f:name" a field, `k:{"name":"c"}` a list item by its keys, `v:"x"` a set item, "i:3" an index.
// The spelling is canonical (keys sorted, JSON escaped as Go escapes it), so equal elements are equal strings.
// structured-merge-diff fieldpath/serialize-pe.go, element.go; apimachinery writes it into managedFields.
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { field, isMap } from "../value.ts";

/** JSON as Go's encoder writes it: the HTML characters and line separators escaped. */
export function goJson(value: JsonValue): string {
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
    : text;
}

/** The element that names `item` in a list of the given schema; undefined when it has none of the keys. */
export function itemElement(list: Schema, item: JsonValue): string | undefined {
  const keys = listKeys(list);
  if (keys === undefined) return `v:${goJson(item)}`;
  if (!isMap(item)) return undefined;
  let text = "k:{";
  for (const key of keys) {
    const value = field(item, key) ?? keyDefault(list, key);
    if (value === undefined || value === null) continue;
    text += `${text.length > 3 ? "," : ""}${JSON.stringify(key)}:${goJson(value)}`;
  }
  return text.length > 3 ? `${text}}` : undefined;
}

const sortedKeys = new WeakMap<Schema, readonly string[]>();

/** The keys of a map list, sorted; undefined for a set. Without a list type the merge patch's key counts (kube-openapi schemaconv). */
function listKeys(list: Schema): readonly string[] | undefined {
  if (list.listType === "set" || (list.listType === undefined && list.patchMergeKey === undefined)) return undefined;
  let keys = sortedKeys.get(list);
  if (keys === undefined) {
    keys = (list.listKeys ?? [list.patchMergeKey ?? "name"]).toSorted();
    sortedKeys.set(list, keys);
  }
  return keys;
}

/** What an item means that leaves a key out: the schema's default, or the zero value that Go's types have for a required field. */
function keyDefault(list: Schema, key: string): JsonValue | undefined {
  const schema = list.items?.properties?.get(key);
  if (schema?.default !== undefined) return schema.default as JsonValue;
  if (!list.items?.required?.includes(key)) return undefined;
  if (schema?.type === "integer" || schema?.type === "number") return 0;
  return schema?.type === "boolean" ? false : "";
}

/** One or two plain keys: canonical when sorted. */
const PLAIN =
  /^k:\{"([^"\\]+)":(?:"[^"\\<>&\u2028\u2029]*"|\d{1,9})(?:,"([^"\\]+)":(?:"[^"\\<>&\u2028\u2029]*"|\d{1,9}))?\}$/;

/** Reads an element written elsewhere. Undefined for one of a kind we do not know (upstream drops it too). */
export function canonicalElement(text: string): string | undefined {
  if (text.startsWith("f:") || /^i:-?\d+$/.test(text)) return text;
  const plain = PLAIN.exec(text);
  if (plain !== null && (plain[2] === undefined || plain[1]! < plain[2])) return text;
  try {
    if (text.startsWith("v:")) return `v:${goJson(JSON.parse(text.slice(2)) as JsonValue)}`;
    if (text.startsWith("k:")) {
      const keys = JSON.parse(text.slice(2)) as JsonObject;
      if (!isMap(keys)) return undefined;
      return `k:{${Object.keys(keys)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${goJson(keys[key]!)}`)
        .join(",")}}`;
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** A set item, an index, or a key with a number in it. */
const NUMERIC = /^[vi]:|^k:.*":-?\d/;

/** Upstream's order: fields by name, then keyed items by their key values, then set items, then indexes. */
export function sortElements(elements: string[]): string[] {
  if (elements.length < 2) return elements;
  // Plain order is the same order unless a number is compared as one.
  if (!elements.some((element) => NUMERIC.test(element))) return elements.sort();
  const parsed = new Map(elements.map((element) => [element, rank(element)]));
  return elements.sort((a, b) => compareValues(parsed.get(a)!, parsed.get(b)!));
}

function rank(element: string): JsonValue[] {
  const text = element.slice(2);
  switch (element.charAt(0)) {
    case "f":
      return [0, text];
    case "k":
      return [1, ...Object.entries(JSON.parse(text) as JsonObject).flat()];
    case "v":
      return [2, JSON.parse(text) as JsonValue];
    default:
      return [3, Number(text)];
  }
}

function compareValues(a: JsonValue[], b: JsonValue[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    if (typeof x === "number" && typeof y === "number") return x - y;
    return String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

/** The element as messages print it: `.name`, `[name="c"]`, `[="x"]`, `[3]`. */
export function printElement(element: string): string {
  const text = element.slice(2);
  switch (element.charAt(0)) {
    case "f":
      return `.${text}`;
    case "k":
      return `[${Object.entries(JSON.parse(text) as JsonObject)
        .map(([key, value]) => `${key}=${printValue(value)}`)
        .join(",")}]`;
    case "v":
      return `[=${JSON.stringify(JSON.parse(text))}]`;
    default:
      return `[${text}]`;
  }
}

/** A value as structured-merge-diff's value.ToString prints it. */
function printValue(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(",")}]`;
  if (!isMap(value)) return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key}=${printValue(inner)}`)
    .join("");
}
