// Where a workload keeps its pods' template, and how many pods it wants at once; told by the object's shape, so a kind of the same shape needs
// nothing here. A bare Pod is its own template.
import type { KubeObject, Loose } from "../../kinds/object.ts";

/** { metadata, spec } of the pods it makes; empty where there are none. */
export function podTemplateOf(object: KubeObject): Loose {
  const { spec } = object as Loose;
  if (spec?.jobTemplate !== undefined) return spec.jobTemplate?.spec?.template ?? {};
  if (spec?.template !== undefined) return spec.template ?? {};
  return isPod(object) ? object : {};
}

/** It runs itself: spec.nodeName says where. */
export function isPod(object: KubeObject): boolean {
  return Array.isArray((object as Loose).spec?.containers);
}

/** Pods that run side by side when all goes well: what must fit into one cluster. */
export function podsAtOnce(object: KubeObject): number {
  const { spec } = object as Loose;
  const { replicas, parallelism, completions } = spec?.jobTemplate?.spec ?? spec ?? {};
  if (typeof replicas === "number") return Math.max(0, replicas);
  if (typeof parallelism !== "number") return 1;
  return Math.max(0, Math.min(parallelism, typeof completions === "number" ? completions : parallelism));
}

/** Of those, the ones that come at once and stay: what the next decision must leave room for. None of a schedule, nor while it is suspended. */
export function podsReserved(object: KubeObject): number {
  const { spec } = object as Loose;
  return spec?.jobTemplate !== undefined || spec?.suspend === true ? 0 : podsAtOnce(object);
}
