// Where a workload goes that is placed whole, as a table; and that it never moves by itself, whatever the clusters become.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { needsOf, podLabels } from "./followers.ts";
import { podsAtOnce, podsReserved } from "./podtemplate.ts";
import { revisionContent, sameForMembers } from "./revision.ts";
import { explainUnplaced, type ScheduleCluster } from "./schedule.ts";
import { scheduleWhole } from "./whole.ts";

const cluster = (name: string, pods: number | undefined, state: Loose = {}): ScheduleCluster => ({
  name,
  spec: { unschedulable: state.cordoned === true },
  status: {
    conditions: [{ type: "Ready", status: state.silent === true ? "Unknown" : "True", reason: "", message: "" }],
    ...(pods === undefined ? {} : { free: { pods: String(pods) } }),
  },
});
const podSpec = (more: Loose = {}): Loose => ({ containers: [{ name: "c" }], ...more });
const object = (kind: string, spec: Loose, metadata: Loose = {}): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "x", namespace: "default", uid: "u", ...metadata },
  spec,
});
const set = (replicas: number): KubeObject => object("StatefulSet", { replicas, template: { spec: podSpec() } });
const pod = (more: Loose = {}): KubeObject => object("Pod", podSpec(more));

interface Asked {
  template?: KubeObject;
  once?: boolean;
  current?: Record<string, number>;
  data?: string[];
  before?: Loose;
}

function plan(
  clusters: ScheduleCluster[],
  { template = set(3), once = false, current = {}, data, before }: Asked = {},
) {
  return scheduleWhole({
    template,
    once,
    clusters,
    current,
    running: {},
    data: data === undefined ? undefined : new Set(data),
    before,
  });
}

describe("scheduleWhole", () => {
  const two = [cluster("a", 5), cluster("b", 9)];
  const was = { verdicts: [{ cluster: "a", share: 1 }] };
  test.each<[string, ReturnType<typeof plan>, Record<string, number>, string]>([
    ["most room wins", plan(two), { b: 1 }, ""],
    ["the name decides between equals", plan([cluster("b", 5), cluster("a", 5)]), { a: 1 }, ""],
    [
      "silent and cordoned ones get nothing",
      plan([cluster("a", 3), cluster("b", 9, { silent: true }), cluster("c", 9, { cordoned: true })]),
      { a: 1 },
      "",
    ],
    [
      "all its pods must fit at once",
      plan([cluster("a", 2), cluster("b", 1)]),
      {},
      "no cluster has room for 3 pods (a: room for 2; b: room for 1)",
    ],
    ["none at all need no room", plan([cluster("a", 0)], { template: set(0) }), { a: 1 }, ""],
    ["unknown room is no room", plan([cluster("a", undefined)]), {}, "a: CapacityUnknown"],
    ["no cluster", plan([]), {}, "no cluster has room for 3 pods (there is no cluster)"],
    ["it stays where it stands", plan(two, { current: { a: 1 } }), { a: 1 }, ""],
    [
      "also when the cluster is silent and full",
      plan([cluster("a", 0, { silent: true }), cluster("b", 9)], { current: { a: 1 } }),
      { a: 1 },
      "",
    ],
    ["it goes to its data", plan(two, { data: ["a"] }), { a: 1 }, ""],
    [
      "or waits for it",
      plan([cluster("a", 0), cluster("b", 9)], { data: ["a"] }),
      {},
      "a: NoCapacity, pods: asks 1, has 0 free; b: DataElsewhere",
    ],
    ["what repeats is placed anew when its cluster left", plan([cluster("b", 9)], { before: was }), { b: 1 }, ""],
    ["what runs once is not", plan([cluster("b", 9)], { before: was, once: true }), {}, ""],
    ["what runs once stays where it stands", plan(two, { once: true, current: { a: 1 }, before: was }), { a: 1 }, ""],
    ["nor later", plan(two, { before: { verdicts: [], lost: "a" }, once: true }), {}, ""],
    [
      "a pod goes to the node it names, ready or not",
      plan([cluster("a", 0, { silent: true }), cluster("b", 9)], { template: pod({ nodeName: "a" }) }),
      { a: 1 },
      "",
    ],
    ["and waits for one that is not there", plan(two, { template: pod({ nodeName: "z" }) }), {}, "a: NotAsked"],
    [
      "gates hold a pod back",
      plan(two, { template: pod({ schedulingGates: [{ name: "g" }] }) }),
      {},
      "scheduling gates",
    ],
  ])("%s", (_what, decided, shares, why) => {
    expect(decided.shares).toEqual(shares);
    if (Object.keys(shares).length > 0) expect(decided.lost).toBeUndefined();
    if (why !== "") expect(explainUnplaced(decided)).toContain(why);
    expect(decided.unplaced).toBe(Object.keys(shares).length === 0 && decided.lost === undefined ? 1 : 0);
    expect(decided.verdicts.filter(({ share }) => share > 0).map((verdict) => verdict.cluster)).toEqual(
      Object.keys(shares),
    );
  });

  test("P7 in at most one cluster; a replan of an unchanged world is empty; nothing moves by itself", () => {
    const world = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c", "d"),
        pods: fc.nat(9),
        silent: fc.boolean(),
        cordoned: fc.boolean(),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(world, world, fc.nat(9), (first, second, replicas) => {
        const clusters = (all: typeof first) => all.map(({ name, pods, ...state }) => cluster(name, pods, state));
        const template = set(replicas);
        const { shares } = plan(clusters(first), { template });
        expect(Object.values(shares)).toEqual(Object.keys(shares).length === 0 ? [] : [1]);
        expect(plan(clusters(first), { template, current: shares }).shares).toEqual(shares);
        if (Object.keys(shares).length > 0)
          expect(plan(clusters(second), { template, current: shares }).shares).toEqual(shares);
      }),
    );
  });
});

describe("shapes", () => {
  const job = (spec: Loose): KubeObject => object("Job", { parallelism: 1, template: { spec: podSpec() }, ...spec });
  test.each<[string, KubeObject, number, number]>([
    ["a pod", pod(), 1, 1],
    ["replicas", set(4), 4, 4],
    ["a Job's parallelism", job({ parallelism: 3 }), 3, 3],
    ["no more than it has to complete", job({ parallelism: 3, completions: 2 }), 2, 2],
    ["a suspended Job takes nothing yet", job({ parallelism: 3, suspend: true }), 3, 0],
    ["a CronJob takes nothing by itself", object("CronJob", { jobTemplate: { spec: { parallelism: 2 } } }), 2, 0],
    ["a DaemonSet", object("DaemonSet", { template: { spec: podSpec() } }), 1, 1],
  ])("pods at once and reserved: %s", (_what, template, atOnce, reserved) => {
    expect([podsAtOnce(template), podsReserved(template)]).toEqual([atOnce, reserved]);
  });

  const volumes = [{ persistentVolumeClaim: { claimName: "disk" } }];
  const labels = { app: "x" };
  test.each<[string, KubeObject]>([
    ["Pod", object("Pod", podSpec({ volumes }), { labels })],
    ["Job", object("Job", { template: { metadata: { labels }, spec: podSpec({ volumes }) } })],
    [
      "CronJob",
      object("CronJob", { jobTemplate: { spec: { template: { metadata: { labels }, spec: podSpec({ volumes }) } } } }),
    ],
  ])("followers and labels of a %s", (_what, template) => {
    expect(needsOf(template)).toEqual(["namespaces//default", "persistentvolumeclaims/default/disk"]);
    expect(podLabels(template)).toEqual(labels);
  });

  test("a StatefulSet needs the Service it names", () => {
    const template = object("StatefulSet", { serviceName: "db", template: { spec: podSpec() } });
    expect(needsOf(template)).toContain("services/default/db");
  });

  test("where a pod runs is no part of its revision, and wakes its decision", () => {
    const rule = { rule: "workload", divided: [], once: true } as const;
    const [free, bound] = [pod(), pod({ nodeName: "a" })];
    expect(revisionContent(bound, rule)).toBe(revisionContent(free, rule));
    expect(sameForMembers(free, bound, rule)).toBe(false);
  });
});
