// What `kubectl describe` says about a decision: where a workload runs, and why and why not.
import { expect, test } from "vitest";
import type { PlacementSpec } from "../../kinds/placement.ts";
import type { Decision, Verdict } from "../schedule/decision.ts";
import { placementEvent } from "./event.ts";

const NOW = "2026-01-01T00:00:00Z";
const template = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  resource: "deployments.apps",
  namespace: "shop",
  name: "web",
  uid: "u",
};
const decision = (replicas: number, verdicts: Verdict[]): Decision => ({
  template,
  templateGeneration: 1,
  replicas,
  unplaced: replicas - verdicts.reduce((sum, { share }) => sum + share, 0),
  verdicts,
  revisions: [],
  lingering: false,
});
const paris = (share: number): Verdict => ({ cluster: "paris", share, capacity: 9 });

test.each<[string, string, Decision]>([
  [
    "Placed",
    "3 replicas by free capacity: tokyo 2 (room for 4); paris 1 (room for 9)",
    decision(3, [paris(1), { cluster: "tokyo", share: 2, capacity: 4 }]),
  ],
  [
    "Placed",
    "1 replica by free capacity: paris 1 (room for 9); none in tokyo (NotReady)",
    decision(1, [paris(1), { cluster: "tokyo", share: 0, whyNot: "NotReady" }]),
  ],
  [
    "Placed",
    "1 replica by free capacity: paris 1 (Cordoned: keeps what it has)",
    decision(1, [{ ...paris(1), whyNot: "Cordoned" }]),
  ],
  [
    "Placed",
    "1 replica by free capacity: paris 1 (room for 9); none in tokyo (Expelled: silent since noon)",
    decision(1, [paris(1), { cluster: "tokyo", share: 0, whyNot: "Expelled", detail: "silent since noon" }]),
  ],
  [
    "Unplaced",
    "2 replicas by free capacity: paris 2 (room for 9); 1 of 3 replicas fit in no cluster (paris: full at 2)",
    decision(3, [paris(2)]),
  ],
  ["Unplaced", "1 of 1 replicas fit in no cluster (there is no cluster)", decision(1, [])],
])("P12 %s: %s", (reason, message, made) => {
  const event = placementEvent(made, undefined, NOW, "e");
  expect(event).toMatchObject({
    reason,
    message,
    type: reason === "Placed" ? "Normal" : "Warning",
    count: 1,
    metadata: { namespace: "shop", uid: "e" },
  });
  expect(event?.["involvedObject"]).toEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: "shop",
    name: "web",
    uid: "u",
  });
});

test.each<[string, PlacementSpec, Partial<Verdict>, Partial<Decision>]>([
  ["by free capacity", {}, {}, {}],
  ["evenly", { weighing: "Even" }, {}, {}],
  ["in as few clusters as fit", { weighing: "Pack" }, {}, {}],
  ["by weights alone", { weighing: "Static" }, { scores: { Weight: 3 } }, {}],
  ["by free capacity, with weights", {}, { scores: { Weight: 3 } }, {}],
  [
    "evenly, with preferred affinity, taints",
    { weighing: "Even" },
    { scores: { NodeAffinity: 1, TaintToleration: -1 } },
    {},
  ],
  ["by free capacity, with order of groups", {}, { scores: { Group: 1 } }, {}],
  ["in every cluster", {}, {}, { everywhere: true }],
  ["as they stood", {}, {}, { frozen: { reason: "PlacementGone", message: "gone" } }],
])("P12 the Event says how replicas were divided: %s", (how, spec, verdict, said) => {
  const made = { ...decision(2, [{ ...paris(2), ...verdict }]), ...said };
  expect(placementEvent(made, undefined, NOW, "e", spec)).toMatchObject({
    message: `2 replicas ${how}: paris 2 (room for 9)`,
  });
});

test("said once for each change of shares, never for a change of room alone, nor for nothing at all", () => {
  const before = { value: decision(2, [paris(2)]), version: 7 };
  expect(placementEvent(decision(2, [{ ...paris(2), capacity: 5 }]), before, NOW, "e")).toBeUndefined();
  expect(placementEvent({ ...before.value, templateGeneration: 2 }, before, NOW, "e")).toBeUndefined();
  expect(placementEvent(decision(0, []), undefined, NOW, "e")).toBeUndefined();
  expect(placementEvent(decision(0, []), before, NOW, "e")).toMatchObject({ message: "nothing to run" });
  const names = [undefined, before, { ...before, version: 8 }].map(
    (old) => placementEvent(decision(3, [paris(3)]), old, NOW, "e")?.metadata.name,
  );
  expect(new Set(names).size).toBe(3);
});
