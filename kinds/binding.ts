// Bindings and reports: the federation's two internal per-cluster resources, kept in the same log as everything else.
// Store keys: resource BINDINGS or REPORTS, namespace = cluster name, name = the template's uid. Controllers alone write
// bindings; the report route alone writes reports; so the two never conflict. A binding with a tombstone stays a current
// row (outside compaction) until its cluster reports the deletion done, or the cluster is detached.
import type { JsonObject } from "./object.ts";

export const BINDINGS = "bindings.hanse.dev";
export const REPORTS = "reports.hanse.dev";
/** One row per cluster (namespace = cluster, name = HOLD) while its deletions wait for an admin's word: the data may not be what its agent knew (P3). */
export const HOLDS = "holds.hanse.dev";
export const HOLD = "deletions";
/** One row per epoch that was opened (no namespace, name = its number): when, and what was seen. */
export const EPOCHS = "epochs.hanse.dev";
/** One row per object that an agent made and no binding is about (namespace = cluster, name = the lost binding's uid). Nobody deletes it. */
export const ORPHANS = "orphans.hanse.dev";

export interface Hold {
  /** RFC 3339. */
  since: string;
  /** The epoch that holds all clusters; absent where this cluster's cursor alone was not of this log. */
  epoch?: number;
}

export interface Epoch {
  /** RFC 3339. */
  since: string;
  /** What was seen, for people. */
  seen: string;
}

export interface Orphan {
  apiVersion: string;
  kind: string;
  /** As the member's API names it: "deployments". */
  resource: string;
  namespace?: string;
  name: string;
  memberUid?: string;
  /** RFC 3339, first reported. */
  since: string;
}

/** Which template a binding answers to. */
export interface TemplateRef {
  apiVersion: string;
  kind: string;
  /** Store resource, e.g. "deployments.apps". */
  resource: string;
  namespace: string;
  name: string;
  uid: string;
}

/** The divided fields of one cluster: dotted path -> value, e.g. { "spec.replicas": 2 }. Empty for undivided kinds. */
export type Share = Record<string, number>;

export interface Tombstone {
  /** The member object's uid as the agent last reported it; absent when it never reported one. */
  memberUid?: string;
  /** RFC 3339. */
  since: string;
  /** What the object made in the cluster stays there (propagationPolicy Orphan). */
  orphan?: boolean;
  /** Seconds its pods get to end, where the one who deleted said so. */
  graceSeconds?: number;
}

/** From the Placement's when… fields; absent ones are the safe defaults: report, heal, share. */
export interface Manner {
  /** An object of this name that is not ours is taken over. */
  adopt?: true;
  /** Drift is reported instead of healed. */
  reportDrift?: true;
  /** Nothing is applied to an object in which others own fields. */
  alone?: true;
  /** JSON pointers to fields that are set at creation and left alone after. */
  ignoreFields?: string[];
}

export interface Binding {
  template: TemplateRef;
  /** metadata.generation of the template this decision answers (P7); 1 where the kind keeps none. */
  templateGeneration: number;
  /** Rises by one whenever what the cluster should hold changes; reports name it. */
  generation: number;
  /** HMAC digest of the revision's content (store contents). */
  revision: string;
  share: Share;
  /** Digest of the JSON Patch (store contents) that makes the revision this cluster's own: overrides, federation keys. Absent: none. */
  override?: string;
  /** How the agent treats what it finds there, where a Placement says other than the defaults. */
  manner?: Manner;
  /**
   * It is to go from here, or be less: it stays at this share until what stands for it elsewhere is available (make before break). The
   * decision's own share of this cluster says what it will be.
   */
  leaving?: true;
  /**
   * At most so many of the divided count here: the others were evicted while the cluster was cordoned (worker/wire/evict.ts lowers it, one a
   * pod, in a commit that wakes the schedule). It counts only while the cluster is cordoned, and goes with the cordon.
   */
  ceiling?: number;
  /** Store names ("<resource>/<namespace>/<name>") of the followers this template needs beside it in the cluster. */
  needs: string[];
  /** Of a workload placed whole: pods it wants to run there at once. Absent where a share counts them. */
  pods?: number;
  /** What one of its pods asks for, by resource name: tells every process how much room a decision took. Absent on followers. */
  requests?: Record<string, string>;
  /** Labels of the pods it makes: how a Service finds the clusters it goes to. Absent on followers. */
  labels?: Record<string, string>;
  /** Binding generation at which `revision` last changed: a report at or above it speaks of pods of this revision, whatever their number. */
  revisedAt?: number;
  /** Binding generation at which people last set its replicas: agents apply them once, whatever an autoscaler made of them. */
  resized?: number;
  /** Binding generation at which it was last wanted again after a tombstone: an earlier report speaks of what may be gone since. */
  revivedAt?: number;
  /** RFC 3339: since when the cluster should hold it without a break. Absent on rows of before it was kept. */
  made?: string;
  /** Of a follower: what an orphaning deletion left behind there uses it, so it stays until it is deleted at the root. */
  held?: true;
  tombstone?: Tombstone;
}

export interface ReportFailure {
  /** CamelCase: "Conflict" (exists, not ours), "Rejected" (4xx), "Unavailable" (member down or slow), "NotPermitted". */
  reason: string;
  message: string;
  /** RFC 3339, first seen. */
  since: string;
  /** Will not succeed without a change of the template or the member. */
  permanent: boolean;
}

export interface Report {
  template: TemplateRef;
  /** Binding generation that is applied in the member (0: none yet). */
  generation: number;
  memberUid?: string;
  /** metadata.generation of the member's object right after the apply of `generation`. */
  memberGeneration?: number;
  /** The member object's status, as is. */
  status?: JsonObject;
  /** Its spec.replicas there, where an autoscaler of the member sets them. */
  scaled?: number;
  failure?: ReportFailure;
}

/** "deployments.apps/default/tomcat": how `needs` and store refs name a template. */
export function templateName(ref: Pick<TemplateRef, "resource" | "namespace" | "name">): string {
  return `${ref.resource}/${ref.namespace}/${ref.name}`;
}

/** One row per act that a user asked of an observed object (namespace = cluster, name = its uid): gone when the agent says it is done. */
export const ACTS = "acts.hanse.dev";

export interface Act {
  /** evict: the member's own PodDisruptionBudgets are asked. */
  op: "delete" | "evict";
  /** "pods" */
  resource: string;
  /** What it is called in the member. */
  namespace: string;
  name: string;
  /** Of the object at the root. */
  rootName: string;
  graceSeconds?: number;
  /** RFC 3339. */
  since: string;
}

/** An act that its cluster did not hear of is forgotten: nobody expects a restart of yesterday. */
export const ACT_TTL_MS = 5 * 60_000;

/** Label that every object an agent makes carries; value: the template's uid. Agents watch by its existence. */
export const BINDING_LABEL = "hanse.dev/binding";
/** Field manager of agents. */
export const AGENT_MANAGER = "hanse";
