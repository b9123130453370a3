// Lists that are sets or maps hold nothing twice (apiextensions-apiserver pkg/apiserver/schema/listtype): server-side apply could not tell the
// elements apart.
import type { FieldError } from "../kind.ts";
import type { JsonValue } from "../object.ts";
import { duplicate, invalid } from "../rules/errors.ts";
import { additionalOf, isObject, itemsOf, type Props } from "./props.ts";
import { ownProps } from "./prune.ts";

export function duplicateErrors(value: JsonValue | undefined, props: Props, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(props);
    const errors = ownErrors(value, props, path);
    if (items !== undefined)
      for (const [index, item] of value.entries()) errors.push(...duplicateErrors(item, items, `${path}[${index}]`));
    return errors;
  }
  if (!isObject(value)) return [];
  const additional = additionalOf(props);
  return Object.entries(value).flatMap(([key, one]) => {
    const own = ownProps(props, key);
    if (own !== undefined) return duplicateErrors(one, own, path === "" ? key : `${path}.${key}`);
    return additional === undefined ? [] : duplicateErrors(one, additional, `${path}[${key}]`);
  });
}

function ownErrors(list: JsonValue[], props: Props, path: string): FieldError[] {
  const type = props["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, item] of list.entries()) {
    if (type === "map" && !isObject(item)) {
      errors.push(invalid(`${path}[${index}]`, item, "must be an object for an array of list-type map"));
      continue;
    }
    const shown = type === "set" ? item : keysOf(item, props);
    const text = JSON.stringify(shown);
    if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, shown));
    seen.add(text);
  }
  return errors;
}

function keysOf(item: JsonValue, props: Props): Record<string, JsonValue> {
  const keys: Record<string, JsonValue> = {};
  if (!isObject(item)) return keys;
  for (const key of [...(props["x-kubernetes-list-map-keys"] ?? [])].sort()) {
    const value = item[key] ?? itemsOf(props)?.properties?.[key]?.default;
    if (value !== undefined) keys[key] = value;
  }
  return keys;
}
