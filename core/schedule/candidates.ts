// Every cluster against one template: the filters, in the order in which people ask. Whether it must leave; then what a policy says (Placement,
// API, affinity); then what the cluster is just now (silent, cordoned, tainted); then room. The first that refuses is the cluster's whyNot;
// none: it may be given something new. What becomes of a share in a refused cluster: `holdOf`.
import type { FederationRule } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { affinityOf } from "./affinity.ts";
import { podCapacity, podRequests, shortfall } from "./capacity.ts";
import { isReady, labelsOf, type ScheduleCluster } from "./cluster.ts";
import type { Verdict, WhyNot } from "./decision.ts";
import { expulsions, type Expulsion } from "./expulsion.ts";
import { podTemplateOf } from "./podtemplate.ts";
import { selectionOf, type Selection } from "./selection.ts";
import { spreadOf, type Constraint } from "./spread.ts";
import { taintText, tolerationsOf, toleratesCordon, untolerated } from "./taint.ts";
import { own } from "./own.ts";

export interface World {
  template: KubeObject;
  clusters: readonly ScheduleCluster[];
  /** Live shares by cluster: the divided total; 1 for a workload placed whole. */
  current: Readonly<Record<string, number>>;
  /** Pods of this template running in each cluster (from reports): already counted out of `free`, so added back. */
  running: Readonly<Record<string, number>>;
  /** The effective one. Absent: all Ready clusters, by free capacity. */
  placement?: PlacementSpec | undefined;
  /** For tolerationSeconds, in epoch ms; absent: no toleration ends. */
  nowMs?: number | undefined;
  /** Decide anew: what stands stays only where that is as good. What a policy refuses goes; what is refused for a passing state stays. */
  rebalance?: boolean | undefined;
  /** P9: silence expels from no cluster, or not from these. */
  frozen?: boolean | ReadonlySet<string> | undefined;
  /** By cluster, how much longer its silence is borne. */
  delayMs?: Readonly<Record<string, number>> | undefined;
}

export interface Traits {
  rule: Pick<Extract<FederationRule, { rule: "workload" }>, "ordinals" | "once">;
  /** Nothing but these clusters holds the data it names. */
  data?: ReadonlySet<string> | undefined;
  /** Room does not matter: the pods are counted in the cluster (DaemonSet), or there are none. */
  uncounted?: boolean;
  everywhere?: boolean;
}

export interface Candidate {
  cluster: ScheduleCluster;
  selection: Selection;
  standing: number;
  capacity: number | undefined;
  /** Sum of preferred affinity that holds, and taints that would rather have it elsewhere. */
  preferred: number;
  avoided: number;
  whyNot?: WhyNot;
  detail?: string;
  /** What a policy has against it, also where it is expelled. */
  policy?: WhyNot | undefined;
}

export interface Candidates {
  /** By name. */
  all: Candidate[];
  /** The most that `preferred` can be. */
  mostPreferred: number;
  constraints: readonly Constraint[];
  /** Earliest expulsion to come from a cluster that has a share. */
  dueMs?: number;
}

type Reason = Pick<Verdict, "whyNot" | "detail">;

export function findCandidates(world: World, traits: Traits): Candidates {
  const { template, placement, clusters, current } = world;
  const podTemplate = podTemplateOf(template);
  const requests = podRequests(podTemplate.spec);
  const affinity = affinityOf(podTemplate.spec);
  const tolerations = tolerationsOf(podTemplate.spec, placement);
  const constraints = spreadOf(podTemplate, placement);
  const expelled = expulsions({ ...world, ...traits, holdsData: traits.data !== undefined });
  const sorted = [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
  const all = sorted.map((cluster): Candidate => {
    const capacity = podCapacity(cluster.status, requests, own(world.running, cluster.name) ?? 0);
    const candidate: Candidate = {
      cluster,
      selection: selectionOf(placement, cluster),
      standing: own(current, cluster.name) ?? 0,
      capacity,
      preferred: affinity.most === 0 ? 0 : affinity.score(labelsOf(cluster)),
      avoided: untolerated(cluster.spec?.taints, tolerations, "PreferNoSchedule").length,
    };
    const policy = policyAgainst(candidate);
    if (policy !== undefined) candidate.policy = policy.whyNot;
    const because = expelledFrom(candidate) ?? policy ?? stateAgainst(candidate) ?? roomAgainst(candidate);
    return because === undefined ? candidate : Object.assign(candidate, because);
  });
  const due = all.filter(({ standing, whyNot }) => standing > 0 && whyNot !== "Expelled");
  const dueMs = Math.min(...due.map(({ cluster }) => expelled.get(cluster.name)?.atMs ?? Number.POSITIVE_INFINITY));
  return { all, mostPreferred: affinity.most, constraints, ...(Number.isFinite(dueMs) ? { dueMs } : {}) };

  /** Said where there was something to expel; elsewhere silence and taints speak for themselves. */
  function expelledFrom({ cluster, standing }: Candidate): Reason | undefined {
    const end = standing > 0 ? expelled.get(cluster.name) : undefined;
    return end !== undefined && isOver(end, world) ? { whyNot: "Expelled", detail: end.why } : undefined;
  }

  function policyAgainst({ cluster, selection }: Candidate): Reason | undefined {
    if (selection.refused !== undefined) return { whyNot: "NotSelected", detail: selection.refused };
    if (!serves(cluster, template.apiVersion))
      return { whyNot: "NotServed", detail: `does not serve ${template.apiVersion}` };
    const missed = affinity.refuses(labelsOf(cluster));
    return missed === undefined ? undefined : { whyNot: "Affinity", detail: missed };
  }

  function stateAgainst({ cluster }: Candidate): Reason | undefined {
    if (!isReady(cluster)) return { whyNot: "NotReady" };
    if (cluster.spec?.unschedulable === true && !toleratesCordon(tolerations)) return { whyNot: "Cordoned" };
    const taints = untolerated(cluster.spec?.taints, tolerations, "NoSchedule", "NoExecute");
    return taints.length === 0 ? undefined : { whyNot: "Tainted", detail: `taint ${taints.map(taintText).join(", ")}` };
  }

  function roomAgainst({ cluster, selection, capacity }: Candidate): Reason | undefined {
    const unlabelled = constraints.find(({ hard, key }) => hard && labelsOf(cluster)[key] === undefined);
    if (unlabelled !== undefined) return { whyNot: "Spread", detail: `has no label ${unlabelled.key}` };
    if (traits.data !== undefined && !traits.data.has(cluster.name)) return { whyNot: "DataElsewhere" };
    if (selection.max === 0) return { whyNot: "AtMaximum", detail: "its maximum is 0" };
    if (traits.uncounted === true) return undefined;
    if (capacity === undefined) return { whyNot: "CapacityUnknown" };
    if (capacity > 0) return undefined;
    const lack = shortfall(cluster.status, requests);
    return { whyNot: "NoCapacity", ...(lack === undefined ? {} : { detail: lack }) };
  }
}

/**
 * What becomes of a share in a cluster that gets nothing new: "stays"; or "goes", expelled at once, and by a rebalance where a policy refuses it.
 * What is refused only for what the cluster is just now (silent, cordoned, full) is not moved by that.
 */
export function holdOf({ whyNot }: Candidate, { rebalance }: World): "stays" | "goes" {
  if (whyNot === "Expelled") return "goes";
  const policy = whyNot === "NotSelected" || whyNot === "NotServed" || whyNot === "Affinity" || whyNot === "AtMaximum";
  return rebalance === true && policy ? "goes" : "stays";
}

export function verdictOf({ cluster, capacity, whyNot, detail }: Candidate, share: number): Verdict {
  return {
    cluster: cluster.name,
    share,
    ...(capacity === undefined ? {} : { capacity }),
    ...(whyNot === undefined ? {} : { whyNot }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Unknown is served, and so is the core group: without it there is no cluster. */
function serves({ status }: ScheduleCluster, apiVersion: string): boolean {
  return status?.apis === undefined || !apiVersion.includes("/") || status.apis.includes(apiVersion);
}

const isOver = ({ atMs }: Expulsion, { nowMs }: World): boolean => nowMs !== undefined && nowMs >= atMs;
