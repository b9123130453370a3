// A simulated member as its clients see it: Deployments become Ready pods, roll over, scale, go; namespaces empty themselves.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Loose } from "../kinds/object.ts";
import { type SimulatedMember, startMember } from "./member.ts";

const PARIS = { name: "paris", region: "eu-west", nodes: 2, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 5 };

let member: SimulatedMember;
const logged: string[] = [];

beforeEach(async () => {
  logged.length = 0;
  member = await startMember(PARIS, {
    clock: Date.now,
    uid: () => crypto.randomUUID(),
    random: Math.random,
    documents: { handle: async () => undefined },
    log: (line) => logged.push(line),
  });
});

afterEach(async () => {
  await member.stop();
  expect(logged).toEqual([]);
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  contentType = "application/json",
): Promise<{ code: number; body: Loose }> {
  const response = await member.fetch(
    new Request(`http://sim/members/paris${path}`, {
      method,
      headers: { authorization: `Bearer ${member.token}`, "content-type": contentType },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
  const text = await response.text();
  return { code: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const PODS = "/api/v1/namespaces/default/pods";

function deployment(changes: Loose = {}): Loose {
  const { spec = {}, container = {} } = changes;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "nginx:1", ...container }] },
      },
      ...spec,
    },
  };
}

/** Waits for events, not for time: looks again after every change in the store. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const version = await member.store.version();
    const found = await look();
    if (found !== undefined) return found;
    const ending = new AbortController();
    const select = ["deployments.apps", "replicasets.apps", "pods", "namespaces"].map((resource) => ({ resource }));
    for await (const batch of member.store.watch({ from: version, select, signal: ending.signal })) {
      if (batch.events.length > 0) break;
    }
    ending.abort();
  }
}

const complete = async (): Promise<Loose | undefined> => {
  const { body } = await call("GET", `${DEPLOYMENTS}/web`);
  const { status, spec, metadata } = body;
  const done =
    status.observedGeneration === metadata.generation &&
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas;
  return done ? body : undefined;
};

describe("a simulated member", () => {
  it("starts with namespaces, their furniture and Ready nodes", async () => {
    const furniture = await until(async () => {
      const { body } = await call("GET", "/api/v1/namespaces/default/serviceaccounts");
      return body.items.length > 0 ? body : undefined;
    });
    expect(furniture.items[0].metadata.name).toBe("default");
    const { body: namespaces } = await call("GET", "/api/v1/namespaces");
    expect(namespaces.items.map((one: Loose) => one.metadata.name)).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
    ]);
    const { body: nodes } = await call("GET", "/api/v1/nodes");
    expect(
      nodes.items.map((one: Loose) => [one.metadata.name, one.status.allocatable.cpu, one.status.conditions[0].status]),
    ).toEqual([
      ["paris-node-0", "4", "True"],
      ["paris-node-1", "4", "True"],
    ]);
  });

  it("refuses requests without its token", async () => {
    const response = await member.fetch(new Request("http://sim/members/paris/api/v1/nodes"));
    expect(response.status).toBe(401);
  });

  it("makes a Deployment's pods Ready, spread over nodes, with the status a real controller writes", async () => {
    expect((await call("POST", DEPLOYMENTS, deployment())).code).toBe(201);
    const { status, metadata } = await until(complete);
    expect(metadata.annotations["deployment.kubernetes.io/revision"]).toBe("1");
    expect(status).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    });
    expect(status.unavailableReplicas).toBeUndefined();
    const conditions = Object.fromEntries(status.conditions.map((one: Loose) => [one.type, [one.status, one.reason]]));
    expect(conditions).toEqual({
      Available: ["True", "MinimumReplicasAvailable"],
      Progressing: ["True", "NewReplicaSetAvailable"],
    });
    const { body: pods } = await call("GET", PODS);
    expect(pods.items.map((pod: Loose) => pod.status.phase)).toEqual(["Running", "Running", "Running"]);
    expect(new Set(pods.items.map((pod: Loose) => pod.spec.nodeName)).size).toBe(2);
    expect(new Set(pods.items.map((pod: Loose) => pod.status.podIP)).size).toBe(3);
  });

  it("rolls a new image out within maxSurge and maxUnavailable", async () => {
    await call("POST", DEPLOYMENTS, deployment({ spec: { replicas: 4 } }));
    await until(complete);
    const seen: { total: number; available: number }[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      const from = await member.store.version();
      for await (const _ of member.store.watch({ from, select: [{ resource: "pods" }], signal: ending.signal })) {
        const { body } = await call("GET", PODS);
        const available = body.items.filter((pod: Loose) =>
          pod.status.conditions?.some((one: Loose) => one.type === "Ready" && one.status === "True"),
        );
        seen.push({ total: body.items.length, available: available.length });
      }
    })();
    const patch = { spec: { template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } } } };
    await call("PATCH", `${DEPLOYMENTS}/web`, patch, "application/strategic-merge-patch+json");
    const done = await until(complete);
    ending.abort();
    await watching;
    expect(done.metadata.annotations["deployment.kubernetes.io/revision"]).toBe("2");
    const { body: pods } = await call("GET", PODS);
    expect(new Set(pods.items.map((pod: Loose) => pod.spec.containers[0].image))).toEqual(new Set(["nginx:2"]));
    expect(seen.length).toBeGreaterThan(3);
    // 25 % of 4: one more, one fewer.
    expect(Math.max(...seen.map(({ total }) => total))).toBeLessThanOrEqual(5);
    expect(Math.min(...seen.map(({ available }) => available))).toBeGreaterThanOrEqual(3);
    const { body: sets } = await call("GET", "/apis/apps/v1/namespaces/default/replicasets");
    expect(sets.items.map((set: Loose) => set.spec.replicas).sort()).toEqual([0, 4]);
  });

  it("recreates when asked to, never running both", async () => {
    await call("POST", DEPLOYMENTS, deployment({ spec: { strategy: { type: "Recreate" } } }));
    await until(complete);
    const patch = { spec: { template: { spec: { containers: [{ name: "c", image: "nginx:2" }] } } } };
    await call("PATCH", `${DEPLOYMENTS}/web`, patch, "application/strategic-merge-patch+json");
    await until(complete);
    const { body: pods } = await call("GET", PODS);
    expect(pods.items.map((pod: Loose) => pod.spec.containers[0].image)).toEqual(["nginx:2", "nginx:2", "nginx:2"]);
  });

  it("scales by /scale, and to zero", async () => {
    await call("POST", DEPLOYMENTS, deployment());
    await until(complete);
    for (const replicas of [5, 0]) {
      await call("PATCH", `${DEPLOYMENTS}/web/scale`, { spec: { replicas } }, "application/merge-patch+json");
      await until(async () => ((await complete())?.spec.replicas === replicas ? true : undefined));
      expect((await call("GET", PODS)).body.items.length).toBe(replicas);
    }
  });

  it("replaces a pod that is deleted and collects everything of a deleted Deployment", async () => {
    await call("POST", DEPLOYMENTS, deployment());
    await until(complete);
    const { body: before } = await call("GET", PODS);
    await call("DELETE", `${PODS}/${before.items[0].metadata.name}`);
    await until(async () => {
      const { body } = await call("GET", PODS);
      return body.items.length === 3 &&
        body.items.every((pod: Loose) => pod.metadata.uid !== before.items[0].metadata.uid)
        ? true
        : undefined;
    });
    await call("DELETE", `${DEPLOYMENTS}/web`);
    await until(async () => {
      const sets = await call("GET", "/apis/apps/v1/namespaces/default/replicasets");
      const pods = await call("GET", PODS);
      return sets.body.items.length + pods.body.items.length === 0 ? true : undefined;
    });
  });

  it("leaves what does not fit Pending with the scheduler's words, and starts it when there is room", async () => {
    await call("POST", DEPLOYMENTS, deployment({ container: { resources: { requests: { cpu: "3" } } } }));
    const waiting = await until(async () => {
      const { body } = await call("GET", PODS);
      return body.items.find((pod: Loose) => pod.status.conditions?.[0]?.reason === "Unschedulable");
    });
    expect(waiting.status.conditions[0].message).toBe("0/2 nodes are available: 2 Insufficient cpu.");
    const node = (await call("GET", "/api/v1/nodes/paris-node-0")).body;
    const bigger = { ...node, metadata: { name: "paris-node-9" }, status: undefined };
    await call("POST", "/api/v1/nodes", bigger);
    await call(
      "PATCH",
      "/api/v1/nodes/paris-node-9/status",
      { status: { capacity: { cpu: "8", memory: "16Gi", pods: "110" } } },
      "application/merge-patch+json",
    );
    await until(complete);
  });

  it("says no when a planted fault refuses an object", async () => {
    member.faults.refuse = (object) => (object.kind === "Deployment" ? "no workloads on Sundays" : undefined);
    const { code, body } = await call("POST", DEPLOYMENTS, deployment());
    expect([code, body.reason, body.message]).toEqual([
      403,
      "Forbidden",
      'deployments.apps "web" is forbidden: no workloads on Sundays',
    ]);
  });

  it("never says Ready of pods that a planted fault holds back", async () => {
    member.faults.neverReady = () => true;
    await call("POST", DEPLOYMENTS, deployment());
    const { status } = await until(async () => {
      const { body } = await call("GET", PODS);
      const stuck = body.items.filter(
        (pod: Loose) => pod.status.containerStatuses?.[0]?.state?.waiting?.reason === "ImagePullBackOff",
      );
      return stuck.length === 3 ? (await call("GET", `${DEPLOYMENTS}/web`)).body : undefined;
    });
    expect(status.readyReplicas).toBeUndefined();
    expect(status.conditions.find((one: Loose) => one.type === "Available").status).toBe("False");
  });

  it("empties a namespace that is deleted, then lets it go", async () => {
    await call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    await call("POST", "/apis/apps/v1/namespaces/shop/deployments", deployment());
    await call("POST", "/api/v1/namespaces/shop/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", finalizers: ["test/hold"] },
    });
    const { code, body } = await call("DELETE", "/api/v1/namespaces/shop");
    expect([code, body.status.phase]).toEqual([200, "Terminating"]);
    await until(async () =>
      (await call("GET", "/api/v1/namespaces/shop/pods")).body.items.length === 0 ? true : undefined,
    );
    expect((await call("GET", "/api/v1/namespaces/shop")).code).toBe(200);
    await call(
      "PATCH",
      "/api/v1/namespaces/shop/configmaps/held",
      { metadata: { finalizers: null } },
      "application/merge-patch+json",
    );
    await until(async () => ((await call("GET", "/api/v1/namespaces/shop")).code === 404 ? true : undefined));
  });
});
