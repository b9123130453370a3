// The table entries of Placement and ClusterPlacement (hanse.dev/v1alpha1). Their shape stands in kinds/placement.ts; which of them counts for a
// template: core/placement/effective.ts.
import type { Column } from "./kind.ts";
import { showClusterSelectors } from "./placement/selectors.ts";
import { validatePlacementSpec } from "./placement/validate.ts";
import { type PlacementSpec, PlacementSpecSchema } from "./placement.ts";
import { policyKind } from "./policykind.ts";

const COLUMNS: readonly Column[] = [
  {
    name: "Clusters",
    type: "string",
    description: "Where it places them: groups in their order",
    cell: ({ spec }) => showClusters(spec ?? {}),
  },
  {
    name: "Division",
    type: "string",
    description: "How replicas are shared out, and by what",
    cell: ({ spec }) => showDivision(spec ?? {}),
  },
];

function showClusters({ clusters, groups }: PlacementSpec): string {
  const ordered = groups?.map((group) => group.name ?? showClusterSelectors(group.clusters)).join(" > ");
  if (ordered === undefined) return showClusterSelectors(clusters);
  return clusters === undefined ? ordered : `${showClusterSelectors(clusters)}: ${ordered}`;
}

function showDivision({ division, weighing }: PlacementSpec): string {
  return `${division ?? "<by kind>"}${weighing === undefined ? "" : `/${weighing}`}`;
}

const BOTH = { schema: PlacementSpecSchema, validateSpec: validatePlacementSpec, columns: COLUMNS } as const;

export const placement = policyKind({
  ...BOTH,
  kind: "Placement",
  resource: "placements",
  shortName: "pl",
  namespaced: true,
});

export const clusterPlacement = policyKind({
  ...BOTH,
  kind: "ClusterPlacement",
  resource: "clusterplacements",
  shortName: "cpl",
  namespaced: false,
});
