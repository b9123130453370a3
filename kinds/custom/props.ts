// JSONSchemaProps as a CustomResourceDefinition spells them (apiextensions.k8s.io/v1): the part of JSON schema that structural schemas use.
import type { JsonObject, JsonValue } from "../object.ts";
import type { OpenApiSchema } from "../facts/openapi.ts";

export interface Props {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  format?: string;
  title?: string;
  description?: string;
  default?: JsonValue;
  example?: JsonValue;
  nullable?: boolean;
  enum?: JsonValue[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  required?: string[];
  properties?: Record<string, Props>;
  additionalProperties?: Props | boolean;
  items?: Props | Props[];
  allOf?: Props[];
  anyOf?: Props[];
  oneOf?: Props[];
  not?: Props;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-validations"?: Rule[];
}

/** One of x-kubernetes-validations. */
export interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Structural schemas have one schema for all items. */
export const itemsOf = ({ items }: Props): Props | undefined => (Array.isArray(items) ? items[0] : items);

/** Undefined: none, or anything goes. */
export const additionalOf = ({ additionalProperties }: Props): Props | undefined =>
  typeof additionalProperties === "object" ? additionalProperties : undefined;

/** Of a map whose keys are free: properties named nowhere are kept. */
export const keepsAny = (props: Props): boolean =>
  props["x-kubernetes-preserve-unknown-fields"] === true || props.additionalProperties === true;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** What patches, field ownership and published documents know of it: types, list kinds, defaults; no junctors. */
export function schemaDocument(props: Props): OpenApiSchema {
  const { type, format, description, required } = props;
  const { properties } = props;
  const items = itemsOf(props);
  const additional = additionalOf(props);
  const made: OpenApiSchema = {};
  if (props["x-kubernetes-int-or-string"]) made["x-kubernetes-int-or-string"] = true;
  else if (type) made.type = type;
  if (format && format !== "int-or-string") made.format = format;
  if (description) made.description = description;
  if (required?.length) made.required = required;
  if (props.default !== undefined) made.default = props.default;
  for (const key of ["x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"] as const)
    if (props[key] !== undefined) Object.assign(made, { [key]: props[key] });
  if (keepsAny(props)) made["x-kubernetes-preserve-unknown-fields"] = true;
  if (items) made.items = schemaDocument(items);
  if (additional) made.additionalProperties = schemaDocument(additional);
  const embedded = props["x-kubernetes-embedded-resource"] === true;
  if (properties || embedded)
    made.properties = {
      ...Object.fromEntries(Object.entries(properties ?? {}).map(([name, value]) => [name, schemaDocument(value)])),
      ...(embedded ? ROOT : {}),
    };
  return made;
}

/** What every object has, whatever its schema says. */
export const ROOT: Record<string, OpenApiSchema> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: { $ref: `${META}ObjectMeta` },
};
