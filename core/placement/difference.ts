// The JSON Patch (RFC 6902) that makes one value of another: nothing that stays is named, keys go in order, so equal results of equal contents
// have equal texts whatever the road to them. Arrays are compared from both ends; between, entries are changed in place, and what is too many
// removed from the end.
import type { JsonValue } from "../../kinds/object.ts";
import type { PatchOperation } from "../../kinds/placement.ts";
import { field, isMap, jsonEqual } from "../patch/value.ts";

export function difference(from: JsonValue, to: JsonValue, path = ""): PatchOperation[] {
  if (from === to) return [];
  if (isMap(from) && isMap(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => changed(field(from, key), field(to, key), `${path}/${escaped(key)}`));
  }
  if (Array.isArray(from) && Array.isArray(to)) return arrays(from, to, path);
  return jsonEqual(from, to) ? [] : [{ op: "replace", path, value: to }];
}

function changed(from: JsonValue | undefined, to: JsonValue | undefined, path: string): PatchOperation[] {
  if (from !== undefined && to !== undefined) return difference(from, to, path);
  if (to !== undefined) return [{ op: "add", path, value: to }];
  return from === undefined ? [] : [{ op: "remove", path }];
}

function arrays(from: JsonValue[], to: JsonValue[], path: string): PatchOperation[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && jsonEqual(from[head], to[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && jsonEqual(from.at(-1 - tail), to.at(-1 - tail))) tail += 1;
  const operations: PatchOperation[] = [];
  const before = from.slice(head, from.length - tail);
  const after = to.slice(head, to.length - tail);
  const both = Math.min(before.length, after.length);
  for (let index = 0; index < both; index += 1)
    operations.push(...changed(before[index], after[index], `${path}/${head + index}`));
  for (let index = before.length - 1; index >= both; index -= 1)
    operations.push({ op: "remove", path: `${path}/${head + index}` });
  for (let index = both; index < after.length; index += 1)
    operations.push({ op: "add", path: `${path}/${head + index}`, value: after[index] });
  return operations;
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
