// Defaults hold by the schema they stand in and say nothing that it does not name (apiextensions-apiserver pkg/apiserver/schema/defaulting
// validation.go). Below additionalProperties upstream does not look, nor do we.
import type { FieldError } from "../../kind.ts";
import type { JsonValue } from "../../object.ts";
import { invalid } from "../../rules/errors.ts";
import { coerceEmbedded, validateEmbedded } from "../embedded.ts";
import { isObject, type JsonSchema } from "../jsonschema.ts";
import { sorted } from "../lists.ts";
import { pruneBy } from "../prune.ts";
import { validateBySchema } from "../validate.ts";

export function validateDefaults(schema: JsonSchema, field: string): FieldError[] {
  const errors = schema.default === undefined ? [] : validateDefault(schema, schema.default, `${field}.default`);
  if (schema.items) errors.push(...validateDefaults(schema.items, `${field}.items`));
  for (const [name, one] of Object.entries(schema.properties ?? {}))
    errors.push(...validateDefaults(one, `${field}.properties[${name}]`));
  return errors;
}

function validateDefault(schema: JsonSchema, value: JsonValue, field: string): FieldError[] {
  const copy = JSON.parse(JSON.stringify(value)) as JsonValue;
  const errors: FieldError[] = [];
  const gone = pruneBy(copy, schema, schema["x-kubernetes-embedded-resource"] === true);
  if (gone.length > 0) errors.push(invalid(field, sorted(value), "must not have unknown fields"));
  if (isObject(copy)) {
    const wrong = coerceEmbedded(copy, schema).error;
    const found = wrong ? [wrong] : validateEmbedded(copy, schema);
    const below = (name: string): string => (name === "" ? field : `${field}.${name.replace(/^\./, "")}`);
    if (found.length > 0) return [...errors, ...found.map((error) => ({ ...error, field: below(error.field) }))];
  }
  return [...errors, ...validateBySchema(value, schema, field)];
}
