import { describe, expect, test } from "vitest";
import { deployment } from "../../kinds/deployment.ts";
import { namespace } from "../../kinds/namespace.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { release, want } from "./binding.ts";
import { podCapacity, podRequests } from "./capacity.ts";
import { needsOf, selects, serviceSelector } from "./followers.ts";
import { planReplicaSets, replicaSetNames } from "./replicasets.ts";
import { podTemplateHash, revisionContent, sameForMembers } from "./revision.ts";
import { explainUnplaced, schedule, type ScheduleCluster } from "./schedule.ts";

type WorkloadRule = Extract<Kind["federation"], { rule: "workload" }>;
const rule = deployment.federation as WorkloadRule;

function web(spec: Loose = {}, metadata: Loose = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", uid: "u1", generation: 1, ...metadata },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "x" }] } },
      ...spec,
    },
  };
}

describe("capacity", () => {
  const requests = (cpu: string, memory = "0") => ({ resources: { requests: { cpu, memory } } });
  const cases: [
    what: string,
    podSpec: Loose,
    free: Record<string, string> | undefined,
    own: number,
    expected: number | undefined,
  ][] = [
    [
      "the scarcest resource decides",
      { containers: [requests("500m", "1Gi")] },
      { cpu: "4", memory: "3Gi", pods: "110" },
      0,
      3,
    ],
    ["containers add up", { containers: [requests("500m"), requests("1500m")] }, { cpu: "4" }, 0, 2],
    [
      "init containers count by their maximum",
      { containers: [requests("500m")], initContainers: [requests("2")] },
      { cpu: "4" },
      0,
      2,
    ],
    [
      "sidecars add up",
      { containers: [requests("500m")], initContainers: [{ ...requests("500m"), restartPolicy: "Always" }] },
      { cpu: "4" },
      0,
      4,
    ],
    ["overhead adds up", { containers: [requests("500m")], overhead: { cpu: "500m" } }, { cpu: "4" }, 0, 4],
    [
      "a limit stands for a missing request",
      { containers: [{ resources: { limits: { cpu: "2" } } }] },
      { cpu: "4" },
      0,
      2,
    ],
    ["without requests the pod count decides", { containers: [{}] }, { cpu: "0", pods: "7" }, 0, 7],
    ["own pods are added back", { containers: [requests("1")] }, { cpu: "1" }, 3, 4],
    [
      "a resource the cluster does not have",
      { containers: [{ resources: { requests: { "nvidia.com/gpu": "1" } } }] },
      { cpu: "4", pods: "9" },
      0,
      0,
    ],
    ["overcommitted is full, not negative", { containers: [requests("1")] }, { cpu: "-3" }, 0, 0],
    ["nothing reported is unknown, not zero", { containers: [requests("1")] }, undefined, 2, undefined],
  ];
  test.each(cases)("%s", (_what, podSpec, free, own, expected) => {
    expect(podCapacity(free === undefined ? {} : { free }, podRequests(podSpec), own)).toBe(expected);
  });
});

describe("schedule", () => {
  const cluster = (name: string, pods: number | undefined, ready = true, unschedulable = false): ScheduleCluster => ({
    name,
    spec: { unschedulable },
    status: {
      conditions: [{ type: "Ready", status: ready ? "True" : "Unknown", reason: "", message: "" }],
      ...(pods === undefined ? {} : { free: { pods: String(pods) } }),
    },
  });
  const plan = (replicas: number, clusters: ScheduleCluster[], current: Record<string, number> = {}) =>
    schedule({ template: web({ replicas }), rule, clusters, current, running: current });
  const cases: [what: string, plan: ReturnType<typeof plan>, shares: Record<string, number>, why: string][] = [
    [
      "only Ready clusters get something new",
      plan(4, [cluster("a", 9), cluster("b", 9, false)]),
      { a: 4 },
      "b: NotReady",
    ],
    [
      "NotReady keeps its share, gets nothing new",
      plan(6, [cluster("a", 9), cluster("b", 9, false)], { a: 1, b: 2 }),
      { a: 4, b: 2 },
      "b: NotReady",
    ],
    [
      "cordoned keeps its share, gets nothing new",
      plan(6, [cluster("a", 9), cluster("b", 9, true, true)], { a: 1, b: 2 }),
      { a: 4, b: 2 },
      "b: Cordoned",
    ],
    [
      "scaling down takes from silent clusters too",
      plan(2, [cluster("a", 9), cluster("b", 0, false)], { a: 2, b: 2 }),
      { a: 2, b: 0 },
      "b: NotReady",
    ],
    [
      "full is said so",
      plan(4, [cluster("a", 1), cluster("b", 0)]),
      { a: 1 },
      "3 of 4 replicas fit in no cluster (a: full at 1; b: NoCapacity, pods: asks 1, has 0 free)",
    ],
    ["unknown room is no room", plan(1, [cluster("a", undefined)]), {}, "a: CapacityUnknown"],
    ["no cluster", plan(1, []), {}, "1 of 1 replicas fit in no cluster (there is no cluster)"],
    ["what stands counts as room", plan(3, [cluster("a", 0)], { a: 3 }), { a: 3 }, ""],
  ];
  test.each(cases)("P7 %s", (_what, { shares, ...rest }, expected, why) => {
    expect(Object.fromEntries(Object.entries(shares).filter(([name, share]) => share > 0 || name in expected))).toEqual(
      expected,
    );
    expect(explainUnplaced({ ...rest })).toContain(why);
  });
  test("a kind without divided fields is placed whole and stays", () => {
    const whole: WorkloadRule = { rule: "workload", divided: [] };
    const first = schedule({
      template: web(),
      rule: whole,
      clusters: [cluster("a", 3), cluster("b", 9)],
      current: {},
      running: {},
    });
    expect(first.shares).toEqual({ a: 0, b: 1 });
    const again = schedule({
      template: web(),
      rule: whole,
      clusters: [cluster("a", 99), cluster("b", 1)],
      current: { b: 1 },
      running: {},
    });
    expect(again.shares).toEqual({ a: 0, b: 1 });
  });
});

describe("revision", () => {
  const same: [what: string, a: KubeObject, b: KubeObject, same: boolean][] = [
    ["replicas are divided, not part of it", web({ replicas: 1 }), web({ replicas: 9 }), true],
    [
      "server metadata is not part of it",
      web({}, { resourceVersion: "1", managedFields: [{}], finalizers: ["x"], ownerReferences: [] }),
      web(),
      true,
    ],
    ["status is not part of it", { ...web(), status: { replicas: 3 } }, web(), true],
    [
      "kubectl's and our own bookkeeping is not part of it",
      web(
        {},
        {
          annotations: {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "deployment.kubernetes.io/revision": "3",
          },
        },
      ),
      web(),
      true,
    ],
    [
      "the order of fields is not part of it",
      web({ paused: true, minReadySeconds: 1 }),
      web({ minReadySeconds: 1, paused: true }),
      true,
    ],
    ["labels are", web({}, { labels: { a: "b" } }), web(), false],
    ["other annotations are", web({}, { annotations: { a: "b" } }), web(), false],
    ["the spec is", web({ paused: true }), web(), false],
  ];
  test.each(same)("%s", (_what, a, b, expected) => {
    expect(revisionContent(a, rule) === revisionContent(b, rule)).toBe(expected);
  });
  test("leaves its input as it is, and begins as stored values begin", () => {
    const object = web();
    const before = JSON.stringify(object);
    const content = revisionContent(object, rule);
    expect(JSON.stringify(object)).toBe(before);
    expect(content).toMatch(/^\{"apiVersion":"apps\/v1","kind":"Deployment","metadata":\{/);
    expect(JSON.parse(content)).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop" },
      spec: { ...object["spec"], replicas: undefined },
    });
  });
  test("of a container only its labels and annotations", () => {
    const object = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "shop", labels: { a: "b" } },
      spec: { finalizers: ["kubernetes"] },
    };
    expect(revisionContent(object, namespace.federation)).toBe(
      '{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"a":"b"},"name":"shop"}}',
    );
  });
  test("a scaled template concerns the members though its revision is the same", () => {
    expect(sameForMembers(web({ replicas: 1 }), web({ replicas: 2 }, { generation: 2 }), rule)).toBe(false);
    expect(sameForMembers(web(), { ...web(), status: { replicas: 1 } }, rule)).toBe(true);
  });
  test("the pod template's hash is stable, short and of upstream's alphabet", () => {
    expect(podTemplateHash({ b: 1, a: [2] })).toBe(podTemplateHash({ a: [2], b: 1 }));
    expect(podTemplateHash({ a: 1 })).not.toBe(podTemplateHash({ a: 2 }));
    expect(podTemplateHash({ a: 1 })).not.toBe(podTemplateHash({ a: 1 }, 1));
    expect(podTemplateHash({ a: 1 })).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });
});

describe("binding", () => {
  const wanted = {
    template: { apiVersion: "v1", kind: "ConfigMap", resource: "configmaps", namespace: "shop", name: "web", uid: "u" },
    templateGeneration: 1,
    revision: "r1",
    share: {},
    needs: ["n"],
  };
  const first = want(wanted, undefined, "m")!;
  test("the generation rises with what the cluster holds, and only then", () => {
    expect(first.generation).toBe(1);
    expect(want(wanted, first, "n")).toBeUndefined();
    expect(want({ ...wanted, revision: "r2" }, first, "n")).toMatchObject({ generation: 2, revisedAt: 2, made: "m" });
    expect(want({ ...wanted, share: { "spec.replicas": 2 } }, first, "n")).toMatchObject({
      generation: 2,
      revisedAt: 1,
    });
    expect(want({ ...wanted, needs: [] }, first, "n")).toMatchObject({ generation: 1, needs: [] });
  });
  test("P3 a tombstone names the uid that was reported, is made once, and is revived by wanting it again", () => {
    const dead = release(first, "member-1", "t")!;
    expect(dead).toMatchObject({ generation: 2, tombstone: { memberUid: "member-1", since: "t" } });
    expect(release(dead, "member-2", "u")).toBeUndefined();
    const alive = want(wanted, dead, "n")!;
    expect(alive.tombstone).toBeUndefined();
    expect(alive).toMatchObject({ generation: 3, made: "n" });
  });
});

describe("followers", () => {
  test("the Namespace first, then what the pod template names", () => {
    const spec = {
      serviceAccountName: "robot",
      containers: [{ name: "main", envFrom: [{ configMapRef: { name: "cfg" } }] }],
      volumes: [{ name: "v", secret: { secretName: "key" } }],
    };
    expect(needsOf(web({ template: { metadata: {}, spec } }))).toEqual([
      "namespaces//shop",
      "configmaps/shop/cfg",
      "secrets/shop/key",
      "serviceaccounts/shop/robot",
    ]);
  });
  test("a Service selects by all its pairs; without a selector nothing", () => {
    expect(selects({ app: "web" }, { app: "web", tier: "x" })).toBe(true);
    expect(selects({ app: "web", tier: "y" }, { app: "web", tier: "x" })).toBe(false);
    expect(
      serviceSelector({ apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { selector: {} } }),
    ).toBeUndefined();
  });
});

describe("ReplicaSets at the root", () => {
  const image = (value: string, more: Loose = {}): KubeObject =>
    web({
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: value }] } },
      ...more,
    });
  class Root {
    readonly existing = new Map<string, KubeObject>();
    revisions: { number: number; replicaSet: string }[] = [];
    uids = 0;
    roll(deployment: KubeObject, replicas = 2): this {
      const plan = planReplicaSets({
        deployment,
        replicas,
        revisions: this.revisions,
        existing: this.existing,
        uid: () => `rs-${(this.uids += 1)}`,
        now: "2026-01-01T00:00:00Z",
      });
      for (const [name, object] of plan.write) this.existing.set(name, object);
      for (const name of plan.remove) this.existing.delete(name);
      this.revisions = plan.revisions;
      return this;
    }
    get shown(): string {
      return this.revisions
        .map(
          ({ number, replicaSet }) =>
            `${number}:${this.existing.get(replicaSet)?.["spec"].template.spec.containers[0].image}×${this.existing.get(replicaSet)?.["spec"].replicas}`,
        )
        .join(" ");
    }
  }
  test("one per distinct pod template, old ones at 0", () => {
    expect(new Root().roll(image("x")).roll(image("y")).shown).toBe("1:x×0 2:y×2");
  });
  test("scaling makes none", () => {
    expect(new Root().roll(image("x")).roll(image("x"), 5).shown).toBe("1:x×5");
  });
  test("going back takes the old one up again, under the next number, and remembers the old", () => {
    const root = new Root().roll(image("x")).roll(image("y")).roll(image("x"));
    expect(root.shown).toBe("2:y×0 3:x×2");
    expect(root.existing.get(root.revisions[1]!.replicaSet)?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/revision": "3",
      "deployment.kubernetes.io/revision-history": "1",
    });
  });
  test("revisionHistoryLimit is kept", () => {
    const root = new Root();
    for (const value of ["a", "b", "c", "d"]) root.roll(image(value, { revisionHistoryLimit: 2 }));
    expect(root.shown).toBe("2:b×0 3:c×0 4:d×2");
    expect(root.existing.size).toBe(3);
    expect(root.roll(image("d", { revisionHistoryLimit: 0 })).shown).toBe("4:d×2");
  });
  test("planning again changes nothing", () => {
    const root = new Root().roll(image("x"));
    const plan = planReplicaSets({
      deployment: image("x"),
      replicas: 2,
      revisions: root.revisions,
      existing: root.existing,
      uid: () => "new",
      now: "later",
    });
    expect([plan.write.size, plan.remove]).toEqual([0, []]);
  });
  test("carries what kubectl looks for: hash label, selector, owner, change cause", () => {
    const root = new Root().roll({
      ...image("x"),
      metadata: {
        ...image("x").metadata,
        annotations: {
          "kubernetes.io/change-cause": "first",
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
        },
      },
    });
    const replicaSet = root.existing.get(root.revisions[0]!.replicaSet)!;
    const hash = replicaSet.metadata.labels?.["pod-template-hash"];
    expect(replicaSet.metadata.name).toBe(`web-${hash}`);
    expect(replicaSet["spec"].selector.matchLabels).toEqual({ app: "web", "pod-template-hash": hash });
    expect(replicaSet["spec"].template.metadata.labels).toEqual({ app: "web", "pod-template-hash": hash });
    expect(replicaSet.metadata.ownerReferences).toMatchObject([
      { kind: "Deployment", name: "web", uid: "u1", controller: true },
    ]);
    expect(Object.keys(replicaSet.metadata.annotations ?? {}).sort()).toEqual([
      "deployment.kubernetes.io/desired-replicas",
      "deployment.kubernetes.io/max-replicas",
      "deployment.kubernetes.io/revision",
      "kubernetes.io/change-cause",
    ]);
  });
  test("a name taken by a stranger is left alone", () => {
    const root = new Root();
    const [name = ""] = replicaSetNames(image("x"));
    root.existing.set(name, {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name, namespace: "shop", uid: "stranger" },
      spec: { replicas: 7 },
    });
    root.roll(image("x"));
    expect(root.existing.get(name)?.metadata.uid).toBe("stranger");
    expect(root.revisions[0]!.replicaSet).not.toBe(name);
  });
  test("one left by an earlier Deployment of the name is taken over as a new object", () => {
    const root = new Root().roll(image("x"));
    const later = { ...image("x"), metadata: { ...image("x").metadata, uid: "u2" } };
    root.revisions = [];
    root.roll(later);
    const replicaSet = root.existing.get(root.revisions[0]!.replicaSet);
    expect([replicaSet?.metadata.uid, replicaSet?.metadata.ownerReferences?.[0]?.uid]).toEqual(["rs-2", "u2"]);
  });
});
