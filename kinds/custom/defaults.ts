// Defaults of a structural schema (apiextensions-apiserver pkg/apiserver/schema/defaulting): a null that may not be null is taken for absent
// and gives way to the default, or goes where there is none.
import type { JsonValue, KubeObject, JsonObject } from "../object.ts";
import { fieldOf, isObject, type JsonSchema, own, valuesOf } from "./jsonschema.ts";

export function setSchemaDefaults(object: KubeObject | JsonObject, schema: JsonSchema): void {
  dropNulls(object as JsonObject, schema);
  fill(object as JsonObject, schema);
}

/** A null that stands for nothing. */
function isVoid(value: JsonValue | undefined, schema: JsonSchema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

/** In place: nulls that may not be null and have no default. */
function dropNulls(value: JsonValue, schema: JsonSchema | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item, schema?.items);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const field = fieldOf(schema, key);
      if (isVoid(inner, field) && field?.default === undefined) delete value[key];
      else dropNulls(inner, field);
    }
  }
}

const copied = (value: JsonValue | undefined): JsonValue =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonValue);

function fill(value: JsonValue, schema: JsonSchema | undefined): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (isVoid(item, schema.items)) value[index] = copied(schema.items?.default);
      fill(value[index]!, schema.items);
    }
  } else if (isObject(value)) {
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      if (field.default === undefined) continue;
      if (!Object.hasOwn(value, key) || isVoid(value[key], field)) value[key] = copied(field.default);
    }
    for (const key of Object.keys(value)) {
      const field = own(schema.properties, key);
      if (field !== undefined) fill(value[key]!, field);
      else {
        const values = valuesOf(schema);
        if (isVoid(value[key], values)) value[key] = copied(values?.default);
        fill(value[key]!, values);
      }
    }
  }
}
