// What a pod spec cannot say about where a workload goes: Placement and Override (hanse.dev/v1alpha1), namespaced, and ClusterPlacement and
// ClusterOverride for all namespaces. Shapes alone, for controllers and the pure core; the table entries stand in kinds/placementkind.ts and
// kinds/overridekind.ts. Which one counts for a template: core/placement/. A selector or field that is absent restricts nothing.
import { z } from "zod";

export const PLACEMENTS = "placements.hanse.dev";
export const CLUSTER_PLACEMENTS = "clusterplacements.hanse.dev";
export const OVERRIDES = "overrides.hanse.dev";
export const CLUSTER_OVERRIDES = "clusteroverrides.hanse.dev";

/** The ClusterPlacement that a federation is born with: it counts where no other ever did. */
export const DEFAULT_PLACEMENT = "default";

/** On a template or its Namespace: waits until the Placement (or ClusterPlacement) of this name exists, and takes no other. */
export const PLACEMENT_ANNOTATION = "hanse.dev/placement";
/** On a template: a value that was not there before divides it anew, as if it had just come: the explicit way to rebalance or fail back. */
export const REBALANCE_ANNOTATION = "hanse.dev/rebalance";
/** On what is changed: as many deletions as the answer that refused it counted. Valid for that change alone. */
export const CONFIRM_DELETIONS_ANNOTATION = "hanse.dev/confirm-deletions";

const SET = { "x-kubernetes-list-type": "set" } as const;
const ATOMIC = { "x-kubernetes-list-type": "atomic" } as const;

const LabelSelectorSchema = z
  .object({
    matchLabels: z.record(z.string(), z.string()).optional(),
    matchExpressions: z
      .array(
        z.object({
          key: z.string(),
          operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
          values: z.array(z.string()).meta(ATOMIC).optional(),
        }),
      )
      .meta(ATOMIC)
      .optional(),
  })
  .meta({ "x-kubernetes-map-type": "atomic" });

const ObjectSelectorSchema = z.object({
  apiVersion: z.string().optional().describe('"apps/v1"; absent: any.'),
  kind: z.string().optional().describe('"Deployment"; absent: any.'),
  name: z.string().optional(),
  namespaces: z
    .array(z.string())
    .min(1)
    .meta(SET)
    .optional()
    .describe("Only in ClusterPlacement and ClusterOverride; absent: all."),
  labelSelector: LabelSelectorSchema.optional(),
});

const ClusterSelectorSchema = z
  .object({
    names: z.array(z.string()).min(1).meta(SET).optional(),
    labelSelector: LabelSelectorSchema.optional(),
    cel: z
      .string()
      .max(4096)
      .optional()
      .describe("CEL over `cluster` (name, labels, annotations, spec, status): cluster.labels['tier'] == 'gold'."),
  })
  .describe("A cluster for which everything given holds.");

const TolerationSchema = z.object({
  key: z.string().optional(),
  operator: z.enum(["Exists", "Equal"]).optional(),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
  tolerationSeconds: z.number().int().optional(),
});

const SpreadSchema = z
  .object({
    topologyKey: z.string().describe('A label of clusters ("topology.kubernetes.io/region"), or "hanse.dev/cluster".'),
    maxSkew: z.number().int().min(1),
    whenUnsatisfiable: z.enum(["DoNotSchedule", "ScheduleAnyway"]),
    minDomains: z.number().int().min(1).optional(),
  })
  .describe("As topologySpreadConstraints of a pod, counted in replicas per value of the clusters' label.");

const WeightSchema = z.object({
  clusters: ClusterSelectorSchema,
  weight: z.number().int().min(0).max(1_000_000).optional(),
  min: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("At least that many replicas in each of these clusters, room permitting."),
  max: z.number().int().min(0).optional().describe("At most that many in each of them."),
});

export const PlacementSpecSchema = z.object({
  priority: z
    .number()
    .int()
    .optional()
    .describe("The highest wins, then the more specific selector, then the name. Default 0."),
  selectors: z
    .array(ObjectSelectorSchema)
    .min(1)
    .meta(ATOMIC)
    .optional()
    .describe("What it places: any of these; absent: everything."),
  clusters: z
    .array(ClusterSelectorSchema)
    .min(1)
    .meta(ATOMIC)
    .optional()
    .describe("Where: any of these; absent: all clusters."),
  groups: z
    .array(z.object({ name: z.string().optional(), clusters: z.array(ClusterSelectorSchema).min(1).meta(ATOMIC) }))
    .min(1)
    .meta(ATOMIC)
    .optional()
    .describe(
      "Tried in order: what finds no room in the first overflows into the next, and comes back from the last first.",
    ),
  division: z
    .enum(["Divided", "Duplicated", "Whole"])
    .optional()
    .describe(
      "Divided: replicas are shared out. Duplicated: every cluster gets all of them. Whole: all in one cluster. Default: as its kind.",
    ),
  weighing: z
    .enum(["FreeCapacity", "Even", "Pack", "Static"])
    .optional()
    .describe(
      "FreeCapacity: by the room for these pods (default). Even: alike. Pack: as few clusters as fit. Static: by `weights` alone, what they do not name gets nothing.",
    ),
  weights: z.array(WeightSchema).meta(ATOMIC).optional().describe("The first that matches a cluster counts."),
  spread: z
    .array(SpreadSchema)
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["topologyKey", "whenUnsatisfiable"] })
    .optional(),
  tolerations: z
    .array(TolerationSchema)
    .meta(ATOMIC)
    .optional()
    .describe("Of taints of clusters, beside those of the pod template."),
  whenAlreadyExists: z
    .enum(["Report", "Adopt"])
    .optional()
    .describe(
      "An object of that name stands in the cluster and is not ours. Default Report: leave it alone and say so.",
    ),
  whenDrifted: z
    .enum(["Heal", "Report"])
    .optional()
    .describe("A field that we set was changed in the cluster. Default Heal: set it back."),
  whenOwnedByOthers: z
    .enum(["Share", "Report"])
    .optional()
    .describe("Others own fields that we do not set. Default Share: they keep them. Report: apply nothing and say so."),
  whenPlacementDeleted: z
    .enum(["Keep", "Delete"])
    .optional()
    .describe(
      "Default Keep: what it placed stays as it is until another Placement matches. Delete: it leaves the clusters.",
    ),
  ignoreFields: z
    .array(z.string())
    .meta(SET)
    .optional()
    .describe('JSON pointers (RFC 6901) to fields that are set at creation and left alone after: "/spec/replicas".'),
  failover: z
    .object({
      tolerationSeconds: z
        .number()
        .int()
        .optional()
        .describe("How long a silent cluster keeps its share. Default 300; negative: for ever."),
      failBack: z.enum(["Never", "WhenReady"]).optional().describe("Default Never."),
    })
    .optional(),
  rescheduleWhen: z
    .object({
      placementChanged: z.boolean().optional().describe("Default true."),
      clusterJoined: z.boolean().optional().describe("Default false: a new cluster only gets what comes next."),
      clusterLabelsChanged: z.boolean().optional().describe("Default false: labels count when something is placed."),
    })
    .optional()
    .describe("What makes replicas move that run; nothing else does but taints, drains and failover."),
  cronJobs: z
    .enum(["Fire", "Render"])
    .optional()
    .describe(
      "Fire (default): the federation makes each tick's Job, at most once. Render: every cluster gets the CronJob and fires it itself; that promise is off.",
    ),
});

const ImagePartsSchema = z.object({
  container: z.string().optional().describe("Name of a container or init container; absent: all."),
  registry: z.string().optional().describe('"registry.eu.example.com": what stands before the first slash.'),
  repository: z.string().optional(),
  tag: z.string().optional(),
  digest: z.string().optional(),
});

const PatchOperationSchema = z.object({
  op: z.enum(["add", "remove", "replace", "move", "copy", "test"]),
  path: z.string(),
  from: z.string().optional(),
  value: z.unknown().meta({ "x-kubernetes-preserve-unknown-fields": true }).optional(),
});

export const OverrideSpecSchema = z.object({
  priority: z
    .number()
    .int()
    .optional()
    .describe("Applied in ascending order, so the highest has the last word. Default 0."),
  selectors: z
    .array(ObjectSelectorSchema)
    .min(1)
    .meta(ATOMIC)
    .optional()
    .describe("What it changes: any of these; absent: everything."),
  rules: z
    .array(
      z.object({
        clusters: z
          .array(ClusterSelectorSchema)
          .min(1)
          .meta(ATOMIC)
          .optional()
          .describe("Any of these; absent: all clusters."),
        images: z.array(ImagePartsSchema).max(100).meta(ATOMIC).optional(),
        patches: z
          .array(PatchOperationSchema)
          .max(1000)
          .meta(ATOMIC)
          .optional()
          .describe(
            "JSON Patch (RFC 6902). Strings in values, and parts of images, may hold ${cluster.name}, ${cluster.labels['key']}, ${cluster.annotations['key']}; $${ is a plain ${.",
          ),
      }),
    )
    .min(1)
    .max(100)
    .meta(ATOMIC),
});

export const PolicyStatusSchema = z.object({
  observedGeneration: z.number().int().optional(),
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.enum(["True", "False", "Unknown"]),
        observedGeneration: z.number().int().optional(),
        lastTransitionTime: z.string(),
        reason: z.string(),
        message: z.string(),
      }),
    )
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"] })
    .optional(),
});

export type LabelSelector = z.infer<typeof LabelSelectorSchema>;
export type ObjectSelector = z.infer<typeof ObjectSelectorSchema>;
export type ClusterSelector = z.infer<typeof ClusterSelectorSchema>;
export type PlacementSpec = z.infer<typeof PlacementSpecSchema>;
export type OverrideSpec = z.infer<typeof OverrideSpecSchema>;
export type PatchOperation = z.infer<typeof PatchOperationSchema>;
