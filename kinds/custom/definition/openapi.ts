// What a schema of a CustomResourceDefinition may say (ValidateCustomResourceDefinitionOpenAPISchema): types, lists, maps, defaults and rules.
import type { FieldError } from "../../kind.ts";
import { forbidden, invalid, notSupported, required } from "../../rules/errors.ts";
import { type JsonSchema, META_FIELDS, own, valuesOf } from "../jsonschema.ts";
import { validateRules } from "./celrules.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

interface Place {
  /** In apiVersion, kind or metadata, of the root or of an embedded resource. */
  meta?: boolean;
  /** Why there may be no defaults. */
  noDefaults?: string;
}

export function validateOpenApi(schema: JsonSchema, field: string): FieldError[] {
  return validate(schema, field, {}, true);
}

function validate(schema: JsonSchema, field: string, place: Place, root = false): FieldError[] {
  return [
    ...validateKeywords(schema, field, place),
    ...validateBelow(schema, field, place, root),
    ...validateMapType(schema, field),
    ...validateListType(schema, field),
    ...validateListKeys(schema, field),
    ...validateItemsOfSets(schema, field),
    ...validateRules(schema, field),
  ];
}

function validateKeywords(schema: JsonSchema, field: string, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { type } = schema;
  if (type && !TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, TYPES));
  if (schema.default !== undefined && place.noDefaults !== undefined)
    errors.push(forbidden(`${field}.default`, `must not be set ${place.noDefaults}`));
  for (const name of ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] as const)
    if (schema[name] !== undefined) errors.push(forbidden(`${field}.${name}`, `${name} is not supported`));
  if (type === "null")
    errors.push(forbidden(`${field}.type`, "type cannot be set to null, use nullable as an alternative"));
  if (Array.isArray(schema.items) && schema.items.length > 0)
    errors.push(forbidden(`${field}.items`, "items must be a schema object and not an array"));
  if (place.meta && schema["x-kubernetes-embedded-resource"])
    errors.push(forbidden(`${field}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta"));
  if (schema.uniqueItems) {
    const slow = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    errors.push(forbidden(`${field}.uniqueItems`, slow));
  }
  if (schema["x-kubernetes-preserve-unknown-fields"] === false)
    errors.push(invalid(`${field}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"));
  return errors;
}

function validateBelow(schema: JsonSchema, field: string, place: Place, root: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const { properties = {}, additionalProperties, items } = schema;
  if (additionalProperties !== undefined) {
    if (Object.keys(properties).length > 0 && additionalProperties !== true)
      errors.push(
        forbidden(`${field}.additionalProperties`, "additionalProperties and properties are mutual exclusive"),
      );
    const values = valuesOf(schema);
    const noDefaults = "inside additionalProperties applying to object metadata";
    const inside = place.meta ? { ...place, noDefaults } : place;
    if (values) errors.push(...validate(values, `${field}.additionalProperties`, inside));
  }
  for (const [name, one] of Object.entries(properties)) {
    const inside = { ...place };
    if ((root || schema["x-kubernetes-embedded-resource"]) && META_FIELDS.has(name)) {
      inside.meta = true;
      if (root) inside.noDefaults = `in top-level ${name}`;
    }
    errors.push(...validate(one, `${field}.properties[${name}]`, inside));
  }
  if (schema.not) errors.push(...validate(schema.not, `${field}.not`, place));
  for (const name of ["allOf", "oneOf", "anyOf"] as const)
    for (const [index, one] of (schema[name] ?? []).entries())
      errors.push(...validate(one, `${field}.${name}[${index}]`, place));
  for (const [name, one] of Object.entries(schema.definitions ?? {}))
    errors.push(...validate(one, `${field}.definitions[${name}]`, place));
  if (Array.isArray(items))
    for (const [index, one] of (items as JsonSchema[]).entries())
      errors.push(...validate(one, `${field}.items[${index}]`, place));
  else if (items) errors.push(...validate(items, `${field}.items`, place));
  return errors;
}

function validateMapType(schema: JsonSchema, field: string): FieldError[] {
  const mapType = schema["x-kubernetes-map-type"];
  if (mapType === undefined) return [];
  const errors = mustBe("object", schema, field, "x-kubernetes-map-type");
  const known = ["atomic", "granular"];
  return known.includes(mapType) ? errors : [...errors, notSupported(`${field}.x-kubernetes-map-type`, mapType, known)];
}

function mustBe(type: string, schema: JsonSchema, field: string, because: string): FieldError[] {
  if (schema.type === type) return [];
  const must = `must be ${type} if ${because} is specified`;
  return [schema.type ? invalid(`${field}.type`, schema.type, must) : required(`${field}.type`, must)];
}

const LIST_TYPES = ["atomic", "set", "map"];

function validateListType(schema: JsonSchema, field: string): FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  if (listType === undefined) return [];
  const errors = mustBe("array", schema, field, "x-kubernetes-list-type");
  const { items } = schema;
  if (errors.length === 0 && listType === "set" && items !== undefined && !Array.isArray(items)) {
    const atomic = "must be atomic as item of a list with x-kubernetes-list-type=set";
    const shown = items["x-kubernetes-list-type"];
    if (items.type === "array" && (shown ?? "atomic") !== "atomic")
      errors.push(invalid(`${field}.items.x-kubernetes-list-type`, shown, atomic));
    // Upstream shows the list type here too.
    if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic")
      errors.push(invalid(`${field}.items.x-kubernetes-map-type`, shown ?? null, atomic));
  }
  if (!LIST_TYPES.includes(listType))
    errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, LIST_TYPES));
  return errors;
}

function validateListKeys(schema: JsonSchema, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const listType = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const { items } = schema;
  const must = "must be map if x-kubernetes-list-map-keys is non-empty";
  if (keys.length > 0 && listType === undefined) errors.push(required(`${field}.x-kubernetes-list-type`, must));
  else if (keys.length > 0 && listType !== "map")
    errors.push(invalid(`${field}.x-kubernetes-list-type`, listType, must));
  if (listType !== "map") return errors;
  const where = `${field}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) errors.push(required(where, "must not be empty if x-kubernetes-list-type is map"));
  if (items === undefined)
    return [...errors, required(`${field}.items`, "must have a schema if x-kubernetes-list-type is map")];
  if (items.type !== "object") {
    const object = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalid(`${field}.items.type`, items.type ?? "", object)];
  }
  for (const [index, key] of keys.entries()) {
    const one = own(items.properties, key);
    if (one === undefined) errors.push(invalid(where, keys, "entries must all be names of item properties"));
    else if (one.type === "array" || one.type === "object") {
      const scalar = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${field}.items.properties[${key}].type`, items.type, scalar));
    }
    if (keys.indexOf(key) < index) errors.push(invalid(where, keys, "must not contain duplicate entries"));
  }
  return errors;
}

/** Items of sets and maps are never null, and a map's keys are always there. */
function validateItemsOfSets(schema: JsonSchema, field: string): FieldError[] {
  const listType = schema["x-kubernetes-list-type"];
  const { items } = schema;
  if (items === undefined || Array.isArray(items) || (listType !== "set" && listType !== "map")) return [];
  const errors: FieldError[] = [];
  if (items.nullable)
    errors.push(forbidden(`${field}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === "set") return errors;
  for (const key of schema["x-kubernetes-list-map-keys"] ?? []) {
    const one = own(items.properties, key);
    if (one === undefined) continue;
    const at = `${field}.items.properties[${key}]`;
    const here = "this property is in x-kubernetes-list-map-keys, so it";
    if (!items.required?.includes(key) && one.default === undefined)
      errors.push(required(`${at}.default`, `${here} must have a default or be a required property`));
    if (one.nullable) errors.push(forbidden(`${at}.nullable`, `${here} cannot be nullable`));
  }
  return errors;
}
