// The loops with workloads that are placed whole: pods are bound and let go, claims stay, what runs once is placed once, room is counted.
import { afterEach, beforeEach, expect, test } from "vitest";
import { BINDINGS, REPORTS, type Binding, type Report } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => `uid-${(uids += 1)}` };
let store: Store;
let controllers: Controllers;
let stop: AbortController;
const logged: Loose[] = [];

beforeEach(async () => {
  uids = 0;
  logged.length = 0;
  store = openMemory();
  stop = new AbortController();
  await bootstrap({ store, ...seams });
  controllers = runControllers({ store, ...seams, signal: stop.signal, log: (line) => logged.push(line) });
});
afterEach(async () => {
  stop.abort();
  await controllers.stop();
  expect(logged).toEqual([]);
});

/** Creates it as the API does, or replaces it; undefined deletes. */
async function write(resource: string, name: string, change: (before: Loose) => Loose | undefined): Promise<void> {
  const kind = ROOT_KINDS.find((one) => kindKey(one) === resource);
  const key = { resource, namespace: kind?.namespaced === true ? "default" : "", name };
  const row = await store.get(key);
  const next = change(row === undefined ? undefined : JSON.parse(row.value));
  if (next === undefined) await store.commit({ ops: [{ op: "delete", key }] });
  else {
    const object = { ...next, metadata: { ...next.metadata, name } } as KubeObject;
    if (row === undefined) {
      const namespace = key.namespace === "" ? {} : { namespace: key.namespace };
      object.metadata = {
        ...object.metadata,
        ...namespace,
        uid: object.metadata.uid ?? name,
        creationTimestamp: NOW,
        generation: 1,
      };
      kind?.setDefaults?.(object);
      const { status } = object;
      kind?.prepareCreate?.(object);
      if (resource === "clusters.hanse.dev") object["status"] = status;
    }
    const refs = objectRefs(object);
    await store.commit({
      ops: [{ op: "put", key, value: JSON.stringify(object), ...(refs === undefined ? {} : { refs }) }],
    });
  }
  await controllers.idle();
}

const cluster = (name: string, cpu: string): Promise<void> =>
  write("clusters.hanse.dev", name, () => ({
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    spec: {},
    status: { conditions: [{ type: "Ready", status: "True", reason: "", message: "" }], free: { cpu, pods: "100" } },
  }));
const podSpec = (cpu: string, more: Loose = {}): Loose => ({
  containers: [{ name: "c", image: "i", resources: { requests: { cpu } } }],
  ...more,
});
const pod = (name: string, more: Loose = {}): Promise<void> =>
  write("pods", name, () => ({ apiVersion: "v1", kind: "Pod", metadata: {}, spec: podSpec("1", more) }));
const job = (name: string): Promise<void> =>
  write("jobs.batch", name, () => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {},
    // Its indexes are one numbering, so it is placed whole.
    spec: {
      parallelism: 2,
      completions: 2,
      completionMode: "Indexed",
      template: { metadata: {}, spec: podSpec("1", { restartPolicy: "Never" }) },
    },
  }));

async function read(resource: string, name: string, namespace = "default"): Promise<Loose> {
  const row = await store.get({ resource, namespace, name });
  return row === undefined ? undefined : JSON.parse(row.value);
}
const binding = (at: string, uid: string): Promise<Binding | undefined> => read(BINDINGS, uid, at);
/** As the report route writes it; `removed`: the tombstone is carried out. */
async function report(at: string, uid: string, said: Partial<Report> | "removed"): Promise<void> {
  const held = await binding(at, uid);
  if (held === undefined) throw new Error(`${at} has no ${uid}`);
  const key = { namespace: at, name: uid };
  const { template, generation } = held;
  if (said === "removed") await store.commit({ ops: [{ op: "delete", key: { ...key, resource: BINDINGS } }] });
  else {
    const value = JSON.stringify({ template, generation, memberUid: `${at}-uid`, ...said });
    await store.commit({ ops: [{ op: "put", key: { ...key, resource: REPORTS }, value }] });
  }
  await controllers.idle();
}
const deletion =
  (graceSeconds: number, more: Loose = {}) =>
  (before: Loose) => ({
    ...before,
    metadata: { ...before.metadata, deletionTimestamp: NOW, deletionGracePeriodSeconds: graceSeconds, ...more },
  });

test("a Pod is bound to the cluster with the most room, says what that says, and is let go when it is gone there", async () => {
  await cluster("paris", "4");
  await cluster("tokyo", "8");
  await pod("web");
  expect(await read("pods", "web")).toMatchObject({
    spec: { nodeName: "tokyo" },
    status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }] },
  });
  const held = await binding("tokyo", "web");
  expect(held).toMatchObject({ share: {}, pods: 1, generation: 1 });
  expect((await store.contents([held!.revision])).get(held!.revision)).not.toContain("tokyo");
  await report("tokyo", "web", { status: { phase: "Running", podIP: "10.0.0.1", startTime: NOW } });
  expect((await read("pods", "web")).status).toMatchObject({ phase: "Running", podIP: "10.0.0.1" });
  await write("pods", "web", deletion(30));
  expect((await binding("tokyo", "web"))?.tombstone).toMatchObject({ memberUid: "tokyo-uid", graceSeconds: 30 });
  await write("pods", "web", deletion(1));
  expect(await binding("tokyo", "web")).toMatchObject({ generation: 3, tombstone: { graceSeconds: 1 } });
  await report("tokyo", "web", "removed");
  expect(await read("pods", "web")).toBeUndefined();
});

test("finalizers hold a Pod that is gone from its cluster; its time is up", async () => {
  await cluster("paris", "4");
  await pod("web");
  await write("pods", "web", deletion(30, { finalizers: ["example.com/keep"] }));
  await report("paris", "web", "removed");
  expect((await read("pods", "web")).metadata).toMatchObject({
    deletionGracePeriodSeconds: 0,
    finalizers: ["example.com/keep"],
  });
  // One whose last finalizer went before its cluster was through waits for that.
  await pod("other");
  await write("pods", "other", deletion(30));
  expect(await read("pods", "other")).toBeDefined();
  await report("paris", "other", "removed");
  expect(await read("pods", "other")).toBeUndefined();
});

test("a Pod of a cluster that left has failed and is not made elsewhere; deleted it goes at once", async () => {
  await cluster("paris", "8");
  await cluster("tokyo", "4");
  await pod("web");
  await write("clusters.hanse.dev", "paris", () => undefined);
  expect(await read("pods", "web")).toMatchObject({
    spec: { nodeName: "paris" },
    status: { phase: "Failed", reason: "ClusterGone" },
  });
  expect(await binding("tokyo", "web")).toBeUndefined();
  await write("pods", "web", deletion(30));
  expect(await read("pods", "web")).toBeUndefined();
});

test("what is deleted in its cluster has failed: a Job, and a Pod", async () => {
  await cluster("paris", "8");
  await pod("web");
  await job("sum");
  const failure = { reason: "Gone", message: "deleted", since: NOW, permanent: true };
  for (const uid of ["web", "sum"]) await report("paris", uid, { failure });
  expect((await read("pods", "web")).status.phase).toBe("Failed");
  expect((await read("jobs.batch", "sum")).status.conditions.map(({ type }: Loose) => type)).toEqual([
    "FailureTarget",
    "Failed",
  ]);
});

test("room that was given is counted until it is measured, also for what is placed whole", async () => {
  await cluster("paris", "3");
  await cluster("tokyo", "2");
  await job("first");
  expect(await binding("paris", "first")).toMatchObject({ pods: 2 });
  await job("second");
  expect(await binding("tokyo", "second")).toBeDefined();
  await job("third");
  expect((await read("events", `third.${await placedEvent("third")}`)).message).toBe(
    "no cluster has room for 2 pods (paris: room for 1; tokyo: NoCapacity, cpu: asks 1, has 0 free)",
  );
  // Over is over: its room is free once the cluster says so.
  await report("paris", "first", {
    status: { conditions: [{ type: "Complete", status: "True" }], succeeded: 2, startTime: NOW },
  });
  for (const free of ["1", "3"]) await cluster("paris", free);
  expect(await binding("paris", "third")).toBeDefined();
});

async function placedEvent(name: string): Promise<string> {
  const { rows } = await store.list({ resource: "events", namespace: "default" });
  return rows.find((row) => row.name.startsWith(`${name}.`))?.name.slice(name.length + 1) ?? "";
}

test("P3 a claim comes with its pod, stays when that goes, draws the next one, and goes when it is deleted", async () => {
  await cluster("paris", "4");
  const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "disk" } }];
  await write("persistentvolumeclaims", "disk", () => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {},
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  }));
  await pod("first", { volumes });
  const bound = { phase: "Bound", capacity: { storage: "1Gi" } };
  await report("paris", "disk", { status: bound });
  expect((await read("persistentvolumeclaims", "disk")).status).toEqual(bound);
  await write("pods", "first", deletion(0));
  await report("paris", "first", "removed");
  expect((await binding("paris", "disk"))?.tombstone).toBeUndefined();
  await cluster("tokyo", "99");
  await pod("second", { volumes });
  expect((await read("pods", "second")).spec.nodeName).toBe("paris");
  await write("persistentvolumeclaims", "disk", () => undefined);
  expect((await binding("paris", "disk"))?.tombstone).toBeDefined();
});

test("records of a Deployment's revisions stay at the root; a ReplicaSet that somebody made is placed", async () => {
  await cluster("paris", "4");
  const spec = {
    replicas: 1,
    selector: { matchLabels: { a: "b" } },
    template: { metadata: { labels: { a: "b" } }, spec: podSpec("1") },
  };
  await write("deployments.apps", "web", () => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {},
    spec: structuredClone(spec),
  }));
  await write("replicasets.apps", "own", () => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {},
    spec: structuredClone(spec),
  }));
  const rows = (await store.list({ resource: BINDINGS, namespace: "paris" })).rows.map(
    (row) => (JSON.parse(row.value) as Binding).template,
  );
  const workloads = rows.filter(({ resource }) => resource !== "namespaces").map(({ kind, name }) => `${kind} ${name}`);
  expect(workloads.sort()).toEqual(["Deployment web", "ReplicaSet own"]);
  await report("paris", "own", {
    memberGeneration: 1,
    status: { replicas: 1, readyReplicas: 1, observedGeneration: 1 },
  });
  expect((await read("replicasets.apps", "own")).status).toMatchObject({
    replicas: 1,
    readyReplicas: 1,
    observedGeneration: 1,
  });
});

test("what an operator controls is placed; what a workload controls is made by its cluster", async () => {
  await cluster("paris", "8");
  await write("configmaps", "operator", () => ({ apiVersion: "v1", kind: "ConfigMap", metadata: {} }));
  await write("replicasets.apps", "rs", () => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {},
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: podSpec("1") },
    },
  }));
  const owned = (name: string, apiVersion: string, kind: string, uid: string): Promise<void> =>
    write("pods", name, () => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ownerReferences: [{ apiVersion, kind, name: uid, uid, controller: true }] },
      spec: podSpec("1"),
    }));
  await owned("of-configmap", "v1", "ConfigMap", "operator");
  await owned("of-replicaset", "apps/v1", "ReplicaSet", "rs");
  expect(await binding("paris", "of-configmap")).toBeDefined();
  expect(await binding("paris", "of-replicaset")).toBeUndefined();
  // Deleted with its owner, by the garbage collector.
  await write("configmaps", "operator", () => undefined);
  expect((await read("pods", "of-configmap")).metadata.deletionTimestamp).toBeDefined();
  expect((await binding("paris", "of-configmap"))?.tombstone).toBeDefined();
  await report("paris", "of-configmap", "removed");
  expect(await read("pods", "of-configmap")).toBeUndefined();
});

test("a StatefulSet's revisions are ControllerRevisions at the root: kept, reused, orphaned and adopted again", async () => {
  await cluster("paris", "8");
  const set = (uid: string) => (): Loose => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { uid },
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: podSpec("1") },
    },
  });
  const image =
    (next: string) =>
    (before: Loose): Loose => {
      const after = structuredClone(before);
      after.spec.template.spec.containers[0].image = next;
      after.metadata.generation += 1;
      return after;
    };
  const revisions = async (): Promise<Loose[]> =>
    (await store.list({ resource: "controllerrevisions.apps", namespace: "default" })).rows
      .map((row) => JSON.parse(row.value))
      .sort((a, b) => a.revision - b.revision);
  const numbers = async (): Promise<number[]> => (await revisions()).map(({ revision }) => revision);
  const said = { replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 };

  await write("statefulsets.apps", "db", set("first"));
  const [first] = await revisions();
  expect(first.metadata.ownerReferences).toMatchObject([{ kind: "StatefulSet", uid: "first", controller: true }]);
  const member = { currentRevision: "db-of-paris", updateRevision: "db-of-paris" };
  await report("paris", "first", { memberGeneration: 1, status: { ...said, ...member } });
  expect((await read("statefulsets.apps", "db")).status).toMatchObject({
    currentRevision: first.metadata.name,
    updateRevision: first.metadata.name,
  });
  await write("statefulsets.apps", "db", image("other"));
  expect(await numbers()).toEqual([1, 2]);
  expect((await read("statefulsets.apps", "db")).status.updateRevision).toBe(first.metadata.name);
  const rolling = { currentRevision: "db-of-paris", updateRevision: "db-next" };
  await report("paris", "first", { memberGeneration: 1, status: { ...said, ...rolling } });
  expect((await read("statefulsets.apps", "db")).status).toMatchObject({
    currentRevision: first.metadata.name,
    updateRevision: (await revisions()).at(-1)?.metadata.name,
  });
  await write("statefulsets.apps", "db", image("i"));
  expect(await numbers()).toEqual([2, 3]);
  expect((await revisions()).at(-1)?.metadata.name).toBe(first.metadata.name);

  // As the garbage collector leaves them after --cascade=orphan.
  for (const one of await revisions())
    await write("controllerrevisions.apps", one.metadata.name, (before) => ({
      ...before,
      metadata: { ...before.metadata, ownerReferences: [] },
    }));
  await write("statefulsets.apps", "db", () => undefined);
  await report("paris", "first", "removed");
  await write("statefulsets.apps", "db", set("second"));
  expect((await revisions()).map(({ revision, metadata }) => [revision, metadata.ownerReferences[0]?.uid])).toEqual([
    [2, "second"],
    [3, "second"],
  ]);
});

test.each([
  ["orphan", ["orphan"], true],
  ["background", [], false],
])(
  "what a workload has beside it after --cascade=%s: stays for the pods, until it is deleted at the root",
  async (_how, finalizers, stays) => {
    await cluster("paris", "8");
    await write("configmaps", "settings", () => ({ apiVersion: "v1", kind: "ConfigMap", metadata: {}, data: {} }));
    await write("services", "front", () => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: {},
      spec: { selector: { a: "b" }, ports: [{ port: 80 }] },
    }));
    await write("statefulsets.apps", "db", () => ({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: {},
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: "b" } },
        template: {
          metadata: { labels: { a: "b" } },
          spec: podSpec("1", { volumes: [{ name: "v", configMap: { name: "settings" } }] }),
        },
      },
    }));
    const beside = ["settings", "front"];
    const standing = async (): Promise<(boolean | undefined)[]> =>
      Promise.all(
        beside.map(async (uid) => {
          const held = await binding("paris", uid);
          return held === undefined ? undefined : held.tombstone === undefined;
        }),
      );
    await write("statefulsets.apps", "db", (before) =>
      finalizers.length === 0
        ? undefined
        : { ...before, metadata: { ...before.metadata, deletionTimestamp: NOW, finalizers } },
    );
    await report("paris", "db", "removed");
    expect(await read("statefulsets.apps", "db")).toBeUndefined();
    expect(await standing()).toEqual([stays, stays]);
    if (!stays) return;
    const old = await binding("paris", "settings");
    await write("configmaps", "settings", (before) => ({ ...before, data: { a: "new" } }));
    const changed = await binding("paris", "settings");
    expect(changed).toMatchObject({ held: true, generation: (old?.generation ?? 0) + 1 });
    for (const [resource, name] of [
      ["configmaps", "settings"],
      ["services", "front"],
    ] as const)
      await write(resource, name, () => undefined);
    expect(await standing()).toEqual([false, false]);
  },
);

test("claims made under a StatefulSet's names go ahead of it, and it goes where they are", async () => {
  await cluster("paris", "8");
  const claim = (name: string): Promise<void> =>
    write("persistentvolumeclaims", name, () => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {},
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    }));
  for (const name of ["data-db-0", "data-db-01", "data-db-1", "data-db-7", "data-db-x", "data-dc-0", "data-db"])
    await claim(name);
  // The data of one of them came here earlier.
  await pod("earlier", { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data-db-1" } }] });
  await write("pods", "earlier", deletion(0));
  await report("paris", "earlier", "removed");
  await cluster("tokyo", "99");
  const set = (): Loose => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {},
    spec: {
      replicas: 2,
      selector: { matchLabels: { a: "b" } },
      template: { metadata: { labels: { a: "b" } }, spec: podSpec("1") },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ],
    },
  });
  await write("statefulsets.apps", "db", set);
  const placed = async (at: string): Promise<string[]> =>
    (await store.list({ resource: BINDINGS, namespace: at })).rows.map(({ name }) => name).sort();
  expect((await placed("paris")).filter((name) => name.includes("db"))).toEqual(["data-db-0", "data-db-1", "db"]);
  expect(await placed("tokyo")).toEqual([]);
  const versions = (
    await store.getMany(["db", "data-db-0"].map((name) => ({ resource: BINDINGS, namespace: "paris", name })))
  ).map(({ name, version }) => [name, version] as const);
  const at = Object.fromEntries(versions);
  expect(at["data-db-0"]).toBeLessThan(at["db"] ?? 0);
  await write("statefulsets.apps", "db", (before) => ({
    ...before,
    metadata: { ...before.metadata, generation: 2 },
    spec: { ...before.spec, replicas: 8 },
  }));
  expect(await placed("paris")).toContain("data-db-7");
});
