// What a change would do, told before it is made: the same as what the controllers then do, and nothing happens by asking.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { type ChangePlan, planLines } from "../../kinds/plan.ts";
import { openMemory } from "../store/memory.ts";
import type { Key, Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";
import type { PlannedChange } from "./plan.ts";
import { writeObject } from "./rows.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => `made-${(uids += 1)}` };
const [CLUSTERS, DEPLOYMENTS, CONFIGMAPS] = ["clusters.hanse.dev", "deployments.apps", "configmaps"];

let store: Store;
let controllers: Controllers;

beforeEach(async () => {
  store = openMemory();
  await bootstrap({ store, ...seams });
  controllers = runControllers({ store, ...seams, signal: new AbortController().signal });
});
afterEach(() => controllers.stop());

const cluster = (name: string, cpu = "100", more: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: { name, uid: name },
  spec: {},
  status: {
    free: { cpu, memory: "100Gi", pods: "1000" },
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: NOW }],
  },
  ...more,
});

const deployment = (
  name: string,
  replicas: number,
  more: Partial<KubeObject["metadata"]> = {},
  generation = 1,
): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "default", uid: name, generation, creationTimestamp: NOW, ...more },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }],
        volumes: [{ name: "v", configMap: { name: `${name}-config` } }],
      },
    },
  },
});

const configMap = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", uid: name, creationTimestamp: NOW },
});

async function put(resource: string, object: KubeObject): Promise<void> {
  const key = keyOf(resource, object);
  const result = await store.commit({ ops: [writeObject(resource, object, await store.get(key))] });
  expect(result.ok).toBe(true);
  await controllers.idle();
}

const keyOf = (resource: string, { metadata }: KubeObject): Key => ({
  resource,
  namespace: metadata.namespace ?? "",
  name: metadata.name,
});

/** Of the object as it would be; undefined: of its deletion. */
async function plan(resource: string, object: KubeObject, gone = false): Promise<ChangePlan> {
  const key = keyOf(resource, object);
  const before = (await store.get(key))?.value;
  const op = writeObject(resource, object, undefined);
  const value = "value" in op ? op.value : "";
  const change: PlannedChange = { key, before, after: gone ? undefined : value };
  const version = await store.version();
  const planned = await controllers.plan(change);
  expect(await store.version()).toBe(version);
  return planned;
}

async function shares(name: string): Promise<Record<string, number>> {
  const rows = (await store.listByName(BINDINGS, name)).map(
    (row) => [row.namespace, JSON.parse(row.value) as Binding] as const,
  );
  return Object.fromEntries(
    rows
      .filter(([, { tombstone }]) => tombstone === undefined)
      .map(([at, { share }]) => [at, Object.values(share)[0] ?? 1]),
  );
}

describe("P12: what a dry run says would happen", () => {
  it("a first Deployment comes with what it needs, and nothing is written", async () => {
    await put(CLUSTERS, cluster("paris"));
    await put(CONFIGMAPS, configMap("web-config"));
    const planned = await plan(DEPLOYMENTS, deployment("web", 3));
    expect(planLines(planned)).toEqual([
      "would create configmaps default/web-config in paris",
      "would create deployments.apps default/web in paris: 3 replicas",
    ]);
    expect(planned.bindings).toBe(0);
    expect(await shares("web")).toEqual({});
  });

  it("scaling says from what to what, and then does just that", async () => {
    for (const name of ["paris", "tokyo"]) await put(CLUSTERS, cluster(name));
    await put(DEPLOYMENTS, deployment("web", 4));
    const scaled = deployment("web", 8, {}, 2);
    const planned = await plan(DEPLOYMENTS, scaled);
    expect(planLines(planned)).toEqual([
      "would change deployments.apps default/web in paris: 2 to 4 replicas",
      "would change deployments.apps default/web in tokyo: 2 to 4 replicas",
    ]);
    expect(planned.bindings).toBe(4);
    await put(DEPLOYMENTS, scaled);
    expect(await shares("web")).toEqual({ paris: 4, tokyo: 4 });
    expect(planLines(await plan(DEPLOYMENTS, scaled))).toEqual([]);
  });

  it("deleting takes it and, after it, what only it needed", async () => {
    await put(CLUSTERS, cluster("paris"));
    await put(CONFIGMAPS, configMap("web-config"));
    const web = deployment("web", 3);
    await put(DEPLOYMENTS, web);
    const planned = await plan(DEPLOYMENTS, web, true);
    expect(planLines(planned)).toEqual([
      "would delete configmaps default/web-config in paris",
      "would delete deployments.apps default/web in paris",
    ]);
  });

  it("a cluster that leaves: its objects stay there, its replicas come elsewhere", async () => {
    for (const name of ["paris", "tokyo"]) await put(CLUSTERS, cluster(name));
    await put(DEPLOYMENTS, deployment("web", 5));
    const before = await shares("web");
    const planned = await plan(CLUSTERS, cluster("tokyo"), true);
    expect(planned.deleted).toEqual([]);
    expect(planned.kept.map((one) => [one.resource, one.cluster])).toEqual([[DEPLOYMENTS, "tokyo"]]);
    expect(planned.moved).toEqual([
      {
        resource: DEPLOYMENTS,
        namespace: "default",
        name: "web",
        from: "tokyo",
        to: "paris",
        replicas: before["tokyo"],
        of: 5,
      },
    ]);
  });

  it("an unchanged world plans nothing", async () => {
    for (const name of ["paris", "tokyo"]) await put(CLUSTERS, cluster(name));
    const web = deployment("web", 5);
    await put(DEPLOYMENTS, web);
    const planned = await plan(CLUSTERS, cluster("tokyo"));
    expect(planLines(planned)).toEqual([]);
  });
});
