// A Deployment whose autoscalers run in the clusters: one number at the root, as in one cluster.
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { BINDINGS, REPORTS, type Binding } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { openMemory } from "../store/memory.ts";
import type { Key, Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };
const WEB: Key = { resource: "deployments.apps", namespace: "default", name: "web" };
const SCALER: Key = { resource: "horizontalpodautoscalers.autoscaling", namespace: "default", name: "scaler" };
let store: Store;
let controllers: Controllers;
let stop: AbortController;
const logged: Loose[] = [];

beforeEach(async () => {
  logged.length = 0;
  store = openMemory();
  stop = new AbortController();
  await bootstrap({ store, ...seams });
  controllers = runControllers({ store, ...seams, signal: stop.signal, log: (line) => logged.push(line) });
  for (const name of ["paris", "tokyo"])
    await put({ resource: "clusters.hanse.dev", namespace: "", name }, "hanse.dev/v1alpha1", {
      spec: {},
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "", message: "" }],
        free: { cpu: "9", pods: "9" },
      },
    });
  await put(WEB, "apps/v1", {
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "i" }] } },
    },
  });
});
afterEach(async () => {
  stop.abort();
  await controllers.stop();
  expect(logged).toEqual([]);
});

async function put(key: Key, apiVersion: string, more: Loose): Promise<void> {
  const kind = ROOT_KINDS.find((one) => kindKey(one) === key.resource)!;
  const { namespace, name } = key;
  const metadata = {
    name,
    uid: name,
    generation: 1,
    creationTimestamp: NOW,
    ...(namespace === "" ? {} : { namespace }),
  };
  const object = { apiVersion, kind: kind.kind, metadata, ...more } as KubeObject;
  await store.commit({ ops: [{ op: "put", key, value: JSON.stringify(object) }] });
  await controllers.idle();
}
const scaler = (): Promise<void> =>
  put(SCALER, "autoscaling/v2", {
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 2,
      maxReplicas: 20,
    },
  });
const web = async (): Promise<Loose> => JSON.parse((await store.get(WEB))!.value);
async function scale(replicas: number): Promise<void> {
  const row = (await store.get(WEB))!;
  const object = JSON.parse(row.value) as Loose;
  object.metadata.generation += 1;
  object.spec.replicas = replicas;
  await store.commit({ ops: [{ op: "update", key: WEB, value: JSON.stringify(object), expect: row.version }] });
  await controllers.idle();
}
async function binding(at: string): Promise<Binding> {
  return JSON.parse((await store.get({ resource: BINDINGS, namespace: at, name: "web" }))!.value);
}
const shares = async (): Promise<unknown[]> =>
  Promise.all(["paris", "tokyo"].map(async (at) => (await binding(at)).share["spec.replicas"]));
/** All that the cluster should have runs there: its share, or what an autoscaler made of it. */
async function report(at: string, scaled?: number): Promise<void> {
  const { template, generation, share } = await binding(at);
  const replicas = scaled ?? share["spec.replicas"];
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  const value = JSON.stringify({
    template,
    generation,
    memberGeneration: generation,
    status: { observedGeneration: generation, ...counts },
    ...(scaled === undefined ? {} : { scaled }),
  });
  await store.commit({ ops: [{ op: "put", key: { resource: REPORTS, namespace: at, name: "web" }, value }] });
  await controllers.idle();
}

test("P12 the template says what autoscalers made of it; shares stay as people set them", async () => {
  await scaler();
  await report("tokyo");
  await report("paris", 5);
  expect(await web()).toMatchObject({
    metadata: { generation: 2 },
    spec: { replicas: 7 },
    status: { observedGeneration: 2, replicas: 7, updatedReplicas: 7, availableReplicas: 7 },
  });
  expect(await shares()).toEqual([2, 2]);
  const { metadata } = await web();
  expect((await binding("paris")).generation).toBe(1);
  await report("paris", 1);
  expect(await web()).toMatchObject({ spec: { replicas: 3 }, status: { observedGeneration: 3, replicas: 3 } });
  await report("paris", 2);
  expect((await web()).spec.replicas).toBe(4);
  // The template has no managers here, so none are kept; a write of its own is one generation each.
  expect(metadata.generation).toBe(2);
  expect(await shares()).toEqual([2, 2]);
});

test("what people set is sent to clusters once more, even where it is what it was before", async () => {
  await scaler();
  await report("tokyo");
  await report("paris", 5);
  await scale(4);
  expect(await shares()).toEqual([2, 2]);
  expect(await binding("paris")).toMatchObject({ generation: 2, resized: 2 });
  // No autoscaler has changed it there.
  expect((await binding("tokyo")).generation).toBe(1);
  // Not before the cluster has seen it.
  expect((await web()).spec.replicas).toBe(4);
  await report("paris", 3);
  expect((await web()).spec.replicas).toBe(5);
  expect((await binding("paris")).generation).toBe(2);
});

test("nothing is written while a cluster has not seen what it was given", async () => {
  await scaler();
  await report("paris", 5);
  expect((await web()).spec.replicas).toBe(4);
});

test("when the autoscaler goes, every cluster keeps what it has", async () => {
  await scaler();
  await report("tokyo");
  await report("paris", 5);
  const { version } = (await store.get(SCALER))!;
  await store.commit({ ops: [{ op: "delete", key: SCALER, expect: version }] });
  await controllers.idle();
  expect(await shares()).toEqual([5, 2]);
  await report("paris");
  expect(await web()).toMatchObject({ spec: { replicas: 7 }, status: { observedGeneration: 2, replicas: 7 } });
});

test("autoscalers that the clusters made themselves count as well, and so does their end", async () => {
  await report("tokyo");
  await report("paris", 5);
  expect((await web()).spec.replicas).toBe(7);
  // The agent has set it back to its share.
  await report("paris");
  expect((await web()).spec.replicas).toBe(7);
  expect((await shares()).reduce((a: number, b) => a + (b as number), 0)).toBe(7);
});
