import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { divide, type DivideCluster } from "./divide.ts";
import { own } from "./own.ts";

describe("P7 divide: table", () => {
  const abc = (a: number, b: number, c: number): DivideCluster[] => [
    { name: "a", weight: a, capacity: a },
    { name: "b", weight: b, capacity: b },
    { name: "c", weight: c, capacity: c },
  ];
  const cases: [
    what: string,
    replicas: number,
    clusters: DivideCluster[],
    current: Record<string, number>,
    shares: string,
    unplaced: number,
  ][] = [
    ["even weights, even shares", 6, abc(10, 10, 10), {}, "a2 b2 c2", 0],
    ["ties go by name", 1, abc(10, 10, 10), {}, "a1 b0 c0", 0],
    [
      "ties go to fewer replicas first",
      1,
      [
        { name: "a", weight: 30 },
        { name: "b", weight: 10 },
      ],
      { a: 1 },
      "a1 b0",
      0,
    ],
    ["weights count (Sainte-Laguë)", 7, abc(53, 24, 23), {}, "a3 b2 c2", 0],
    [
      "capacity binds, the rest flows on",
      9,
      [
        { name: "a", weight: 9, capacity: 2 },
        { name: "b", weight: 9, capacity: 3 },
        { name: "c", weight: 1 },
      ],
      {},
      "a2 b3 c4",
      0,
    ],
    ["full everywhere: the rest is unplaced", 12, abc(2, 3, 4), {}, "a2 b3 c4", 3],
    ["no cluster: all unplaced", 3, [], {}, "", 3],
    ["scaling up keeps what stands", 4, abc(100, 10, 10), { b: 1, c: 1 }, "a2 b1 c1", 0],
    ["scaling down only takes", 3, abc(10, 10, 100), { a: 2, b: 2, c: 0 }, "a2 b1 c0", 0],
    ["to zero", 0, abc(10, 10, 10), { a: 2, b: 2, c: 2 }, "a0 b0 c0", 0],
    ["what stands stays though it no longer fits", 4, abc(1, 10, 10), { a: 3 }, "a3 b1 c0", 0],
    [
      "weight 0 still shrinks",
      1,
      [
        { name: "a", weight: 0 },
        { name: "b", weight: 0 },
      ],
      { a: 2, b: 2 },
      "a1 b0",
      0,
    ],
    [
      "what claims nothing shrinks first",
      2,
      [
        { name: "a", weight: 1 },
        { name: "b", weight: 0 },
      ],
      { a: 2, b: 2 },
      "a2 b0",
      0,
    ],
    [
      "floors in billions, cut without waiting",
      2_000_000_000,
      [
        { name: "a", weight: 1, floor: 2_000_000_000 },
        { name: "b", weight: 1, floor: 2_000_000_000 },
      ],
      {},
      "a1000000000 b1000000000",
      0,
    ],
    [
      "a later tier gets what the first has no room for, and loses it first",
      4,
      [
        { name: "a", weight: 1, capacity: 3 },
        { name: "b", weight: 9, tier: 1 },
      ],
      { a: 2, b: 4 },
      "a2 b2",
      0,
    ],
    [
      "floors that exceed the total are cut",
      2,
      [
        { name: "a", weight: 1, floor: 3 },
        { name: "b", weight: 1, floor: 1 },
      ],
      {},
      "a1 b1",
      0,
    ],
    [
      "a ceiling binds",
      5,
      [
        { name: "a", weight: 1, ceiling: 2 },
        { name: "b", weight: 1, ceiling: 1 },
      ],
      {},
      "a2 b1",
      2,
    ],
    [
      "two billion, without waiting",
      2_000_000_000,
      [
        { name: "a", weight: 1 },
        { name: "b", weight: 3 },
      ],
      {},
      "a500000000 b1500000000",
      0,
    ],
  ];
  test.each(cases)("%s", (_what, replicas, clusters, current, shares, unplaced) => {
    const division = divide({ replicas, clusters, current });
    expect(
      Object.entries(division.shares)
        .map(([name, share]) => name + share)
        .join(" "),
    ).toBe(shares);
    expect(division.unplaced).toBe(unplaced);
  });
});

describe("P7 divide: laws", () => {
  const world = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d", "e", "constructor"),
      weight: fc.nat(1000),
      capacity: fc.nat(400),
    }),
    { selector: (cluster) => cluster.name, maxLength: 6 },
  );
  const sum = (shares: Record<string, number>) => Object.values(shares).reduce((a, b) => a + b, 0);

  test("shares + unplaced = replicas, each within its capacity", () => {
    fc.assert(
      fc.property(world, fc.nat(1500), (clusters, replicas) => {
        const { shares, unplaced } = divide({ replicas, clusters });
        expect(sum(shares) + unplaced).toBe(replicas);
        expect(unplaced).toBeGreaterThanOrEqual(0);
        for (const { name, capacity } of clusters) expect(shares[name]).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  test("a replan of an unchanged world is empty", () => {
    fc.assert(
      fc.property(world, fc.nat(1500), (clusters, replicas) => {
        const first = divide({ replicas, clusters });
        expect(divide({ replicas, clusters, current: first.shares })).toEqual(first);
      }),
    );
  });

  test("scaling up never takes, scaling down never adds", () => {
    fc.assert(
      fc.property(world, world, fc.nat(1500), fc.nat(1500), (before, after, one, two) => {
        const current = divide({ replicas: one, clusters: before }).shares;
        const next = divide({ replicas: two, clusters: after, current }).shares;
        const standing = after.reduce((total, { name }) => total + (own(current, name) ?? 0), 0);
        for (const { name } of after) {
          if (two >= standing) expect(next[name]).toBeGreaterThanOrEqual(own(current, name) ?? 0);
          else expect(next[name]).toBeLessThanOrEqual(own(current, name) ?? 0);
        }
      }),
    );
  });

  test("monotone in replicas, from nothing and from what stands", () => {
    fc.assert(
      fc.property(world, fc.nat(600), fc.nat(600), fc.nat(600), (clusters, base, one, more) => {
        const current = divide({ replicas: base, clusters }).shares;
        const standing = sum(current);
        for (const from of [{}, current]) {
          const [small, large] = [
            divide({ replicas: one, clusters, current: from }),
            divide({ replicas: one + more, clusters, current: from }),
          ];
          if (from === current && one < standing !== one + more < standing) continue;
          for (const { name } of clusters)
            expect(large.shares[name]).toBeGreaterThanOrEqual(own(small.shares, name) ?? 0);
        }
      }),
    );
  });

  test("the jump for large counts gives what one at a time gives", () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 300, max: 1500 }), (clusters, replicas) => {
        // One at a time: each call hands out a single replica, which never jumps.
        let shares: Record<string, number> = {};
        for (let count = 1; count <= replicas; count += 1) {
          const next = divide({ replicas: count, clusters, current: shares });
          if (next.unplaced > 0) break;
          shares = next.shares;
        }
        expect(divide({ replicas, clusters }).shares).toEqual({
          ...Object.fromEntries(clusters.map(({ name }) => [name, 0])),
          ...shares,
        });
      }),
      { numRuns: 30 },
    );
  });

  test("independent of the order in which clusters are listed", () => {
    fc.assert(
      fc.property(world, fc.nat(1500), (clusters, replicas) => {
        expect(divide({ replicas, clusters: [...clusters].reverse() })).toEqual(divide({ replicas, clusters }));
      }),
    );
  });
});
