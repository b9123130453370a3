// The workloads of a simulated member that are not Deployments: they run, roll over, end, and leave nothing behind but what is orphaned.
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Loose } from "../kinds/object.ts";
import { type SimulatedMember, startMember } from "./member.ts";

let member: SimulatedMember;
let now = Date.parse("2026-01-01T00:00:30Z");
const logged: string[] = [];

beforeEach(async () => {
  now = Date.parse("2026-01-01T00:00:30Z");
  logged.length = 0;
  member = await startMember(
    { name: "paris", nodes: 2, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 0 },
    {
      clock: () => now,
      uid: () => crypto.randomUUID(),
      random: Math.random,
      documents: { handle: async () => undefined },
      log: (line) => logged.push(line),
    },
  );
});

afterEach(async () => {
  await member.stop();
  expect(logged).toEqual([]);
});

async function call(method: string, path: string, body?: unknown, type = "application/json"): Promise<Loose> {
  const response = await member.fetch(
    new Request(`http://sim/members/paris${path}`, {
      method,
      headers: { authorization: `Bearer ${member.token}`, "content-type": type },
      body: body === undefined ? undefined : JSON.stringify(body),
    }),
  );
  const answer = JSON.parse(await response.text()) as Loose;
  if (response.status >= 300 && response.status !== 404) throw new Error(JSON.stringify(answer));
  return answer;
}

const WATCHED = [
  "pods",
  "jobs.batch",
  "statefulsets.apps",
  "daemonsets.apps",
  "replicationcontrollers",
  "deployments.apps",
];

/** Waits for events, not for time: looks again after every change in the store. */
async function until(look: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const version = await member.store.version();
    if (await look()) return;
    const ending = new AbortController();
    const select = WATCHED.map((resource) => ({ resource }));
    for await (const batch of member.store.watch({ from: version, select, signal: ending.signal }))
      if (batch.events.length > 0) break;
    ending.abort();
  }
}

/** Its controllers have nothing to do: no event tells. */
async function settled(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (!member.idle());
}

const APPS = "/apis/apps/v1/namespaces/default";
const BATCH = "/apis/batch/v1/namespaces/default";
const CORE = "/api/v1/namespaces/default";
const podTemplate = (image: string, spec: Loose = {}): Loose => ({
  metadata: { labels: { app: "x" } },
  spec: { containers: [{ name: "c", image }], ...spec },
});
const workload = (kind: string, spec: Loose): Loose => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "x" },
  spec: { selector: { matchLabels: { app: "x" } }, template: podTemplate("nginx:1"), ...spec },
});
const pods = async (): Promise<Loose[]> => (await call("GET", `${CORE}/pods`)).items;

it("a StatefulSet makes its pods and claims in order, replaces them from above, and leaves the claims", async () => {
  const claim = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  await call(
    "POST",
    `${APPS}/statefulsets`,
    workload("StatefulSet", { serviceName: "x", replicas: 3, volumeClaimTemplates: [claim] }),
  );
  await until(async () => (await call("GET", `${APPS}/statefulsets/x`)).status.availableReplicas === 3);
  expect((await pods()).map((pod) => pod.metadata.name)).toEqual(["x-0", "x-1", "x-2"]);
  const claims = (await call("GET", `${CORE}/persistentvolumeclaims`)).items;
  expect(claims.map((one: Loose) => `${one.metadata.name} ${one.status.phase}`)).toEqual([
    "data-x-0 Bound",
    "data-x-1 Bound",
    "data-x-2 Bound",
  ]);
  const merge = "application/merge-patch+json";
  await call(
    "PATCH",
    `${APPS}/statefulsets/x`,
    { spec: { template: podTemplate("nginx:2") } },
    "application/strategic-merge-patch+json",
  );
  await until(async () => {
    const { status, metadata } = await call("GET", `${APPS}/statefulsets/x`);
    return (
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === 3 &&
      status.currentRevision === status.updateRevision &&
      status.readyReplicas === 3
    );
  });
  expect((await pods()).every((pod) => pod.spec.containers[0].image === "nginx:2")).toBe(true);
  await call("PATCH", `${APPS}/statefulsets/x`, { spec: { replicas: 1 } }, merge);
  await until(async () => (await pods()).length === 1);
  await call("DELETE", `${APPS}/statefulsets/x`);
  await until(async () => (await pods()).length === 0);
  expect((await call("GET", `${CORE}/persistentvolumeclaims`)).items).toHaveLength(3);
});

it("a DaemonSet runs on each node", async () => {
  await call("POST", `${APPS}/daemonsets`, workload("DaemonSet", {}));
  await until(async () => (await call("GET", `${APPS}/daemonsets/x`)).status.numberAvailable === 2);
  expect(new Set((await pods()).map((pod) => pod.spec.nodeName)).size).toBe(2);
});

it("a Job runs so many at once until enough have succeeded", async () => {
  const spec = {
    completions: 3,
    parallelism: 2,
    completionMode: "Indexed",
    template: podTemplate("busybox", { restartPolicy: "Never" }),
  };
  await call("POST", `${BATCH}/jobs`, { apiVersion: "batch/v1", kind: "Job", metadata: { name: "x" }, spec });
  await until(async () => (await call("GET", `${BATCH}/jobs/x`)).status.completionTime !== undefined);
  const { status } = await call("GET", `${BATCH}/jobs/x`);
  expect(status).toMatchObject({ succeeded: 3, ready: 0 });
  expect(status.conditions.map(({ type }: Loose) => type)).toEqual(["SuccessCriteriaMet", "Complete"]);
  expect(
    (await pods()).map((pod) => pod.metadata.annotations["batch.kubernetes.io/job-completion-index"]).sort(),
  ).toEqual(["0", "1", "2"]);
});

it("a CronJob fires at its minute, once", async () => {
  const template = podTemplate("busybox", { restartPolicy: "Never" });
  await call("POST", `${BATCH}/cronjobs`, {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "x" },
    spec: { schedule: "1 * * * *", jobTemplate: { spec: { template } } },
  });
  await settled();
  expect((await call("GET", `${BATCH}/jobs`)).items).toEqual([]);
  now = Date.parse("2026-01-01T00:01:05Z");
  await call(
    "PATCH",
    `${BATCH}/cronjobs/x`,
    { metadata: { labels: { look: "again" } } },
    "application/merge-patch+json",
  );
  await until(async () => (await call("GET", `${BATCH}/jobs`)).items.length === 1);
  await call(
    "PATCH",
    `${BATCH}/cronjobs/x`,
    { metadata: { labels: { look: "twice" } } },
    "application/merge-patch+json",
  );
  await until(async () => (await call("GET", `${BATCH}/jobs`)).items[0].status.completionTime !== undefined);
  const jobs = (await call("GET", `${BATCH}/jobs`)).items;
  expect(jobs.map((job: Loose) => job.metadata.name)).toEqual([`x-${Date.parse("2026-01-01T00:01:00Z") / 60_000}`]);
});

it("a bare pod that is not restarted has Succeeded; one that is deleted is gone", async () => {
  const pod = (name: string, restartPolicy: string): Loose => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { restartPolicy, containers: [{ name: "c", image: "busybox" }] },
  });
  await call("POST", `${CORE}/pods`, pod("once", "Never"));
  await call("POST", `${CORE}/pods`, pod("stays", "Always"));
  await until(async () => {
    const phases = (await pods()).map((one) => one.status.phase);
    return phases.join() === "Succeeded,Running";
  });
  await call("DELETE", `${CORE}/pods/stays`);
  await until(async () => (await pods()).length === 1);
});

it.each(["Background", "Foreground", "Orphan"])("a Deployment deleted with %s", async (propagationPolicy) => {
  await call("POST", `${APPS}/deployments`, workload("Deployment", { replicas: 2 }));
  await until(async () => (await call("GET", `${APPS}/deployments/x`)).status.availableReplicas === 2);
  await call("DELETE", `${APPS}/deployments/x`, { propagationPolicy });
  await until(async () => (await call("GET", `${APPS}/deployments/x`)).code === 404);
  await settled();
  if (propagationPolicy !== "Orphan") await until(async () => (await pods()).length === 0);
  else {
    const [set] = (await call("GET", `${APPS}/replicasets`)).items;
    expect(set.metadata.ownerReferences).toBeUndefined();
    expect(await pods()).toHaveLength(2);
  }
});
