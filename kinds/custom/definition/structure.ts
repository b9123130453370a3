// What makes a schema structural (apiextensions-apiserver pkg/apiserver/schema validation.go, complete.go): every field of every object has one type,
// said outside of allOf, anyOf, oneOf and not, which may only narrow what is there.
import type { FieldError } from "../../kind.ts";
import { forbidden, invalid, required } from "../../rules/errors.ts";
import { type JsonSchema, own, valuesOf } from "../jsonschema.ts";
import { sameValue } from "../correlate.ts";
import { goRegExp } from "../pattern.ts";

type Level = "root" | "item" | "field";

/** Keywords of JSON schema that nobody reads; the first one found. */
export function unsupported(schema: JsonSchema): string | undefined {
  const keywords = {
    id: schema.id,
    schema: schema.$schema,
    $ref: schema.$ref,
    patternProperties: schema.patternProperties,
    dependencies: schema.dependencies,
    additionalItems: schema.additionalItems,
    definitions: schema.definitions,
  };
  for (const [name, value] of Object.entries(keywords))
    if (value !== undefined && value !== "") return `OpenAPIV3Schema '${name}' is not supported`;
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const { allOf = [], anyOf = [], oneOf = [], not, items, properties = {} } = schema;
  for (const one of [not, ...allOf, ...anyOf, ...oneOf, items, ...Object.values(properties), valuesOf(schema)]) {
    const found = one && unsupported(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function validateStructural(schema: JsonSchema, field: string): FieldError[] {
  const errors = [...invariants(schema, "root", field), ...complete(schema, schema, field, field)];
  const text = (error: FieldError): string => `${error.field}: ${error.message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

const EMPTY: Record<Level, string> = {
  root: "must not be empty at the root",
  item: "must not be empty for specified array items",
  field: "must not be empty for specified object fields",
};

const properties = (schema: JsonSchema, field: string): [JsonSchema, string, string][] =>
  Object.entries(schema.properties ?? {}).map(([name, one]) => [one, `${field}.properties[${name}]`, name]);

function invariants(schema: JsonSchema, level: Level, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = "", items, additionalProperties } = schema;
  if (type === "array" && items === undefined) errors.push(required(`${field}.items`, "must be specified"));
  if (items) errors.push(...invariants(items, "item", `${field}.items`));
  for (const [one, at] of properties(schema, field)) errors.push(...invariants(one, "field", at));
  if (additionalProperties !== undefined) {
    if (level === "root") errors.push(forbidden(`${field}.additionalProperties`, "must not be used at the root"));
    const values = valuesOf(schema);
    if (values) errors.push(...invariants(values, "field", `${field}.additionalProperties`));
  }
  errors.push(...extensions(schema, field));
  const skipAny = isIntOrStringChoice(schema.anyOf);
  const skipFirst = isIntOrStringChoice(schema.allOf?.[0]?.anyOf);
  errors.push(...valueRules(schema, skipAny, skipFirst, field));
  errors.push(...typeRules(schema, level, field));
  errors.push(...metaRules(schema, level, field));
  return errors;
}

function extensions(schema: JsonSchema, field: string): FieldError[] {
  if (!schema["x-kubernetes-int-or-string"]) return [];
  return (["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] as const)
    .filter((name) => schema[name])
    .map((name) => invalid(`${field}.${name}`, true, "must be false if x-kubernetes-int-or-string is true"));
}

function typeRules(schema: JsonSchema, level: Level, field: string): FieldError[] {
  const { type = "", additionalProperties } = schema;
  const errors: FieldError[] = [];
  const embedded = schema["x-kubernetes-embedded-resource"];
  const must = "must be object if x-kubernetes-embedded-resource is true";
  if (embedded && type !== "object")
    errors.push(type === "" ? required(`${field}.type`, must) : invalid(`${field}.type`, type, must));
  else if (type === "" && !schema["x-kubernetes-int-or-string"] && !schema["x-kubernetes-preserve-unknown-fields"])
    errors.push(required(`${field}.type`, EMPTY[level]));
  if (embedded && additionalProperties !== undefined) {
    const unused = "must not be used if x-kubernetes-embedded-resource is set";
    errors.push(forbidden(`${field}.additionalProperties`, unused));
  }
  if (level === "root" && type !== "" && type !== "object")
    errors.push(invalid(`${field}.type`, type, "must be object at the root"));
  return errors;
}

function metaRules(schema: JsonSchema, level: Level, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const embedded = schema["x-kubernetes-embedded-resource"];
  const meta = level === "root" || embedded === true;
  for (const name of ["kind", "apiVersion"]) {
    const type = own(schema.properties, name)?.type ?? "";
    if (meta && own(schema.properties, name) && type !== "string")
      errors.push(invalid(`${field}.properties[${name}].type`, type, "must be string"));
  }
  const metadata = own(schema.properties, "metadata");
  if (metadata !== undefined && meta) {
    const at = `${field}.properties[metadata]`;
    if (metadata.type !== "object") errors.push(invalid(`${at}.type`, metadata.type ?? "", "must be object"));
    if (level === "root" && !isBareMetadata(metadata)) {
      const only = "must not specify anything other than name and generateName, but metadata is implicitly specified";
      errors.push(forbidden(at, only));
    }
  }
  if (embedded && !schema["x-kubernetes-preserve-unknown-fields"] && schema.properties === undefined) {
    const unless = "if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    errors.push(required(`${field}.properties`, `must not be empty ${unless}`));
  }
  return errors;
}

function isBareMetadata(metadata: JsonSchema): boolean {
  const { type: _type, default: _default, properties: fields = {}, ...rest } = metadata;
  const names = Object.keys(fields);
  return Object.keys(rest).length === 0 && names.every((name) => name === "name" || name === "generateName");
}

const INT_OR_STRING: JsonSchema[] = [{ type: "integer" }, { type: "string" }];

function isIntOrStringChoice(anyOf: JsonSchema[] | undefined): boolean {
  return anyOf !== undefined && sameValue(anyOf as never, INT_OR_STRING as never);
}

function valueRules(schema: JsonSchema, skipAny: boolean, skipFirst: boolean, field: string): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const errors: FieldError[] = [];
  if (!skipAny) for (const [at, one] of anyOf.entries()) errors.push(...nested(one, false, `${field}.anyOf[${at}]`));
  for (const [at, one] of allOf.entries()) errors.push(...nested(one, skipFirst && at === 0, `${field}.allOf[${at}]`));
  for (const [at, one] of oneOf.entries()) errors.push(...nested(one, false, `${field}.oneOf[${at}]`));
  if (not !== undefined) errors.push(...nested(not, false, `${field}.not`));
  const compiled = pattern ? goRegExp(pattern) : undefined;
  if (typeof compiled === "string")
    errors.push(invalid(`${field}.pattern`, pattern, `must be a valid regular expression, but isn't: ${compiled}`));
  return errors;
}

const EMPTY_HERE = {
  type: "must be empty to be structural",
  default: "must be undefined to be structural",
  title: "must be empty to be structural",
  description: "must be empty to be structural",
  nullable: "must be false to be structural",
  "x-kubernetes-preserve-unknown-fields": "must be false to be structural",
  "x-kubernetes-embedded-resource": "must be false to be structural",
  "x-kubernetes-int-or-string": "must be false to be structural",
  "x-kubernetes-list-map-keys": "must be empty to be structural",
  "x-kubernetes-list-type": "must be undefined to be structural",
  "x-kubernetes-map-type": "must be undefined to be structural",
  "x-kubernetes-validations": "must be empty to be structural",
} as const;

function nested(schema: JsonSchema, skipAny: boolean, field: string): FieldError[] {
  const errors = valueRules(schema, skipAny, false, field);
  if (schema.items) errors.push(...nested(schema.items, false, `${field}.items`));
  for (const [one, at] of properties(schema, field)) errors.push(...nested(one, false, at));
  for (const [name, why] of Object.entries(EMPTY_HERE))
    if (schema[name as keyof typeof EMPTY_HERE] !== undefined) errors.push(forbidden(`${field}.${name}`, why));
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false)
    errors.push(forbidden(`${field}.additionalProperties`, "must be undefined to be structural"));
  if (own(schema.properties, "metadata"))
    errors.push(forbidden(`${field}.properties[metadata]`, "must not be specified in a nested context"));
  return errors;
}

/** What a nested schema speaks of is there: `at` names it there, `from` where it is spoken of. */
function complete(rules: JsonSchema, structure: JsonSchema, at: string, from: string): FieldError[] {
  const { not, allOf = [], anyOf = [], oneOf = [] } = rules;
  const within = (one: JsonSchema, name: string): FieldError[] => completeNested(one, structure, at, `${from}.${name}`);
  return [
    ...(not ? within(not, "not") : []),
    ...allOf.flatMap((one, index) => within(one, `allOf[${index}]`)),
    ...anyOf.flatMap((one, index) => within(one, `anyOf[${index}]`)),
    ...oneOf.flatMap((one, index) => within(one, `oneOf[${index}]`)),
  ];
}

function completeNested(rules: JsonSchema, structure: JsonSchema | undefined, at: string, from: string): FieldError[] {
  if (structure === undefined) return [required(at, `because it is defined in ${from}`)];
  const errors = complete(rules, structure, at, from);
  if (rules.items) errors.push(...completeNested(rules.items, structure.items, `${at}.items`, `${from}.items`));
  for (const [one, where, name] of properties(rules, from))
    errors.push(...completeNested(one, own(structure.properties, name), `${at}.properties[${name}]`, where));
  return errors;
}
