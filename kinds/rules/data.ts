// What ConfigMap and Secret have in common: size, immutability.
import type { FieldError } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { forbidden } from "./errors.ts";
import { sameJson } from "./metadata.ts";

export const MAX_DATA_BYTES = 1024 * 1024;

/** Bytes that a base64 text stands for. */
export function base64Length(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

/** Once `immutable` is true, neither it nor the data changes. */
export function immutableData(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  const errors: FieldError[] = object.immutable === true ? [] : [forbidden("immutable", detail)];
  for (const field of fields) if (!sameJson(object[field], old[field])) errors.push(forbidden(field, detail));
  return errors;
}
