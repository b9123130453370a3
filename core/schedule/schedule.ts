// Where a template runs: template + clusters + the shares that stand -> shares, what found no room, and why (not) for each cluster.
// The built-in placement of what is divided (whole.ts: of what is not): every Ready cluster, weighted by how many of these pods fit. A cluster that is NotReady or cordoned keeps
// its share and gets nothing new; nothing moves by itself. Taints, affinity and Placements are not read yet.
import type { ClusterSpec, ClusterStatus } from "../../kinds/cluster.ts";
import type { FederationRule } from "../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { podCapacity, podRequests } from "./capacity.ts";
import type { Verdict } from "./decision.ts";
import { divide, type DivideCluster } from "./divide.ts";
import { podTemplateOf } from "./podtemplate.ts";

export interface ScheduleCluster {
  name: string;
  spec?: ClusterSpec;
  status?: ClusterStatus;
}

export interface ScheduleInput {
  template: KubeObject;
  rule: Extract<FederationRule, { rule: "workload" }>;
  clusters: readonly ScheduleCluster[];
  /** Live shares by cluster: the divided total; 1 for a workload placed whole. */
  current: Readonly<Record<string, number>>;
  /** Pods of this template running in each cluster (from reports): already counted out of `free`, so added back. */
  running: Readonly<Record<string, number>>;
}

export interface Plan {
  /** 1 for a workload placed whole. */
  replicas: number;
  shares: Record<string, number>;
  unplaced: number;
  verdicts: Verdict[];
  /** As in Decision. */
  pods?: number;
  lost?: string;
  gated?: true;
  missing?: string[];
}

export function isReady(cluster: ScheduleCluster | undefined): boolean {
  return (
    cluster?.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false
  );
}

export function schedule({ template, rule, clusters, current, running }: ScheduleInput): Plan {
  const replicas = wantedReplicas(template, rule);
  const requests = podRequests(podTemplateOf(template).spec);
  const sorted = [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
  const candidates: DivideCluster[] = [];
  const verdicts: Verdict[] = [];
  for (const cluster of sorted) {
    const standing = current[cluster.name] ?? 0;
    const capacity = podCapacity(cluster.status, requests, running[cluster.name] ?? 0);
    const whyNot = reasonAgainst(cluster, capacity);
    verdicts.push({
      cluster: cluster.name,
      share: 0,
      ...(capacity === undefined ? {} : { capacity }),
      ...(whyNot === undefined ? {} : { whyNot }),
    });
    if (whyNot === undefined) candidates.push({ name: cluster.name, weight: capacity ?? 0, capacity: capacity ?? 0 });
    // Weighs by what stands there, so that scaling down takes its part from it too.
    else if (standing > 0)
      candidates.push({ name: cluster.name, weight: Math.max(capacity ?? 0, standing), ceiling: standing });
  }
  const { shares, unplaced } = divide({ replicas, clusters: candidates, current });
  for (const verdict of verdicts) verdict.share = shares[verdict.cluster] ?? 0;
  return { replicas, shares, unplaced, verdicts };
}

function reasonAgainst(cluster: ScheduleCluster, capacity: number | undefined): Verdict["whyNot"] {
  if (!isReady(cluster)) return "NotReady";
  if (cluster.spec?.unschedulable === true) return "Cordoned";
  if (capacity === undefined) return "CapacityUnknown";
  return capacity <= 0 ? "NoCapacity" : undefined;
}

/** The first divided field is what is counted. */
function wantedReplicas(template: KubeObject, rule: Extract<FederationRule, { rule: "workload" }>): number {
  const path = rule.divided[0];
  if (path === undefined) return 1;
  let at: Loose = template;
  for (const step of path.split(".")) at = at?.[step];
  return typeof at === "number" ? Math.max(0, Math.trunc(at)) : 1;
}

/** "2 of 6 replicas fit in no cluster (tokyo: NotReady; paris: NoCapacity)"; "no cluster has room for 5 pods (paris: room for 3)". */
export function explainUnplaced(
  plan: Pick<Plan, "replicas" | "unplaced" | "verdicts" | "pods" | "gated" | "missing">,
): string {
  const { pods } = plan;
  if (plan.gated === true) return "waiting for its scheduling gates to be removed";
  const missing = plan.missing?.[0];
  // kube-scheduler's words (plugins/volumebinding).
  if (missing !== undefined) return `persistentvolumeclaim ${JSON.stringify(missing)} not found`;
  const why = plan.verdicts.map((verdict) => `${verdict.cluster}: ${reason(verdict, pods !== undefined)}`);
  const shown = why.length > 10 ? [...why.slice(0, 10), `and ${why.length - 10} more`] : why;
  const where = shown.length === 0 ? "there is no cluster" : shown.join("; ");
  if (pods === undefined) return `${plan.unplaced} of ${plan.replicas} replicas fit in no cluster (${where})`;
  return `no cluster has room for ${pods === 1 ? "1 pod" : `${pods} pods`} (${where})`;
}

function reason({ whyNot, capacity, share }: Verdict, whole: boolean): string {
  if (whole && whyNot === "NoCapacity" && (capacity ?? 0) > 0) return `room for ${capacity}`;
  return whyNot ?? `full at ${share}`;
}
