// What was decided and is not measured yet counts as taken: the life of an assumption, and a burst that spreads although nobody measures.
import { describe, expect, test } from "vitest";
import { BINDINGS, type Binding, type Report, type TemplateRef } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { ScheduleCluster } from "../../core/schedule/schedule.ts";
import { openMemory } from "../store/memory.ts";
import { Assumed, MEASURED_AFTER_MS } from "./assumed.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./loop.ts";

const template: TemplateRef = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "deployments.apps",
  namespace: "default",
  name: "web",
  uid: "web",
};
const bound = (replicas: number, generation = 1): Binding => ({
  template,
  templateGeneration: 1,
  generation,
  revision: "r",
  share: { "spec.replicas": replicas },
  needs: [],
  requests: { cpu: "500m" },
});
const gone: Binding = { ...bound(4, 2), tombstone: { since: "2026-01-01T00:00:00Z" } };
const ran = (replicas: number, generation = 1): Report => ({ template, generation, status: { replicas } });
const paris: ScheduleCluster = { name: "paris", status: { free: { cpu: "10", pods: "20" } } };

describe("an assumption", () => {
  let now = 0;
  const cases: [
    what: string,
    act: (assumed: Assumed) => void,
    free: { cpu: string; pods: string },
    awaited: number,
    freed: boolean,
  ][] = [
    [
      "takes room until it is measured",
      (a) => a.binding("paris", "web", undefined, bound(4)),
      { cpu: "8", pods: "16" },
      4,
      false,
    ],
    [
      "takes what was added only",
      (a) => a.binding("paris", "web", bound(4), bound(6, 2)),
      { cpu: "9", pods: "18" },
      2,
      false,
    ],
    [
      "is no longer awaited when it runs",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.report("paris", "web", ran(4))),
      { cpu: "8", pods: "16" },
      0,
      false,
    ],
    [
      "waits for all of its pods",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.report("paris", "web", ran(3))),
      { cpu: "8", pods: "16" },
      4,
      false,
    ],
    [
      "waits for its own generation",
      (a) => (a.binding("paris", "web", undefined, bound(4, 2)), a.report("paris", "web", ran(9, 1))),
      { cpu: "8", pods: "16" },
      4,
      false,
    ],
    [
      "outlives a measurement before it ran",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.measured("paris")),
      { cpu: "8", pods: "16" },
      4,
      false,
    ],
    [
      "ends with the measurement after it ran",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.report("paris", "web", ran(4)), a.measured("paris")),
      { cpu: "10", pods: "20" },
      0,
      false,
    ],
    [
      "ends two measurements later at most",
      (a) => (
        a.binding("paris", "web", undefined, bound(4)),
        a.report("paris", "web", ran(4)),
        (now += MEASURED_AFTER_MS + 1)
      ),
      { cpu: "10", pods: "20" },
      0,
      false,
    ],
    [
      "shrinks with its share",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.binding("paris", "web", bound(4), bound(1, 2))),
      { cpu: "9500m", pods: "19" },
      1,
      true,
    ],
    [
      "ends with a tombstone",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.binding("paris", "web", bound(4), gone)),
      { cpu: "10", pods: "20" },
      0,
      true,
    ],
    [
      "ends with its binding",
      (a) => (a.binding("paris", "web", undefined, bound(4)), a.binding("paris", "web", bound(4), undefined)),
      { cpu: "10", pods: "20" },
      0,
      true,
    ],
    [
      "takes no more than there is",
      (a) => a.binding("paris", "web", undefined, bound(99)),
      { cpu: "0", pods: "0" },
      99,
      false,
    ],
    [
      "is another cluster's business there alone",
      (a) => a.binding("tokyo", "web", undefined, bound(4)),
      { cpu: "10", pods: "20" },
      0,
      false,
    ],
  ];
  test.each(cases)("%s", (_what, act, free, awaited, freed) => {
    now = 0;
    const assumed = new Assumed(() => now);
    act(assumed);
    expect(assumed.less(paris).status?.free).toEqual(free);
    expect(assumed.awaited("paris", "web")).toBe(awaited);
    expect(assumed.freed > 0).toBe(freed);
  });
});

describe("a burst", () => {
  const NOW = "2026-01-01T00:00:00Z";
  const cluster = (name: string): KubeObject => ({
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name, uid: name, creationTimestamp: NOW },
    spec: {},
    status: {
      conditions: [{ type: "Ready", status: "True", reason: "Test", message: "" }],
      free: { cpu: "10", pods: "20" },
    },
  });
  const deployment = (name: string): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default", uid: name, generation: 1, creationTimestamp: NOW },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "main", image: "tomcat", resources: { requests: { cpu: "1" } } }] },
      },
    },
  });

  test("P7 spreads over equal clusters, and finds no room beyond what there is, before anyone measures again", async () => {
    const store = openMemory();
    const seams = { clock: () => Date.parse(NOW), random: () => 0.5, uid: () => crypto.randomUUID() };
    await bootstrap({ store, ...seams });
    const names = ["a", "b", "c"];
    for (const name of names)
      await store.commit({
        ops: [
          {
            op: "create",
            key: { resource: "clusters.hanse.dev", namespace: "", name },
            value: JSON.stringify(cluster(name)),
          },
        ],
      });
    const controllers = runControllers({ store, ...seams, signal: new AbortController().signal });
    const shares = async (): Promise<number[]> =>
      Promise.all(
        names.map(
          async (namespace) =>
            (await store.list({ resource: BINDINGS, namespace })).rows.filter((row) =>
              row.value.includes('"Deployment"'),
            ).length,
        ),
      );
    const create = async (name: string): Promise<void> => {
      await store.commit({
        ops: [
          {
            op: "create",
            key: { resource: "deployments.apps", namespace: "default", name },
            value: JSON.stringify(deployment(name)),
          },
        ],
      });
      await controllers.idle();
    };
    for (let index = 0; index < 12; index++) await create(`web-${index}`);
    expect(await shares()).toEqual([4, 4, 4]);
    for (let index = 12; index < 30; index++) await create(`web-${index}`);
    expect(await shares()).toEqual([10, 10, 10]);
    await create("late");
    const late = async (): Promise<Loose> =>
      (await store.list({ resource: "decisions.hanse.dev" })).rows
        .map((row) => JSON.parse(row.value))
        .find(({ template: { name } }) => name === "late");
    expect(await late()).toMatchObject({ unplaced: 1 });
    // Room that no cluster will ever report: its pods never came to be.
    await store.commit({
      ops: [{ op: "delete", key: { resource: "deployments.apps", namespace: "default", name: "web-3" } }],
    });
    await controllers.idle();
    expect(await late()).toMatchObject({ unplaced: 0 });
    await controllers.stop();
  });
});
