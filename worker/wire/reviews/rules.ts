// SelfSubjectRulesReview: all that the asker may do in a namespace, as far as it stands in rules. SelfSubjectReview: who the asker is.
import type { KubeObject } from "../../../kinds/object.ts";
import type { PolicyRule } from "../../../kinds/rbac/policyrule.ts";
import { MASTERS } from "../authorizer.ts";
import type { Exchange } from "../exchange.ts";
import { badRequest } from "../status.ts";

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

export function selfSubjectRulesReview(x: Exchange, review: KubeObject): void {
  const namespace: string = review.spec?.namespace ?? "";
  if (namespace === "") throw badRequest("no namespace on request");
  const { authorizer } = x.options;
  const whole = authorizer === undefined || x.user.groups.includes(MASTERS);
  const { rules, missing } = whole ? { rules: EVERYTHING, missing: [] } : authorizer.policy().rules(x.user, namespace);
  review.status = {
    resourceRules: rules
      .filter((rule) => rule.resources?.length)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
    nonResourceRules: rules
      .filter((rule) => rule.nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: missing.length > 0,
    ...(missing.length > 0 ? { evaluationError: missing.join(", ") } : {}),
  };
}

export function selfSubjectReview({ user }: Exchange, review: KubeObject): void {
  const { name, uid, groups, extra } = user;
  review.status = { userInfo: { username: name, uid, groups, extra } };
}
