// Each filter alone, as a table in people's words, and against an oracle written from Kubernetes' documentation rather than from our code.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Loose } from "../../kinds/object.ts";
import { affinityOf } from "./affinity.ts";
import { isFederationKey } from "./federationkeys.ts";
import { tolerates, type Taint, type Toleration } from "./taint.ts";
import { cluster, deployment, plan, REGION, shown, whyNots, type Traits } from "./testing/world.ts";
import type { ScheduleInput } from "./schedule.ts";

const gpu = { key: "dedicated", value: "gpu", effect: "NoSchedule" };
const affinity = (...terms: Loose[]): Loose => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const expression = (key: string, operator: string, ...values: string[]): Loose => ({ key, operator, values });
const inRegion = (...values: string[]): Loose => ({ matchExpressions: [expression(REGION, "In", ...values)] });

describe("P12 filters: why a cluster gets nothing, in words", () => {
  test.each<[string, Traits, Loose, Partial<ScheduleInput>, string]>([
    ["nothing is against it", {}, {}, {}, ""],
    ["silent", { silent: 10 }, {}, {}, "a: NotReady"],
    ["cordoned", { cordoned: true }, {}, {}, "a: Cordoned"],
    ["a cordon is tolerated as the taint it is", { cordoned: true }, { tolerations: [{ operator: "Exists" }] }, {}, ""],
    ["tainted", { taints: [gpu] }, {}, {}, "a: Tainted, taint dedicated=gpu:NoSchedule"],
    [
      "all taints that are not tolerated are named",
      { taints: [gpu, { key: "x", effect: "NoExecute" }] },
      {},
      {},
      "a: Tainted, taint dedicated=gpu:NoSchedule, x:NoExecute",
    ],
    ["tolerated by the pods", { taints: [gpu] }, { tolerations: [{ key: "dedicated", value: "gpu" }] }, {}, ""],
    [
      "tolerated by the Placement",
      { taints: [gpu] },
      {},
      { placement: { tolerations: [{ key: "dedicated", operator: "Exists" }] } },
      "",
    ],
    ["PreferNoSchedule refuses nothing", { taints: [{ key: "x", effect: "PreferNoSchedule" }] }, {}, {}, ""],
    [
      "nodeSelector on a region",
      { region: "us" },
      { nodeSelector: { [REGION]: "eu" } },
      {},
      `a: Affinity, ${REGION}=eu, here us`,
    ],
    ["nodeSelector on the cluster's name", {}, { nodeSelector: { "hanse.dev/cluster": "a" } }, {}, ""],
    [
      "the member's own labels are the member's",
      {},
      { nodeSelector: { disk: "ssd", "topology.kubernetes.io/zone": "z" } },
      {},
      "",
    ],
    [
      "a required term",
      { region: "us" },
      affinity(inRegion("eu", "asia")),
      {},
      `a: Affinity, ${REGION} in (asia,eu), here us`,
    ],
    ["terms are ORed", { region: "us" }, affinity(inRegion("eu"), inRegion("us")), {}, ""],
    [
      "a term without federation keys matches every cluster",
      {},
      affinity(inRegion("eu"), { matchExpressions: [expression("disk", "In", "ssd")] }),
      {},
      "",
    ],
    [
      "names of nodes belong to the member",
      {},
      affinity({ matchFields: [expression("metadata.name", "In", "n1")] }),
      {},
      "",
    ],
    ["an empty term matches nothing", {}, affinity({}), {}, "a: Affinity, no term of its node affinity can match"],
    [
      "left out by names",
      {},
      {},
      { placement: { clusters: [{ names: ["b"] }] } },
      "a: NotSelected, the Placement's clusters leave it out",
    ],
    [
      "in no group",
      {},
      {},
      { placement: { groups: [{ clusters: [{ names: ["b"] }] }] } },
      "a: NotSelected, in no group of the Placement",
    ],
    [
      "static weights name it not",
      {},
      {},
      { placement: { weighing: "Static", weights: [{ clusters: { names: ["b"] }, weight: 1 }] } },
      "a: NotSelected, no weight names it",
    ],
    [
      "an expression that is false",
      {},
      {},
      { placement: { clusters: [{ cel: "cluster.name == 'b'" }] } },
      "a: NotSelected, the Placement's clusters leave it out",
    ],
    [
      "an API that it does not serve",
      { status: { apis: ["v1", "batch/v1"] } },
      {},
      {},
      "a: NotServed, does not serve apps/v1",
    ],
    [
      "static: named with nothing",
      {},
      {},
      { placement: { weighing: "Static", weights: [{ clusters: {}, weight: 0 }] } },
      "a: NotSelected, its weight is 0",
    ],
    ["one that it does", { status: { apis: ["v1", "apps/v1"] } }, {}, {}, ""],
    [
      "no room",
      { status: { free: { cpu: "500m", pods: "9" } } },
      { containers: [{ resources: { requests: { cpu: "2" } } }] },
      {},
      "a: NoCapacity, cpu: asks 2, has 500m free",
    ],
    [
      "room in all, on no node",
      { status: { free: { cpu: "8" }, largestNode: { cpu: "1" } } },
      { containers: [{ resources: { requests: { cpu: "2" } } }] },
      {},
      "a: NoCapacity, cpu: asks 2, has 1 free on its largest node",
    ],
    ["room unknown", { status: { free: undefined } }, {}, {}, "a: CapacityUnknown"],
    [
      "a maximum of nothing",
      {},
      {},
      { placement: { weights: [{ clusters: {}, max: 0 }] } },
      "a: AtMaximum, its maximum is 0",
    ],
    [
      "no label to spread by",
      {},
      {},
      { placement: { spread: [{ topologyKey: "tier", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" }] } },
      "a: Spread, has no label tier",
    ],
    [
      "what a policy refuses is said before what the cluster is just now",
      { silent: 9, cordoned: true },
      {},
      { placement: { clusters: [{ names: [] }] } },
      "a: NotSelected, the Placement's clusters leave it out",
    ],
  ])("%s", (_what, traits, podSpec, more, why) => {
    const { verdicts, shares, unplaced } = plan(deployment(1, podSpec), [cluster("a", traits)], more);
    expect(whyNots(verdicts)).toBe(why);
    expect([shown(shares), unplaced]).toEqual(why === "" ? ["a1", 0] : ["", 1]);
  });

  test("P12 the core group is served everywhere", () => {
    const template = { ...deployment(1), apiVersion: "v1" };
    expect(whyNots(plan(template, [cluster("a", { status: { apis: ["apps/v1"] } })]).verdicts)).toBe("");
  });

  test("P12 the keys that place among clusters are these", () => {
    const keys = [REGION, "hanse.dev/cluster", "hanse.dev/tier", "hanse.dev/", "topology.kubernetes.io/zone", "region"];
    expect(keys.filter(isFederationKey)).toEqual(keys.slice(0, 3));
  });
});

describe("P12 filters against oracles", () => {
  const word = fc.constantFrom("x", "y");
  const effect = fc.constantFrom("NoSchedule" as const, "PreferNoSchedule" as const, "NoExecute" as const);
  const taint: fc.Arbitrary<Taint> = fc.record({ key: word, value: word, effect }, { requiredKeys: ["key", "effect"] });
  const toleration: fc.Arbitrary<Toleration> = fc.record(
    {
      key: fc.oneof(word, fc.constant("")),
      operator: fc.constantFrom("Exists", "Equal", "", "Lt"),
      value: word,
      effect: fc.oneof(effect, fc.constant("")),
    },
    { requiredKeys: [] },
  );

  test("taints: refused exactly by one that blocks and that no toleration matches", () => {
    const matches = (one: Toleration, by: Taint): boolean =>
      [undefined, "", by.effect].includes(one.effect) &&
      [undefined, "", by.key].includes(one.key) &&
      (one.operator === "Exists" ||
        ([undefined, "", "Equal"].includes(one.operator) && (one.value ?? "") === (by.value ?? "")));
    fc.assert(
      fc.property(fc.array(taint, { maxLength: 3 }), fc.array(toleration, { maxLength: 3 }), (taints, tolerations) => {
        for (const each of taints) for (const one of tolerations) expect(tolerates(one, each)).toBe(matches(one, each));
        const blocked = taints.some(
          (each) => each.effect !== "PreferNoSchedule" && !tolerations.some((one) => matches(one, each)),
        );
        const { shares } = plan(deployment(1, { tolerations }), [cluster("a", { taints })]);
        expect(shown(shares)).toBe(blocked ? "" : "a1");
      }),
    );
  });

  const key = fc.constantFrom(REGION, "hanse.dev/tier", "disk");
  const requirement = fc.record({
    key,
    operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
    values: fc.subarray(["x", "y", "z"], { minLength: 1 }),
  });
  const term = fc.record(
    {
      matchExpressions: fc.array(requirement, { maxLength: 3 }),
      matchFields: fc.constant([{ key: "metadata.name", operator: "In", values: ["n"] }]),
    },
    { requiredKeys: [] },
  );
  const labelled = fc.dictionary(fc.constantFrom(REGION, "hanse.dev/tier", "disk"), fc.constantFrom("x", "y", "z"));

  test("affinity: some term with something in it holds in its federation part, and all of nodeSelector", () => {
    const holds = ({ key: name, operator, values }: Loose, labels: Loose): boolean => {
      if (name === "disk") return true;
      if (operator === "Exists") return name in labels;
      if (operator === "DoesNotExist") return !(name in labels);
      return (operator === "In") === values.includes(labels[name]);
    };
    const filled = (one: Loose) => (one.matchExpressions ?? []).length + (one.matchFields ?? []).length > 0;
    fc.assert(
      fc.property(
        fc.option(fc.array(term, { maxLength: 3 }), { nil: undefined }),
        labelled,
        labelled,
        (terms, nodeSelector, labels) => {
          const matches = (one: Loose) =>
            filled(one) && (one.matchExpressions ?? []).every((each: Loose) => holds(each, labels));
          const expected =
            (terms === undefined || terms.some(matches)) &&
            Object.entries(nodeSelector).every(([name, value]) => name === "disk" || labels[name] === value);
          const spec = { nodeSelector, ...(terms === undefined ? {} : affinity(...terms)) };
          expect(affinityOf(spec).refuses(labels) === undefined).toBe(expected);
        },
      ),
    );
  });

  test("preferred terms count where their federation part holds; those without one are the member's", () => {
    const preferred = [
      { weight: 5, preference: inRegion("eu") },
      { weight: 7, preference: { matchExpressions: [expression("disk", "In", "ssd")] } },
      { weight: 11, preference: { matchExpressions: [expression("hanse.dev/tier", "Gt", "2")] } },
    ];
    const { score, most } = affinityOf({
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
    });
    expect([
      score({ [REGION]: "eu" }),
      score({ "hanse.dev/tier": "3" }),
      score({ "hanse.dev/tier": "2" }),
      most,
    ]).toEqual([5, 11, 0, 16]);
  });
});
