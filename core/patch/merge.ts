// JSON merge patch (RFC 7386) as kube-apiserver applies it: null deletes, objects merge, everything else replaces.
// One addition of evanphx/json-patch v4 merge.go: nulls inside newly added values are dropped too, also in objects within lists.
import type { JsonObject, JsonValue } from "../../kinds/object.ts";
import { field, isMap, put } from "./value.ts";

export function applyMergePatch(doc: JsonObject, patch: JsonObject): JsonObject {
  const out: JsonObject = { ...doc };
  for (const key of Object.keys(patch)) {
    const wanted = patch[key]!;
    if (wanted === null) delete out[key];
    else put(out, key, mergeValue(field(doc, key) ?? null, wanted));
  }
  return out;
}

function mergeValue(current: JsonValue, wanted: JsonValue): JsonValue {
  if (!isMap(current)) return withoutNulls(wanted);
  return isMap(wanted) ? applyMergePatch(current, wanted) : wanted;
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => (item === null ? null : withoutNulls(item)));
  if (!isMap(value)) return value;
  const out: JsonObject = {};
  for (const key of Object.keys(value)) if (value[key] !== null) put(out, key, withoutNulls(value[key]!));
  return out;
}
