// Reads a schema written as OpenAPI v3 with Kubernetes' extensions (as in a CRD) into a Schema. For Hanse's own kinds now.
import type { ScalarType, Schema } from "../schema.ts";

export interface OpenApiSchema {
  $ref?: string;
  type?: "object" | "array" | ScalarType;
  format?: string;
  description?: string;
  properties?: Record<string, OpenApiSchema>;
  additionalProperties?: OpenApiSchema;
  items?: OpenApiSchema;
  required?: readonly string[];
  default?: unknown;
  enum?: readonly string[];
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: readonly string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** `resolve` answers a `$ref` (a definition name). */
export function readOpenApi(source: OpenApiSchema, resolve: (definition: string) => Schema): Schema {
  const schema: Schema = source.$ref === undefined ? {} : { ...resolve(source.$ref) };
  if (source.type) schema.type = source.type;
  if (source.format) schema.format = source.format;
  if (source["x-kubernetes-int-or-string"]) schema.format = "int-or-string";
  if (source.description) schema.description = source.description;
  if (source.required) schema.required = source.required;
  if (source.default !== undefined) schema.default = source.default;
  if (source.enum) schema.enum = source.enum;
  if (source["x-kubernetes-list-type"]) schema.listType = source["x-kubernetes-list-type"];
  if (source["x-kubernetes-list-map-keys"]) schema.listKeys = source["x-kubernetes-list-map-keys"];
  if (source["x-kubernetes-map-type"] === "atomic") schema.atomicMap = true;
  if (source["x-kubernetes-preserve-unknown-fields"]) schema.preserveUnknown = true;
  if (source.items) schema.items = readOpenApi(source.items, resolve);
  if (source.additionalProperties) schema.additional = readOpenApi(source.additionalProperties, resolve);
  if (source.properties) {
    schema.properties = new Map(
      Object.entries(source.properties).map(([name, value]) => [name, readOpenApi(value, resolve)]),
    );
  }
  return schema;
}
