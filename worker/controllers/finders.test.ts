// The loops with what finds its workload by itself: budgets, autoscalers, network policies; and with priority classes, which are named.
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { BINDINGS, REPORTS, type Binding } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };
const BUDGETS = "poddisruptionbudgets.policy";
const SCALERS = "horizontalpodautoscalers.autoscaling";
const POLICIES = "networkpolicies.networking.k8s.io";
const CLASSES = "priorityclasses.scheduling.k8s.io";
let store: Store;
let controllers: Controllers;
let stop: AbortController;
const logged: Loose[] = [];

beforeEach(async () => {
  logged.length = 0;
  store = openMemory();
  stop = new AbortController();
  await bootstrap({ store, ...seams });
  start();
  await cluster("paris", "2");
  await cluster("tokyo", "1");
});
afterEach(async () => {
  stop.abort();
  await controllers.stop();
  expect(logged).toEqual([]);
});
function start(): void {
  controllers = runControllers({ store, ...seams, signal: stop.signal, log: (line) => logged.push(line) });
}

/** Creates or replaces; the uid is the name. */
async function write(resource: string, name: string, more: Loose, generation = 1): Promise<void> {
  const kind = ROOT_KINDS.find((one) => kindKey(one) === resource);
  const namespace = kind?.namespaced === true ? "default" : "";
  const object: KubeObject = {
    apiVersion: kind?.group === "" ? "v1" : `${kind?.group}/${kind?.version}`,
    kind: kind?.kind ?? "",
    ...more,
    metadata: { name, uid: name, generation, creationTimestamp: NOW, ...(namespace === "" ? {} : { namespace }) },
  };
  if (resource !== "clusters.hanse.dev") kind?.setDefaults?.(object);
  await store.commit({ ops: [{ op: "put", key: { resource, namespace, name }, value: JSON.stringify(object) }] });
  await controllers.idle();
}
async function remove(resource: string, name: string): Promise<void> {
  const namespace = resource === CLASSES ? "" : "default";
  await store.commit({ ops: [{ op: "delete", key: { resource, namespace, name } }] });
  await controllers.idle();
}
const cluster = (name: string, cpu: string, ready = "True"): Promise<void> =>
  write("clusters.hanse.dev", name, {
    spec: {},
    status: { conditions: [{ type: "Ready", status: ready, reason: "", message: "" }], free: { cpu, pods: "100" } },
  });
const deployment = (name: string, replicas: number, pod: Loose = {}, generation = 1): Promise<void> =>
  write(
    "deployments.apps",
    name,
    {
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "500m" } } }], ...pod },
        },
      },
    },
    generation,
  );
const budget = (more: Loose): Promise<void> =>
  write(BUDGETS, "budget", { spec: { selector: { matchLabels: { app: "web" } }, ...more } });
const scaler = (): Promise<void> =>
  write(SCALERS, "scaler", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 3,
      maxReplicas: 6,
    },
  });
async function binding(at: string, uid: string): Promise<Binding | undefined> {
  const row = await store.get({ resource: BINDINGS, namespace: at, name: uid });
  return row === undefined ? undefined : (JSON.parse(row.value) as Binding);
}
const shares = async (uid: string): Promise<Loose> =>
  Object.fromEntries(
    await Promise.all(
      ["paris", "tokyo"].map(async (at) => {
        const { tombstone, share } = (await binding(at, uid)) ?? {};
        return [at, tombstone === undefined ? share : "leaving"];
      }),
    ),
  );
async function report(at: string, uid: string, status: Loose, more: Loose = {}): Promise<void> {
  const { template, generation } = (await binding(at, uid))!;
  const value = JSON.stringify({ template, generation, memberGeneration: 1, status, ...more });
  await store.commit({ ops: [{ op: "put", key: { resource: REPORTS, namespace: at, name: uid }, value }] });
  await controllers.idle();
}
async function status(resource: string, name: string): Promise<Loose> {
  const row = await store.get({ resource, namespace: "default", name });
  return (JSON.parse(row!.value) as KubeObject)["status"];
}

test.each(["before", "after"])(
  "P7 bounds and budgets made %s their workload are divided like its shares",
  async (when) => {
    if (when === "after") await deployment("web", 3);
    await budget({ minAvailable: 2 });
    await scaler();
    if (when === "before") await deployment("web", 3);
    expect(await shares("web")).toEqual({ paris: { "spec.replicas": 2 }, tokyo: { "spec.replicas": 1 } });
    expect(await shares("budget")).toEqual({ paris: { "spec.minAvailable": 1 }, tokyo: { "spec.minAvailable": 1 } });
    expect(await shares("scaler")).toEqual({
      paris: { "spec.minReplicas": 2, "spec.maxReplicas": 4 },
      tokyo: { "spec.minReplicas": 1, "spec.maxReplicas": 2 },
    });
    // As the workload grows, so does what is divided like it; where it leaves, so do they, after it.
    await deployment("web", 1, {}, 2);
    expect(await shares("scaler")).toEqual({
      paris: { "spec.minReplicas": 3, "spec.maxReplicas": 6 },
      tokyo: { "spec.minReplicas": 1, "spec.maxReplicas": 2 },
    });
    expect((await binding("tokyo", "web"))?.tombstone).toBeDefined();
    await store.commit({ ops: [{ op: "delete", key: { resource: BINDINGS, namespace: "tokyo", name: "web" } }] });
    await controllers.idle();
    expect(await shares("budget")).toEqual({ paris: { "spec.minAvailable": 2 }, tokyo: "leaving" });
    // Deleted at the root it goes at once: pods run without it.
    await remove(SCALERS, "scaler");
    expect(await shares("scaler")).toEqual({ paris: "leaving", tokyo: "leaving" });
  },
);

test("a NetworkPolicy goes where its pods are, never after them; one that selects all pods everywhere", async () => {
  await write(POLICIES, "web", { spec: { podSelector: { matchLabels: { app: "web" } } } });
  await write(POLICIES, "all", { spec: { podSelector: {} } });
  await deployment("db", 3);
  expect(await shares("all")).toEqual({ paris: {}, tokyo: {} });
  expect(await shares("web")).toEqual({ paris: undefined, tokyo: undefined });
  await remove(POLICIES, "web");
  await write(POLICIES, "guard", { spec: { podSelector: { matchLabels: { app: "web" } } } });
  await deployment("web", 1);
  const { rows } = await store.list({ resource: BINDINGS });
  const versions = (name: string): number[] => rows.filter((row) => row.name === name).map((row) => row.version);
  expect(versions("web")).toHaveLength(1);
  expect(versions("guard")[0]).toBeLessThan(versions("web")[0] ?? 0);
});

test("a PriorityClass that a pod names comes before it and leaves after it; Kubernetes' own never", async () => {
  await write(CLASSES, "gold", { value: 100 });
  await write(CLASSES, "system-node-critical", { value: 2_000_001_000 });
  await deployment("web", 1, { priorityClassName: "gold" });
  await deployment("core", 1, { priorityClassName: "system-node-critical" });
  expect((await binding("paris", "gold"))?.tombstone).toBeUndefined();
  expect(await binding("paris", "gold")).toBeDefined();
  expect(await shares("system-node-critical")).toEqual({ paris: undefined, tokyo: undefined });
  await remove("deployments.apps", "web");
  expect((await binding("paris", "gold"))?.tombstone).toBeUndefined();
  await store.commit({ ops: [{ op: "delete", key: { resource: BINDINGS, namespace: "paris", name: "web" } }] });
  await controllers.idle();
  expect((await binding("paris", "gold"))?.tombstone).toBeDefined();
});

test("P12 a budget at the root is the sum of what clusters say, less what falls silent, and nothing once none has it", async () => {
  await deployment("web", 3);
  await budget({ maxUnavailable: 2 });
  const said = { observedGeneration: 1, disruptionsAllowed: 1, desiredHealthy: 1 };
  await report("paris", "budget", { ...said, currentHealthy: 2, expectedPods: 2 });
  expect(await status(BUDGETS, "budget")).not.toHaveProperty("observedGeneration");
  await report("tokyo", "budget", { ...said, currentHealthy: 1, expectedPods: 1 });
  expect(await status(BUDGETS, "budget")).toMatchObject({
    observedGeneration: 1,
    disruptionsAllowed: 2,
    currentHealthy: 3,
    expectedPods: 3,
  });
  await cluster("tokyo", "1", "Unknown");
  expect(await status(BUDGETS, "budget")).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 2, expectedPods: 3 });
  for (const at of ["paris", "tokyo"])
    await store.commit({ ops: [{ op: "delete", key: { resource: BINDINGS, namespace: at, name: "budget" } }] });
  await remove("deployments.apps", "web");
  expect(await status(BUDGETS, "budget")).toMatchObject({ disruptionsAllowed: 0, expectedPods: 0 });
});

test("P12 what an autoscaler runs beyond the shares keeps nobody waiting", async () => {
  await deployment("web", 3);
  await scaler();
  const counts = (pods: number): Loose => ({
    observedGeneration: 1,
    replicas: pods,
    updatedReplicas: pods,
    readyReplicas: pods,
    availableReplicas: pods,
  });
  await report("paris", "web", counts(5), { scaled: 5 });
  await report("tokyo", "web", counts(1), { scaled: 1 });
  expect(await status("deployments.apps", "web")).toMatchObject({
    replicas: 6,
    updatedReplicas: 6,
    availableReplicas: 6,
  });
  await report("paris", "scaler", { currentReplicas: 5, desiredReplicas: 5 });
  await report("tokyo", "scaler", { currentReplicas: 1, desiredReplicas: 2 });
  expect(await status(SCALERS, "scaler")).toMatchObject({ currentReplicas: 6, desiredReplicas: 7 });
});

test("what finds is known again after a start", async () => {
  await deployment("web", 3);
  await budget({ minAvailable: 3 });
  await controllers.stop();
  start();
  await controllers.idle();
  await deployment("web", 1, {}, 2);
  expect((await shares("budget")).paris).toEqual({ "spec.minAvailable": 3 });
});
