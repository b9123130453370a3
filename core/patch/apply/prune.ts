// Removal on apply: what a manager applied before and leaves out now goes, unless somebody else owns it or it was never this
// manager's. A list or map item goes only when nothing in it remains owned (structured-merge-diff merge/update.go prune,
// typed/remove.go, fieldpath EnsureNamedFieldsAreMembers).
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { isMap, put } from "../value.ts";
import { itemElement } from "./element.ts";
import { difference, type FieldSet, intersection, isSubset, node, union } from "./fieldset.ts";
import { fieldSetOf } from "./toset.ts";
import { DEDUCED, fieldType, isAtomic, isBlankStruct, itemType, shape } from "./typed.ts";

/** `last`: what the manager applied before; `managed`: what all managers own, its new configuration included. */
export function prune(
  merged: JsonValue,
  schema: Schema,
  last: FieldSet,
  applied: FieldSet,
  managed: FieldSet,
): JsonValue {
  // Nothing left out: the three rounds below would find nothing to remove.
  if (isSubset(last, applied)) return merged;
  const lastNamed = named(last, schema);
  const everything = named(fieldSetOf(merged, schema), schema);
  const bare = named(fieldSetOf(remove(merged, lastNamed, schema), schema), schema);
  const owned = remove(merged, difference(everything, union(bare, named(managed, schema))), schema);
  const kept = named(fieldSetOf(owned, schema), schema);
  return remove(merged, intersection(difference(everything, kept), lastNamed), schema);
}

/** Adds the declared fields on the way to each member: owning `a.b.c` means having set `a` and `a.b` where they are struct fields. */
function named(set: FieldSet, schema: Schema): FieldSet {
  if (set.children === undefined) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    if (child.children === undefined) {
      children.set(element, child);
      continue;
    }
    const kind = element.charAt(0);
    const name = element.slice(2);
    const type = kind === "f" ? fieldType(schema, name) : kind === "k" ? itemType(schema) : undefined;
    const inner = named(child, type ?? DEDUCED);
    const declared = kind === "f" && schema.properties?.has(name) === true;
    children.set(element, declared && !inner.member ? node(true, inner.children) : inner);
  }
  return node(set.member, children);
}

/** The value without the items in `set`. A container left empty becomes null; `settle` decides what that means. */
function remove(value: JsonValue, set: FieldSet, schema: Schema): JsonValue {
  const as = shape(schema, value);
  if (as === "scalar" || set.children === undefined) return value;
  if (isAtomic(schema, as)) return null;
  if (Array.isArray(value)) return removeItems(value, set.children, schema);
  return isMap(value) ? removeFields(value, set.children, schema) : null;
}

function removeItems(list: JsonValue[], set: ReadonlyMap<string, FieldSet>, schema: Schema): JsonValue {
  const out: JsonValue[] = [];
  let changed = false;
  for (const item of list) {
    const found = set.get(itemElement(schema, item) ?? "");
    if (found?.member === true) {
      changed = true;
      continue;
    }
    const rest = found === undefined ? item : remove(item, found, itemType(schema));
    changed ||= rest !== item;
    out.push(rest);
  }
  return out.length === 0 ? null : changed ? out : list;
}

function removeFields(map: JsonObject, set: ReadonlyMap<string, FieldSet>, schema: Schema): JsonValue {
  const out: JsonObject = {};
  let changed = false;
  let size = 0;
  for (const name of Object.keys(map)) {
    const found = set.get(`f:${name}`);
    if (found?.member === true) {
      changed = true;
      continue;
    }
    const rest = found === undefined ? map[name]! : remove(map[name]!, found, fieldType(schema, name) ?? DEDUCED);
    changed ||= rest !== map[name];
    put(out, name, rest);
    size++;
  }
  return size === 0 ? null : changed ? out : map;
}

/**
 * Nulls as decoding into Go's types settles them: a field goes away, a struct field becomes empty, a map value becomes the zero
 * value. What is the same as `live` by reference has no nulls. Undescribed values keep theirs.
 */
export function settle(value: JsonValue, live: JsonValue | undefined, schema: Schema): JsonValue {
  if (value === live || typeof value !== "object" || value === null || schema === DEDUCED) return value;
  if (Array.isArray(value)) {
    const was = Array.isArray(live) ? live : [];
    const out = value.map((item, i) => settle(item, was[i], itemType(schema)));
    return out.every((item, i) => item === value[i]) ? value : out;
  }
  const was = isMap(live) ? live : {};
  let out: JsonObject | undefined;
  for (const name of Object.keys(value)) {
    const type = fieldType(schema, name) ?? DEDUCED;
    const inner = value[name]!;
    const settled = inner === null && type !== DEDUCED ? nothing(schema, name, type) : settle(inner, was[name], type);
    if (settled === inner) continue;
    out ??= { ...value };
    if (settled === undefined) delete out[name];
    else put(out, name, settled);
  }
  return out ?? value;
}

function nothing(schema: Schema, name: string, type: Schema): JsonValue | undefined {
  if (schema.properties?.has(name) === true) return isBlankStruct(type) ? {} : undefined;
  return type.type === "string" ? (type.format === "quantity" ? "0" : "") : undefined;
}
