// The schema of a version of a CustomResourceDefinition (validateCustomResourceDefinitionValidation): it is structural, its defaults hold by it, and it
// says nothing that kube-apiserver would not understand.
import type { FieldError } from "../../kind.ts";
import { forbidden, invalid, invalidPrinted } from "../../rules/errors.ts";
import type { JsonSchema } from "../jsonschema.ts";
import { validateDefaults } from "./defaults.ts";
import type { Validation } from "./internal.ts";
import { validateOpenApi } from "./openapi.ts";
import { printedSchema } from "./print.ts";
import { unsupported, validateStructural } from "./structure.ts";

/** Fields of a root whose status stands alone, in upstream's words and order. */
const AT_ROOT = {
  Description: "description",
  Type: "type",
  Format: "format",
  Title: "title",
  Maximum: "maximum",
  ExclusiveMaximum: "exclusiveMaximum",
  Minimum: "minimum",
  ExclusiveMinimum: "exclusiveMinimum",
  MaxLength: "maxLength",
  MinLength: "minLength",
  Pattern: "pattern",
  MaxItems: "maxItems",
  MinItems: "minItems",
  UniqueItems: "uniqueItems",
  MultipleOf: "multipleOf",
  Required: "required",
  Items: "items",
  Properties: "properties",
  ExternalDocs: "externalDocs",
  Example: "example",
  XPreserveUnknownFields: "x-kubernetes-preserve-unknown-fields",
  XValidations: "x-kubernetes-validations",
} as const;

export function validateSchema(validation: Validation | undefined, status: boolean, field: string): FieldError[] {
  const schema = validation?.openAPIV3Schema;
  if (schema === undefined) return [];
  const at = `${field}.openAPIV3Schema`;
  const errors: FieldError[] = status ? validateStatusRoot(schema, at) : [];
  if (schema.nullable) errors.push(forbidden(`${at}.nullable`, "nullable cannot be true at the root"));
  const unreadable = unsupported(schema);
  if (unreadable === undefined) {
    const structural = validateStructural(schema, at);
    errors.push(...(structural.length > 0 ? structural : validateDefaults(schema, at)));
  }
  errors.push(...validateOpenApi(schema, at));
  if (errors.length === 0 && unreadable !== undefined) errors.push(invalid(at, "", unreadable));
  return errors;
}

function validateStatusRoot(schema: JsonSchema, field: string): FieldError[] {
  const said = Object.keys(schema);
  if (schema.type !== undefined && schema.type !== "object") {
    const only = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalid(`${field}.type`, schema.type, only)];
  }
  const allowed: readonly string[] = Object.values(AT_ROOT);
  if (said.every((name) => allowed.includes(name))) return [];
  const names = `[${Object.keys(AT_ROOT).join(" ")}]`;
  const only = `only ${names} fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalidPrinted(field, printedSchema(schema), only)];
}
