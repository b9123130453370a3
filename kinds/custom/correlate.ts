// Which value of the old object belongs to one of the new (apiserver pkg/cel/common/equality.go): fields by name, items of a list only by the keys
// of a map list.
import type { JsonValue } from "../object.ts";
import { isObject, type JsonSchema } from "./jsonschema.ts";

export interface Correlated {
  value: JsonValue;
  /** The whole object: its apiVersion and kind are never let be. */
  root?: boolean;
}

/** Deep equality of JSON values; the order of fields says nothing. */
export function sameValue(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

export function correlateKey(old: Correlated | undefined, key: string): Correlated | undefined {
  if (old === undefined || !isObject(old.value) || !Object.hasOwn(old.value, key)) return undefined;
  if (old.root && (key === "apiVersion" || key === "kind")) return undefined;
  return { value: old.value[key]! };
}

export function correlateIndex(
  old: Correlated | undefined,
  schema: JsonSchema,
  item: JsonValue,
): Correlated | undefined {
  if (old === undefined || !Array.isArray(old.value) || schema["x-kubernetes-list-type"] !== "map") return undefined;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (!isObject(item)) return undefined;
  const found = old.value.find((one) => isObject(one) && keys.every((key) => sameValue(one[key], item[key])));
  return found === undefined ? undefined : { value: found };
}
