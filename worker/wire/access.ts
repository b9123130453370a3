// Which verb a request is (apiserver RequestInfo), whether the kind has it, and the question to the authorizer.
import type { Verb } from "../../kinds/kind.ts";
import type { Attributes, ApiOptions, User } from "./options.ts";
import type { Target } from "./request.ts";
import { ApiError, forbidden, methodNotAllowed } from "./status.ts";
import { isPosted } from "./parts.ts";

const METHODS: Readonly<Record<string, readonly [collection: Verb | undefined, single: Verb]>> = {
  GET: ["list", "get"],
  POST: ["create", "create"],
  PUT: [undefined, "update"],
  PATCH: [undefined, "patch"],
  DELETE: ["deletecollection", "delete"],
};

/** @throws ApiError 405 where the path has no such verb. */
export function verbOf(method: string, target: Target, watching: boolean): Verb {
  const { kind, name, namespace, subresource } = target;
  const verb = METHODS[method]?.[name === "" ? 0 : 1];
  if (verb === undefined) throw methodNotAllowed();
  // Objects are created and deleted in bulk only inside one namespace; POST goes to collections.
  if ((verb === "create" || verb === "deletecollection") && kind.namespaced && namespace === "")
    throw methodNotAllowed();
  if (subresource !== "" && isPosted(kind, subresource)) {
    if (verb !== "create") throw methodNotAllowed();
    return verb;
  }
  if (verb === "create" && name !== "") throw methodNotAllowed();
  const refusal = kind.refuses?.(verb, subresource);
  if (refusal !== undefined) throw methodNotAllowed(refusal);
  if (subresource !== "") {
    if (verb !== "get" && verb !== "update" && verb !== "patch") throw methodNotAllowed();
    return verb;
  }
  const asked = verb === "list" && watching ? "watch" : target.watch && verb === "get" ? "watch" : verb;
  if (!kind.verbs.includes(asked)) throw methodNotAllowed();
  return asked;
}

const IMPERSONATION = ["impersonate-user", "impersonate-group", "impersonate-uid"];

/**
 * `kubectl --as` is not served yet: going on as oneself would do with more rights what was to be done with less.
 * @throws ApiError 403
 */
export function refuseImpersonation(user: User, request: Request): void {
  const header =
    IMPERSONATION.find((name) => request.headers.has(name)) ??
    [...request.headers.keys()].find((name) => name.startsWith("impersonate-extra-"));
  if (header === undefined) return;
  const whom = JSON.stringify(request.headers.get(header));
  throw forbidden(
    {
      group: "",
      resource: header === "impersonate-group" ? "groups" : header === "impersonate-uid" ? "uids" : "users",
    },
    request.headers.get(header) ?? "",
    `User ${JSON.stringify(user.name)} cannot impersonate ${whom}: this federation does not serve impersonation yet`,
  );
}

function text(user: User, a: Attributes): string {
  const clean = (s: string): string => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const who = JSON.stringify(user.name);
  if (!a.resourceRequest) return clean(`User ${who} cannot ${a.verb} path ${JSON.stringify(a.path)}`);
  const what = a.subresource === "" ? a.resource : `${a.resource}/${a.subresource}`;
  const where = a.namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(a.namespace)}`;
  return clean(
    `User ${who} cannot ${a.verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(a.group)} ${where}`,
  );
}

/** @throws ApiError 403 */
export async function checkAccess(
  options: ApiOptions,
  user: User,
  path: string,
  verb: string,
  target: Target | undefined,
): Promise<void> {
  if (options.authorize === undefined) return;
  const attributes: Attributes = {
    verb,
    path,
    resourceRequest: target !== undefined,
    group: target?.kind.group ?? "",
    version: target?.kind.version ?? "",
    resource: target?.kind.resource ?? "",
    subresource: target?.subresource ?? "",
    namespace: target?.namespace ?? "",
    name: target?.name ?? "",
  };
  const decision = await options.authorize(user, attributes);
  if (decision.allowed) return;
  const why = decision.reason ? `${text(user, attributes)}: ${decision.reason}` : text(user, attributes);
  if (target === undefined) throw new ApiError(403, "Forbidden", `forbidden: ${why}`, {});
  throw forbidden(target.kind, target.name, why);
}
