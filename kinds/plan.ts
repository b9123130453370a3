// What a change would do in the clusters, before it is made: what a dry run tells as Warnings, `hanse plan` as a table, and what the budget of
// deletions is held against. Computed by worker/controllers/plan.ts.
import type { TemplateRef } from "./binding.ts";

type Name = Pick<TemplateRef, "resource" | "namespace" | "name">;

/** One object in one cluster. `from`, `to`: its divided number (replicas) before and after, where there is one. */
export interface Planned extends Name {
  cluster: string;
  from?: number;
  to?: number;
}

/** Replicas of one template that go from one cluster to another. */
export interface Moved extends Name {
  from: string;
  to: string;
  replicas: number;
  /** All that it has. */
  of: number;
}

export interface ChangePlan {
  created: Planned[];
  changed: Planned[];
  moved: Moved[];
  deleted: Planned[];
  /** The federation lets go of them, and they stay where they are: their cluster leaves, or they are left behind on purpose. */
  kept: Planned[];
  /** All objects in all clusters, as the federation has them now; 0 also where nothing had to be planned. */
  bindings: number;
  /** Time was up: only so many of the templates were looked at. */
  cut?: { looked: number; of: number };
  /** Why the change itself would be refused. */
  refused?: string;
}

/** How a dry run is asked for its plan instead of its object. */
export const PLAN_MEDIA_TYPE = "application/json;as=Plan;g=hanse.dev;v=v1alpha1";

const objects = (count: number): string => (count === 1 ? "1 object" : `${count} objects`);
const name = ({ resource, namespace, name: called }: Name): string =>
  `${resource} ${namespace === "" ? called : `${namespace}/${called}`}`;
const replicas = (count: number): string => (count === 1 ? "1 replica" : `${count} replicas`);

/** "would create deployments.apps default/web in paris: 3 replicas"; deletions first, since the list may be cut. */
export function planLines({ created, changed, moved, deleted, kept, cut }: ChangePlan): string[] {
  return [
    ...deleted.map((one) => `would delete ${name(one)} in ${one.cluster}`),
    ...moved.map(
      (one) => `would move ${one.replicas} of ${replicas(one.of)} of ${name(one)} from ${one.from} to ${one.to}`,
    ),
    ...kept.map((one) => `would let go of ${name(one)} in ${one.cluster}, where it stays`),
    ...created.map(
      (one) => `would create ${name(one)} in ${one.cluster}${one.to === undefined ? "" : `: ${replicas(one.to)}`}`,
    ),
    ...changed.map(
      (one) =>
        `would change ${name(one)} in ${one.cluster}${one.from === one.to ? "" : `: ${one.from ?? 0} to ${replicas(one.to ?? 0)}`}`,
    ),
    ...(cut === undefined ? [] : [`time was up after ${cut.looked} of ${cut.of} templates: there may be more`]),
  ];
}

/** "3 to create, 1 to change, 2 moves, 0 to delete; 120 objects in clusters now" */
export function planSummary({ created, changed, moved, deleted, kept, bindings }: ChangePlan): string {
  const counts = [
    `${created.length} to create`,
    `${changed.length} to change`,
    ...(moved.length > 0 ? [`${moved.length} moves`] : []),
    `${deleted.length} to delete`,
    ...(kept.length > 0 ? [`${kept.length} to let go`] : []),
  ];
  return `${counts.join(", ")}${bindings === 0 ? "" : `; ${objects(bindings)} in clusters now`}`;
}
