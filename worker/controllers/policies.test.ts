// Decisions under policies, through the loops: who is woken, what moves and when, what stands still, what each cluster gets of it.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BINDINGS, REPORTS, type Binding } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";
import { writeObject } from "./rows.ts";

const [CLUSTERS, PLACEMENTS, OVERRIDES] = ["clusters.hanse.dev", "placements.hanse.dev", "overrides.hanse.dev"];
const START = Date.parse("2026-01-01T00:00:00Z");
let now: number;
let uids = 0;
const seams = { clock: () => now, random: () => 0, uid: () => `uid-${(uids += 1)}` };
const RULES: Record<string, Kind["federation"]> = {
  "statefulsets.apps": { rule: "workload", divided: ["spec.replicas"], division: "whole", ordinals: true },
  "daemonsets.apps": { rule: "workload", divided: [], division: "everywhere" },
};
const kinds = ROOT_KINDS.map((kind) => ({ ...kind, federation: RULES[kindKey(kind)] ?? kind.federation }));

let store: Store;
let controllers: Controllers;
const logged: Loose[] = [];

beforeEach(async () => {
  now = START;
  logged.length = 0;
  store = openMemory();
  await bootstrap({ store, ...seams });
  controllers = runControllers({
    store,
    ...seams,
    kinds,
    signal: new AbortController().signal,
    log: (line) => logged.push(line),
  });
  for (const name of ["paris", "tokyo"]) await cluster(name);
});
afterEach(async () => {
  await controllers.stop();
  expect(logged).toEqual([]);
});

/** Made, changed (generation + 1 with its spec), or with undefined deleted. */
async function write(resource: string, name: string, change: (before: Loose) => Loose | undefined): Promise<void> {
  const kind = ROOT_KINDS.find((one) => kindKey(one) === resource);
  const key = { resource, namespace: kind?.namespaced === true ? "default" : "", name };
  const row = await store.get(key);
  const before = row === undefined ? undefined : (JSON.parse(row.value) as KubeObject);
  const next = change(structuredClone(before));
  if (next === undefined) await store.commit({ ops: [{ op: "delete", key }] });
  else {
    const changed = JSON.stringify(next.spec) !== JSON.stringify(before?.["spec"]);
    const metadata = {
      uid: before === undefined ? seams.uid() : before.metadata.uid,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...next.metadata,
      name,
      ...(key.namespace === "" ? {} : { namespace: key.namespace }),
      generation: (before?.metadata.generation ?? 0) + (changed ? 1 : 0),
    };
    const object = { apiVersion: "v1", kind: kind?.kind, ...next, metadata } as KubeObject;
    kind?.setDefaults?.(object);
    expect((await store.commit({ ops: [writeObject(resource, object, row)] })).ok).toBe(true);
  }
  await controllers.idle();
}

const cluster = (name: string, spec: Loose = {}, silentSince?: number, labels: Loose = {}): Promise<void> =>
  write(CLUSTERS!, name, () => ({
    apiVersion: "hanse.dev/v1alpha1",
    metadata: { labels },
    spec,
    status: {
      conditions: [
        {
          type: "Ready",
          status: silentSince === undefined ? "True" : "False",
          reason: "Test",
          message: "",
          lastTransitionTime: new Date(silentSince ?? START).toISOString(),
        },
      ],
      free: { cpu: "8", pods: "100" },
    },
  }));
const workload = (resource: string, kind: string, replicas: number, more: Loose = {}): Promise<void> =>
  write(resource, "web", (before) => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { uid: "web", ...more },
    ...(before === undefined ? {} : { status: before.status }),
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "web:1" }] } },
    },
  }));
const deploy = (replicas: number, more: Loose = {}): Promise<void> =>
  workload("deployments.apps", "Deployment", replicas, more);
const placement = (spec: Loose | undefined, name = "p"): Promise<void> =>
  write(PLACEMENTS!, name, () => (spec === undefined ? undefined : { apiVersion: "hanse.dev/v1alpha1", spec }));
const only = (...names: string[]): Loose => ({ clusters: [{ names }] });

async function binding(at: string): Promise<Binding | undefined> {
  const row = await store.get({ resource: BINDINGS, namespace: at, name: "web" });
  return row === undefined ? undefined : (JSON.parse(row.value) as Binding);
}
async function decision(): Promise<Decision> {
  const row = await store.get({ resource: DECISIONS, namespace: "", name: "web" });
  return JSON.parse(row!.value) as Decision;
}
/** "paris 2, tokyo 3 leaving". */
async function stands(): Promise<string> {
  const rows = (await store.listByName(BINDINGS, "web")).sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  return rows
    .map(({ namespace, value }) => {
      const { share, leaving, tombstone } = JSON.parse(value) as Binding;
      const count = Object.values(share)[0] ?? "";
      return tombstone !== undefined
        ? `${namespace} gone`
        : `${namespace} ${count}${leaving === true ? " leaving" : ""}`.trim();
    })
    .join(", ");
}
/** A cluster has applied what it should, and so many pods of it are available. */
async function serves(at: string, available: number): Promise<void> {
  const { template, generation } = (await binding(at))!;
  const status = {
    observedGeneration: 1,
    replicas: available,
    updatedReplicas: available,
    availableReplicas: available,
  };
  const value = JSON.stringify({ template, generation, memberUid: at, memberGeneration: 1, status });
  await store.commit({ ops: [{ op: "put", key: { resource: REPORTS, namespace: at, name: "web" }, value }] });
  await controllers.idle();
}
async function removed(at: string): Promise<void> {
  await store.commit({ ops: [{ op: "delete", key: { resource: BINDINGS, namespace: at, name: "web" } }] });
  await controllers.idle();
}
/** Time passes; whatever waits looks again. */
async function after(seconds: number): Promise<void> {
  now += seconds * 1000;
  controllers.nudge();
  await controllers.idle();
}
async function placed(): Promise<string> {
  const row = await store.get({ resource: "deployments.apps", namespace: "default", name: "web" });
  const { status, reason } = JSON.parse(row!.value).status.conditions.find(
    (one: Loose) => one.type === "hanse.dev/Placed",
  );
  return `${status} ${reason}`;
}

describe("Placements", () => {
  test("P7 a Placement that changed moves what it no longer means, and nothing goes before its like is there", async () => {
    await placement({});
    await deploy(4);
    expect(await stands()).toBe("paris 2, tokyo 2");
    for (const at of ["paris", "tokyo"]) await serves(at, 2);
    await placement(only("tokyo"));
    expect(await stands()).toBe("paris 2 leaving, tokyo 4");
    expect(await decision()).toMatchObject({ unplaced: 0, leaving: { paris: 2 }, placement: { generation: 2 } });
    // What is on its way out keeps the content it has.
    const { revision } = (await binding("paris"))!;
    await write("deployments.apps", "web", (before) => {
      before.spec.template.spec.containers[0].image = "web:2";
      return before;
    });
    expect((await binding("paris"))!.revision).toBe(revision);
    expect((await binding("tokyo"))!.revision).not.toBe(revision);
    await serves("tokyo", 3);
    expect(await stands()).toBe("paris 1 leaving, tokyo 4");
    await serves("tokyo", 4);
    expect(await stands()).toBe("paris gone, tokyo 4");
    expect((await decision()).leaving).toBeUndefined();
  });

  test("what it says not to move by its change stays; a rebalance that is asked for moves it", async () => {
    await placement({ rescheduleWhen: { placementChanged: false } });
    await deploy(4);
    await placement({ ...only("tokyo"), rescheduleWhen: { placementChanged: false } });
    expect(await stands()).toBe("paris 2, tokyo 2");
    await deploy(4, { annotations: { "hanse.dev/rebalance": "1" } });
    expect(await stands()).toBe("paris gone, tokyo 4");
    expect((await decision()).rebalanced).toBe("1");
  });

  test("P3 its deletion deletes nothing and widens nothing; another one takes over", async () => {
    await placement(only("paris"));
    await deploy(3);
    await placement(undefined);
    expect(await stands()).toBe("paris 3");
    expect(await decision()).toMatchObject({ unplaced: 0, frozen: { reason: "PlacementGone" } });
    expect(await placed()).toBe("True PlacementGone");
    await deploy(5);
    expect(await stands()).toBe("paris 3");
    expect(await decision()).toMatchObject({ replicas: 5, unplaced: 2 });
    expect(await placed()).toBe("False PlacementGone");
    await deploy(2);
    expect(await stands()).toBe("paris 2");
    await serves("paris", 2);
    await placement(only("tokyo"), "q");
    expect(await stands()).toBe("paris 2 leaving, tokyo 2");
    expect((await decision()).frozen).toBeUndefined();
  });

  test("one that said so takes along what it placed", async () => {
    await placement({ whenPlacementDeleted: "Delete" });
    await deploy(4);
    for (const at of ["paris", "tokyo"]) await serves(at, 2);
    await placement(undefined);
    expect(await stands()).toBe("paris gone, tokyo gone");
    expect(await decision()).toMatchObject({ unplaced: 4, frozen: { reason: "PlacementGone" } });
  });

  test("a CronJob's Jobs go where it is selected to", async () => {
    await placement({ ...only("tokyo"), selectors: [{ kind: "CronJob", name: "nightly" }] });
    const pod = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
    await write("cronjobs.batch", "nightly", () => ({
      apiVersion: "batch/v1",
      metadata: { uid: "nightly" },
      spec: { schedule: "0 0 1 1 *", suspend: true, jobTemplate: { spec: { template: pod } } },
    }));
    const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid: "nightly", controller: true };
    await write("jobs.batch", "web", () => ({
      apiVersion: "batch/v1",
      metadata: { uid: "web", ownerReferences: [owner] },
      spec: { template: pod },
    }));
    expect(await stands()).toMatch(/^tokyo/);
  });

  test("a template waits for the one it names", async () => {
    await deploy(2, { annotations: { "hanse.dev/placement": "p" } });
    expect(await stands()).toBe("");
    expect(await placed()).toBe("False PlacementAwaited");
    await placement(only("tokyo"));
    expect(await stands()).toBe("tokyo 2");
  });

  test("a Namespace's annotation wakes what stands in it", async () => {
    await deploy(2);
    const before = await decision();
    await write("namespaces", "default", (namespace) => ({
      ...namespace,
      metadata: { ...namespace.metadata, annotations: { "hanse.dev/placement": "p" } },
    }));
    expect(before.frozen).toBeUndefined();
    expect(await decision()).toMatchObject({ frozen: { reason: "PlacementAwaited" }, unplaced: 0 });
  });

  test("a cluster that joins moves something only where that is asked for", async () => {
    await deploy(6);
    await cluster("osaka");
    expect(await stands()).toBe("paris 3, tokyo 3");
    await placement({ rescheduleWhen: { clusterJoined: true, placementChanged: false }, weighing: "Even" });
    await after(60);
    expect(await stands()).toBe("paris 3, tokyo 3");
    expect(Object.keys((await decision()).seen ?? {})).toEqual(["osaka", "paris", "tokyo"]);
    for (const at of ["paris", "tokyo"]) await serves(at, 3);
    await cluster("lyon");
    expect(await stands()).toMatch(/^lyon [12], osaka [12],/);
  });

  test("its manner is every binding's, and a change of it a new generation", async () => {
    await placement({});
    await deploy(2);
    const { generation } = (await binding("paris"))!;
    await placement({
      whenAlreadyExists: "Adopt",
      whenDrifted: "Report",
      whenOwnedByOthers: "Report",
      ignoreFields: ["/spec/x"],
    });
    expect(await binding("paris")).toMatchObject({
      generation: generation + 1,
      manner: { adopt: true, reportDrift: true, alone: true, ignoreFields: ["/spec/x"] },
    });
  });
});

describe("Overrides", () => {
  const override = (image: string, path = "/spec/template/spec/containers/0/image"): Promise<void> =>
    write(OVERRIDES!, "o", () => ({
      apiVersion: "hanse.dev/v1alpha1",
      spec: {
        selectors: [{ kind: "Deployment" }],
        rules: [{ clusters: [{ names: ["tokyo"] }], patches: [{ op: "replace", path, value: image }] }],
      },
    }));

  test("reach the clusters they mean, and leave them again", async () => {
    await deploy(4);
    const paris = await binding("paris");
    await override("${cluster.name}/web:1");
    expect(await binding("paris")).toEqual(paris);
    const tokyo = (await binding("tokyo"))!;
    expect(tokyo.generation).toBe(2);
    const patch = (await store.contents([tokyo.override!])).get(tokyo.override!);
    expect(JSON.parse(patch!)).toMatchObject([{ op: "replace", value: "tokyo/web:1" }]);
    await write(OVERRIDES!, "o", ({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, selectors: [{ name: "other" }] },
    }));
    expect((await binding("tokyo"))!.override).toBeUndefined();
    await override("y");
    expect((await binding("tokyo"))!.override).toBeDefined();
    await write(OVERRIDES!, "o", () => undefined);
    expect((await binding("tokyo"))!.override).toBeUndefined();
  });

  test("P3 a broken one leaves what stands as it is, and lets nothing new come", async () => {
    await placement(only("paris"));
    await deploy(2);
    await serves("paris", 2);
    await override("x", "/spec/nowhere/0/image");
    await placement(only("tokyo"));
    expect(await stands()).toBe("paris 2 leaving");
    expect(await decision()).toMatchObject({ unplaced: 2, frozen: { reason: "OverrideBroken" } });
    expect(await placed()).toBe("False OverrideBroken");
    await override("y");
    expect((await binding("tokyo"))!.share).toEqual({ "spec.replicas": 2 });
    expect((await decision()).frozen).toBeUndefined();
  });
});

describe("failover", () => {
  test("P9 a silent cluster's share moves when its toleration ends, and it runs on if it returns before the others are ready", async () => {
    await deploy(4);
    for (const at of ["paris", "tokyo"]) await serves(at, 2);
    await cluster("paris", {}, now);
    await after(299);
    expect(await stands()).toBe("paris 2, tokyo 2");
    await after(2);
    expect(await stands()).toBe("paris 2 leaving, tokyo 4");
    await cluster("paris");
    expect(await stands()).toBe("paris 2 leaving, tokyo 4");
    await serves("tokyo", 4);
    expect(await stands()).toBe("paris gone, tokyo 4");
  });

  test("P9 what is wanted again where it was to go counts once its cluster has said so, not by what it said before", async () => {
    await deploy(4);
    for (const at of ["paris", "tokyo"]) await serves(at, 2);
    await cluster("paris", { taints: [{ key: "broken", effect: "NoExecute" }] });
    await serves("tokyo", 4);
    expect(await stands()).toBe("paris gone, tokyo 4");
    await cluster("paris");
    await placement({ weighing: "Even" });
    // Its two pods of before may be gone by now.
    expect(await stands()).toBe("paris 2, tokyo 4 leaving");
    await serves("tokyo", 4);
    expect(await stands()).toBe("paris 2, tokyo 4 leaving");
    await serves("paris", 2);
    expect(await stands()).toBe("paris 2, tokyo 2");
  });

  test("P9 when most fall silent at once nothing moves, but what somebody says does", async () => {
    for (const name of ["osaka", "lyon"]) await cluster(name);
    await deploy(8);
    expect(await stands()).toBe("lyon 2, osaka 2, paris 2, tokyo 2");
    for (const name of ["paris", "tokyo"]) await cluster(name, {}, now);
    await after(4000);
    expect(await stands()).toBe("lyon 2, osaka 2, paris 2, tokyo 2");
    await cluster(
      "tokyo",
      { taints: [{ key: "node.kubernetes.io/out-of-service", effect: "NoExecute" }] },
      now - 4000_000,
    );
    expect(await stands()).toBe("lyon 3, osaka 3, paris 2, tokyo 2 leaving");
    // One is heard again: the other one alone is lost.
    await cluster("tokyo");
    expect(await stands()).toMatch(/paris 2 leaving/);
  });

  test("P9 silence counts again when it turns out to be a cluster's own", async () => {
    await placement(only("paris"));
    await deploy(2);
    await placement({ ...only("paris", "osaka"), rescheduleWhen: { placementChanged: false } });
    for (const name of ["osaka", "lyon"]) await cluster(name);
    for (const name of ["paris", "tokyo"]) await cluster(name, {}, now);
    await after(400);
    expect(await stands()).toBe("paris 2");
    await cluster("tokyo");
    expect(await stands()).toBe("osaka 2, paris 2 leaving");
  });

  test("a process that starts goes on waiting for what tolerations end", async () => {
    await deploy(4);
    await cluster("paris", {}, now);
    await controllers.stop();
    now += 301_000;
    controllers = runControllers({ store, ...seams, kinds, signal: new AbortController().signal });
    await controllers.idle();
    expect(await stands()).toMatch(/tokyo 4/);
  });

  test("what was evicted from a cordoned cluster comes elsewhere first", async () => {
    await deploy(4);
    for (const at of ["paris", "tokyo"]) await serves(at, 2);
    await cluster("paris", { unschedulable: true });
    const row = (await store.get({ resource: BINDINGS, namespace: "paris", name: "web" }))!;
    const value = JSON.stringify({ ...JSON.parse(row.value), ceiling: 1 });
    await store.commit({
      ops: [{ op: "update", key: row, value, expect: row.version, refs: ["deployments.apps/default/web"] }],
    });
    await controllers.idle();
    expect(await stands()).toBe("paris 2 leaving, tokyo 3");
    await serves("tokyo", 3);
    expect(await stands()).toBe("paris 1, tokyo 3");
    await cluster("paris");
    await deploy(5);
    expect((await binding("paris"))!.ceiling).toBeUndefined();
  });
});

describe("divisions", () => {
  test("a StatefulSet is whole; divided by its Placement each cluster has its own block of ordinals, for ever", async () => {
    const set = (replicas: number): Promise<void> => workload("statefulsets.apps", "StatefulSet", replicas);
    await placement({ division: "Divided", weighing: "Even" });
    await set(4);
    expect((await binding("paris"))!.share).toEqual({ "spec.replicas": 2 });
    expect((await binding("tokyo"))!.share).toEqual({ "spec.replicas": 2, "spec.ordinals.start": 1000 });
    await set(7);
    await set(1);
    await set(4);
    expect((await decision()).blocks).toEqual({ paris: 0, tokyo: 1 });
    expect((await binding("tokyo"))!.share["spec.ordinals.start"] ?? 1000).toBe(1000);
  });

  test("a whole one that must leave is nowhere twice", async () => {
    await workload("statefulsets.apps", "StatefulSet", 3);
    expect(await stands()).toBe("paris 3");
    await serves("paris", 3);
    await cluster("paris", { taints: [{ key: "broken", effect: "NoExecute" }] });
    expect(await stands()).toBe("paris gone");
    expect(await decision()).toMatchObject({ unplaced: 1 });
    await removed("paris");
    expect(await stands()).toBe("tokyo 3");
  });

  test("what goes everywhere comes to every cluster that joins, and stays in one that is silent", async () => {
    await workload("daemonsets.apps", "DaemonSet", 1);
    expect(await stands()).toBe("paris, tokyo");
    await cluster("osaka");
    expect(await stands()).toBe("osaka, paris, tokyo");
    await cluster("paris", {}, now);
    await after(4000);
    expect(await stands()).toBe("osaka, paris, tokyo");
  });
});
