// The schema of a version of a CustomResourceDefinition (validateCustomResourceDefinitionValidation): it is structural, its defaults hold by it, and it
// says nothing that kube-apiserver would not understand.
import type { FieldError } from "../../kind.ts";
import { forbidden, invalid, invalidPrinted } from "../../rules/errors.ts";
import type { JsonSchema } from "../jsonschema.ts";
import { validateDefaults } from "./defaults.ts";
import type { Validation } from "./internal.ts";
import { validateOpenApi } from "./openapi.ts";
import { goFields, printedSchema } from "./print.ts";
import { unsupported, validateStructural } from "./structure.ts";

/** Fields of a root whose status stands alone, in upstream's words and order. */
const AT_ROOT =
  "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations";

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
  for (const name of goFields(schema)) {
    if (name === "Type" && schema.type !== "object") {
      const only =
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      return [invalid(`${field}.type`, schema.type, only)];
    }
    if (AT_ROOT.split(" ").includes(name)) continue;
    const only = `only [${AT_ROOT}] fields are allowed at the root of the schema`;
    return [invalidPrinted(field, printedSchema(schema), `${only} if the status subresource is enabled`)];
  }
  return [];
}
