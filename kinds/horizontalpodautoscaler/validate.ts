// Validation of a HorizontalPodAutoscaler (kk:pkg/apis/autoscaling/validation): what it scales and between which bounds.
// Metrics and behavior: sources.ts and behavior.ts. Scaling to zero is refused, as by a server with default feature gates.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { invalid, nonNegative, required } from "../rules/errors.ts";
import { validateBehavior } from "./behavior.ts";
import { type ApiVersions, apiVersionError, validateReference } from "./reference.ts";
import { validateMetrics } from "./sources.ts";

export function validateAutoscaler({ spec, status }: KubeObject, old?: KubeObject): FieldError[] {
  const field = "spec";
  const { minReplicas, maxReplicas, scaleTargetRef } = spec;
  // An object that scaled to zero while its server allowed it stays as it is.
  const lowest = old?.spec.minReplicas === 0 ? 0 : 1;
  const errors: FieldError[] = [];
  if (typeof minReplicas === "number" && minReplicas < lowest)
    errors.push(invalid(`${field}.minReplicas`, minReplicas, `must be greater than or equal to ${lowest}`));
  if (maxReplicas === 0) errors.push(required(`${field}.maxReplicas`, "must be set and greater than 0"));
  else if (maxReplicas < 0)
    errors.push(invalid(`${field}.maxReplicas`, maxReplicas, "must be greater than or equal to 1"));
  if (typeof minReplicas === "number" && maxReplicas < minReplicas)
    errors.push(invalid(`${field}.maxReplicas`, maxReplicas, "must be greater than or equal to `minReplicas`"));
  return [
    ...errors,
    ...validateReference(scaleTargetRef, `${field}.scaleTargetRef`, targetVersions(scaleTargetRef, old)),
    ...validateMetrics(spec.metrics ?? [], `${field}.metrics`, minReplicas, describedVersions(old)),
    ...validateBehavior(spec.behavior, `${field}.behavior`),
    ...nonNegative("status.currentReplicas", status?.currentReplicas),
    ...nonNegative("status.desiredReplicas", status?.desiredReplicas),
  ];
}

/** A target that was taken once is taken again; ReplicationController is the only scalable kind without a group. */
function targetVersions(target: Loose, old?: KubeObject): ApiVersions {
  const before = old?.spec.scaleTargetRef;
  if (before && (before.apiVersion ?? "") === (target.apiVersion ?? "") && before.kind === target.kind) return "any";
  return target.kind === "ReplicationController" ? "core" : "grouped";
}

function describedVersions(old?: KubeObject): ApiVersions {
  const bad = (old?.spec.metrics ?? []).some(
    (metric: Loose) =>
      metric.type === "Object" && metric.object && apiVersionError(metric.object.describedObject.apiVersion, "core"),
  );
  return bad ? "any" : "core";
}
