// What must not be lost, whatever interleaves: another process writes between two reads of a reconcile, or a tail lags behind the log.
// Each case plants one interleaving by holding a call of the store, or the watch, back.
import { afterEach, beforeEach, expect, test } from "vitest";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject, Loose, OwnerReference } from "../../kinds/object.ts";
import { openMemory } from "../store/memory.ts";
import type { Batch, Op, Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";
import { writeBinding, writeObject } from "./rows.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => `made-${(uids += 1)}` };
const [CLUSTERS, CONFIGMAPS, JOBS, PODS] = ["clusters.hanse.dev", "configmaps", "jobs.batch", "pods"];

let store: Store;
let controllers: Controllers | undefined;
/** Asked before every call of the store by the controllers, which goes on when the promise does. */
let before: (method: string, args: unknown[]) => Promise<void> | void;
/** Batches of the tail wait for it. */
let tail: Promise<void>;

beforeEach(async () => {
  store = openMemory();
  before = () => undefined;
  tail = Promise.resolve();
  await bootstrap({ store, ...seams });
});
afterEach(async () => {
  await controllers?.stop();
  controllers = undefined;
});

async function start(): Promise<void> {
  const watched = new Proxy(store, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (typeof value !== "function") return value;
      if (property === "watch") return (options: Parameters<Store["watch"]>[0]) => lagging(store.watch(options));
      return async (...args: unknown[]) => {
        await before(property, args);
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  controllers = runControllers({ store: watched, ...seams, signal: new AbortController().signal });
  await controllers.idle();
}

async function* lagging(batches: AsyncIterable<Batch>): AsyncIterable<Batch> {
  for await (const batch of batches) {
    await tail;
    yield batch;
  }
}

function gate() {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { open, opened, reach, reached };
}

/** Holds back the first call that `is` meant. */
function hold(is: (method: string, args: Loose[]) => boolean) {
  const held = gate();
  let first = true;
  before = (method, args) => {
    if (!first || !is(method, args)) return;
    first = false;
    held.reach();
    return held.opened;
  };
  return held;
}

async function put(resource: string, ...objects: KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { name, namespace = "" } = object.metadata;
    const row = await store.get({ resource, namespace, name });
    expect((await store.commit({ ops: [writeObject(resource, object, row)] })).ok).toBe(true);
  }
}
async function remove(resource: string, name: string, namespace = "default"): Promise<void> {
  expect((await store.commit({ ops: [{ op: "delete", key: { resource, namespace, name } }] })).ok).toBe(true);
}
async function read(resource: string, name: string, namespace = "default"): Promise<Loose> {
  const row = await store.get({ resource, namespace, name });
  return row === undefined ? undefined : JSON.parse(row.value);
}
const binding = (cluster: string, uid: string): Promise<Binding | undefined> => read(BINDINGS, uid, cluster);

const cluster = (name: string, free: Record<string, string> = { cpu: "8", pods: "100" }): KubeObject => ({
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: { name, uid: name, creationTimestamp: NOW },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True", reason: "Test", message: "" }], free },
});
const meta = (name: string, more: object = {}): KubeObject["metadata"] => ({
  name,
  namespace: "default",
  uid: name,
  creationTimestamp: NOW,
  generation: 1,
  ...more,
});
const podSpec = (requests: Record<string, string> = { cpu: "1" }, more: object = {}): Loose => ({
  restartPolicy: "Never",
  containers: [{ name: "c", image: "i", resources: { requests } }],
  ...more,
});
const pod = (name: string, metadata: object = {}, spec: Loose = podSpec()): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: meta(name, metadata),
  spec,
  status: { phase: "Pending" },
});
const job = (name: string, metadata: object = {}): KubeObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: meta(name, metadata),
  spec: { parallelism: 1, completions: 1, template: { metadata: {}, spec: podSpec() } },
  status: {},
});
const configMap = (name: string, metadata: object = {}, text = ""): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: meta(name, metadata),
  data: { text },
});
/** A record that runs nothing, and owns. */
const recorded: KubeObject = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: meta("record", { annotations: { "deployment.kubernetes.io/revision": "1" } }),
  spec: { replicas: 0, selector: { matchLabels: { a: "b" } }, template: { metadata: {}, spec: podSpec() } },
  status: { replicas: 0 },
};
const controller: OwnerReference = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  name: "record",
  uid: "record",
  controller: true,
};
const putOwner = (): Promise<void> =>
  put("replicasets.apps", {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta("thing"),
    spec: { replicas: 0, selector: { matchLabels: { a: "b" } }, template: { metadata: {}, spec: podSpec() } },
  });

test("P3 the garbage collector takes nothing whose owner was made again behind its memory", async () => {
  await put(CONFIGMAPS, configMap("owner", { uid: "first" }));
  await start();
  const owner = (uid: string): object => ({
    ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid }],
  });
  // Passes in the tail, and is remembered.
  await put(CONFIGMAPS, configMap("owner", { uid: "first", labels: { a: "b" } }));
  await controllers?.idle();
  // Too long to be remembered: it is read from the log.
  const text = "x".repeat(20_000);
  const reading = hold((method, [keys]) => method === "getMany" && keys.some(({ name }: Loose) => name === "child"));
  await put(CONFIGMAPS, configMap("child", owner("first"), text));
  await reading.reached;
  const lag = gate();
  tail = lag.opened;
  await put(CONFIGMAPS, configMap("child", {}, text));
  await remove(CONFIGMAPS, "owner");
  await put(CONFIGMAPS, configMap("owner", { uid: "second" }), configMap("child", owner("second"), text));
  reading.open();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  lag.open();
  await controllers?.idle();
  expect(await read(CONFIGMAPS, "child")).toBeDefined();
});

test("what was placed stays where it is when a controller adopts it, and does not run again when that lets it go", async () => {
  await put(CLUSTERS, cluster("paris"));
  await put("replicasets.apps", recorded);
  await start();
  await putOwner();
  await put(JOBS, job("sum"));
  await put(PODS, pod("web"));
  await controllers?.idle();
  for (const ownerReferences of [[controller], []]) {
    // A finalizer that comes along has it looked at in any case.
    const finalizers = ownerReferences.length > 0 ? ["example.com/hold"] : [];
    await put(JOBS, { ...(await read(JOBS, "sum")), metadata: meta("sum", { ownerReferences, finalizers }) });
    await put(PODS, { ...(await read(PODS, "web")), metadata: meta("web", { ownerReferences }) });
    await controllers?.idle();
    for (const uid of ["sum", "web"]) {
      expect((await binding("paris", uid))?.tombstone).toBeUndefined();
      expect((await binding("paris", uid))?.generation).toBe(1);
    }
  }
  // Deleted it leaves, controlled or not.
  const going = { deletionTimestamp: NOW, deletionGracePeriodSeconds: 30, ownerReferences: [controller] };
  await put(PODS, { ...(await read(PODS, "web")), metadata: meta("web", going) });
  await controllers?.idle();
  expect((await binding("paris", "web"))?.tombstone).toBeDefined();
});

test("what a controller made stays at the root; let go by it, it is placed", async () => {
  await put(CLUSTERS, cluster("paris"));
  await put("replicasets.apps", recorded);
  await start();
  await putOwner();
  await put(PODS, pod("web", { ownerReferences: [controller] }));
  await controllers?.idle();
  expect(await binding("paris", "web")).toBeUndefined();
  await put(PODS, pod("web"));
  await controllers?.idle();
  expect(await binding("paris", "web")).toBeDefined();
});

test("a Pod that a controller made, with a node that nobody runs it on, ends when it is deleted", async () => {
  await put(CLUSTERS, cluster("paris"));
  await put("replicasets.apps", recorded);
  await start();
  await putOwner();
  const spec = { ...podSpec(), nodeName: "paris" };
  const going = { deletionTimestamp: NOW, deletionGracePeriodSeconds: 30 };
  await put(PODS, pod("web", { ownerReferences: [controller] }, spec));
  await controllers?.idle();
  await put(PODS, pod("web", { ownerReferences: [controller], ...going }, spec));
  await controllers?.idle();
  expect(await read(PODS, "web")).toBeUndefined();
});

test("P3 a Job that is made again while its deletion is looked at keeps its binding", async () => {
  await put(CLUSTERS, cluster("paris"));
  await start();
  await put(JOBS, job("sum", { uid: "first" }));
  await controllers?.idle();
  const looking = hold((method, [ref]) => method === "referring" && ref === "jobs.batch/default/sum");
  await remove(JOBS, "sum");
  await looking.reached;
  const lag = gate();
  tail = lag.opened;
  await put(JOBS, job("sum", { uid: "second" }));
  const made = await decidedElsewhere("paris", "first", "second");
  looking.open();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  lag.open();
  await controllers?.idle();
  expect(await binding("paris", "second")).toMatchObject({ generation: made.generation });
  expect((await binding("paris", "second"))?.tombstone).toBeUndefined();
  expect((await binding("paris", "first"))?.tombstone).toBeDefined();
});

/** Another process placed the template of this uid as the earlier one was. */
async function decidedElsewhere(at: string, earlier: string, uid: string): Promise<Binding> {
  const like = await binding(at, earlier);
  if (like === undefined) throw new Error(`${at} has no ${earlier}`);
  const made: Binding = { ...like, generation: 1, template: { ...like.template, uid } };
  const op: Op = writeBinding(at, made, undefined);
  expect((await store.commit({ ops: [op] })).ok).toBe(true);
  return made;
}

const claim = (uid: string): KubeObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: meta("disk", { uid }),
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  status: { phase: "Pending" },
});
const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "disk" } }];

test("P3 a claim that is made again while its deletion is looked at keeps its binding", async () => {
  await put(CLUSTERS, cluster("paris"));
  await start();
  await put("persistentvolumeclaims", claim("first"));
  await put(PODS, pod("web", {}, podSpec({ cpu: "1" }, { volumes })));
  await controllers?.idle();
  const looking = hold((method, [, ref]) => method === "listByRef" && ref === "persistentvolumeclaims/default/disk");
  await remove("persistentvolumeclaims", "disk");
  await looking.reached;
  const lag = gate();
  tail = lag.opened;
  await put("persistentvolumeclaims", claim("second"));
  await decidedElsewhere("paris", "first", "second");
  looking.open();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  lag.open();
  await controllers?.idle();
  expect(await binding("paris", "second")).toMatchObject({ generation: 1 });
  expect((await binding("paris", "second"))?.tombstone).toBeUndefined();
});

test("pods that share a claim and are decided at the same time go to the same cluster", async () => {
  await put(CLUSTERS, cluster("paris", { cpu: "100", memory: "2Gi", pods: "100" }));
  await put(CLUSTERS, cluster("tokyo", { cpu: "2", memory: "100Gi", pods: "100" }));
  await start();
  const ops = [
    writeObject("persistentvolumeclaims", claim("disk"), undefined),
    writeObject(PODS, pod("a", {}, podSpec({ cpu: "1" }, { volumes })), undefined),
    writeObject(PODS, pod("b", {}, podSpec({ memory: "1Gi" }, { volumes })), undefined),
  ];
  expect((await store.commit({ ops })).ok).toBe(true);
  await controllers?.idle();
  const places = await Promise.all(["paris", "tokyo"].map((at) => binding(at, "disk")));
  expect(places.filter((one) => one !== undefined)).toHaveLength(1);
  expect((await read(PODS, "a")).spec.nodeName).toBe((await read(PODS, "b")).spec.nodeName);
});

test("pods that share a claim which comes after them wait for it, and go to the same cluster", async () => {
  await put(CLUSTERS, cluster("paris", { cpu: "100", memory: "2Gi", pods: "100" }));
  await put(CLUSTERS, cluster("tokyo", { cpu: "2", memory: "100Gi", pods: "100" }));
  await start();
  await put(PODS, pod("a", {}, podSpec({ cpu: "1" }, { volumes })));
  await put(PODS, pod("b", {}, podSpec({ memory: "1Gi" }, { volumes })));
  await controllers?.idle();
  const { spec, status } = await read(PODS, "a");
  expect(spec.nodeName).toBeUndefined();
  const message = 'persistentvolumeclaim "disk" not found';
  expect(status.conditions).toMatchObject([
    { type: "PodScheduled", status: "False", reason: "Unschedulable", message },
  ]);
  await put("persistentvolumeclaims", claim("disk"));
  await controllers?.idle();
  const places = await Promise.all(["paris", "tokyo"].map((at) => binding(at, "disk")));
  expect(places.filter((one) => one !== undefined)).toHaveLength(1);
  expect((await read(PODS, "a")).spec.nodeName).toBe((await read(PODS, "b")).spec.nodeName);
  expect((await read(PODS, "a")).spec.nodeName).toBeDefined();
});

test("a claim that comes while its absence is being decided on is not missed", async () => {
  await put(CLUSTERS, cluster("paris"));
  await start();
  const deciding = hold(
    (method, [change]) =>
      method === "commit" && change.ops.some(({ key }: Op) => key.resource === "decisions.hanse.dev"),
  );
  await put(PODS, pod("a", {}, podSpec({ cpu: "1" }, { volumes })));
  await deciding.reached;
  await put("persistentvolumeclaims", claim("disk"));
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  deciding.open();
  await controllers?.idle();
  expect((await read(PODS, "a")).spec.nodeName).toBe("paris");
});

test("P3 how an object is deleted says nothing of an earlier one of its name", async () => {
  await put(CLUSTERS, cluster("paris"));
  await start();
  await put(JOBS, job("sum", { uid: "first" }));
  await controllers?.idle();
  await remove(JOBS, "sum");
  await controllers?.idle();
  await put(JOBS, job("sum", { uid: "second" }));
  await controllers?.idle();
  const orphaning = { uid: "second", deletionTimestamp: NOW, deletionGracePeriodSeconds: 0, finalizers: ["orphan"] };
  await put(JOBS, { ...(await read(JOBS, "sum")), metadata: meta("sum", orphaning) });
  await controllers?.idle();
  expect((await binding("paris", "second"))?.tombstone).toMatchObject({ orphan: true });
  expect((await binding("paris", "first"))?.tombstone).not.toHaveProperty("orphan");
});
