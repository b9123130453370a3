// Bodies of patches, and what decoding their result finds (endpoints/handlers/patch.go). A patch is checked twice: its own JSON here,
// and the patched object against the kind's schema, since only that shows unknown fields.
import { word } from "../../core/codec/gotype.ts";
import { parseJson } from "../../core/codec/json.ts";
import type { JsonObject, JsonValue, KubeObject } from "../../kinds/object.ts";
import type { Schema } from "../../kinds/schema.ts";
import type { FieldValidation } from "./body.ts";
import { decodeAs, kindError, textOf } from "./decode.ts";
import type { ParsedPatch } from "./patch.ts";
import { printed, quote } from "./quote.ts";
import { badRequest, invalid } from "./status.ts";
import { parseYaml, yamlErrors } from "./yaml.ts";

const OPERATION_FIELDS = new Set(["op", "path", "from", "value"]);

function duplicateFields(paths: readonly string[]): string[] {
  return paths.map((path) => `duplicate field ${JSON.stringify(path)}`);
}

/** Fields of JSON patch operations that do not exist: `unknown field "[0].foo"`. */
function unknownOperationFields(value: JsonValue): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((operation, index) =>
    operation !== null && typeof operation === "object" && !Array.isArray(operation)
      ? Object.keys(operation).flatMap((key) =>
          OPERATION_FIELDS.has(key) ? [] : [`unknown field ${JSON.stringify(`[${index}].${key}`)}`],
        )
      : [],
  );
}

/** @throws ApiError 400 */
export function parsePatch(
  bytes: Uint8Array,
  type: ParsedPatch["type"],
  validation: FieldValidation,
): Omit<ParsedPatch, "type"> {
  const parsed = parseJson(textOf(bytes));
  // Strategic patches, and all of them with fieldValidation=Ignore, are decoded without a prefix of their own.
  const prefix = type === "strategic" || validation === "Ignore" ? "" : "error decoding patch: ";
  if (!parsed.ok) throw badRequest(`${prefix}${parsed.message}`);
  const { value, duplicates } = parsed;
  const isList = Array.isArray(value);
  if (type === "json" ? !isList && value !== null : isList || typeof value !== "object") {
    const into = type === "json" ? "[]handlers.jsonPatchOp" : "map[string]interface {}";
    throw badRequest(`${prefix}json: cannot unmarshal ${word(value)} into Go value of type ${into}`);
  }
  if (validation === "Ignore") return { value, strict: [] };
  if (type !== "json") return { value: value ?? {}, strict: duplicateFields(duplicates) };
  return {
    value: value ?? [],
    strict: [...unknownOperationFields(value), ...duplicateFields(duplicates)].map((found) => `json patch ${found}`),
  };
}

/** What a patched document was before, and stays. */
export interface Patched {
  apiVersion: string;
  kind: string;
  schema: Schema;
}

/** Decodes the patched object in place as its kind. @throws ApiError 422 on wrong types, and with Strict on unknown fields. */
export function checkPatched(
  object: KubeObject,
  { apiVersion, kind, schema }: Patched,
  patch: ParsedPatch,
  validation: FieldValidation,
  warnings: string[],
): void {
  const strategic = patch.type === "strategic";
  const refuse = (why: string) => {
    const shown = quote(strategic ? printed(patch.value) : JSON.stringify(object));
    return invalid({ group: "", kind: "" }, "", [
      { reason: "FieldValueInvalid", field: "patch", message: `Invalid value: ${shown}: ${why}` },
    ]);
  };
  // A strategic patch changes maps, which nobody asks for their kind; the others make a text that is decoded as what it says it is.
  if (!strategic && schema.props === undefined && (object.kind !== kind || object.apiVersion !== apiVersion)) {
    const named = { apiVersion: object.apiVersion || apiVersion, kind: object.kind || kind };
    const wrong = kindError(named.apiVersion, named.kind, object as unknown as JsonObject, { apiVersion, kind });
    if (wrong !== undefined) throw refuse(wrong);
  }
  object.apiVersion = apiVersion;
  object.kind = kind;
  const decoded = decodeAs(object as unknown as JsonObject, schema, []);
  if (!decoded.ok) throw refuse(strategic ? restoreError(decoded.message, decoded.scalar) : decoded.message);
  if (validation === "Ignore") return;
  // Go writes the patched map's keys in their order before it reads them again.
  const strict = [...patch.strict, ...decoded.strict.sort()];
  if (strict.length === 0) return;
  if (validation === "Strict") throw refuse(`strict decoding error: ${strict.join(", ")}`);
  warnings.push(...strict);
}

const GO_WORDS: Readonly<Record<string, string>> = { object: "map", array: "slice", number: "int64" };

/** The same type mismatch as strategic patches report it: they convert maps, not text (runtime.FromUnstructured). */
function restoreError(message: string, scalar = false): string {
  const [, found = "", type = ""] = /^json: cannot unmarshal (\S+).* of type (\S+)$/.exec(message) ?? [];
  if (type === "") return message;
  if (/^u?int/.test(type) && / number -?\d*\.\d/.test(message)) return `cannot convert float64 to ${type}`;
  const from = GO_WORDS[found] ?? found;
  // Go would make a rune of an integer.
  if (scalar && !/^(bool|u?int|float)/.test(type))
    return from === "int64" ? `cannot convert int64 to ${type}` : "unrecognized type: string";
  if (type.startsWith("[]")) return `cannot restore slice from ${from}`;
  if (type.startsWith("map[")) return `cannot restore map from ${from}`;
  return type.includes(".") ? `cannot restore struct from: ${from}` : `unrecognized type: ${type}`;
}

/** What a field of an applied object says that cannot be decoded: those with a decoder of their own in its words. */
export function conversionError(message: string): string {
  const own = /^(json: cannot unmarshal .*) into Go struct field \S+ of type (int32|string)$/.exec(message);
  return own === null ? message : `${own[1]} into Go value of type ${own[2]}`;
}

/** An apply configuration. @throws ApiError 400 */
export function parseApply(bytes: Uint8Array, validation: FieldValidation, warnings: string[]): KubeObject {
  const parsed = parseYaml(textOf(bytes));
  if (!parsed.ok) throw badRequest(`error decoding YAML: error converting YAML to JSON: ${parsed.message}`);
  const { value } = parsed;
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${word(value)} into Go value of type map[string]interface {}`,
    );
  }
  const repeated = parsed.strict;
  if (repeated.length > 0 && validation !== "Ignore") {
    if (validation === "Strict")
      throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${yamlErrors(repeated)}`);
    warnings.push(...repeated);
  }
  const config = value as unknown as KubeObject;
  config.apiVersion ??= "";
  config.kind ??= "";
  if (config.metadata === null || typeof config.metadata !== "object") config.metadata = {} as KubeObject["metadata"];
  return config;
}
