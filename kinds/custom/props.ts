// JSONSchemaProps as a CustomResourceDefinition spells them (apiextensions.k8s.io/v1): the part of JSON schema that structural schemas use.
import type { OpenApiSchema } from "../facts/openapi.ts";
import { type JsonSchema, valuesOf } from "./jsonschema.ts";

/** The schema as written. */
export type Props = JsonSchema;

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/** What patches, field ownership and published documents know of it: types, list kinds, defaults; no junctors. */
export function schemaDocument(props: Props): OpenApiSchema {
  const { type, format, description, required } = props;
  const { properties } = props;
  const { items } = props;
  const additional = valuesOf(props);
  const made: OpenApiSchema = {};
  if (props["x-kubernetes-int-or-string"]) made["x-kubernetes-int-or-string"] = true;
  else if (type) made.type = type as OpenApiSchema["type"];
  if (format && format !== "int-or-string") made.format = format;
  if (description) made.description = description;
  if (required?.length) made.required = required;
  if (props.default !== undefined) made.default = props.default;
  for (const key of ["x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"] as const)
    if (props[key] !== undefined) Object.assign(made, { [key]: props[key] });
  if (props["x-kubernetes-preserve-unknown-fields"] || props.additionalProperties === true)
    made["x-kubernetes-preserve-unknown-fields"] = true;
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
