import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../kinds/object.ts";
import { CLUSTER_PLACEMENTS, type ObjectSelector, PLACEMENTS, type PlacementSpec } from "../../kinds/placement.ts";
import { effectiveOfMade, effectivePlacement, placementRef, type Policies } from "./effective.ts";
import type { Policy } from "./template.ts";

const template = (annotations?: Record<string, string>): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop", labels: { app: "web" }, ...(annotations && { annotations }) },
});
const asking = (name: string) => template({ "hanse.dev/placement": name });

type Given = PlacementSpec & { uid?: string; deleting?: boolean };
function policy(resource: string, namespace: string, name: string, given: Given = {}): Policy<PlacementSpec> {
  const { uid = `uid-${namespace}-${name}`, deleting, ...spec } = given;
  return { resource, namespace, name, uid, generation: 1, spec, ...(deleting && { deleting }) };
}
const own = (name: string, given?: Given, namespace = "shop") => policy(PLACEMENTS, namespace, name, given);
const wide = (name: string, given?: Given) => policy(CLUSTER_PLACEMENTS, "", name, given);
const only = (selector: ObjectSelector, more: Given = {}): Given => ({ ...more, selectors: [selector] });

function policies(placements: readonly Policy<PlacementSpec>[], annotations?: Record<string, string>): Policies {
  return { placements, overrides: [], namespaceAnnotations: (ns) => (ns === "shop" ? annotations : undefined) };
}

/** "shop/a", "/a" of a ClusterPlacement, or why it is frozen. */
function outcome(...args: Parameters<typeof effectivePlacement>): string {
  const found = effectivePlacement(...args);
  return "frozen" in found ? found.frozen.reason : `${found.placement.namespace}/${found.placement.name}`;
}

const precedence: [title: string, placements: Policy<PlacementSpec>[], wanted: string][] = [
  ["none at all", [], "NoPlacement"],
  ["none that selects it", [own("a", only({ name: "api" })), own("b", {}, "other")], "NoPlacement"],
  ["priority before all else", [own("a", only({ name: "web" })), wide("b", { priority: 1 })], "/b"],
  [
    "a name is narrower than labels",
    [
      own("a", only({ labelSelector: { matchLabels: { app: "web" } }, kind: "Deployment" })),
      wide("b", only({ name: "web" })),
    ],
    "/b",
  ],
  [
    "labels are narrower than a kind",
    [own("a", only({ kind: "Deployment" })), wide("b", only({ labelSelector: { matchLabels: { app: "web" } } }))],
    "/b",
  ],
  ["empty labels are not narrow", [own("a"), wide("b", only({ labelSelector: {} }))], "shop/a"],
  ["a kind is narrower than nothing", [own("a"), wide("b", only({ kind: "Deployment" }))], "/b"],
  [
    "the narrowest of the selectors that match counts",
    [own("a", only({ kind: "Deployment" })), wide("b", { selectors: [{}, { name: "web" }, { name: "api" }] })],
    "/b",
  ],
  ["namespaces are narrower than none", [wide("a"), wide("b", only({ namespaces: ["shop"] }))], "/b"],
  ["namespaced before cluster-wide", [wide("a", only({ namespaces: ["shop"] })), own("b")], "shop/b"],
  ["the name at last", [wide("b"), wide("a"), wide("c")], "/a"],
  ["what is being deleted is gone", [own("a", { deleting: true }), wide("b")], "/b"],
  ["the default where there is no other", [wide("default")], "/default"],
  [
    "the default behind all others, whatever its priority",
    [wide("default", { priority: 100 }), wide("z", { priority: -5 })],
    "/z",
  ],
  ["a namespaced default is one like any other", [own("default"), wide("z")], "shop/default"],
];

describe("which Placement counts", () => {
  it.each(precedence)("%s", (_title, placements, wanted) => {
    expect(outcome(template(), policies(placements))).toBe(wanted);
    expect(outcome(template(), policies(placements.toReversed()))).toBe(wanted);
  });

  it("one asked for by name is waited for, and no other is taken", () => {
    const others = [own("b", { priority: 9 }), wide("default")];
    expect(outcome(asking("a"), policies(others))).toBe("PlacementAwaited");
    expect(outcome(asking("a"), policies([...others, wide("a")]))).toBe("/a");
    expect(outcome(asking("a"), policies([...others, wide("a"), own("a")]))).toBe("shop/a");
    expect(outcome(asking("default"), policies(others))).toBe("/default");
    // Another namespace's is nobody's but theirs; nor is one that an admin made for others.
    expect(outcome(asking("a"), policies([own("a", {}, "other")]))).toBe("PlacementAwaited");
    expect(outcome(asking("a"), policies([wide("a", only({ namespaces: ["other"] }))]))).toBe("PlacementAwaited");
  });

  it("a Namespace asks for what stands in it, unless the template asks itself", () => {
    const both = [own("a"), own("b")];
    expect(outcome(template(), policies(both, { "hanse.dev/placement": "b" }))).toBe("shop/b");
    expect(outcome(asking("a"), policies(both, { "hanse.dev/placement": "b" }))).toBe("shop/a");
    expect(outcome(asking(""), policies(both))).toBe("shop/a");
  });

  it("what has no namespace goes by cluster-wide ones alone", () => {
    const role: KubeObject = { apiVersion: "v1", kind: "Thing", metadata: { name: "web" } };
    expect(outcome(role, policies([own("a"), wide("b")]))).toBe("/b");
  });
});

describe("P3 a Placement that disappears never widens", () => {
  const followed = placementRef(own("a"));
  const fallback = placementRef(wide("default"));
  const table: [title: string, placements: Policy<PlacementSpec>[], before: typeof followed, wanted: string][] = [
    ["gone, with the default beside", [wide("default")], followed, "PlacementGone"],
    ["being deleted", [own("a", { deleting: true }), wide("default")], followed, "PlacementGone"],
    [
      "it selects the template no longer",
      [own("a", only({ name: "api" })), wide("default")],
      followed,
      "PlacementGone",
    ],
    ["another explicit one selects it", [wide("b"), wide("default")], followed, "/b"],
    ["it came back", [own("a", { uid: "new" })], followed, "shop/a"],
    ["the default is gone", [], fallback, "PlacementGone"],
    ["the default came back", [wide("default", { uid: "new" })], fallback, "/default"],
    ["an explicit one comes after the default", [wide("default"), own("a")], fallback, "shop/a"],
  ];
  it.each(table)("%s", (_title, placements, before, wanted) => {
    expect(outcome(template(), policies(placements), before)).toBe(wanted);
  });

  it("says what is gone, and whether it still stands", () => {
    expect(effectivePlacement(template(), policies([]), followed)).toEqual({
      frozen: {
        reason: "PlacementGone",
        message: "the Placement shop/a is gone; everything stays as it was placed until another one selects it",
      },
    });
    const narrowed = effectivePlacement(template(), policies([wide("default", only({ name: "x" }))]), fallback);
    expect(narrowed).toMatchObject({
      frozen: { message: expect.stringMatching(/^the ClusterPlacement default no longer/) },
    });
    expect(outcome(asking("a"), policies([wide("default")]), followed)).toBe("PlacementGone");
  });

  const selector = fc.record(
    {
      kind: fc.constantFrom("Deployment", "Job"),
      name: fc.constantFrom("web", "api"),
      labelSelector: fc.constantFrom({}, { matchLabels: { app: "web" } }),
    },
    { requiredKeys: [] },
  );
  const placement = fc
    .record({
      namespace: fc.constantFrom("", "shop", "other"),
      name: fc.constantFrom("a", "b", "c", "default"),
      priority: fc.integer({ min: -1, max: 1 }),
      selectors: fc.option(fc.array(selector, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      deleting: fc.boolean(),
    })
    .map(({ namespace, name, deleting, selectors, priority }) =>
      policy(namespace === "" ? CLUSTER_PLACEMENTS : PLACEMENTS, namespace, name, {
        priority,
        deleting,
        ...(selectors && { selectors }),
      }),
    );
  const world = fc.uniqueArray(placement, { selector: ({ uid }) => uid, maxLength: 8 });

  it("the order they are read in never matters, and one that loses changes nothing when it goes", () => {
    fc.assert(
      fc.property(world, fc.integer(), (placements, seed) => {
        const found = outcome(template(), policies(placements));
        const turned = placements.toSorted((a, b) => (a.uid < b.uid ? -1 : 1) * (seed % 2 === 0 ? 1 : -1));
        expect(outcome(template(), policies(turned))).toBe(found);
        for (const one of placements) {
          if (`${one.namespace}/${one.name}` === found) continue;
          expect(outcome(template(), policies(placements.filter((other) => other !== one)))).toBe(found);
        }
      }),
    );
  });

  it("whoever followed an explicit one never falls to the default", () => {
    fc.assert(
      fc.property(world, fc.constantFrom("a", "b", "gone"), (placements, name) => {
        expect(outcome(template(), policies(placements), placementRef(own(name)))).not.toBe("/default");
      }),
    );
  });
});

describe("what a CronJob made", () => {
  const job: KubeObject = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "nightly-1", namespace: "shop" } };
  const cronJob = (annotations?: Record<string, string>): KubeObject => ({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "nightly", namespace: "shop", ...(annotations && { annotations }) },
  });
  const fallback = wide("default");
  it.each<[string, Policy<PlacementSpec>[], KubeObject | undefined, string]>([
    ["goes by the default", [fallback], cronJob(), "/default"],
    [
      "goes where its CronJob is selected to",
      [fallback, own("a", only({ kind: "CronJob", name: "nightly" }))],
      cronJob(),
      "shop/a",
    ],
    [
      "unless it is selected itself",
      [own("a", only({ kind: "CronJob" })), own("b", only({ kind: "Job" }))],
      cronJob(),
      "shop/b",
    ],
    ["waits for what its CronJob asks for", [fallback], cronJob({ "hanse.dev/placement": "a" }), "PlacementAwaited"],
    [
      "by its own Placement when its CronJob is gone",
      [fallback, own("a", only({ kind: "CronJob" }))],
      undefined,
      "/default",
    ],
  ])("%s", (_what, placements, maker, wanted) => {
    const found = effectiveOfMade(job, maker, policies(placements));
    expect("frozen" in found ? found.frozen.reason : `${found.placement.namespace}/${found.placement.name}`).toBe(
      wanted,
    );
    const before = "placement" in found ? placementRef(found.placement) : undefined;
    expect(effectiveOfMade(job, maker, policies(placements), before)).toEqual(found);
  });
});
