// What agents report of the objects that placed workloads made in their clusters: Pods, EndpointSlices. They stand at the root as ordinary rows
// of their kind, so that get, list, watch and selectors mean what they always did, and are told from what somebody created there by an
// annotation that nobody can set. Agents alone write them (worker/wire/reportobserved.ts); the garbage collector leaves them be.
import type { KubeObject } from "./object.ts";

/** Label: the cluster it stands in. */
export const CLUSTER_LABEL = "hanse.dev/cluster";
/** Annotation: uid of the binding it belongs to. */
export const OBSERVED_ANNOTATION = "hanse.dev/observed";
/** Annotation: what it is called in its cluster, where that is another name. */
export const MEMBER_NAME_ANNOTATION = "hanse.dev/name";
/** Annotation: the cluster's own node. */
export const NODE_ANNOTATION = "hanse.dev/node";
/** Whether a row's text may be of an observed object, without parsing it. */
export const OBSERVED_TEXT = `"${OBSERVED_ANNOTATION}":`;

/** Store refs: all there are, those of a cluster, those of a binding there. */
export const OBSERVED_REF = "observed";
export const observedInRef = (cluster: string): string => `observed ${cluster}`;
export const observedOfRef = (cluster: string, binding: string): string => `observed ${cluster} ${binding}`;

/** Where it stands and what made it; undefined: somebody created it at the root. */
export function observedOf({ metadata }: KubeObject): { cluster: string; binding: string } | undefined {
  const binding = metadata.annotations?.[OBSERVED_ANNOTATION];
  return binding === undefined ? undefined : { cluster: metadata.labels?.[CLUSTER_LABEL] ?? "", binding };
}

/** The refs of its row: none to its owners, since it goes when its cluster says so. */
export function observedRefs({ cluster, binding }: { cluster: string; binding: string }): string[] {
  return [OBSERVED_REF, observedInRef(cluster), observedOfRef(cluster, binding)];
}
