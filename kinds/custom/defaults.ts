// Fills in a structural schema's defaults, in place (apiextensions-apiserver pkg/apiserver/schema/defaulting): where a field is missing, or null and
// may not be. A null that may not be and has no default goes.
import type { JsonObject, JsonValue } from "../object.ts";
import { additionalOf, isObject, itemsOf, type Props } from "./props.ts";
import { ownProps } from "./prune.ts";

export function setSchemaDefaults(value: JsonValue | undefined, props: Props): void {
  if (Array.isArray(value)) {
    const items = itemsOf(props);
    if (items === undefined) return;
    for (const [index, item] of value.entries()) {
      if (item === null && !items.nullable && items.default !== undefined) value[index] = copy(items.default);
      setSchemaDefaults(value[index], items);
    }
    return;
  }
  if (!isObject(value)) return;
  for (const [name, own] of Object.entries(props.properties ?? {})) {
    if (own.default !== undefined && (!Object.hasOwn(value, name) || (value[name] === null && !own.nullable)))
      value[name] = copy(own.default);
  }
  const additional = additionalOf(props);
  for (const key of Object.keys(value)) {
    const own = ownProps(props, key) ?? additional;
    if (own === undefined) continue;
    if (value[key] === null && !own.nullable) {
      if (own.default === undefined) {
        if (ownProps(props, key) !== undefined) delete value[key];
        continue;
      }
      value[key] = copy(own.default);
    }
    setSchemaDefaults(value[key], own);
  }
}

const copy = (value: JsonValue): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

/** The object's own fields: metadata is defaulted by nobody. */
export function setObjectDefaults(object: JsonObject, props: Props): void {
  const { apiVersion, kind, metadata } = object;
  setSchemaDefaults(object, props);
  Object.assign(object, { apiVersion, kind, metadata });
}
