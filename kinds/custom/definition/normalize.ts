// A JSON schema as Go's JSONSchemaProps keeps it: fields that it does not have go, and what it leaves out when empty. Needed below items and
// additionalProperties, whose Go types (a schema or a list, a schema or a boolean) the facts know nothing of.
import type { JsonObject, JsonValue } from "../../object.ts";
import { isObject } from "../jsonschema.ts";

type Shape = "any" | "kept" | "zero" | "schema" | "schemas" | "fields" | "choice";

const SHAPES: Readonly<Record<string, Shape>> = {
  ...each("any", "default", "example"),
  ...each("zero", "id", "$schema", "description", "type", "format", "title", "exclusiveMaximum", "exclusiveMinimum"),
  ...each("zero", "pattern", "uniqueItems", "enum", "required", "nullable", "x-kubernetes-embedded-resource"),
  ...each("zero", "x-kubernetes-int-or-string", "x-kubernetes-list-map-keys", "x-kubernetes-validations"),
  ...each("kept", "$ref", "maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems", "multipleOf"),
  ...each("kept", "maxProperties", "minProperties", "externalDocs", "x-kubernetes-preserve-unknown-fields"),
  ...each("kept", "x-kubernetes-list-type", "x-kubernetes-map-type"),
  ...each("schema", "not"),
  ...each("schemas", "allOf", "oneOf", "anyOf"),
  ...each("fields", "properties", "patternProperties", "definitions", "dependencies"),
  ...each("choice", "items", "additionalProperties", "additionalItems"),
};

function each(shape: Shape, ...names: string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, shape]));
}

/** In place. */
export function normalizeSchema(schema: JsonObject): void {
  for (const [name, value] of Object.entries(schema)) {
    const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
    if (shape === undefined || value === null || (shape === "zero" && isZero(value))) delete schema[name];
    else if (shape === "schema" || shape === "choice" || shape === "schemas") inside(value);
    else if (shape === "fields" && isObject(value)) for (const one of Object.values(value)) inside(one);
    if ((shape === "schemas" || shape === "fields") && isZero(value)) delete schema[name];
    if (name === "x-kubernetes-validations" && Array.isArray(value)) for (const rule of value) trimRule(rule);
  }
}

function inside(value: JsonValue): void {
  if (Array.isArray(value)) for (const one of value) inside(one);
  else if (isObject(value)) normalizeSchema(value);
}

const RULE = ["rule", "message", "messageExpression", "reason", "fieldPath", "optionalOldSelf"];

function trimRule(rule: JsonValue): void {
  if (!isObject(rule)) return;
  for (const [name, value] of Object.entries(rule))
    if (!RULE.includes(name) || value === null || (value === "" && name !== "rule" && name !== "reason"))
      delete rule[name];
}

function isZero(value: JsonValue): boolean {
  if (typeof value === "object") return value !== null && Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}
