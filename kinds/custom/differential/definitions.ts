// CustomResourceDefinitions that kube-apiserver and we must judge alike.
import type { Loose } from "../../object.ts";
import type { JsonSchema } from "../jsonschema.ts";

type Change = (crd: Loose) => void;

export function definition(plural: string, schema: Loose, change: Change = () => {}): Loose {
  const kind = plural[0]!.toUpperCase() + plural.slice(1, -1);
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.example.com` },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural, kind },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
  change(crd);
  return crd;
}

const OBJECT: JsonSchema = { type: "object" };
const spec = (properties: Loose): Loose => ({ type: "object", properties: { spec: { type: "object", properties } } });
const one = (field: Loose): Loose => spec({ a: field });
const base = (change: Change): Loose => definition("things", OBJECT, change);
const first = (change: Change): Loose => base((crd) => change(crd.spec.versions[0]));
const schema = (of: Loose): Loose => definition("things", of);

const STATUS = (crd: Loose): void => {
  crd.spec.versions[0].subresources = { status: {} };
};
const column = (more: Loose): Loose => first((version) => (version.additionalPrinterColumns = [more]));
const scale = (more: Loose): Loose => first((version) => (version.subresources = { scale: more }));
const selectable = (...paths: string[]): Loose =>
  definition("things", spec({ a: { type: "string" }, b: { type: "object" }, c: { type: "integer" } }), (crd) => {
    crd.spec.versions[0].selectableFields = paths.map((jsonPath) => ({ jsonPath }));
  });
const second = (change: Change): Loose =>
  base((crd) => {
    const version = {
      name: "v2",
      served: true,
      storage: false,
      schema: { openAPIV3Schema: spec({ b: { type: "string" } }) },
    };
    crd.spec.versions.push(version);
    change(crd);
  });
const approved = (text?: string): Loose =>
  base((crd) => {
    crd.spec.group = "example.k8s.io";
    crd.metadata.name = "things.example.k8s.io";
    if (text !== undefined) crd.metadata.annotations = { "api-approved.kubernetes.io": text };
  });
const map = (items: Loose, ...keys: string[]): Loose =>
  one({ type: "array", items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys });
const STRING = { type: "string" };

export const DEFINITIONS: [string, Loose][] = [
  ["the least", base(() => {})],
  [
    "everything in names",
    base((crd) =>
      Object.assign(crd.spec.names, { singular: "thing", shortNames: ["t"], categories: ["all"], listKind: "Things" }),
    ),
  ],
  ["another name", base((crd) => (crd.metadata.name = "other.example.com"))],
  ["no group", base((crd) => (crd.spec.group = ""))],
  ["a bad group", base((crd) => (crd.spec.group = "Ex_ample"))],
  ["a group without a dot", base((crd) => (crd.spec.group = "example"))],
  ["no scope", base((crd) => delete crd.spec.scope)],
  ["a bad scope", base((crd) => (crd.spec.scope = "Everywhere"))],
  ["cluster-scoped", base((crd) => (crd.spec.scope = "Cluster"))],
  ["no names", base((crd) => (crd.spec.names = {}))],
  [
    "bad names",
    base(
      (crd) =>
        (crd.spec.names = {
          plural: "Things",
          singular: "T_",
          kind: "Th ing",
          listKind: "1",
          shortNames: ["A"],
          categories: ["-"],
        }),
    ),
  ],
  ["kind is listKind", base((crd) => (crd.spec.names.listKind = "Thing"))],
  ["no versions", base((crd) => (crd.spec.versions = []))],
  ["no storage version", first((version) => (version.storage = false))],
  ["not served", first((version) => (version.served = false))],
  ["a bad version", first((version) => (version.name = "V1"))],
  ["no schema", first((version) => delete version.schema)],
  ["an empty schema", first((version) => (version.schema = {}))],
  ["deprecated", first((version) => Object.assign(version, { deprecated: true, deprecationWarning: "old" }))],
  ["a warning without deprecation", first((version) => (version.deprecationWarning = "old"))],
  ["an empty warning", first((version) => Object.assign(version, { deprecated: true, deprecationWarning: "" }))],
  ["two versions", second(() => {})],
  ["two storage versions", second((crd) => (crd.spec.versions[1].storage = true))],
  ["the same version twice", second((crd) => (crd.spec.versions[1].name = "v1"))],
  [
    "an error in one of two versions",
    second((crd) => (crd.spec.versions[1].schema.openAPIV3Schema = one({ type: "strin" }))),
  ],
  [
    "the same error in both versions",
    second((crd) => {
      for (const version of crd.spec.versions) version.schema.openAPIV3Schema = one({ type: "strin" });
    }),
  ],
  ["preserveUnknownFields", base((crd) => (crd.spec.preserveUnknownFields = true))],
  ["Webhook conversion", base((crd) => (crd.spec.conversion = { strategy: "Webhook" }))],
  ["a bad strategy", base((crd) => (crd.spec.conversion = { strategy: "Other" }))],
  ["no strategy", base((crd) => (crd.spec.conversion = {}))],
  [
    "webhook without the strategy",
    base(
      (crd) =>
        (crd.spec.conversion = {
          strategy: "None",
          webhook: { conversionReviewVersions: ["v1"], clientConfig: { url: "https://a" } },
        }),
    ),
  ],
  ["not approved", approved()],
  ["approved", approved("https://github.com/kubernetes/kubernetes/pull/1")],
  ["unapproved", approved("unapproved, experimental")],
  ["badly approved", approved("yes")],
  ["a column", column({ name: "A", type: "string", jsonPath: ".spec.a", priority: 1, description: "x" })],
  ["an empty column", column({})],
  ["a bad column", column({ name: "A", type: "text", format: "x", jsonPath: "spec.a" })],
  [
    "scale",
    scale({
      specReplicasPath: ".spec.replicas",
      statusReplicasPath: ".status.replicas",
      labelSelectorPath: ".status.selector",
    }),
  ],
  ["an empty scale", scale({})],
  [
    "bad scale paths",
    scale({ specReplicasPath: ".status.a", statusReplicasPath: ".spec.a", labelSelectorPath: ".metadata.a" }),
  ],
  [
    "scale paths without a dot",
    scale({ specReplicasPath: "spec.a", statusReplicasPath: "status.a", labelSelectorPath: "a" }),
  ],
  ["selectable fields", selectable(".spec.a", ".spec.c")],
  ["bad selectable fields", selectable(".spec.b", ".spec.x", "spec.a", ".spec.a", ".spec.a", "", ".spec['a']")],
  [
    "selectable fields without a schema",
    base((crd) => {
      crd.spec.versions[0].selectableFields = [{ jsonPath: ".spec.a" }];
      delete crd.spec.versions[0].schema;
    }),
  ],
  ["status and a type", definition("things", OBJECT, STATUS)],
  ["status and oneOf at the root", definition("things", { type: "object", oneOf: [{ required: ["a"] }] }, STATUS)],
  ["nullable root", schema({ type: "object", nullable: true })],
  ["a root that is no object", schema({ type: "string" })],
  ["a root without a type", schema({ properties: {} })],
  ["additionalProperties at the root", schema({ type: "object", additionalProperties: STRING })],
  [
    "metadata narrowed",
    schema({
      type: "object",
      properties: { metadata: { type: "object", properties: { name: { type: "string", maxLength: 5 } } } },
    }),
  ],
  [
    "metadata with more",
    schema({
      type: "object",
      properties: {
        metadata: { type: "object", properties: { labels: { type: "object" } } },
        kind: { type: "integer" },
        apiVersion: {},
      },
    }),
  ],
  ["a field without a type", schema(one({}))],
  ["an unknown type", schema(one({ type: "strin" }))],
  ["type null", schema(one({ type: "null" }))],
  ["an array without items", schema(one({ type: "array" }))],
  ["items without a type", schema(one({ type: "array", items: {} }))],
  ["uniqueItems", schema(one({ type: "array", items: STRING, uniqueItems: true }))],
  [
    "properties and additionalProperties",
    schema(one({ type: "object", properties: { b: STRING }, additionalProperties: STRING })),
  ],
  [
    "properties and no additionalProperties",
    schema(one({ type: "object", properties: { b: STRING }, additionalProperties: false })),
  ],
  ["preserve false", schema(one({ type: "object", "x-kubernetes-preserve-unknown-fields": false }))],
  [
    "preserve and int-or-string",
    schema(one({ "x-kubernetes-int-or-string": true, "x-kubernetes-preserve-unknown-fields": true })),
  ],
  [
    "int-or-string with its choice",
    schema(one({ "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] })),
  ],
  [
    "int-or-string in allOf",
    schema(
      one({
        "x-kubernetes-int-or-string": true,
        allOf: [{ anyOf: [{ type: "integer" }, { type: "string" }] }, { maximum: 3 }],
      }),
    ),
  ],
  [
    "int-or-string the other way round",
    schema(one({ "x-kubernetes-int-or-string": true, anyOf: [{ type: "string" }, { type: "integer" }] })),
  ],
  ["embedded", schema(one({ type: "object", "x-kubernetes-embedded-resource": true }))],
  ["embedded that is no object", schema(one({ type: "string", "x-kubernetes-embedded-resource": true }))],
  [
    "embedded with additionalProperties",
    schema(one({ type: "object", "x-kubernetes-embedded-resource": true, additionalProperties: STRING })),
  ],
  [
    "types in anyOf",
    schema(
      one({
        type: "object",
        properties: { b: STRING },
        anyOf: [{ type: "object", description: "x", properties: { b: { type: "string", default: "x" } } }],
      }),
    ),
  ],
  [
    "everything forbidden in allOf",
    schema(
      one({
        type: "array",
        items: STRING,
        allOf: [
          {
            title: "x",
            nullable: true,
            "x-kubernetes-list-type": "set",
            "x-kubernetes-preserve-unknown-fields": true,
            additionalProperties: STRING,
          },
        ],
      }),
    ),
  ],
  [
    "incomplete",
    schema(
      one({
        type: "object",
        oneOf: [{ properties: { b: { minimum: 1 } }, required: ["b"] }],
        not: { items: { maximum: 1 } },
      }),
    ),
  ],
  [
    "metadata in a nested schema",
    schema({ type: "object", properties: { metadata: { type: "object" } }, anyOf: [{ properties: { metadata: {} } }] }),
  ],
  ["a bad pattern", schema(one({ type: "string", pattern: "(a" }))],
  ["look-ahead", schema(one({ type: "string", pattern: "^(?!a)" }))],
  ["$ref", schema(one({ type: "object", $ref: "#/definitions/x" }))],
  [
    "definitions",
    schema({
      type: "object",
      definitions: { a: STRING },
      patternProperties: { b: STRING },
      dependencies: { c: ["d"] },
      id: "x",
    }),
  ],
  ["items as a list", schema(one({ type: "array", items: [STRING] }))],
  ["a default", schema(one({ type: "string", default: "x" }))],
  ["a default of the wrong type", schema(one({ type: "string", default: 1 }))],
  ["a default with more fields", schema(one({ type: "object", properties: { b: STRING }, default: { b: "x", c: 1 } }))],
  [
    "a default out of bounds",
    schema(one({ type: "object", properties: { b: { type: "integer", minimum: 3, default: 1 } } })),
  ],
  [
    "a default in metadata",
    schema({
      type: "object",
      properties: { metadata: { type: "object", properties: { name: { type: "string", default: "x" } } } },
    }),
  ],
  ["null default", schema(one({ type: "string", default: null }))],
  [
    "a default below a list",
    schema(one({ type: "array", items: { type: "object", properties: { b: { type: "boolean", default: "x" } } } })),
  ],
  ["list type of no list", schema(one({ type: "string", "x-kubernetes-list-type": "set" }))],
  [
    "list type without a type",
    schema(
      one({
        "x-kubernetes-preserve-unknown-fields": true,
        "x-kubernetes-list-type": "set",
        "x-kubernetes-map-type": "atomic",
      }),
    ),
  ],
  ["an unknown list type", schema(one({ type: "array", items: STRING, "x-kubernetes-list-type": "bag" }))],
  ["an unknown map type", schema(one({ type: "object", "x-kubernetes-map-type": "bag" }))],
  ["map type of no object", schema(one({ type: "string", "x-kubernetes-map-type": "atomic" }))],
  ["a set of objects", schema(one({ type: "array", items: { type: "object" }, "x-kubernetes-list-type": "set" }))],
  [
    "a set of lists",
    schema(
      one({
        type: "array",
        items: { type: "array", items: STRING, "x-kubernetes-list-type": "set" },
        "x-kubernetes-list-type": "set",
      }),
    ),
  ],
  [
    "a set of nullables",
    schema(one({ type: "array", items: { type: "string", nullable: true }, "x-kubernetes-list-type": "set" })),
  ],
  ["a map", schema(map({ type: "object", properties: { k: STRING }, required: ["k"] }, "k"))],
  ["a map without keys", schema(map({ type: "object", properties: { k: STRING }, required: ["k"] }))],
  [
    "a map with an optional key",
    schema(map({ type: "object", properties: { k: { type: "string", nullable: true } } }, "k", "k", "z")),
  ],
  [
    "a map with a compound key",
    schema(map({ type: "object", properties: { k: { type: "object" } }, required: ["k"] }, "k")),
  ],
  ["a map of strings", schema(map(STRING, "k"))],
  ["keys without a map", schema(one({ type: "array", items: STRING, "x-kubernetes-list-map-keys": ["k"] }))],
  [
    "keys of a set",
    schema(one({ type: "array", items: STRING, "x-kubernetes-list-type": "set", "x-kubernetes-list-map-keys": ["k"] })),
  ],
  [
    "a rule",
    schema(
      one({
        type: "integer",
        "x-kubernetes-validations": [{ rule: "self > 1", message: "x", reason: "FieldValueForbidden" }],
      }),
    ),
  ],
  [
    "bad rules",
    schema(
      one({
        type: "integer",
        "x-kubernetes-validations": [
          { rule: " " },
          { rule: "self > 1", message: "a\nb" },
          { rule: "self\n> 1" },
          { rule: "self > 1", message: " ", reason: "X" },
        ],
      }),
    ),
  ],
  [
    "zeros everywhere",
    schema(
      one({
        type: "object",
        properties: {
          b: {
            type: "array",
            description: "",
            nullable: false,
            items: { type: "string", pattern: "", nullable: false, enum: [], unknown: 1 },
          },
        },
        required: [],
        allOf: [],
      }),
    ),
  ],
];
