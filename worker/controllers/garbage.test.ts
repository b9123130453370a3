// The garbage collector, the Namespaces' end and the Jobs' with a store in memory, step by step.
import { afterEach, expect, test, vi } from "vitest";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject, OwnerReference } from "../../kinds/object.ts";
import { openMemory } from "../store/memory.ts";
import { Unavailable, type Commit, type Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";
import { writeObject } from "./rows.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;
const clock = { now: Date.parse(NOW) };
const seams = { clock: () => clock.now, random: () => 0, uid: () => `made-${(uids += 1)}` };
let running: Controllers | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  clock.now = Date.parse(NOW);
  vi.useRealTimers();
});

async function start(): Promise<Store> {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  running = runControllers({ store, ...seams, signal: new AbortController().signal });
  await running.idle();
  return store;
}

const going = { deletionTimestamp: NOW, deletionGracePeriodSeconds: 0 };
const owner = (of: KubeObject, blockOwnerDeletion = false): OwnerReference => ({
  apiVersion: of.apiVersion,
  kind: of.kind,
  name: of.metadata.name,
  uid: of.metadata.uid ?? "",
  blockOwnerDeletion,
});
const configMap = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", uid: `uid-${name}`, ...metadata },
});

/** Creates or replaces, as a client would; waits for what follows. */
async function put(store: Store, resource: string, ...objects: KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { name, namespace = "" } = object.metadata;
    const result = await store.commit({
      ops: [writeObject(resource, object, await store.get({ resource, namespace, name }))],
    });
    expect(result.ok).toBe(true);
  }
  await running?.idle();
}

async function names(store: Store, resource = "configmaps"): Promise<string[]> {
  return (await store.list({ resource })).rows.map(({ name }) => name);
}

async function read(store: Store, name: string, resource = "configmaps", namespace = "default"): Promise<KubeObject> {
  return JSON.parse((await store.get({ resource, namespace, name }))?.value ?? "{}") as KubeObject;
}

async function remove(store: Store, resource: string, name: string, namespace = "default"): Promise<void> {
  expect((await store.commit({ ops: [{ op: "delete", key: { resource, namespace, name } }] })).ok).toBe(true);
  await running?.idle();
}

test("background: with the last owner a whole family goes, each generation after its own", async () => {
  const store = await start();
  const [a, b] = [configMap("a"), configMap("b")];
  const child = configMap("child", { ownerReferences: [owner(a), owner(b)] });
  await put(store, "configmaps", a, b, child, configMap("grandchild", { ownerReferences: [owner(child)] }));
  await remove(store, "configmaps", "a");
  expect((await read(store, "child")).metadata.ownerReferences).toEqual([owner(b)]);
  expect(await names(store)).toEqual(["b", "child", "grandchild"]);
  await remove(store, "configmaps", "b");
  expect(await names(store)).toEqual([]);
});

test("a ring in the foreground does not wait for itself", async () => {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  const [a, b, c] = [configMap("a"), configMap("b"), configMap("c")];
  a.metadata.ownerReferences = [owner(c, true)];
  b.metadata.ownerReferences = [owner(a, true)];
  c.metadata.ownerReferences = [owner(b, true)];
  await put(store, "configmaps", a, b, c);
  running = runControllers({ store, ...seams, signal: new AbortController().signal });
  await running.idle();
  expect(await names(store)).toEqual(["a", "b", "c"]);
  const finalizers = ["foregroundDeletion"];
  await put(store, "configmaps", { ...a, metadata: { ...a.metadata, ...going, finalizers } });
  expect(await names(store)).toEqual([]);
});

test("an owner of the same name with another uid is not the owner", async () => {
  const store = await start();
  const a = configMap("a");
  await put(store, "configmaps", a, configMap("child", { ownerReferences: [{ ...owner(a), uid: "earlier" }] }));
  expect(await names(store)).toEqual(["a"]);
});

test("who cannot be looked up may be alive: an owner of a kind that is not served, a namespaced one of a cluster-scoped object", async () => {
  const store = await start();
  const a = configMap("a");
  const thing = { apiVersion: "example.com/v1", kind: "Thing", name: "x", uid: "x" };
  const namespace: KubeObject = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "owned", uid: "uid-owned", ownerReferences: [owner(a)] },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
  await put(store, "configmaps", configMap("child", { ownerReferences: [thing] }));
  await put(store, "namespaces", namespace);
  expect(await names(store)).toEqual(["child"]);
  expect((await read(store, "owned", "namespaces", "")).metadata.deletionTimestamp).toBeUndefined();
});

test("a Node owns as the Cluster that it shows", async () => {
  const store = await start();
  const cluster: KubeObject = {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name: "paris", uid: "uid-paris" },
    spec: {},
  };
  await put(store, "clusters.hanse.dev", cluster);
  const node = { apiVersion: "v1", kind: "Node", name: "paris", uid: "uid-paris" };
  await put(store, "configmaps", configMap("of-node", { ownerReferences: [node] }));
  expect(await names(store)).toEqual(["of-node"]);
  await remove(store, "clusters.hanse.dev", "paris", "");
  expect(await names(store)).toEqual([]);
});

test("an owner in another namespace: an Event says so, and the object goes", async () => {
  const store = await start();
  const a = configMap("a", { namespace: "kube-system" });
  await put(store, "configmaps", a, configMap("child", { ownerReferences: [owner(a)] }));
  expect(await names(store)).toEqual(["a"]);
  const [event] = (await store.list({ resource: "events" })).rows.map((row) => JSON.parse(row.value) as KubeObject);
  expect(event).toMatchObject({
    metadata: { namespace: "default" },
    reason: "OwnerRefInvalidNamespace",
    type: "Warning",
    message: `ownerRef [v1/ConfigMap, namespace: default, name: a, uid: uid-a] does not exist in namespace "default"`,
    involvedObject: { kind: "ConfigMap", namespace: "default", name: "child", uid: "uid-child" },
  });
});

const deployment = (metadata: object = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "uid-web", generation: 1, ...metadata },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "x" }] } },
  },
});

async function placed(): Promise<Store> {
  const store = await start();
  await put(store, "clusters.hanse.dev", {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name: "paris", uid: "uid-paris" },
    spec: {},
    status: {
      conditions: [{ type: "Ready", status: "True", reason: "Test", message: "" }],
      free: { pods: "9" },
    },
  });
  await put(store, "deployments.apps", deployment());
  expect(await names(store, "replicasets.apps")).toHaveLength(1);
  return store;
}

async function bindingOf(store: Store, uid: string): Promise<{ version: number; value: Binding } | undefined> {
  const [row] = await store.listByName(BINDINGS, uid);
  return row === undefined ? undefined : { version: row.version, value: JSON.parse(row.value) as Binding };
}

async function marked(store: Store, finalizers: string[]): Promise<void> {
  const before = await read(store, "web", "deployments.apps");
  await put(store, "deployments.apps", { ...before, metadata: { ...before.metadata, ...going, finalizers } });
}

test("P3 foreground: a Deployment stays until no cluster holds it", async () => {
  const store = await placed();
  await marked(store, ["foregroundDeletion"]);
  expect(await names(store, "replicasets.apps")).toEqual([]);
  expect((await bindingOf(store, "uid-web"))?.value.tombstone).toEqual({ since: NOW });
  expect(await names(store, "deployments.apps")).toEqual(["web"]);
  await remove(store, BINDINGS, "uid-web", "paris");
  expect(await names(store, "deployments.apps")).toEqual([]);
});

test("foreground: a Deployment stays until what others made of it is gone", async () => {
  const store = await placed();
  const mine = configMap("mine", { ownerReferences: [owner(deployment(), true)], finalizers: ["example.com/hold"] });
  await put(store, "configmaps", mine);
  await marked(store, ["foregroundDeletion"]);
  await remove(store, BINDINGS, "uid-web", "paris");
  expect(await names(store, "deployments.apps")).toEqual(["web"]);
  const held = await read(store, "mine");
  expect(held.metadata.deletionTimestamp).toBe(NOW);
  await remove(store, "configmaps", "mine");
  expect(await names(store, "deployments.apps")).toEqual([]);
});

test("P3 orphan: the cluster is told to leave what is there before the Deployment goes, and its ReplicaSet stays, nobody's", async () => {
  const store = await placed();
  await marked(store, ["orphan"]);
  expect(await names(store, "deployments.apps")).toEqual([]);
  const [replicaSet] = (await store.list({ resource: "replicasets.apps" })).rows;
  expect((JSON.parse(replicaSet?.value ?? "{}") as KubeObject).metadata.ownerReferences).toBeUndefined();
  const binding = await bindingOf(store, "uid-web");
  expect(binding?.value.tombstone).toEqual({ since: NOW, orphan: true });
});

test("P3 orphan: waits while a cluster has not been told", async () => {
  const store = await placed();
  await running?.stop();
  // Who is to tell it fails at first: then the Deployment must still be there to say how it is to be left.
  let failures = 1;
  const failing = new Proxy(store, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (property !== "commit") return typeof value === "function" ? value.bind(target) : value;
      return async (change: Commit) => {
        if (change.ops.some(({ key }) => key.resource === BINDINGS) && (failures -= 1) >= 0)
          throw new Unavailable("planted", false);
        return await target.commit(change);
      };
    },
  });
  running = runControllers({ store: failing, ...seams, signal: new AbortController().signal });
  await marked(store, ["orphan"]);
  expect(await names(store, "deployments.apps")).toEqual(["web"]);
  running.nudge();
  await running.idle();
  expect((await bindingOf(store, "uid-web"))?.value.tombstone?.orphan).toBe(true);
  expect(await names(store, "deployments.apps")).toEqual([]);
});

test("a finished Job goes when its time to live is over, in the foreground; also when the process started meanwhile", async () => {
  vi.useFakeTimers();
  const store = await start();
  const job = (name: string, rest: object): KubeObject => ({
    apiVersion: "batch/v1",
    kind: "Job",
    // Never leaves the root, so nothing else looks at it.
    metadata: { name, namespace: "kube-system", uid: `uid-${name}` },
    spec: { template: { spec: { containers: [] } } },
    status: { conditions: [{ type: "Complete", status: "True", lastTransitionTime: NOW }] },
    ...rest,
  });
  const spec = (ttlSecondsAfterFinished?: number) => ({
    spec: { ttlSecondsAfterFinished, template: { spec: { containers: [] } } },
  });
  await put(
    store,
    "jobs.batch",
    job("kept", {}),
    job("soon", spec(10)),
    job("late", spec(100)),
    job("now", spec(0)),
    job("running", { ...spec(0), status: {} }),
  );
  expect(await names(store, "jobs.batch")).toEqual(["kept", "late", "running", "soon"]);
  const pass = async (ms: number) => {
    clock.now += ms;
    await vi.advanceTimersByTimeAsync(ms);
    await running?.idle();
  };
  await pass(9_000);
  expect(await names(store, "jobs.batch")).toContain("soon");
  await pass(1_000);
  expect(await names(store, "jobs.batch")).toEqual(["kept", "late", "running"]);
  await running?.stop();
  running = runControllers({ store, ...seams, signal: new AbortController().signal });
  await running.idle();
  await pass(90_000);
  expect(await names(store, "jobs.batch")).toEqual(["kept", "running"]);
});

const condition = (namespace: KubeObject, type: string): string | undefined => {
  const found = (namespace["status"]?.conditions ?? []).find((one: { type: string }) => one.type === type);
  return found === undefined ? undefined : `${found.status} ${found.message}`;
};

async function namespaceWith(store: Store): Promise<void> {
  await put(store, "namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "team", uid: "uid-team" },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  });
}

async function end(store: Store): Promise<void> {
  const team = await read(store, "team", "namespaces", "");
  await put(store, "namespaces", {
    ...team,
    metadata: { ...team.metadata, deletionTimestamp: NOW },
    status: { ...team["status"], phase: "Terminating" },
  });
}

test("a Namespace whose contents finalizers hold says so and waits for them; a change of theirs is enough", async () => {
  const store = await start();
  await namespaceWith(store);
  const held = configMap("held", { namespace: "team", finalizers: ["example.com/hold"] });
  await put(store, "configmaps", held, configMap("free", { namespace: "team" }));
  await end(store);
  const team = await read(store, "team", "namespaces", "");
  expect(condition(team, "NamespaceContentRemaining")).toBe(
    "True Some resources are remaining: configmaps. has 1 resource instances",
  );
  expect(condition(team, "NamespaceFinalizersRemaining")).toBe(
    "True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
  );
  expect(await names(store)).toEqual(["held"]);
  await remove(store, "configmaps", "held", "team");
  expect(await names(store, "namespaces")).not.toContain("team");
  expect((await store.list({ resource: "serviceaccounts", namespace: "team" })).rows).toEqual([]);
});

test("a Namespace keeps what Pods that are ending may need, and tells when they should have ended", async () => {
  vi.useFakeTimers();
  const store = await start();
  await namespaceWith(store);
  const pod: KubeObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "ending", namespace: "team", uid: "uid-ending", finalizers: [] },
    spec: { nodeName: "paris", terminationGracePeriodSeconds: 30, containers: [{ name: "main", image: "x" }] },
    status: { phase: "Running" },
  };
  // Nobody runs it here, so nobody ends it.
  await put(store, "pods", {
    ...pod,
    metadata: { ...pod.metadata, ...going, deletionGracePeriodSeconds: 30, finalizers: ["test/x"] },
  });
  await put(store, "configmaps", configMap("needed", { namespace: "team" }));
  await end(store);
  expect(await names(store)).toEqual(["needed"]);
  expect(condition(await read(store, "team", "namespaces", ""), "NamespaceContentRemaining")).toBe(
    "True Some resources are remaining: pods. has 1 resource instances",
  );
  await remove(store, "pods", "ending", "team");
  expect(await names(store, "namespaces")).not.toContain("team");
  expect(await names(store)).toEqual([]);
});

test("the root CA is put right where somebody changed it", async () => {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  running = runControllers({ store, ...seams, ca: "PEM", signal: new AbortController().signal });
  await running.idle();
  const before = await read(store, "kube-root-ca.crt");
  await put(store, "configmaps", { ...before, data: { "ca.crt": "mine" } });
  expect((await read(store, "kube-root-ca.crt"))["data"]).toEqual({ "ca.crt": "PEM" });
  await remove(store, "configmaps", "kube-root-ca.crt");
  expect((await read(store, "kube-root-ca.crt"))["data"]).toEqual({ "ca.crt": "PEM" });
});
