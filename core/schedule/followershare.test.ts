// Bounds and budgets that are divided promise together what the whole promised.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findingOf, isFound, type FollowerRule } from "./finding.ts";
import { followerShares } from "./followershare.ts";
import { revisionContent } from "./revision.ts";
import type { KubeObject } from "../../kinds/object.ts";

const MIN = "spec.minReplicas";
const MAX = "spec.maxReplicas";
const scaler: FollowerRule = { rule: "follower", finds: { target: "scaleTargetRef" }, divided: [MIN, MAX] };
const AVAILABLE = "spec.minAvailable";
const budget: FollowerRule = {
  rule: "follower",
  finds: { pods: "selector" },
  divided: [AVAILABLE, "spec.maxUnavailable"],
};
const object = (spec: object): KubeObject => ({ apiVersion: "v1", kind: "X", metadata: { name: "x" }, spec });
const sum = (shares: Map<string, Record<string, number>>, path: string): number =>
  [...shares.values()].reduce((all, share) => all + (share[path] ?? 0), 0);

test.each<[string, FollowerRule, object, Record<string, number>, boolean, object]>([
  ["bounds", scaler, { minReplicas: 2, maxReplicas: 10 }, { a: 3, b: 2 }, false, { a: [1, 6], b: [1, 4] }],
  ["no cluster below one", scaler, { minReplicas: 1, maxReplicas: 1 }, { a: 5, b: 1 }, false, { a: [1, 1], b: [1, 1] }],
  ["down to zero", scaler, { minReplicas: 0, maxReplicas: 4 }, { a: 1, b: 1 }, false, { a: [0, 2], b: [0, 2] }],
  ["copies", scaler, { minReplicas: 2, maxReplicas: 4 }, { a: 3, b: 3 }, true, { a: [2, 4], b: [2, 4] }],
  ["a budget", budget, { minAvailable: 3 }, { a: 4, b: 1 }, false, { a: [2], b: [1] }],
  ["one disruption", budget, { maxUnavailable: 1 }, { a: 4, b: 1 }, false, { a: [1], b: [0] }],
  ["percentages", budget, { minAvailable: "50%" }, { a: 4, b: 1 }, false, { a: [], b: [] }],
  ["nothing yet", budget, { minAvailable: 2 }, {}, false, {}],
])("divides %s", (_what, rule, spec, parts, copied, wanted) => {
  const shares = followerShares(object(spec), rule, new Map(Object.entries(parts)), copied);
  expect(Object.fromEntries([...shares].map(([name, share]) => [name, Object.values(share)]))).toEqual(wanted);
});

const parts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.nat(50), { minKeys: 1 });
test("P7 a budget's parts add up to the whole; an autoscaler's too, where each cluster can have its one", () => {
  fc.assert(
    fc.property(parts, fc.nat(60), fc.nat(60), (of, first, more) => {
      const clusters = new Map(Object.entries(of));
      expect(sum(followerShares(object({ minAvailable: first }), budget, clusters, false), AVAILABLE)).toBe(first);
      const bounds = { minReplicas: first, maxReplicas: Math.max(1, first + more) };
      const shares = followerShares(object(bounds), scaler, clusters, false);
      const most = clusters.size;
      expect(sum(shares, MIN)).toBe(first === 0 ? 0 : Math.max(first, most));
      expect(sum(shares, MAX)).toBe(Math.max(bounds.maxReplicas, sum(shares, MIN), most));
      for (const share of shares.values()) expect(share[MAX]).toBeGreaterThanOrEqual(Math.max(1, share[MIN] ?? 0));
    }),
  );
});

describe("what is divided is no part of the revision", () => {
  test.each([
    [scaler, { minReplicas: 1, maxReplicas: 3, metrics: [] }, { metrics: [] }],
    [budget, { minAvailable: 2, selector: {} }, { selector: {} }],
    [budget, { minAvailable: "50%", selector: {} }, { minAvailable: "50%", selector: {} }],
  ])("%#", (rule, spec, kept) => {
    expect(JSON.parse(revisionContent(object(spec), rule)).spec).toEqual(kept);
  });
});

describe("finds", () => {
  const template = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    resource: "deployments.apps",
    namespace: "default",
    name: "web",
    uid: "u",
  };
  const target = (change: object) => ({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web", ...change },
  });
  const policy: FollowerRule = { rule: "follower", finds: { pods: "podSelector" } };
  test.each<[string, FollowerRule, object, boolean]>([
    ["its target", scaler, target({}), true],
    ["in another version", scaler, target({ apiVersion: "apps/v1beta1" }), true],
    ["of another group", scaler, target({ apiVersion: "v1" }), false],
    ["another kind", scaler, target({ kind: "StatefulSet" }), false],
    ["another name", scaler, target({ name: "db" }), false],
    ["pods by label", policy, { podSelector: { matchLabels: { app: "web" } } }, true],
    ["other pods", policy, { podSelector: { matchLabels: { app: "db" } } }, false],
    ["pods by expression", policy, { podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }, true],
    ["all pods", policy, { podSelector: {} }, true],
    ["nothing", policy, {}, false],
    ["nothing, being named", { rule: "follower" }, { podSelector: {} }, false],
  ])("%s", (_what, rule, spec, found) => {
    const finding = findingOf(object(spec), rule);
    expect(finding !== undefined && isFound(finding, { template, labels: { app: "web" } })).toBe(found);
    if (finding !== undefined) expect(isFound(finding, { template })).toBe(false);
  });
});
