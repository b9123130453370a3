// CustomResourceDefinitions and custom resources compared with a real kube-apiserver: what is accepted, what is stored, and the causes of what is
// refused. Our side are the pure functions in the order in which the wire calls them.
import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { decodeFields } from "../../core/codec/fields.ts";
import { tableColumns, tableRow } from "../../core/query/table.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { customResourceDefinition } from "../customresourcedefinition.ts";
import { downloadModules } from "../facts/generate/modules.ts";
import { schemaOf } from "../facts/schema.ts";
import type { FieldError, Kind } from "../kind.ts";
import type { JsonSchema } from "./jsonschema.ts";
import type { KubeObject, Loose } from "../object.ts";
import { coerceEmbedded } from "./embedded.ts";
import { VALUES } from "./differential/values.ts";
import { DEFINITIONS, definition } from "./differential/definitions.ts";
import { COLUMNS, SHOWN } from "./differential/columns.ts";
import { UPDATES } from "./differential/updates.ts";
import { customKinds } from "./kinds.ts";
import { prune } from "./prune.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ACCEPTED: Readonly<Record<string, string>> = {
  "Webhook conversion": "webhooks are not called, so the strategy is refused",
};

const copy = (value: Loose): Loose => JSON.parse(JSON.stringify(value));

function masked(object: Loose): Loose {
  const made = copy(object);
  for (const field of ["uid", "creationTimestamp", "managedFields", "generation", "resourceVersion"])
    delete made.metadata[field];
  return made;
}

const causesOf = (errors: readonly Loose[]): string =>
  errors
    .map(({ reason, field, message }) => `${reason} ${field}: ${message}`)
    .sort()
    .join("\n");

function ourDefinition(manifest: Loose): { object: KubeObject; errors: FieldError[] } {
  const object = copy(manifest);
  delete object.metadata.namespace;
  expect(decodeFields(object, schemaOf(customResourceDefinition.schema))).toMatchObject({ ok: true });
  customResourceDefinition.setDefaults!(object);
  customResourceDefinition.prepareCreate!(object);
  return { object, errors: customResourceDefinition.validate!(object) };
}

function ourResource(kind: Kind, manifest: Loose): { object: KubeObject; errors?: FieldError[]; bad?: string } {
  const object = copy(manifest);
  prune(object, kind.structural!.props);
  const { error } = coerceEmbedded(object, kind.structural!.props);
  if (error) return { object, bad: `${error.field}: ${error.message}` };
  object.metadata.namespace = "default";
  kind.setDefaults!(object);
  if (kind.status) delete object.status;
  return { object, errors: kind.validate!(object) };
}

const THINGS: Loose = definition("samples", {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: Object.fromEntries(VALUES.map(([schema], index) => [`k${index}`, schema as JsonSchema])),
    },
  },
});

const RESOURCES = VALUES.flatMap(([schema, values], index) =>
  values.map((value) => [`${JSON.stringify(schema)} of ${JSON.stringify(value)}`, { [`k${index}`]: value }] as const),
);

/** Definitions of real projects that lie among Kubernetes' own sources: the Gateway API, snapshots, Calico, kwok's kin. */
function projects(): [string, Loose][] {
  const { kubernetes, apiextensions } = downloadModules();
  const places = [kubernetes, apiextensions].flatMap((dir) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).map((file) => join(dir, file)),
  );
  const texts = places.filter((file) => /\.ya?ml$/.test(file)).map((file) => readFileSync(file, "utf8"));
  const found = texts
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text))
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Loose))
    .filter((crd) => crd?.kind === "CustomResourceDefinition" && crd.apiVersion === "apiextensions.k8s.io/v1");
  return [...new Map(found.map((crd) => [crd.metadata.name as string, crd]))];
}

const conversion = (crd: Loose): string => crd.spec.conversion?.strategy ?? "None";

describeReal("custom resources and a real kube-apiserver", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "custom" });
    const { status, body } = await plane.call("POST", CRDS, THINGS);
    expect([status, body.message]).toEqual([201, undefined]);
    await vi.waitFor(async () => expect((await plane.call("GET", "/apis/example.com/v1/samples")).status).toBe(200), {
      timeout: 20_000,
    });
  }, 60_000);
  afterAll(() => plane?.stop());

  it.each(DEFINITIONS)("judge the definition alike: %s", async (name, manifest) => {
    const { status, body } = await plane.call("POST", `${CRDS}?dryRun=All`, manifest);
    if (name in ACCEPTED) return;
    const { object, errors } = ourDefinition(manifest);
    expect(causesOf(errors)).toEqual(status === 201 ? "" : causesOf(body.details?.causes ?? [body]));
    if (status === 201) expect(masked(object)).toEqual(masked(body));
  });

  it.each(projects())("judge a real definition alike: %s", async (_name, manifest) => {
    const { status, body } = await plane.call("POST", `${CRDS}?dryRun=All`, manifest);
    const { object, errors } = ourDefinition(manifest);
    if (conversion(manifest) === "Webhook")
      return expect(errors.map(({ field }) => field)).toEqual(["spec.conversion.strategy"]);
    expect(causesOf(errors)).toEqual(status === 201 ? "" : causesOf(body.details?.causes ?? [body]));
    if (status === 201) expect(masked(object)).toEqual(masked(body));
  });

  it.each(RESOURCES)("judge the resource alike: %s", async (_name, spec) => {
    const manifest = { apiVersion: "example.com/v1", kind: "Sample", metadata: { name: "a" }, spec };
    const [kind] = customKinds(ourDefinition(THINGS).object) as [Kind];
    const { status, body } = await plane.call(
      "POST",
      "/apis/example.com/v1/namespaces/default/samples?dryRun=All",
      manifest,
    );
    const { object, errors, bad } = ourResource(kind, manifest);
    if (status === 400) expect(`Sample in version "v1" cannot be handled as a Sample: ${bad}`).toEqual(body.message);
    else expect(causesOf(errors!)).toEqual(status === 201 ? "" : causesOf(body.details.causes));
    if (status === 201) expect(masked(object)).toEqual(masked(body));
  });

  it.each(UPDATES)("judge the update alike: %s", async (_name, loose, strict, before, after) => {
    const plural = `updates${count++}`;
    const schema = (of: JsonSchema): JsonSchema => ({
      type: "object",
      properties: { spec: { type: "object", properties: { a: of } } },
    });
    const manifest = definition(`${plural}s`, schema(loose));
    expect((await plane.call("POST", CRDS, manifest)).status).toBe(201);
    const path = `/apis/example.com/v1/namespaces/default/${plural}s`;
    const { kind } = manifest.spec.names;
    const resource = { apiVersion: "example.com/v1", kind, metadata: { name: "a" }, spec: { a: before } };
    await vi.waitFor(async () => expect((await plane.call("POST", path, resource)).status).toBe(201), 20_000);
    const patch = [{ op: "replace", path: "/spec/versions/0/schema/openAPIV3Schema", value: schema(strict) }];
    const named = `${CRDS}/${manifest.metadata.name}`;
    const patched = await plane.call("PATCH", named, patch, "application/json-patch+json");
    expect(patched.status).toBe(200);
    const old = (await plane.call("GET", `${path}/a`)).body;
    const next = { ...copy(old), spec: { a: after } };
    const [made] = customKinds(patched.body) as [Kind];
    const expected = causesOf(made.validate!(next, old));
    // The stricter schema takes a moment to be served: a value that breaks it tells.
    const broken = { ...resource, metadata: { name: "b" }, spec: { a: copy(before) } };
    await vi.waitFor(
      async () => expect((await plane.call("POST", `${path}?dryRun=All`, broken)).status).toBe(422),
      20_000,
    );
    const { status, body } = await plane.call("PUT", `${path}/a?dryRun=All`, next);
    expect(expected).toEqual(status === 200 ? "" : causesOf(body.details.causes));
  });

  it("show a resource alike in a table", async () => {
    const manifest = definition("shows", { type: "object", "x-kubernetes-preserve-unknown-fields": true }, (crd) => {
      crd.spec.versions[0].additionalPrinterColumns = COLUMNS.map(([jsonPath, type], index) => ({
        name: `C${index}`,
        type,
        jsonPath,
        priority: index % 2,
        ...(index === 0 ? { description: "first", format: "int32" } : {}),
      }));
    });
    expect((await plane.call("POST", CRDS, manifest)).status).toBe(201);
    const path = "/apis/example.com/v1/namespaces/default/shows";
    const resource = { apiVersion: "example.com/v1", kind: "Show", metadata: { name: "a" }, ...SHOWN };
    await vi.waitFor(async () => expect((await plane.call("POST", path, resource)).status).toBe(201), 20_000);
    const { body: object } = await plane.call("GET", `${path}/a`);
    const answer = await fetchTable(plane, `${path}/a?includeObject=None`);
    const [kind] = customKinds(ourDefinition(manifest).object) as [Kind];
    expect(tableColumns(kind)).toEqual(answer.columnDefinitions);
    const pairs = (cells: readonly unknown[]): unknown[] => cells.map((cell, index) => [COLUMNS[index - 1]?.[0], cell]);
    expect(pairs(tableRow(kind, object, Date.now()))).toEqual(pairs(answer.rows[0].cells));
  });
});

let count = 0;

async function fetchTable({ server, token, caFile }: ControlPlane, pathname: string): Promise<Loose> {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
  const text = await new Promise<string>((resolve, reject) => {
    get(`${server}${pathname}`, { headers, ca: readFileSync(caFile) }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => resolve(body));
    }).on("error", reject);
  });
  return JSON.parse(text);
}
