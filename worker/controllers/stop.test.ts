// A Job divided over clusters, of which one share fails.
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
const SUM: Key = { resource: "jobs.batch", namespace: "default", name: "sum" };
let store: Store;
let controllers: Controllers;
const logged: Loose[] = [];

beforeEach(async () => {
  logged.length = 0;
  store = openMemory();
  await bootstrap({ store, ...seams });
  const signal = new AbortController().signal;
  controllers = runControllers({ store, ...seams, signal, log: (line) => logged.push(line) });
  for (const name of ["paris", "tokyo"]) await cluster(name);
  const pod = { metadata: {}, spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "sum", namespace: "default", uid: "sum", generation: 1, creationTimestamp: NOW },
    spec: { parallelism: 4, completions: 8, template: pod },
  } as KubeObject;
  ROOT_KINDS.find((kind) => kindKey(kind) === SUM.resource)?.setDefaults?.(job);
  await put(SUM, job);
});
afterEach(async () => {
  await controllers.stop();
  expect(logged).toEqual([]);
});

async function put(key: Key, object: unknown): Promise<void> {
  await store.commit({ ops: [{ op: "put", key, value: JSON.stringify(object) }] });
  await controllers.idle();
}
const cluster = (name: string): Promise<void> =>
  put(
    { resource: "clusters.hanse.dev", namespace: "", name },
    {
      apiVersion: "hanse.dev/v1alpha1",
      kind: "Cluster",
      metadata: { name, uid: name, creationTimestamp: NOW },
      spec: {},
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "", message: "" }],
        free: { cpu: "9", pods: "9" },
      },
    },
  );
async function binding(at: string): Promise<Binding | undefined> {
  const row = await store.get({ resource: BINDINGS, namespace: at, name: "sum" });
  return row === undefined ? undefined : JSON.parse(row.value);
}
async function report(at: string, status: Loose): Promise<void> {
  const { template, generation } = (await binding(at))!;
  await put({ resource: REPORTS, namespace: at, name: "sum" }, { template, generation, memberGeneration: 1, status });
}
const conditions = async (): Promise<string[]> =>
  ((JSON.parse((await store.get(SUM))!.value).status.conditions ?? []) as Loose[]).map(({ type }) => type);
const failed = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" };

test("the others' pods are ended, and it has failed when none runs", async () => {
  await report("tokyo", { active: 2, ready: 2, startTime: NOW });
  await report("paris", { failed: 7, startTime: NOW, conditions: [{ ...failed, type: "FailureTarget" }, failed] });
  expect(await conditions()).toEqual(["FailureTarget"]);
  // What it did is not undone.
  expect(await binding("paris")).toMatchObject({
    generation: 1,
    share: { "spec.parallelism": 2, "spec.completions": 4 },
  });
  expect(await binding("tokyo")).toMatchObject({
    generation: 2,
    share: { "spec.parallelism": 0, "spec.completions": 4 },
  });
  await report("tokyo", { startTime: NOW, failed: 2 });
  expect(await conditions()).toEqual(["FailureTarget", "Failed"]);
  // And nobody begins anew, whoever joins.
  await cluster("lima");
  const label = JSON.parse((await store.get(SUM))!.value) as Loose;
  await put(SUM, { ...label, metadata: { ...label.metadata, labels: { a: "b" } } });
  expect(await binding("lima")).toBeUndefined();
  expect((await binding("tokyo"))?.share["spec.parallelism"]).toBe(0);
});

test("a share that is through stays as it is", async () => {
  const complete = ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, status: "True" }));
  await report("tokyo", { succeeded: 4, startTime: NOW, completionTime: NOW, conditions: complete });
  await report("paris", { failed: 7, startTime: NOW, conditions: [failed] });
  expect(await conditions()).toEqual(["FailureTarget", "Failed"]);
  expect((await binding("tokyo"))?.generation).toBe(1);
});
