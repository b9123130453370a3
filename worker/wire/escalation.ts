// Nobody grants what he does not hold (kk:pkg/registry/rbac): who writes a role needs all its rules, or the verb `escalate` on it; who writes a
// binding needs all the role's rules, or the verb `bind` on it. system:masters are not asked, nor is a change that only lets the object be deleted.
import { uncovered } from "../../core/authorize/rules.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { roleRefOf } from "../../kinds/rbac/binding.ts";
import { type PolicyRule, RBAC, rulesOf } from "../../kinds/rbac/policyrule.ts";
import { MASTERS } from "./authorizer.ts";
import { equalBut } from "./equal.ts";
import type { Exchange } from "./exchange.ts";
import { forbidden, notFound } from "./status.ts";

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** @throws ApiError 403, 404 of a role that a binding names */
export async function checkEscalation(x: Exchange, kind: Kind, next: KubeObject, old?: KubeObject): Promise<void> {
  const { authorizer } = x.options;
  if (authorizer === undefined || kind.group !== RBAC || x.user.groups.includes(MASTERS)) return;
  if (old !== undefined && onlyCollected(next, old)) return;
  const namespace = kind.namespaced ? x.target.namespace : "";
  if (kind.resource === "roles" || kind.resource === "clusterroles") {
    if (await may(x, "escalate", kind.resource, namespace, x.target.name)) return;
    confirm(x, kind, next, namespace, rulesOf(next));
    if (gathers(next) || (old !== undefined && gathers(old))) {
      if (missing(x, namespace, EVERYTHING).length > 0)
        throw forbidden(
          kind,
          next.metadata.name ?? "",
          "must have cluster-admin privileges to use the aggregationRule",
        );
    }
    return;
  }
  const ref = roleRefOf(next);
  const resource = ref.kind === "ClusterRole" ? "clusterroles" : "roles";
  if (await may(x, "bind", resource, namespace, ref.name)) return;
  const rules = authorizer.policy().roleRules(ref, namespace);
  if (rules === undefined) throw notFound({ group: RBAC, resource: ref.kind.toLowerCase() }, ref.name);
  confirm(x, kind, next, namespace, rules);
}

const gathers = ({ aggregationRule }: KubeObject): boolean => (aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0;

/** Fields that a garbage collector takes away so that an object can go (kk:pkg/registry/rbac/helpers.go). */
function onlyCollected(next: KubeObject, old: KubeObject): boolean {
  if (!equalBut(old, next, (key) => key === "metadata")) return false;
  const shorter = <T>(now: readonly T[] = [], before: readonly T[] = []): boolean => now.length <= before.length;
  return (
    shorter(next.metadata.finalizers, old.metadata.finalizers) &&
    shorter(next.metadata.ownerReferences, old.metadata.ownerReferences) &&
    equalBut({ ...old.metadata }, { ...next.metadata }, (key) =>
      ["finalizers", "ownerReferences", "managedFields", "resourceVersion"].includes(key),
    )
  );
}

async function may(x: Exchange, verb: string, resource: string, namespace: string, name: string): Promise<boolean> {
  const asked = {
    verb,
    group: RBAC,
    version: "*",
    resource,
    subresource: "",
    namespace,
    name,
    path: "",
    resourceRequest: true,
  };
  return (await x.options.authorizer!.authorize(x.user, asked)).allowed;
}

function missing(x: Exchange, namespace: string, rules: readonly PolicyRule[]): PolicyRule[] {
  return uncovered(x.options.authorizer!.policy().rules(x.user, namespace).rules, rules);
}

function confirm(x: Exchange, kind: Kind, next: KubeObject, namespace: string, rules: readonly PolicyRule[]): void {
  const left = missing(x, namespace, rules);
  if (left.length === 0) return;
  const groups = x.user.groups.map((group) => JSON.stringify(group)).join(" ");
  const lines = compacted(left).map(printed).sort();
  throw forbidden(
    kind,
    next.metadata.name ?? "",
    `user ${JSON.stringify(x.user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines.join("\n")}`,
  );
}

/** Verbs on the same thing stand together. */
function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const found = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...thing } = rule;
    const key = rule.nonResourceURLs === undefined ? JSON.stringify(thing) : JSON.stringify(rule);
    const known = found.get(key);
    found.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...verbs] });
  }
  return [...found.values()];
}

/** rbacv1helpers.CompactString. */
function printed({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const list = (name: string, values: readonly string[] | undefined): string[] =>
    values?.length ? [`${name}:[${values.map((value) => JSON.stringify(value)).join(" ")}]`] : [];
  const parts = [
    ...list("APIGroups", apiGroups),
    ...list("Resources", resources),
    ...list("NonResourceURLs", nonResourceURLs),
    ...list("ResourceNames", resourceNames),
    ...list("Verbs", verbs),
  ];
  return `{${parts.join(", ")}}`;
}
