// What one cluster counts for in the federation's sums. A member's own numbers are believed only when they speak of what it was given:
// it applied the binding's generation and its controllers observed the object that came of it. Unreachable: unavailable, never updated (P12).
import type { Binding, Report } from "../../kinds/binding.ts";
import type { Loose } from "../../kinds/object.ts";

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
  ready: number;
  available: number;
  unavailable: number;
}

/** The member holds, and its controllers have observed, exactly what the binding says. */
export function observed(binding: Binding, report: Report | undefined): boolean {
  return report !== undefined && report.generation >= binding.generation && memberObserved(binding, report);
}

/** Jobs, CronJobs and, of older kubelets, Pods never tell which generation they speak of; what counts replicas always does. */
function tellsGeneration(status: Loose): boolean {
  return ["observedGeneration", "replicas", "desiredNumberScheduled"].some((field) => status?.[field] !== undefined);
}

/** The member's status speaks of the object as it was applied. */
function memberObserved(binding: Binding, report: Report): boolean {
  if (binding.pods !== undefined && report.status !== undefined && !tellsGeneration(report.status)) return true;
  const seen = number(report.status, "observedGeneration");
  return (
    report.status !== undefined &&
    seen >= (report.memberGeneration ?? 0) &&
    (report.memberGeneration !== undefined || seen > 0)
  );
}

/** Through with its rollout: only pods of the binding's revision are left, and all of them are available. */
export function settled(binding: Binding, report: Report | undefined): boolean {
  if (binding.tombstone !== undefined || !observed(binding, report)) return false;
  if (binding.pods !== undefined) return wholeSettled(report?.status);
  const [replicas, updated, available] = ["replicas", "updatedReplicas", "availableReplicas"].map((field) =>
    number(report?.status, field),
  );
  return replicas === updated && available === updated && updated === shareOf(binding);
}

/** The same of what is placed whole, by the fields its kind has. */
function wholeSettled(status: Loose): boolean {
  const updated = (all: string, current: string, available: string): boolean =>
    (status?.[current] === undefined || number(status, current) >= number(status, all)) &&
    number(status, available) >= number(status, all);
  if (status?.desiredNumberScheduled !== undefined)
    return updated("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable");
  if (status?.replicas !== undefined) return updated("replicas", "updatedReplicas", "availableReplicas");
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

/** The first divided field; 1 for what is placed whole. */
function shareOf(binding: Binding): number {
  return Object.values(binding.share)[0] ?? 1;
}

export function count({ binding, report, reachable }: Member): Counts {
  const status = report?.status;
  const leaving = binding.tombstone !== undefined;
  const wanted = leaving ? 0 : shareOf(binding);
  const running = number(status, "replicas");
  // What runs in a cluster nobody can see may still run: it counts, as unavailable.
  if (!reachable)
    return {
      replicas: leaving ? running : Math.max(running, wanted),
      updated: 0,
      ready: 0,
      available: 0,
      unavailable: Math.max(running, wanted),
    };
  const current =
    !leaving &&
    report !== undefined &&
    report.generation >= (binding.revisedAt ?? binding.generation) &&
    memberObserved(binding, report);
  const available = number(status, "availableReplicas");
  return {
    replicas: running,
    // No more than its share: one cluster's surplus never stands for another's lack.
    updated: current ? Math.min(number(status, "updatedReplicas"), wanted) : 0,
    ready: number(status, "readyReplicas"),
    available,
    unavailable: Math.max(0, Math.max(running, wanted) - available),
  };
}

export function number(status: Loose, field: string): number {
  const value = status?.[field];
  return typeof value === "number" ? value : 0;
}
