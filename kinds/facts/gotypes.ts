// The table of Go's internal types (internal.ts), read when first asked for: it is only needed where an error quotes such a value.
import type { GoStruct } from "../rules/gojson.ts";
import type { Loose } from "../object.ts";
import { INTERNAL } from "./internal.ts";

export interface GoField {
  /** "" when its type's fields stand among these. */
  go: string;
  /** Its name in v1. */
  name: string;
  /** s, b, i, q (a quantity) or a struct's name, after any of "*", "[]" and "%" (a map). */
  type: string;
}

let lines: ReadonlyMap<string, string> | undefined;
const structs = new Map<string, GoStruct>();

export function goFields(type: string): GoField[] {
  lines ??= new Map(
    INTERNAL.trim()
      .split("\n")
      .map((line) => line.split(":") as [string, string]),
  );
  const fields = lines.get(type)?.split(",") ?? [];
  return fields.map((field) => {
    const [named = "", of = ""] = field.split(" ");
    const [go = "", name = go.charAt(0).toLowerCase() + go.slice(1)] = named.split("=");
    return { go, name, type: of };
  });
}

const ZEROS: Readonly<Record<string, Loose>> = { s: "", b: false, i: 0, q: "0" };

/** Without metadata, where it is embedded. */
export function goStruct(type: string): GoStruct {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const struct: Record<string, readonly [string, Loose, GoStruct?]> = {};
  structs.set(type, struct);
  for (const field of goFields(type)) {
    const base = field.type.replace(/^[*%[\]]+/, "");
    const of = goFields(base).length > 0 ? goStruct(base) : undefined;
    if (field.go === "") Object.assign(struct, of);
    else {
      const zero = base === field.type ? (ZEROS[base] ?? {}) : null;
      struct[field.go] = of === undefined ? [field.name, zero] : [field.name, zero, of];
    }
  }
  return struct;
}
