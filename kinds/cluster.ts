// Cluster: a member of the federation, hanse.dev/v1alpha1, cluster-scoped. Shown again as a Node (kinds/node.ts).
import { z } from "zod";

export const TaintSchema = z.object({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
  timeAdded: z.string().optional(),
});

/** Amounts by resource name as Kubernetes quantities: { cpu: "8", memory: "32Gi", pods: "110" }. */
export const ResourceListSchema = z.record(z.string(), z.string());

export const ClusterSpecSchema = z.object({
  /** Marks the cluster as cordoned: nothing new is placed there. */
  unschedulable: z.boolean().optional(),
  taints: z.array(TaintSchema).optional(),
});

export const ClusterConditionSchema = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string().optional(),
  lastHeartbeatTime: z.string().optional(),
});

export const ClusterStatusSchema = z.object({
  conditions: z.array(ClusterConditionSchema).optional(),
  /** Sum over the member's Ready, schedulable nodes. */
  capacity: ResourceListSchema.optional(),
  allocatable: ResourceListSchema.optional(),
  /** Allocatable minus the requests of pods that are not finished. */
  free: ResourceListSchema.optional(),
  nodes: z.number().int().optional(),
  /** The member's gitVersion, e.g. "v1.36.3". */
  kubernetesVersion: z.string().optional(),
  agentVersion: z.string().optional(),
  /** uid of the member's kube-system namespace: which cluster this really is. */
  clusterId: z.string().optional(),
});

export type ClusterSpec = z.infer<typeof ClusterSpecSchema>;
export type ClusterStatus = z.infer<typeof ClusterStatusSchema>;

export const CLUSTERS = "clusters.hanse.dev";
export const REGION_LABEL = "topology.kubernetes.io/region";
