// Objects inside of a custom resource (x-kubernetes-embedded-resource): their apiVersion, kind and metadata are those of any object
// (apiextensions-apiserver pkg/apiserver/schema/objectmeta).
import { schemaOf } from "../facts/schema.ts";
import type { FieldError } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject, ObjectMeta } from "../object.ts";
import { invalid, required } from "../rules/errors.ts";
import { validateCommonMetadata } from "../rules/metadata.ts";
import { objectName } from "../rules/names.ts";
import type { Schema } from "../schema.ts";
import { fieldOf, isObject, type JsonSchema } from "./jsonschema.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

type Visit = (object: JsonObject, path: string) => void;

function eachEmbedded(value: JsonValue, schema: JsonSchema | undefined, path: string, visit: Visit): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) eachEmbedded(item, schema.items, `${path}[${index}]`, visit);
  } else if (isObject(value)) {
    if (schema["x-kubernetes-embedded-resource"]) visit(value, path);
    for (const [key, inner] of Object.entries(value)) {
      const at = path === "" ? key : `${path}.${key}`;
      eachEmbedded(inner, fieldOf(schema, key), at, visit);
    }
  }
}

/**
 * In place: metadata of embedded resources loses what ObjectMeta does not have. `gone`: the paths of that, for fieldValidation; `error`: what
 * cannot be read at all, which is answered with 400 as upstream's decoder does.
 */
export function coerceEmbedded(object: JsonObject, schema: JsonSchema): { gone: string[]; error?: FieldError } {
  const gone: string[] = [];
  let error: FieldError | undefined;
  eachEmbedded(object, schema, "", (inner, path) => {
    for (const key of ["apiVersion", "kind"])
      if (key in inner && typeof inner[key] !== "string")
        error ??= invalid(`${path}.${key}`, inner[key], "must be a string");
    if (inner.metadata === undefined) return;
    const wrong = trimMeta(inner, `${path}.metadata`, gone);
    if (wrong !== undefined) error ??= invalid(`${path}.metadata`, inner.metadata, wrong);
  });
  return { gone: gone.sort(), error };
}

function trimMeta(holder: JsonObject, path: string, gone: string[]): string | undefined {
  const { metadata } = holder;
  if (metadata === null) {
    delete holder.metadata;
    return undefined;
  }
  if (!isObject(metadata))
    return `json: cannot unmarshal ${word(metadata ?? null)} into Go value of type v1.ObjectMeta`;
  const fields = schemaOf(META).properties!;
  for (const [key, value] of Object.entries(metadata)) {
    const field = fields.get(key);
    if (field === undefined) {
      gone.push(`${path}.${key}`);
      delete metadata[key];
    } else if (value === null || isZero(value)) delete metadata[key];
    else {
      const inner = field.additional && isObject(value) ? Object.values(value) : [];
      const item = inner.find((one) => typeof one !== "string");
      const wrong = fits(value, field) ? item : value;
      const type = wrong === value ? goType(field) : "string";
      if (wrong !== undefined)
        return `json: cannot unmarshal ${word(wrong)} into Go struct field ObjectMeta.${key} of type ${type}`;
    }
  }
  return undefined;
}

function word(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
}

function isZero(value: JsonValue): boolean {
  if (typeof value === "object") return value !== null && Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}

function fits(value: JsonValue, field: Schema): boolean {
  if (field.items) return Array.isArray(value);
  if (field.additional) return isObject(value);
  return field.type === "integer" ? typeof value === "number" : typeof value === field.type;
}

function goType(field: Schema): string {
  if (field.additional) return "map[string]string";
  if (field.items) return field.items.type === "string" ? "[]string" : `[]v1.${field.items.name?.split(".").at(-1)}`;
  return field.type === "integer" ? "int64" : String(field.type);
}

/** Embedded resources name what they are, and their metadata is valid. */
export function validateEmbedded(object: JsonObject, schema: JsonSchema): FieldError[] {
  const errors: FieldError[] = [];
  eachEmbedded(object, schema, "", (inner, path) => {
    const { apiVersion, kind, metadata } = inner;
    if (apiVersion === undefined) errors.push(required(`${path}.apiVersion`));
    else errors.push(...apiVersionErrors(apiVersion, `${path}.apiVersion`));
    if (kind === undefined) errors.push(required(`${path}.kind`));
    else errors.push(...kindErrors(kind, `${path}.kind`));
    if (!isObject(metadata)) return;
    const named = { ...inner, metadata: { name: "fakename", ...metadata } as ObjectMeta } as unknown as KubeObject;
    const namespaced = Boolean(metadata.namespace);
    const found = validateCommonMetadata({ namespaced, nameRule: "path" }, named);
    errors.push(...found.map((error) => ({ ...error, field: `${path}.${error.field}` })));
  });
  return errors;
}

function apiVersionErrors(value: JsonValue, field: string): FieldError[] {
  if (typeof value !== "string") return [invalid(field, value, "must be a string")];
  if (value === "") return [invalid(field, value, "must not be empty")];
  return value.split("/").length > 2 ? [invalid(field, value, `unexpected GroupVersion string: ${value}`)] : [];
}

function kindErrors(value: JsonValue, field: string): FieldError[] {
  if (typeof value !== "string") return [invalid(field, value, "must be a string")];
  if (value === "") return [invalid(field, value, "must not be empty")];
  const found = objectName("dns1035", value.toLowerCase());
  if (found.length === 0) return [];
  return [invalid(field, value, `may have mixed case, but should otherwise match: ${found.join(",")}`)];
}
