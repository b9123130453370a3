// Kinds that are questions: a POST of one is answered at once and nothing is stored (kinds/kind.ts `asked`). One file each says how.
import type { KubeObject } from "../../kinds/object.ts";
import { kindKey } from "../../kinds/kind.ts";
import { readObject } from "./body.ts";
import { type Exchange, sendObject } from "./exchange.ts";
import { localSubjectAccessReview, selfSubjectAccessReview, subjectAccessReview } from "./reviews/access.ts";
import { selfSubjectReview, selfSubjectRulesReview } from "./reviews/rules.ts";
import { unknownPath } from "./status.ts";
import { settleNamespace } from "./write.ts";
import { writeOptionsOf } from "./writeoptions.ts";

/** Fills in the question's status, in place. @throws ApiError 400, 403, 422 */
export type Answer = (x: Exchange, question: KubeObject) => void | Promise<void>;

const ANSWERS: Readonly<Record<string, Answer>> = {
  "selfsubjectaccessreviews.authorization.k8s.io": selfSubjectAccessReview,
  "subjectaccessreviews.authorization.k8s.io": subjectAccessReview,
  "localsubjectaccessreviews.authorization.k8s.io": localSubjectAccessReview,
  "selfsubjectrulesreviews.authorization.k8s.io": selfSubjectRulesReview,
  "selfsubjectreviews.authentication.k8s.io": selfSubjectReview,
};

export async function answerReview(x: Exchange): Promise<Response> {
  const answer = ANSWERS[kindKey(x.target.kind)];
  if (answer === undefined) throw unknownPath();
  const options = writeOptionsOf(x, "CreateOptions");
  const question = await readObject(x, options.validation);
  settleNamespace(x, question);
  await answer(x, question);
  return sendObject(x, 201, question);
}
