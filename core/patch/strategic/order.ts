// The order of a merged list: `$setElementOrder` if sent, else the order of the patch, for what these name; elements only the server
// has keep their order among themselves and stay in front of the element they preceded, as far as that is possible
// (sig-cli proposal preserve-order-in-strategic-merge-patch).
import type { JsonValue } from "../../../kinds/object.ts";
import { field, isMap } from "../value.ts";
import { badArgument, goText, noMergeKey, PatchError, SET_ORDER } from "./directives.ts";

/** What the patch sets must stand in the order list, in the same sequence. */
export function checkOrder(patch: JsonValue[], order: JsonValue[], key: string): void {
  if (order.length === 0 || patch.length === 0) return;
  const kept = patch.filter((item) => !(isMap(item) && field(item, "$patch") !== undefined));
  let next = 0;
  for (const place of order) {
    if (next >= kept.length) return;
    if (identity(kept[next]!, key) === identity(place, key)) next++;
  }
  if (next < kept.length) {
    throw new PatchError(
      500,
      `The order in patch list:\n${goText(patch)}\n doesn't match ${SET_ORDER} list:\n${goText(order)}\n`,
    );
  }
}

/** @throws PatchError where a map lacks its merge key */
function identity(item: JsonValue, key: string): JsonValue {
  if (key === "") return item;
  if (!isMap(item)) throw badArgument("map", item);
  const value = field(item, key);
  if (value === undefined) throw noMergeKey(item, key);
  return value;
}

export function partition(
  list: JsonValue[],
  by: JsonValue[],
  key: string,
): { named: JsonValue[]; others: JsonValue[] } {
  const names = new Set(by.map((item) => identity(item, key)));
  const named: JsonValue[] = [];
  const others: JsonValue[] = [];
  for (const item of list) (names.has(identity(item, key)) ? named : others).push(item);
  return { named, others };
}

/** `named` sorted as `order` says and `others` as `live` says, merged: an other goes first where the live list had it first. */
export function interleave(
  named: JsonValue[],
  others: JsonValue[],
  order: JsonValue[],
  live: JsonValue[],
  key: string,
): JsonValue[] {
  const liveIndex = indexOf(live, key);
  const place = indexOf(order, key);
  const sorted = (list: JsonValue[], index: Map<JsonValue, number>): JsonValue[] =>
    list.toSorted((a, b) => (index.get(identity(a, key)) ?? 0) - (index.get(identity(b, key)) ?? 0));
  const left = sorted(others, liveIndex);
  const right = sorted(named, place);
  const out: JsonValue[] = [];
  let i = 0;
  for (const item of right) {
    const at = liveIndex.get(identity(item, key));
    while (i < left.length && at !== undefined && (liveIndex.get(identity(left[i]!, key)) ?? Infinity) < at)
      out.push(left[i++]!);
    out.push(item);
  }
  out.push(...left.slice(i));
  return out;
}

function indexOf(list: JsonValue[], key: string): Map<JsonValue, number> {
  const index = new Map<JsonValue, number>();
  list.forEach((item, i) => {
    const name = identity(item, key);
    if (!index.has(name)) index.set(name, i);
  });
  return index;
}
