// HorizontalPodAutoscaler as autoscaling/v1 shows it: one CPU target in a field, everything else of autoscaling/v2 as JSON in annotations,
// so that a client of the old version that reads, changes and writes loses nothing (kk:pkg/apis/autoscaling/v1/conversion.go).
import { columns, horizontalPodAutoscaler } from "./horizontalpodautoscaler.ts";
import {
  behaviorToV1,
  conditionToV1,
  metricFromV1,
  metricStatusFromV1,
  metricStatusToV1,
  metricToV1,
} from "./horizontalpodautoscaler/convert.ts";
import {
  BEHAVIOR,
  CONDITIONS,
  CURRENT_METRICS,
  dropRoundTrip,
  METRICS,
  readGoJson,
  writeGoJson,
} from "./horizontalpodautoscaler/roundtrip.ts";
import type { Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

const V1 = "io.k8s.api.autoscaling.v1.";
const V2 = "io.k8s.api.autoscaling.v2.";

const isCpu = ({ type, resource }: Loose): boolean => type === "Resource" && resource?.name === "cpu";
const isCpuTarget = (metric: Loose): boolean =>
  isCpu(metric) && typeof metric.resource.target?.averageUtilization === "number";

const cpuTarget = (percent: number): Loose => ({
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: percent } },
});

/** Without absent fields. */
function defined(object: Loose): Loose {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function fromStored(stored: KubeObject): KubeObject {
  const { spec = {}, status = {} } = stored;
  const metadata = { ...stored.metadata, annotations: { ...stored.metadata.annotations } };
  dropRoundTrip(metadata);
  const metrics: Loose[] = spec.metrics ?? [];
  const current: Loose[] = status.currentMetrics ?? [];
  const others = metrics.filter((metric) => !isCpuTarget(metric));
  const said: Record<string, string> = {};
  if (others.length > 0) said[METRICS] = writeGoJson(others.map(metricToV1));
  if (current.length > 0) said[CURRENT_METRICS] = writeGoJson(current.map(metricStatusToV1));
  if (spec.behavior) said[BEHAVIOR] = writeGoJson(behaviorToV1(spec.behavior));
  if (status.conditions?.length > 0) said[CONDITIONS] = writeGoJson(status.conditions.map(conditionToV1));
  if (Object.keys(said).length > 0) metadata.annotations = { ...metadata.annotations, ...said };
  const usage = current.findLast((one) => isCpu(one) && typeof one.resource.current?.averageUtilization === "number");
  const object: KubeObject = {
    apiVersion: "autoscaling/v1",
    kind: "HorizontalPodAutoscaler",
    metadata,
    spec: defined({
      scaleTargetRef: spec.scaleTargetRef && { ...spec.scaleTargetRef },
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      targetCPUUtilizationPercentage: metrics.find(isCpuTarget)?.resource.target.averageUtilization,
    }),
    status: defined({
      observedGeneration: status.observedGeneration,
      lastScaleTime: status.lastScaleTime,
      currentReplicas: status.currentReplicas,
      desiredReplicas: status.desiredReplicas,
      currentCPUUtilizationPercentage: usage?.resource.current.averageUtilization,
    }),
  };
  showZeros(object, horizontalPodAutoscalerV1.schema);
  return object;
}

/** The annotation knows more than the field, also that there is nothing. */
function currentFrom(annotation: string | undefined, usage: Loose): Loose[] | undefined {
  const said: Loose[] | undefined = readGoJson(annotation, `${V1}MetricStatus`, true);
  if (said !== undefined) return said.length > 0 ? said.map(metricStatusFromV1) : undefined;
  return typeof usage === "number"
    ? [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: usage } } }]
    : undefined;
}

function toStored(object: KubeObject): KubeObject {
  const { spec = {}, status = {} } = object;
  const annotations = object.metadata.annotations ?? {};
  const metadata = { ...object.metadata, annotations: { ...annotations } };
  dropRoundTrip(metadata);
  const percent = spec.targetCPUUtilizationPercentage;
  const cpu = typeof percent === "number" ? [cpuTarget(percent)] : [];
  const others: Loose[] = readGoJson(annotations[METRICS], `${V1}MetricSpec`, true) ?? [];
  const metrics = [...others.map(metricFromV1), ...cpu];
  const behavior = readGoJson(annotations[BEHAVIOR], `${V2}HorizontalPodAutoscalerBehavior`, false);
  const stored: KubeObject = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata,
    spec: defined({
      scaleTargetRef: spec.scaleTargetRef && { ...spec.scaleTargetRef },
      minReplicas: spec.minReplicas,
      maxReplicas: spec.maxReplicas,
      metrics: metrics.length > 0 ? metrics : [cpuTarget(80)],
      behavior: behavior?.scaleUp || behavior?.scaleDown ? behavior : undefined,
    }),
    status: defined({
      observedGeneration: status.observedGeneration,
      lastScaleTime: status.lastScaleTime,
      currentReplicas: status.currentReplicas,
      desiredReplicas: status.desiredReplicas,
      currentMetrics: currentFrom(annotations[CURRENT_METRICS], status.currentCPUUtilizationPercentage),
      conditions: readGoJson(annotations[CONDITIONS], `${V1}HorizontalPodAutoscalerCondition`, true),
    }),
  };
  showZeros(stored, horizontalPodAutoscaler.schema);
  return stored;
}

/** kk:pkg/apis/autoscaling/v1/defaults.go; the default metric comes with the conversion. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, horizontalPodAutoscalerV1.schema);
  object.spec ??= {};
  object.spec.minReplicas ??= 1;
  showZeros(object, horizontalPodAutoscalerV1.schema);
}

export const horizontalPodAutoscalerV1: Kind = {
  ...horizontalPodAutoscaler,
  version: "v1",
  schema: "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler",
  setDefaults,
  // These are the stored version's to do.
  prepareCreate: undefined,
  prepareUpdate: undefined,
  validate: undefined,
  columns: columns.map((column) => ({ ...column, cell: (object, now) => column.cell(toStored(object), now) })),
  conversion: { stored: horizontalPodAutoscaler, toStored, fromStored },
};
