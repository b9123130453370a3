// PolicyRule (rbac.authorization.k8s.io/v1): verbs on resources of groups, or on paths. Validation as kk:pkg/apis/rbac/validation.
import type { FieldError } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { invalid, required } from "../rules/errors.ts";

export interface PolicyRule {
  verbs: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  resourceNames?: readonly string[];
  nonResourceURLs?: readonly string[];
}

export const RBAC = "rbac.authorization.k8s.io";

export const rulesOf = (role: KubeObject): readonly PolicyRule[] => (role["rules"] ?? []) as PolicyRule[];

export function ruleErrors(rules: readonly PolicyRule[], namespaced: boolean): FieldError[] {
  return rules.flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const errors: FieldError[] = [];
    if (!rule.verbs?.length) errors.push(required(`${at}.verbs`, "verbs must contain at least one value"));
    if (rule.nonResourceURLs?.length) {
      const where = `${at}.nonResourceURLs`;
      if (namespaced)
        errors.push(invalid(where, rule.nonResourceURLs, "namespaced rules cannot apply to non-resource URLs"));
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length)
        errors.push(
          invalid(where, rule.nonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs"),
        );
      return errors;
    }
    if (!rule.apiGroups?.length)
      errors.push(required(`${at}.apiGroups`, "resource rules must supply at least one api group"));
    if (!rule.resources?.length)
      errors.push(required(`${at}.resources`, "resource rules must supply at least one resource"));
    return errors;
  });
}
