import { expect, test } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { openTrial } from "./trial.ts";

const V1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
const V2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
const MERGE = { "content-type": "application/merge-patch+json" };
const old = (name: string) => ({
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    maxReplicas: 5,
    targetCPUUtilizationPercentage: 50,
  },
});
const target = { type: "Utilization", averageUtilization: 50 };

test("what one version writes the other reads, as one object in the store", async () => {
  const { call, store } = await openTrial(MEMBER_KINDS);
  const made = await call("POST", V1, old("a"));
  expect(made.body).toMatchObject({ apiVersion: "autoscaling/v1", spec: { targetCPUUtilizationPercentage: 50 } });
  const { body } = await call("GET", `${V2}/a`);
  expect(body.spec.metrics).toEqual([{ type: "Resource", resource: { name: "cpu", target } }]);
  expect(body.metadata.resourceVersion).toBe(made.body.metadata.resourceVersion);
  await call("PATCH", `${V1}/a`, { spec: { minReplicas: 2 } }, MERGE);
  const rows = await store.list({ resource: "horizontalpodautoscalers.autoscaling" });
  expect(rows.rows.map((row) => JSON.parse(row.value).apiVersion)).toEqual(["autoscaling/v2"]);
  await call("PATCH", `${V2}/a`, { spec: { maxReplicas: 7 } }, MERGE);
  expect((await call("GET", V1)).body.items[0].spec.maxReplicas).toBe(7);
});

test("a write that changes nothing keeps its version, whatever version it is written in", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  const { body } = await call("POST", V2, {
    metadata: { name: "a" },
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 5 },
  });
  const seen = await call("GET", `${V1}/a`);
  const put = await call("PUT", `${V1}/a`, seen.body);
  expect(put.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
});

test("a watch shows the version that was asked for", async () => {
  const { call, request } = await openTrial(MEMBER_KINDS);
  const { body } = await call("POST", V1, old("a"));
  const before = Number(body.metadata.resourceVersion) - 1;
  await call("PATCH", `${V2}/a`, { spec: { maxReplicas: 6 } }, MERGE);
  const response = await request(`${V1}?watch=true&resourceVersion=${before}&timeoutSeconds=1`);
  const lines = (await response.text()).trim().split("\n");
  const events = lines.map((line) => JSON.parse(line));
  expect(events.map((e) => [e.type, e.object.apiVersion, e.object.spec.maxReplicas])).toEqual([
    ["ADDED", "autoscaling/v1", 5],
    ["MODIFIED", "autoscaling/v1", 6],
  ]);
});
