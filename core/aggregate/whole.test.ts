// The root's status of what is placed whole: the member's words, the root's generation (P12), and what became of what is gone.
import { describe, expect, test } from "vitest";
import type { Binding, Report } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { Decision } from "../schedule/decision.ts";
import { settled } from "./member.ts";
import { wholeStatus } from "./whole.ts";

const NOW = "2026-01-01T00:00:00Z";
const ref = { apiVersion: "v1", kind: "X", resource: "xs", namespace: "default", name: "x", uid: "x" };
const binding: Binding = {
  template: ref,
  templateGeneration: 2,
  generation: 5,
  revision: "r",
  share: {},
  pods: 2,
  needs: [],
};
const decision: Decision = {
  template: ref,
  templateGeneration: 2,
  replicas: 1,
  pods: 2,
  unplaced: 0,
  verdicts: [{ cluster: "paris", share: 1 }],
  revisions: [],
  lingering: false,
};
const SPECS: Record<string, Loose> = {
  pod: { containers: [{ name: "c" }] },
  job: { parallelism: 2, template: { spec: {} } },
  set: { replicas: 2, template: { spec: {} } },
  cron: { jobTemplate: { spec: {} } },
};
const INITIAL: Record<string, Loose> = {
  pod: { phase: "Pending", qosClass: "BestEffort" },
  job: {},
  set: { replicas: 0, availableReplicas: 0 },
  cron: {},
};

interface Said {
  before?: Loose;
  reported?: Loose;
  report?: Partial<Report>;
  reachable?: boolean;
  decided?: Partial<Decision>;
  placed?: boolean;
}

function status(what: string, said: Said): Loose {
  const { before = INITIAL[what], reported, report, reachable = true, decided, placed = true } = said;
  const template: KubeObject = {
    apiVersion: "v1",
    kind: "X",
    metadata: { name: "x", namespace: "default", uid: "x", generation: 2 },
    spec: SPECS[what],
    status: before,
  };
  const told: Report = {
    template: ref,
    generation: 5,
    memberGeneration: 7,
    ...(reported === undefined ? {} : { status: reported }),
    ...report,
  };
  return wholeStatus({
    template,
    decision: { ...decision, ...decided },
    members: placed ? [{ cluster: "paris", binding, reachable, report: told }] : [],
    followerFailures: [],
    now: NOW,
    once: what === "pod" || what === "job",
    initial: INITIAL[what],
  });
}

const type = (all: Loose, name: string): Loose => all.conditions?.find((one: Loose) => one.type === name);
const gone: Partial<Report> = { failure: { reason: "Gone", message: "deleted", since: NOW, permanent: true } };
const unplaced: Said = {
  placed: false,
  decided: { unplaced: 1, verdicts: [{ cluster: "paris", share: 0, whyNot: "NoCapacity" }] },
};

describe("counted", () => {
  const whole = {
    observedGeneration: 7,
    replicas: 2,
    readyReplicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
    currentRevision: "x-1",
  };
  test("P12 what the member says stands for the root's generation once it observed what it was given", () => {
    expect(status("set", { reported: whole })).toMatchObject({ ...whole, observedGeneration: 2 });
  });
  test.each<[string, Said]>([
    ["an older generation of the binding is applied", { reported: whole, report: { generation: 4 } }],
    ["the member's controllers have not looked", { reported: { ...whole, observedGeneration: 6 } }],
    ["no decision for this generation", { reported: whole, decided: { templateGeneration: 1 } }],
    ["nothing is reported", {}],
  ])("P12 it does not while %s", (_what, said) => {
    expect(status("set", { before: { ...INITIAL["set"], observedGeneration: 1 }, ...said }).observedGeneration).toBe(1);
  });
  test("P12 nothing is ready in a cluster nobody hears of", () => {
    const silent = status("set", { reported: whole, reachable: false });
    expect(silent).toMatchObject({ replicas: 2, availableReplicas: 0 });
    expect(silent).not.toHaveProperty("readyReplicas");
    expect(silent).not.toHaveProperty("updatedReplicas");
    expect(type(silent, "hanse.dev/Applied")).toMatchObject({ status: "False", reason: "ClusterNotReady" });
  });
  test("P12 unplaced it has observed nothing and says why", () => {
    const waits = status("set", unplaced);
    expect(waits).toMatchObject({ replicas: 0 });
    expect(waits).not.toHaveProperty("observedGeneration");
    expect(type(waits, "hanse.dev/Placed")).toEqual({
      type: "hanse.dev/Placed",
      status: "False",
      lastTransitionTime: NOW,
      reason: "Unplaced",
      message: "no cluster has room for 2 pods (paris: NoCapacity)",
    });
  });
  const history = ["r0", "r1", "r2"].map((name, index) => ({ number: index + 1, name }));
  const rolling = { ...whole, currentRevision: "m1", updateRevision: "m2" };
  const over = { ...whole, currentRevision: "m2", updateRevision: "m2" };
  const at = (currentRevision?: string, updateRevision?: string): Loose => ({ currentRevision, updateRevision });
  const older: Partial<Report> = { generation: 4 };
  test.each<[string, Loose, Loose, Partial<Report>, Loose]>([
    ["under way", at("r1", "r1"), rolling, {}, at("r1", "r2")],
    ["through", at("r1", "r2"), over, {}, at("r2", "r2")],
    ["not told yet, all at the one before", at("r1", "r1"), over, older, at("r1", "r1")],
    ["not told yet, under way to the one before", at("r0", "r1"), rolling, older, at("r0", "r1")],
    ["its last end was never heard", at("r2", "r2"), rolling, {}, at("r1", "r2")],
    ["of before there were records", at("m1", "m1"), over, older, at()],
    ["of before there were records, through", at("m1", "m1"), over, {}, at("r2", "r2")],
  ])("P12 revisions are the root's: %s", (_what, names, reported, report, wanted) => {
    const before = { ...INITIAL["set"], ...names };
    const { currentRevision, updateRevision } = status("set", { before, reported, report, decided: { history } });
    expect({ currentRevision, updateRevision }).toEqual(wanted);
  });
  test("saying the same again changes nothing", () => {
    const once = status("set", { reported: whole });
    expect(status("set", { before: once, reported: whole })).toEqual(once);
  });
});

describe("a Job", () => {
  const running = { startTime: NOW, active: 2, ready: 1, uncountedTerminatedPods: {} };
  const complete = {
    startTime: NOW,
    completionTime: NOW,
    succeeded: 2,
    conditions: [{ type: "Complete", status: "True" }],
  };
  test("is what the member says, without a condition of ours", () => {
    expect(status("job", { reported: running })).toEqual(running);
    expect(status("job", { reported: complete })).toEqual(complete);
  });
  test("stays over, whatever comes after", () => {
    expect(status("job", { before: complete, reported: running })).toEqual(complete);
    expect(status("job", { before: complete, reported: running, report: gone })).toEqual(complete);
    expect(status("job", { before: complete, placed: false, decided: { lost: "paris", verdicts: [] } })).toEqual(
      complete,
    );
  });
  test.each<[string, Said, string]>([
    ["deleted in its cluster", { reported: running, report: gone }, "Gone"],
    ["its cluster left", { before: running, placed: false, decided: { lost: "paris", verdicts: [] } }, "ClusterGone"],
  ])("has failed: %s", (_what, said, reason) => {
    const failed = status("job", said);
    expect(failed.conditions.map((one: Loose) => `${one.type} ${one.status} ${one.reason}`)).toEqual([
      `FailureTarget True ${reason}`,
      `Failed True ${reason}`,
    ]);
    expect(failed).not.toHaveProperty("active");
    expect(failed.startTime).toBe(NOW);
    expect(status("job", { ...said, before: failed })).toEqual(failed);
  });
});

describe("a Pod", () => {
  const running = {
    phase: "Running",
    observedGeneration: 7,
    podIP: "10.0.0.1",
    conditions: [
      { type: "PodScheduled", status: "True", observedGeneration: 7 },
      { type: "Ready", status: "True", observedGeneration: 7 },
    ],
    containerStatuses: [{ name: "c", ready: true, state: { running: {} } }],
  };
  test("P12 is what the member says, in the root's generations", () => {
    expect(status("pod", { reported: running })).toEqual({
      ...running,
      observedGeneration: 2,
      conditions: running.conditions.map((one) => ({ ...one, observedGeneration: 2 })),
    });
  });
  test("is scheduled once it has a cluster, and pending before it is heard of", () => {
    const fresh = status("pod", {});
    expect(fresh).toMatchObject({ phase: "Pending", qosClass: "BestEffort" });
    expect(type(fresh, "PodScheduled")).toEqual({
      type: "PodScheduled",
      status: "True",
      lastProbeTime: null,
      lastTransitionTime: NOW,
    });
    expect(status("pod", { before: fresh })).toEqual(fresh);
  });
  test.each<[string, Said, Loose]>([
    ["no room", unplaced, { status: "False", reason: "Unschedulable" }],
    [
      "gated",
      { placed: false, decided: { unplaced: 1, gated: true, verdicts: [] } },
      { status: "False", reason: "SchedulingGated" },
    ],
  ])("says why it is not scheduled: %s", (_what, said, condition) => {
    expect(type(status("pod", said), "PodScheduled")).toMatchObject(condition);
  });
  test("P12 is not ready in a cluster nobody hears of, and is again when it is", () => {
    const silent = status("pod", { reported: running, reachable: false });
    expect(type(silent, "Ready")).toMatchObject({ status: "False", reason: "NodeNotReady" });
    expect(silent.phase).toBe("Running");
    expect(type(silent, "hanse.dev/Applied")).toMatchObject({ reason: "ClusterNotReady" });
    const back = status("pod", { before: silent, reported: running });
    expect(type(back, "Ready").status).toBe("True");
    expect(type(back, "hanse.dev/Applied")).toBeUndefined();
  });
  test("says what keeps it from its cluster", () => {
    const refused = { failure: { reason: "Rejected", message: "quota", since: NOW, permanent: true } };
    expect(type(status("pod", { report: refused }), "hanse.dev/Applied")).toMatchObject({
      status: "False",
      reason: "Rejected",
      message: "paris: Rejected: quota",
    });
  });
  test("gone from its cluster it has failed, and its containers with it", () => {
    const failed = status("pod", { reported: running, report: gone });
    expect(failed).toMatchObject({ phase: "Failed", reason: "Gone", message: "paris: deleted" });
    expect(type(failed, "Ready")).toMatchObject({ status: "False", reason: "PodFailed" });
    expect(failed.containerStatuses[0]).toMatchObject({ ready: false, state: { terminated: { exitCode: 137 } } });
  });
  test("once it has ended it stays so", () => {
    const ended = { ...running, phase: "Succeeded" };
    expect(status("pod", { before: ended, reported: running, report: gone }).phase).toBe("Succeeded");
    expect(status("pod", { reported: ended, report: gone }).phase).toBe("Succeeded");
  });
});

test("a CronJob's status has no conditions", () => {
  expect(status("cron", { reported: { lastScheduleTime: NOW } })).toEqual({ lastScheduleTime: NOW });
  expect(status("cron", { reachable: false })).toEqual({});
});

describe("settled", () => {
  const say = (reported: Loose): boolean =>
    settled(binding, { template: ref, generation: 5, memberGeneration: 1, status: reported });
  test.each<[string, Loose, boolean]>([
    [
      "all updated and available",
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      true,
    ],
    ["an old one left", { observedGeneration: 1, replicas: 2, updatedReplicas: 1, availableReplicas: 2 }, false],
    ["never looked at", { replicas: 0, availableReplicas: 0 }, false],
    [
      "nodes to go",
      { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2 },
      false,
    ],
    [
      "all nodes",
      { observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 },
      true,
    ],
    ["a Job at work", { active: 1 }, false],
    ["a CronJob with a Job at work", { active: [{}] }, false],
    ["a CronJob at rest", { lastScheduleTime: NOW }, true],
  ])("%s", (_what, reported, expected) => {
    expect(say(reported)).toBe(expected);
  });
});
