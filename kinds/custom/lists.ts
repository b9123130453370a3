// Lists whose items are a set or are told apart by keys hold each only once (apiextensions-apiserver pkg/apiserver/schema/listtype).
import type { FieldError } from "../kind.ts";
import type { JsonObject, JsonValue } from "../object.ts";
import { duplicate, invalid } from "../rules/errors.ts";
import { isObject, type JsonSchema, own, valuesOf } from "./jsonschema.ts";

export function validateLists(value: JsonValue, schema: JsonSchema | undefined, path = ""): FieldError[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) {
    const found = uniqueness(value, schema, path);
    return [...found, ...value.flatMap((item, index) => validateLists(item, schema.items, `${path}[${index}]`))];
  }
  if (!isObject(value)) return [];
  const others = valuesOf(schema);
  return Object.entries(value).flatMap(([key, inner]) => [
    ...validateLists(inner, others, `${path}[${key}]`),
    ...validateLists(inner, own(schema.properties, key), path === "" ? key : `${path}.${key}`),
  ]);
}

function uniqueness(list: JsonValue[], schema: JsonSchema, path: string): FieldError[] {
  const type = schema["x-kubernetes-list-type"];
  if (type === "set") return again(list).map((index) => duplicate(`${path}[${index}]`, sorted(list[index]!)));
  if (type !== "map") return [];
  const wrong = list.findIndex((item) => item !== null && !isObject(item));
  if (wrong >= 0) return [invalid(`${path}[${wrong}]`, list[wrong], "must be an object for an array of list-type map")];
  const names = schema["x-kubernetes-list-map-keys"] ?? [];
  const keys = list.map((item) => {
    const key: JsonObject = {};
    for (const name of names) if (isObject(item) && Object.hasOwn(item, name)) key[name] = item[name]!;
    return key;
  });
  return again(keys).map((index) => duplicate(`${path}[${index}]`, sorted(keys[index]!)));
}

/** Where a value stands for the second time; a third is not told. */
function again(list: readonly JsonValue[]): number[] {
  const seen = new Map<string, number>();
  return [...list.keys()].filter((index) => {
    const text = JSON.stringify(sorted(list[index]!));
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 2;
  });
}

/** With its fields in the order in which Go writes them. */
export function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
