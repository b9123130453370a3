// The JSON schema of a CustomResourceDefinition as its author wrote it (apiextensions.k8s.io/v1 JSONSchemaProps), and walks over it.
// What is asked about a value by name is asked with `own`: a field may be called like something every object inherits.
import type { JsonObject, JsonValue } from "../object.ts";

export interface ValidationRule {
  rule?: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

export interface JsonSchema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  nullable?: boolean;
  default?: JsonValue;
  example?: JsonValue;
  enum?: JsonValue[];
  maximum?: number;
  exclusiveMaximum?: boolean;
  minimum?: number;
  exclusiveMinimum?: boolean;
  multipleOf?: number;
  maxLength?: number;
  minLength?: number;
  pattern?: string;
  maxItems?: number;
  minItems?: number;
  uniqueItems?: boolean;
  maxProperties?: number;
  minProperties?: number;
  required?: string[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  externalDocs?: JsonObject;
  /** Only to be refused, or of what we publish. */
  $ref?: string;
  $schema?: string;
  id?: string;
  additionalItems?: JsonSchema | boolean;
  patternProperties?: Record<string, JsonSchema>;
  definitions?: Record<string, JsonSchema>;
  dependencies?: Record<string, JsonSchema | string[]>;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-validations"?: ValidationRule[];
}

/** The fields that every object has, named by no schema. */
export const META_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function own<T>(of: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return of !== undefined && Object.hasOwn(of, key) ? of[key] : undefined;
}

/** The schema of a map's values, if it says one. */
export function valuesOf({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** The schema of a field of an object; undefined: nothing is said of it. */
export function fieldOf(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  if (schema === undefined) return undefined;
  return own(schema.properties, key) ?? valuesOf(schema);
}

/** As upstream treats a custom resource's root: apiVersion, kind and metadata stand in it whatever the schema says. */
export function asRoot(schema: JsonSchema): JsonSchema {
  return schema["x-kubernetes-embedded-resource"] ? schema : { ...schema, "x-kubernetes-embedded-resource": true };
}

/** The schemas right below one, wherever they stand. */
function below(schema: JsonSchema): JsonSchema[] {
  const {
    items,
    allOf = [],
    anyOf = [],
    oneOf = [],
    not,
    properties = {},
    patternProperties = {},
    definitions = {},
  } = schema;
  const found = [...allOf, ...anyOf, ...oneOf, ...Object.values(properties)];
  found.push(...Object.values(patternProperties), ...Object.values(definitions));
  for (const one of [items, not, valuesOf(schema), schema.additionalItems, ...Object.values(schema.dependencies ?? {})])
    if (Array.isArray(one)) found.push(...(one as JsonSchema[]).filter(isObject));
    else if (typeof one === "object") found.push(one);
  return found;
}

/** Whether it holds for the schema or for any below it. */
export function someSchema(schema: JsonSchema, holds: (schema: JsonSchema) => boolean): boolean {
  return holds(schema) || below(schema).some((one) => someSchema(one, holds));
}

export function hasRules(schema: JsonSchema): boolean {
  return someSchema(schema, (one) => (one["x-kubernetes-validations"] ?? []).length > 0);
}
