// When a cluster must give its share back: NoExecute taints and silence, counted as upstream counts them for nodes (pkg/controller/
// tainteviction, DefaultTolerationSeconds). Before that time it keeps its share and gets nothing new.
//
//   NoExecute taint    timeAdded + the least tolerationSeconds of what tolerates it; not tolerated: at once; tolerated without seconds: never
//   silence            since the Ready condition changed + the seconds of the pod template's own toleration of unreachable (or not-ready),
//                      else the Placement's failover.tolerationSeconds, else the Placement's toleration of it, else 300; negative in failover: never
//   out-of-service     a silent cluster that carries this taint is fenced: at once
//
// An explicit taint is somebody's word and moves also what has an identity. Silence alone never does (ordinals, data, what runs once), unless
// fenced: two of them at once is worse than none. What runs once moves only if fenced, and never if it is another object's (the Job of a
// CronJob: at most once) or a bare Pod. What stands everywhere leaves nothing to move, so silence does not expel it.
import type { FederationRule } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { isReady, readyCondition, type ScheduleCluster } from "./cluster.ts";
import { isPod, podTemplateOf } from "./podtemplate.ts";
import { OUT_OF_SERVICE, taintText, tolerates, toleratedBy, type Taint, type Toleration } from "./taint.ts";
import { own as ownOf } from "./own.ts";

/** Upstream's DefaultTolerationSeconds. */
const DEFAULT_TOLERATION_SECONDS = 300;

export interface ExpulsionInput {
  template: KubeObject;
  rule: Pick<Extract<FederationRule, { rule: "workload" }>, "ordinals" | "once">;
  placement?: PlacementSpec | undefined;
  clusters: readonly ScheduleCluster[];
  /** Absent: no toleration ends. */
  nowMs?: number | undefined;
  /** P9: silence expels from none, or not from these. */
  frozen?: boolean | ReadonlySet<string> | undefined;
  /** By cluster: so much longer is silence borne, so that not everything leaves a lost cluster in one moment. */
  delayMs?: Readonly<Record<string, number>> | undefined;
  /** The clusters it is in hold data that it cannot take along. */
  holdsData?: boolean | undefined;
  everywhere?: boolean | undefined;
}

export interface Expulsion {
  /** Epoch ms. At or after it the share is nothing. */
  atMs: number;
  /** For people. */
  why: string;
}

/** Clusters without an entry expel nothing, ever, as things are. */
export function expulsions(input: ExpulsionInput): Map<string, Expulsion> {
  const found = new Map<string, Expulsion>();
  if (input.nowMs === undefined) return found;
  const own: Toleration[] = podTemplateOf(input.template).spec?.tolerations ?? [];
  const placed = input.placement?.tolerations ?? [];
  for (const cluster of input.clusters) {
    if (cluster.spec?.taints === undefined && isReady(cluster)) continue;
    const reasons = [byTaint(cluster, [...own, ...placed], input), bySilence(cluster, own, input)];
    const first = reasons.reduce((a, b) => (b !== undefined && (a === undefined || b.atMs < a.atMs) ? b : a));
    if (first !== undefined) found.set(cluster.name, first);
  }
  return found;
}

function byTaint(
  cluster: ScheduleCluster,
  tolerations: readonly Toleration[],
  { rule }: ExpulsionInput,
): Expulsion | undefined {
  if (rule.once === true) return undefined;
  let first: Expulsion | undefined;
  for (const taint of cluster.spec?.taints ?? []) {
    if (taint.effect !== "NoExecute") continue;
    const next = endOf(taint, toleratedBy(tolerations, taint));
    if (next !== undefined && (first === undefined || next.atMs < first.atMs)) first = next;
  }
  return first;
}

function endOf(taint: Taint, toleration: Toleration | undefined): Expulsion | undefined {
  if (toleration === undefined) return { atMs: 0, why: `taint ${taintText(taint)}` };
  const seconds = toleration.tolerationSeconds;
  if (seconds === undefined) return undefined;
  const since = Date.parse(taint.timeAdded ?? "");
  // A taint that nobody dated is as old as the question: its seconds never run out.
  if (Number.isNaN(since)) return undefined;
  const borne = Math.max(0, seconds);
  return {
    atMs: since + borne * 1000,
    why: `taint ${taintText(taint)} since ${taint.timeAdded}, tolerated for ${borne}s`,
  };
}

function bySilence(
  cluster: ScheduleCluster,
  own: readonly Toleration[],
  { template, rule, placement, frozen, delayMs, holdsData, everywhere }: ExpulsionInput,
): Expulsion | undefined {
  if (isReady(cluster) || everywhere === true) return undefined;
  const controlled = template.metadata.ownerReferences?.some(({ controller }) => controller === true) === true;
  if (rule.once === true && (isPod(template) || controlled)) return undefined;
  const tolerations = [...own, ...(placement?.tolerations ?? [])];
  const fence = cluster.spec?.taints?.find(({ key }) => key === OUT_OF_SERVICE);
  if (fence !== undefined && toleratedBy(tolerations, fence) === undefined)
    return { atMs: 0, why: "silent and declared out of service" };
  if (rule.once === true || rule.ordinals === true || holdsData === true) return undefined;
  if (frozen === true || (typeof frozen === "object" && frozen.has(cluster.name))) return undefined;
  const condition = readyCondition(cluster);
  const since = Date.parse(condition?.lastTransitionTime ?? "");
  if (condition === undefined || Number.isNaN(since)) return undefined;
  const key = condition.status === "Unknown" ? "node.kubernetes.io/unreachable" : "node.kubernetes.io/not-ready";
  const seconds = silenceSeconds({ key, effect: "NoExecute" }, own, placement);
  if (seconds === undefined) return undefined;
  const atMs = since + seconds * 1000 + (ownOf(delayMs, cluster.name) ?? 0);
  return { atMs, why: `silent since ${condition.lastTransitionTime}, tolerated for ${seconds}s` };
}

/** Undefined: for ever. */
function silenceSeconds(
  taint: Taint,
  own: readonly Toleration[],
  placement: PlacementSpec | undefined,
): number | undefined {
  const mine = own.find((toleration) => tolerates(toleration, taint));
  if (mine !== undefined) return atLeastZero(mine.tolerationSeconds);
  const failover = placement?.failover?.tolerationSeconds;
  if (failover !== undefined) return failover < 0 ? undefined : failover;
  const placed = toleratedBy(placement?.tolerations ?? [], taint);
  return placed === undefined ? DEFAULT_TOLERATION_SECONDS : atLeastZero(placed.tolerationSeconds);
}

const atLeastZero = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.max(0, seconds);
