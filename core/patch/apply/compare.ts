// What changed between two values of a type: three field sets. A subtree that is there on one side only is listed with every path
// in it; equal references are not descended into (structured-merge-diff typed/compare.go).
import type { JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { jsonEqual } from "../value.ts";
import { itemElement } from "./element.ts";
import { asMember, EMPTY, type FieldSet, LEAF, node, recursiveDifference, union } from "./fieldset.ts";
import { commonShape, DEDUCED, fieldType, isAtomic, isEmptyMap, itemType, listOf, mapOf, shape } from "./typed.ts";

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };
const MODIFIED: Comparison = { added: EMPTY, modified: LEAF, removed: EMPTY };

export function compare(before: JsonValue, after: JsonValue, schema: Schema): Comparison {
  return both(before, after, schema) ?? SAME;
}

export function isSame(comparison: Comparison): boolean {
  return comparison.added === EMPTY && comparison.modified === EMPTY && comparison.removed === EMPTY;
}

/** The comparison without the paths in `reset` and everything below them. */
export function without(comparison: Comparison, reset: FieldSet): Comparison {
  const { added, modified, removed } = comparison;
  return {
    added: recursiveDifference(added, reset),
    modified: recursiveDifference(modified, reset),
    removed: recursiveDifference(removed, reset),
  };
}

/** Every path of a value that is new or gone, the path of the value itself included. */
function whole(value: JsonValue, schema: Schema): FieldSet {
  const as = shape(schema, value);
  if (as === "scalar" || isAtomic(schema, as)) return LEAF;
  const children = new Map<string, FieldSet>();
  if (as === "map") {
    const map = mapOf(value);
    for (const name in map) {
      if (map[name] !== undefined) children.set(`f:${name}`, whole(map[name]!, fieldType(schema, name) ?? DEDUCED));
    }
  } else {
    for (const item of listOf(value)) {
      const element = itemElement(schema, item);
      if (element === undefined) continue;
      children.set(element, children.has(element) ? LEAF : whole(item, itemType(schema)));
    }
  }
  return node(true, children);
}

/** Gathers what the children of one node have in each of the three sets. */
class Gather {
  private added: Map<string, FieldSet> | undefined;
  private modified: Map<string, FieldSet> | undefined;
  private removed: Map<string, FieldSet> | undefined;

  add(element: string, set: FieldSet): void {
    (this.added ??= new Map()).set(element, set);
  }

  remove(element: string, set: FieldSet): void {
    (this.removed ??= new Map()).set(element, set);
  }

  change(element: string, found: Comparison | undefined): void {
    if (found === undefined) return;
    if (found.added !== EMPTY) this.add(element, found.added);
    if (found.modified !== EMPTY) (this.modified ??= new Map()).set(element, found.modified);
    if (found.removed !== EMPTY) this.remove(element, found.removed);
  }

  result(): Comparison | undefined {
    if (this.added === undefined && this.modified === undefined && this.removed === undefined) return undefined;
    return { added: node(false, this.added), modified: node(false, this.modified), removed: node(false, this.removed) };
  }
}

function both(before: JsonValue, after: JsonValue, schema: Schema): Comparison | undefined {
  if (before === after) return undefined;
  const as = commonShape(schema, before, after);
  if (as === undefined) return reshaped(before, after, schema);
  if (as === "scalar" || isAtomic(schema, as)) return jsonEqual(before, after) ? undefined : MODIFIED;
  return as === "map" ? fields(before, after, schema) : items(before, after, schema);
}

/** An undescribed value that became something else: the leaf is modified, and the fields of a map on either side come or go. */
function reshaped(before: JsonValue, after: JsonValue, schema: Schema): Comparison {
  const inner = fields(before, after, schema) ?? SAME;
  return { added: inner.added, modified: asMember(inner.modified), removed: inner.removed };
}

function fields(before: JsonValue, after: JsonValue, schema: Schema): Comparison | undefined {
  const old = mapOf(before);
  const next = mapOf(after);
  if (isEmptyMap(old) && isEmptyMap(next)) return jsonEqual(before, after) ? undefined : MODIFIED;
  const gather = new Gather();
  for (const name in next) {
    const wanted = next[name];
    if (wanted === undefined) continue;
    const type = fieldType(schema, name) ?? DEDUCED;
    const was = Object.hasOwn(old, name) ? old[name] : undefined;
    if (was === undefined) gather.add(`f:${name}`, whole(wanted, type));
    else gather.change(`f:${name}`, both(was, wanted, type));
  }
  for (const name in old) {
    if (old[name] === undefined || (Object.hasOwn(next, name) && next[name] !== undefined)) continue;
    gather.remove(`f:${name}`, whole(old[name]!, fieldType(schema, name) ?? DEDUCED));
  }
  return gather.result();
}

/** Both lists in the same order with every item once: the usual case, compared in step. */
function inStep(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  schema: Schema,
): Comparison | "no" | undefined {
  if (before.length !== after.length) return "no";
  const seen = new Set<string>();
  const gather = new Gather();
  for (const [i, wanted] of after.entries()) {
    const element = itemElement(schema, wanted);
    if (element === undefined || seen.has(element)) return "no";
    if (wanted !== before[i] && itemElement(schema, before[i]!) !== element) return "no";
    seen.add(element);
    gather.change(element, both(before[i]!, wanted, itemType(schema)));
  }
  return gather.result();
}

function items(before: JsonValue, after: JsonValue, schema: Schema): Comparison | undefined {
  if (listOf(before).length > 0) {
    const found = inStep(listOf(before), listOf(after), schema);
    if (found !== "no") return found;
  }
  const old = byElement(before, schema);
  const next = byElement(after, schema);
  if (listOf(before).length === 0 && listOf(after).length === 0) return jsonEqual(before, after) ? undefined : MODIFIED;
  const type = itemType(schema);
  const gather = new Gather();
  for (const [element, wanted] of next) {
    const was = old.get(element) ?? [];
    if (wanted.length === 1 && was.length <= 1) {
      if (was.length === 0) gather.add(element, whole(wanted[0]!, type));
      else gather.change(element, both(was[0]!, wanted[0]!, type));
    } else if (wanted.length > 1 && was.length > 1) {
      gather.change(element, jsonEqual(was, wanted) ? undefined : MODIFIED);
    } else if (wanted.length > 1) {
      // Repeated now: what there was of it goes, the item as a whole comes.
      if (was.length > 0) gather.remove(element, whole(was[0]!, type));
      gather.add(element, LEAF);
    } else {
      gather.add(element, whole(wanted[0]!, type));
      gather.remove(element, LEAF);
    }
  }
  for (const [element, was] of old) {
    if (!next.has(element)) gather.remove(element, was.length > 1 ? LEAF : whole(was[0]!, type));
  }
  return gather.result();
}

function byElement(list: JsonValue, schema: Schema): Map<string, JsonValue[]> {
  const index = new Map<string, JsonValue[]>();
  for (const item of listOf(list)) {
    const element = itemElement(schema, item);
    if (element === undefined) continue;
    const known = index.get(element);
    if (known === undefined) index.set(element, [item]);
    else known.push(item);
  }
  return index;
}

/** Fields whose value the newer object gives: what a conflict or a change of owner is about. */
export function written(comparison: Comparison): FieldSet {
  return union(comparison.modified, comparison.added);
}
