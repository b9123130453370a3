// Pods at the root, the whole road: kubectl's requests, the federation, its controllers, two agents, two simulated clusters.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runAgent } from "../../agents/main.ts";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import type { Loose } from "../../kinds/object.ts";
import { type Simulation, startSimulation } from "../../sim/simulation.ts";
import { createApp } from "../../worker/app.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { type Controllers, runControllers } from "../../worker/controllers/loop.ts";
import { createPresence, type Presence } from "../../worker/controllers/presence.ts";
import { createJoinToken, hashToken, memoryCredentials } from "../../worker/store/credentials.ts";
import { openMemory } from "../../worker/store/memory.ts";
import type { Store } from "../../worker/store/store.ts";

const ADMIN = "admin-token";
const CLUSTERS = ["paris", "tokyo"];
const PODS = "/api/v1/namespaces/default/pods";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

let store: Store;
let controllers: Controllers;
let presence: Presence;
let sim: Simulation;
let server: Server;
let url: string;
let dir: string;
let stop: AbortController;
let agents: Map<string, { end: AbortController; done: Promise<void> }>;
let credentials: ReturnType<typeof memoryCredentials>;
/** Milliseconds that the federation's clock is ahead. */
let ahead: number;
const clock = (): number => Date.now() + ahead;

async function startAgent(name: string, token?: string): Promise<void> {
  const end = new AbortController();
  const kubeconfig = join(dir, `${name}.kubeconfig`);
  writeFileSync(kubeconfig, sim.kubeconfig(name));
  const done = runAgent({
    server: url,
    token,
    dataDir: join(dir, name),
    kubeconfig,
    signal: end.signal,
    clock,
    log: () => {},
  });
  agents.set(name, { end, done });
}

async function stopAgent(name: string): Promise<void> {
  agents.get(name)?.end.abort();
  await agents.get(name)?.done;
}

beforeEach(async () => {
  ahead = 0;
  agents = new Map();
  dir = mkdtempSync(join(tmpdir(), "hanse-pods-"));
  store = openMemory();
  credentials = memoryCredentials();
  await credentials.setAdminToken(await hashToken(ADMIN));
  stop = new AbortController();
  const seams = { clock, random: Math.random, uid: () => crypto.randomUUID() };
  await bootstrap({ store, ...seams });
  presence = createPresence({ store, clock, timeoutMs: 3_600_000 });
  controllers = runControllers({ store, ...seams, signal: stop.signal });
  const app = createApp({
    store,
    credentials,
    kinds: { all: ROOT_KINDS },
    projections: ROOT_PROJECTIONS,
    presence,
    ...seams,
    openapi: async () => "",
  });
  server = createServer(getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  sim = await startSimulation({
    members: CLUSTERS.map((name) => ({ name, nodes: 1, cpuPerNode: "8", memoryPerNode: "16Gi", podStartMs: 5 })),
    clock: Date.now,
  });
  for (const name of CLUSTERS) {
    const cluster = { apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name }, spec: {} };
    await call("POST", "/apis/hanse.dev/v1alpha1/clusters", cluster);
    await startAgent(name, await createJoinToken(credentials, { cluster: name, ttlMs: 60_000, now: Date.now() }));
  }
  await until("both Ready", async () => {
    const { items } = (await call("GET", "/api/v1/nodes")).body;
    return items.every((node: Loose) => node.status.allocatable?.cpu === "8") && items.length === 2;
  });
});
afterEach(async () => {
  for (const name of agents.keys()) await stopAgent(name);
  presence.stop();
  stop.abort();
  await controllers.stop();
  await sim.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown, type = "application/json") {
  const headers = { authorization: `Bearer ${ADMIN}`, "content-type": type };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(url + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as Loose };
}

/** Asks again after every change of the log. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = AbortSignal.timeout(15_000);
  const from = await store.version();
  if (await check()) return;
  const select = ["pods", "clusters.hanse.dev", "deployments.apps", "events", "endpointslices.discovery.k8s.io"];
  const watch = store.watch({ from, select: select.map((resource) => ({ resource })), signal: end });
  for await (const _ of watch) if (await check()) return;
  throw new Error(`not in time: ${what}`);
}

const pods = async (): Promise<Loose[]> => (await call("GET", PODS)).body.items;
const isReady = (pod: Loose): boolean =>
  pod.status.conditions?.some((one: Loose) => one.type === "Ready" && one.status === "True");

const deployment = (name: string, replicas: number, cpu = "100m", env = "1"): Loose => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default" },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: "c",
            image: "tomcat",
            env: [{ name: "V", value: env }],
            resources: { requests: { cpu, memory: "1Mi" } },
          },
        ],
      },
    },
  },
});
const podsReady = (count: number) =>
  until(`${count} pods Ready`, async () => {
    const all = await pods();
    return all.length === count && all.every(isReady);
  });

it("a Deployment's pods are listed where they run, owned by the root's ReplicaSet of their revision", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 4));
  await podsReady(4);
  expect(new Set((await pods()).map((pod) => pod.spec.nodeName))).toEqual(new Set(CLUSTERS));
  const [replicaSet] = (await call("GET", "/apis/apps/v1/namespaces/default/replicasets")).body.items;
  for (const pod of await pods()) {
    expect(pod.metadata.ownerReferences).toMatchObject([{ kind: "ReplicaSet", uid: replicaSet.metadata.uid }]);
    expect(pod.metadata.labels).toMatchObject(replicaSet.spec.selector.matchLabels);
    const own = await sim
      .member(pod.spec.nodeName)
      .store.get({ resource: "pods", namespace: "default", name: pod.metadata.name });
    expect(JSON.parse(own?.value ?? "{}").metadata.uid).toBe(pod.metadata.uid);
  }
  const there = await call("GET", `${PODS}?fieldSelector=spec.nodeName%3Dparis&labelSelector=app%3Dweb`);
  expect(there.body.items.length).toBe((await pods()).filter((pod) => pod.spec.nodeName === "paris").length);

  const path = `${PODS}/${(await pods())[0].metadata.name}`;
  const patched = await call("PATCH", path, { metadata: { labels: { a: "b" } } }, "application/merge-patch+json");
  expect(patched.status).toBe(403);
  expect(patched.body.message).toMatch(/it runs in cluster (paris|tokyo)/);

  await call("PUT", `${DEPLOYMENTS}/web`, deployment("web", 4, "100m", "2"));
  await until("the new revision's pods", async () => {
    const all = await pods();
    return all.length === 4 && all.every((one) => isReady(one) && one.spec.containers[0].env[0].value === "2");
  });
  const owners = new Set((await pods()).map((pod) => pod.metadata.ownerReferences[0].uid));
  expect(owners.size).toBe(1);
  expect(owners.has(replicaSet.metadata.uid)).toBe(false);

  await call("DELETE", `${DEPLOYMENTS}/web`);
  await until("none left", async () => (await pods()).length === 0);
});

it("DELETE of a pod is done in its cluster: it says at once that it ends, and another comes", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 2));
  await podsReady(2);
  const [pod] = await pods();
  const deleted = await call("DELETE", `${PODS}/${pod.metadata.name}`, { gracePeriodSeconds: 1 });
  expect(deleted.status).toBe(200);
  expect(deleted.body.metadata.deletionTimestamp).toBeDefined();
  await until("another", async () => {
    const all = await pods();
    return all.length === 2 && all.every((one) => isReady(one) && one.metadata.uid !== pod.metadata.uid);
  });
  await until("no act is left", async () => (await store.list({ resource: "acts.hanse.dev" })).rows.length === 0);
});

it("P6: a restarted agent says nothing that was said before, and knows what went meanwhile", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 4));
  await podsReady(4);
  await controllers.idle();
  const before = (await pods()).find((pod) => pod.spec.nodeName === "paris");
  const versions = new Map((await pods()).map((pod) => [pod.metadata.uid, pod.metadata.resourceVersion]));
  await stopAgent("paris");
  const key = { resource: "pods", namespace: "default", name: before.metadata.name };
  await sim.member("paris").store.commit({ ops: [{ op: "delete", key }] });
  await startAgent("paris");
  await until("the one that went is gone", async () => {
    const all = await pods();
    return all.length === 4 && all.every((pod) => isReady(pod) && pod.metadata.uid !== before.metadata.uid);
  });
  const same = (await pods()).filter((pod) => versions.has(pod.metadata.uid));
  expect(same).toHaveLength(3);
  for (const pod of same) expect(pod.metadata.resourceVersion).toBe(versions.get(pod.metadata.uid));
});

it("pods of a cluster that is silent are not Ready, and are again when it is heard; those of one that left are gone", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 4));
  await podsReady(4);
  await stopAgent("paris");
  ahead += 3_600_001;
  presence.seen("tokyo");
  await presence.check();
  await until("paris' are not Ready", async () =>
    (await pods()).every((pod) => isReady(pod) === (pod.spec.nodeName === "tokyo")),
  );
  await startAgent("paris");
  await podsReady(4);
  await stopAgent("paris");
  await call("DELETE", "/apis/hanse.dev/v1alpha1/clusters/paris");
  await until("none of paris", async () => (await pods()).every((pod) => pod.spec.nodeName === "tokyo"));
});

it("two clusters' pods of one name stand side by side, and keep their names", async () => {
  const daemonSet = deployment("web", 1);
  await call("POST", DEPLOYMENTS, daemonSet);
  await podsReady(1);
  const [pod] = await pods();
  const other = CLUSTERS.find((name) => name !== pod.spec.nodeName) ?? "";
  const bare = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "mine" },
    spec: { containers: [{ name: "c", image: "i" }] },
  };
  expect((await call("POST", PODS, bare)).status).toBe(201);
  const observed = await call("POST", PODS, {
    ...bare,
    metadata: { name: "x", annotations: { "hanse.dev/observed": "u" } },
  });
  expect(observed.status).toBe(403);
  // The other cluster's agent reports pods of these names.
  const { reportObserved } = await import("../../worker/wire/reportobserved.ts");
  const binding = pod.metadata.annotations["hanse.dev/observed"];
  const row = await store.get({ resource: "bindings.hanse.dev", namespace: pod.spec.nodeName, name: binding });
  await store.commit({ ops: [{ op: "put", key: { ...row!, namespace: other }, value: row!.value }] });
  const upsert = (name: string, uid: string) => ({
    uid: binding,
    resource: "pods" as const,
    object: { metadata: { name, namespace: "default", uid }, spec: {}, status: {} },
  });
  const upserts = [upsert(pod.metadata.name, "11111111-a"), upsert("mine", "22222222-b")];
  await reportObserved(store, other, { upserts, gone: [] });
  const named = async () => Object.fromEntries((await pods()).map((one) => [one.metadata.uid, one.metadata.name]));
  expect(await named()).toMatchObject({
    [pod.metadata.uid]: pod.metadata.name,
    "11111111-a": `${pod.metadata.name}-${other}`,
    "22222222-b": `mine-${other}`,
  });
  const version = await store.version();
  await reportObserved(store, other, { upserts, gone: [] });
  expect(await store.version()).toBe(version);
  const gone = [{ resource: "pods" as const, namespace: "default", name: "mine", uid: "22222222-b" }];
  await reportObserved(store, other, { upserts: [], gone });
  expect(Object.values(await named())).toContain("mine");
  expect(await named()).not.toHaveProperty("22222222-b");
});

const evict = (pod: Loose) =>
  call("POST", `${PODS}/${pod.metadata.name}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: pod.metadata.name, namespace: "default" },
  });
/** Pods Ready in the clusters. */
async function running(): Promise<number> {
  const lists = await Promise.all(CLUSTERS.map((name) => sim.member(name).store.list({ resource: "pods" })));
  const all = lists.flatMap(({ rows }) => rows.map((row) => JSON.parse(row.value) as Loose));
  return all.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length;
}

const cordon = (name: string, unschedulable: boolean) =>
  call(
    "PATCH",
    `/apis/hanse.dev/v1alpha1/clusters/${name}`,
    { spec: { unschedulable } },
    "application/merge-patch+json",
  );

it("what kubectl drain does: evictions on a cordoned cluster move its replicas, never below the wanted number", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 4));
  await podsReady(4);
  await cordon("paris", true);
  let least = 4;
  const end = new AbortController();
  // In the clusters themselves: the root hears of one cluster's pods before another's.
  const watching = CLUSTERS.map(async (name) => {
    const { store: member } = sim.member(name);
    const select = [{ resource: "pods" }];
    for await (const _ of member.watch({ from: await member.version(), select, signal: end.signal }))
      least = Math.min(least, await running());
  });
  for (const pod of (await pods()).filter((one) => one.spec.nodeName === "paris")) {
    expect((await evict(pod)).status).toBe(201);
    // The same pod once more takes nothing more away.
    expect((await evict(pod)).status).toBe(201);
  }
  await until("all are in tokyo", async () => {
    const all = await pods();
    return all.length === 4 && all.every((pod) => isReady(pod) && pod.spec.nodeName === "tokyo");
  });
  end.abort();
  await Promise.all(watching);
  expect(least).toBe(4);
});

it("an eviction is passed on where nothing is cordoned, and refused where nobody else has room or it would lose an identity", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 2, "3"));
  await podsReady(2);
  const [pod] = await pods();
  expect((await evict(pod)).status).toBe(201);
  await until("another", async () => {
    const all = await pods();
    return all.length === 2 && all.every((one) => isReady(one) && one.metadata.uid !== pod.metadata.uid);
  });
  const other = CLUSTERS.find((name) => name !== pod.spec.nodeName) ?? "";
  const [standing] = await pods();
  await cordon("tokyo", true);
  await cordon("paris", true);
  const refused = await evict(standing);
  expect(refused).toMatchObject({ status: 429, body: { reason: "TooManyRequests" } });
  expect(refused.body.message).toMatch(/no other cluster takes it: (paris|tokyo) is cordoned/);
  await cordon(other, false);

  const { spec, ...rest } = deployment("db", 1);
  const { replicas, selector, template } = spec;
  await call("POST", "/apis/apps/v1/namespaces/default/statefulsets", {
    ...rest,
    kind: "StatefulSet",
    spec: { replicas, selector, template, serviceName: "db" },
  });
  await podsReady(3);
  const db = (await pods()).find((one) => one.metadata.name === "db-0");
  await cordon(db.spec.nodeName, true);
  expect((await evict(db)).body.message).toContain("a StatefulSet is not moved by evictions");
});

/** Writes into a cluster as its own controllers would. */
async function plant(cluster: string, resource: string, object: Loose): Promise<void> {
  const key = { resource, namespace: object.metadata.namespace, name: object.metadata.name };
  await sim.member(cluster).store.commit({ ops: [{ op: "put", key, value: JSON.stringify(object) }] });
}

it("EndpointSlices of a placed Service are seen at the root, with the cluster as node; others' are not", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 2));
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" } };
  await call("POST", "/api/v1/namespaces/default/services", {
    ...service,
    spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
  });
  await podsReady(2);
  const key = { resource: "services", namespace: "default", name: "web" };
  const standing = () => sim.member("paris").store.get(key);
  await until("the Service is there", async () => (await standing()) !== undefined && (await pods()).length === 2);
  const uid = JSON.parse((await standing())?.value ?? "{}").metadata.uid;
  const slice = (name: string, owner: string) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name,
      namespace: "default",
      uid: name,
      labels: { "kubernetes.io/service-name": "web" },
      ownerReferences: [{ apiVersion: "v1", kind: "Service", name: "web", uid: owner, controller: true }],
    },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.0.0.1"], nodeName: "paris-node-0" }],
    ports: [],
  });
  await plant("paris", "endpointslices.discovery.k8s.io", slice("foreign", "another"));
  await plant("paris", "endpointslices.discovery.k8s.io", slice("web-abc", uid));
  const path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
  const slices = async (): Promise<Loose[]> => (await call("GET", path)).body.items;
  await until("the slice", async () => (await slices()).length > 0);
  expect(await slices()).toMatchObject([
    {
      metadata: { name: "web-abc", labels: { "hanse.dev/cluster": "paris" }, ownerReferences: [{ kind: "Service" }] },
      endpoints: [{ addresses: ["10.0.0.1"], nodeName: "paris" }],
    },
  ]);
  expect((await call("DELETE", `${path}/web-abc`)).status).toBe(403);
  await call("DELETE", "/api/v1/namespaces/default/services/web");
  await until("none", async () => (await slices()).length === 0);
});

it("a cluster's warnings stand beside the root's objects, with the cluster's name, each once", async () => {
  await call("POST", DEPLOYMENTS, deployment("web", 2));
  await podsReady(2);
  const pod = (await pods()).find((one) => one.spec.nodeName === "paris");
  const event = (name: string, about: Loose, count: number) => ({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: "default", uid: name, creationTimestamp: "2026-01-01T00:00:00Z" },
    involvedObject: { apiVersion: "v1", namespace: "default", ...about },
    type: "Warning",
    reason: "BackOff",
    message: `of ${name}`,
    count,
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: new Date().toISOString(),
    source: { component: "kubelet" },
  });
  await plant("paris", "events", event("other", { kind: "Pod", name: "other", uid: "other" }, 1));
  await plant("paris", "events", event("of-pod", { kind: "Pod", name: pod.metadata.name, uid: pod.metadata.uid }, 3));
  const path = `/api/v1/namespaces/default/events?fieldSelector=reason%3DBackOff`;
  const told = async (): Promise<Loose[]> => (await call("GET", path)).body.items;
  await until("the warning", async () => (await told()).length > 0);
  await plant("paris", "events", event("of-pod", { kind: "Pod", name: pod.metadata.name, uid: pod.metadata.uid }, 4));
  await until("it again", async () => (await told()).some(({ count }) => count === 4));
  expect(await told()).toMatchObject([
    {
      involvedObject: { kind: "Pod", name: pod.metadata.name, uid: pod.metadata.uid },
      message: "paris: of of-pod",
      count: 4,
      source: { component: "kubelet", host: "paris" },
    },
  ]);
});

it("pods of what is placed whole are owned by it; a Namespace that is deleted waits for none of its rows, and leaves none", async () => {
  await call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  const { spec, ...rest } = deployment("db", 2);
  const { replicas, selector, template } = spec;
  const path = "/apis/apps/v1/namespaces/shop/statefulsets";
  const statefulSet = await call("POST", path, {
    ...rest,
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "shop" },
    spec: { replicas, selector, template, serviceName: "db" },
  });
  expect(statefulSet.status).toBe(201);
  const inShop = async (): Promise<Loose[]> => (await call("GET", "/api/v1/namespaces/shop/pods")).body.items;
  await until("db-0 and db-1", async () => (await inShop()).filter(isReady).length === 2);
  expect((await inShop()).map((pod) => pod.metadata.name)).toEqual(["db-0", "db-1"]);
  expect((await inShop())[0].metadata.ownerReferences).toMatchObject([
    { kind: "StatefulSet", name: "db", uid: statefulSet.body.metadata.uid, controller: true },
  ]);
  // Its successor has its name and another uid.
  const [first] = await inShop();
  await call("DELETE", "/api/v1/namespaces/shop/pods/db-0", { gracePeriodSeconds: 0 });
  await until("its successor", async () => {
    const all = await inShop();
    return all.filter(isReady).length === 2 && all[0].metadata.uid !== first.metadata.uid;
  });
  expect((await inShop()).map((pod) => pod.metadata.name)).toEqual(["db-0", "db-1"]);
  await call("DELETE", "/api/v1/namespaces/shop");
  await until("no pods", async () => (await inShop()).length === 0);
});
