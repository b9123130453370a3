// Fields by which custom resources may be selected (ValidateCustomResourceSelectableFields): simple paths to scalars of the schema, eight at most.
import type { FieldError } from "../../kind.ts";
import { duplicate, invalid, required, tooMany } from "../../rules/errors.ts";
import { type JsonSchema, own, valuesOf } from "../jsonschema.ts";
import { unsupported } from "./structure.ts";

const LIMIT = 8;
const SCALARS = ["string", "boolean", "integer"];

export function validateSelectableFields(
  fields: readonly { jsonPath?: string }[] | undefined,
  schema: JsonSchema | undefined,
  field: string,
): FieldError[] {
  if (!fields?.length) return [];
  if (schema === undefined) return [invalid(field, "", "may only be set when validations.schema is included")];
  const errors: FieldError[] = [];
  const unreadable = unsupported(schema);
  // Upstream names the schema of the versions here even where it stands above them.
  if (unreadable !== undefined)
    errors.push(invalid(field.replace(/selectableFields$/, "schema.openAPIV3Schema"), "", unreadable));
  const seen = new Set<string>();
  for (const [index, { jsonPath = "" }] of fields.entries()) {
    const at = `${field}[${index}].jsonPath`;
    if (jsonPath === "") {
      errors.push(required(at));
      continue;
    }
    const { found, names, wrong } = follow(jsonPath, schema);
    if (wrong !== undefined) {
      errors.push(invalid(at, jsonPath, `is an invalid path: ${wrong}`));
      continue;
    }
    if (names[0] === "metadata") errors.push(invalid(at, jsonPath, "must not point to fields in metadata"));
    if (!SCALARS.includes(found?.type ?? "")) {
      const what = "Enum string fields and strings with formats are allowed.";
      errors.push(invalid(at, jsonPath, `must point to a field of type string, boolean or integer. ${what}`));
    }
    const path = names.join(".");
    if (seen.has(path)) errors.push(duplicate(at, jsonPath));
    seen.add(path);
  }
  return seen.size > LIMIT ? [...errors, tooMany(field, seen.size, LIMIT)] : errors;
}

/** Along a path in dot notation; `wrong` says why it cannot be followed (apiserver/schema/cel ValidFieldPath). */
function follow(path: string, schema: JsonSchema): { found?: JsonSchema; names: string[]; wrong?: string } {
  const names: string[] = [];
  let here: JsonSchema | undefined = schema;
  const tokens = path.match(/[.[\]]|[^.[\]]+/g) ?? [];
  for (let at = 0; at < tokens.length; at += 2) {
    if (tokens[at] === "[") return { names, wrong: "array notation is not allowed" };
    if (tokens[at] !== ".") return { names, wrong: `expected [ or . but got: ${tokens[at]}` };
    const name = tokens[at + 1];
    if (name === undefined) return { names, wrong: "unexpected end of JSON path" };
    const field: JsonSchema | undefined = here.properties ? own(here.properties, name) : valuesOf(here);
    if (field === undefined) return { names, wrong: "does not refer to a valid field" };
    names.push(name);
    here = field;
  }
  return { found: here, names };
}
