// Taints of clusters and what tolerates them, with kube-scheduler's meaning (api/core/v1 toleration.go, plugins/tainttoleration): an empty key
// with Exists tolerates everything, an empty effect all effects. Comparison operators (Lt, Gt: off by default upstream) tolerate nothing.
import type { ClusterSpec } from "../../kinds/cluster.ts";
import type { Loose } from "../../kinds/object.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";

export type Taint = NonNullable<ClusterSpec["taints"]>[number];

/** As in pod specs and Placements. */
export interface Toleration {
  key?: string | undefined;
  operator?: string | undefined;
  value?: string | undefined;
  effect?: string | undefined;
  tolerationSeconds?: number | undefined;
}

/** The declaration that a lost cluster is surely off, and nothing it held still runs (upstream: pkg/controller/podgc). */
export const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
const UNSCHEDULABLE: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Those of the pod template first: where both speak, it has the first word. */
export function tolerationsOf(podSpec: Loose, placement: PlacementSpec | undefined): Toleration[] {
  return [...(podSpec?.tolerations ?? []), ...(placement?.tolerations ?? [])];
}

export function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (!operator || operator === "Equal") return (value ?? "") === (taint.value ?? "");
  return operator === "Exists";
}

/** The first that does: its seconds count. */
export function toleratedBy(tolerations: readonly Toleration[], taint: Taint): Toleration | undefined {
  return tolerations.find((toleration) => tolerates(toleration, taint));
}

/** Of these effects, those that nothing tolerates. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[],
  ...effects: Taint["effect"][]
): Taint[] {
  return (taints ?? []).filter(
    (taint) => effects.includes(taint.effect) && toleratedBy(tolerations, taint) === undefined,
  );
}

/** A cordon is a taint to whoever asks (plugins/nodeunschedulable). */
export function toleratesCordon(tolerations: readonly Toleration[]): boolean {
  return toleratedBy(tolerations, UNSCHEDULABLE) !== undefined;
}

/** "dedicated=gpu:NoSchedule", as kubectl writes them. */
export function taintText({ key, value, effect }: Taint): string {
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}
