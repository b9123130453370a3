// What a version of a CustomResourceDefinition says about its objects, made once a generation: the schema as its author wrote it, the graph that
// patches and managed fields go by, and the OpenAPI document that is published (apiextensions-apiserver pkg/controller/openapi/builder).
import { schemaOf } from "../facts/schema.ts";
import type { Schema, ScalarType } from "../schema.ts";
import { type JsonSchema, valuesOf } from "./jsonschema.ts";

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

export interface Structural {
  /** metadata.name of the CustomResourceDefinition. */
  crd: string;
  /** metadata.generation of the CustomResourceDefinition it was made of. */
  generation: number;
  /** As written: for pruning, defaults and validation. */
  root: JsonSchema;
  /** For patches and managed fields. */
  schema: Schema;
  /** As published, with apiVersion, kind and metadata; `$ref` names a definition without a prefix. */
  openapi: JsonSchema;
}

interface Named {
  group: string;
  version: string;
  kind: string;
}

/** The definition's name as upstream makes it: the group's parts turned round. */
export function definitionName({ group, version, kind }: Named): string {
  return [...group.split(".").reverse(), version, kind].join(".");
}

export function structuralOf(root: JsonSchema, name: Named, crd: string, generation: number): Structural {
  const openapi = { ...published(root, true), "x-kubernetes-group-version-kind": [{ ...name }] };
  return { crd, generation, root, openapi, schema: { ...graph(openapi), name: definitionName(name) } };
}

const TYPE_META: Record<string, JsonSchema> = { apiVersion: { type: "string" }, kind: { type: "string" } };

function published(schema: JsonSchema, root: boolean): JsonSchema {
  const made: JsonSchema = { ...schema };
  const values = valuesOf(schema);
  if (schema.items) made.items = published(schema.items, false);
  if (values) made.additionalProperties = published(values, false);
  if (schema.properties)
    made.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, published(field, false)]),
    );
  if (root || schema["x-kubernetes-embedded-resource"])
    made.properties = { ...TYPE_META, ...made.properties, metadata: { $ref: META } };
  if (root) made.type = "object";
  return made;
}

function graph(source: JsonSchema): Schema {
  if (source.$ref !== undefined) return schemaOf(source.$ref);
  const schema: Schema = {};
  const { additionalProperties } = source;
  if (source.type) schema.type = source.type as "object" | "array" | ScalarType;
  if (source.format) schema.format = source.format;
  if (source["x-kubernetes-int-or-string"]) schema.format = "int-or-string";
  if (source.description) schema.description = source.description;
  if (source.required) schema.required = source.required;
  if (source.default !== undefined) schema.default = source.default;
  const listType = source["x-kubernetes-list-type"];
  if (listType) schema.listType = listType as "atomic" | "set" | "map";
  if (source["x-kubernetes-list-map-keys"]) schema.listKeys = source["x-kubernetes-list-map-keys"];
  if (source["x-kubernetes-map-type"] === "atomic") schema.atomicMap = true;
  if (source["x-kubernetes-preserve-unknown-fields"]) schema.preserveUnknown = true;
  if (source.items) schema.items = graph(source.items);
  if (additionalProperties === true) schema.additional = {};
  else if (typeof additionalProperties === "object") schema.additional = graph(additionalProperties);
  if (source.properties)
    schema.properties = new Map(Object.entries(source.properties).map(([name, field]) => [name, graph(field)]));
  return schema;
}
