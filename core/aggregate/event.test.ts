// What `kubectl describe` says about a decision: where a workload runs, and why and why not.
import { expect, test } from "vitest";
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
