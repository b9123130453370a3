// The field set of a value: every leaf and every list item it mentions. What an applier owns is the set of its configuration
// (structured-merge-diff typed/tofieldset.go).
import type { JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { itemElement } from "./element.ts";
import { EMPTY, type FieldSet, LEAF, node } from "./fieldset.ts";
import { DEDUCED, fieldType, isAtomic, isDeclared, isEmptyMap, itemType, listOf, mapOf, shape } from "./typed.ts";

export function fieldSetOf(value: JsonValue, schema: Schema): FieldSet {
  return visit(value, schema, false) ?? EMPTY;
}

/** `member`: the parent adds the path itself whatever stands in it. */
function visit(value: JsonValue, schema: Schema, member: boolean): FieldSet | undefined {
  const as = shape(schema, value);
  if (as === "scalar" || isAtomic(schema, as)) return LEAF;
  const children = as === "map" ? fields(value, schema) : items(value, schema);
  if (children !== undefined) return node(member, children);
  return member ? LEAF : undefined;
}

function fields(value: JsonValue, schema: Schema): Map<string, FieldSet> | undefined {
  const map = mapOf(value);
  let children: Map<string, FieldSet> | undefined;
  for (const name in map) {
    const inner = map[name]!;
    const empty = inner === null || (typeof inner === "object" && !Array.isArray(inner) && isEmptyMap(inner));
    const set = visit(inner, fieldType(schema, name) ?? DEDUCED, empty || !isDeclared(schema, name));
    if (set !== undefined) (children ??= new Map()).set(`f:${name}`, set);
  }
  return children;
}

function items(value: JsonValue, schema: Schema): Map<string, FieldSet> | undefined {
  let children: Map<string, FieldSet> | undefined;
  let repeated: Set<string> | undefined;
  for (const item of listOf(value)) {
    const element = itemElement(schema, item);
    if (element === undefined) continue;
    children ??= new Map();
    if (children.has(element)) (repeated ??= new Set()).add(element);
    children.set(element, visit(item, itemType(schema), true) ?? LEAF);
  }
  // An item that is there twice is owned as a whole: nobody can tell which one a field belongs to.
  for (const element of repeated ?? []) children!.set(element, LEAF);
  return children;
}
