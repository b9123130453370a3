// The one smoke that both platforms must pass (node.test.ts, workerd.test.ts): HTTP verbs, a watch, and a cluster that joins by
// token, with the real agent in front of a simulated member, up to Ready and away again. The steps build on one another.
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { runAgent } from "../../agents/main.ts";
import { createJoinToken, ensureCluster } from "../../cli/join.ts";
import { ApiError, connect, type Kube } from "../../cli/kube.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { startSimulation } from "../../sim/simulation.ts";
import { eventually } from "./processes.ts";

export interface Platform {
  url: string;
  /** PEM. */
  ca: string;
  token: string;
  stop(): Promise<void>;
}

const MAPS = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "tomcat:11" }] } },
  },
};

export function defineSmoke(start: () => Promise<Platform>): void {
  let platform: Platform;
  let kube: Kube;
  const dir = mkdtempSync(join(tmpdir(), "hanse-smoke-"));
  const ending = new AbortController();
  const running: Promise<unknown>[] = [];
  let simulation: Awaited<ReturnType<typeof startSimulation>>;
  let member: Kube;

  beforeAll(async () => {
    platform = await start();
    kube = connect({ server: platform.url, ca: platform.ca, token: platform.token });
  });
  afterAll(async () => {
    ending.abort();
    await Promise.allSettled(running);
    await simulation?.stop();
    await platform?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it("lets anyone see health and version, and nobody else anything more", async () => {
    const anonymous = connect({ server: platform.url, ca: platform.ca });
    const wrong = connect({ server: platform.url, ca: platform.ca, token: "wrong" });
    expect(await anonymous.request("GET", "/version")).toMatchObject({
      gitVersion: expect.stringMatching(/^v1\.36\.3\+hanse/),
    });
    for (const path of [
      MAPS,
      "/api",
      "/openapi/v3",
      "/openapi.yaml",
      "/clusters/paris/api/v1/configmaps",
      "/clusters/paris/hanse/v1/changes",
    ]) {
      expect([path, await statusOf(anonymous, path), await statusOf(wrong, path)]).toEqual([path, 401, 401]);
    }
  });

  it("creates, reads, lists, patches and deletes an object, and a watch sees each step once and in order", async () => {
    const listed = await kube.request<KubeObject>("GET", MAPS);
    const seen = watch(
      platform,
      `${MAPS}?watch=true&fieldSelector=metadata.name%3Dsettings&resourceVersion=${listed.metadata.resourceVersion}`,
      3,
    );
    const made = await kube.request<KubeObject>("POST", MAPS, {
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { a: "1" } },
    });
    expect((await kube.request<KubeObject>("GET", `${MAPS}/settings`)).metadata.uid).toBe(made.metadata.uid);
    expect(
      (await kube.request<{ items: KubeObject[] }>("GET", MAPS)).items.map((item) => item.metadata.name),
    ).toContain("settings");
    const patched = await kube.request<KubeObject>("PATCH", `${MAPS}/settings`, {
      body: { data: { b: "2" } },
      contentType: "application/merge-patch+json",
    });
    expect(patched.data).toEqual({ a: "1", b: "2" });
    await kube.request("DELETE", `${MAPS}/settings`);
    expect(await statusOf(kube, `${MAPS}/settings`)).toBe(404);
    const events = await seen;
    expect(events.map((event) => event.type)).toEqual(["ADDED", "MODIFIED", "DELETED"]);
    const versions = events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it("watches over a WebSocket as browsers do: the token as a subprotocol, one event a message", async () => {
    const listed = await kube.request<KubeObject>("GET", MAPS);
    const path = `${MAPS}?watch=1&fieldSelector=metadata.name%3Dseen&resourceVersion=${listed.metadata.resourceVersion}`;
    const bearer = `base64url.bearer.authorization.k8s.io.${Buffer.from(platform.token).toString("base64url")}`;
    const url = platform.url.replace("https", "wss") + path;
    const socket = new WebSocket(url, [bearer, "base64.binary.k8s.io"], {
      ca: platform.ca,
      origin: "https://ui.example",
    });
    await once(socket, "open");
    expect(socket.protocol).toBe("base64.binary.k8s.io");
    const message = once(socket, "message") as Promise<[Buffer, boolean]>;
    await kube.request("POST", MAPS, { body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "seen" } } });
    const [text, binary] = await message;
    expect([JSON.parse(text.toString()).type, JSON.parse(text.toString()).object.metadata.name, binary]).toEqual([
      "ADDED",
      "seen",
      false,
    ]);
    socket.close();
    const refused = (protocols: string[], origin?: string) =>
      new Promise<number | undefined>((resolve) => {
        const wrong = new WebSocket(url, protocols, { ca: platform.ca, ...(origin && { origin }) });
        wrong.on("error", () => {});
        wrong.on("unexpected-response", (_request, response) => resolve(response.statusCode));
      });
    expect(await refused([bearer, "base64.binary.k8s.io"])).toBe(403);
    expect(await refused([`${bearer}x`, "base64.binary.k8s.io"], "https://ui.example")).toBe(401);
    expect(await refused([bearer], "https://ui.example")).toBe(401);
  });

  it("serves discovery and OpenAPI v3", async () => {
    expect(await kube.request<{ groups: { name: string }[] }>("GET", "/apis")).toMatchObject({
      groups: expect.arrayContaining([
        expect.objectContaining({ name: "apps" }),
        expect.objectContaining({ name: "hanse.dev" }),
      ]),
    });
    expect(await kube.request("GET", "/openapi/v3")).toHaveProperty("paths.apis/apps/v1");
  });

  it("P10 joins a cluster by a one-off token, which opens nothing else and works once", async () => {
    simulation = await startSimulation({
      members: [{ name: "paris", nodes: 1, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 50 }],
      clock: Date.now,
    });
    await ensureCluster(kube, "paris", "eu-west");
    const token = await createJoinToken(kube, "paris");
    expect(await statusOf(connect({ server: platform.url, ca: platform.ca, token }), MAPS)).toBe(401);
    writeFileSync(join(dir, "ca.crt"), platform.ca);
    writeFileSync(join(dir, "member"), simulation.kubeconfig("paris"));
    member = connect({ server: simulation.url("paris"), token: simulation.token("paris") });
    running.push(
      runAgent({
        server: platform.url,
        caFile: join(dir, "ca.crt"),
        token,
        dataDir: join(dir, "agent"),
        kubeconfig: join(dir, "member"),
        signal: ending.signal,
        log: () => {},
      }),
    );
    await eventually("paris is Ready", async () => {
      const cluster = await kube.request<KubeObject>("GET", "/apis/hanse.dev/v1alpha1/clusters/paris");
      return cluster.status?.conditions?.some(
        (condition: { type: string; status: string }) => condition.type === "Ready" && condition.status === "True",
      );
    });
    const node = await kube.request<KubeObject>("GET", "/api/v1/nodes/paris");
    expect(node.metadata.labels?.["topology.kubernetes.io/region"]).toBe("eu-west");
    const again = {
      token,
      publicKey: { kty: "OKP", crv: "Ed25519", x: "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqo" },
      agentVersion: "test",
    };
    await expect(kube.request("POST", "/hanse/v1/register", { body: again })).rejects.toMatchObject({ status: 401 });
  });

  it("runs a Deployment in the cluster: Ready at the root, shown in the view, present in the member", async () => {
    await kube.request("PATCH", `${DEPLOYMENTS}/web?fieldManager=smoke`, {
      body: web,
      contentType: "application/apply-patch+yaml",
    });
    await eventually("web is Ready", async () => {
      const { metadata, status } = await kube.request<KubeObject>("GET", `${DEPLOYMENTS}/web`);
      if (status?.observedGeneration !== metadata.generation || status.readyReplicas !== 2)
        throw new Error(JSON.stringify(status));
      return true;
    });
    expect((await member.request<KubeObject>("GET", `${DEPLOYMENTS}/web`)).status.readyReplicas).toBe(2);
    const view = await kube.request<KubeObject>("GET", `/clusters/paris${DEPLOYMENTS}/web`);
    expect(view).toMatchObject({ spec: { replicas: 2 }, status: { readyReplicas: 2 } });
    await expect(kube.request("DELETE", `/clusters/paris${DEPLOYMENTS}/web`)).rejects.toMatchObject({ status: 405 });
  });

  it("deletes it from the member when it is deleted at the root", async () => {
    await kube.request("DELETE", `${DEPLOYMENTS}/web`);
    await eventually("web is gone from the member", async () => (await statusOf(member, `${DEPLOYMENTS}/web`)) === 404);
    await eventually(
      "web is gone from the view",
      async () => (await statusOf(kube, `/clusters/paris${DEPLOYMENTS}/web`)) === 404,
    );
    expect(await statusOf(kube, `${DEPLOYMENTS}/web`)).toBe(404);
  });
}

async function statusOf(kube: Kube, path: string): Promise<number> {
  try {
    await kube.request("GET", path);
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

interface WatchEvent {
  type: string;
  object: KubeObject;
}

/** The first `count` events of a watch, which then hangs up. */
function watch(platform: Platform, path: string, count: number): Promise<WatchEvent[]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${platform.token}` };
    const request = https.get(new URL(path, platform.url), { ca: platform.ca, headers, agent: false }, (response) => {
      const events: WatchEvent[] = [];
      const lines = createInterface({ input: response });
      lines.on("line", (line) => {
        events.push(JSON.parse(line) as WatchEvent);
        if (events.length < count) return;
        lines.close();
        response.destroy();
        resolve(events);
      });
      response.on("error", reject);
      response.on("end", () => reject(new Error(`the watch ended after ${events.length} events`)));
    });
    request.on("error", reject);
  });
}
