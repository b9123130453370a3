// How server-side apply looks at a value of some type: as a map, a list or a scalar, each granular or atomic, and what type a field
// has. A type without fields of its own is deduced from the value: maps granular, lists atomic; RawExtension is atomic throughout
// (kube-openapi pkg/schemaconv, structured-merge-diff typed/helpers.go).
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { writtenEmpty } from "../../../kinds/rules/zeros.ts";
import { isMap } from "../value.ts";

export type Shape = "map" | "list" | "scalar";

/** The type of a value nobody described. */
export const DEDUCED: Schema = {};

function shapeOf(value: JsonValue | undefined): Shape | undefined {
  if (value === null || value === undefined) return undefined;
  return Array.isArray(value) ? "list" : typeof value === "object" ? "map" : "scalar";
}

/** A described type has one shape; an undescribed one takes that of its value, and null leaves it open (map). */
export function shape(schema: Schema, value: JsonValue | undefined): Shape {
  switch (schema.type) {
    case "object":
      return "map";
    case "array":
      return "list";
    case undefined:
      return schema.properties !== undefined ? "map" : (shapeOf(value) ?? "map");
    default:
      return "scalar";
  }
}

/** The shape under which two values compare; undefined when an undescribed type holds two different ones. */
export function commonShape(schema: Schema, a: JsonValue, b: JsonValue): Shape | undefined {
  if (schema.type !== undefined || schema.properties !== undefined) return shape(schema, a);
  const [left, right] = [shapeOf(a), shapeOf(b)];
  return left === undefined || right === undefined || left === right ? (left ?? right ?? "map") : undefined;
}

export function isAtomic(schema: Schema, as: Shape): boolean {
  if (as === "scalar") return true;
  if (schema.type === undefined && schema.format === "raw" && schema.name?.endsWith(".RawExtension")) return true;
  if (as === "map") return schema.atomicMap === true;
  if (schema.listType !== undefined) return schema.listType === "atomic";
  return schema.patchMerge !== true;
}

/** The type of a map's field; undefined where the type has no such field. */
export function fieldType(schema: Schema, name: string): Schema | undefined {
  const declared = schema.properties?.get(name) ?? schema.additional;
  if (declared !== undefined) return declared;
  return schema.properties === undefined || schema.preserveUnknown === true ? DEDUCED : undefined;
}

export function isDeclared(schema: Schema, name: string): boolean {
  return schema.properties?.has(name) === true;
}

export function itemType(schema: Schema): Schema {
  return schema.items ?? DEDUCED;
}

/** Null and anything of another shape count as having no fields. */
export function mapOf(value: JsonValue | undefined): JsonObject {
  return isMap(value) ? value : NO_FIELDS;
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : NO_ITEMS;
}

const NO_FIELDS: JsonObject = {};
const NO_ITEMS: readonly JsonValue[] = [];

export function isEmptyMap(map: JsonObject): boolean {
  for (const _ in map) return false;
  return true;
}

const blanks = new WeakMap<Schema, JsonObject>();

/**
 * What Go's zero value of a type looks like in JSON: struct fields and fields without omitempty are there even in an empty object,
 * so a creation does not add them and its creator does not own the paths `f:spec` or `f:template` themselves.
 * OpenAPI v3 shows the former as `default: {}`; the latter are in the facts, or required where the facts do not know the type.
 */
export function blankOf(schema: Schema): JsonObject {
  const known = blanks.get(schema);
  if (known !== undefined) return known;
  const blank: JsonObject = {};
  blanks.set(schema, blank);
  const always = writtenEmpty(schema.name ?? "");
  for (const [name, field] of schema.properties ?? []) {
    const required = always === undefined && schema.required?.includes(name) === true;
    if (isBlankStruct(field)) blank[name] = blankOf(field);
    else if (always?.get(name) === "null") blank[name] = null;
    else if (required || always?.has(name) === true) blank[name] = zeroOf(field);
  }
  return blank;
}

/** A struct held by value: its field is in every JSON of its parent. */
export function isBlankStruct(schema: Schema): boolean {
  return schema.properties !== undefined && isMap(schema.default as JsonValue | undefined);
}

function zeroOf(schema: Schema): JsonValue {
  if (schema.type === "integer" || schema.type === "number") return 0;
  if (schema.type === "boolean") return false;
  return schema.type === "string" && schema.format !== "date-time" && schema.format !== "int-or-string" ? "" : null;
}
