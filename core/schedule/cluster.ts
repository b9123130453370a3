// A cluster as scheduling sees it: a node with a name, labels, taints and room. It carries the implicit label hanse.dev/cluster.
import type { ClusterSpec, ClusterStatus } from "../../kinds/cluster.ts";
import { clusterLabels } from "../placement/selectcluster.ts";

export interface ScheduleCluster {
  name: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  spec?: ClusterSpec;
  status?: ClusterStatus;
}

export function isReady(cluster: ScheduleCluster | undefined): boolean {
  return readyCondition(cluster)?.status === "True";
}

export function readyCondition(
  cluster: ScheduleCluster | undefined,
): NonNullable<ClusterStatus["conditions"]>[number] | undefined {
  return cluster?.status?.conditions?.find(({ type }) => type === "Ready");
}

/** Made once for all decisions until the cluster is another object. */
const made = new WeakMap<ScheduleCluster, Readonly<Record<string, string>>>();

export function labelsOf(cluster: ScheduleCluster): Readonly<Record<string, string>> {
  let labels = made.get(cluster);
  if (labels === undefined) made.set(cluster, (labels = clusterLabels(cluster)));
  return labels;
}
