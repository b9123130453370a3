import fc from "fast-check";
import { expect, test } from "vitest";
import type { Share } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { blocksFor, countOf, sharesOf, withCount, type Sharing } from "./share.ts";

const object = (spec: Loose): KubeObject => ({ apiVersion: "x/v1", kind: "X", metadata: { name: "x" }, spec });
const replicas: Sharing["rule"] = { rule: "workload", divided: ["spec.replicas"] };
const ordinals: Sharing["rule"] = { ...replicas, ordinals: true };
const job: Sharing["rule"] = { rule: "workload", divided: ["spec.parallelism", "spec.completions"], once: true };

test.each<[what: string, sharing: Sharing, expected: Record<string, Share>]>([
  [
    "divided",
    { rule: replicas, template: object({ replicas: 5 }), division: "divided", shares: { a: 3, b: 2, c: 0 } },
    { a: { "spec.replicas": 3 }, b: { "spec.replicas": 2 } },
  ],
  [
    "whole carries all of it",
    { rule: replicas, template: object({ replicas: 5 }), division: "whole", shares: { a: 1 } },
    { a: { "spec.replicas": 5 } },
  ],
  [
    "everywhere carries all of it each time",
    { rule: replicas, template: object({ replicas: 2 }), division: "everywhere", shares: { a: 2, b: 2 } },
    { a: { "spec.replicas": 2 }, b: { "spec.replicas": 2 } },
  ],
  [
    "a kind that divides nothing",
    { rule: { rule: "workload", divided: [] }, template: object({}), division: "everywhere", shares: { a: 1 } },
    { a: {} },
  ],
  [
    "the first pods in the order of ordinals are not updated, each cluster counting its own",
    {
      rule: ordinals,
      template: object({ replicas: 7, updateStrategy: { rollingUpdate: { partition: 4 } } }),
      division: "divided",
      shares: { a: 2, b: 3, c: 2 },
      blocks: { a: 1, b: 0, c: 2 },
    },
    {
      a: { "spec.replicas": 2, "spec.ordinals.start": 1000, "spec.updateStrategy.rollingUpdate.partition": 1 },
      b: { "spec.replicas": 3, "spec.updateStrategy.rollingUpdate.partition": 3 },
      c: { "spec.replicas": 2, "spec.ordinals.start": 2000, "spec.updateStrategy.rollingUpdate.partition": 0 },
    },
  ],
  [
    "blocks of ordinals begin where the template does",
    {
      rule: ordinals,
      template: object({ replicas: 5, ordinals: { start: 7 } }),
      division: "divided",
      shares: { a: 3, b: 2 },
      blocks: { a: 0, b: 1 },
    },
    {
      a: { "spec.replicas": 3, "spec.ordinals.start": 7 },
      b: { "spec.replicas": 2, "spec.ordinals.start": 1007 },
    },
  ],
  [
    "the first block looks as it always did",
    {
      rule: ordinals,
      template: object({ replicas: 2 }),
      division: "divided",
      shares: { a: 1, b: 1 },
      blocks: { b: 0, a: 4 },
    },
    { a: { "spec.replicas": 1, "spec.ordinals.start": 4000 }, b: { "spec.replicas": 1 } },
  ],
  [
    "a Job's completions go with its pods",
    { rule: job, template: object({ parallelism: 3, completions: 9 }), division: "divided", shares: { a: 2, b: 1 } },
    {
      a: { "spec.parallelism": 2, "spec.completions": 6 },
      b: { "spec.parallelism": 1, "spec.completions": 3 },
    },
  ],
  [
    "and are given out once",
    {
      rule: job,
      template: object({ parallelism: 5, completions: 9 }),
      division: "divided",
      shares: { a: 2, b: 3 },
      standing: new Map([["a", { "spec.parallelism": 3, "spec.completions": 9 }]]),
    },
    {
      a: { "spec.parallelism": 2, "spec.completions": 9 },
      b: { "spec.parallelism": 3, "spec.completions": 0 },
    },
  ],
  [
    "a work queue has none",
    { rule: job, template: object({ parallelism: 2 }), division: "divided", shares: { a: 2 } },
    { a: { "spec.parallelism": 2 } },
  ],
])("%s", (_, sharing, expected) => {
  const shares = sharesOf(sharing);
  expect(Object.fromEntries(shares)).toEqual(expected);
  for (const [cluster, share] of shares)
    if (sharing.division === "divided") expect(countOf({ share })).toBe(sharing.shares[cluster]);
});

test("P7 completions that are given out add up", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-h]{1,3}$/), fc.integer({ min: 1, max: 50 })),
      fc.nat(500),
      (shares, completions) => {
        fc.pre(Object.keys(shares).length > 0);
        const parts = sharesOf({
          rule: job,
          template: object({ parallelism: 1, completions }),
          division: "divided",
          shares,
        });
        const given = [...parts.values()].map((share) => share["spec.completions"] ?? 0);
        expect(given.reduce((a, b) => a + b, 0)).toBe(completions);
      },
    ),
  );
});

test("a block is given once and never to another", () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"))), (placements) => {
      let blocks: Record<string, number> = {};
      for (const clusters of placements) {
        const next = blocksFor(clusters, blocks);
        expect(next).toMatchObject(blocks);
        expect(new Set(Object.values(next)).size).toBe(Object.keys(next).length);
        for (const cluster of clusters) expect(next[cluster]).toBeDefined();
        blocks = next;
      }
    }),
  );
});

test("another number leaves the other fields", () => {
  expect(withCount({ "spec.replicas": 3, "spec.ordinals.start": 1000 }, 5)).toEqual({
    "spec.replicas": 5,
    "spec.ordinals.start": 1000,
  });
  expect(withCount({}, 5)).toEqual({});
});
