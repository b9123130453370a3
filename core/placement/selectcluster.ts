// Which clusters a selector means: its names, its labels and its expression must all hold, of those that are given. Every cluster carries the
// label hanse.dev/cluster with its own name, as a node carries its hostname. A broken selector, and an expression that fails on a cluster (a
// label that is not there), selects it not: who wants the absence of a label says so with has().
import { type CelCluster, compileCel } from "../../kinds/rules/cel.ts";
import { matchesLabels, type Selector, selectorFromObject } from "../../kinds/rules/selector.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { ClusterSelector, LabelSelector } from "../../kinds/placement.ts";

export type SelectableCluster = CelCluster;

/** A stored Cluster as selectors see it. */
export function selectableCluster({ metadata, spec, status }: KubeObject): SelectableCluster {
  const { name, labels, annotations } = metadata;
  return { name, ...(labels && { labels }), ...(annotations && { annotations }), spec, status };
}

/** Implicit label of every cluster; none can carry another value. */
const CLUSTER_LABEL = "hanse.dev/cluster";

export function clusterLabels({ name, labels }: SelectableCluster): Record<string, string> {
  return { ...labels, [CLUSTER_LABEL]: name };
}

export function selectsCluster(selector: ClusterSelector, cluster: SelectableCluster): boolean {
  const { names, labelSelector, cel } = selector;
  if (names !== undefined && !names.includes(cluster.name)) return false;
  if (labelSelector !== undefined && !matchesSelector(labelSelector, clusterLabels(cluster))) return false;
  return cel === undefined || celHolds(cel, cluster);
}

/** Any of them; absent: every cluster. */
export function selectedByAny(selectors: readonly ClusterSelector[] | undefined, cluster: SelectableCluster): boolean {
  return selectors === undefined || selectors.some((selector) => selectsCluster(selector, cluster));
}

function celHolds(text: string, cluster: SelectableCluster): boolean {
  const compiled = compileCel(text);
  if (!compiled.ok) return false;
  try {
    return compiled.holds(cluster);
  } catch {
    return false;
  }
}

/** Selectors are read for every cluster and template, and changed only with their policy. */
const parsed = new WeakMap<LabelSelector, Selector | null>();

/** A label selector of a policy; one that cannot be read matches nothing. */
export function matchesSelector(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  let requirements = parsed.get(selector);
  if (requirements === undefined) parsed.set(selector, (requirements = selectorFromObject(selector) ?? null));
  return requirements !== null && matchesLabels(requirements, labels);
}
