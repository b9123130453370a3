// One cluster's part of a workload as the fields that are filled in there, and back to the number that is counted. What its kind divides is
// left out of the revision, so every binding carries it: a part of it, or all of it where the workload is placed whole or everywhere.
// A Job's completions are given out once: members refuse to change them.
import type { Binding, Share } from "../../kinds/binding.ts";
import type { FederationRule } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { divide } from "./divide.ts";
import { own } from "./own.ts";

export type Division = "divided" | "whole" | "everywhere";

/** Ordinals that one cluster's block has: its pods are named from block × this number on. */
export const BLOCK = 1000;
const PARTITION = "spec.updateStrategy.rollingUpdate.partition";

export interface Sharing {
  rule: Extract<FederationRule, { rule: "workload" }>;
  template: KubeObject;
  division: Division;
  /** What each cluster was decided to have: of what is divided the number, else 1 (or the number, where every cluster gets all). */
  shares: Readonly<Record<string, number>>;
  /** Blocks of ordinals by cluster. */
  blocks?: Readonly<Record<string, number>> | undefined;
  /** Shares as they stand. */
  standing?: ReadonlyMap<string, Share>;
}

/** The share of each cluster that has one; the first field is the one that is counted. */
export function sharesOf(sharing: Sharing): Map<string, Share> {
  const { rule, template, division, shares, blocks } = sharing;
  const [counted, ...others] = rule.divided;
  const placed = Object.keys(shares).filter((cluster) => (shares[cluster] ?? 0) > 0);
  const divided = new Map(
    others.map((path) => [path, division === "divided" ? givenOut(path, placed, sharing) : undefined]),
  );
  return new Map(
    placed.map((cluster) => {
      const share: Share = {};
      if (counted !== undefined) {
        const all = numberIn(template, counted);
        const count = division === "whole" ? (all ?? 1) : shares[cluster];
        if (count !== undefined) share[counted] = count;
      }
      for (const [path, parts] of divided) {
        const value = parts === undefined ? numberIn(template, path) : own(parts, cluster);
        if (value !== undefined) share[path] = value;
      }
      const block = rule.ordinals === true && division === "divided" ? own(blocks, cluster) : undefined;
      if (block !== undefined) {
        const own = numberIn(template, "spec.ordinals.start");
        if (block > 0 || own !== undefined) share["spec.ordinals.start"] = block * BLOCK + (own ?? 0);
      }
      const partition = block === undefined ? undefined : numberIn(template, PARTITION);
      if (partition !== undefined && partition > 0) share[PARTITION] = partitionIn(cluster, partition, placed, sharing);
      return [cluster, share];
    }),
  );
}

/**
 * Of all pods in the order of their ordinals the first `partition` are not updated; a member counts those of its own block from 0 (kk:
 * pkg/controller/statefulset/stateful_set_control.go).
 */
function partitionIn(
  cluster: string,
  partition: number,
  placed: readonly string[],
  { shares, blocks = {} }: Sharing,
): number {
  const block = blocks[cluster] ?? 0;
  const below = placed
    .filter((name) => (blocks[name] ?? 0) < block)
    .reduce((sum, name) => sum + (shares[name] ?? 0), 0);
  return Math.max(0, Math.min(partition - below, shares[cluster] ?? 0));
}

/** What is not counted but divided as well: given out once, like what is counted. */
function givenOut(path: string, placed: readonly string[], { template, shares, standing }: Sharing) {
  const all = numberIn(template, path);
  if (all === undefined) return {};
  const before = placed.flatMap((cluster) => {
    const value = standing?.get(cluster)?.[path];
    return value === undefined ? [] : [[cluster, value] as const];
  });
  if (before.length > 0)
    return Object.fromEntries([...placed.map((cluster) => [cluster, 0] as const), ...before]) as Record<string, number>;
  const clusters = placed.map((name) => ({ name, weight: shares[name] ?? 0 }));
  return divide({ replicas: all, clusters }).shares;
}

/** What a share counts for: its first field. Absent: the kind divides nothing. */
export function countOf({ share }: Pick<Binding, "share">): number | undefined {
  return Object.values(share)[0];
}

/** The same share with another number. */
export function withCount(share: Share, count: number): Share {
  const [counted] = Object.keys(share);
  return counted === undefined ? share : { ...share, [counted]: count };
}

/** Every cluster that has a share has a block, which was never another's. */
export function blocksFor(
  clusters: readonly string[],
  before: Readonly<Record<string, number>> | undefined,
): Record<string, number> {
  const blocks = { ...before };
  let next = Math.max(-1, ...Object.values(blocks)) + 1;
  for (const cluster of [...clusters].sort()) if (!Object.hasOwn(blocks, cluster)) blocks[cluster] = next++;
  return blocks;
}

/** What is divided in all; 1 where nothing is. */
export function wantedOf(rule: Sharing["rule"], template: KubeObject): number {
  const [counted] = rule.divided;
  return counted === undefined ? 1 : (numberIn(template, counted) ?? 1);
}

export function numberIn(object: KubeObject, path: string): number | undefined {
  let at: Loose = object;
  for (const step of path.split(".")) at = at?.[step];
  return typeof at === "number" ? Math.max(0, Math.trunc(at)) : undefined;
}

/** A copy of the object with another number in that place. */
export function setNumber<T extends object>(object: T, path: string, value: number): T {
  const [first = "", ...rest] = path.split(".");
  const inner = (object as Record<string, object | undefined>)[first] ?? {};
  return { ...object, [first]: rest.length === 0 ? value : setNumber(inner, rest.join("."), value) };
}
