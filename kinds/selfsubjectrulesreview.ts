// SelfSubjectRulesReview (authorization.k8s.io/v1): what may I do in a namespace? A question: answered at once (worker/wire/reviews.ts), never stored.
import type { Kind } from "./kind.ts";
import { NAME } from "./rules/columns.ts";

export const selfSubjectRulesReview: Kind = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectRulesReview",
  resource: "selfsubjectrulesreviews",
  singular: "selfsubjectrulesreview",
  namespaced: false,
  verbs: ["create"],
  asked: true,
  schema: "io.k8s.api.authorization.v1.SelfSubjectRulesReview",
  columns: [NAME],
  federation: { rule: "root" },
};
