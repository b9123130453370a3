// The decision about one template, one row in the log beside its bindings: which generation it answers (P7), what found no room, why and
// why not per cluster (P12), and which revisions of its pod template there were. Written only by the schedule controller.
// Store key: resource DECISIONS, namespace "", name = the template's uid.
import type { TemplateRef } from "../../kinds/binding.ts";

export const DECISIONS = "decisions.hanse.dev";

/** Store ref of decisions with replicas that found no room: who to wake when room appears. */
export const UNPLACED_REF = "unplaced";

/** Store ref of decisions that a change of any cluster may concern although nothing is unplaced: `everywhere`, `seen`, `expelled`. */
export const WATCHING_REF = "watching";

export type WhyNot =
  | "NotReady"
  | "Cordoned"
  | "Tainted"
  | "Affinity"
  | "NotSelected"
  | "Spread"
  | "NotServed"
  | "NoCapacity"
  | "CapacityUnknown"
  | "AtMaximum"
  | "DataElsewhere"
  | "Expelled"
  | "NotAsked";

/** The Placement that was followed, as it was then. */
export interface PlacementRef {
  /** PLACEMENTS or CLUSTER_PLACEMENTS. */
  resource: string;
  /** "" of a ClusterPlacement. */
  namespace: string;
  name: string;
  uid: string;
  generation: number;
  /** It said: when it is deleted, what it placed is deleted too (whenPlacementDeleted). */
  deletes?: true;
}

export interface Verdict {
  cluster: string;
  share: number;
  /** Pods of this template that fit there, its own included, when the decision was made. */
  capacity?: number;
  /** Why the cluster got nothing new; absent when it was eligible. */
  whyNot?: WhyNot;
  /** More words on it, for people: "3 nodes' worth of cpu short", "taint dedicated=gpu:NoSchedule". */
  detail?: string;
  /** How it was scored, where that decided something: { "FreeCapacity": 12, "Region": -1 }. */
  scores?: Record<string, number>;
}

export interface Revision {
  number: number;
  /** ReplicaSet that stands for it at the root. */
  replicaSet: string;
}

/** One ControllerRevision at the root. */
export interface HistoryEntry {
  number: number;
  name: string;
}

export interface Decision {
  template: TemplateRef;
  templateGeneration: number;
  /** Divided total that was decided on; 1 for a workload that is placed whole. */
  replicas: number;
  /** What is counted, as people last set it in the template; absent where nothing is. */
  count?: number;
  /**
   * What autoscalers in the clusters made of that since; the template says so (worker/controllers/autoscaled.ts). `follower`: they came from
   * the root, so their end is known there.
   */
  autoscaled?: { replicas: number; follower?: true };
  unplaced: number;
  /** Of every cluster while something is unplaced; in the log else of those with a share, and of some others why they have none. */
  verdicts: Verdict[];
  /** Oldest first; the last one is current. Empty for kinds without revisions. */
  revisions: Revision[];
  /** Of a StatefulSet or DaemonSet: its ControllerRevisions, oldest first; the last one is current. */
  history?: HistoryEntry[];
  /** Of a workload placed whole: pods that must fit into one cluster. Absent where replicas are divided. */
  pods?: number;
  /** Of what runs once: the cluster that left with it. It is never placed again. */
  lost?: string;
  /** Nothing was decided: the pod's scheduling gates are still there. */
  gated?: true;
  /** Absent: there was none, or this decision is older than they are. */
  placement?: PlacementRef;
  /** Shares stand as they were, since nothing says any more where this belongs, or what says so cannot be followed. */
  frozen?: {
    reason: "PlacementGone" | "PlacementAwaited" | "NoPlacement" | "PlacementBroken" | "OverrideBroken";
    message: string;
  };
  /** Value of the rebalance annotation that was followed. */
  rebalanced?: string;
  /** It goes wherever it may: every cluster has all of it. */
  everywhere?: true;
  /** Where the Placement wants to know: clusters that were there, with a sign of their labels. */
  seen?: Record<string, string>;
  /** Where the Placement fails back: clusters it had to leave. */
  expelled?: string[];
  /** Blocks of ordinals of a StatefulSet that is divided: cluster -> number, given once and never again to another. */
  blocks?: Record<string, number>;
  /** Shares that some clusters still keep beyond their own until what stands for them elsewhere is available. */
  leaving?: Record<string, number>;
  /** Nothing was decided: these claims, which it names, are not there yet. */
  missing?: string[];
  /** Some bindings still name followers that only the previous revision needs: decide again once the rollout is through. */
  lingering: boolean;
}
