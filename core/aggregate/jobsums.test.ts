// A Job in several clusters is one to clients: over once, for the right reason, and in a form that upstream's validation of a status accepts.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Binding } from "../../kinds/binding.ts";
import { validateJobStatus } from "../../kinds/job/status.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { Decision } from "../schedule/decision.ts";
import { settled, type Member } from "./member.ts";
import { wholeStatus } from "./whole.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString().replace(".000", "");
const NOW = at(30);
const ref = { apiVersion: "batch/v1", kind: "Job", resource: "jobs.batch", namespace: "default", name: "x", uid: "x" };
const decision: Decision = {
  template: ref,
  templateGeneration: 1,
  replicas: 4,
  unplaced: 0,
  verdicts: [],
  revisions: [],
  lingering: false,
};
const binding = (completions: number): Binding => ({
  template: ref,
  templateGeneration: 1,
  generation: 1,
  revision: "r",
  share: { "spec.parallelism": 2, "spec.completions": completions },
  needs: [],
});
const job = (status: Loose): KubeObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "x", namespace: "default", uid: "x", generation: 1 },
  spec: { parallelism: 4, completions: 4, template: { spec: { containers: [] } } },
  status,
});
interface Said {
  status?: Loose;
  reachable?: boolean;
  gone?: boolean;
}
const member = ({ status, reachable = true, gone = false }: Said, index: number): Member => ({
  cluster: `c${index}`,
  binding: binding(2),
  reachable,
  ...(status === undefined
    ? {}
    : {
        report: {
          template: ref,
          generation: 1,
          memberGeneration: 1,
          status,
          ...(gone ? { failure: { reason: "Gone", message: "deleted", since: NOW, permanent: true } } : {}),
        },
      }),
});
const sums = (said: readonly Said[], before: Loose = {}, decided: Partial<Decision> = {}): Loose =>
  wholeStatus({
    template: job(before),
    decision: { ...decision, ...decided },
    members: said.map(member),
    followerFailures: [],
    now: NOW,
    once: true,
    initial: {},
  });
const types = (status: Loose): string[] =>
  (status.conditions ?? []).map((one: Loose) => `${one.type} ${one.status} ${one.reason}`);
const running = (succeeded = 0): Loose => ({
  startTime: at(1),
  active: 2 - succeeded,
  succeeded,
  ready: 1,
  terminating: 0,
});
const condition = (type: string, reason = "Why"): Loose => ({ type, status: "True", reason, message: "words" });
const complete = (minute: number): Loose => ({
  startTime: at(2),
  completionTime: at(minute),
  succeeded: 2,
  ready: 0,
  terminating: 0,
  conditions: [condition("SuccessCriteriaMet"), condition("Complete")],
});
const failed: Loose = {
  startTime: at(3),
  failed: 7,
  ready: 0,
  terminating: 0,
  conditions: [condition("FailureTarget", "BackoffLimitExceeded"), condition("Failed", "BackoffLimitExceeded")],
};

test("is the sum of its shares while they run, begun with the first", () => {
  expect(sums([{ status: running() }, { status: complete(9) }])).toEqual({
    startTime: at(1),
    active: 2,
    succeeded: 2,
    ready: 1,
    terminating: 0,
  });
});
test("P12 is complete when every share is, at the time of the last, and stays so", () => {
  const over = sums([{ status: complete(9) }, { status: complete(7) }]);
  expect(over).toMatchObject({ startTime: at(2), completionTime: at(9), succeeded: 4 });
  expect(types(over)).toEqual(["SuccessCriteriaMet True CompletionsReached", "Complete True CompletionsReached"]);
  expect(sums([{ status: running() }], over)).toEqual(over);
});
test.each<[string, Said[], Partial<Decision>]>([
  ["a share runs", [{ status: complete(9) }, { status: running() }], {}],
  ["a share was never heard of", [{ status: complete(9) }, {}], {}],
  ["a share has no cluster", [{ status: complete(9) }, { status: complete(9) }], { unplaced: 1 }],
  ["it is not decided", [{ status: complete(9) }, { status: complete(9) }], { templateGeneration: 0 }],
])("P12 is not complete while %s", (_what, said, decided) => {
  expect(types(sums(said, {}, decided))).toEqual([]);
});
describe("has failed", () => {
  test.each<[string, Said[], Partial<Decision>, string, string]>([
    ["a share failed for good", [{ status: failed }, { status: complete(9) }], {}, "BackoffLimitExceeded", "c0: words"],
    [
      "a share was deleted in its cluster",
      [{ status: running(), gone: true }, { status: complete(9) }],
      {},
      "Gone",
      "c0: deleted",
    ],
    [
      "its cluster left with a share",
      [{ status: complete(9) }],
      {},
      "ClusterGone",
      "2 of its completions went with a cluster that left the federation",
    ],
  ])("%s", (_what, said, decided, reason, message) => {
    const over = sums(said, {}, decided);
    expect(types(over)).toEqual([`FailureTarget True ${reason}`, `Failed True ${reason}`]);
    expect(over.conditions[0].message).toBe(message);
    expect(over).not.toHaveProperty("active");
    expect(over).not.toHaveProperty("completionTime");
    expect(sums([{ status: complete(9) }, { status: complete(9) }], over)).toEqual(over);
  });
  test("also where it was gone before its cluster said anything of it", () => {
    const failure = { reason: "Gone", message: "deleted", since: NOW, permanent: true };
    const { report: _none, ...silent } = member({}, 0);
    const input = { template: job({}), decision, followerFailures: [], now: NOW, once: true, initial: {} };
    const report = { template: ref, generation: 1, failure };
    expect(types(wholeStatus({ ...input, members: [{ ...silent, report }] }))).toEqual([
      "FailureTarget True Gone",
      "Failed True Gone",
    ]);
  });
  test("is said at once, and done when no pod runs any more where anybody is heard of", () => {
    const target = sums([{ status: failed }, { status: running() }]);
    expect(types(target)).toEqual(["FailureTarget True BackoffLimitExceeded"]);
    expect(target.active).toBe(2);
    expect(types(sums([{ status: failed }, { status: complete(9) }], target))).toHaveLength(2);
    expect(types(sums([{ status: failed }, { status: running(), reachable: false }], target))).toHaveLength(2);
  });
});
test("is suspended where all of it is, and resumed with its first", () => {
  const suspended = { conditions: [condition("Suspended", "JobSuspended")] };
  expect(types(sums([{ status: suspended }, { status: suspended }]))).toEqual(["Suspended True JobSuspended"]);
  expect(types(sums([{ status: suspended }, { status: running() }]))).toEqual(["Suspended False JobResumed"]);
});
test("nothing is ready in a cluster nobody hears of", () => {
  expect(sums([{ status: running() }, { status: running(), reachable: false }])).toMatchObject({ active: 4, ready: 1 });
});
test("a share is settled when none of its pods runs", () => {
  expect(settled(binding(2), member({ status: running() }, 0).report)).toBe(false);
  expect(settled(binding(2), member({ status: complete(9) }, 0).report)).toBe(true);
});

test("P11, P12: whatever the clusters say, each status is one that Kubernetes accepts after the one before, and an end stays", () => {
  const status = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom(
      {},
      running(),
      running(1),
      complete(5),
      complete(9),
      failed,
      { conditions: "none" },
      { active: "many" },
    ),
  );
  const said = fc.record({ status, reachable: fc.boolean(), gone: fc.boolean() });
  const step = fc.record({ members: fc.tuple(said, said), unplaced: fc.nat(1), templateGeneration: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      let before: Loose = {};
      for (const { members, ...decided } of steps) {
        const next = sums(members, before, decided);
        expect(validateJobStatus(job(next), job(before))).toEqual([]);
        if (types(before).some((one) => /^(Complete|Failed) /.test(one))) expect(next).toEqual(before);
        expect(sums(members, next, decided)).toEqual(next);
        before = next;
      }
    }),
    { numRuns: 3000 },
  );
});
