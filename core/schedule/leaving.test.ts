import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heldBack, type HoldingCluster } from "./leaving.ts";

const at = (name: string, [stands, before, decided, available]: number[], reachable = true): HoldingCluster => ({
  name,
  stands: stands ?? 0,
  before: before ?? 0,
  decided: decided ?? 0,
  available: available ?? 0,
  reachable,
});

describe("make before break", () => {
  const cases: [what: string, wanted: number, clusters: HoldingCluster[], kept: Record<string, number>][] = [
    ["a scale-down falls at once", 3, [at("a", [5, 5, 3, 5])], {}],
    ["a move waits for what is to replace it", 5, [at("a", [5, 5, 0, 5]), at("b", [0, 0, 5, 0])], { a: 5 }],
    ["and falls as that comes", 5, [at("a", [5, 0, 0, 5]), at("b", [5, 5, 5, 3])], { a: 2 }],
    ["until all of it is there", 5, [at("a", [2, 0, 0, 2]), at("b", [5, 5, 5, 5])], {}],
    ["of a move and a scale-down the latter falls", 3, [at("a", [5, 5, 0, 5]), at("b", [0, 0, 3, 0])], { a: 3 }],
    ["what found no other place stays", 5, [at("a", [5, 5, 0, 5]), at("b", [0, 0, 2, 2])], { a: 3 }],
    ["a lost cluster keeps its binding too", 5, [at("a", [5, 5, 0, 0], false), at("b", [0, 0, 5, 0])], { a: 5 }],
    ["pods that do not serve are not kept", 5, [at("a", [5, 5, 0, 0]), at("b", [0, 0, 5, 0])], {}],
    ["a staying cluster's own rollout holds nothing", 6, [at("a", [3, 3, 3, 1]), at("b", [3, 3, 3, 3])], {}],
    ["deleted: nothing is wanted", 0, [at("a", [5, 5, 0, 5])], {}],
  ];
  test.each(cases)("P7 %s", (_, wanted, clusters, kept) => {
    expect(heldBack({ wanted, clusters })).toEqual(kept);
  });
});

const cluster = fc
  .record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    before: fc.nat(9),
    held: fc.nat(4),
    decided: fc.nat(9),
    serving: fc.nat(9),
    reachable: fc.boolean(),
  })
  .map(({ name, before, held, decided, serving, reachable }) => {
    const stands = before + held;
    return { name, stands, before, decided, available: reachable ? Math.min(stands, serving) : 0, reachable };
  });
const clusters = fc.uniqueArray(cluster, { selector: ({ name }) => name });
const sum = (all: readonly HoldingCluster[], of: (one: HoldingCluster) => number) =>
  all.reduce((total, one) => total + of(one), 0);

test("P7 never below what is wanted by our own doing, and nothing for nothing", () => {
  fc.assert(
    fc.property(clusters, fc.nat(20), (all, wanted) => {
      const kept = heldBack({ wanted, clusters: all });
      const serves = sum(all, (one) => Math.min(one.available, one.decided + (kept[one.name] ?? 0)));
      const served = sum(all, (one) => Math.min(one.available, Math.max(one.stands, one.decided)));
      // What serves does not fall below the wanted, nor below what served, but for what the template gave up.
      const gaveUp = Math.max(0, sum(all, (one) => one.before) - wanted);
      expect(serves).toBeGreaterThanOrEqual(
        Math.min(served, wanted) -
          gaveUp -
          sum(all, (one) => (one.reachable ? 0 : Math.max(one.stands, one.decided))) -
          sum(all, (one) => Math.max(0, one.stands - one.available)),
      );
      for (const one of all) {
        expect(one.decided + (kept[one.name] ?? 0)).toBeLessThanOrEqual(Math.max(one.stands, one.decided));
        if (one.reachable && one.available === 0) expect(kept[one.name]).toBeUndefined();
      }
      // All through: nothing is kept.
      const through = all.map((one) => ({ ...one, available: one.decided, reachable: true }));
      if (sum(all, (one) => one.decided) >= wanted) expect(heldBack({ wanted, clusters: through })).toEqual({});
    }),
  );
});
