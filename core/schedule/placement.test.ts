// How shares follow a Placement: weighing, weights, groups, spread, preferences, duplication, rebalancing. A table of stories.
import { describe, expect, test } from "vitest";
import type { Loose } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { divisionOf, explainUnplaced, type ScheduleCluster, type ScheduleInput } from "./schedule.ts";
import { cluster, deployment, DIVIDED, plan, REGION, shown, whyNots } from "./testing/world.ts";
import { scheduleWhole } from "./whole.ts";

const abc = (a: number, b: number, c: number): ScheduleCluster[] => [
  cluster("a", { pods: a, region: "eu" }),
  cluster("b", { pods: b, region: "us" }),
  cluster("c", { pods: c, region: "us" }),
];
const only = (...names: string[]) => ({ names });
const group = (...names: string[]) => ({ clusters: [only(...names)] });
const byRegion = (maxSkew = 1, whenUnsatisfiable: "DoNotSchedule" | "ScheduleAnyway" = "DoNotSchedule") => ({
  spread: [{ topologyKey: REGION, maxSkew, whenUnsatisfiable }],
});

type Case = [
  what: string,
  replicas: number,
  clusters: ScheduleCluster[],
  placement: PlacementSpec,
  shares: string,
  current?: Record<string, number>,
];

describe("P7 shares follow the Placement", () => {
  test.each<Case>([
    ["free capacity", 6, abc(30, 20, 10), {}, "a3 b2 c1"],
    ["even", 6, abc(30, 20, 10), { weighing: "Even" }, "a2 b2 c2"],
    ["pack: as few as fit, the roomiest first", 6, abc(4, 9, 5), { weighing: "Pack" }, "b6"],
    ["pack overflows", 11, abc(4, 9, 5), { weighing: "Pack" }, "b9 c2"],
    ["pack adds where some are", 3, abc(4, 9, 5), { weighing: "Pack" }, "a3", { a: 1 }],
    ["pack empties the least first", 4, abc(9, 9, 9), { weighing: "Pack" }, "b4", { a: 2, b: 5, c: 1 }],
    [
      "static",
      8,
      abc(9, 9, 9),
      {
        weighing: "Static",
        weights: [
          { clusters: only("a"), weight: 3 },
          { clusters: only("b"), weight: 1 },
        ],
      },
      "a6 b2",
    ],
    [
      "static: what is not named gets nothing, room or not",
      9,
      abc(2, 9, 9),
      { weighing: "Static", weights: [{ clusters: only("a"), weight: 3 }] },
      "a2",
    ],
    [
      "weights multiply free capacity",
      8,
      abc(10, 10, 10),
      { weights: [{ clusters: only("a"), weight: 2 }] },
      "a4 b2 c2",
    ],
    [
      "the first weight that matches counts",
      8,
      abc(10, 10, 10),
      {
        weights: [
          { clusters: only("a"), weight: 2 },
          { clusters: only("a"), weight: 900 },
        ],
      },
      "a4 b2 c2",
    ],
    ["a minimum comes first", 3, abc(90, 1, 5), { weights: [{ clusters: only("b", "c"), min: 1 }] }, "a1 b1 c1"],
    ["room permitting", 9, abc(90, 1, 5), { weights: [{ clusters: only("b"), min: 4 }] }, "a8 b1"],
    ["a maximum binds", 9, abc(90, 9, 9), { weights: [{ clusters: only("a"), max: 2 }] }, "a2 b4 c3"],
    ["minimums take from nobody", 4, abc(9, 9, 9), { weights: [{ clusters: only("b"), min: 3 }] }, "a3 b1", { a: 3 }],
    ["the first group first", 5, abc(3, 9, 9), { groups: [group("a"), group("b")] }, "a3 b2"],
    ["nothing in the second while the first has room", 3, abc(3, 9, 9), { groups: [group("a"), group("b")] }, "a3"],
    [
      "groups outside the selected clusters count not",
      5,
      abc(3, 9, 9),
      { clusters: [only("b", "c")], groups: [group("a"), group("b")] },
      "b5",
    ],
    [
      "it comes back from the last group first",
      4,
      abc(5, 9, 9),
      { groups: [group("a"), group("b", "c")] },
      "a3 b1",
      { a: 3, b: 2, c: 2 },
    ],
    [
      "what stands in a later group stays when the first has room again",
      5,
      abc(9, 9, 9),
      { groups: [group("a"), group("b")] },
      "a3 b2",
      { a: 2, b: 2 },
    ],
    [
      "a minimum in a later group comes before the first is full",
      4,
      abc(9, 9, 9),
      { groups: [group("a"), group("b")], weights: [{ clusters: only("b"), min: 1 }] },
      "a3 b1",
    ],
    ["spread by region", 6, abc(90, 9, 1), byRegion(), "a3 b3"],
    ["skew 2", 6, abc(90, 1, 1), byRegion(2), "a4 b1 c1"],
    ["spread stops where the other side is full", 9, abc(90, 1, 1), byRegion(), "a3 b1 c1"],
    [
      "fewer values than minDomains: skew from zero",
      9,
      abc(9, 9, 9),
      { spread: [{ topologyKey: REGION, maxSkew: 2, whenUnsatisfiable: "DoNotSchedule", minDomains: 3 }] },
      "a2 b1 c1",
    ],
    [
      "by cluster",
      9,
      abc(90, 1, 9),
      { spread: [{ topologyKey: "hanse.dev/cluster", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" }] },
      "a2 b1 c2",
    ],
    [
      "a silent region counts, as a node's does",
      6,
      [...abc(9, 9, 9), cluster("z", { region: "z", silent: 1 })],
      byRegion(),
      "a1 b1",
    ],
    [
      "the first group first under a constraint, too",
      3,
      abc(3, 9, 9),
      { ...byRegion(9), groups: [group("a"), group("b", "c")] },
      "a3",
    ],
    [
      "what gets nothing new shrinks in its part",
      10,
      [cluster("a", { pods: 9 }), cluster("b", { pods: 9, cordoned: true })],
      {},
      "a5 b5",
      { a: 9, b: 9 },
    ],
    [
      "spread gives way to a group, and comes back",
      4,
      abc(9, 9, 9),
      { ...byRegion(), groups: [group("a"), group("b")] },
      "a2 b2",
    ],
    ["ScheduleAnyway levels the regions", 8, abc(10, 10, 10), byRegion(1, "ScheduleAnyway"), "a4 b2 c2"],
    ["and gives way to room", 8, abc(2, 10, 10), byRegion(1, "ScheduleAnyway"), "a2 b3 c3"],
    [
      "PreferNoSchedule makes light",
      4,
      [...abc(9, 0, 0), cluster("d", { pods: 9, taints: [{ key: "x", effect: "PreferNoSchedule" }] })],
      {},
      "a4",
    ],
    [
      "and refuses nothing",
      9,
      [...abc(5, 0, 0), cluster("d", { pods: 9, taints: [{ key: "x", effect: "PreferNoSchedule" }] })],
      {},
      "a5 d4",
    ],
  ])("%s", (_what, replicas, clusters, placement, shares, current = {}) => {
    const decided = plan(
      deployment(replicas),
      clusters.map((each) => withRunning(each, current)),
      { placement, current },
    );
    expect(shown(decided.shares)).toBe(shares);
    expect(decided.unplaced).toBe(replicas - Object.values(decided.shares).reduce((a, b) => a + b, 0));
  });
  /** Its room is given without what stands. */
  function withRunning(each: ScheduleCluster, current: Record<string, number>): ScheduleCluster {
    const pods = Number(each.status?.free?.["pods"]) - (current[each.name] ?? 0);
    return { ...each, status: { ...each.status, free: { pods: String(pods) } } };
  }

  const preferring = (region: string): Loose => ({
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, preference: { matchExpressions: [{ key: REGION, operator: "In", values: [region] }] } },
        ],
      },
    },
  });
  test("preferred affinity draws, and gives way to room; scores say so", () => {
    expect(shown(plan(deployment(4, preferring("eu")), abc(9, 9, 9)).shares)).toBe("a4");
    const { shares, verdicts } = plan(deployment(9, preferring("eu")), abc(5, 9, 9));
    expect([shown(shares), verdicts.map(({ scores }) => scores?.["NodeAffinity"])]).toEqual(["a5 b2 c2", [1, 0, 0]]);
  });

  const constraint = (more: Loose): Loose => ({
    topologySpreadConstraints: [
      {
        topologyKey: REGION,
        maxSkew: 1,
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { app: "web" } },
        ...more,
      },
    ],
  });
  test.each<[string, Loose, ScheduleCluster[], string]>([
    ["counts its own pods", {}, abc(90, 9, 9), "a3 b2 c1"],
    ["others' pods are not counted here", { labelSelector: { matchLabels: { app: "other" } } }, abc(90, 9, 9), "a5 b1"],
    ["keys of the member are the member's", { topologyKey: "topology.kubernetes.io/zone" }, abc(90, 9, 9), "a5 b1"],
    [
      "tainted clusters count",
      {},
      [...abc(9, 9, 9), cluster("d", { region: "d", taints: [{ key: "x", effect: "NoSchedule" }] })],
      "a1 b1",
    ],
    [
      "unless taints are honored",
      { nodeTaintsPolicy: "Honor" },
      [...abc(9, 9, 9), cluster("d", { region: "d", taints: [{ key: "x", effect: "NoSchedule" }] })],
      "a3 b2 c1",
    ],
  ])("spread in the pod template: %s", (_what, more, clusters, shares) => {
    expect(shown(plan(deployment(6, constraint(more)), clusters).shares)).toBe(shares);
  });

  test("affinity narrows the values that count, unless ignored", () => {
    const nodeSelector = { [REGION]: "us" };
    expect(shown(plan(deployment(4, { nodeSelector, ...constraint({}) }), abc(9, 9, 9)).shares)).toBe("b2 c2");
    const ignoring = constraint({ nodeAffinityPolicy: "Ignore" });
    expect(shown(plan(deployment(4, { nodeSelector, ...ignoring }), abc(9, 9, 9)).shares)).toBe("b1");
  });
});

describe("P7 everywhere", () => {
  const everyone: ScheduleInput["rule"] = { rule: "workload", divided: [], division: "everywhere" };
  const duplicated: PlacementSpec = { division: "Duplicated" };
  const silent = cluster("s", { silent: 900 });
  test.each<[string, Partial<ScheduleInput>, ScheduleCluster[], string, number, number]>([
    ["one in each that is eligible, room or not", { rule: everyone }, [...abc(1, 0, 5), silent], "a1 b1 c1", 3, 0],
    ["it stays where it is silent", { rule: everyone, current: { s: 1 } }, [cluster("a"), silent], "a1 s1", 2, 0],
    [
      "not where it is expelled by a taint",
      { rule: everyone, current: { a: 1 } },
      [cluster("a", { taints: [{ key: "x", effect: "NoExecute" }] })],
      "",
      0,
      0,
    ],
    ["all replicas in each", { placement: duplicated }, abc(9, 9, 9), "a2 b2 c2", 6, 0],
    ["as many as fit", { placement: duplicated }, abc(9, 1, 0), "a2 b1", 6, 3],
    [
      "at most the maximum",
      { placement: { ...duplicated, weights: [{ clusters: only("a"), max: 1 }] } },
      abc(9, 9, 9),
      "a1 b2 c2",
      5,
      0,
    ],
    [
      "what the Placement leaves out keeps what it has",
      { placement: { ...duplicated, clusters: [only("a")] }, current: { b: 3 } },
      abc(9, 9, 9),
      "a2 b2",
      4,
      0,
    ],
    [
      "until it is followed anew",
      { placement: { ...duplicated, clusters: [only("a")] }, current: { b: 3 }, rebalance: true },
      abc(9, 9, 9),
      "a2",
      2,
      0,
    ],
    [
      "nor where it is tainted",
      { placement: duplicated, current: { a: 1 } },
      [cluster("a", { taints: [{ key: "x", effect: "NoSchedule" }] })],
      "a1",
      2,
      1,
    ],
    [
      "what stands stays though its room is gone",
      { placement: duplicated, current: { a: 2 }, running: {} },
      [cluster("a", { pods: 1 })],
      "a2",
      2,
      0,
    ],
    [
      "nothing new where it is cordoned",
      { placement: duplicated, current: { a: 1 } },
      [cluster("a", { cordoned: true })],
      "a1",
      2,
      1,
    ],
  ])("%s", (_what, more, clusters, shares, replicas, unplaced) => {
    const decided = plan(deployment(2), clusters, more);
    expect([decided.division, shown(decided.shares), decided.replicas, decided.unplaced]).toEqual([
      "everywhere",
      shares,
      replicas,
      unplaced,
    ]);
  });

  const pod = { ...deployment(1), spec: { containers: [{ name: "c" }] } };
  const indexed = { ...deployment(1), spec: { completionMode: "Indexed", parallelism: 3 } };
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "tick", uid: "tick", controller: true };
  const fired = { ...deployment(1), metadata: { ...deployment(1).metadata, ownerReferences: [owner] } };
  test.each<[string, ReturnType<typeof deployment>, ScheduleInput["rule"], PlacementSpec | undefined, string]>([
    ["replicas are divided", deployment(1), DIVIDED, undefined, "divided"],
    ["nothing to divide", deployment(1), { ...DIVIDED, divided: [] }, undefined, "whole"],
    ["the kind's own", deployment(1), { ...DIVIDED, division: "whole" }, undefined, "whole"],
    ["the Placement's word", deployment(1), { ...DIVIDED, division: "whole" }, { division: "Divided" }, "divided"],
    ["whole", deployment(1), DIVIDED, { division: "Whole" }, "whole"],
    ["duplicated", deployment(1), DIVIDED, duplicated, "everywhere"],
    ["a bare pod is one", pod, { ...DIVIDED, divided: [] }, duplicated, "whole"],
    ["what cannot be divided is not", deployment(1), everyone, { division: "Divided" }, "everywhere"],
    ["what a CronJob made is one", fired, { ...DIVIDED, once: true }, duplicated, "whole"],
    ["what a CronJob made is one, undivided too", fired, { ...DIVIDED, once: true }, undefined, "whole"],
    ["a Job of nobody is divided", deployment(1), { ...DIVIDED, once: true }, undefined, "divided"],
    ["indexes are one numbering", indexed, DIVIDED, { division: "Divided" }, "whole"],
  ])("which division: %s", (_what, template, rule, placement, division) => {
    expect(divisionOf(template, rule, placement)).toBe(division);
  });
});

describe("P7 rebalance", () => {
  const anew = (more: Partial<ScheduleInput>) => ({ rebalance: true, ...more });
  test.each<[string, number, ScheduleCluster[], Partial<ScheduleInput>, string]>([
    ["divides as if it had just come", 6, abc(0, 6, 6), { current: { a: 6 } }, "a2 b2 c2"],
    ["ties leave it where it is", 1, abc(9, 9, 8), { current: { c: 1 } }, "c1"],
    [
      "what a policy refuses goes",
      6,
      abc(0, 6, 6),
      { current: { a: 6 }, placement: { clusters: [only("b", "c")] } },
      "b3 c3",
    ],
    [
      "without it that stays",
      6,
      abc(0, 6, 6),
      { current: { a: 6 }, placement: { clusters: [only("b", "c")] }, rebalance: false },
      "a6",
    ],
    ["silent ones keep all of it", 6, [...abc(6, 6, 6), cluster("s", { silent: 9 })], { current: { s: 5 } }, "a1 s5"],
    ["also when it shrinks", 3, abc(0, 6, 6), { current: { a: 6 } }, "a1 b1 c1"],
    [
      "a maximum of nothing",
      2,
      abc(0, 6, 0),
      { current: { a: 6 }, placement: { weights: [{ clusters: only("a"), max: 0 }] } },
      "b2",
    ],
    [
      "silent ones keep theirs",
      6,
      [...abc(6, 6, 6), cluster("s", { silent: 9 })],
      { current: { s: 3 } },
      "a1 b1 c1 s3",
    ],
    ["cordoned ones too", 6, [cluster("a"), cluster("b", { cordoned: true })], { current: { b: 4 } }, "a2 b4"],
    [
      "what is above its maximum comes down",
      6,
      abc(0, 6, 6),
      { current: { a: 6 }, placement: { weights: [{ clusters: only("a"), max: 1 }] } },
      "a1 b3 c2",
    ],
    [
      "back to the first group",
      3,
      abc(9, 6, 9),
      { current: { b: 3 }, placement: { groups: [group("a"), group("b")] } },
      "a3",
    ],
    [
      "identities are moved only out of what refuses them",
      6,
      abc(6, 0, 6),
      { current: { b: 6 }, rule: { ...DIVIDED, ordinals: true } },
      "b6",
    ],
    [
      "out of that they are",
      6,
      abc(6, 0, 0),
      { current: { b: 6 }, rule: { ...DIVIDED, ordinals: true }, placement: { clusters: [only("a")] } },
      "a6",
    ],
    [
      "what runs once stays",
      6,
      abc(6, 0, 6),
      { current: { b: 6 }, rule: { ...DIVIDED, once: true }, placement: { clusters: [only("a")] } },
      "b6",
    ],
  ])("%s", (_what, replicas, clusters, more, shares) => {
    expect(shown(plan(deployment(replicas), clusters, anew(more)).shares)).toBe(shares);
  });

  test.each<[string, ScheduleCluster[], Loose, string]>([
    ["more room alone moves nothing", abc(3, 9, 3), {}, "a1"],
    ["a better group does", abc(3, 9, 3), { placement: { groups: [group("b"), group("a")] } }, "b1"],
    [
      "not out of a silent cluster",
      [cluster("a", { silent: 9 }), cluster("b")],
      { placement: { groups: [group("b"), group("a")] } },
      "a1",
    ],
    ["a policy that refuses does", abc(3, 9, 3), { placement: { clusters: [only("b")] } }, "b1"],
    ["data is not left behind", abc(3, 9, 3), { placement: { clusters: [only("b")] }, data: new Set(["a"]) }, "a1"],
    ["nor what runs once", abc(3, 9, 3), { placement: { clusters: [only("b")] }, once: true }, "a1"],
    ["where most of it stood, if it was divided", abc(3, 9, 3), { current: { b: 1, c: 4 } }, "c1"],
  ])("whole: %s", (_what, clusters, more, shares) => {
    const decided = scheduleWhole({
      template: deployment(3),
      clusters,
      current: { a: 1 },
      running: {},
      once: false,
      rebalance: true,
      ...more,
    });
    expect(shown(decided.shares)).toBe(shares);
  });
});

describe("P12 why there was no room for more", () => {
  test.each<[string, number, ScheduleCluster[], PlacementSpec, string]>([
    [
      "a maximum",
      5,
      [cluster("a")],
      { weights: [{ clusters: {}, max: 2 }] },
      "3 of 5 replicas fit in no cluster (a: AtMaximum, its maximum is 2)",
    ],
    [
      "full at its maximum is full",
      5,
      [cluster("a", { pods: 2 })],
      { weights: [{ clusters: {}, max: 2 }] },
      "(a: full at 2)",
    ],
    [
      "spread",
      9,
      abc(9, 1, 0),
      byRegion(),
      `6 of 9 replicas fit in no cluster (a: Spread, maxSkew 1 of ${REGION}: eu has 2, the least 1; b: full at 1; c: NoCapacity, pods: asks 1, has 0 free)`,
    ],
    [
      "what is not selected is counted",
      2,
      abc(1, 9, 9),
      { clusters: [only("a")] },
      "1 of 2 replicas fit in no cluster (a: full at 1; 2 not selected)",
    ],
    ["a cordon would do", 2, [cluster("a", { cordoned: true })], {}, "(a: Cordoned); it would fit, if you uncordon a"],
    [
      "a toleration would do",
      2,
      [cluster("a", { taints: [{ key: "x", effect: "NoSchedule" }] })],
      {},
      "(a: Tainted, taint x:NoSchedule); it would fit, if you tolerate taint x:NoSchedule of a",
    ],
    ["neither without room", 2, [cluster("a", { pods: 1, cordoned: true })], {}, "(a: Cordoned)"],
  ])("%s", (_what, replicas, clusters, placement, why) => {
    const decided = plan(deployment(replicas), clusters, { placement });
    expect(explainUnplaced(decided).endsWith(why) ? why : explainUnplaced(decided)).toBe(why);
  });
  test.each([
    ["as far as it can", 4, { a: 4, b: 4 }, "a2 b2"],
    ["and gives up nothing more than is asked", 5, { a: 6, b: 1 }, "a4 b1"],
  ])("scaling down keeps the regions level, %s", (_what, replicas, current, shares) => {
    const decided = plan(deployment(replicas), abc(90, 9, 9), { current, placement: byRegion() });
    expect(shown(decided.shares)).toBe(shares);
    expect(decided.unplaced).toBe(0);
  });
  test("ordinals of one cluster are a block of 1000", () => {
    const decided = plan(deployment(2500), abc(9000, 0, 9000), { rule: { ...DIVIDED, ordinals: true } });
    expect(shown(decided.shares)).toBe("a1000 c1000");
    expect(explainUnplaced(decided)).toContain(
      "500 of 2500 replicas fit in no cluster (a: AtMaximum, its maximum is 1000",
    );
  });
  test("whole: spread over several values cannot be kept by one cluster", () => {
    const decide = (clusters: ScheduleCluster[], placement: PlacementSpec = byRegion()) =>
      scheduleWhole({
        template: deployment(3),
        clusters,
        current: {},
        running: {},
        once: false,
        placement,
      });
    expect(whyNots(decide(abc(9, 9, 9)).verdicts)).toContain(
      `a: Spread, maxSkew 1 of ${REGION}: eu has 2, the least 0`,
    );
    expect(shown(decide(abc(9, 9, 9).slice(1)).shares)).toBe("b1");
    expect(shown(decide(abc(0, 5, 9), byRegion(3)).shares)).toBe("c1");
    const most = { weights: [{ clusters: {}, max: 2 }] };
    expect(whyNots(decide([cluster("a")], most).verdicts)).toBe("a: AtMaximum, its maximum is 2");
  });
});
