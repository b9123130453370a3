// Where a template runs: template + clusters + the shares that stand -> shares, what found no room, and why (not) for each cluster.
// What stands stays: nothing moves by itself but out of clusters that expel it (expulsion.ts), or everything anew where a rebalance is asked for.
// Who asks looks at divisionOf first: what is placed whole goes to whole.ts; "everywhere" and "divided" come here.
import type { FederationRule } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { controlled } from "../../kinds/rules/owners.ts";
import { findCandidates, holdOf, verdictOf, type Candidate, type World } from "./candidates.ts";
import type { Verdict } from "./decision.ts";
import { divide, type DivideCluster } from "./divide.ts";
import { spreadEverywhere } from "./everywhere.ts";
import type { Plan } from "./plan.ts";
import { isPod } from "./podtemplate.ts";
import { BLOCK, wantedOf, type Division } from "./share.ts";
import { spreadGuard, whatBreaks } from "./spread.ts";
import { weigh } from "./weigh.ts";
import { own } from "./own.ts";

export { isReady, type ScheduleCluster } from "./cluster.ts";
export { explainUnplaced } from "./explain.ts";
export type { Plan } from "./plan.ts";

type WorkloadRule = Extract<FederationRule, { rule: "workload" }>;

export interface ScheduleInput extends World {
  rule: WorkloadRule;
}

/**
 * The Placement's word, else the kind's. What cannot be divided is not, whatever the Placement says: kinds without divided fields, and an
 * Indexed Job, whose indexes are one numbering. A bare Pod is one pod. What another made to run once (a CronJob's Job) runs in one cluster.
 */
export function divisionOf(template: KubeObject, rule: WorkloadRule, placement?: PlacementSpec): Division {
  if (rule.once === true && controlled(template)) return "whole";
  const divisible = rule.divided.length > 0 && (template as Loose).spec?.completionMode !== "Indexed";
  const own = rule.division ?? (rule.divided.length > 0 ? "divided" : "whole");
  const usual = own === "divided" && !divisible ? "whole" : own;
  switch (placement?.division) {
    case "Whole":
      return "whole";
    case "Duplicated":
      return isPod(template) ? "whole" : "everywhere";
    case "Divided":
      return divisible ? "divided" : usual;
    case undefined:
      return usual;
  }
}

export function schedule(asked: ScheduleInput): Plan {
  const { template, rule, placement, current } = asked;
  // What runs once is given out once; what has an identity is moved out of what a policy refuses, and else stays.
  const input = { ...asked, rebalance: asked.rebalance === true && rule.once !== true };
  const anew = input.rebalance && rule.ordinals !== true;
  if (divisionOf(template, rule, placement) === "everywhere") {
    const each = wantedOf(rule, template);
    return { division: "everywhere", ...spreadEverywhere(input, rule, each) };
  }
  const replicas = wantedOf(rule, template);
  const candidates = findCandidates(input, { rule });
  const { all, constraints, dueMs } = candidates;
  const claims = weigh(candidates, placement, anew);
  const clusters: DivideCluster[] = [];
  for (const candidate of all) {
    const seat = seatOf(candidate, input, anew);
    const { weight = 0, tier = 0 } = claims.get(candidate) ?? {};
    if (seat !== undefined) clusters.push({ ...seat, weight, tier });
  }
  const guard = spreadGuard(constraints, all);
  const { shares, unplaced } = divide({ replicas, clusters, current, anew, guard });
  const broken = unplaced > 0 ? whatBreaks(constraints, all, shares) : undefined;
  const verdicts = all.map((candidate): Verdict => {
    const share = own(shares, candidate.cluster.name) ?? 0;
    const scores = claims.get(candidate)?.scores;
    const verdict = verdictOf(candidate, share);
    if (unplaced > 0) Object.assign(verdict, whyNoMore(candidate, share));
    return scores === undefined ? verdict : { ...verdict, scores };
  });
  return { division: "divided", replicas, shares, unplaced, verdicts, ...(dueMs === undefined ? {} : { dueMs }) };

  /** What an eligible cluster met while replicas were left; full ones speak for themselves. */
  function whyNoMore({ cluster, selection, capacity = 0, whyNot }: Candidate, share: number): Partial<Verdict> {
    if (whyNot !== undefined || share >= capacity) return {};
    const max = mostIn({ selection }, input);
    if (max !== undefined && share >= max) return { whyNot: "AtMaximum", detail: `its maximum is ${max}` };
    const detail = broken?.(cluster.name);
    return detail === undefined ? {} : { whyNot: "Spread", detail };
  }
}

/** What the Placement says; of what is numbered a cluster has one block of ordinals. */
function mostIn({ selection: { max } }: Pick<Candidate, "selection">, { rule }: ScheduleInput): number | undefined {
  return rule.ordinals === true ? Math.min(max ?? BLOCK, BLOCK) : max;
}

/** Undefined: nothing is there and nothing comes. */
function seatOf(
  candidate: Candidate,
  world: ScheduleInput,
  anew: boolean,
): Omit<DivideCluster, "weight" | "tier"> | undefined {
  const { cluster, capacity = 0, selection, standing, whyNot } = candidate;
  const { name } = cluster;
  if (whyNot === undefined) {
    const { min = 0 } = selection;
    const max = mostIn(candidate, world);
    const floor = Math.min(min, capacity, max ?? min);
    return { name, capacity, ...(floor > 0 ? { floor } : {}), ...(max === undefined ? {} : { ceiling: max }) };
  }
  if (standing === 0 || holdOf(candidate, world) === "goes") return undefined;
  return { name, ceiling: standing, ...(anew ? { floor: standing } : {}) };
}
