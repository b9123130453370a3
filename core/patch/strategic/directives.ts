// The vocabulary of strategic merge patches: directive names, what a value looks like without them, and the errors upstream gives.
import type { JsonObject, JsonValue } from "../../../kinds/object.ts";
import { REJECTED } from "../result.ts";
import { field, isMap, put } from "../value.ts";

export const RETAIN_KEYS = "$retainKeys";
export const SET_ORDER = "$setElementOrder";
export const DELETE_FROM = "$deleteFromPrimitiveList";

/** Ends a strategic merge; applyStrategicPatch turns it into a result. */
export class PatchError extends Error {
  readonly code: 400 | 422 | 500;
  readonly detail: string | undefined;
  constructor(code: 400 | 422 | 500, message: string, detail?: string) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

export function badPatchType(directive: JsonValue, map: JsonObject): PatchError {
  return new PatchError(500, `unknown patch type: ${goString(directive)} in map: ${goText(map)}`);
}

export function noMergeKey(item: JsonObject, key: string): PatchError {
  return new PatchError(500, `map: ${goText(item)} does not contain declared merge key: ${key}`);
}

export function badOrderFormat(): PatchError {
  return new PatchError(400, "invalid patch format of setElementOrder list");
}

export function badArgument(expected: "map" | "list", actual: JsonValue): PatchError {
  const want = expected === "map" ? "map[string]interface {}" : "[]interface {}";
  return new PatchError(500, `expected a ${want}, but received a ${goType(actual)}`);
}

/** The Go type of all elements of both lists: one and the same, and not a list. Undefined when both are empty. */
export function elementType(...lists: JsonValue[][]): string | undefined {
  let type: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const current = goType(item);
      if (type === undefined && Array.isArray(item))
        throw new PatchError(422, REJECTED, "lists of lists are not supported");
      if (type !== undefined && type !== current)
        throw new PatchError(500, `list element types are not identical: ${goText(lists)}`);
      type = current;
    }
  }
  return type;
}

/** A newly added value carries no directives: a map with `$patch` vanishes. */
export function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (field(value, "$patch") !== undefined) return undefined;
  const out: JsonObject = {};
  for (const key of Object.keys(value)) {
    const kept = withoutDirectives(value[key]!);
    if (kept !== undefined) put(out, key, kept);
  }
  return out;
}

export function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const out: JsonObject = {};
  for (const key of Object.keys(value)) if (value[key] !== null) put(out, key, withoutNulls(value[key]!));
  return out;
}

/** A value as Go's %v prints it: clients match on these texts. */
export function goText(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isMap(value)) return String(value);
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key]!)}`)
    .join(" ")}]`;
}

/** The same as %s prints it, which is made for strings alone. */
function goString(value: JsonValue): string {
  if (value === null) return "%!s(<nil>)";
  if (Array.isArray(value)) return `[${value.map(goString).join(" ")}]`;
  if (isMap(value))
    return goText(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, goString(inner)])));
  return typeof value === "string" ? value : `%!s(${goType(value)}=${String(value)})`;
}

/** As %#v prints it: Go source. */
export function goSyntax(value: JsonValue): string {
  if (value === null) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (!isMap(value)) return JSON.stringify(value);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key]!)}`);
  return `map[string]interface {}{${fields.join(", ")}}`;
}

function goType(value: JsonValue): string {
  if (value === null) return "%!s(<nil>)";
  if (Array.isArray(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}
