// What must hold of the controllers whatever happens to them: several at once, stopped anywhere, on a store that fails now and then.
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { BINDINGS, REPORTS, type Binding } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./loop.ts";
import { diceFrom, flaky, rest } from "./trouble.ts";

const NOW = "2026-01-01T00:00:00Z";
let uids = 0;
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => `uid-${(uids += 1)}` };

const meta = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid: seams.uid(),
  creationTimestamp: NOW,
});
const clusterObject = (name: string, pods: number, ready: boolean): KubeObject => ({
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: meta(name),
  spec: {},
  status: {
    conditions: [{ type: "Ready", status: ready ? "True" : "False", reason: "Test", message: "" }],
    free: { pods: String(pods) },
  },
});
const deploymentObject = (
  name: string,
  replicas: number,
  image: string,
  configMap: string,
  namespace = "default",
): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { ...meta(name, namespace), generation: 1 },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image, envFrom: [{ configMapRef: { name: configMap } }] }] },
    },
  },
});
const configMapObject = (name: string, value: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: meta(name, "default"),
  data: { value },
});
const placementObject = (name: string, names: string[], takesAlong: boolean): KubeObject => ({
  apiVersion: "hanse.dev/v1alpha1",
  kind: "ClusterPlacement",
  metadata: { ...meta(name), generation: 1 },
  spec: { clusters: [{ names }], whenPlacementDeleted: takesAlong ? "Delete" : "Keep" },
});
const serviceObject = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: meta(name, "default"),
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

/** Writes as a client would: keeps the uid, raises the generation when the spec changed; undefined deletes. */
async function write(
  store: Store,
  resource: string,
  object: KubeObject | undefined,
  name = object?.metadata.name ?? "",
): Promise<void> {
  const kind = ROOT_KINDS.find((candidate) => kindKey(candidate) === resource);
  const key = { resource, namespace: kind?.namespaced === true ? "default" : "", name };
  for (;;) {
    const row = await store.get(key);
    if (object === undefined) {
      if (row === undefined || (await store.commit({ ops: [{ op: "delete", key, expect: row.version }] })).ok) return;
      continue;
    }
    const before = row === undefined ? undefined : (JSON.parse(row.value) as KubeObject);
    kind?.setDefaults?.(object);
    const changed = JSON.stringify(before?.["spec"]) !== JSON.stringify(object["spec"]);
    const metadata =
      before === undefined
        ? object.metadata
        : {
            ...before.metadata,
            ...(kind?.generation === true ? { generation: (before.metadata.generation ?? 0) + (changed ? 1 : 0) } : {}),
          };
    const status = resource === "clusters.hanse.dev" ? object["status"] : (before?.["status"] ?? object["status"]);
    const value = JSON.stringify({ apiVersion: object.apiVersion, kind: object.kind, ...object, metadata, status });
    if (
      (
        await store.commit({
          ops: [row === undefined ? { op: "create", key, value } : { op: "update", key, value, expect: row.version }],
        })
      ).ok
    )
      return;
  }
}

async function all<T>(store: Store, resource: string): Promise<{ namespace: string; name: string; value: T }[]> {
  return (await store.list({ resource })).rows.map((row) => ({
    namespace: row.namespace,
    name: row.name,
    value: JSON.parse(row.value) as T,
  }));
}

/** P7 and DESIGN section 6 on a log at rest. */
async function check(store: Store): Promise<void> {
  const bindings = await all<Binding>(store, BINDINGS);
  const decisions = new Map((await all<Decision>(store, DECISIONS)).map(({ name, value }) => [name, value]));
  const live = bindings.filter(({ value }) => value.tombstone === undefined);
  const wanted = new Set<string>();
  const existing = new Set(
    (await Promise.all(["configmaps", "services"].map((resource) => all<KubeObject>(store, resource))))
      .flat()
      .map(({ value }) => `${value.kind} ${value.metadata.name}`),
  );
  for (const { value: deployment } of await all<KubeObject>(store, "deployments.apps")) {
    const own = live.filter(({ value }) => value.template.uid === deployment.metadata.uid);
    const decision = decisions.get(deployment.metadata.uid ?? "");
    expect(decision?.templateGeneration).toBe(deployment.metadata.generation);
    const decided = decision?.verdicts.reduce((sum, { share }) => sum + share, decision.unplaced);
    expect(decided).toBe(deployment["spec"].replicas);
    // A binding is its share, and what it keeps until others have it.
    const shares = new Map(decision?.verdicts.map(({ cluster, share }) => [cluster, share]));
    for (const { namespace, value } of own) {
      const kept = decision?.leaving?.[namespace] ?? 0;
      expect(value.share["spec.replicas"]).toBe((shares.get(namespace) ?? 0) + kept);
      expect(value.leaving === true).toBe(kept > 0);
    }
    const bound = new Set(own.map(({ namespace }) => namespace));
    for (const [cluster, share] of shares) if (share > 0) expect([...bound]).toContain(cluster);
    // What is on its way out keeps the content it has.
    const stays = own.filter(({ namespace }) => (shares.get(namespace) ?? 0) > 0);
    expect(new Set(stays.map(({ value }) => value.revision)).size).toBeLessThanOrEqual(1);
    const [content] = stays.length === 0 ? [] : [...(await store.contents([stays[0]!.value.revision])).values()];
    if (content !== undefined)
      expect((JSON.parse(content) as KubeObject)["spec"].template.spec.containers[0].image).toBe(
        deployment["spec"].template.spec.containers[0].image,
      );
    for (const binding of bindings.filter(({ value }) => value.template.uid === deployment.metadata.uid)) {
      wanted.add(`${binding.namespace} Namespace default`);
      if (binding.value.tombstone !== undefined) continue;
      for (const need of binding.value.needs.filter((name) => name.startsWith("configmaps/")))
        wanted.add(`${binding.namespace} ConfigMap ${need.split("/")[2]}`);
      wanted.add(`${binding.namespace} Service ${deployment.metadata.name}`);
    }
  }
  const standing = new Set(
    live
      .filter(({ value }) => value.template.kind !== "Deployment")
      .map(({ namespace, value }) => `${namespace} ${value.template.kind} ${value.template.name}`),
  );
  for (const follower of wanted)
    if (follower.endsWith("Namespace default") || existing.has(follower.split(" ").slice(1).join(" ")))
      expect([...standing]).toContain(follower);
  // Nothing stands that nothing needs. What only tombstoned bindings need may stand until they are removed.
  const uidsOf = new Set((await all<KubeObject>(store, "deployments.apps")).map(({ value }) => value.metadata.uid));
  const leaving = bindings.some(({ value }) => value.tombstone !== undefined);
  if (!leaving) for (const follower of standing) expect([...wanted]).toContain(follower);
  for (const { value } of live) if (value.template.kind === "Deployment") expect(uidsOf).toContain(value.template.uid);
}

const action = fc.oneof(
  fc.record({
    do: fc.constant("deploy" as const),
    name: fc.constantFrom("a", "b"),
    replicas: fc.nat(6),
    image: fc.constantFrom("x", "y"),
    configMap: fc.constantFrom("m", "n"),
  }),
  fc.record({
    do: fc.constant("cluster" as const),
    name: fc.constantFrom("paris", "tokyo"),
    pods: fc.nat(6),
    ready: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom("configmap" as const, "unconfigmap" as const), name: fc.constantFrom("m", "n") }),
  fc.record({
    do: fc.constantFrom("service" as const, "unservice" as const, "undeploy" as const),
    name: fc.constantFrom("a", "b"),
  }),
  fc.record({
    do: fc.constant("place" as const),
    name: fc.constantFrom("p", "q"),
    clusters: fc.option(fc.subarray(["paris", "tokyo"])),
    takesAlong: fc.boolean(),
  }),
  fc.record({ do: fc.constant("serve" as const), name: fc.constantFrom("paris", "tokyo"), available: fc.nat(6) }),
  fc.record({ do: fc.constantFrom("removed" as const, "restart" as const, "settle" as const), name: fc.constant("") }),
);

async function act(store: Store, step: typeof action extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  switch (step.do) {
    case "deploy":
      return write(store, "deployments.apps", deploymentObject(step.name, step.replicas, step.image, step.configMap));
    case "undeploy":
      return write(store, "deployments.apps", undefined, step.name);
    case "cluster":
      return write(store, "clusters.hanse.dev", clusterObject(step.name, step.pods, step.ready));
    case "configmap":
      return write(store, "configmaps", configMapObject(step.name, "1"));
    case "unconfigmap":
      return write(store, "configmaps", undefined, step.name);
    case "service":
      return write(store, "services", serviceObject(step.name));
    case "unservice":
      return write(store, "services", undefined, step.name);
    case "place":
      return write(
        store,
        "clusterplacements.hanse.dev",
        step.clusters === null ? undefined : placementObject(step.name, step.clusters, step.takesAlong),
        step.name,
      );
    // What stands in a cluster says how many pods serve.
    case "serve":
      for (const row of (await store.list({ resource: BINDINGS, namespace: step.name })).rows) {
        const { template, generation } = JSON.parse(row.value) as Binding;
        const available = Math.min(step.available, (JSON.parse(row.value) as Binding).share["spec.replicas"] ?? 0);
        const status = { observedGeneration: 1, replicas: available, availableReplicas: available };
        const value = JSON.stringify({ template, generation, memberUid: "m", memberGeneration: 1, status });
        const key = { resource: REPORTS, namespace: step.name, name: row.name };
        if (template.kind === "Deployment") await store.commit({ ops: [{ op: "put", key, value }] });
      }
      return;
    // Agents carry out every tombstone there is.
    case "removed":
      for (const row of (await store.list({ resource: BINDINGS })).rows) {
        if ((JSON.parse(row.value) as Binding).tombstone !== undefined)
          await store.commit({ ops: [{ op: "delete", key: row, expect: row.version }] });
      }
  }
}

test("P7 P12 two processes on a failing store, stopped and started anywhere, end where one undisturbed process would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30, size: "max" }), fc.nat(), async (steps, seed) => {
      const store = openMemory();
      await bootstrap({ store, ...seams });
      const dice = diceFrom(seed);
      const start = () => runControllers({ store: flaky(store, dice), ...seams, signal: new AbortController().signal });
      let runs = [start(), start()];
      for (const step of steps) {
        await act(store, step);
        if (step.do === "restart") {
          await runs[0]!.stop();
          runs = [runs[1]!, start()];
        } else if (step.do === "settle") await rest(runs, store);
      }
      await rest(runs, store);
      for (const run of runs) await run.stop();
      await check(store);
      // A pass over everything, by a process that remembers nothing, finds nothing to do.
      const version = await store.version();
      await store.setPosition("controllers/2", 0);
      const again = runControllers({ store, ...seams, signal: new AbortController().signal });
      await again.idle();
      await again.stop();
      const late = (await store.version()) === version ? [] : await changesSince(store, version);
      expect(late).toEqual([]);
    }),
    { numRuns: process.env["HANSE_LONG"] === "1" ? 3000 : 100 },
  );
}, 300_000);

async function changesSince(store: Store, from: number): Promise<string[]> {
  const version = await store.version();
  const stop = new AbortController();
  const select = [...ROOT_KINDS.map(kindKey), BINDINGS, DECISIONS].map((resource) => ({ resource }));
  for await (const batch of store.watch({ from, select, signal: stop.signal })) {
    if (batch.version >= version)
      return batch.events.map(
        (event) =>
          `${event.type} ${event.resource}/${event.namespace}/${event.name} ${event.previous} -> ${event.value}`,
      );
  }
  return [];
}

test("at rest: no statement, whatever time passes", async () => {
  const calls: string[] = [];
  const memory = openMemory();
  const store = new Proxy(memory, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (typeof value !== "function") return value;
      return (...args: never[]) => {
        calls.push(property);
        return (value as (...all: never[]) => unknown).apply(target, args);
      };
    },
  });
  await bootstrap({ store, ...seams });
  await write(store, "clusters.hanse.dev", clusterObject("paris", 9, true));
  await write(store, "deployments.apps", deploymentObject("a", 3, "x", "m"));
  vi.useFakeTimers();
  try {
    const controllers = runControllers({ store, ...seams, signal: new AbortController().signal });
    await controllers.idle();
    await vi.advanceTimersByTimeAsync(660_000);
    calls.length = 0;
    await vi.advanceTimersByTimeAsync(2_400_000);
    expect(calls).toEqual([]);
    // The Event of the decision goes after an hour; then nothing is ever asked again.
    await vi.advanceTimersByTimeAsync(1_200_000);
    calls.length = 0;
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(calls).toEqual([]);
    await controllers.stop();
  } finally {
    vi.useRealTimers();
  }
});
