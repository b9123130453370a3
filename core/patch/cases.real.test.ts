// Single writes that random sequences do not reach: malformed patches and their exact Status texts, forgotten managedFields, the cap of
// ten updaters, kubectl's move from client-side apply, the status subresource. Judged by a real kube-apiserver.
import { afterAll, beforeAll, expect, it } from "vitest";
import { schemaOf } from "../../kinds/facts/schema.ts";
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../../test/real/controlplane.ts";
import { describeReal } from "../../test/real/describe.ts";
import { applyServerSide } from "./apply/apply.ts";
import { conflictMessage } from "./apply/conflict.ts";
import { trackUpdate } from "./apply/update.ts";
import { applyJsonPatch } from "./json.ts";
import { applyStrategicPatch } from "./strategic.ts";

const NOW = "2026-01-01T00:00:00Z";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const APPLY = "application/apply-patch+yaml";
const schema = schemaOf("io.k8s.api.apps.v1.Deployment");
const writer = { apiVersion: "apps/v1", now: NOW, reset: [["status"]], schema };

function deployment(name: string, over: JsonObject = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "w" } },
      template: {
        metadata: { labels: { app: "w" } },
        spec: { containers: [{ name: "c", image: "nginx:1", ports: [{ containerPort: 80 }] }], volumes: [{ name: "v", emptyDir: {} }] },
      },
    },
    ...over,
  };
}

function owners(entries: ManagedFieldsEntry[] | undefined): unknown {
  const timeless = entries?.map(({ time, ...entry }) => ({ ...entry, time: time !== undefined }));
  return timeless?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const config = (spec: JsonValue, metadata: JsonObject = {}): JsonObject => ({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
const containers = (...list: JsonValue[]): JsonObject => config({ template: { spec: { containers: list } } });

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
  "a port twice, the protocol once defaulted": containers({ name: "c", ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "TCP" }] }),
  "a finalizer twice": config({}, { finalizers: ["e.io/a", "e.io/a"] }),
  "a null finalizer": config({}, { finalizers: [null] }),
  "two errors in one list": containers({ name: "c", a: 1 }, { name: "d", b: 1 }),
  "managedFields": config({}, { managedFields: [] }),
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
  "a negative index to add at": [{ op: "add", path: "/spec/template/spec/volumes/-1", value: { name: "x", emptyDir: {} } }],
  "an index that is no number": [{ op: "remove", path: "/spec/template/spec/volumes/a" }],
  "replace of a missing member": [{ op: "replace", path: "/spec/minReadySeconds", value: 3 }],
  "replace of a dash": [{ op: "replace", path: "/spec/template/spec/volumes/-", value: 3 }],
  "test of a missing member for null": [{ op: "test", path: "/spec/minReadySeconds", value: null }],
  "test that holds": [{ op: "test", path: "/spec/selector", value: { matchLabels: { app: "w" } } }],
  "test that fails": [{ op: "test", path: "/spec/replicas", value: 2 }],
  "copy of a missing member": [{ op: "copy", from: "/spec/minReadySeconds", path: "/spec/progressDeadlineSeconds" }],
  "a path without a slash": [{ op: "remove", path: "metadata" }],
  "text before the slash": [{ op: "replace", path: "x/spec/replicas", value: 4 }],
  "escapes": [{ op: "add", path: "/metadata/annotations", value: {} }, { op: "add", path: "/metadata/annotations/e.io~1a", value: "1" }],
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
  "retainKeys": { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } },
  "setElementOrder that is no list": inPod({ "$setElementOrder/containers": "x" }),
  "setElementOrder without a name": inPod({ $setElementOrder: [] }),
  "setElementOrder that misses one": inPod({ "$setElementOrder/containers": [{ name: "z" }], containers: [{ name: "c", image: "x" }] }),
  "setElementOrder without keys": inPod({ "$setElementOrder/containers": [{}], containers: [{ name: "c", image: "x" }] }),
  "setElementOrder of an unknown list": inPod({ "$setElementOrder/foo": [{ name: "z" }] }),
  "a primitive deletion without a name": { metadata: { $deleteFromPrimitiveList: ["x"] } },
  "a port by number alone": inPod({ containers: [{ name: "c", ports: [{ containerPort: 80, protocol: "UDP" }] }] }),
  "a whole list replaced": inPod({ containers: [{ name: "d", image: "x" }, { $patch: "replace" }] }),
  "a map deleted": { spec: { strategy: { $patch: "delete" } } },
  "an added item that is a directive": inPod({ initContainers: [{ $patch: "delete", name: "x" }] }),
  "a string for a map": { spec: "x" },
};

describeReal("single writes as a real kube-apiserver takes them", () => {
  let plane: ControlPlane;
  let serial = 0;
  beforeAll(async () => {
    plane = await startControlPlane({ name: "cases" });
  }, 120_000);
  afterAll(async () => {
    await plane?.stop();
  });

  async function created(query = "?fieldManager=maker", over: JsonObject = {}): Promise<KubeObject> {
    const { status, body } = await plane.call("POST", DEPLOYMENTS + query, deployment(`d${++serial}`, over));
    expect(status, JSON.stringify(body)).toBe(201);
    return body as KubeObject;
  }

  const patch = (live: KubeObject, body: unknown, type: string, query = ""): Promise<{ status: number; body: any }> =>
    plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}${query}`, body, type);

  async function applied(live: KubeObject | undefined, body: JsonObject, manager: string, force = false): Promise<KubeObject> {
    const name = live?.metadata.name ?? `d${++serial}`;
    const ours = applyServerSide({ ...writer, live, config: body as unknown as KubeObject, manager, force });
    const real = await plane.call("PATCH", `${DEPLOYMENTS}/${name}?fieldManager=${manager}&force=${force}`, body, APPLY);
    if (!ours.ok) throw new Error(JSON.stringify({ ours, real: real.body }));
    expect(real.status, JSON.stringify(real.body)).toBe(live === undefined ? 201 : 200);
    expect(owners(ours.object.metadata.managedFields)).toEqual(owners(real.body.metadata.managedFields));
    expect(ours.object.metadata.annotations).toEqual(real.body.metadata.annotations);
    return real.body as KubeObject;
  }

  it.each(Object.entries(BAD_CONFIGS))("apply refuses %s", async (_, body) => {
    const live = await created();
    const sent = { ...body, metadata: { name: live.metadata.name, namespace: "default", ...(body.metadata as JsonObject) } };
    const ours = applyServerSide({ ...writer, live, config: sent as unknown as KubeObject, manager: "m", force: false });
    const real = await patch(live, sent, APPLY, "?fieldManager=m");
    // What fits the schema is left to validation.
    if (ours.ok) expect(real.status).toBe(422);
    else expect(ours).toEqual({ ok: false, code: real.body.code, message: real.body.message });
  });

  it.each(Object.entries(JSON_PATCHES))("JSON patch with %s", async (_, body) => {
    const live = await created();
    const ours = applyJsonPatch(live as unknown as JsonObject, body);
    const real = await patch(live, typeof body === "string" ? JSON.stringify(body) : body, "application/json-patch+json", "?dryRun=All");
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
    const real = await patch(live, body, "application/strategic-merge-patch+json", "?dryRun=All&fieldValidation=Ignore");
    if (!ours.ok) {
      expect({ code: ours.code, message: ours.message }).toEqual({ code: real.body.code, message: real.body.message });
      return;
    }
    const stored = await plane.call("PUT", `${DEPLOYMENTS}/${live.metadata.name}?dryRun=All&fieldValidation=Ignore`, ours.object);
    if (real.status === 200) expect(stored.body.spec).toEqual(real.body.spec);
    else expect(stored.status).toBeGreaterThanOrEqual(400);
  });

  it("conflicts name their managers", async () => {
    let live = await applied(undefined, { ...deployment(`d${serial + 1}`) }, "one");
    live = await applied(live, config({ minReadySeconds: 5 }), "two");
    const { body: updated } = await patch(live, { spec: { paused: true } }, "application/merge-patch+json", "?fieldManager=three");
    await plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=four`, { metadata: { annotations: { a: "1" } }, status: { replicas: 1 } }, "application/merge-patch+json");
    live = (await plane.call("GET", `${DEPLOYMENTS}/${updated.metadata.name}`)).body as KubeObject;
    const wanted: Record<string, JsonObject> = {
      "an applier": config({ replicas: 2 }),
      "an updater": config({ paused: false }),
      "a subresource": config({}, { annotations: { a: "2" } }),
      "a list item": containers({ name: "c", image: "nginx:2", ports: [{ containerPort: 80, name: "x" }] }),
      "several": config({ replicas: 2, paused: false, minReadySeconds: 6, template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } } }, { annotations: { a: "3" } }),
      "one with two fields": config({ replicas: 2, template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } } }),
    };
    for (const [what, body] of Object.entries(wanted)) {
      const ours = applyServerSide({ ...writer, live, config: body as unknown as KubeObject, manager: "m", force: false });
      const real = await patch(live, body, APPLY, "?fieldManager=m");
      if (ours.ok || !("conflicts" in ours)) {
        expect(real.status, what).toBe(200);
        continue;
      }
      const { message, causes } = conflictMessage(ours.conflicts);
      expect(real.body.message, what).toBe(message);
      expect(new Set(real.body.details.causes), what).toEqual(new Set(causes));
    }
  });

  it.each([
    ["[]", []],
    ["[{}]", [{}]],
    ["an invalid list", [{ operation: "Frob" }]],
    ["null", null],
    ["one of its own", [{ manager: "z", operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1: { "f:spec": { "f:replicas": {} } } }]],
  ])("managedFields set to %s", async (_, sent) => {
    const live = await created();
    const real = await patch(live, { metadata: { managedFields: sent }, spec: { minReadySeconds: 7 } }, "application/merge-patch+json", "?fieldManager=u");
    const metadata = { ...live.metadata, managedFields: (sent ?? undefined) as ManagedFieldsEntry[] };
    const next: KubeObject = { ...live, metadata, spec: { ...live.spec, minReadySeconds: 7 } };
    expect(owners(trackUpdate({ ...writer, old: live, next, manager: "u" }))).toEqual(owners(real.body.metadata.managedFields));
  });

  it("an object nobody manages: updates do not begin, an apply does", async () => {
    let live = await created();
    live = (await patch(live, { metadata: { managedFields: [] } }, "application/merge-patch+json")).body as KubeObject;
    expect(live.metadata.managedFields).toBeUndefined();
    const real = await patch(live, { spec: { replicas: 2 } }, "application/merge-patch+json");
    const next: KubeObject = { ...live, spec: { ...live.spec, replicas: 2 } };
    expect(trackUpdate({ ...writer, old: live, next, manager: "u" })).toBe(real.body.metadata.managedFields);
    await applied(real.body as KubeObject, config({ replicas: 2 }), "first");
  });

  it("the twelfth updater makes ancient-changes", async () => {
    let live = await created();
    for (let i = 0; i < 13; i++) {
      const annotations = { ...live.metadata.annotations, [`a${i}`]: "1" };
      const real = await patch(live, { metadata: { annotations } }, "application/merge-patch+json", `?fieldManager=u${String(i).padStart(2, "0")}`);
      const next: KubeObject = { ...live, metadata: { ...live.metadata, annotations } };
      const ours = trackUpdate({ ...writer, old: live, next, manager: `u${String(i).padStart(2, "0")}`, now: real.body.metadata.managedFields.at(-1).time });
      expect(owners(ours)).toEqual(owners(real.body.metadata.managedFields));
      live = real.body as KubeObject;
    }
  });

  it("kubectl moves from client-side to server-side apply without conflicts on what it applied", async () => {
    const last = { ...deployment("x"), metadata: { name: "x" } };
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(last)}\n` };
    const live = await created("?fieldManager=kubectl-client-side-apply", { metadata: { name: `d${serial + 1}`, annotations } });
    const body = { ...deployment(live.metadata.name), spec: { ...deployment("").spec, replicas: 3 } };
    const moved = await applied(live, body as unknown as JsonObject, "kubectl");
    const again = { ...body, metadata: { name: live.metadata.name, annotations: { "e.io/html": "<&> é" } } };
    const twice = await applied(moved, again as unknown as JsonObject, "kubectl");
    expect(twice.metadata.annotations?.["kubectl.kubernetes.io/last-applied-configuration"]).toContain("\\u003c\\u0026\\u003e");
    const other = { ...config({ progressDeadlineSeconds: 601, replicas: 3 }) };
    const ours = applyServerSide({ ...writer, live: twice, config: other as unknown as KubeObject, manager: "kubectl", force: false });
    const real = await patch(twice, other, APPLY, "?fieldManager=kubectl");
    expect(!ours.ok && "conflicts" in ours && conflictMessage(ours.conflicts).message).toBe(real.body.message);
  });

  it("status has owners of its own", async () => {
    const live = await created();
    const reset = [["spec"], ["metadata", "labels"]];
    const body = { metadata: { annotations: { s: "1" } }, status: { replicas: 3, conditions: [{ type: "Available", status: "True", reason: "r", message: "m", lastTransitionTime: NOW, lastUpdateTime: NOW }] } };
    const real = await plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=ctl`, body, "application/merge-patch+json");
    const next: KubeObject = { ...live, metadata: { ...live.metadata, annotations: { s: "1" } }, status: body.status };
    const ours = trackUpdate({ ...writer, reset, old: live, next, manager: "ctl", subresource: "status" });
    expect(owners(ours)).toEqual(owners(real.body.metadata.managedFields));
    const apply = { apiVersion: "apps/v1", kind: "Deployment", metadata: { labels: { no: "no" } }, spec: { replicas: 9 }, status: { readyReplicas: 2 } };
    const second = await plane.call("PATCH", `${DEPLOYMENTS}/${live.metadata.name}/status?fieldManager=ctl2`, apply, APPLY);
    const result = applyServerSide({ ...writer, reset, live: real.body, config: apply as unknown as KubeObject, manager: "ctl2", subresource: "status", force: false });
    expect(result.ok && owners(result.object.metadata.managedFields)).toEqual(owners(second.body.metadata.managedFields));
  });
});
