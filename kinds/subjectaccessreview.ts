// SubjectAccessReview (authorization.k8s.io/v1): may that one do that? A question: answered at once (worker/wire/reviews.ts), never stored.
import type { Kind } from "./kind.ts";
import { NAME } from "./rules/columns.ts";

export const subjectAccessReview: Kind = {
  group: "authorization.k8s.io",
  version: "v1",
  kind: "SubjectAccessReview",
  resource: "subjectaccessreviews",
  singular: "subjectaccessreview",
  namespaced: false,
  verbs: ["create"],
  asked: true,
  schema: "io.k8s.api.authorization.v1.SubjectAccessReview",
  columns: [NAME],
  federation: { rule: "root" },
};
