// Merging lists that the schema calls mergeable: scalars as sets, maps by their merge key, `$patch` elements deleting or replacing.
// The result keeps the patch's order for what the patch names and the live order for the rest (order.ts).
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { field, isMap } from "../value.ts";
import { badPatchType, elementType, noMergeKey, PatchError } from "./directives.ts";
import { interleave, partition } from "./order.ts";

type MergeMaps = (original: JsonObject, patch: JsonObject, schema: Schema) => JsonObject;

/** `deletes`: the patch is a `$deleteFromPrimitiveList`. */
export function mergeLists(
  original: JsonValue[],
  patch: JsonValue[],
  schema: Schema,
  deletes: boolean,
  mergeMaps: MergeMaps,
): JsonValue[] {
  if (original.length === 0 && patch.length === 0) return original;
  const type = elementType(original, patch);
  const key = schema.patchMergeKey ?? "";
  if (type !== "map[string]interface {}") {
    if (deletes) {
      const gone = new Set(patch);
      return original.filter((item) => !gone.has(item));
    }
    return ordered([...new Set([...original, ...patch])], patch, original, "");
  }
  if (key === "") throw new PatchError(500, "cannot merge lists without merge key for struct");
  const { live, rest } = special(original as JsonObject[], patch as JsonObject[], key);
  return ordered(mergeByKey(live, rest, key, schema.items ?? {}, mergeMaps), rest, live, key);
}

function ordered(merged: JsonValue[], patch: JsonValue[], original: JsonValue[], key: string): JsonValue[] {
  const { named, others } = partition(merged, patch, key);
  return interleave(named, others, patch, original, key);
}

/** Carries out the elements that are directives; `rest` are the others. */
function special(original: JsonObject[], patch: JsonObject[], key: string): { live: JsonObject[]; rest: JsonObject[] } {
  const rest: JsonObject[] = [];
  let live = original;
  let replace = false;
  for (const item of patch) {
    const directive = field(item, "$patch");
    if (directive === undefined) rest.push(item);
    else if (directive === "replace") replace = true;
    else if (directive === "merge") throw new PatchError(500, "merging lists cannot yet be specified in the patch");
    else if (directive !== "delete") throw badPatchType(directive, item);
    else {
      const gone = field(item, key);
      if (gone === undefined) throw noMergeKey(item, key);
      live = live.filter((candidate) => field(candidate, key) !== gone);
    }
  }
  return replace ? { live: rest, rest: [] } : { live, rest };
}

function mergeByKey(
  original: JsonObject[],
  patch: JsonObject[],
  key: string,
  schema: Schema,
  mergeMaps: MergeMaps,
): JsonObject[] {
  const out = [...original];
  const at = new Map<JsonValue, number>();
  out.forEach((item, i) => {
    const name = field(item, key);
    if (name !== undefined && !at.has(name)) at.set(name, i);
  });
  for (const item of patch) {
    const name = isMap(item) ? field(item, key) : undefined;
    if (name === undefined) throw noMergeKey(item, key);
    const found = at.get(name);
    if (found !== undefined) out[found] = mergeMaps(out[found]!, item, schema);
    else at.set(name, out.push(item) - 1);
  }
  return out;
}
