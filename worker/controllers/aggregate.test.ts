// P12 where reads of one reconcile straddle a decision's commit: planted, since a memory store answers too fast to show it.
import { expect, test } from "vitest";
import { REPORTS, type Report } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { DECISIONS } from "../../core/schedule/decision.ts";
import { openMemory } from "../store/memory.ts";
import type { Store } from "../store/store.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./loop.ts";

const NOW = "2026-01-01T00:00:00Z";
const seams = { clock: () => Date.parse(NOW), random: () => 0, uid: () => crypto.randomUUID() };
const key = { resource: "deployments.apps", namespace: "default", name: "web" };

const cluster: KubeObject = {
  apiVersion: "hanse.dev/v1alpha1",
  kind: "Cluster",
  metadata: { name: "paris", uid: "paris", creationTimestamp: NOW },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True", reason: "Test", message: "" }], free: { pods: "10" } },
};
const deployment = (generation: number, image: string): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", uid: "web", generation, creationTimestamp: NOW },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image }] } },
  },
});

/** The cluster's report that it holds binding generation 1 and that all of it is ready. */
async function report(store: Store, message: string): Promise<void> {
  const value: Report = {
    template: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      resource: "deployments.apps",
      namespace: "default",
      name: "web",
      uid: "web",
    },
    generation: 1,
    memberUid: "member",
    memberGeneration: 1,
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, message },
  };
  await store.commit({
    ops: [{ op: "put", key: { resource: REPORTS, namespace: "paris", name: "web" }, value: JSON.stringify(value) }],
  });
}

/** Whoever reads the Deployment's bindings while armed gets them as they are now, but only later; what it reads beside them it reads later. */
function straddling(store: Store, later: Promise<void>, begun: () => void, armed: () => boolean): Store {
  return new Proxy(store, {
    get(target, property: keyof Store) {
      if (property === "listByRef") {
        return async (resource: string, ref: string) => {
          const held = armed();
          const found = await target.listByRef(resource, ref);
          if (held && ref === "deployments.apps/default/web" && resource !== DECISIONS) {
            begun();
            await later;
          }
          return found;
        };
      }
      if (property === "getMany") {
        return async (keys: Parameters<Store["getMany"]>[0]) => {
          if (keys.some(({ name }) => name === "web") && armed()) {
            begun();
            await later;
          }
          return target.getMany(keys);
        };
      }
      const value = target[property];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("P12 a status made while a decision is committed never claims that clusters observed it", async () => {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  await store.commit({
    ops: [
      {
        op: "create",
        key: { resource: "clusters.hanse.dev", namespace: "", name: "paris" },
        value: JSON.stringify(cluster),
      },
    ],
  });
  await store.commit({ ops: [{ op: "create", key, value: JSON.stringify(deployment(1, "old")) }] });
  const first = runControllers({ store, ...seams, signal: new AbortController().signal });
  await first.idle();
  await report(store, "once");
  await first.idle();
  await first.stop();
  const status = async (): Promise<Loose> => JSON.parse((await store.get(key))!.value).status;
  expect((await status()).observedGeneration).toBe(1);

  await report(store, "again");
  let armed = true;
  let go = (): void => undefined;
  let started = (): void => undefined;
  const later = new Promise<void>((resolve) => (go = resolve));
  const reading = new Promise<void>((resolve) => (started = resolve));
  const second = runControllers({
    store: straddling(store, later, started, () => armed),
    ...seams,
    signal: new AbortController().signal,
  });
  await reading;
  armed = false;
  const before = (await store.get(key))!;
  const next = { ...JSON.parse(before.value), ...deployment(2, "new"), status: JSON.parse(before.value).status };
  await store.commit({ ops: [{ op: "update", key, expect: before.version, value: JSON.stringify(next) }] });
  for await (const { events } of store.watch({
    from: before.version,
    select: [{ resource: DECISIONS }],
    signal: new AbortController().signal,
  }))
    if (events.length > 0) break;
  go();
  await second.idle();
  expect((await status()).observedGeneration).toBe(1);
  await second.stop();
});

test("P12 a status that somebody wrote is put right without a word from the clusters", async () => {
  const store = openMemory();
  await bootstrap({ store, ...seams });
  const cluster_ = { resource: "clusters.hanse.dev", namespace: "", name: "paris" };
  await store.commit({ ops: [{ op: "create", key: cluster_, value: JSON.stringify(cluster) }] });
  await store.commit({ ops: [{ op: "create", key, value: JSON.stringify(deployment(1, "x")) }] });
  const controllers = runControllers({ store, ...seams, signal: new AbortController().signal });
  await controllers.idle();
  await report(store, "ready");
  await controllers.idle();
  const row = (await store.get(key))!;
  const object = JSON.parse(row.value) as KubeObject;
  const wiped = {
    ...object,
    metadata: { ...object.metadata, managedFields: [{ manager: "me", operation: "Update", subresource: "status" }] },
    status: { replicas: 9 },
  };
  await store.commit({ ops: [{ op: "update", key, value: JSON.stringify(wiped), expect: row.version }] });
  await controllers.idle();
  expect(JSON.parse((await store.get(key))!.value).status).toMatchObject({
    replicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
  });
  await controllers.stop();
});
