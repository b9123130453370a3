// LocalSubjectAccessReview (authorization.k8s.io/v1): may that one do that in this namespace? A question: answered at once (worker/wire/reviews.ts), never stored.
import type { Kind } from "./kind.ts";
import { NAME } from "./rules/columns.ts";

export const localSubjectAccessReview: Kind = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "LocalSubjectAccessReview",
  resource: "localsubjectaccessreviews",
  singular: "localsubjectaccessreview",
  namespaced: true,
  verbs: ["create"],
  asked: true,
  schema: "io.k8s.api.authorization.v1.LocalSubjectAccessReview",
  columns: [NAME],
  federation: { rule: "root" },
};
