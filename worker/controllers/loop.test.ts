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
  expect(await names("services")).toEqual(["default/kubernetes"]);
  expect(await names("priorityclasses.scheduling.k8s.io")).toEqual([
    "/system-cluster-critical",
    "/system-node-critical",
  ]);
  const [api] = (await store.list({ resource: "services" })).rows;
  const { spec } = JSON.parse(api?.value ?? "") as { spec: unknown };
  expect(spec).toEqual({
    clusterIP: "240.0.0.1",
    clusterIPs: ["240.0.0.1"],
    internalTrafficPolicy: "Cluster",
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    sessionAffinity: "None",
    type: "ClusterIP",
  });
  await controllers.stop();
});
