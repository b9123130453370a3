import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { customResourceDefinition } from "../customresourcedefinition.ts";
import type { Kind } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject, Loose } from "../object.ts";
import { setSchemaDefaults } from "./defaults.ts";
import { definition } from "./differential/definitions.ts";
import type { JsonSchema } from "./jsonschema.ts";
import { customKinds } from "./kinds.ts";
import { prune, pruneBy } from "./prune.ts";

const STRING: JsonSchema = { type: "string" };
const spec = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: "object",
  properties: { spec: { type: "object", properties } },
});

function made(crd: Loose): KubeObject {
  customResourceDefinition.setDefaults!(crd);
  customResourceDefinition.prepareCreate!(crd);
  expect(customResourceDefinition.validate!(crd)).toEqual([]);
  return crd;
}

const TWO = (change: (crd: Loose) => void = () => {}): KubeObject =>
  made(
    definition("things", spec({ old: STRING, both: STRING }), (crd) => {
      const schema = { openAPIV3Schema: spec({ both: STRING, fresh: { type: "string", default: "d" } }) };
      crd.spec.versions.push({ name: "v2", served: true, storage: false, schema });
      change(crd);
    }),
  );

const names = (kinds: readonly Kind[]): string[] => kinds.map(({ version }) => version);

describe("kinds of a definition", () => {
  it.each<[string, (crd: Loose) => void, string[]]>([
    ["each served version, as the definition orders them", () => {}, ["v1", "v2"]],
    ["whichever is stored", (crd) => crd.spec.versions.reverse(), ["v2", "v1"]],
    ["only served ones", (crd) => (crd.spec.versions[1].served = false), ["v1"]],
    ["not the stored one if it is not served", (crd) => (crd.spec.versions[0].served = false), ["v2"]],
  ])("%s", (_name, change, versions) => expect(names(customKinds(TWO(change)))).toEqual(versions));

  it("keeps the stored kind of a version that is not served", () => {
    const [v2] = customKinds(TWO((crd) => (crd.spec.versions[0].served = false)));
    expect(v2!.conversion!.stored.version).toBe("v1");
  });

  it("changes the version between them, and only what both name stays", () => {
    const [, v2] = customKinds(TWO()) as [Kind, Kind];
    const metadata = { name: "a", namespace: "b" };
    const shown = { apiVersion: "example.com/v2", kind: "Thing", metadata, spec: { both: "x", fresh: "y" } };
    const stored = { apiVersion: "example.com/v1", kind: "Thing", metadata, spec: { both: "x" } };
    expect(v2.conversion!.toStored(shown)).toEqual(stored);
    expect(v2.conversion!.fromStored(stored)).toEqual({ ...shown, spec: { both: "x", fresh: "d" } });
    expect(shown.spec).toEqual({ both: "x", fresh: "y" });
  });

  it("serves what the version says", () => {
    const crd = made(
      definition("things", spec({ replicas: { type: "integer" }, color: STRING }), (object) => {
        Object.assign(object.spec.versions[0], {
          deprecated: true,
          subresources: {
            status: {},
            scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
          },
          selectableFields: [{ jsonPath: ".spec.color" }],
        });
      }),
    );
    const [kind] = customKinds(crd) as [Kind];
    expect(kind).toMatchObject({
      resource: "things",
      singular: "thing",
      namespaced: true,
      status: true,
      schema: "com.example.v1.Thing",
      scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "" },
      deprecation: "example.com/v1 Thing is deprecated",
      structural: { crd: "things.example.com" },
    });
    const object = { apiVersion: "", kind: "", metadata: { name: "a" }, spec: { color: "red" } };
    expect(kind.fields!["spec.color"]!(object)).toBe("red");
    expect(kind.fields!["spec.color"]!({ ...object, spec: {} })).toBe("");
    expect(kind.structural!.schema.properties!.get("metadata")!.name).toMatch(/ObjectMeta$/);
  });
});

test.each<[string, JsonSchema, JsonValue, JsonValue, string[]]>([
  ["unknown fields", spec({ a: STRING }), { spec: { a: "x", b: 1 }, c: {} }, { spec: { a: "x" } }, ["c", "spec.b"]],
  [
    "metadata stays",
    spec({}),
    { apiVersion: "v", kind: "K", metadata: { x: 1 } },
    { apiVersion: "v", kind: "K", metadata: { x: 1 } },
    [],
  ],
  [
    "in lists and maps",
    spec({
      l: { type: "array", items: { type: "object" } },
      m: { type: "object", additionalProperties: { type: "object" } },
    }),
    { spec: { l: [{ a: 1 }], m: { x: { b: 1 } } } },
    { spec: { l: [{}], m: { x: {} } } },
    ["spec.l[0].a", "spec.m.x.b"],
  ],
  [
    "what is open is kept, but for what it names",
    spec({
      o: { type: "object", "x-kubernetes-preserve-unknown-fields": true, properties: { p: { type: "object" } } },
    }),
    { spec: { o: { a: { b: [{ c: 1 }] }, p: { d: 1 } } } },
    { spec: { o: { a: { b: [{ c: 1 }] }, p: {} } } },
    ["spec.o.p.d"],
  ],
  [
    "embedded objects keep their head",
    spec({ e: { type: "object", "x-kubernetes-embedded-resource": true, properties: { s: STRING } } }),
    { spec: { e: { apiVersion: "v1", kind: "K", metadata: { name: "n" }, s: "x", t: 1 } } },
    { spec: { e: { apiVersion: "v1", kind: "K", metadata: { name: "n" }, s: "x" } } },
    ["spec.e.t"],
  ],
  [
    "names that every object inherits",
    spec({}),
    { spec: { constructor: 1, toString: "x" } },
    { spec: {} },
    ["spec.constructor", "spec.toString"],
  ],
])("prunes: %s", (_name, root, value, left, gone) => {
  expect(prune(value as JsonObject, root)).toEqual(gone);
  expect(value).toEqual(left);
});

test.each<[string, Record<string, JsonSchema>, JsonObject, JsonObject]>([
  ["where absent", { a: { type: "string", default: "d" } }, {}, { a: "d" }],
  ["not where there", { a: { type: "string", default: "d" } }, { a: "" }, { a: "" }],
  ["for null", { a: { type: "string", default: "d" } }, { a: null }, { a: "d" }],
  ["not for a null that may be", { a: { type: "string", default: "d", nullable: true } }, { a: null }, { a: null }],
  ["nothing for null", { a: STRING }, { a: null }, {}],
  [
    "inside a default",
    { a: { type: "object", default: {}, properties: { b: { type: "integer", default: 1 } } } },
    {},
    { a: { b: 1 } },
  ],
  ["not inside what is absent", { a: { type: "object", properties: { b: { type: "integer", default: 1 } } } }, {}, {}],
])("sets defaults: %s", (_name, properties, before, after) => {
  const object = { spec: before };
  setSchemaDefaults(object, spec(properties));
  expect(object.spec).toEqual(after);
});

test("a default is copied, never shared", () => {
  const schema = spec({ a: { type: "object", default: { b: 1 }, "x-kubernetes-preserve-unknown-fields": true } });
  const objects = [{ spec: {} }, { spec: {} }] as Loose[];
  for (const object of objects) setSchemaDefaults(object, schema);
  objects[0].spec.a.b = 2;
  expect(objects[1].spec.a).toEqual({ b: 1 });
});

describe("for any value", () => {
  const schema = spec({
    a: { type: "string", default: "d" },
    b: { type: "array", items: { type: "object", properties: { c: { type: "integer", default: 1 } } } },
    d: { type: "object", additionalProperties: { type: "object", nullable: true } },
  });
  const value = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "x"), fc.jsonValue());

  it("pruning and defaults change nothing the second time", () =>
    fc.assert(
      fc.property(value, (inner) => {
        const object = JSON.parse(JSON.stringify({ spec: inner }));
        pruneBy(object, schema, true);
        setSchemaDefaults(object, schema);
        const once = JSON.stringify(object);
        expect(pruneBy(object, schema, true)).toEqual([]);
        setSchemaDefaults(object, schema);
        expect(JSON.stringify(object)).toBe(once);
      }),
    ));
});
