// The table entries of Override and ClusterOverride (hanse.dev/v1alpha1). Their shape stands in kinds/placement.ts; what they make of an object:
// core/placement/customize.ts.
import type { Column } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { validateOverrideSpec } from "./override/validate.ts";
import { showClusterSelectors } from "./placement/selectors.ts";
import { type ClusterSelector, type OverrideSpec, OverrideSpecSchema } from "./placement.ts";
import { policyKind } from "./policykind.ts";

const COLUMNS: readonly Column[] = [
  {
    name: "Clusters",
    type: "string",
    description: "Where anything is changed",
    cell: (object) => showClusterSelectors(everywhere(object)),
  },
  {
    name: "Changes",
    type: "string",
    description: "How many images and JSON Patch operations",
    cell: (object) => `${count(object, "images")} images, ${count(object, "patches")} patches`,
  },
];

function rulesOf({ spec }: KubeObject): OverrideSpec["rules"] {
  return spec?.rules ?? [];
}

/** Of all its rules; undefined: one of them is for all clusters. */
function everywhere(object: KubeObject): ClusterSelector[] | undefined {
  const selectors = rulesOf(object).map(({ clusters }) => clusters);
  return selectors.includes(undefined) ? undefined : selectors.flatMap((some) => some ?? []);
}

function count(object: KubeObject, list: "images" | "patches"): number {
  return rulesOf(object).reduce((sum, rule) => sum + (rule[list]?.length ?? 0), 0);
}

const BOTH = { schema: OverrideSpecSchema, validateSpec: validateOverrideSpec, columns: COLUMNS } as const;

export const override = policyKind({
  ...BOTH,
  kind: "Override",
  resource: "overrides",
  shortName: "ov",
  namespaced: true,
});

export const clusterOverride = policyKind({
  ...BOTH,
  kind: "ClusterOverride",
  resource: "clusteroverrides",
  shortName: "cov",
  namespaced: false,
});
