// What is sent to both: definitions that are refused, one that is served, and requests of its objects that each touch one keyword or one rule.
import type { Loose } from "../../kinds/object.ts";
import type { Step } from "../../worker/wire/differential/run.ts";

export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const GADGETS = "/apis/example.com/v1/namespaces/default/gadgets";

const step = (name: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Step => ({
  name,
  send: { method, path, ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) },
});

/** Keyword by keyword, each under a name of its own. */
const PROPERTIES: Record<string, object> = {
  integer: { type: "integer", minimum: 1, maximum: 9 },
  exclusive: { type: "integer", minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true },
  multiple: { type: "integer", multipleOf: 5 },
  number: { type: "number" },
  boolean: { type: "boolean" },
  text: { type: "string", minLength: 2, maxLength: 4 },
  pattern: { type: "string", pattern: "^[a-z]+$" },
  choice: { type: "string", enum: ["a", "b"], default: "a" },
  list: { type: "array", minItems: 1, maxItems: 2, items: { type: "string" } },
  set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
  map: {
    type: "array",
    items: {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, port: { type: "integer", default: 80 }, value: { type: "string" } },
    },
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name", "port"],
  },
  free: { type: "object", additionalProperties: { type: "integer" } },
  few: { type: "object", minProperties: 1, maxProperties: 2, additionalProperties: { type: "string" } },
  either: { "x-kubernetes-int-or-string": true },
  open: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { known: { type: "integer" } } },
  any: { "x-kubernetes-preserve-unknown-fields": true },
  nullable: { type: "string", nullable: true },
  nulldefault: { type: "string", default: "x" },
  nested: {
    type: "object",
    properties: { a: { type: "string", default: "deep" }, b: { type: "object", properties: {} } },
  },
  defaulted: { type: "object", default: {}, properties: { a: { type: "string", default: "deep" } } },
  needs: { type: "object", required: ["x", "y"], properties: { x: { type: "string" }, y: { type: "string" } } },
  one: {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    oneOf: [{ required: ["a"] }, { required: ["b"] }],
  },
  some: {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
  },
  never: { type: "string", not: { enum: ["bad"] } },
  all: { type: "integer", allOf: [{ minimum: 3 }, { maximum: 5 }] },
  embedded: { type: "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true },
  when: { type: "string", format: "date-time" },
  ip: { type: "string", format: "ipv4" },
  id: { type: "string", format: "uuid" },
  bytes: { type: "string", format: "byte" },
  email: { type: "string", format: "email" },
  small: { type: "integer", format: "int32" },
};

export function gadgets(): object {
  const version = (name: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    schema: {
      openAPIV3Schema: {
        type: "object",
        properties: {
          spec: { type: "object", properties: { ...PROPERTIES, replicas: { type: "integer" } } },
          status: { type: "object", properties: { replicas: { type: "integer" }, selector: { type: "string" } } },
        },
      },
    },
    subresources: {
      status: {},
      scale: {
        specReplicasPath: ".spec.replicas",
        statusReplicasPath: ".status.replicas",
        labelSelectorPath: ".status.selector",
      },
    },
    additionalPrinterColumns: [
      { name: "Text", type: "string", jsonPath: ".spec.text" },
      { name: "Number", type: "integer", jsonPath: ".spec.integer", priority: 1 },
      { name: "First", type: "string", jsonPath: ".spec.map[0].name" },
      { name: "Named", type: "string", jsonPath: '.spec.map[?(@.name=="b")].value' },
      { name: "All", type: "string", jsonPath: ".spec.list" },
      { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    ],
    selectableFields: [{ jsonPath: ".spec.choice" }],
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "gadgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "gadgets", kind: "Gadget", shortNames: ["gd"], categories: ["all"] },
      versions: [version("v1", true), version("v2", false)],
    },
  };
}

const gadget = (name: string, spec: unknown, more: object = {}): object => ({
  apiVersion: "example.com/v1",
  kind: "Gadget",
  metadata: { name },
  spec,
  ...more,
});

const VALUES: readonly [field: keyof typeof PROPERTIES, ...values: unknown[]][] = [
  ["integer", 0, 10, 5, "5", 1.5, null],
  ["exclusive", 1, 9, 5],
  ["multiple", 7, 10],
  ["number", 1.5, 2, "x"],
  ["boolean", true, "true", 0],
  ["text", "a", "abcde", "abc", 5, "äöü"],
  ["pattern", "abc", "ABC"],
  ["choice", "a", "c", null],
  ["list", [], ["a", "b", "c"], ["a", 1], "a", ["x"]],
  ["set", ["a", "a"], ["a", "b"]],
  [
    "map",
    [{ name: "a" }, { name: "a" }],
    [{ name: "a" }, { name: "a", port: 81 }],
    [{ port: 1 }],
    ["a"],
    [{ name: "a", extra: 1 }],
  ],
  ["free", { a: 1 }, { a: "x" }],
  ["few", {}, { a: "1", b: "2", c: "3" }],
  ["either", 1, "50%", true, 1.5],
  ["open", { known: 1, unknown: { deep: 1 } }, { known: "x" }],
  ["any", 1, "x", { a: [1] }],
  ["nullable", null, "x"],
  ["nulldefault", null, "y"],
  ["nested", {}, { a: "x", c: 1 }, { b: { gone: 1 } }],
  ["defaulted", { a: "x" }],
  ["needs", {}, { x: "1" }],
  ["one", {}, { a: "1" }, { a: "1", b: "2" }],
  ["some", {}, { a: "1" }],
  ["never", "bad", "good"],
  ["all", 2, 4, 6],
  [
    "embedded",
    { apiVersion: "v1", kind: "Pod", metadata: { name: "x" } },
    { kind: "Pod" },
    { apiVersion: "v1", kind: "Pod", metadata: { name: "X!" } },
  ],
  ["when", "2026-01-01T00:00:00Z", "yesterday"],
  ["ip", "10.0.0.1", "::1", "x"],
  ["id", "8f14e45f-ceea-467f-a83f-1a2b3c4d5e6f", "x"],
  ["bytes", "aGVsbG8=", "%%"],
  ["email", "a@example.com", "x"],
  ["small", 3_000_000_000, 5],
];

export function objects(): Step[] {
  const steps: Step[] = [];
  for (const [field, ...values] of VALUES)
    for (const [index, value] of values.entries())
      steps.push(
        step(`${field} ${JSON.stringify(value)}`, "POST", GADGETS, gadget(`${field}-${index}`, { [field]: value })),
      );
  const one = `${GADGETS}/x`;
  const merge = { "content-type": "application/merge-patch+json" };
  const apply = { "content-type": "application/apply-patch+yaml" };
  const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
  return [
    ...steps,
    step("create", "POST", GADGETS, gadget("x", { text: "abc", map: [{ name: "b", value: "v" }], list: ["p", "q"] })),
    step("again", "POST", GADGETS, gadget("x", {})),
    step("no spec", "POST", GADGETS, gadget("nospec", undefined)),
    step("spec of a wrong type", "POST", GADGETS, gadget("wrong", "x")),
    step("unknown at the root", "POST", GADGETS, gadget("unknown", {}, { other: 1 })),
    step("strict", "POST", `${GADGETS}?fieldValidation=Strict`, gadget("strict", { foo: 1 }, { other: 1 })),
    step("ignore", "POST", `${GADGETS}?fieldValidation=Ignore`, gadget("ignore", { foo: 1 })),
    step("bad name", "POST", GADGETS, gadget("Bad_Name", {})),
    step("bad label", "POST", GADGETS, { ...gadget("label", {}), metadata: { name: "label", labels: { "a b": "c" } } }),
    step("metadata of a wrong type", "POST", GADGETS, { ...gadget("x2", {}), metadata: { name: 5 } }),
    step("another kind", "POST", GADGETS, { ...gadget("other", {}), kind: "Other" }),
    step("another version", "POST", GADGETS, { ...gadget("other", {}), apiVersion: "example.com/v2" }),
    step("no kind", "POST", GADGETS, { apiVersion: "example.com/v1", metadata: { name: "nokind" } }),
    step("nothing named", "POST", GADGETS, { metadata: { name: "untyped" } }),
    step("a list", "POST", GADGETS, []),
    step("no JSON", "POST", GADGETS, "{"),
    step("get", "GET", one),
    step("get in another version", "GET", one.replace("v1", "v2")),
    step("missing", "GET", `${GADGETS}/missing`),
    step("merge patch", "PATCH", one, { spec: { integer: 3 } }, merge),
    step("merge patch to wrong", "PATCH", one, { spec: { integer: 30 } }, merge),
    step("merge patch with unknown", "PATCH", one, { spec: { nothing: 30 } }, merge),
    step("merge patch, strict", "PATCH", `${one}?fieldValidation=Strict`, { spec: { nothing: 30 } }, merge),
    step("json patch", "PATCH", one, [{ op: "replace", path: "/spec/text", value: "xyz" }], {
      "content-type": "application/json-patch+json",
    }),
    step("strategic patch", "PATCH", one, {}, { "content-type": "application/strategic-merge-patch+json" }),
    step("status is left alone", "PATCH", one, { status: { replicas: 4 } }, merge),
    step("status", "PATCH", `${one}/status`, { spec: { integer: 9 }, status: { replicas: 4, selector: "a=b" } }, merge),
    step("scale", "GET", `${one}/scale`),
    step("scale without replicas", "PATCH", `${one}/scale`, { spec: { replicas: 7 } }, merge),
    step("scaled", "GET", one),
    step("put without version", "PUT", one, gadget("x", {})),
    step(
      "apply",
      "PATCH",
      `${GADGETS}/applied?fieldManager=one`,
      gadget("applied", { map: [{ name: "a", value: "1" }] }),
      apply,
    ),
    step(
      "apply beside",
      "PATCH",
      `${GADGETS}/applied?fieldManager=two`,
      gadget("applied", { map: [{ name: "b", value: "2" }], set: ["q"] }),
      apply,
    ),
    step(
      "apply over",
      "PATCH",
      `${GADGETS}/applied?fieldManager=two`,
      gadget("applied", { map: [{ name: "a", value: "2" }] }),
      apply,
    ),
    step(
      "apply in another version",
      "PATCH",
      `${GADGETS.replace("v1", "v2")}/applied?fieldManager=three`,
      { ...gadget("applied", { text: "abc" }), apiVersion: "example.com/v2" },
      apply,
    ),
    step("apply to wrong", "PATCH", `${GADGETS}/applied?fieldManager=two`, gadget("applied", { integer: "x" }), apply),
    step(
      "apply of unknown",
      "PATCH",
      `${GADGETS}/applied?fieldManager=two`,
      gadget("applied", { unheard: "x" }),
      apply,
    ),
    step("table", "GET", `${GADGETS}?fieldSelector=metadata.name=x`, undefined, table),
    step(
      "table of another version",
      "GET",
      `${GADGETS.replace("v1", "v2")}?fieldSelector=metadata.name=x`,
      undefined,
      table,
    ),
    step("selected", "GET", `${GADGETS}?fieldSelector=spec.choice=a,metadata.name=x`),
    step("selected by nothing known", "GET", `${GADGETS}?fieldSelector=spec.text=a`),
    step("metadata alone", "GET", one, undefined, {
      accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json",
    }),
    step("dry run", "POST", `${GADGETS}?dryRun=All`, gadget("dry", {})),
    step("in no namespace", "POST", GADGETS.replace("default", "nowhere"), gadget("x", {})),
    step("generated name", "POST", `${GADGETS}?dryRun=All`, { ...gadget("", {}), metadata: { generateName: "gen-" } }),
    step("delete", "DELETE", one),
    step("deleted", "GET", one),
    step("delete the rest", "DELETE", `${GADGETS}?labelSelector=none=none`),
    step("unknown kind of the group", "GET", "/apis/example.com/v1/namespaces/default/nothings"),
    step("unknown subresource", "GET", `${GADGETS}/applied/nothing`),
    step("group", "GET", "/apis/example.com"),
    step("resources", "GET", "/apis/example.com/v1"),
  ];
}

/** One definition after another that something is wrong with. */
export function refused(): Step[] {
  const plain = (): Loose => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "things", kind: "Thing" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object" } } } },
        },
      ],
    },
  });
  const schema = (edit: (schema: Loose) => void) => (crd: Loose) => edit(crd.spec.versions[0].schema.openAPIV3Schema);
  const edits: Record<string, (crd: Loose) => void> = {
    "no group": (crd) => delete crd.spec.group,
    "bad group": (crd) => (crd.spec.group = "Example!"),
    "name of another": (crd) => (crd.metadata.name = "others.example.com"),
    "no scope": (crd) => delete crd.spec.scope,
    "another scope": (crd) => (crd.spec.scope = "World"),
    "no plural": (crd) => delete crd.spec.names.plural,
    "no kind": (crd) => delete crd.spec.names.kind,
    "bad short name": (crd) => (crd.spec.names.shortNames = ["A B"]),
    "list kind like kind": (crd) => (crd.spec.names.listKind = "Thing"),
    "no versions": (crd) => (crd.spec.versions = []),
    "no storage": (crd) => (crd.spec.versions[0].storage = false),
    "two of a name": (crd) => crd.spec.versions.push({ ...crd.spec.versions[0], storage: false }),
    "bad version": (crd) => (crd.spec.versions[0].name = "V1.0"),
    "no schema": (crd) => delete crd.spec.versions[0].schema,
    "a warning without a deprecation": (crd) => (crd.spec.versions[0].deprecationWarning = "old"),
    "preserve all": (crd) => (crd.spec.preserveUnknownFields = true),
    "a strategy that is none": (crd) => (crd.spec.conversion = { strategy: "Magic" }),
    "protected group": (crd) => {
      crd.spec.group = "example.k8s.io";
      crd.metadata.name = "things.example.k8s.io";
    },
    "no type": schema((s) => (s.properties.spec = {})),
    "no type of items": schema((s) => (s.properties.spec = { type: "array", items: {} })),
    "no items": schema((s) => (s.properties.spec = { type: "array" })),
    "root is no object": schema((s) => {
      s.type = "string";
      delete s.properties;
    }),
    "root has free keys": schema((s) => {
      delete s.properties;
      s.additionalProperties = { type: "string" };
    }),
    "properties and free keys": schema(
      (s) =>
        (s.properties.spec = {
          type: "object",
          properties: { a: { type: "string" } },
          additionalProperties: { type: "string" },
        }),
    ),
    "no free keys": schema((s) => (s.properties.spec = { type: "object", additionalProperties: false })),
    "unique items": schema(
      (s) => (s.properties.spec = { type: "array", items: { type: "string" }, uniqueItems: true }),
    ),
    "type in a junctor": schema((s) => (s.properties.spec = { type: "object", anyOf: [{ type: "object" }] })),
    "property only in a junctor": schema(
      (s) => (s.properties.spec = { type: "object", anyOf: [{ properties: { a: { minimum: 1 } } }] }),
    ),
    "list type without list": schema((s) => (s.properties.spec = { type: "object", "x-kubernetes-list-type": "set" })),
    "a list type that is none": schema(
      (s) => (s.properties.spec = { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "heap" }),
    ),
    "map without keys": schema(
      (s) => (s.properties.spec = { type: "array", items: { type: "object" }, "x-kubernetes-list-type": "map" }),
    ),
    "keys without map": schema(
      (s) => (s.properties.spec = { type: "array", items: { type: "object" }, "x-kubernetes-list-map-keys": ["a"] }),
    ),
    "key that is no property": schema(
      (s) =>
        (s.properties.spec = {
          type: "array",
          items: { type: "object" },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["a"],
        }),
    ),
    "key that may be missing": schema(
      (s) =>
        (s.properties.spec = {
          type: "array",
          items: { type: "object", properties: { a: { type: "string" } } },
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["a"],
        }),
    ),
    "map type without map": schema(
      (s) => (s.properties.spec = { type: "array", items: { type: "string" }, "x-kubernetes-map-type": "atomic" }),
    ),
    "embedded of no type": schema(
      (s) =>
        (s.properties.spec = { "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true }),
    ),
    "embedded of nothing": schema(
      (s) => (s.properties.spec = { type: "object", "x-kubernetes-embedded-resource": true }),
    ),
    "does not preserve": schema(
      (s) => (s.properties.spec = { type: "object", "x-kubernetes-preserve-unknown-fields": false }),
    ),
    "default of another type": schema((s) => (s.properties.spec = { type: "string", default: 5 })),
    "default with unknown": schema((s) => (s.properties.spec = { type: "object", default: { a: 1 } })),
    "default out of range": schema((s) => (s.properties.spec = { type: "integer", minimum: 5, default: 1 })),
    "metadata with more": schema(
      (s) => (s.properties.metadata = { type: "object", properties: { labels: { type: "object" } } }),
    ),
    "pattern that is none": schema((s) => (s.properties.spec = { type: "string", pattern: "(" })),
    "type that is none": schema((s) => (s.properties.spec = { type: "text" })),
    "column of no type": (crd) => (crd.spec.versions[0].additionalPrinterColumns = [{ name: "A", jsonPath: ".a" }]),
    "column of a wrong type": (crd) =>
      (crd.spec.versions[0].additionalPrinterColumns = [{ name: "A", type: "text", jsonPath: ".a" }]),
    "column without a path": (crd) =>
      (crd.spec.versions[0].additionalPrinterColumns = [{ name: "A", type: "string", jsonPath: "" }]),
    "scale of nothing": (crd) => (crd.spec.versions[0].subresources = { scale: {} }),
    "scale elsewhere": (crd) =>
      (crd.spec.versions[0].subresources = { scale: { specReplicasPath: ".status.a", statusReplicasPath: ".spec.b" } }),
    "scale of an array": (crd) =>
      (crd.spec.versions[0].subresources = {
        scale: { specReplicasPath: ".spec.a[0]", statusReplicasPath: ".status.b" },
      }),
    "selects metadata": (crd) => (crd.spec.versions[0].selectableFields = [{ jsonPath: ".metadata.name" }]),
    "selects nothing known": (crd) => (crd.spec.versions[0].selectableFields = [{ jsonPath: ".spec.unknown" }]),
    "selects an object": (crd) => (crd.spec.versions[0].selectableFields = [{ jsonPath: ".spec" }]),
    "unknown field": (crd) => (crd.spec.nonsense = 1),
  };
  return Object.entries(edits).map(([name, edit]) => {
    const crd = plain();
    edit(crd);
    return step(name, "POST", `${DEFINITIONS}?dryRun=All`, crd);
  });
}

export function changes(): Step[] {
  const merge = { "content-type": "application/merge-patch+json" };
  const one = `${DEFINITIONS}/gadgets.example.com`;
  return [
    step("definition", "GET", one),
    step("table of definitions", "GET", `${DEFINITIONS}?fieldSelector=metadata.name=gadgets.example.com`, undefined, {
      accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
    }),
    step("scope is fixed", "PATCH", one, { spec: { scope: "Cluster" } }, merge),
    step("kind is fixed", "PATCH", one, { spec: { names: { kind: "Other" } } }, merge),
    step("plural is fixed", "PATCH", one, { spec: { names: { plural: "others" } } }, merge),
    step("group is fixed", "PATCH", one, { spec: { group: "other.com" } }, merge),
    step("the storage version stays", "PATCH", `${one}/status`, { status: { storedVersions: [] } }, merge),
    step("a label", "PATCH", one, { metadata: { labels: { a: "b" } } }, merge),
    step("deletes", "DELETE", one),
  ];
}
