// Malformed patches and the rarer well-formed ones: code and exact Status text as a real kube-apiserver gives them.
import { afterAll, beforeAll, expect, it } from "vitest";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject, JsonValue, KubeObject } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { applyServerSide } from "./apply/apply.ts";
import { applyJsonPatch } from "./json.ts";
import { applyStrategicPatch } from "./strategic.ts";
import { config, containers, deployment } from "./testing/deployment.ts";

const NOW = "2026-01-01T00:00:00Z";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const APPLY = "application/apply-patch+yaml";
const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const writer = { apiVersion: "apps/v1", now: NOW, reset: [["status"]], schema };

const BAD_CONFIGS: Record<string, JsonObject> = {
  "an unknown field": config({ foo: 1 }),
  "a nested unknown field": containers({ name: "c", imag: "x" }),
  "a string for a number": config({ replicas: "3" }),
  "a map for a number": config({ replicas: {} }),
  "a list for a map": config([]),
  "a map for a list": config({ template: { spec: { containers: {} } } }),
  "an item without its key": containers({ image: "x" }),
  "a null item": containers(null),
  "a scalar item": containers("c"),
  "an item twice": containers({ name: "c", image: "a" }, { name: "c", image: "b" }),
  "a port twice, the protocol once defaulted": containers({
    name: "c",
    ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "TCP" }],
  }),
  "a finalizer twice": config({}, { finalizers: ["e.io/a", "e.io/a"] }),
  "a null finalizer": config({}, { finalizers: [null] }),
  "two errors in one list": containers({ name: "c", a: 1 }, { name: "d", b: 1 }),
  managedFields: config({}, { managedFields: [] }),
  "another version": { apiVersion: "apps/v1beta1", kind: "Deployment", metadata: {} },
  "another kind": { apiVersion: "apps/v1", kind: "StatefulSet", metadata: {} },
};

const JSON_PATCHES: Record<string, JsonValue> = {
  "an object": {},
  "a string": "x",
  "a number in it": [1],
  "a path that is a number": [{ op: "add", path: 1 }],
  "an unknown op": [{ op: "frob", path: "/metadata/labels" }],
  "no op": [{ path: "/metadata/labels" }],
  "no path": [{ op: "remove" }],
  "a missing member": [{ op: "remove", path: "/metadata/labels" }],
  "a missing parent": [{ op: "add", path: "/spec/nope/x", value: 1 }],
  "an index past the end": [{ op: "add", path: "/spec/template/spec/volumes/2", value: { name: "x", emptyDir: {} } }],
  "an index at the end": [{ op: "add", path: "/spec/template/spec/volumes/1", value: { name: "x", emptyDir: {} } }],
  "a negative index": [{ op: "replace", path: "/spec/template/spec/volumes/-1/name", value: "w" }],
  "a negative index to add at": [
    { op: "add", path: "/spec/template/spec/volumes/-1", value: { name: "x", emptyDir: {} } },
  ],
  "an index that is no number": [{ op: "remove", path: "/spec/template/spec/volumes/a" }],
  "replace of a missing member": [{ op: "replace", path: "/spec/minReadySeconds", value: 3 }],
  "replace of a dash": [{ op: "replace", path: "/spec/template/spec/volumes/-", value: 3 }],
  "test of a missing member for null": [{ op: "test", path: "/spec/minReadySeconds", value: null }],
  "test that holds": [{ op: "test", path: "/spec/selector", value: { matchLabels: { app: "w" } } }],
  "test that fails": [{ op: "test", path: "/spec/replicas", value: 2 }],
  "copy of a missing member": [{ op: "copy", from: "/spec/minReadySeconds", path: "/spec/progressDeadlineSeconds" }],
  "a path without a slash": [{ op: "remove", path: "metadata" }],
  "text before the slash": [{ op: "replace", path: "x/spec/replicas", value: 4 }],
  escapes: [
    { op: "add", path: "/metadata/annotations", value: {} },
    { op: "add", path: "/metadata/annotations/e.io~1a", value: "1" },
  ],
  "10,001 operations": Array.from({ length: 10_001 }, () => ({ op: "test", path: "/spec/replicas", value: 1 })),
};

const inPod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
const STRATEGIC: Record<string, JsonObject> = {
  "an item without its key": inPod({ containers: [{ image: "x" }] }),
  "a scalar among maps": inPod({ containers: ["x"] }),
  "a list of lists": inPod({ containers: [["x"]] }),
  "an unknown directive in a map": { spec: { $patch: "frob", replicas: 1 } },
  "merge in a map": { spec: { $patch: "merge", replicas: 1 } },
  "an unknown directive in a list": inPod({ containers: [{ $patch: "frob", name: "c" }] }),
  "merge in a list": inPod({ containers: [{ $patch: "merge", name: "c" }] }),
  "delete without a key": inPod({ containers: [{ $patch: "delete" }] }),
  "retainKeys that is no list": { spec: { strategy: { $retainKeys: "x" } } },
  "retainKeys that misses one": { spec: { strategy: { $retainKeys: [], type: "Recreate" } } },
  retainKeys: { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } },
  "setElementOrder that is no list": inPod({ "$setElementOrder/containers": "x" }),
  "setElementOrder without a name": inPod({ $setElementOrder: [] }),
  "setElementOrder that misses one": inPod({
    "$setElementOrder/containers": [{ name: "z" }],
    containers: [{ name: "c", image: "x" }],
  }),
  "setElementOrder without keys": inPod({
    "$setElementOrder/containers": [{}],
    containers: [{ name: "c", image: "x" }],
  }),
  "setElementOrder of an unknown list": inPod({ "$setElementOrder/foo": [{ name: "z" }] }),
  "a primitive deletion without a name": { metadata: { $deleteFromPrimitiveList: ["x"] } },
  "a port by number alone": inPod({ containers: [{ name: "c", ports: [{ containerPort: 80, protocol: "UDP" }] }] }),
  "a whole list replaced": inPod({ containers: [{ name: "d", image: "x" }, { $patch: "replace" }] }),
  "a map deleted": { spec: { strategy: { $patch: "delete" } } },
  "an added item that is a directive": inPod({ initContainers: [{ $patch: "delete", name: "x" }] }),
  "a string for a map": { spec: "x" },
};

describeReal("malformed patches as a real kube-apiserver answers them", () => {
  let plane: ControlPlane;
  let serial = 0;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "malformed" });
  }, 120_000);
  afterAll(async () => {
    await plane?.stop();
  });

  async function created(): Promise<KubeObject> {
    const { status, body } = await plane.call("POST", DEPLOYMENTS, deployment(`d${++serial}`));
    expect({ status, body }).toMatchObject({ status: 201 });
    return body as KubeObject;
  }

  const patch = (live: KubeObject, body: unknown, type: string, query = ""): Promise<{ status: number; body: any }> =>
    plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}${query}`, body, type);

  it.each(Object.entries(BAD_CONFIGS))("apply refuses %s", async (_, body) => {
    const live = await created();
    const sent = {
      ...body,
      metadata: { name: live.metadata.name, namespace: "default", ...(body.metadata as JsonObject) },
    };
    const ours = applyServerSide({
      ...writer,
      live,
      config: sent as unknown as KubeObject,
      manager: "m",
      force: false,
    });
    const real = await patch(live, sent, APPLY, "?fieldManager=m");
    // What fits the schema is left to validation.
    if (ours.ok) expect(real.status).toBe(422);
    else expect(ours).toEqual({ ok: false, code: real.body.code, message: real.body.message });
  });

  it.each(Object.entries(JSON_PATCHES))("JSON patch with %s", async (_, body) => {
    const live = await created();
    const ours = applyJsonPatch(live as unknown as JsonObject, body);
    const real = await patch(
      live,
      typeof body === "string" ? JSON.stringify(body) : body,
      "application/json-patch+json",
      "?dryRun=All",
    );
    if (!ours.ok) {
      expect({ code: ours.code, message: ours.message }).toEqual({ code: real.body.code, message: real.body.message });
      return;
    }
    const stored = await plane.call("PUT", `${DEPLOYMENTS}/${live.metadata.name}?dryRun=All`, ours.object);
    expect(stored.body.spec).toEqual(real.body.spec);
    expect(stored.status < 400).toBe(real.status < 400);
  });

  it.each(Object.entries(STRATEGIC))("strategic patch with %s", async (_, body) => {
    const live = await created();
    const ours = applyStrategicPatch(live as unknown as JsonObject, body, schema);
    const real = await patch(
      live,
      body,
      "application/strategic-merge-patch+json",
      "?dryRun=All&fieldValidation=Ignore",
    );
    if (!ours.ok) {
      expect({ code: ours.code, message: ours.message }).toEqual({ code: real.body.code, message: real.body.message });
      return;
    }
    const stored = await plane.call(
      "PUT",
      `${DEPLOYMENTS}/${live.metadata.name}?dryRun=All&fieldValidation=Ignore`,
      ours.object,
    );
    if (real.status === 200) expect(stored.body.spec).toEqual(real.body.spec);
    else expect(stored.status).toBeGreaterThanOrEqual(400);
  });
});
