// Which Placement counts for a template (DESIGN section 6). In this order:
//   1. An annotation hanse.dev/placement, on the template or else on its Namespace, names the one: the namespace's own Placement of that name, else
//      the ClusterPlacement. It must select the template too, lest a namespace borrow what an admin gave to another. Until there is such a one: wait.
//   2. Of those that select it: highest priority, then narrowest selector (template.ts), then namespaced before cluster-wide, then name.
//   3. The ClusterPlacement `default` stands behind all others, whatever its priority, and only for a template that never had another.
// Where what was followed is gone, or selects the template no longer, its shares stand frozen until another explicit one matches: a policy that
// disappears never widens (P3). One that is being deleted is gone.
import type { KubeObject } from "../../kinds/object.ts";
import {
  CLUSTER_PLACEMENTS,
  DEFAULT_PLACEMENT,
  type OverrideSpec,
  PLACEMENT_ANNOTATION,
  PLACEMENTS,
  type PlacementSpec,
} from "../../kinds/placement.ts";
import type { PlacementRef } from "../schedule/decision.ts";
import { type Policy, selectsTemplate, specificity } from "./template.ts";

export interface Policies {
  /** Placements and ClusterPlacements, in any order. */
  placements: readonly Policy<PlacementSpec>[];
  /** Overrides and ClusterOverrides, in any order. */
  overrides: readonly Policy<OverrideSpec>[];
  namespaceAnnotations(namespace: string): Readonly<Record<string, string>> | undefined;
}

export type Effective =
  | { placement: Policy<PlacementSpec> }
  | { frozen: { reason: "PlacementGone" | "PlacementAwaited" | "NoPlacement"; message: string } };

/** `before`: what the last decision about this template followed, as Decision.placement has it, frozen or not. */
export function effectivePlacement(template: KubeObject, policies: Policies, before?: PlacementRef): Effective {
  const asked = askedFor(template, policies);
  if (asked !== undefined) return named(asked, template, policies, before);
  let best: Candidate | undefined;
  let fallback: Policy<PlacementSpec> | undefined;
  for (const placement of policies.placements) {
    if (placement.deleting === true) continue;
    const narrow = specificity(placement, template);
    if (narrow === undefined) continue;
    if (isDefault(placement)) fallback = placement;
    else if (best === undefined || compare({ placement, narrow }, best) < 0) best = { placement, narrow };
  }
  if (best !== undefined) return { placement: best.placement };
  if (before !== undefined && !isDefault(before)) return gone(before, policies);
  if (fallback !== undefined) return { placement: fallback };
  if (before !== undefined) return gone(before, policies);
  return { frozen: { reason: "NoPlacement", message: "no Placement and no ClusterPlacement selects it" } };
}

/**
 * What another made at the root (a CronJob's Job) goes where its maker would: by a Placement that selects the maker, or that it asks for, unless one
 * other than the default selects the thing itself.
 */
export function effectiveOfMade(
  made: KubeObject,
  maker: KubeObject | undefined,
  policies: Policies,
  before?: PlacementRef,
): Effective {
  const own = effectivePlacement(made, policies, before);
  if (maker === undefined || ("placement" in own && !isDefault(own.placement))) return own;
  const makers = effectivePlacement(maker, policies, before);
  const explicit = "placement" in makers ? !isDefault(makers.placement) : makers.frozen.reason === "PlacementAwaited";
  return explicit ? makers : own;
}

/** How a decision records the one it followed. */
export function placementRef({ resource, namespace, name, uid, generation }: Policy<PlacementSpec>): PlacementRef {
  return { resource, namespace, name, uid, generation };
}

interface Candidate {
  placement: Policy<PlacementSpec>;
  narrow: number;
}

/** Negative: `a` counts before `b`. Never 0 for two placements. */
function compare(a: Candidate, b: Candidate): number {
  return (
    (b.placement.spec.priority ?? 0) - (a.placement.spec.priority ?? 0) ||
    b.narrow - a.narrow ||
    Number(a.placement.resource !== PLACEMENTS) - Number(b.placement.resource !== PLACEMENTS) ||
    (a.placement.name < b.placement.name ? -1 : 1)
  );
}

function isDefault({ resource, name }: Pick<PlacementRef, "resource" | "name">): boolean {
  return resource === CLUSTER_PLACEMENTS && name === DEFAULT_PLACEMENT;
}

/** The name it waits for; an empty annotation asks for nothing. */
function askedFor({ metadata }: KubeObject, policies: Policies): string | undefined {
  const own = metadata.annotations?.[PLACEMENT_ANNOTATION];
  const inherited = metadata.namespace === undefined ? undefined : policies.namespaceAnnotations(metadata.namespace);
  return own || inherited?.[PLACEMENT_ANNOTATION] || undefined;
}

function named(name: string, template: KubeObject, policies: Policies, before: PlacementRef | undefined): Effective {
  const called = policies.placements.filter(
    (one) =>
      one.name === name &&
      one.deleting !== true &&
      (one.namespace === "" || one.namespace === template.metadata.namespace),
  );
  const one = called.find(({ resource }) => resource === PLACEMENTS) ?? called[0];
  if (one !== undefined && selectsTemplate(one, template)) return { placement: one };
  if (one === undefined && before?.name === name) return gone(before, policies);
  const message =
    one === undefined
      ? `waits for the Placement or ClusterPlacement ${JSON.stringify(name)}, which is not there`
      : `asks for the ${titleOf(one)}, whose selectors do not select it`;
  return { frozen: { reason: "PlacementAwaited", message } };
}

function gone(before: PlacementRef, policies: Policies): Effective {
  const stands = policies.placements.some(({ uid, deleting }) => uid === before.uid && deleting !== true);
  const what = stands ? "no longer selects it" : "is gone";
  const message = `the ${titleOf(before)} ${what}; everything stays as it was placed until another one selects it`;
  return { frozen: { reason: "PlacementGone", message } };
}

function titleOf({ resource, namespace, name }: Pick<PlacementRef, "resource" | "namespace" | "name">): string {
  return resource === PLACEMENTS ? `Placement ${namespace}/${name}` : `ClusterPlacement ${name}`;
}
