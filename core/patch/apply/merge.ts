// The live object with a configuration merged in: fields and items of the configuration win, nothing is removed. Lists keep the live
// order when the configuration's order agrees with it, else they take the configuration's. Returns the live value itself, by
// reference, where nothing changes: an apply that changes nothing is `merged === live` (structured-merge-diff typed/merge.go).
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { field, jsonEqual, put } from "../value.ts";
import { itemElement } from "./element.ts";
import { commonShape, DEDUCED, fieldType, isAtomic, isEmptyMap, itemType, listOf, mapOf } from "./typed.ts";

export function merge(live: JsonValue | undefined, config: JsonValue, schema: Schema): JsonValue {
  if (live === undefined) return config;
  const as = commonShape(schema, live, config);
  if (as === undefined) return config;
  if (as === "scalar" || isAtomic(schema, as)) return jsonEqual(live, config) ? live : config;
  return as === "map" ? mergeFields(live, config, schema) : mergeItems(live, config, schema);
}

function mergeFields(live: JsonValue, config: JsonValue, schema: Schema): JsonValue {
  const old = mapOf(live);
  const wanted = mapOf(config);
  if (isEmptyMap(wanted)) return isEmptyMap(old) && !jsonEqual(live, config) ? config : live;
  let out: JsonObject | undefined;
  for (const name in wanted) {
    const was = field(old, name);
    const merged = merge(was, wanted[name]!, fieldType(schema, name) ?? DEDUCED);
    if (merged !== was) put((out ??= { ...old }), name, merged);
  }
  return out ?? live;
}

function mergeItems(live: JsonValue, config: JsonValue, schema: Schema): JsonValue {
  const old = listOf(live);
  const wanted = listOf(config);
  if (wanted.length === 0) return old.length === 0 && !jsonEqual(live, config) ? config : live;
  const out = mergedOrder(old, wanted, schema);
  const same = out.length === old.length && out.every((item, i) => item === old[i]);
  return same ? live : out;
}

/**
 * One pass over both lists, as upstream's visitListItems: items of the live list alone keep their place in front of the shared item
 * they preceded; shared items come in the configuration's order. Items the live list repeats are not merged but replaced.
 */
function mergedOrder(old: readonly JsonValue[], wanted: readonly JsonValue[], schema: Schema): JsonValue[] {
  const oldElements = old.map((item) => itemElement(schema, item) ?? "");
  const wantedElements = wanted.map((item) => itemElement(schema, item) ?? "");
  const inOld = new Map<string, number>();
  const repeated = new Set<string>();
  oldElements.forEach((element, i) => (inOld.has(element) ? repeated.add(element) : inOld.set(element, i)));
  const inWanted = new Map(wantedElements.map((element, i) => [element, i]));
  const shared = wantedElements.filter((element) => inOld.has(element));
  const done = new Set<string>();
  const out: JsonValue[] = [];
  const take = (j: number): void => {
    const element = wantedElements[j]!;
    const at = repeated.has(element) ? undefined : inOld.get(element);
    out.push(merge(at === undefined ? undefined : old[at]!, wanted[j]!, itemType(schema)));
    done.add(element);
    if (shared[next] === element) next++;
  };
  let next = 0;
  let i = 0;
  let j = 0;
  while (i < old.length || j < wanted.length) {
    if (i < old.length && j < wanted.length) {
      if (oldElements[i] === wantedElements[j]) {
        take(j++);
        i++;
        continue;
      }
      // A shared item, but not the one whose turn it is.
      if (inWanted.has(oldElements[i]!) && next < shared.length && shared[next] !== oldElements[i]) {
        i++;
        continue;
      }
    }
    if (i < old.length) {
      if (!inWanted.has(oldElements[i]!)) {
        out.push(old[i++]!);
        continue;
      }
      if (done.has(oldElements[i]!)) i++;
    }
    if (j < wanted.length) take(j++);
  }
  return out;
}
