// How much of a workload each cluster claims, and which are filled before others.
//
//   weighing      FreeCapacity: the room for these pods, times its weight; Even: its weight; Static: its weight; Pack: one cluster after the
//                 other, those that have some first, then the roomiest (anew: the roomiest), so that as few as possible are used. A weight not given is 1.
//   preferences   preferred affinity that holds in full makes a claim ten times as heavy; every PreferNoSchedule taint that is not tolerated
//                 ten times as light; ScheduleAnyway scales claims so that all values of its key weigh alike (no label: a tenth)
//   groups        an earlier one is filled to its capacity before the next gets anything
//
// Preferences bend shares and never refuse: what finds no room there goes elsewhere.
import type { PlacementSpec } from "../../kinds/placement.ts";
import type { Candidate, Candidates } from "./candidates.ts";
import { labelsOf } from "./cluster.ts";

export interface Claim {
  weight: number;
  /** Lower ones are filled first. */
  tier: number;
  /** For Verdict.scores; absent where nothing but capacity decided. */
  scores?: Record<string, number>;
}

const PREFERENCE = 10;

export function weigh(
  { all, mostPreferred, constraints }: Pick<Candidates, "all" | "mostPreferred" | "constraints">,
  placement: PlacementSpec | undefined,
  anew = false,
): Map<Candidate, Claim> {
  const claims = new Map(all.map((candidate) => [candidate, claimOf(candidate, placement, mostPreferred)]));
  for (const { key, hard } of constraints) if (!hard) level(claims, key);
  if (placement?.weighing === "Pack") pack(claims, anew);
  return claims;
}

function claimOf(candidate: Candidate, placement: PlacementSpec | undefined, mostPreferred: number): Claim {
  const { selection, preferred, avoided } = candidate;
  const given = selection.weight ?? 1;
  let weight = baseOf(candidate, placement) * given;
  if (mostPreferred > 0) weight *= 1 + ((PREFERENCE - 1) * preferred) / mostPreferred;
  weight /= PREFERENCE ** avoided;
  const scores = {
    ...(placement?.groups === undefined ? {} : { Group: selection.group + 1 }),
    ...(selection.weight === undefined ? {} : { Weight: selection.weight }),
    ...(mostPreferred > 0 ? { NodeAffinity: preferred } : {}),
    ...(avoided > 0 ? { TaintToleration: -avoided } : {}),
  };
  return { weight, tier: selection.group, ...(Object.keys(scores).length === 0 ? {} : { scores }) };
}

function baseOf({ capacity = 0, standing, whyNot }: Candidate, placement: PlacementSpec | undefined): number {
  if (placement?.weighing === "Even" || placement?.weighing === "Static") return 1;
  // What gets nothing new weighs by what stands there, so that scaling down takes its part from it too.
  return whyNot === undefined ? capacity : Math.max(capacity, standing);
}

/** ScheduleAnyway: the values of the key claim alike, each cluster its part of its value's. */
function level(claims: Map<Candidate, Claim>, key: string): void {
  const sums = new Map<string, number>();
  for (const [{ cluster, whyNot }, { weight }] of claims) {
    const value = labelsOf(cluster)[key];
    if (value !== undefined && whyNot === undefined) sums.set(value, (sums.get(value) ?? 0) + weight);
  }
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  for (const [{ cluster }, claim] of claims) {
    const value = labelsOf(cluster)[key];
    const sum = value === undefined ? undefined : sums.get(value);
    if (value === undefined) claim.weight /= PREFERENCE;
    else if (sum !== undefined && sum > 0) claim.weight *= total / sums.size / sum;
  }
}

/** Each cluster a tier of its own within its group. Anew the room decides, which moving does not change. */
function pack(claims: Map<Candidate, Claim>, anew: boolean): void {
  const standing = (a: Candidate, b: Candidate): number => b.standing - a.standing;
  const order = [...claims].sort(
    ([a, left], [b, right]) =>
      left.tier - right.tier ||
      (anew ? 0 : standing(a, b)) ||
      b.preferred - a.preferred ||
      a.avoided - b.avoided ||
      roomOf(b) - roomOf(a) ||
      standing(a, b) ||
      (a.cluster.name < b.cluster.name ? -1 : 1),
  );
  order.forEach(([, claim], index) => (claim.tier = index));
}

function roomOf({ capacity = 0, selection: { max } }: Candidate): number {
  return Math.min(capacity, max ?? capacity);
}
