// Races between a follower and its workload that no schedule of a memory store brings about by itself: planted by holding one commit back.
import { expect, test } from "vitest";
import { BINDINGS } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
const cluster: KubeObject = {
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: { name: "paris", uid: "paris", creationTimestamp: NOW },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True", reason: "Test", message: "" }], free: { pods: "10" } },
};
const deployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "web", generation: 1, creationTimestamp: NOW },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "main", image: "tomcat", envFrom: [{ configMapRef: { name: "settings" } }] }] },
    },
  },
};
const followers: [resource: string, object: KubeObject][] = [
  [
    "services",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "default", uid: "service" },
      spec: { selector: { app: "web" } },
    },
  ],
  [
    "configmaps",
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings", namespace: "default", uid: "settings" },
      data: {},
    },
  ],
];

const create = (store: Store, resource: string, object: KubeObject) =>
  store.commit({
    ops: [
      {
        op: "create",
        key: { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name },
        value: JSON.stringify(object),
      },
    ],
  });

/** Holds the commit that binds the Deployment; `held` resolves when it is reached, `follow` when a follower has looked for its needers. */
function holding(store: Store) {
  let reached = (): void => undefined;
  let looked = (): void => undefined;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (reached = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const follow = new Promise<void>((resolve) => (looked = resolve));
  const proxy = new Proxy(store, {
    get(target, property: keyof Store) {
      if (property === "commit") {
        return async (commit: Parameters<Store["commit"]>[0]) => {
          const binds = commit.ops.some((op) => op.key.resource === BINDINGS && op.key.name === "web");
          if (binds) {
            reached();
            await released;
          }
          return target.commit(commit);
        };
      }
      if (property === "listByRef") {
        return async (resource: string, ref: string) => {
          const rows = await target.listByRef(resource, ref);
          if (/^(label|needs) /.test(ref)) looked();
          return rows;
        };
      }
      const value = target[property];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { proxy, held, follow, release };
}

test.each(followers)(
  "a %s made while its workload's decision is under way follows all the same",
  async (resource, object) => {
    const store = openMemory();
    const { proxy, held, follow, release } = holding(store);
    const abort = new AbortController();
    const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };
    await bootstrap({ store, ...seams });
    await create(store, "clusters.hanse.dev", cluster);
    const controllers = runControllers({ store: proxy, ...seams, signal: abort.signal });
    await controllers.idle();
    await create(store, "deployments.apps", deployment);
    await held;
    await create(store, resource, object);
    await follow;
    release();
    await controllers.idle();
    expect(await store.get({ resource: BINDINGS, namespace: "paris", name: object.metadata.uid ?? "" })).toBeDefined();
    await controllers.stop();
  },
);
