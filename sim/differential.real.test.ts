// A simulated member beside a real control plane (controller-manager, scheduler, kwok): the same Deployment through the same changes
// ends in the same status, ReplicaSets and pods, but for names, addresses and times.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Loose } from "../kinds/object.ts";
import { type ControlPlane, startControlPlane } from "../test/real/controlplane.ts";
import { describeReal } from "../test/real/describe.ts";
import { type Simulation, startSimulation } from "./simulation.ts";

type Call = (
  method: string,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<{ status: number; body: any }>;

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const REPLICASETS = "/apis/apps/v1/namespaces/default/replicasets";
const PODS = "/api/v1/namespaces/default/pods";

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { team: "a" }, annotations: { note: "x" } },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1" }] } },
  },
};

const merge = "application/merge-patch+json";
const image = (name: string): Loose => ({ spec: { template: { spec: { containers: [{ name: "c", image: name }] } } } });

/** Each step, and whether the rollout runs to its end after it. */
const STEPS: [string, (call: Call) => Promise<unknown>][] = [
  ["created", (call) => call("POST", DEPLOYMENTS, deployment)],
  [
    "other image",
    (call) => call("PATCH", `${DEPLOYMENTS}/web`, image("nginx:2"), "application/strategic-merge-patch+json"),
  ],
  ["scaled up", (call) => call("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 6 } }, merge)],
  ["scaled down", (call) => call("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 1 } }, merge)],
  [
    "back to the first image",
    (call) => call("PATCH", `${DEPLOYMENTS}/web`, image("nginx:1"), "application/strategic-merge-patch+json"),
  ],
  ["to zero", (call) => call("PATCH", `${DEPLOYMENTS}/web`, { spec: { replicas: 0 } }, merge)],
  [
    "and recreated",
    (call) =>
      call(
        "PATCH",
        `${DEPLOYMENTS}/web`,
        { spec: { replicas: 2, strategy: { type: "Recreate", rollingUpdate: null } } },
        merge,
      ),
  ],
  [
    "with a third image",
    (call) => call("PATCH", `${DEPLOYMENTS}/web`, image("nginx:3"), "application/strategic-merge-patch+json"),
  ],
];

function isDone({ metadata, spec, status }: Loose): boolean {
  const progressing = status.conditions?.find((one: Loose) => one.type === "Progressing");
  return (
    status.observedGeneration === metadata.generation &&
    (status.replicas ?? 0) === spec.replicas &&
    (status.updatedReplicas ?? 0) === spec.replicas &&
    (status.availableReplicas ?? 0) === spec.replicas &&
    !status.unavailableReplicas &&
    !status.terminatingReplicas &&
    progressing?.reason === "NewReplicaSetAvailable"
  );
}

/** Names of ReplicaSets end in a hash of their own kind. */
const unnamed = (text: string): string => text.replace(/web-[a-z0-9]+/g, "web-HASH");
const sorted = (items: Loose[]): Loose[] =>
  items
    .map((item) => JSON.stringify(item))
    .sort()
    .map((text) => JSON.parse(text));

async function outcome(call: Call): Promise<Loose> {
  let found: Loose;
  do {
    found = (await call("GET", `${DEPLOYMENTS}/web`)).body;
    if (!isDone(found)) await new Promise((resolve) => setTimeout(resolve, 50));
  } while (!isDone(found));
  const { conditions, terminatingReplicas: _, ...counts } = found.status;
  const sets = (await call("GET", REPLICASETS)).body.items;
  const pods = (await call("GET", PODS)).body.items.filter((pod: Loose) => !pod.metadata.deletionTimestamp);
  return {
    annotations: found.metadata.annotations,
    counts,
    conditions: sorted(
      conditions.map(({ type, status, reason, message }: Loose) => ({
        type,
        status,
        reason,
        message: unnamed(message),
      })),
    ),
    sets: sorted(sets.map(setOutcome)),
    pods: sorted(pods.map(podOutcome)),
  };
}

function setOutcome({ metadata, spec, status }: Loose): Loose {
  const { "pod-template-hash": _, ...labels } = metadata.labels;
  const { annotations } = metadata;
  const { terminatingReplicas: __, observedGeneration: ___, ...counts } = status;
  return {
    labels,
    annotations,
    replicas: spec.replicas,
    image: spec.template.spec.containers[0].image,
    counts,
    owner: metadata.ownerReferences[0].kind,
  };
}

function podOutcome({ metadata, spec, status }: Loose): Loose {
  const conditions = Object.fromEntries(status.conditions.map((one: Loose) => [one.type, one.status]));
  return {
    name: unnamed(metadata.generateName),
    owner: metadata.ownerReferences[0].kind,
    image: spec.containers[0].image,
    bound: spec.nodeName !== undefined,
    phase: status.phase,
    ready: conditions.Ready,
    scheduled: conditions.PodScheduled,
  };
}

describeReal("a simulated member and a real control plane", () => {
  let plane: ControlPlane;
  let simulation: Simulation;
  beforeAll(async () => {
    simulation = await startSimulation({
      members: [{ name: "sim", nodes: 2, cpuPerNode: "8", memoryPerNode: "32Gi", podStartMs: 20 }],
      clock: Date.now,
    });
    plane = await startControlPlane({ name: "sim", controllers: true, kwok: true });
  }, 90_000);
  afterAll(async () => {
    await simulation?.stop();
    await plane?.stop();
  });

  const simulated: Call = async (method, path, body, contentType = "application/json") => {
    const headers = { authorization: `Bearer ${simulation.token("sim")}`, "content-type": contentType };
    const response = await fetch(`${simulation.url("sim")}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };

  it.each(STEPS)(
    "agree when a Deployment is %s",
    async (_name, step) => {
      await Promise.all([step(simulated), step(plane.call)]);
      const [ours, theirs] = await Promise.all([outcome(simulated), outcome(plane.call)]);
      expect(ours).toEqual(theirs);
    },
    60_000,
  );
});
