// What one cluster counts for in the federation's sums. A member's own numbers are believed only when they speak of what it was given:
// it applied the binding's generation and its controllers observed the object that came of it. Unreachable: unavailable, never updated (P12).
import type { Binding, Report } from "../../kinds/binding.ts";
import type { Loose } from "../../kinds/object.ts";

const REPLICAS = "spec.replicas";

/** Failure that an agent reports of what it made once and finds no more. */
export const GONE = "Gone";

export interface Member {
  cluster: string;
  binding: Binding;
  report?: Report;
  /** The cluster is Ready. */
  reachable: boolean;
}

export interface Counts {
  replicas: number;
  updated: number;
  /** Updated beyond the share, by an autoscaler's will. */
  surplus: number;
  /** Of what should run there, what is not updated. */
  lack: number;
  ready: number;
  available: number;
  unavailable: number;
}

/** The member holds, and its controllers have observed, exactly what the binding says. */
export function observed(binding: Binding, report: Report | undefined): boolean {
  return report !== undefined && report.generation >= binding.generation && memberObserved(binding, report);
}

/**
 * Jobs, CronJobs and, of older kubelets, Pods never tell which generation they speak of; what counts replicas does as soon as its controllers
 * have looked at it.
 */
function tellsGeneration(status: Loose): boolean {
  return ["observedGeneration", "replicas", "desiredNumberScheduled"].some((field) => status?.[field] !== undefined);
}

/** The member's status speaks of the object as it was applied. */
function memberObserved(binding: Binding, report: Report): boolean {
  if (binding.share[REPLICAS] === undefined && report.status !== undefined && !tellsGeneration(report.status))
    return true;
  const seen = number(report.status, "observedGeneration");
  return (
    report.status !== undefined &&
    seen >= (report.memberGeneration ?? 0) &&
    (report.memberGeneration !== undefined || seen > 0)
  );
}

/** The report speaks of pods of the binding's revision, whatever their number. */
export function speaksOfRevision({ binding, report }: Member): boolean {
  return (
    report !== undefined &&
    report.generation >= (binding.revisedAt ?? binding.generation) &&
    memberObserved(binding, report)
  );
}

/** Through with its rollout: only pods of the binding's revision are left, as many as its share at least, and all of them are available. */
export function settled(binding: Binding, report: Report | undefined): boolean {
  if (binding.tombstone !== undefined || !observed(binding, report)) return false;
  const status: Loose = report?.status;
  const updated = (all: string, current: string, available: string): boolean =>
    (status?.[current] === undefined || number(status, current) >= number(status, all)) &&
    number(status, available) >= number(status, all);
  if (status?.desiredNumberScheduled !== undefined)
    return updated("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable");
  const share = report?.scaled ?? binding.share[REPLICAS];
  if (status?.replicas !== undefined || share !== undefined)
    return updated("replicas", "updatedReplicas", "availableReplicas") && number(status, "replicas") >= (share ?? 0);
  const active: unknown = status?.active;
  return Array.isArray(active) ? active.length === 0 : number(status, "active") === 0;
}

/** Conditions of a Job, phases of a Pod that nothing follows. */
export function finished(status: Loose): boolean {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return true;
  const conditions: unknown = status?.conditions;
  return (
    Array.isArray(conditions) &&
    conditions.some((one: Loose) => (one?.type === "Complete" || one?.type === "Failed") && one.status === "True")
  );
}

/** Pods that its cluster's free room knows of: those there are. All of them once nothing more will come. */
export function podsSeen(status: Loose): number | undefined {
  if (status === undefined) return undefined;
  if (finished(status) || status.desiredNumberScheduled !== undefined) return Number.POSITIVE_INFINITY;
  if (typeof status.phase === "string") return status.phase === "Pending" && status.startTime === undefined ? 0 : 1;
  for (const field of ["replicas", "active"]) if (typeof status[field] === "number") return status[field];
  return undefined;
}

/** So that whoever asks, in whatever order, gets the same words: a status that differs only in order would be written for ever. */
export function byName(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** The first divided field; where nothing is divided, the pods it stands for. */
export function shareOf(binding: Binding): number {
  return Object.values(binding.share)[0] ?? binding.pods ?? 1;
}

/** What should run there: its share, or what an autoscaler of the member made of it since. */
export function willOf({ binding, report }: Pick<Member, "binding" | "report">): number {
  if (binding.tombstone !== undefined) return 0;
  const share = shareOf(binding);
  return observed(binding, report) ? (report?.scaled ?? share) : share;
}

export function count(member: Member): Counts {
  const { binding, report, reachable } = member;
  const status = report?.status;
  const leaving = binding.tombstone !== undefined;
  const wanted = willOf(member);
  const running = number(status, "replicas");
  // What runs in a cluster nobody can see may still run: it counts, as unavailable. What was moved away from there does not, as a pod that is
  // ending on a lost node does not: a rollout would wait for it as long as the cluster is silent (upstream: replica counts leave it out).
  if (!reachable)
    return {
      replicas: leaving ? 0 : Math.max(running, wanted),
      updated: 0,
      surplus: 0,
      lack: wanted,
      ready: 0,
      available: 0,
      unavailable: leaving ? 0 : Math.max(running, wanted),
    };
  const fresh = !leaving && speaksOfRevision(member) ? number(status, "updatedReplicas") : 0;
  const available = number(status, "availableReplicas");
  // No more than its share: one cluster's surplus never stands for another's lack.
  const good = Math.min(fresh, wanted);
  const updated = leaving ? 0 : Math.min(good, shareOf(binding));
  return {
    replicas: running,
    updated,
    surplus: good - updated,
    lack: wanted - good,
    ready: number(status, "readyReplicas"),
    available,
    unavailable: Math.max(0, Math.max(running, wanted) - available),
  };
}

/** Since Kubernetes 1.35; only known where every cluster tells, and then shown as zero too. */
export function terminatingReplicas(members: readonly Member[]): number | undefined {
  const told = members.map(({ report }) => (report?.status as Loose)?.terminatingReplicas as unknown);
  if (told.length === 0 || !told.every((some) => typeof some === "number")) return undefined;
  return told.reduce((sum, some) => sum + some, 0);
}

export function number(status: Loose, field: string): number {
  const value = status?.[field];
  return typeof value === "number" ? value : 0;
}
