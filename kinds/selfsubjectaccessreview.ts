// SelfSubjectAccessReview (authorization.k8s.io/v1): may I do that? A question: answered at once (worker/wire/reviews.ts), never stored.
import type { Kind } from "./kind.ts";
import { NAME } from "./rules/columns.ts";

export const selfSubjectAccessReview: Kind = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SelfSubjectAccessReview",
  resource: "selfsubjectaccessreviews",
  singular: "selfsubjectaccessreview",
  namespaced: false,
  verbs: ["create"],
  asked: true,
  schema: "io.k8s.api.authorization.v1.SelfSubjectAccessReview",
  columns: [NAME],
  federation: { rule: "root" },
};
