// Custom resources through the API over the memory store, with the controllers beside it: a definition is established, served, found and published;
// its objects are pruned, defaulted, validated, listed as a table; it takes them along when it goes.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Loose } from "../../kinds/object.ts";
import { openCustomTrial, type CustomTrial } from "./trial.ts";

let trial: CustomTrial;
beforeEach(async () => {
  trial = await openCustomTrial();
});
afterEach(() => trial.stop());

const call: CustomTrial["call"] = (...asked) => trial.call(...asked);

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";

const SPEC_SCHEMA = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1 },
    color: { type: "string", enum: ["red", "blue"], default: "red" },
    parts: {
      type: "array",
      items: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string" }, count: { type: "integer" } },
      },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    },
    open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

function definition(change: (spec: Loose) => void = () => undefined): object {
  const version = (name: string, storage: boolean): object => ({
    name,
    served: true,
    storage,
    schema: {
      openAPIV3Schema: {
        type: "object",
        properties: { spec: SPEC_SCHEMA, status: { type: "object", properties: { ready: { type: "integer" } } } },
      },
    },
    subresources: { status: {}, scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" } },
    additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
    selectableFields: [{ jsonPath: ".spec.color" }],
  });
  const spec = {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget", shortNames: ["wd"] },
    versions: [version("v1", true), version("v1beta1", false)],
  };
  change(spec);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec,
  };
}

const widget = (name: string, spec: object): object => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name },
  spec,
});

async function established(): Promise<void> {
  expect((await call("POST", DEFINITIONS, definition())).code).toBe(201);
  await trial.served("Widget");
}

test("a definition is established and its kind discovered, published and served", async () => {
  await established();
  const { body } = await call("GET", `${DEFINITIONS}/widgets.example.com`);
  expect(body.status.conditions.map(({ type, status }: Loose) => [type, status])).toEqual([
    ["NamesAccepted", "True"],
    ["Established", "True"],
  ]);
  expect(body.status.acceptedNames).toEqual({
    plural: "widgets",
    singular: "widget",
    kind: "Widget",
    listKind: "WidgetList",
    shortNames: ["wd"],
  });
  expect(body.status.storedVersions).toEqual(["v1"]);
  const resources = (await call("GET", "/apis/example.com/v1")).body.resources;
  expect(resources.map(({ name }: Loose) => name)).toEqual(["widgets", "widgets/status", "widgets/scale"]);
  const document = (await call("GET", "/openapi/v3/apis/example.com/v1")).body;
  expect(document.components.schemas["com.example.v1.Widget"].properties.spec).toEqual(SPEC_SCHEMA);
  expect((await call("GET", "/openapi/v2")).body.definitions["com.example.v1.Widget"].properties.spec.type).toBe(
    "object",
  );
  expect((await call("GET", WIDGETS)).body).toMatchObject({
    kind: "WidgetList",
    apiVersion: "example.com/v1",
    items: [],
  });
});

test("objects are pruned, defaulted, validated and counted", async () => {
  await established();
  const made = await call("POST", WIDGETS, widget("a", { size: 2, foo: 1, open: { any: { thing: 1 } } }));
  expect(made.code).toBe(201);
  expect(made.headers.get("warning")).toBe('299 - "unknown field \\"spec.foo\\""');
  expect(made.body.spec).toEqual({ size: 2, color: "red", open: { any: { thing: 1 } } });
  expect(made.body.metadata.generation).toBe(1);
  const strict = await call("POST", `${WIDGETS}?fieldValidation=Strict`, widget("b", { size: 2, foo: 1 }));
  expect([strict.code, strict.body.message]).toEqual([
    400,
    'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.foo"',
  ]);
  const wrong = await call(
    "POST",
    WIDGETS,
    widget("c", { size: "2", color: "green", parts: [{ name: "x" }, { name: "x" }] }),
  );
  expect(wrong.code).toBe(422);
  expect(wrong.body.details.causes.map(({ field, message }: Loose) => `${field}: ${message}`)).toEqual([
    'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    'spec.color: Unsupported value: "green": supported values: "red", "blue"',
    ".spec.size: Invalid value: 0: .spec.size accessor error: 2 is of the type string, expected int64",
    'spec.parts[1]: Duplicate value: {"name":"x"}',
  ]);
  const changed = await call(
    "PATCH",
    `${WIDGETS}/a`,
    { spec: { size: 3 } },
    { "content-type": "application/merge-patch+json" },
  );
  expect([changed.code, changed.body.metadata.generation]).toEqual([200, 2]);
  const said = await call("PUT", `${WIDGETS}/a/status`, { ...changed.body, status: { ready: 1 } });
  expect([said.code, said.body.status, said.body.metadata.generation]).toEqual([200, { ready: 1 }, 2]);
  const strategic = await call(
    "PATCH",
    `${WIDGETS}/a`,
    {},
    { "content-type": "application/strategic-merge-patch+json" },
  );
  expect(strategic.code).toBe(415);
});

test("another version is the same object; a table shows the columns; a field selects", async () => {
  await established();
  await call("POST", WIDGETS, widget("a", { size: 2 }));
  await call("POST", WIDGETS.replace("v1", "v1beta1"), {
    ...widget("b", { size: 5, color: "blue" }),
    apiVersion: "example.com/v1beta1",
  });
  expect((await call("GET", `${WIDGETS}/b`)).body).toMatchObject({ apiVersion: "example.com/v1", spec: { size: 5 } });
  expect((await call("GET", `${WIDGETS.replace("v1", "v1beta1")}/a`)).body.apiVersion).toBe("example.com/v1beta1");
  const table = await call("GET", WIDGETS, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
  expect(table.body.columnDefinitions.map(({ name }: Loose) => name)).toEqual(["Name", "Size"]);
  expect(table.body.rows.map(({ cells }: Loose) => cells)).toEqual([
    ["a", 2],
    ["b", 5],
  ]);
  const blue = await call("GET", `${WIDGETS}?fieldSelector=spec.color=blue`);
  expect(blue.body.items.map(({ metadata }: Loose) => metadata.name)).toEqual(["b"]);
  expect((await call("GET", `${WIDGETS}/a/scale`)).body.spec).toEqual({ replicas: 2 });
});

test("applies by several managers merge by the schema's list keys", async () => {
  await established();
  const applied = (manager: string, spec: object): Promise<Loose> =>
    call("PATCH", `${WIDGETS}/a?fieldManager=${manager}`, widget("a", spec), {
      "content-type": "application/apply-patch+yaml",
    });
  expect((await applied("one", { size: 1, parts: [{ name: "x", count: 1 }] })).code).toBe(201);
  const both = await applied("two", { size: 1, parts: [{ name: "y", count: 2 }] });
  expect(both.body.spec.parts).toEqual([
    { name: "x", count: 1 },
    { name: "y", count: 2 },
  ]);
  expect((await applied("two", { size: 2 })).code).toBe(409);
});

test("a definition that goes takes its objects along, finalizers first", async () => {
  await established();
  await call("POST", WIDGETS, widget("a", { size: 1 }));
  const held = widget("b", { size: 1 }) as Loose;
  held.metadata.finalizers = ["example.com/hold"];
  await call("POST", WIDGETS, held);
  const gone = await call("DELETE", `${DEFINITIONS}/widgets.example.com`);
  expect(gone.body.metadata.finalizers).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
  await trial.controllers.idle();
  expect((await call("GET", `${WIDGETS}/a`)).code).toBe(404);
  expect((await call("GET", `${WIDGETS}/b`)).body.metadata.deletionTimestamp).toBeDefined();
  await call(
    "PATCH",
    `${WIDGETS}/b`,
    { metadata: { finalizers: null } },
    { "content-type": "application/merge-patch+json" },
  );
  await trial.served("Widget", false);
  expect((await call("GET", `${DEFINITIONS}/widgets.example.com`)).code).toBe(404);
  expect((await call("GET", WIDGETS)).code).toBe(404);
});

test("a name that another definition has is told, and given when it is free", async () => {
  await established();
  const other = definition((spec) => (spec.names = { plural: "others", kind: "Widget", singular: "other" })) as Loose;
  other.metadata.name = "others.example.com";
  expect((await call("POST", DEFINITIONS, other)).code).toBe(201);
  await trial.controllers.idle();
  const status = async (): Promise<Loose> => (await call("GET", `${DEFINITIONS}/others.example.com`)).body.status;
  expect((await status()).conditions.map(({ reason }: Loose) => reason)).toEqual(["ListKindConflict", "NotAccepted"]);
  await call("DELETE", `${DEFINITIONS}/widgets.example.com`);
  await trial.controllers.idle();
  expect((await status()).conditions.map(({ reason }: Loose) => reason)).toEqual([
    "NoConflicts",
    "InitialNamesAccepted",
  ]);
});

test("what was stored before the storage version changed is read, listed, patched and watched in the one that is asked for", async () => {
  await established();
  await call("POST", WIDGETS, widget("old", { size: 2, color: "blue" }));
  const name = `${DEFINITIONS}/widgets.example.com`;
  const merge = { "content-type": "application/merge-patch+json" };
  const { versions } = (await call("GET", name)).body.spec;
  const [v1, beta] = versions as Loose[];
  const flipped = [
    { ...v1, storage: false },
    { ...beta, storage: true },
  ];
  expect((await call("PATCH", name, { spec: { versions: flipped } }, merge)).body.status.storedVersions).toEqual([
    "v1",
    "v1beta1",
  ]);
  await trial.controllers.idle();
  const inBeta = WIDGETS.replace("v1", "v1beta1");
  const type = async (path: string): Promise<string[]> =>
    (await call("GET", path)).body.items.map(({ apiVersion }: Loose) => apiVersion);
  for (let tries = 0; (await type(inBeta))[0] !== "example.com/v1beta1" && tries < 500; tries++)
    await new Promise((resolve) => setTimeout(resolve, 2));
  await call("POST", inBeta, { ...widget("new", { size: 3 }), apiVersion: "example.com/v1beta1" });
  expect(await type(inBeta)).toEqual(["example.com/v1beta1", "example.com/v1beta1"]);
  expect(await type(WIDGETS)).toEqual(["example.com/v1", "example.com/v1"]);
  const patched = await call("PATCH", `${inBeta}/old`, { spec: { size: 4 } }, merge);
  expect(patched.body).toMatchObject({ apiVersion: "example.com/v1beta1", spec: { size: 4, color: "blue" } });
  expect((await call("GET", `${WIDGETS}/old`)).body).toMatchObject({ apiVersion: "example.com/v1", spec: { size: 4 } });
});
