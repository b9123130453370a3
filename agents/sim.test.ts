// The agent against a simulated member: what it relies on there is what the real API server does (agent.real.test.ts).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../kinds/object.ts";
import { type Simulation, startSimulation } from "../sim/simulation.ts";
import { startFederation, type TestFederation } from "../test/real/federation.ts";
import { runAgent } from "./main.ts";

const MERGE = "application/merge-patch+json";
const CONFIGMAPS = "/api/v1/namespaces/shop/configmaps";

function deployment(name: string, namespace: string): KubeObject {
  const labels = { app: name };
  const container = { name: "c", image: "tomcat", resources: { requests: { cpu: "100m", memory: "64Mi" } } };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: { selector: { matchLabels: labels }, template },
  };
}

describe("agent of a simulated member", () => {
  let fed: TestFederation;
  let sim: Simulation;
  let dir: string;
  let end: AbortController;
  let done: Promise<void>;
  let log: { event: string; [field: string]: unknown }[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "hanse-sim-agent-"));
    fed = await startFederation();
    sim = await startSimulation({
      members: [{ name: "paris", nodes: 1, cpuPerNode: "8", memoryPerNode: "16Gi", podStartMs: 5 }],
      clock: Date.now,
    });
    const kubeconfig = join(dir, "kubeconfig");
    writeFileSync(kubeconfig, sim.kubeconfig("paris"));
    end = new AbortController();
    log = [];
    const token = await fed.token("paris");
    done = runAgent({
      server: fed.url,
      token,
      dataDir: dir,
      kubeconfig,
      signal: end.signal,
      log: (line) => log.push(JSON.parse(line)),
    });
    await fed.bind(
      "paris",
      { uid: "n-1", object: { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } } },
      {
        uid: "c-1",
        object: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "conf", namespace: "shop" },
          data: { a: "1" },
        },
      },
      { uid: "t-1", object: deployment("web", "shop"), replicas: 2 },
    );
  });
  afterEach(async () => {
    end.abort();
    await done;
    await sim.stop();
    await fed.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<{ status: number; body: any }> {
    const headers = { authorization: `Bearer ${sim.token("paris")}`, "content-type": type };
    const response = await fetch(sim.url("paris") + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }
  const reported = (uid: string, what: (report: any) => boolean) =>
    fed.until(`${uid}: ${JSON.stringify(log.slice(-3))}`, async () => what((await fed.report("paris", uid)) ?? {}));

  it("makes its share and reports it Ready, with the room that is left", async () => {
    await reported("t-1", (report) => report.status?.readyReplicas === 2 && report.generation === 1);
    expect(log.filter(({ event }) => event === "failed")).toEqual([]);
    await fed.until("room", async () => {
      const row = await fed.store.get({ resource: "clusters.hanse.dev", namespace: "", name: "paris" });
      const { allocatable, largestNode, apis, free } = JSON.parse(row?.value ?? "{}").status ?? {};
      if (allocatable === undefined) return false;
      expect(allocatable.cpu).toBe("8");
      // The only node: what is free there is free at all, but for pods that no node has yet.
      expect(Object.keys(largestNode)).toEqual(Object.keys(free));
      expect(apis).toEqual(expect.arrayContaining(["apps/v1", "v1"]));
      return true;
    });
  });

  it("P4: heals a change, a lost label and a deletion; a foreign object stays a conflict", async () => {
    await reported("c-1", (report) => report.generation === 1);
    const { uid } = (await call("GET", `${CONFIGMAPS}/conf`)).body.metadata;
    for (const patch of [{ data: { a: "2" } }, { metadata: { labels: { "hanse.dev/binding": null } } }]) {
      const changed = await call("PATCH", `${CONFIGMAPS}/conf`, patch, MERGE);
      expect(changed.status).toBe(200);
      const healed = (object: any) =>
        object.data?.a === "1" && object.metadata?.labels?.["hanse.dev/binding"] === "c-1";
      await expect
        .poll(async () => healed((await call("GET", `${CONFIGMAPS}/conf`)).body), { timeout: 2000 })
        .toBe(true);
    }
    await call("DELETE", `${CONFIGMAPS}/conf`);
    await reported("c-1", (report) => report.memberUid !== undefined && report.memberUid !== uid);
    await call("POST", CONFIGMAPS, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "theirs" },
      data: { a: "theirs" },
    });
    const theirs = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "theirs", namespace: "shop" },
      data: { a: "ours" },
    };
    await fed.bind("paris", { uid: "c-2", object: theirs });
    await reported("c-2", (report) => report.failure?.reason === "Conflict");
    expect((await call("GET", `${CONFIGMAPS}/theirs`)).body.data).toEqual({ a: "theirs" });
  });

  it("P3: tombstones empty the cluster, the namespace last", async () => {
    await reported("t-1", (report) => report.generation === 1);
    await reported("n-1", (report) => report.generation === 1);
    await fed.tombstone("paris", "t-1", "c-1", "n-1");
    for (const uid of ["t-1", "c-1", "n-1"])
      await fed.until(
        `${uid} ${JSON.stringify(log.slice(-6))}`,
        async () => (await fed.binding("paris", uid)) === undefined,
      );
    expect((await call("GET", "/api/v1/namespaces/shop")).status).toBe(404);
  });

  it("a new token joins again with the same identity; one spent before changes nothing, one of another cluster is refused", async () => {
    await reported("t-1", (report) => report.generation === 1);
    const again = async (token: string) => {
      end.abort();
      await done;
      log.length = 0;
      end = new AbortController();
      const kubeconfig = join(dir, "kubeconfig");
      done = runAgent({
        server: fed.url,
        token,
        dataDir: dir,
        kubeconfig,
        signal: end.signal,
        log: (line) => log.push(JSON.parse(line)),
      });
      let failed = "";
      done = done.catch((error: Error) => void (failed = error.message));
      await expect
        .poll(() => failed !== "" || log.some(({ event }) => event === "started"), { timeout: 5000 })
        .toBe(true);
      return failed || "started";
    };
    const token = await fed.token("paris");
    expect([await again(token), log.filter(({ event }) => event === "joined").length]).toEqual(["started", 1]);
    expect([await again(token), log.filter(({ event }) => event === "joined").length]).toEqual(["started", 0]);
    expect([await again("nobody.knows"), log.filter(({ event }) => event === "register failed").length]).toEqual([
      "started",
      1,
    ]);
    expect(await again(await fed.token("tokyo"))).toMatch(/of cluster paris, the join token of tokyo/);
  });

  it("P4: another cluster than the data directory's (a wrong context, a copied directory) is refused, and nothing is made or said to be removed there", async () => {
    await reported("t-1", (report) => report.generation === 1);
    end.abort();
    await done;
    await fed.tombstone("paris", "c-1");
    await sim.add({ name: "tokyo", nodes: 1, cpuPerNode: "8", memoryPerNode: "16Gi", podStartMs: 5 });
    const kubeconfig = join(dir, "wrong");
    writeFileSync(kubeconfig, sim.kubeconfig("tokyo"));
    end = new AbortController();
    const run = runAgent({
      server: fed.url,
      dataDir: dir,
      kubeconfig,
      signal: end.signal,
      log: (line) => log.push(JSON.parse(line)),
    });
    await expect(run).rejects.toThrow(/of another cluster/);
    const headers = { authorization: `Bearer ${sim.token("tokyo")}` };
    expect((await fetch(`${sim.url("tokyo")}/api/v1/namespaces/shop`, { headers })).status).toBe(404);
    expect(await fed.binding("paris", "c-1")).toMatchObject({ tombstone: {} });
  });

  const PODS = "/api/v1/namespaces/shop/pods";
  const pod: KubeObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "task", namespace: "shop" },
    spec: { containers: [{ name: "c", image: "busybox" }] },
  };

  it("what runs once and was deleted in the member is never made again, and its going is reported for good", async () => {
    await fed.bind("paris", { uid: "p-1", object: pod });
    await reported("p-1", (report) => report.status?.phase === "Running");
    await call("DELETE", `${PODS}/task`);
    await reported("p-1", (report) => report.failure?.reason === "Gone" && report.failure.permanent === true);
    // Not even when it is to be another one.
    await fed.bind("paris", { uid: "p-1", object: { ...pod, metadata: { ...pod.metadata, labels: { a: "b" } } } });
    await fed.bind("paris", { uid: "c-9", object: { ...conf("after") } });
    await reported("c-9", (report) => report.generation === 1);
    expect((await call("GET", `${PODS}/task`)).status).toBe(404);
    await fed.tombstone("paris", "p-1");
    await fed.until("its binding is gone", async () => (await fed.binding("paris", "p-1")) === undefined);
  });

  const sized = (cpu: string, ...debuggers: string[]): KubeObject => {
    const containers = [{ name: "c", image: "busybox", resources: { requests: { cpu } } }];
    const ephemeralContainers = debuggers.map((name) => ({ name, image: "sh", targetContainerName: "c" }));
    return { ...pod, spec: { containers, ...(debuggers.length === 0 ? {} : { ephemeralContainers }) } };
  };

  it("a running pod is resized and debugged through the member's own endpoints, drift included", async () => {
    const now = async () => {
      const { spec, metadata } = (await call("GET", `${PODS}/task`)).body;
      return {
        cpu: spec?.containers[0].resources.requests?.cpu,
        debuggers: spec?.ephemeralContainers?.map(({ name }: { name: string }) => name),
        uid: metadata?.uid,
      };
    };
    await fed.bind("paris", { uid: "p-1", object: sized("100m", "first") });
    await reported("p-1", (report) => report.status?.phase === "Running" && report.generation === 1);
    const { uid } = await now();
    expect(await now()).toEqual({ cpu: "100m", debuggers: ["first"], uid });
    await fed.bind("paris", { uid: "p-1", object: sized("200m", "first", "second") });
    await reported("p-1", (report) => report.generation === 2);
    expect(await now()).toEqual({ cpu: "200m", debuggers: ["first", "second"], uid });
    await reported("p-1", ({ status }) => status?.ephemeralContainerStatuses?.length === 2);
    const theirs = { spec: { containers: [{ name: "c", resources: { requests: { cpu: "50m" } } }] } };
    const resized = await call("PATCH", `${PODS}/task/resize`, theirs, "application/strategic-merge-patch+json");
    expect(resized.status).toBe(200);
    await expect.poll(async () => (await now()).cpu, { timeout: 2000 }).toBe("200m");
    const reportDrift = true as const;
    await fed.bind("paris", { uid: "p-1", object: sized("200m", "first", "second"), manner: { reportDrift } });
    await reported("p-1", (report) => report.generation === 3);
    await call("PATCH", `${PODS}/task/resize`, theirs, "application/strategic-merge-patch+json");
    await reported("p-1", (report) => report.failure?.reason === "Drifted");
    expect((await now()).cpu).toBe("50m");
    log.length = 0;
    // What cannot be done is said.
    const { ephemeralContainers: _none, ...spec } = sized("300m")["spec"];
    await fed.bind("paris", { uid: "p-1", object: { ...pod, spec: { ...spec, hostNetwork: true } } });
    await reported("p-1", (report) => report.failure?.reason === "Rejected");
    expect(log.filter(({ event }) => event === "failed")).toHaveLength(1);
  });

  const conf = (name: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "shop" },
    data: { a: "1" },
  });

  it("P3: a tombstone that orphans leaves what the object made", async () => {
    await reported("t-1", (report) => report.status?.readyReplicas === 2);
    await fed.leave("paris", "t-1", { orphan: true });
    await fed.until("its binding is gone", async () => (await fed.binding("paris", "t-1")) === undefined);
    expect((await call("GET", "/apis/apps/v1/namespaces/shop/deployments/web")).status).toBe(404);
    const [set] = (await call("GET", "/apis/apps/v1/namespaces/shop/replicasets")).body.items;
    expect(set.metadata.ownerReferences).toBeUndefined();
    expect((await call("GET", PODS)).body.items).toHaveLength(2);
  });

  it("P4: manners arrive with the binding: adopted, fields let go of, drift reported by the watch", async () => {
    await reported("n-1", (report) => report.generation === 1);
    await call("POST", CONFIGMAPS, { ...conf("theirs"), data: { a: "theirs", b: "theirs" } });
    await fed.bind("paris", { uid: "c-2", object: conf("theirs") });
    await reported("c-2", (report) => report.failure?.reason === "Conflict");
    const manner = { adopt: true as const, reportDrift: true as const, ignoreFields: ["/data/a"] };
    const wanted = { ...conf("theirs"), data: { a: "1", c: "3" } };
    await fed.bind("paris", { uid: "c-2", object: wanted, manner });
    await reported("c-2", (report) => report.generation === 2 && report.failure === undefined);
    expect((await call("GET", `${CONFIGMAPS}/theirs`)).body.data).toEqual({ a: "theirs", b: "theirs", c: "3" });
    await call("PATCH", `${CONFIGMAPS}/theirs`, { data: { a: "2", c: "theirs" } }, MERGE);
    await reported("c-2", (report) => report.failure?.message === "changed in the cluster: data.c");
    // Made new: what is ignored has its first value, and is let go of at once.
    await fed.bind("paris", { uid: "c-3", object: { ...wanted, metadata: conf("new").metadata }, manner });
    await reported("c-3", (report) => report.generation === 1);
    const { body } = await call("GET", `${CONFIGMAPS}/new`);
    expect(body.data).toEqual({ a: "1", c: "3" });
    expect(body.metadata.managedFields[0].fieldsV1["f:data"]).toEqual({ "f:c": {} });
  });
});
