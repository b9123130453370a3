// Strategic merge patch, built-in kinds only: maps merge, lists merge by the schema's merge key or as sets where it says so, null
// deletes, and the directives `$patch`, `$retainKeys`, `$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>` steer it.
// Semantics of apimachinery pkg/util/strategicpatch/patch.go, quirks included; inputs are never changed.
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import type { PatchResult } from "./result.ts";
import {
  badArgument,
  badOrderFormat,
  badPatchType,
  elementType,
  withoutDirectives,
  withoutNulls,
} from "./strategic/directives.ts";
import { DELETE_FROM, PatchError, RETAIN_KEYS, SET_ORDER } from "./strategic/directives.ts";
import { mergeLists } from "./strategic/lists.ts";
import { checkOrder, interleave, partition } from "./strategic/order.ts";
import { field, isMap, put } from "./value.ts";

export function applyStrategicPatch(doc: JsonObject, patch: JsonObject, schema: Schema): PatchResult {
  try {
    return { ok: true, object: mergeMaps(doc, patch, schema) };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { ok: false, code: error.code, message: error.message, detail: error.detail };
  }
}

/** @throws PatchError */
function mergeMaps(original: JsonObject, given: JsonObject, schema: Schema): JsonObject {
  const directive = field(given, "$patch");
  if (directive !== undefined) return directed(directive, given);
  const patch = { ...given };
  const out = retainKeys(original, patch);
  for (const key of Object.keys(patch)) {
    if (key.startsWith(SET_ORDER)) applyElementOrder(out, patch, key, schema);
  }
  for (const key of Object.keys(patch)) mergeField(out, key, patch[key]!, schema);
  return out;
}

function directed(directive: JsonValue, patch: JsonObject): JsonObject {
  if (directive === "delete") return {};
  if (directive !== "replace") throw badPatchType(directive, patch);
  const { $patch: _, ...rest } = patch;
  return rest;
}

/** `$retainKeys` clears every field it does not name, and must name every field the patch sets. A copy of the original comes back. */
function retainKeys(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = field(patch, RETAIN_KEYS);
  if (keys === undefined) return { ...original };
  delete patch[RETAIN_KEYS];
  const bad = new PatchError(400, "invalid patch format of retainKeys");
  if (!Array.isArray(keys)) throw bad;
  const retained = new Set(keys);
  for (const key of Object.keys(patch)) {
    if (patch[key] === null || key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER)) continue;
    if (!retained.has(key)) throw bad;
  }
  const out: JsonObject = {};
  for (const key of Object.keys(original)) if (retained.has(key)) put(out, key, original[key]!);
  return out;
}

/** Carries out one `$setElementOrder/<list>` together with the list of that name; both leave the patch. */
function applyElementOrder(out: JsonObject, patch: JsonObject, directive: string, schema: Schema): void {
  const order = patch[directive]!;
  delete patch[directive];
  if (!Array.isArray(order)) throw badArgument("list", order);
  const slash = directive.indexOf("/");
  if (slash !== SET_ORDER.length) throw badOrderFormat();
  const name = directive.slice(slash + 1);
  const live = field(out, name);
  const wanted = field(patch, name);
  if (live !== undefined && !Array.isArray(live)) throw badArgument("list", live);
  if (wanted !== undefined && !Array.isArray(wanted)) throw badArgument("list", wanted);
  const list = fieldSchema(schema, name);
  const key = list.patchMergeKey ?? "";
  checkOrder(wanted ?? [], order, key);
  const merged = mergedList(live, wanted, list);
  if (merged === undefined) return;
  const { named, others } = partition(merged, order, key);
  if (elementType(live ?? [], wanted ?? []) === undefined)
    throw new PatchError(500, "no elements in any of the given slices");
  put(out, name, interleave(named, others, order, live ?? [], key));
  delete patch[name];
}

function mergedList(
  live: JsonValue[] | undefined,
  wanted: JsonValue[] | undefined,
  list: Schema,
): JsonValue[] | undefined {
  if (wanted === undefined) return live;
  if (live === undefined) return withoutDirectives(wanted) as JsonValue[];
  return list.patchMerge ? mergeLists(live, wanted, list, false, mergeMaps) : wanted;
}

function mergeField(out: JsonObject, patchKey: string, value: JsonValue, schema: Schema): void {
  const deletes = patchKey.startsWith(DELETE_FROM);
  const key = deletes ? listNamed(patchKey) : patchKey;
  if (value === null) {
    delete out[key];
    return;
  }
  const current = field(out, key);
  if (
    current === undefined ||
    current === null ||
    typeof current !== typeof value ||
    Array.isArray(current) !== Array.isArray(value)
  ) {
    if (deletes) return;
    const added = withoutDirectives(withoutNulls(value));
    if (added === undefined) delete out[key];
    else put(out, key, added);
    return;
  }
  if (Array.isArray(current)) {
    const list = fieldSchema(schema, key);
    const merged =
      deletes || list.patchMerge ? mergeLists(current, value as JsonValue[], list, deletes, mergeMaps) : value;
    put(out, key, merged);
  } else if (isMap(current)) {
    const map = fieldSchema(schema, key);
    put(out, key, map.patchReplace ? value : mergeMaps(current, value as JsonObject, map));
  } else put(out, key, value);
}

function listNamed(directive: string): string {
  const slash = directive.indexOf("/");
  if (slash !== DELETE_FROM.length) throw new PatchError(400, "invalid patch format of primitive list");
  return directive.slice(slash + 1);
}

/** A field's schema; a map or list that the type does not have cannot be merged into. */
function fieldSchema(schema: Schema, key: string): Schema {
  const found = schema.properties?.get(key) ?? schema.additional;
  if (found !== undefined) return found;
  if (schema.properties === undefined) return {};
  const type = schema.name?.slice(schema.name.lastIndexOf(".") + 1) ?? "";
  throw new PatchError(500, `unable to find api field in struct ${type} for the json field "${key}"`);
}
