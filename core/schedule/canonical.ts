// One text per value: keys sorted, so that equal contents have equal digests whatever order a client sent its fields in.
import type { Loose } from "../../kinds/object.ts";

export function canonicalJson(value: Loose): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  keys.sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(",")}}`;
}

export function equalJson(a: Loose, b: Loose): boolean {
  return a === b || canonicalJson(a ?? null) === canonicalJson(b ?? null);
}
