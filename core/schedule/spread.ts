// Spread constraints among clusters, with kube-scheduler's meaning (plugins/podtopologyspread): a replica may come to a cluster whose value of
// the key then has at most maxSkew more than the value that has least; fewer values than minDomains count as one with none; a cluster without
// the label takes nothing. From the pod template (on federation keys) and the Placement (on any label of clusters). What is counted are this
// template's own shares, so a constraint whose selector does not match its own pods says nothing here. ScheduleAnyway: weigh.ts.
import type { Loose } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { matchesLabels, selectorFromObject } from "../../kinds/rules/selector.ts";
import type { Candidate } from "./candidates.ts";
import { labelsOf } from "./cluster.ts";
import { isFederationKey } from "./federationkeys.ts";

export interface Constraint {
  key: string;
  maxSkew: number;
  minDomains: number;
  /** DoNotSchedule. */
  hard: boolean;
  /** nodeAffinityPolicy Honor (default): values of clusters that affinity refuses do not count. */
  honorsAffinity: boolean;
  /** nodeTaintsPolicy Honor (default Ignore): nor those of tainted, cordoned or silent ones. */
  honorsTaints: boolean;
}

export function spreadOf(podTemplate: Loose, placement: PlacementSpec | undefined): Constraint[] {
  const own = (podTemplate?.spec?.topologySpreadConstraints ?? []) as Loose[];
  const labels = podTemplate?.metadata?.labels ?? {};
  const counted = own.filter(({ topologyKey, labelSelector }) => {
    const selector = isFederationKey(topologyKey) ? selectorFromObject(labelSelector) : undefined;
    return selector !== undefined && matchesLabels(selector, labels);
  });
  return [...counted, ...(placement?.spread ?? [])].map((constraint: Loose) => ({
    key: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    hard: constraint.whenUnsatisfiable !== "ScheduleAnyway",
    honorsAffinity: constraint.nodeAffinityPolicy !== "Ignore",
    honorsTaints: constraint.nodeTaintsPolicy === "Honor",
  }));
}

interface Domain {
  value: string;
  count: number;
}

interface Count {
  constraint: Constraint;
  domains: Map<string, Domain>;
  /** Of the value that has least, or 0 by minDomains. */
  least: number;
}

/** Keeps the hard constraints while replicas are handed out. */
export interface SpreadGuard {
  /** One more there keeps every skew. */
  allows(cluster: string): boolean;
  add(cluster: string, replicas: number): void;
  /** What one more there would break, for people; undefined: nothing. */
  breaks(cluster: string): string | undefined;
}

/** Undefined without hard constraints. Counts from zero: whoever divides adds what stands. */
export function spreadGuard(
  constraints: readonly Constraint[],
  candidates: readonly Candidate[],
): SpreadGuard | undefined {
  const hard = constraints.filter((constraint) => constraint.hard);
  if (hard.length === 0) return undefined;
  const counts = hard.map((constraint): Count => ({ constraint, domains: new Map(), least: 0 }));
  const places = new Map<string, (Domain | undefined)[]>();
  for (const candidate of candidates) {
    const labels = labelsOf(candidate.cluster);
    if (hard.some(({ key }) => labels[key] === undefined)) continue;
    const place = counts.map(({ constraint, domains }) => {
      if (!isCounted(candidate, constraint)) return undefined;
      const value = labels[constraint.key] ?? "";
      let domain = domains.get(value);
      if (domain === undefined) domains.set(value, (domain = { value, count: 0 }));
      return domain;
    });
    places.set(candidate.cluster.name, place);
  }
  const broken = (cluster: string): [Count, Domain] | undefined => {
    const place = places.get(cluster);
    for (const [index, count] of counts.entries()) {
      const domain = place?.[index];
      if (domain !== undefined && domain.count + 1 - count.least > count.constraint.maxSkew) return [count, domain];
    }
    return undefined;
  };
  return {
    allows: (cluster) => places.has(cluster) && broken(cluster) === undefined,
    add(cluster, replicas) {
      places.get(cluster)?.forEach((domain, index) => {
        const count = counts[index];
        if (domain === undefined || count === undefined || replicas === 0) return;
        const wasLeast = domain.count === count.least;
        domain.count += replicas;
        if (wasLeast || domain.count < count.least) count.least = leastOf(count);
      });
    },
    breaks(cluster) {
      const found = broken(cluster);
      if (found === undefined) return undefined;
      const [{ constraint, least }, { value, count }] = found;
      return `maxSkew ${constraint.maxSkew} of ${constraint.key}: ${value} has ${count}, the least ${least}`;
    },
  };
}

/** Which clusters may get no more, and what that would break: from the shares alone, so that a replan of the same world says the same. */
export function whatBreaks(
  constraints: readonly Constraint[],
  candidates: readonly Candidate[],
  shares: Readonly<Record<string, number>>,
): ((cluster: string) => string | undefined) | undefined {
  const guard = spreadGuard(constraints, candidates);
  for (const [name, share] of Object.entries(shares)) guard?.add(name, share);
  return guard?.breaks;
}

function leastOf({ constraint, domains }: Count): number {
  if (domains.size < constraint.minDomains) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const { count } of domains.values()) if (count < least) least = count;
  return least;
}

function isCounted({ policy, whyNot }: Candidate, { honorsAffinity, honorsTaints }: Constraint): boolean {
  if (policy !== undefined && (policy !== "Affinity" || honorsAffinity)) return false;
  const closed = whyNot === "NotReady" || whyNot === "Cordoned" || whyNot === "Tainted" || whyNot === "Expelled";
  return !(closed && honorsTaints);
}
