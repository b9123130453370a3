// P7 for whole decisions: any clusters, any Placement, any shares that stand.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { scheduleWhole } from "./whole.ts";
import type { ScheduleCluster, ScheduleInput } from "./schedule.ts";
import { cluster, deployment, DIVIDED, NOW, plan, REGION, type Traits } from "./testing/world.ts";
import { own } from "./own.ts";

// The last one is a DNS label, and what every object inherits.
const NAMES = ["a", "b", "c", "d", "constructor"];
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 2 });
const selector = fc.record({ names: fc.subarray(NAMES) });

const traits: fc.Arbitrary<Traits> = fc.record({
  pods: fc.nat(12),
  region: optional(fc.constantFrom("eu", "us", "asia")),
  cordoned: fc.constantFrom(false, false, false, true),
  silent: fc.constantFrom(undefined, undefined, undefined, 10, 1000),
  taints: fc.subarray(
    [
      { key: "x", effect: "NoSchedule" },
      { key: "y", effect: "NoExecute" },
      { key: "z", effect: "PreferNoSchedule" },
    ],
    { maxLength: 1 },
  ),
});
const clusters = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), traits), { selector: ([name]) => name, maxLength: 5 })
  .map((all) => all.map(([name, each]) => cluster(name, each)));

const spread = fc.record({
  topologyKey: fc.constantFrom(REGION, "hanse.dev/cluster"),
  maxSkew: fc.integer({ min: 1, max: 3 }),
  whenUnsatisfiable: fc.constantFrom("DoNotSchedule" as const, "ScheduleAnyway" as const),
  minDomains: fc.integer({ min: 1, max: 3 }),
});
const fields = {
  clusters: optional(fc.array(selector, { maxLength: 2 })),
  groups: optional(fc.array(fc.record({ clusters: fc.tuple(selector) }), { maxLength: 3 })),
  weighing: optional(fc.constantFrom("FreeCapacity" as const, "Even" as const, "Pack" as const, "Static" as const)),
  weights: optional(
    fc.array(
      fc.record({
        clusters: selector,
        weight: optional(fc.nat(5)),
        min: optional(fc.nat(4)),
        max: optional(fc.nat(6)),
      }),
      { maxLength: 2 },
    ),
  ),
  tolerations: fc.subarray([
    { key: "x", operator: "Exists" as const },
    { key: "y", operator: "Exists" as const },
  ]),
};
type Loosely = fc.Arbitrary<PlacementSpec>;
const placement = fc.record({ ...fields, spread: fc.array(spread, { maxLength: 2 }) }) as Loosely;
const unspread = fc.record(fields) as Loosely;
const division = fc.constantFrom("Divided" as const, "Duplicated" as const);
const shares = fc.dictionary(fc.constantFrom(...NAMES), fc.nat(5));
const replicas = fc.nat(30);
const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((a, b) => a + b, 0);

/** What a cluster has free is what these shares leave. */
function after(
  world: readonly ScheduleCluster[],
  now: Readonly<Record<string, number>>,
  was: Readonly<Record<string, number>>,
) {
  return world.map((each) => {
    const pods = Number(each.status?.free?.["pods"]) - (own(now, each.name) ?? 0) + (own(was, each.name) ?? 0);
    return { ...each, status: { ...each.status, free: { pods: String(pods) } } };
  });
}

describe("P7 laws of decisions", () => {
  test("shares + unplaced = replicas, and the verdicts are the shares", () => {
    fc.assert(
      fc.property(
        clusters,
        placement,
        division,
        shares,
        replicas,
        fc.boolean(),
        (world, spec, how, current, wanted, rebalance) => {
          const decided = plan(deployment(wanted), world, {
            placement: { ...spec, division: how },
            current,
            rebalance,
          });
          expect(sum(decided.shares) + decided.unplaced).toBe(decided.replicas);
          if (how === "Divided") expect(decided.replicas).toBe(wanted);
          for (const share of Object.values(decided.shares)) expect(share).toBeGreaterThanOrEqual(0);
          const said = decided.verdicts
            .filter(({ share }) => share > 0)
            .map(({ cluster: name, share }) => [name, share]);
          expect(Object.fromEntries(said)).toEqual(
            Object.fromEntries(Object.entries(decided.shares).filter(([, share]) => share > 0)),
          );
          expect(decided.verdicts.map(({ cluster: name }) => name)).toEqual(world.map(({ name }) => name).sort());
        },
      ),
    );
  });

  test("a replan of an unchanged world is empty, words included", () => {
    fc.assert(
      fc.property(clusters, placement, division, shares, replicas, (world, spec, how, current, wanted) => {
        const more = { placement: { ...spec, division: how } };
        const first = plan(deployment(wanted), world, { ...more, current });
        // What was expelled is gone from there; what it left is free.
        const second = plan(deployment(wanted), after(world, first.shares, current), {
          ...more,
          current: first.shares,
        });
        const third = plan(deployment(wanted), after(world, second.shares, current), {
          ...more,
          current: second.shares,
        });
        expect(second.shares).toMatchObject(
          Object.fromEntries(Object.entries(first.shares).filter(([, share]) => share > 0)),
        );
        expect(third).toEqual(second);
      }),
    );
  });

  test("a rebalance of what was rebalanced moves nothing", () => {
    fc.assert(
      fc.property(clusters, unspread, shares, replicas, (world, spec, current, wanted) => {
        const first = plan(deployment(wanted), world, { placement: spec, current, rebalance: true });
        const second = plan(deployment(wanted), after(world, first.shares, current), {
          placement: spec,
          current: first.shares,
          rebalance: true,
        });
        expect(second.shares).toMatchObject(
          Object.fromEntries(Object.entries(first.shares).filter(([, share]) => share > 0)),
        );
      }),
    );
  });

  test("scaling up only adds, scaling down only takes, but for what is expelled", () => {
    fc.assert(
      fc.property(clusters, placement, shares, replicas, (world, spec, current, wanted) => {
        const decided = plan(deployment(wanted), world, { placement: spec, current });
        const kept = decided.verdicts.filter(({ whyNot }) => whyNot !== "Expelled");
        const standing = kept.reduce((all, { cluster: name }) => all + (own(current, name) ?? 0), 0);
        for (const { cluster: name, share } of kept)
          if (wanted >= standing) expect(share).toBeGreaterThanOrEqual(own(current, name) ?? 0);
          else expect(share).toBeLessThanOrEqual(own(current, name) ?? 0);
        for (const { whyNot, share } of decided.verdicts) if (whyNot === "Expelled") expect(share).toBe(0);
        if (wanted <= standing) expect(decided.unplaced).toBe(0);
      }),
    );
  });

  test("a refused cluster gets nothing beyond what stands, an eligible one stays within room and maximum", () => {
    const soft = new Set(["AtMaximum", "Spread"]);
    fc.assert(
      fc.property(
        clusters,
        placement,
        division,
        shares,
        replicas,
        fc.boolean(),
        (world, spec, how, current, wanted, rebalance) => {
          const { verdicts } = plan(deployment(wanted), world, {
            placement: { ...spec, division: how },
            current,
            rebalance,
          });
          for (const { cluster: name, share, whyNot, capacity = 0 } of verdicts) {
            const stands = own(current, name) ?? 0;
            if (whyNot !== undefined && !soft.has(whyNot)) expect(share).toBeLessThanOrEqual(stands);
            else expect(share).toBeLessThanOrEqual(Math.max(stands, capacity));
            const max = spec.weights?.find((each) => each.clusters.names?.includes(name))?.max;
            if (max !== undefined) expect(share).toBeLessThanOrEqual(Math.max(stands, max));
          }
        },
      ),
    );
  });

  test("minimums are met before anything goes beyond one, room permitting", () => {
    fc.assert(
      fc.property(clusters, unspread, replicas, (world, spec, wanted) => {
        const { verdicts } = plan(deployment(wanted), world, { placement: spec });
        const floors = verdicts.map(({ cluster: name, share, whyNot, capacity = 0 }) => {
          const named = spec.weights?.find((each) => each.clusters.names?.includes(name));
          const open = whyNot === undefined || whyNot === "AtMaximum";
          const floor = open ? Math.min(named?.min ?? 0, named?.max ?? Number.POSITIVE_INFINITY, capacity) : 0;
          return { share, floor };
        });
        if (floors.some(({ share, floor }) => share < floor))
          for (const { share, floor } of floors) expect(share).toBeLessThanOrEqual(floor);
      }),
    );
  });

  test("nothing in a later group, beyond minimums, while an earlier one has room", () => {
    fc.assert(
      fc.property(clusters, unspread, replicas, (world, spec, wanted) => {
        const { verdicts } = plan(deployment(wanted), world, { placement: spec });
        const groupOf = (name: string) =>
          spec.groups?.findIndex((each) => each.clusters.some(({ names }) => names?.includes(name))) ?? 0;
        const weightOf = (name: string) => spec.weights?.find((each) => each.clusters.names?.includes(name));
        const open = verdicts.filter(
          ({ cluster: name, whyNot, share, capacity = 0 }) =>
            whyNot === undefined &&
            share < capacity &&
            share < (weightOf(name)?.max ?? 99) &&
            weightOf(name)?.weight !== 0,
        );
        const first = Math.min(...open.map(({ cluster: name }) => groupOf(name)));
        for (const { cluster: name, share } of verdicts)
          if (groupOf(name) > first) expect(share).toBeLessThanOrEqual(weightOf(name)?.min ?? 0);
      }),
    );
  });

  test("maxSkew holds at first placement, and what is unplaced could go nowhere", () => {
    fc.assert(
      fc.property(clusters, placement, replicas, (world, spec, wanted) => {
        const decided = plan(deployment(wanted), world, { placement: spec });
        const hard = (spec.spread ?? []).filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule");
        const valueOf = ({ name, labels }: ScheduleCluster, key: string) => (key === REGION ? labels?.[REGION] : name);
        const counted = world.filter(
          (each) =>
            hard.every(({ topologyKey }) => valueOf(each, topologyKey) !== undefined) &&
            decided.verdicts.find(({ cluster: name }) => name === each.name)?.whyNot !== "NotSelected",
        );
        const countsOf = (key: string) => {
          const counts = new Map<string, number>();
          for (const each of counted) {
            const value = valueOf(each, key) ?? "";
            counts.set(value, (counts.get(value) ?? 0) + (own(decided.shares, each.name) ?? 0));
          }
          return counts;
        };
        const blocked = new Set<string>();
        for (const { topologyKey, maxSkew, minDomains = 1 } of hard) {
          const counts = countsOf(topologyKey);
          const least = counts.size < minDomains ? 0 : Math.min(...counts.values());
          for (const [value, count] of counts) {
            if (count > 0) expect(count - least).toBeLessThanOrEqual(maxSkew);
            for (const each of counted)
              if (valueOf(each, topologyKey) === value && count + 1 - least > maxSkew) blocked.add(each.name);
          }
        }
        if (decided.unplaced === 0) return;
        for (const { cluster: name, share, whyNot, capacity = 0 } of decided.verdicts)
          if (whyNot === undefined && !blocked.has(name)) {
            const weight = spec.weights?.find((each) => each.clusters.names?.includes(name))?.weight;
            if (weight !== 0) expect(share).toBe(capacity);
          } else if (whyNot === "Spread")
            expect(blocked.has(name) || !counted.some((each) => each.name === name)).toBe(true);
      }),
    );
  });

  test("independent of the order in which clusters are listed; whole too", () => {
    fc.assert(
      fc.property(clusters, placement, shares, replicas, fc.boolean(), (world, spec, current, wanted, rebalance) => {
        const backwards = [...world].reverse();
        const more = { placement: spec, current, rebalance };
        expect(plan(deployment(wanted), backwards, more)).toEqual(plan(deployment(wanted), world, more));
        const whole = {
          template: deployment(wanted),
          current,
          running: {},
          once: false,
          placement: spec,
          rebalance,
          nowMs: NOW,
        };
        expect(scheduleWhole({ ...whole, clusters: backwards })).toEqual(scheduleWhole({ ...whole, clusters: world }));
      }),
    );
  });

  test("monotone: more replicas are never less anywhere, without spread", () => {
    fc.assert(
      fc.property(clusters, unspread, replicas, fc.nat(9), (world, spec, wanted, more) => {
        const small = plan(deployment(wanted), world, { placement: spec }).shares;
        const large = plan(deployment(wanted + more), world, { placement: spec }).shares;
        for (const [name, share] of Object.entries(small)) expect(large[name]).toBeGreaterThanOrEqual(share);
      }),
    );
  });

  test("whole: one cluster that takes all of it and that nothing refuses, or none", () => {
    fc.assert(
      fc.property(clusters, placement, replicas, fc.boolean(), (world, spec, wanted, once) => {
        const asked = { template: deployment(wanted), clusters: world, running: {}, once, placement: spec, nowMs: NOW };
        const first = scheduleWhole({ ...asked, current: {} });
        const placed = first.verdicts.filter(({ share }) => share > 0);
        expect(placed.length + first.unplaced).toBe(1);
        for (const { whyNot, capacity = 0 } of placed) expect([whyNot, capacity >= wanted]).toEqual([undefined, true]);
        if (placed.length === 0) for (const { whyNot } of first.verdicts) expect(whyNot).toBeDefined();
        for (const rebalance of [false, true])
          expect(scheduleWhole({ ...asked, current: first.shares, running: {}, rebalance }).shares).toEqual(
            first.shares,
          );
      }),
    );
  });

  test("what is frozen is as if no time had passed (P9)", () => {
    const rule: ScheduleInput["rule"] = DIVIDED;
    fc.assert(
      fc.property(clusters, shares, replicas, (world, current, wanted) => {
        const untainted = world.map((each) => ({ ...each, spec: { ...each.spec, taints: [] } }));
        const frozen = plan(deployment(wanted), untainted, { rule, current, frozen: true });
        expect(frozen.shares).toEqual(plan(deployment(wanted), untainted, { rule, current, nowMs: undefined }).shares);
      }),
    );
  });
});
