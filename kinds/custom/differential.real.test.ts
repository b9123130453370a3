// CustomResourceDefinitions and custom resources compared with a real kube-apiserver: what is accepted, what is stored, and the causes of what is
// refused. Our side are the pure functions in the order in which the wire calls them.
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { decodeFields } from "../../core/codec/fields.ts";
import { tableColumns, tableRow } from "../../core/query/table.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { customResourceDefinition } from "../customresourcedefinition.ts";
import { schemaOf } from "../facts/schema.ts";
import type { FieldError, Kind } from "../kind.ts";
import type { JsonSchema } from "./jsonschema.ts";
import type { KubeObject, Loose } from "../object.ts";
import { coerceEmbedded } from "./embedded.ts";
import { VALUES } from "./differential/values.ts";
import { DEFINITIONS, definition } from "./differential/definitions.ts";
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
  expect(decodeFields(object, schemaOf(customResourceDefinition.schema))).toMatchObject({ ok: true });
  customResourceDefinition.setDefaults!(object);
  customResourceDefinition.prepareCreate!(object);
  return { object, errors: customResourceDefinition.validate!(object) };
}

function ourResource(kind: Kind, manifest: Loose): { object: KubeObject; errors?: FieldError[]; bad?: string } {
  const object = copy(manifest);
  prune(object, kind.structural!);
  const { error } = coerceEmbedded(object, kind.structural!.root);
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
});
void [tableColumns, tableRow];
