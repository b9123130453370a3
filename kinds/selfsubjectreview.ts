// SelfSubjectReview (authentication.k8s.io/v1): who am I? A question: answered at once (worker/wire/reviews.ts), never stored.
import type { Kind } from "./kind.ts";
import { NAME } from "./rules/columns.ts";

export const selfSubjectReview: Kind = {
  group: "authentication.k8s.io",
  version: "v1",
  kind: "SelfSubjectReview",
  resource: "selfsubjectreviews",
  singular: "selfsubjectreview",
  namespaced: false,
  verbs: ["create"],
  asked: true,
  schema: "io.k8s.api.authentication.v1.SelfSubjectReview",
  columns: [NAME],
  federation: { rule: "root" },
};
