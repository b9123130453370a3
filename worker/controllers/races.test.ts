// Races between a decision and the clusters it is about, planted by holding a call of the store back: what a change of a cluster wakes is
// found in the log, where a decision that is under way does not stand yet.
import { afterEach, beforeEach, expect, test } from "vitest";
import { BINDINGS, type Binding } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { openMemory } from "../store/memory.ts";
import { Compacted, type Op, type Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers, type Controllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };
const CLUSTERS = "clusters.hanse.dev";

const cluster = (name: string, pods: number, ready = true): KubeObject => ({
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: { name, uid: name, creationTimestamp: NOW },
  spec: {},
  status: {
    conditions: [{ type: "Ready", status: ready ? "True" : "False", reason: "Test", message: "" }],
    free: { pods: String(pods) },
  },
});
const deployment = (namespace = "default"): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace, uid: "web", generation: 1, creationTimestamp: NOW },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "tomcat" }] } },
  },
});

let store: Store;
let abort: AbortController;
let controllers: Controllers;
/** Told of every call of the store by the controllers, which goes on when the promise does. */
let before: (method: string, args: unknown[]) => Promise<void> | void;

beforeEach(async () => {
  store = openMemory();
  abort = new AbortController();
  before = () => undefined;
  await bootstrap({ store, ...seams });
});
afterEach(() => controllers.stop());

async function start(): Promise<void> {
  const watched = new Proxy(store, {
    get(target, property: keyof Store) {
      const value = target[property];
      if (typeof value !== "function") return value;
      if (property === "watch") return (options: Parameters<Store["watch"]>[0]) => watching(options);
      return async (...args: unknown[]) => {
        await before(property, args);
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  controllers = runControllers({ store: watched, ...seams, signal: abort.signal });
  await controllers.idle();
}

let compact = (): void => undefined;
/** The store's watch; `compact` makes it fail as an epoch that begins does. */
async function* watching(
  options: Parameters<Store["watch"]>[0],
): ReturnType<Store["watch"]> extends AsyncIterable<infer T> ? AsyncGenerator<T> : never {
  const end = new AbortController();
  let lost = false;
  compact = () => {
    lost = true;
    end.abort();
  };
  yield* store.watch({ ...options, signal: AbortSignal.any([options.signal, end.signal]) });
  if (lost) throw new Compacted(options.from, options.from + 1);
}

const put = (resource: string, object: KubeObject) =>
  store.commit({
    ops: [
      {
        op: "put",
        key: { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name },
        value: JSON.stringify(object),
      },
    ],
  });
const remove = (resource: string, name: string, namespace = "") =>
  store.commit({ ops: [{ op: "delete", key: { resource, namespace, name } }] });
const binding = async (name: string) => {
  const row = await store.get({ resource: BINDINGS, namespace: name, name: "web" });
  return row === undefined ? undefined : (JSON.parse(row.value) as Binding);
};

function gate() {
  let open = (): void => undefined;
  let reach = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { open, opened, reach, reached };
}

/** Holds back the first commit that decides about "web". */
function holdDecision() {
  const held = gate();
  let first = true;
  before = (method, args) => {
    const ops = method === "commit" ? (args[0] as { ops: Op[] }).ops : [];
    if (!first || !ops.some(({ op, key }) => key.resource === DECISIONS && op !== "require")) return;
    first = false;
    held.reach();
    return held.opened;
  };
  return held;
}

/** Lets everything happen that a change wakes but what is held back. */
async function others(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("P7: room that appears while a decision without room is under way is used", async () => {
  await put(CLUSTERS, cluster("paris", 0));
  await start();
  const held = holdDecision();
  await put("deployments.apps", deployment());
  await held.reached;
  await put(CLUSTERS, cluster("paris", 10));
  await others();
  held.open();
  await controllers.idle();
  expect((await binding("paris"))?.share).toEqual({ "spec.replicas": 2 });
});

test("P7: a cluster that leaves while a decision for it is under way keeps no share", async () => {
  await put(CLUSTERS, cluster("paris", 10));
  await put(CLUSTERS, cluster("tokyo", 0));
  await start();
  const held = holdDecision();
  await put("deployments.apps", deployment());
  await held.reached;
  await put(CLUSTERS, cluster("tokyo", 10));
  await remove(CLUSTERS, "paris");
  await others();
  held.open();
  await controllers.idle();
  expect(await binding("paris")).toBeUndefined();
  expect((await binding("tokyo"))?.share).toEqual({ "spec.replicas": 2 });
});

test("P3, P12: while the world is read anew, nothing is concluded from an empty one", async () => {
  await put(CLUSTERS, cluster("paris", 10));
  await start();
  await put("deployments.apps", deployment());
  await controllers.idle();
  const reading = gate();
  const looking = gate();
  before = (method, args) => {
    if (method === "list" && (args[0] as { resource: string }).resource === CLUSTERS) {
      reading.reach();
      return reading.opened;
    }
    // The reconcile that the deletion wakes is on its way when the log is compacted under the controllers.
    if (method === "referring" && args[0] === "deployments.apps/default/web") {
      looking.reach();
      return looking.opened;
    }
  };
  await remove("deployments.apps", "web", "default");
  await looking.reached;
  compact();
  await reading.reached;
  looking.open();
  await others();
  const decisions = (await store.list({ resource: DECISIONS })).rows.map((row) => JSON.parse(row.value) as Decision);
  expect(decisions.map(({ template }) => template.name)).toEqual(["web"]);
  expect((await binding("paris"))?.tombstone).toBeDefined();
  reading.open();
  await controllers.idle();
  expect((await binding("paris"))?.tombstone).toBeDefined();
});

test("a dying namespace does not wait for a cluster that falls silent meanwhile", async () => {
  await put(CLUSTERS, cluster("paris", 10));
  await start();
  const namespace: KubeObject = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", uid: "shop", creationTimestamp: NOW },
    spec: { finalizers: ["kubernetes"] },
  };
  await put("namespaces", namespace);
  await put("deployments.apps", deployment("shop"));
  await controllers.idle();
  await put("namespaces", { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: NOW } });
  await controllers.idle();
  expect(await store.get({ resource: "namespaces", namespace: "", name: "shop" })).toBeDefined();
  await put(CLUSTERS, cluster("paris", 10, false));
  await controllers.idle();
  expect(await store.get({ resource: "namespaces", namespace: "", name: "shop" })).toBeUndefined();
  expect((await binding("paris"))?.tombstone).toBeDefined();
});

test("a follower that is gone at the root leaves when the workload it waited for is wanted again", async () => {
  await put(CLUSTERS, cluster("paris", 10));
  await start();
  const settings: KubeObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "default", uid: "settings" },
    data: {},
  };
  const web = (replicas: number, generation: number): KubeObject => {
    const object = deployment();
    const container = { name: "main", image: "tomcat", envFrom: [{ configMapRef: { name: "settings" } }] };
    const template = { ...object["spec"].template, spec: { containers: [container] } };
    return { ...object, metadata: { ...object.metadata, generation }, spec: { ...object["spec"], replicas, template } };
  };
  const follower = async () =>
    JSON.parse(
      (await store.get({ resource: BINDINGS, namespace: "paris", name: "settings" }))?.value ?? "{}",
    ) as Partial<Binding>;
  await put("configmaps", settings);
  await put("deployments.apps", web(1, 1));
  await controllers.idle();
  await put("deployments.apps", web(0, 2));
  await controllers.idle();
  await remove("configmaps", "settings", "default");
  await controllers.idle();
  expect(await follower()).toMatchObject({ needs: [expect.any(String)] });
  expect((await follower()).tombstone).toBeUndefined();
  await put("deployments.apps", web(1, 3));
  await controllers.idle();
  expect((await binding("web"))?.tombstone).toBeUndefined();
  expect((await follower()).tombstone).toBeDefined();
});
