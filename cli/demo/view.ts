// What the demo shows: reads the clusters and the workload through the public API and says whether all is Ready, or why not.
// Ready is judged by the members themselves as well: after a restart the federation still remembers the last life's statuses.
import type { Condition, KubeObject } from "../../kinds/object.ts";
import { REGION_LABEL } from "../../kinds/cluster.ts";
import { ApiError, type Kube } from "../kube.ts";

interface ClusterLine {
  name: string;
  region: string;
  ready: boolean;
  nodes: number;
  cpu: string;
  /** Replicas of the workload: Ready in the member itself / its share. */
  live: number;
  share: number;
}

export interface Snapshot {
  clusters: ClusterLine[];
  replicas: number;
  readyReplicas: number;
  updatedReplicas: number;
  availableReplicas: number;
  /** Clusters that are not Ready or have not told their capacity. Empty: the workload can be placed among all. */
  joining: string[];
  /** Empty: all is Ready. */
  waiting: string[];
}

export interface Watched {
  federation: Kube;
  members: Map<string, Kube>;
  namespace: string;
  deployment: string;
}

export async function takeSnapshot(watched: Watched): Promise<Snapshot> {
  const path = `/apis/apps/v1/namespaces/${watched.namespace}/deployments/${watched.deployment}`;
  const [clusters, deployment] = await Promise.all([
    watched.federation.request<{ items: KubeObject[] }>("GET", "/apis/hanse.dev/v1alpha1/clusters"),
    found(watched.federation, path),
  ]);
  const byName = new Map(clusters.items.map((cluster) => [cluster.metadata.name, cluster]));
  const lines = await Promise.all(
    [...watched.members].map(async ([name, member]): Promise<ClusterLine> => {
      const [desired, live] = await Promise.all([
        found(watched.federation, `/clusters/${name}${path}`),
        found(member, path),
      ]);
      const cluster = byName.get(name);
      const current = live !== undefined && live.status?.observedGeneration === live.metadata.generation;
      return {
        name,
        region: cluster?.metadata.labels?.[REGION_LABEL] ?? "",
        ready: conditionOf(cluster, "Ready")?.status === "True",
        nodes: cluster?.status?.nodes ?? 0,
        cpu: cluster?.status?.capacity?.cpu ?? "",
        live: current ? (live.status.readyReplicas ?? 0) : 0,
        share: desired?.spec?.replicas ?? 0,
      };
    }),
  );
  const status = deployment?.status ?? {};
  const joining = joiningOf(lines, byName);
  return {
    clusters: lines,
    replicas: deployment?.spec?.replicas ?? 0,
    readyReplicas: status.readyReplicas ?? 0,
    updatedReplicas: status.updatedReplicas ?? 0,
    availableReplicas: status.availableReplicas ?? 0,
    joining,
    waiting: [...joining, ...waitingFor(lines, deployment, watched.deployment)],
  };
}

function joiningOf(lines: ClusterLine[], clusters: Map<string, KubeObject>): string[] {
  return lines.flatMap((line) => {
    if (!line.ready)
      return [
        `cluster ${line.name} is not Ready: ${conditionOf(clusters.get(line.name), "Ready")?.message ?? "its agent has not reported yet"}`,
      ];
    return line.nodes === 0 ? [`cluster ${line.name} has not told its capacity yet`] : [];
  });
}

function waitingFor(lines: ClusterLine[], deployment: KubeObject | undefined, name: string): string[] {
  const waiting: string[] = [];
  for (const line of lines) {
    if (line.live !== line.share) waiting.push(`${line.name} runs ${line.live} of its ${line.share} replicas`);
  }
  if (deployment === undefined) return [...waiting, `deployment ${name} does not exist`];
  const { replicas } = deployment.spec;
  const status = deployment.status ?? {};
  if (status.observedGeneration !== deployment.metadata.generation) waiting.push(`${name} has not been decided yet`);
  else if (status.readyReplicas !== replicas || status.updatedReplicas !== replicas) {
    waiting.push(
      `${name} has ${status.readyReplicas ?? 0} of ${replicas} replicas Ready, ${status.updatedReplicas ?? 0} up to date`,
    );
  }
  for (const condition of (status.conditions ?? []) as Condition[]) {
    if (condition.status === "False" && condition.type !== "ReplicaFailure" && condition.message) {
      waiting.push(`${condition.type}: ${condition.message}`);
    }
  }
  const placed = lines.reduce((sum, line) => sum + line.share, 0);
  if (placed < replicas) waiting.push(`${placed} of ${replicas} replicas have a cluster`);
  return waiting;
}

function conditionOf(object: KubeObject | undefined, type: string): Condition | undefined {
  return ((object?.status?.conditions ?? []) as Condition[]).find((condition) => condition.type === type);
}

async function found(kube: Kube, path: string): Promise<KubeObject | undefined> {
  try {
    return await kube.request<KubeObject>("GET", path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
