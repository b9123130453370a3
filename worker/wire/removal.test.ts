import { expect, test } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import type { CommitResult } from "../store/store.ts";
import { openTrial, type Trial } from "./trial.ts";

const PODS = "/api/v1/namespaces/default/pods";
const BUDGETS = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
const MERGE = { "content-type": "application/merge-patch+json" };

async function podIn(trial: Trial): Promise<void> {
  const spec = { nodeName: "n", containers: [{ name: "c", image: "i" }] };
  await trial.call("POST", PODS, { metadata: { name: "p", labels: { app: "p" } }, spec });
}

test.each([
  ["", 30, 30],
  ["?gracePeriodSeconds=5", 5, 5],
  ["?gracePeriodSeconds=-3", 1, 1],
])("DELETE%s leaves a running pod to its kubelet", async (query, seconds, left) => {
  const trial = await openTrial(MEMBER_KINDS);
  await podIn(trial);
  const { metadata } = (await trial.call("DELETE", `${PODS}/p${query}`)).body;
  expect(metadata).toMatchObject({ deletionGracePeriodSeconds: seconds, generation: 2 });
  expect(Date.parse(metadata.deletionTimestamp) - trial.clock.now).toBe(left * 1000);
  expect((await trial.call("GET", `${PODS}/p`)).body.metadata.deletionGracePeriodSeconds).toBe(seconds);
});

test("a grace that runs is only shortened, and never into the past", async () => {
  const trial = await openTrial(MEMBER_KINDS);
  await podIn(trial);
  const ask = async (query: string) => (await trial.call("DELETE", `${PODS}/p${query}`)).body.metadata;
  const first = await ask("");
  expect(await ask("?gracePeriodSeconds=60")).toEqual(first);
  trial.clock.now += 20_000;
  const late = await ask("?gracePeriodSeconds=10");
  expect(late.deletionGracePeriodSeconds).toBe(1);
  expect(Date.parse(late.deletionTimestamp)).toBe(trial.clock.now);
  await ask("?gracePeriodSeconds=0");
  expect((await trial.call("GET", `${PODS}/p`)).status).toBe(404);
});

test("a deletion that dies between its two commits is finished by the next", async () => {
  const trial = await openTrial(MEMBER_KINDS);
  await podIn(trial);
  const commit = trial.store.commit.bind(trial.store);
  trial.store.commit = async (c): Promise<CommitResult> => {
    if (c.ops[0]?.op === "delete") throw new Error("died");
    return commit(c);
  };
  expect((await trial.call("DELETE", `${PODS}/p?gracePeriodSeconds=0`)).status).toBe(500);
  trial.store.commit = commit;
  expect((await trial.call("GET", `${PODS}/p`)).body.metadata.deletionGracePeriodSeconds).toBe(0);
  expect((await trial.call("DELETE", `${PODS}/p`)).status).toBe(200);
  expect((await trial.call("GET", `${PODS}/p`)).status).toBe(404);
});

test.each([
  [{ observedGeneration: 0, disruptionsAllowed: 1 }, 429],
  [{ observedGeneration: 1, disruptionsAllowed: 0 }, 429],
  [{ observedGeneration: 1, disruptionsAllowed: 1 }, 201],
])("an eviction asks the budget: %j", async (state, status) => {
  const trial = await openTrial(MEMBER_KINDS);
  await podIn(trial);
  await trial.call(
    "PATCH",
    `${PODS}/p/status`,
    { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
    MERGE,
  );
  await trial.call("POST", BUDGETS, {
    metadata: { name: "b" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "p" } } },
  });
  const full = { currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, ...state };
  await trial.call("PATCH", `${BUDGETS}/b/status`, { status: full }, MERGE);
  const answer = await trial.call("POST", `${PODS}/p/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: "p" },
  });
  expect(answer.status).toBe(status);
  const going = (await trial.call("GET", `${PODS}/p`)).body.metadata.deletionTimestamp !== undefined;
  expect(going).toBe(status === 201);
  const left = (await trial.call("GET", `${BUDGETS}/b`)).body.status.disruptionsAllowed;
  expect(left).toBe(state.disruptionsAllowed - (status === 201 ? 1 : 0));
});
