import { expect, test } from "vitest";
import { openMemory } from "../store/memory.ts";
import { bootstrap } from "./bootstrap.ts";
import { runControllers } from "./loop.ts";

test("a new federation gets its namespaces, and each its ServiceAccount and root CA", async () => {
  const store = openMemory();
  const seams = { clock: () => 0, random: () => 0.5, uid: () => crypto.randomUUID() };
  await bootstrap({ store, ...seams });
  await bootstrap({ store, ...seams });
  const controllers = runControllers({ store, ...seams, ca: "PEM", signal: new AbortController().signal });
  await controllers.idle();
  const names = async (resource: string) =>
    (await store.list({ resource })).rows.map((row) => `${row.namespace}/${row.name}`);
  expect(await names("namespaces")).toEqual(["/default", "/kube-node-lease", "/kube-public", "/kube-system"]);
  expect(await names("serviceaccounts")).toEqual([
    "default/default",
    "kube-node-lease/default",
    "kube-public/default",
    "kube-system/default",
  ]);
  expect(await names("configmaps")).toHaveLength(4);
  await controllers.stop();
});
