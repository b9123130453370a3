// The decision about one template, one row in the log beside its bindings: which generation it answers (P7), what found no room, why and
// why not per cluster (P12), and which revisions of its pod template there were. Written only by the schedule controller.
// Store key: resource DECISIONS, namespace "", name = the template's uid.
import type { TemplateRef } from "../../kinds/binding.ts";

export const DECISIONS = "decisions.hanse.dev";

/** Store ref of decisions with replicas that found no room: who to wake when room appears. */
export const UNPLACED_REF = "unplaced";

export interface Verdict {
  cluster: string;
  share: number;
  /** Pods of this template that fit there, its own included, when the decision was made. */
  capacity?: number;
  /** Why the cluster got nothing new; absent when it was eligible. */
  whyNot?: "NotReady" | "Cordoned" | "NoCapacity" | "CapacityUnknown" | "DataElsewhere" | "NotAsked";
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
  unplaced: number;
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
  /** Nothing was decided: these claims, which it names, are not there yet. */
  missing?: string[];
  /** Some bindings still name followers that only the previous revision needs: decide again once the rollout is through. */
  lingering: boolean;
}
