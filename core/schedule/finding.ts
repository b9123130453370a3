// What a follower finds, instead of being named: the workload that it targets, or the pods that its selector selects in its Namespace. Read from
// the object where its kind's rule says; what it finds tells where it goes.
import type { Binding } from "../../kinds/binding.ts";
import type { FederationRule } from "../../kinds/kind.ts";
import { parseApiVersion, type KubeObject, type Loose } from "../../kinds/object.ts";
import { matchesLabels, selectorFromObject, type Selector } from "../../kinds/rules/selector.ts";

export type FollowerRule = Extract<FederationRule, { rule: "follower" }>;

export interface Target {
  group: string;
  kind: string;
  name: string;
}

export type Finding = { target: Target } | { pods: Selector };

/** Undefined: it finds nothing. An empty selector selects all pods of the Namespace, an absent one none. */
export function findingOf(object: KubeObject, { finds }: FollowerRule): Finding | undefined {
  if (finds === undefined) return undefined;
  const found = (object as Loose).spec?.["target" in finds ? finds.target : finds.pods];
  if (typeof found !== "object" || found === null) return undefined;
  if ("pods" in finds) {
    const pods = selectorFromObject(found);
    return pods === undefined ? undefined : { pods };
  }
  const { apiVersion, kind, name } = found;
  return { target: { group: parseApiVersion(String(apiVersion ?? "")).group, kind, name } };
}

/** Whatever version of its group names it: a target's is often an older one. Only workloads have labels. */
export function isFound(finding: Finding, { template, labels }: Pick<Binding, "template" | "labels">): boolean {
  if (labels === undefined) return false;
  if ("pods" in finding) return matchesLabels(finding.pods, labels);
  const { target } = finding;
  const { group } = parseApiVersion(template.apiVersion);
  return target.name === template.name && target.kind === template.kind && target.group === group;
}
