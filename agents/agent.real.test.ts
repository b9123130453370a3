// The agent against a real kube-apiserver and a federation in this process: P3, P4, P6.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { KubeObject } from "../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../test/real/controlplane.ts";
import { describeReal } from "../test/real/describe.ts";
import { startFederation, type TestFederation } from "../test/real/federation.ts";
import { openMemory } from "../worker/store/memory.ts";
import { runAgent } from "./main.ts";

const SSA = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const CONFIGMAPS = "/api/v1/namespaces/default/configmaps";

function deployment(name: string, image = "tomcat:10"): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image }] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default", labels },
    spec: { selector: { matchLabels: labels }, template },
  };
}
const configMap = (name: string, data: Record<string, string>, namespace = "default"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});

describeReal("agent", () => {
  let plane: ControlPlane;
  let fed: TestFederation;
  let dir: string;
  let token: string;
  let agent:
    | { end: AbortController; done: Promise<void>; log: { event: string; [field: string]: unknown }[] }
    | undefined;

  beforeAll(async () => {
    plane = await startControlPlane({ name: "member" });
  }, 90_000);
  afterAll(() => plane?.stop());

  beforeEach(async () => {
    fed = await startFederation();
    dir = mkdtempSync(join(tmpdir(), "hanse-agent-"));
    token = await fed.token("paris");
    start();
  });
  afterEach(async () => {
    await stop();
    await fed.stop();
    rmSync(dir, { recursive: true, force: true });
    await plane.call("DELETE", DEPLOYMENTS);
    await plane.call("DELETE", CONFIGMAPS);
  });

  function start(dataDir = dir): void {
    const end = new AbortController();
    const log: { event: string }[] = [];
    const done = runAgent({
      server: fed.url,
      token,
      dataDir,
      kubeconfig: plane.kubeconfig,
      signal: end.signal,
      log: (line) => log.push(JSON.parse(line)),
    });
    agent = { end, done, log };
  }
  async function stop(): Promise<void> {
    agent?.end.abort();
    await agent?.done;
    agent = undefined;
  }

  const get = async (path: string) => (await plane.call("GET", path)).body;
  const status = async (path: string) => (await plane.call("GET", path)).status;
  const applied = (uid: string, generation = 1) =>
    fed.until(`${uid} applied`, async () => (await fed.report("paris", uid))?.generation === generation);
  const failed = (uid: string, reason: string) =>
    fed.until(`${uid} failed`, async () => (await fed.report("paris", uid))?.failure?.reason === reason);
  const unbound = (uid: string) =>
    fed.until(`${uid} gone`, async () => (await fed.binding("paris", uid)) === undefined);
  /** Polls the member, which has no other way to say so here. */
  async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = 8_000): Promise<void> {
    for (const end = performance.now() + timeoutMs; performance.now() < end;) {
      if (await check()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`not within ${timeoutMs} ms: ${what}; agent: ${JSON.stringify(agent?.log.slice(-5))}`);
  }

  it("applies its share, marked as ours, and reports uid and generation", async () => {
    await fed.bind("paris", { uid: "t-1", object: deployment("web"), replicas: 2 });
    await applied("t-1");
    const live = await get(`${DEPLOYMENTS}/web`);
    expect(live.spec.replicas).toBe(2);
    expect(live.metadata.labels["hanse.dev/binding"]).toBe("t-1");
    expect(
      live.metadata.managedFields.map((m: { manager: string; operation: string }) => [m.manager, m.operation]),
    ).toEqual([["hanse", "Apply"]]);
    expect(await fed.report("paris", "t-1")).toMatchObject({
      memberUid: live.metadata.uid,
      memberGeneration: 1,
      generation: 1,
    });
    await fed.bind("paris", { uid: "t-1", object: deployment("web", "tomcat:11"), replicas: 3 });
    await applied("t-1", 2);
    expect((await get(`${DEPLOYMENTS}/web`)).spec).toMatchObject({
      replicas: 3,
      template: { spec: { containers: [{ image: "tomcat:11" }] } },
    });
  });

  it("a field left out of the next generation is removed from the member", async () => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1", b: "2" }) });
    await applied("c-1");
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1", 2);
    expect((await get(`${CONFIGMAPS}/conf`)).data).toEqual({ a: "1" });
  });

  it("reports the member's status as it changes", async () => {
    await fed.bind("paris", { uid: "t-1", object: deployment("web"), replicas: 2 });
    await applied("t-1");
    await plane.call(
      "PATCH",
      `${DEPLOYMENTS}/web/status`,
      { status: { observedGeneration: 1, replicas: 2, readyReplicas: 1 } },
      MERGE,
    );
    await fed.until("status", async () => (await fed.report("paris", "t-1"))?.status?.["readyReplicas"] === 1);
  });

  it("P4: a foreign object under the name is a conflict, untouched, and not adopted though it has our label", async () => {
    const labels = { "hanse.dev/binding": "other" };
    await plane.call("POST", `${CONFIGMAPS}?fieldManager=kubectl`, {
      ...configMap("conf", { a: "theirs" }),
      metadata: { name: "conf", labels },
    });
    const before = await get(`${CONFIGMAPS}/conf`);
    await fed.bind("paris", { uid: "other", object: configMap("conf", { a: "ours" }) });
    await failed("other", "Conflict");
    expect(await get(`${CONFIGMAPS}/conf`)).toEqual(before);
    await fed.tombstone("paris", "other");
    await unbound("other");
    expect(await get(`${CONFIGMAPS}/conf`)).toEqual(before);
  });

  it("P4: an object re-created by others has another uid: conflict, not merged", async () => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1");
    await stop();
    const { labels } = (await get(`${CONFIGMAPS}/conf`)).metadata;
    await plane.call("DELETE", `${CONFIGMAPS}/conf`);
    await plane.call("POST", CONFIGMAPS, { ...configMap("conf", { a: "theirs" }), metadata: { name: "conf", labels } });
    const before = await get(`${CONFIGMAPS}/conf`);
    start();
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "2" }) });
    await failed("c-1", "Conflict");
    expect(await get(`${CONFIGMAPS}/conf`)).toEqual(before);
  });

  it("P4: an agent that lost its inventory knows its objects by the reported uid", async () => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1");
    const { uid } = (await get(`${CONFIGMAPS}/conf`)).metadata;
    await stop();
    rmSync(dir, { recursive: true });
    token = await fed.token("paris");
    start();
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "2" }) });
    await applied("c-1", 2);
    expect(await get(`${CONFIGMAPS}/conf`)).toMatchObject({ metadata: { uid }, data: { a: "2" } });
  });

  const drifts: [string, (path: string) => Promise<unknown>][] = [
    ["a field is changed", (path) => plane.call("PATCH", path, { data: { a: "theirs" } }, MERGE)],
    ["a field is removed", (path) => plane.call("PATCH", path, { data: { a: null } }, MERGE)],
    [
      "our label is removed",
      (path) => plane.call("PATCH", path, { metadata: { labels: { "hanse.dev/binding": null } } }, MERGE),
    ],
    ["managedFields are reset", (path) => plane.call("PATCH", path, { metadata: { managedFields: [{}] } }, MERGE)],
    [
      "another manager takes the field by force",
      (path) =>
        plane.call(
          "PATCH",
          `${path}?fieldManager=x&force=true`,
          { apiVersion: "v1", kind: "ConfigMap", data: { a: "x" } },
          SSA,
        ),
    ],
    ["the object is deleted", (path) => plane.call("DELETE", path)],
  ];
  const isRight = (object: KubeObject) =>
    object.metadata?.labels?.["hanse.dev/binding"] === "c-1" &&
    object["data"]?.a === "1" &&
    object.metadata.managedFields?.some((one) => one.manager === "hanse" && one.operation === "Apply") === true;

  it.each(drifts)("P4: drift is healed when %s", async (_what, change) => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1");
    await change(`${CONFIGMAPS}/conf`);
    await eventually("healed", async () => isRight(await get(`${CONFIGMAPS}/conf`)));
  });

  it("P6: with the federation dead drift is still healed; back again, nothing is said or applied twice", async () => {
    await fed.bind(
      "paris",
      { uid: "c-1", object: configMap("conf", { a: "1" }) },
      { uid: "t-1", object: deployment("web"), replicas: 1 },
    );
    await applied("c-1");
    await applied("t-1");
    await fed.stop();
    await stop();
    await plane.call("PATCH", `${CONFIGMAPS}/conf`, { data: { a: "while the agent was down" } }, MERGE);
    start();
    await eventually("healed after restart", async () => isRight(await get(`${CONFIGMAPS}/conf`)));
    await plane.call("DELETE", `${CONFIGMAPS}/conf`);
    await eventually("healed", async () => isRight(await get(`${CONFIGMAPS}/conf`)));
    const { uid } = (await get(`${CONFIGMAPS}/conf`)).metadata;
    const { resourceVersion } = (await get(`${DEPLOYMENTS}/web`)).metadata;
    const version = await fed.store.version();
    await fed.start();
    await fed.until("new uid reported", async () => (await fed.report("paris", "c-1"))?.memberUid === uid);
    expect((await get(`${DEPLOYMENTS}/web`)).metadata.resourceVersion).toBe(resourceVersion);
    // One row: the report of the re-created object. (Capacity of this member without nodes is what it was.)
    expect((await fed.store.version()) - version).toBeLessThanOrEqual(2);
  });

  it("P3: neither 410 nor an empty list deletes anything", async () => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1");
    const { uid } = (await get(`${CONFIGMAPS}/conf`)).metadata;
    // Another database under the same address: it knows nothing of this cluster.
    fed.replaceStore(openMemory());
    await fed.stop();
    await fed.start();
    await eventually(
      "listed again",
      async () => agent?.log.some(({ event, reason }) => event === "relist" && reason === "Diverged") === true,
    );
    await fed.bind("paris", { uid: "c-2", object: configMap("more", { b: "1" }) });
    await applied("c-2");
    expect((await get(`${CONFIGMAPS}/conf`)).metadata.uid).toBe(uid);
    // A tombstone waits while the new epoch is not confirmed.
    await fed.tombstone("paris", "c-2");
    await fed.bind("paris", { uid: "c-3", object: configMap("third", { b: "1" }) });
    await applied("c-3");
    expect(await status(`${CONFIGMAPS}/more`)).toBe(200);
    await fed.store.commit({
      ops: [{ op: "delete", key: { resource: "holds.hanse.dev", namespace: "paris", name: "deletions" } }],
    });
    await fed.bind("paris", { uid: "c-3", object: configMap("third", { b: "2" }) });
    await unbound("c-2");
    expect(await status(`${CONFIGMAPS}/more`)).toBe(404);
  });

  it("P3: a tombstone deletes our object and ends the binding; another uid under the name stays", async () => {
    await fed.bind(
      "paris",
      { uid: "c-1", object: configMap("conf", { a: "1" }) },
      { uid: "c-2", object: configMap("more", { a: "1" }) },
    );
    await applied("c-1");
    await applied("c-2");
    await stop();
    await plane.call("DELETE", `${CONFIGMAPS}/more`);
    await plane.call("POST", CONFIGMAPS, configMap("more", { a: "theirs" }));
    const before = await get(`${CONFIGMAPS}/more`);
    await fed.tombstone("paris", "c-1", "c-2");
    start();
    await unbound("c-1");
    await unbound("c-2");
    expect(await status(`${CONFIGMAPS}/conf`)).toBe(404);
    expect(await get(`${CONFIGMAPS}/more`)).toEqual(before);
  });

  it("deleted and made again under a new uid: the new object takes the old one's place", async () => {
    await fed.bind("paris", { uid: "c-1", object: configMap("conf", { a: "1" }) });
    await applied("c-1");
    await fed.tombstone("paris", "c-1");
    await fed.bind("paris", { uid: "c-9", object: configMap("conf", { a: "9" }) });
    await applied("c-9");
    await unbound("c-1");
    expect(await get(`${CONFIGMAPS}/conf`)).toMatchObject({
      metadata: { labels: { "hanse.dev/binding": "c-9" } },
      data: { a: "9" },
    });
  });

  it("a namespace comes before what is in it; one that was there is used and never changed", async () => {
    const namespace = (name: string): KubeObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    await plane.call("POST", "/api/v1/namespaces", namespace("theirs"));
    const before = await get("/api/v1/namespaces/theirs");
    await fed.bind(
      "paris",
      { uid: "c-1", object: configMap("conf", { a: "1" }, "made") },
      { uid: "c-2", object: configMap("conf", { a: "1" }, "theirs") },
      { uid: "n-1", object: namespace("made") },
      { uid: "n-2", object: namespace("theirs") },
    );
    for (const uid of ["n-1", "n-2", "c-1", "c-2"]) await applied(uid);
    expect(agent?.log.filter(({ event }) => event === "failed")).toEqual([]);
    expect(await get("/api/v1/namespaces/theirs")).toEqual(before);
    // Something foreign moves in: the namespace stays, ours in it goes.
    await plane.call("POST", "/api/v1/namespaces/made/configmaps", configMap("foreign", { a: "1" }, "made"));
    await fed.tombstone("paris", "c-1", "c-2", "n-1", "n-2");
    for (const uid of ["n-1", "n-2", "c-1", "c-2"]) await unbound(uid);
    expect(await get("/api/v1/namespaces/made/configmaps/foreign")).toMatchObject({ data: { a: "1" } });
    expect((await get("/api/v1/namespaces/made")).metadata.deletionTimestamp).toBeUndefined();
    expect(await status("/api/v1/namespaces/made/configmaps/conf")).toBe(404);
    expect(await get("/api/v1/namespaces/theirs")).toEqual(before);
  });

  it("a namespace that we made and that is empty is deleted", async () => {
    const empty: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "empty" } };
    await fed.bind(
      "paris",
      { uid: "n-1", object: empty },
      { uid: "c-1", object: configMap("conf", { a: "1" }, "empty") },
    );
    await applied("n-1");
    await applied("c-1");
    await fed.tombstone("paris", "n-1", "c-1");
    await unbound("c-1");
    // No namespace controller runs here: Terminating is as far as it gets.
    await eventually(
      "terminating",
      async () => (await get("/api/v1/namespaces/empty")).metadata.deletionTimestamp !== undefined,
    );
  });

  it("an object the member refuses fails with its reason; others go on; a changed template mends it", async () => {
    const bad = deployment("Bad_Name");
    bad.metadata.name = "bad";
    bad["spec"].selector.matchLabels = { app: "not-the-label" };
    await fed.bind(
      "paris",
      { uid: "t-1", object: bad, replicas: 1 },
      { uid: "c-1", object: configMap("conf", { a: "1" }) },
    );
    await applied("c-1");
    await failed("t-1", "Rejected");
    expect((await fed.report("paris", "t-1"))?.failure).toMatchObject({
      permanent: true,
      message: expect.stringContaining("selector"),
    });
    await fed.bind("paris", { uid: "t-1", object: deployment("bad"), replicas: 1 });
    await applied("t-1", 2);
    expect((await fed.report("paris", "t-1"))?.failure).toBeUndefined();
  });

  it("replicas are left to an autoscaler of the member", async () => {
    await fed.bind("paris", { uid: "t-1", object: deployment("web"), replicas: 2 });
    await applied("t-1");
    const hpa = {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 9,
    };
    const path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
    await plane.call("POST", path, {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web" },
      spec: hpa,
    });
    await plane.call("PATCH", `${DEPLOYMENTS}/web/scale?fieldManager=hpa`, { spec: { replicas: 7 } }, MERGE);
    await fed.bind("paris", { uid: "t-1", object: deployment("web", "tomcat:11"), replicas: 2 });
    await applied("t-1", 2);
    await eventually(
      "the image changed",
      async () => (await get(`${DEPLOYMENTS}/web`)).spec.template.spec.containers[0].image === "tomcat:11",
    );
    expect((await get(`${DEPLOYMENTS}/web`)).spec.replicas).toBe(7);
    // Another share, with nothing drifted.
    await fed.bind("paris", { uid: "t-1", object: deployment("web", "tomcat:11"), replicas: 3 });
    await applied("t-1", 3);
    expect((await get(`${DEPLOYMENTS}/web`)).spec.replicas).toBe(7);
    await plane.call("DELETE", `${path}/web`);
    await eventually("ours again", async () => (await get(`${DEPLOYMENTS}/web`)).spec.replicas === 3);
  });
});
