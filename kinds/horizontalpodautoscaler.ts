// HorizontalPodAutoscaler (autoscaling/v2, as it is stored; autoscaling/v1 is another view of it: horizontalpodautoscalerv1.ts).
// At the root it is kept and scales nothing yet.
import { defaultBehavior } from "./horizontalpodautoscaler/behavior.ts";
import { formatMetrics } from "./horizontalpodautoscaler/metrics.ts";
import { dropRoundTrip } from "./horizontalpodautoscaler/roundtrip.ts";
import { validateAutoscaler } from "./horizontalpodautoscaler/validate.ts";
import type { Column, FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

/** kk:pkg/apis/autoscaling/v2/defaults.go, and the conversion that lets no annotation of v1's pass. */
function setDefaults(object: KubeObject): void {
  object.spec ??= {};
  const { spec } = object;
  // Before empty lists go: an empty one is not an absent one here.
  if (spec.behavior) defaultBehavior(spec.behavior);
  dropZeros(object, horizontalPodAutoscaler.schema);
  spec.minReplicas ??= 1;
  spec.metrics ??= [
    { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
  ];
  showZeros(object, horizontalPodAutoscaler.schema);
  dropRoundTrip(object.metadata);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  return [...validateMetadata(horizontalPodAutoscaler, object, old), ...validateAutoscaler(object, old)];
}

/** Of both versions: upstream prints the internal one. */
export const columns: readonly Column[] = [
  NAME,
  {
    name: "Reference",
    type: "string",
    description: "What is scaled",
    cell: ({ spec }) => `${spec?.scaleTargetRef?.kind ?? ""}/${spec?.scaleTargetRef?.name ?? ""}`,
  },
  { name: "Targets", type: "string", description: "Each metric now, and where it should be", cell: formatMetrics },
  {
    name: "MinPods",
    type: "string",
    description: "Fewest replicas",
    cell: ({ spec }) => String(spec?.minReplicas ?? "<unset>"),
  },
  { name: "MaxPods", type: "string", description: "Most replicas", cell: ({ spec }) => spec?.maxReplicas ?? 0 },
  { name: "Replicas", type: "string", description: "Replicas now", cell: ({ status }) => status?.currentReplicas ?? 0 },
  AGE,
];

export const horizontalPodAutoscaler: Kind = {
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  resource: "horizontalpodautoscalers",
  singular: "horizontalpodautoscaler",
  namespaced: true,
  shortNames: ["hpa"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
  columns,
  setDefaults,
  // Status is nobody's here, neither as a field nor in v1's annotations.
  prepareCreate: (object) => {
    object.status = {};
    showZeros(object, horizontalPodAutoscaler.schema);
  },
  prepareUpdate: (object, old) => {
    object.status = old.status;
  },
  validate,
  federation: {
    rule: "follower",
    finds: { target: "scaleTargetRef" },
    divided: ["spec.minReplicas", "spec.maxReplicas"],
  },
};
