// Who may do what, by the Roles and bindings that are in the store (plugin/pkg/auth/authorizer/rbac). They are mirrored in memory and compiled when
// they changed and somebody asks, so that a decision is a few look-ups. system:masters may everything, whatever is stored.
import { compilePolicy, type Policy } from "../../core/authorize/policy.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { RBAC } from "../../kinds/rbac/policyrule.ts";
import { mirror } from "../store/mirror.ts";
import type { Reader, Row } from "../store/store.ts";
import type { Attributes, User } from "./options.ts";

export const MASTERS = "system:masters";

export interface Authorizer {
  /** Resolves when what was stored at the start is in force. */
  ready: Promise<void>;
  authorize(user: User, attributes: Attributes): Promise<{ allowed: boolean; reason?: string }>;
  policy(): Policy;
}

const RESOURCES = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"] as const;

export function rbacAuthorizer({
  reader,
  signal,
}: {
  reader: Pick<Reader, "list" | "watch">;
  signal: AbortSignal;
}): Authorizer {
  let compiled: Policy | undefined;
  const held = mirror({
    reader,
    resources: RESOURCES.map((resource) => `${resource}.${RBAC}`),
    signal,
    changed: () => (compiled = undefined),
  });
  const objects = (resource: (typeof RESOURCES)[number]): KubeObject[] =>
    Array.from(held.rows(`${resource}.${RBAC}`), ({ value }: Row) => JSON.parse(value) as KubeObject);
  const policy = (): Policy =>
    (compiled ??= compilePolicy({
      roles: objects("roles"),
      clusterRoles: objects("clusterroles"),
      roleBindings: objects("rolebindings"),
      clusterRoleBindings: objects("clusterrolebindings"),
    }));
  return {
    ready: held.ready,
    policy,
    async authorize(user, attributes) {
      if (user.groups.includes(MASTERS)) return { allowed: true };
      const { verb, path, group, resource, subresource, namespace, name, resourceRequest } = attributes;
      const asked = resourceRequest ? { verb, group, resource, subresource, name } : { verb, path };
      return policy().decide(user, namespace, asked);
    },
  };
}
