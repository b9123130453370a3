// What a PolicyRule allows, and which rules cover others (kk:pkg/apis/rbac/v1/evaluation_helpers.go, component-helpers auth/rbac/validation).
// Rules only add: what no rule names is not allowed.
import type { PolicyRule } from "../../kinds/rbac/policyrule.ts";

/** One question; `resource` with its subresource: "pods/log". */
export type Asked =
  | { verb: string; group: string; resource: string; subresource: string; name: string }
  | { verb: string; path: string };

export function allows(rule: PolicyRule, asked: Asked): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if ("path" in asked) return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, asked.path));
  const { group, resource, subresource, name } = asked;
  if (!has(rule.apiGroups, group)) return false;
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  const named = (rule.resources ?? []).some(
    (one) => one === "*" || one === whole || (subresource !== "" && one === `*/${subresource}`),
  );
  return named && (!rule.resourceNames?.length || rule.resourceNames.includes(name));
}

const has = (set: readonly string[] | undefined, one: string): boolean =>
  set?.some((each) => each === "*" || each === one) === true;

function urlCovers(owner: string, path: string): boolean {
  return owner === path || (owner.endsWith("*") && path.startsWith(owner.slice(0, -1)));
}

/** The parts of `asked`, one verb and one thing each, that no rule of `owned` covers alone; empty: all is held. */
export function uncovered(owned: readonly PolicyRule[], asked: readonly PolicyRule[]): PolicyRule[] {
  return asked.flatMap(parts).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function parts({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const found: PolicyRule[] = [];
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (!resourceNames?.length) found.push(part);
        else for (const name of resourceNames) found.push({ ...part, resourceNames: [name] });
      }
  for (const url of nonResourceURLs ?? [])
    for (const verb of verbs) found.push({ verbs: [verb], nonResourceURLs: [url] });
  return found;
}

function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const all = (owner: readonly string[] | undefined, some: readonly string[] | undefined): boolean =>
    (some ?? []).every((one) => owner?.includes("*") || owner?.includes(one));
  const resource = (one: string): boolean => {
    const owned = rule.resources ?? [];
    if (owned.includes("*") || owned.includes(one)) return true;
    const cut = one.indexOf("/");
    return cut >= 0 && owned.includes(`*/${one.slice(cut + 1)}`);
  };
  const names = rule.resourceNames ?? [];
  return (
    all(rule.verbs, part.verbs) &&
    all(rule.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every(resource) &&
    (names.length === 0 ||
      (part.resourceNames !== undefined && part.resourceNames.every((name) => names.includes(name)))) &&
    (part.nonResourceURLs ?? []).every((url) => (rule.nonResourceURLs ?? []).some((owner) => urlCovers(owner, url)))
  );
}
