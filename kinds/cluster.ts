// Cluster: a member of the federation, hanse.dev/v1alpha1, cluster-scoped. Shown again as a Node (kinds/node.ts).
import { z } from "zod";

const TaintSchema = z.object({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
  timeAdded: z.string().optional(),
});

const ResourceListSchema = z
  .record(z.string(), z.string())
  .describe('Amounts by resource name as Kubernetes quantities: { cpu: "8", memory: "32Gi", pods: "110" }.');

export const ClusterSpecSchema = z.object({
  unschedulable: z.boolean().optional().describe("Marks the cluster as cordoned: nothing new is placed there."),
  taints: z.array(TaintSchema).optional(),
});

const ClusterConditionSchema = z.object({
  type: z.string(),
  status: z.enum(["True", "False", "Unknown"]),
  reason: z.string(),
  message: z.string(),
  lastTransitionTime: z.string().optional(),
  lastHeartbeatTime: z.string().optional(),
});

export const ClusterStatusSchema = z.object({
  conditions: z.array(ClusterConditionSchema).optional(),
  capacity: ResourceListSchema.optional().describe("Sum over the member's Ready, schedulable nodes."),
  allocatable: ResourceListSchema.optional().describe("As capacity, of what pods may request."),
  free: ResourceListSchema.optional().describe("Allocatable minus the requests of pods that are not finished."),
  nodes: z.number().int().optional().describe("The member's Ready, schedulable nodes."),
  kubernetesVersion: z.string().optional().describe('The member\'s gitVersion, e.g. "v1.36.3".'),
  agentVersion: z.string().optional(),
  apis: z
    .array(z.string())
    .optional()
    .describe('Groups and versions that the member serves: "apps/v1", "batch/v1". Absent: unknown.'),
  largestNode: ResourceListSchema.optional().describe(
    "Free amounts of the node with the most room: what one pod may ask for.",
  ),
  clusterId: z.string().optional().describe("uid of the member's kube-system namespace: which cluster this really is."),
});

export type ClusterSpec = z.infer<typeof ClusterSpecSchema>;
export type ClusterStatus = z.infer<typeof ClusterStatusSchema>;

export const CLUSTERS = "clusters.hanse.dev";
export const REGION_LABEL = "topology.kubernetes.io/region";
