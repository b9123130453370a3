// What makes a template's content one cluster's own, as one JSON Patch against it: first the Overrides that select it, in ascending priority, each
// rule's images before its patches; then the federation keys go (strip.ts), so that pointers mean the template as it was written. Clusters that get
// the same get the same text. Divided fields are not in the content, and the share has the last word on them. A rule that cannot be followed
// breaks it all: nothing is half customized. Who it is, its status and its other metadata no Override may change.
import type { JsonObject, KubeObject } from "../../kinds/object.ts";
import { BINDING_LABEL } from "../../kinds/binding.ts";
import { CLUSTER_OVERRIDES, type OverrideSpec, type PatchOperation } from "../../kinds/placement.ts";
import { expandVariables } from "../../kinds/rules/variables.ts";
import { applyJsonPatch } from "../patch/json.ts";
import { isMap, jsonEqual } from "../patch/value.ts";
import { difference } from "./difference.ts";
import type { Policies } from "./effective.ts";
import { Broken, changeImages } from "./images.ts";
import { clusterLabels, type SelectableCluster, selectedByAny } from "./selectcluster.ts";
import { stripFederationKeys } from "./strip.ts";
import { type Policy, selectsTemplate } from "./template.ts";

export type Customized = { patch: PatchOperation[] } | { broken: string };

type Rule = OverrideSpec["rules"][number];

/** Those that select the template, in the order in which they are applied: ascending priority, cluster-wide ones first, then by name. */
export function overridesFor(
  template: KubeObject,
  policies: Pick<Policies, "overrides">,
): readonly Policy<OverrideSpec>[] {
  return policies.overrides.filter((one) => selectsTemplate(one, template)).sort(compare);
}

/** `content`: the template's revision, without what is divided. `overrides`: as overridesFor gives them. An empty patch: nothing differs. */
export function customize(
  content: KubeObject,
  cluster: SelectableCluster,
  overrides: readonly Policy<OverrideSpec>[],
): Customized {
  let object = content;
  for (const override of overrides) {
    for (const [index, rule] of override.spec.rules.entries()) {
      if (!selectedByAny(rule.clusters, cluster)) continue;
      try {
        object = follow(object, rule, cluster);
      } catch (error) {
        if (error instanceof Broken) return { broken: `${titleOf(override)}: rules[${index}]${error.message}` };
        throw error;
      }
    }
  }
  const stripped = stripFederationKeys(object, clusterLabels(cluster));
  return { patch: difference(content as JsonObject, stripped as JsonObject) };
}

function compare(a: Policy<OverrideSpec>, b: Policy<OverrideSpec>): number {
  return (
    (a.spec.priority ?? 0) - (b.spec.priority ?? 0) ||
    Number(a.resource !== CLUSTER_OVERRIDES) - Number(b.resource !== CLUSTER_OVERRIDES) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  );
}

function titleOf({ resource, namespace, name }: Policy<OverrideSpec>): string {
  return resource === CLUSTER_OVERRIDES ? `ClusterOverride ${name}` : `Override ${namespace}/${name}`;
}

/** @throws Broken, its message beginning with the place in the rule: ".patches[2]: …". */
function follow(object: KubeObject, { images = [], patches = [] }: Rule, cluster: SelectableCluster): KubeObject {
  let next = object;
  for (const [index, image] of images.entries())
    next = at(`.images[${index}]`, () => changeImages(next, expanded(image, cluster)));
  if (patches.length === 0) return next;
  const operations = patches.map((patch, index) =>
    at(`.patches[${index}]`, () => ("value" in patch ? { ...patch, value: expanded(patch.value, cluster) } : patch)),
  );
  const result = applyJsonPatch(next as JsonObject, operations);
  if (!result.ok) {
    const failed = firstFailing(next, operations);
    throw new Broken(`.patches[${failed}]: ${result.detail ?? result.message}`);
  }
  const forbidden = forbiddenChange(next, result.object);
  if (forbidden !== undefined) throw new Broken(`.patches: ${forbidden} may not be changed`);
  return result.object as KubeObject;
}

function at<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Broken) throw new Broken(`${place}: ${error.message}`);
    throw error;
  }
}

/** Operations fail or succeed in order: the shortest failing beginning ends in the culprit. Where all of them do, none alone was it. */
function firstFailing(object: KubeObject, operations: readonly PatchOperation[]): number {
  let low = 0;
  let high = operations.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (applyJsonPatch(object as JsonObject, operations.slice(0, middle + 1)).ok) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What makes it another object, or is not the template's to say. Of metadata only labels and annotations reach a cluster. */
function forbiddenChange(from: KubeObject, to: JsonObject): string | undefined {
  for (const name of ["apiVersion", "kind", "status"]) if (!jsonEqual(from[name], to[name])) return name;
  const { labels, annotations: _before, ...identity } = from.metadata;
  if (!isMap(to.metadata)) return "metadata";
  const { labels: next, annotations, ...rest } = to.metadata;
  if (!jsonEqual(identity as unknown as JsonObject, rest)) return "metadata, but for labels and annotations,";
  for (const map of [next, annotations])
    if (map !== undefined && !isMap(map)) return "labels and annotations, but for their entries,";
  const label = isMap(next) ? next[BINDING_LABEL] : undefined;
  return jsonEqual(labels?.[BINDING_LABEL], label) ? undefined : `the label ${BINDING_LABEL}`;
}

/** Every string in it with the cluster's values. */
function expanded<T>(value: T, cluster: SelectableCluster): T {
  if (typeof value === "string") {
    const text = expandVariables(value, {
      name: cluster.name,
      labels: clusterLabels(cluster),
      annotations: cluster.annotations ?? {},
    });
    if (!text.ok) throw new Broken(text.error);
    return text.text as T;
  }
  if (Array.isArray(value)) return value.map((inner) => expanded(inner, cluster)) as T;
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expanded(inner, cluster)])) as T;
}
