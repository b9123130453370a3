// What Placements and Overrides share: whom they select, templates and clusters, as validation and tables see it.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import type { ClusterSelector, ObjectSelector } from "../placement.ts";
import { celError } from "../rules/cel.ts";
import { duplicate, forbidden, invalid } from "../rules/errors.ts";
import { validateLabelSelector } from "../rules/metadata.ts";
import { formatLabelSelector } from "../rules/selector.ts";

/** `namespaced`: the policy itself, which then reaches its own namespace alone. */
export function validateObjectSelectors(
  selectors: readonly ObjectSelector[] | undefined,
  field: string,
  namespaced: boolean,
): FieldError[] {
  return (selectors ?? []).flatMap(({ namespaces, labelSelector }, index) => {
    const path = `${field}[${index}]`;
    const errors = validateLabelSelector(labelSelector, `${path}.labelSelector`);
    if (namespaced && namespaces !== undefined)
      errors.push(
        forbidden(`${path}.namespaces`, "selects in its own namespace: only the cluster-wide kinds name others"),
      );
    return [...errors, ...duplicates(namespaces, `${path}.namespaces`)];
  });
}

export function validateClusterSelectors(
  selectors: readonly ClusterSelector[] | undefined,
  field: string,
): FieldError[] {
  return (selectors ?? []).flatMap((one, index) => validateClusterSelector(one, `${field}[${index}]`));
}

export function validateClusterSelector({ names, labelSelector, cel }: ClusterSelector, path: string): FieldError[] {
  const errors = validateLabelSelector(labelSelector, `${path}.labelSelector`);
  const wrong = cel === undefined ? undefined : celError(cel);
  if (wrong !== undefined) errors.push(invalid(`${path}.cel`, cel, wrong));
  return [...errors, ...duplicates(names, `${path}.names`)];
}

/** Entries of a set that came before. */
export function duplicates(values: readonly string[] | undefined, field: string): FieldError[] {
  return (values ?? []).flatMap((value, index) =>
    values!.indexOf(value) < index ? [duplicate(`${field}[${index}]`, value)] : [],
  );
}

/** Names of clusters in selectors, wherever in a spec they stand. */
export function clusterNames(value: Loose): string[] {
  if (Array.isArray(value)) return value.flatMap(clusterNames);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "clusters" ? namesOf(inner) : key === "value" ? [] : clusterNames(inner),
  );
}

function namesOf(selectors: Loose): string[] {
  return [selectors].flat().flatMap((one: Loose) => (Array.isArray(one?.names) ? one.names : []));
}

/** "Deployment/tomcat,app=web": each selector's parts, selectors apart by "; ". */
export function showObjectSelectors(selectors: readonly ObjectSelector[] | undefined): string {
  if (selectors === undefined) return "everything";
  return selectors.map(showObjectSelector).join("; ");
}

function showObjectSelector({ apiVersion, kind, name, namespaces, labelSelector }: ObjectSelector): string {
  const what = kind ?? (apiVersion === undefined ? undefined : `${apiVersion}/*`);
  const named = name === undefined ? what : `${what ?? "*"}/${name}`;
  const labels = labelSelector === undefined ? [] : [formatLabelSelector(labelSelector)];
  const home = namespaces === undefined ? [] : [`in ${namespaces.join("|")}`];
  const parts = [...(named === undefined ? [] : [named]), ...labels, ...home];
  return parts.length === 0 ? "everything" : parts.join(",");
}

export function showClusterSelectors(selectors: readonly ClusterSelector[] | undefined): string {
  if (selectors === undefined) return "all";
  const shown = selectors.flatMap(({ names, labelSelector, cel }) => {
    const parts = [
      ...(names === undefined ? [] : [names.join("|")]),
      ...(labelSelector === undefined ? [] : [formatLabelSelector(labelSelector)]),
      ...(cel === undefined ? [] : [`(${cel})`]),
    ];
    return [parts.length === 0 ? "all" : parts.join(" & ")];
  });
  return [...new Set(shown)].join("; ");
}
