// Does a policy's selector mean this template, and how narrowly? A policy that selects nothing in particular means everything within its reach:
// its namespace, or for the cluster-wide ones all namespaces and what has none.
import type { KubeObject } from "../../kinds/object.ts";
import type { ObjectSelector } from "../../kinds/placement.ts";
import { matchesSelector } from "./selectcluster.ts";

/** A Placement, ClusterPlacement, Override or ClusterOverride as decisions see it. */
export interface Policy<S> {
  /** PLACEMENTS, CLUSTER_PLACEMENTS, OVERRIDES or CLUSTER_OVERRIDES. */
  resource: string;
  /** "" of the cluster-wide kinds. */
  namespace: string;
  name: string;
  uid: string;
  generation: number;
  spec: S;
  /** It is being deleted and waits for finalizers. */
  deleting?: boolean;
}

interface Selecting {
  selectors?: readonly ObjectSelector[];
}

/** A stored policy. `spec` is what validation let in. */
export function policyOf<S>(resource: string, object: KubeObject): Policy<S> {
  const { name, namespace = "", uid = "", generation = 1, deletionTimestamp } = object.metadata;
  const policy: Policy<S> = { resource, namespace, name, uid, generation, spec: (object.spec ?? {}) as S };
  return deletionTimestamp === undefined ? policy : { ...policy, deleting: true };
}

export function selectsTemplate(policy: Policy<Selecting>, template: KubeObject): boolean {
  return specificity(policy, template) !== undefined;
}

/**
 * Of the selectors that match, the narrowest: a name counts more than labels, labels more than a kind or apiVersion, these more than namespaces.
 * A namespaced policy names its namespace by standing in it. Undefined: none matches.
 */
export function specificity(policy: Policy<Selecting>, template: KubeObject): number | undefined {
  if (policy.namespace !== "" && policy.namespace !== template.metadata.namespace) return undefined;
  const reach = policy.namespace === "" ? 0 : 1;
  const { selectors } = policy.spec;
  if (selectors === undefined) return reach;
  let narrowest: number | undefined;
  for (const selector of selectors) {
    if (!matches(selector, template)) continue;
    const rank = narrowness(selector) | reach;
    if (narrowest === undefined || rank > narrowest) narrowest = rank;
  }
  return narrowest;
}

function matches(selector: ObjectSelector, { apiVersion, kind, metadata }: KubeObject): boolean {
  if (selector.apiVersion !== undefined && selector.apiVersion !== apiVersion) return false;
  if (selector.kind !== undefined && selector.kind !== kind) return false;
  if (selector.name !== undefined && selector.name !== metadata.name) return false;
  if (selector.namespaces !== undefined && !selector.namespaces.includes(metadata.namespace ?? "")) return false;
  return selector.labelSelector === undefined || matchesSelector(selector.labelSelector, metadata.labels);
}

function narrowness({ apiVersion, kind, name, namespaces, labelSelector }: ObjectSelector): number {
  const { matchLabels = {}, matchExpressions = [] } = labelSelector ?? {};
  const byLabels = Object.keys(matchLabels).length + matchExpressions.length > 0;
  return (
    (name === undefined ? 0 : 8) |
    (byLabels ? 4 : 0) |
    (kind === undefined && apiVersion === undefined ? 0 : 2) |
    (namespaces === undefined ? 0 : 1)
  );
}
