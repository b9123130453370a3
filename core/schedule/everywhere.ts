// What stands in every cluster that is meant: a DaemonSet (once in each), what a Placement duplicates (all its replicas in each), custom
// resources. Each cluster is decided by itself. Promises (P7): `replicas` is what the clusters that are meant should have, added up, and
// equals shares + unplaced; a cluster that is meant is one that is not refused by a policy and is not silent, cordoned or tainted, or has some
// already. Room counts where replicas do: as many as fit are given. A cluster that joins or becomes Ready is meant from then on.
import type { FederationRule } from "../../kinds/kind.ts";
import { findCandidates, holdOf, verdictOf, type Candidate, type World } from "./candidates.ts";
import type { Plan } from "./plan.ts";

type WorkloadRule = Extract<FederationRule, { rule: "workload" }>;

export function spreadEverywhere(world: World, rule: WorkloadRule, each: number): Omit<Plan, "division"> {
  const uncounted = rule.divided.length === 0;
  const { all, dueMs } = findCandidates(world, { rule, uncounted, everywhere: true });
  const shares: Record<string, number> = {};
  let [replicas, unplaced] = [0, 0];
  const verdicts = all.map((candidate) => {
    const most = Math.min(each, candidate.selection.max ?? each);
    const wanted = wantedOf(candidate, world, most);
    const share = Math.min(wanted, shareOf(candidate, uncounted, most));
    if (wanted > 0 || candidate.standing > 0) shares[candidate.cluster.name] = share;
    replicas += wanted;
    unplaced += wanted - share;
    return verdictOf(candidate, share);
  });
  return { replicas, shares, unplaced, verdicts, ...(dueMs === undefined ? {} : { dueMs }) };
}

function wantedOf(candidate: Candidate, world: World, most: number): number {
  const { standing, whyNot } = candidate;
  switch (whyNot) {
    case undefined:
    case "NoCapacity":
    case "CapacityUnknown":
      return most;
    case "NotReady":
    case "Cordoned":
    case "Tainted":
      return standing > 0 ? most : 0;
    default:
      return holdOf(candidate, world) === "stays" ? Math.min(standing, most) : 0;
  }
}

function shareOf({ whyNot, capacity = 0, standing }: Candidate, uncounted: boolean, most: number): number {
  if (whyNot !== undefined) return standing;
  return uncounted ? most : Math.max(standing, capacity);
}
