// What autoscalers and budgets say at the root: sums, and nothing good of a cluster that nobody hears of.
import { describe, expect, test } from "vitest";
import type { Binding } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { budgetStatus, scalerStatus } from "./finder.ts";
import type { Member } from "./member.ts";

const NOW = Date.UTC(2026, 0, 1);
const NOW_TEXT = "2026-01-01T00:00:00Z";
const ref = { apiVersion: "v1", kind: "X", resource: "xs", namespace: "default", name: "x", uid: "x" };
const binding: Binding = { template: ref, templateGeneration: 2, generation: 5, revision: "r", share: {}, needs: [] };
const object = (status: Loose): KubeObject => ({
  apiVersion: "v1",
  kind: "X",
  metadata: { name: "x", generation: 2 },
  status,
});
const member = (cluster: string, status: Loose, more: Partial<Member> & { generation?: number } = {}): Member => {
  const { generation = 5, ...rest } = more;
  return {
    cluster,
    binding,
    reachable: true,
    report: { template: ref, generation, memberGeneration: 7, status: { observedGeneration: 7, ...status } },
    ...rest,
  };
};
const type = (status: Loose, name: string): Loose => status.conditions?.find((one: Loose) => one.type === name);

describe("a budget", () => {
  const counts = (allowed: number, healthy: number) => ({
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: 2,
    expectedPods: 3,
  });
  const budget = (before: Loose, members: Member[], nowMs = NOW): Loose =>
    budgetStatus({ object: object(before), members, nowMs }).status;
  test("is the sum, for the root's generation", () => {
    expect(budget({}, [member("b", counts(1, 3)), member("a", counts(0, 2))])).toEqual({
      observedGeneration: 2,
      disruptionsAllowed: 1,
      currentHealthy: 5,
      desiredHealthy: 4,
      expectedPods: 6,
      conditions: [
        {
          type: "DisruptionAllowed",
          status: "True",
          reason: "SufficientPods",
          message: "",
          lastTransitionTime: NOW_TEXT,
          observedGeneration: 2,
        },
      ],
    });
  });
  test("P12 has nothing healthy in a cluster nobody hears of, and lets nothing go there", () => {
    const status = budget({}, [member("a", counts(1, 3), { reachable: false }), member("b", counts(0, 2))]);
    expect(status).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 4, expectedPods: 6 });
    expect(status.observedGeneration).toBe(2);
    expect(type(status, "DisruptionAllowed")).toMatchObject({ status: "False", reason: "InsufficientPods" });
  });
  test.each<[string, Member]>([
    ["holds an older one", member("b", counts(1, 3), { generation: 4 })],
    ["has not looked", member("b", { ...counts(1, 3), observedGeneration: 6 })],
    ["was only just given it", member("b", { disruptionsAllowed: 0, observedGeneration: undefined })],
  ])("P12 has observed nothing new while a cluster %s", (_what, late) => {
    expect(budget({ observedGeneration: 1 }, [member("a", counts(1, 3)), late]).observedGeneration).toBe(1);
  });
  test("keeps off what was evicted at the root, for two minutes", () => {
    const before = { disruptedPods: { old: "2025-12-31T23:57:00Z", new: "2025-12-31T23:59:00Z" } };
    const input = { object: object(before), members: [member("a", counts(2, 4))], nowMs: NOW };
    const { status, againMs } = budgetStatus(input);
    expect(status).toMatchObject({ disruptionsAllowed: 1, disruptedPods: { new: "2025-12-31T23:59:00Z" } });
    expect(againMs).toBe(60_000);
    const later = budgetStatus({ ...input, nowMs: NOW + 60_000 });
    expect(later.status).toMatchObject({ disruptionsAllowed: 2 });
    expect(later.status).not.toHaveProperty("disruptedPods");
    expect(later).not.toHaveProperty("againMs");
  });
  test("says which cluster cannot compute it", () => {
    const failing = { type: "DisruptionAllowed", status: "False", reason: "SyncFailed", message: "no scale" };
    const status = budget({}, [member("a", { ...counts(0, 0), conditions: [failing] }), member("b", counts(1, 3))]);
    expect(type(status, "DisruptionAllowed")).toMatchObject({ reason: "SyncFailed", message: "a: no scale" });
  });
});

describe("an autoscaler", () => {
  const condition = (name: string, status: string, message: string): Loose => ({
    type: name,
    status,
    reason: `${name}${status}`,
    message,
  });
  const said = (pods: number, conditions: Loose[] = [], utilization = 50): Loose => ({
    currentReplicas: pods,
    desiredReplicas: pods + 1,
    conditions,
    currentMetrics: [
      {
        type: "Resource",
        resource: { name: "cpu", current: { averageUtilization: utilization, averageValue: "1" } },
      },
    ],
  });
  const scaler = (members: Member[], before: Loose = {}): Loose =>
    scalerStatus({ object: object(before), members, nowMs: NOW });
  test("is the sum, its utilization that of all pods", () => {
    const times = ["2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"].map((lastScaleTime) => ({ lastScaleTime }));
    const status = scaler([
      member("a", { ...said(1, [], 20), ...times[1] }),
      member("b", { ...said(3, [], 80), ...times[0] }),
    ]);
    expect(status).toEqual({
      observedGeneration: 2,
      lastScaleTime: times[1]?.lastScaleTime,
      currentReplicas: 4,
      desiredReplicas: 6,
      currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: 65 } } }],
    });
  });
  test("of one cluster its metrics are as they are", () => {
    expect(scaler([member("a", said(1))]).currentMetrics).toEqual(said(1).currentMetrics);
  });
  test.each<[string, Loose[], Loose]>([
    [
      "active where all are",
      [condition("ScalingActive", "True", "fine"), condition("ScalingActive", "True", "fine")],
      { status: "True", message: "fine" },
    ],
    [
      "not active where one is not",
      [condition("ScalingActive", "True", "fine"), condition("ScalingActive", "False", "no metrics")],
      { status: "False", message: "b: no metrics" },
    ],
    [
      "limited where one is",
      [condition("ScalingLimited", "False", "fine"), condition("ScalingLimited", "True", "too many")],
      { status: "True", message: "b: too many" },
    ],
  ])("is %s", (_what, [a, b], wanted) => {
    const status = scaler([member("a", said(1, [a])), member("b", said(1, [b]))]);
    expect(type(status, a?.type)).toMatchObject(wanted);
    expect(scaler([member("b", said(1, [b])), member("a", said(1, [a]))], status)).toEqual(status);
  });
  test("P12 is not active where nobody hears of it", () => {
    const fine = condition("ScalingActive", "True", "fine");
    const status = scaler([member("a", said(1, [fine])), member("b", said(1, [fine]), { reachable: false })]);
    expect(type(status, "ScalingActive")).toMatchObject({ status: "False", reason: "ClusterNotReady" });
    expect(status.currentReplicas).toBe(2);
  });
});
