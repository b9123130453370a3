// The policies that decisions follow, in memory like the clusters: Placements and Overrides of both kinds, and which Namespaces ask for one.
// A policy object stays the same until it changes, since what was compiled of it is remembered by it.
import {
  CLUSTER_OVERRIDES,
  CLUSTER_PLACEMENTS,
  OVERRIDES,
  PLACEMENT_ANNOTATION,
  PLACEMENTS,
  type OverrideSpec,
  type PlacementSpec,
} from "../../kinds/placement.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Policies } from "../../core/placement/effective.ts";
import { policyOf, type Policy } from "../../core/placement/template.ts";
import type { Key, Row } from "../store/store.ts";

export const PLACING = [PLACEMENTS, CLUSTER_PLACEMENTS] as const;
export const POLICIES = [...PLACING, OVERRIDES, CLUSTER_OVERRIDES] as const;

export const isPolicy = (resource: string): boolean => (POLICIES as readonly string[]).includes(resource);

export class PolicyWorld implements Policies {
  /** Rises with every change. */
  changes = 0;
  readonly #policies = new Map<string, Policy<PlacementSpec | OverrideSpec>>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  #placements: readonly Policy<PlacementSpec>[] | undefined;
  #overrides: readonly Policy<OverrideSpec>[] | undefined;

  get placements(): readonly Policy<PlacementSpec>[] {
    return (this.#placements ??= this.#of<PlacementSpec>(PLACING));
  }

  get overrides(): readonly Policy<OverrideSpec>[] {
    return (this.#overrides ??= this.#of<OverrideSpec>([OVERRIDES, CLUSTER_OVERRIDES]));
  }

  namespaceAnnotations(namespace: string): Readonly<Record<string, string>> | undefined {
    return this.#namespaces.get(namespace);
  }

  set(row: Row): void {
    const policy = policyOf<PlacementSpec | OverrideSpec>(row.resource, JSON.parse(row.value) as KubeObject);
    const before = this.#policies.get(keyOf(row));
    if (before?.uid === policy.uid && before.generation === policy.generation && before.deleting === policy.deleting)
      return;
    this.#policies.set(keyOf(row), policy);
    this.#changed();
  }

  delete(row: Row): void {
    if (this.#policies.delete(keyOf(row))) this.#changed();
  }

  /** `annotations`: of a Namespace; undefined: it is gone. */
  setNamespace(name: string, annotations: Readonly<Record<string, string>> | undefined): void {
    const asked = annotations?.[PLACEMENT_ANNOTATION];
    if (asked === this.#namespaces.get(name)?.[PLACEMENT_ANNOTATION]) return;
    if (asked === undefined) this.#namespaces.delete(name);
    else this.#namespaces.set(name, { [PLACEMENT_ANNOTATION]: asked });
    this.#changed();
  }

  /** Takes over what another one knows. */
  replace(by: PolicyWorld): void {
    this.#policies.clear();
    for (const [key, policy] of by.#policies) this.#policies.set(key, policy);
    this.#namespaces.clear();
    for (const [name, annotations] of by.#namespaces) this.#namespaces.set(name, annotations);
    this.#changed();
  }

  #of<S>(resources: readonly string[]): readonly Policy<S>[] {
    return [...this.#policies.values()].filter(({ resource }) =>
      resources.includes(resource),
    ) as Policy<unknown>[] as Policy<S>[];
  }

  #changed(): void {
    this.changes += 1;
    this.#placements = undefined;
    this.#overrides = undefined;
  }
}

const keyOf = ({ resource, namespace, name }: Key): string => `${resource}/${namespace}/${name}`;
