// SubjectAccessReview and its relatives (authorization.k8s.io/v1): may this one do that? Answered by the authorizer that requests meet.
import type { FieldError } from "../../../kinds/kind.ts";
import type { KubeObject, Loose } from "../../../kinds/object.ts";
import { invalid } from "../../../kinds/rules/errors.ts";
import type { Exchange } from "../exchange.ts";
import type { Attributes, User } from "../options.ts";
import { invalid as invalidStatus } from "../status.ts";

const isEmpty = (metadata: Loose, butFor: readonly string[]): boolean =>
  Object.entries(metadata ?? {}).every(([key, value]) => value === undefined || value === "" || butFor.includes(key));

function specErrors(spec: Loose): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  if (resource && other)
    return [
      invalid(
        "spec.nonResourceAttributes",
        goOther(other),
        "cannot be specified in combination with resourceAttributes",
      ),
    ];
  if (!resource && !other)
    return [
      invalid(
        "spec.resourceAttributes",
        undefined,
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      ),
    ];
  return [];
}

const goOther = ({ path = "", verb = "" }: Loose): Loose => ({ Path: path, Verb: verb });

function attributesOf({ resourceAttributes: resource, nonResourceAttributes: other }: Loose): Attributes {
  const { namespace = "", verb = "", group = "", version = "", subresource = "", name = "" } = resource ?? {};
  return resource
    ? {
        verb,
        group,
        version,
        resource: resource.resource ?? "",
        subresource,
        namespace,
        name,
        path: "",
        resourceRequest: true,
      }
    : {
        verb: other.verb ?? "",
        path: other.path ?? "",
        group: "",
        version: "",
        resource: "",
        subresource: "",
        namespace: "",
        name: "",
        resourceRequest: false,
      };
}

async function answer(x: Exchange, review: KubeObject, user: User): Promise<void> {
  const { authorize } = x.options;
  const decision = authorize === undefined ? { allowed: true } : await authorize(user, attributesOf(review.spec));
  review.status = { allowed: decision.allowed, ...(decision.reason ? { reason: decision.reason } : {}) };
}

function refuse(review: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidStatus({ group: "authorization.k8s.io", kind: review.kind }, "", errors);
}

export async function selfSubjectAccessReview(x: Exchange, review: KubeObject): Promise<void> {
  const spec = (review.spec ??= {});
  refuse(review, [
    ...specErrors(spec),
    ...(isEmpty(review.metadata, ["managedFields"]) ? [] : [invalid("metadata", review.metadata, "must be empty")]),
  ]);
  await answer(x, review, x.user);
}

const asked = ({ user = "", groups = [], uid, extra }: Loose): User => ({
  name: user,
  groups,
  ...(uid === undefined ? {} : { uid }),
  ...(extra === undefined ? {} : { extra }),
});

function subjectErrors(spec: Loose): FieldError[] {
  const nobody = !spec.user && !spec.groups?.length;
  return nobody ? [invalid("spec.user", spec.user ?? "", "at least one of user or group must be specified")] : [];
}

export async function subjectAccessReview(x: Exchange, review: KubeObject): Promise<void> {
  const spec = (review.spec ??= {});
  refuse(review, [
    ...specErrors(spec),
    ...subjectErrors(spec),
    ...(isEmpty(review.metadata, ["managedFields"]) ? [] : [invalid("metadata", review.metadata, "must be empty")]),
  ]);
  await answer(x, review, asked(spec));
}

export async function localSubjectAccessReview(x: Exchange, review: KubeObject): Promise<void> {
  const spec = (review.spec ??= {});
  const { namespace } = x.target;
  const inside = spec.resourceAttributes?.namespace ?? "";
  refuse(review, [
    ...specErrors(spec),
    ...subjectErrors(spec),
    ...(isEmpty(review.metadata, ["managedFields", "namespace"])
      ? []
      : [invalid("metadata", review.metadata, "must be empty except for namespace")]),
    ...(spec.resourceAttributes && inside !== namespace
      ? [invalid("spec.resourceAttributes.namespace", inside, "must match metadata.namespace")]
      : []),
    ...(spec.nonResourceAttributes
      ? [
          invalid(
            "spec.nonResourceAttributes",
            goOther(spec.nonResourceAttributes),
            "disallowed on this kind of request",
          ),
        ]
      : []),
  ]);
  await answer(x, review, asked(spec));
}
