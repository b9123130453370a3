// How Go's JSON decoder names values and types in its errors.
import type { JsonValue } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";

/** What a JSON value is called: "object", "array", "string", "number", "bool". */
export function word(value: JsonValue): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** "io.k8s.api.core.v1.Container" -> "Container". */
export function shortName(schema: Schema): string {
  return schema.name?.slice(schema.name.lastIndexOf(".") + 1) ?? "";
}

/** "v1.Container", "[]v1.Container", "map[string]string", "int32", "v1.PullPolicy". */
export function goType(schema: Schema): string {
  if (schema.goType !== undefined) return schema.goType;
  if (schema.name !== undefined) return schema.name.split(".").slice(-2).join(".");
  if (schema.items) return `[]${goType(schema.items)}`;
  if (schema.additional) return `map[string]${goType(schema.additional)}`;
  if (schema.type === "integer") return schema.format ?? "int64";
  if (schema.type === "boolean") return "bool";
  if (schema.type === "number") return "float64";
  return schema.format === "byte" ? "[]uint8" : (schema.type ?? "interface {}");
}

/** Whether Go's ParseInt would refuse the number for this type. */
export function integerProblem(value: number, type: string): boolean {
  if (!Number.isInteger(value)) return true;
  return type === "int32" ? value > 2_147_483_647 || value < -2_147_483_648 : Math.abs(value) > 2 ** 63;
}

export type TypeMeta = { ok: true; apiVersion: string; kind: string } | { ok: false; message: string };

const META_STRUCT =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** apiVersion and kind of a parsed body, "" where absent (apimachinery pkg/runtime/serializer/json/meta.go). */
export function readTypeMeta(value: JsonValue): TypeMeta {
  if (value === null) return { ok: true, apiVersion: "", kind: "" };
  const prefix = "couldn't get version/kind; json parse error: json: cannot unmarshal";
  if (typeof value !== "object" || Array.isArray(value))
    return { ok: false, message: `${prefix} ${word(value)} into Go value of type ${META_STRUCT}` };
  for (const field of ["apiVersion", "kind"]) {
    const found = value[field] ?? "";
    if (typeof found !== "string")
      return { ok: false, message: `${prefix} ${word(found)} into Go struct field .${field} of type string` };
  }
  return {
    ok: true,
    apiVersion: (value.apiVersion as string | undefined) ?? "",
    kind: (value.kind as string | undefined) ?? "",
  };
}
