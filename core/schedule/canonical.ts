// One text per value: keys sorted, so that equal contents have equal digests whatever order a client sent its fields in. Equality is that of
// these texts, found without making them: fields that are undefined are absent.
import type { Loose } from "../../kinds/object.ts";

export function canonicalJson(value: Loose): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += text === "" ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const field = value[key];
    if (field === undefined) continue;
    text += text === "" ? "" : ",";
    text += typeof field === "object" ? `${JSON.stringify(key)}:${canonicalJson(field)}` : pair(key, field);
  }
  return `{${text}}`;
}

const pair = (key: string, value: Loose): string => `${JSON.stringify(key)}:${JSON.stringify(value) ?? "null"}`;

export function equalJson(a: Loose, b: Loose): boolean {
  if (a === b) return true;
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) if (!equalJson(a[index], b[index])) return false;
    return true;
  }
  return !Array.isArray(b) && sameFields(a, b);
}

function sameFields(a: Loose, b: Loose): boolean {
  let count = 0;
  for (const key of Object.keys(a)) {
    const field = a[key];
    if (field === undefined) continue;
    count += 1;
    // null is a value here, absence is none.
    if (!Object.hasOwn(b, key) || b[key] === undefined || !equalJson(field, b[key])) return false;
  }
  for (const key of Object.keys(b)) if (b[key] !== undefined) count -= 1;
  return count === 0;
}
