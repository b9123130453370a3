// Parts of a CustomResourceDefinition as upstream's errors show them: Go's internal types as JSON, every field by its Go name, set or not.
import type { Loose } from "../../object.ts";
import type { JsonSchema } from "../jsonschema.ts";
import type { InternalVersion } from "./internal.ts";

type Field = [go: string, name: string, zero: unknown, shown?: (value: Loose) => unknown];

const some = (value: Loose): unknown => (Array.isArray(value) ? value.map(shownSchema) : shownSchema(value));
const named = (value: Loose): unknown =>
  Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, shownSchema(one as JsonSchema)]),
  );
const choice = (value: Loose): unknown =>
  typeof value === "boolean" ? { Allows: value, Schema: null } : { Allows: true, Schema: shownSchema(value) };
const items = (value: Loose): unknown =>
  Array.isArray(value) ? { Schema: null, JSONSchemas: some(value) } : { Schema: shownSchema(value), JSONSchemas: null };
const dependencies = (value: Loose): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      Array.isArray(one) ? { Schema: null, Property: one } : { Schema: shownSchema(one as JsonSchema), Property: null },
    ]),
  );
const rules = (value: Loose[]): unknown =>
  value.map((rule) => ({
    Rule: rule.rule ?? "",
    Message: rule.message ?? "",
    MessageExpression: rule.messageExpression ?? "",
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? "",
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }));

const FIELDS: readonly Field[] = [
  ["ID", "id", ""],
  ["Schema", "$schema", ""],
  ["Ref", "$ref", null],
  ["Description", "description", ""],
  ["Type", "type", ""],
  ["Nullable", "nullable", false],
  ["Format", "format", ""],
  ["Title", "title", ""],
  ["Default", "default", null],
  ["Maximum", "maximum", null],
  ["ExclusiveMaximum", "exclusiveMaximum", false],
  ["Minimum", "minimum", null],
  ["ExclusiveMinimum", "exclusiveMinimum", false],
  ["MaxLength", "maxLength", null],
  ["MinLength", "minLength", null],
  ["Pattern", "pattern", ""],
  ["MaxItems", "maxItems", null],
  ["MinItems", "minItems", null],
  ["UniqueItems", "uniqueItems", false],
  ["MultipleOf", "multipleOf", null],
  ["Enum", "enum", null],
  ["MaxProperties", "maxProperties", null],
  ["MinProperties", "minProperties", null],
  ["Required", "required", null],
  ["Items", "items", null, items],
  ["AllOf", "allOf", null, some],
  ["OneOf", "oneOf", null, some],
  ["AnyOf", "anyOf", null, some],
  ["Not", "not", null, some],
  ["Properties", "properties", null, named],
  ["AdditionalProperties", "additionalProperties", null, choice],
  ["PatternProperties", "patternProperties", null, named],
  ["Dependencies", "dependencies", null, dependencies],
  ["AdditionalItems", "additionalItems", null, choice],
  ["Definitions", "definitions", null, named],
  ["ExternalDocs", "externalDocs", null, ({ description = "", url = "" }) => ({ Description: description, URL: url })],
  ["Example", "example", null],
  ["XPreserveUnknownFields", "x-kubernetes-preserve-unknown-fields", null],
  ["XEmbeddedResource", "x-kubernetes-embedded-resource", false],
  ["XIntOrString", "x-kubernetes-int-or-string", false],
  ["XListMapKeys", "x-kubernetes-list-map-keys", null],
  ["XListType", "x-kubernetes-list-type", null],
  ["XMapType", "x-kubernetes-map-type", null],
  ["XValidations", "x-kubernetes-validations", null, rules],
];

function shownSchema(schema: JsonSchema): unknown {
  return Object.fromEntries(
    FIELDS.map(([go, name, zero, shown = (value: Loose): unknown => value]) => {
      const value = (schema as Loose)[name];
      return [go, value === undefined ? zero : shown(value)];
    }),
  );
}

/** Go's names of the fields that a schema sets, in Go's order. */
export function goFields(schema: JsonSchema): string[] {
  return FIELDS.filter(([, name]) => (schema as Loose)[name] !== undefined).map(([go]) => go);
}

/** Go escapes what HTML would read. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

export function printedSchema(schema: JsonSchema): string {
  return goJson(shownSchema(schema));
}

export function printedVersions(versions: readonly InternalVersion[]): string {
  return goJson(
    versions.map(
      ({ schema, subresources, additionalPrinterColumns: columns, selectableFields: fields, ...version }) => ({
        Name: version.name,
        Served: version.served,
        Storage: version.storage,
        Deprecated: version.deprecated ?? false,
        DeprecationWarning: version.deprecationWarning ?? null,
        Schema: schema
          ? { OpenAPIV3Schema: schema.openAPIV3Schema ? shownSchema(schema.openAPIV3Schema) : null }
          : null,
        Subresources: subresources
          ? {
              Status: subresources.status ? {} : null,
              Scale: subresources.scale
                ? {
                    SpecReplicasPath: subresources.scale.specReplicasPath ?? "",
                    StatusReplicasPath: subresources.scale.statusReplicasPath ?? "",
                    LabelSelectorPath: subresources.scale.labelSelectorPath ?? null,
                  }
                : null,
            }
          : null,
        AdditionalPrinterColumns:
          columns?.map(({ name, type, format = "", description = "", priority = 0, jsonPath }) => ({
            Name: name,
            Type: type,
            Format: format,
            Description: description,
            Priority: priority,
            JSONPath: jsonPath,
          })) ?? null,
        SelectableFields: fields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null,
      }),
    ),
  );
}
