// Roles and bindings compiled for questions: who is granted which rules, everywhere or in one namespace (plugin/pkg/auth/authorizer/rbac). A user
// without a binding costs a look-up per group, whatever else there is.
import type { KubeObject } from "../../kinds/object.ts";
import { type RoleRef, roleRefOf, type Subject, subjectsOf } from "../../kinds/rbac/binding.ts";
import { type PolicyRule, rulesOf } from "../../kinds/rbac/policyrule.ts";
import { allows, type Asked } from "./rules.ts";

export interface Identity {
  name: string;
  groups: readonly string[];
}

export interface Policy {
  /** `namespace` "": only what is granted everywhere. */
  decide(user: Identity, namespace: string, asked: Asked): { allowed: boolean; reason: string };
  /** All rules that hold for the user there; `missing`: roles that bindings name and nobody made. */
  rules(user: Identity, namespace: string): { rules: PolicyRule[]; missing: string[] };
  /** Undefined: there is no such role. `namespace`: of the binding. */
  roleRules(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
}

export interface PolicyObjects {
  roles: Iterable<KubeObject>;
  clusterRoles: Iterable<KubeObject>;
  roleBindings: Iterable<KubeObject>;
  clusterRoleBindings: Iterable<KubeObject>;
}

interface Grant {
  /** "" of a ClusterRoleBinding. */
  namespace: string;
  binding: string;
  ref: RoleRef;
  subject: string;
}

const SERVICE_ACCOUNT = "system:serviceaccount:";

/** "u:alice", "g:admins"; a ServiceAccount is a user. */
function subjectKey({ kind, name, namespace }: Subject, own: string): string {
  if (kind === "Group") return `g:${name}`;
  return kind === "ServiceAccount" ? `u:${SERVICE_ACCOUNT}${namespace || own}:${name}` : `u:${name}`;
}

function told({ kind, name, namespace }: Subject, own: string): string {
  return kind === "ServiceAccount"
    ? `ServiceAccount ${JSON.stringify(`${name}/${namespace || own}`)}`
    : `${kind} ${JSON.stringify(name)}`;
}

export function compilePolicy(objects: PolicyObjects): Policy {
  const roles = new Map<string, readonly PolicyRule[]>();
  for (const role of objects.roles) roles.set(`${role.metadata.namespace}/${role.metadata.name}`, rulesOf(role));
  for (const role of objects.clusterRoles) roles.set(`/${role.metadata.name}`, rulesOf(role));
  const grants = new Map<string, Grant[]>();
  const grant = (binding: KubeObject, namespace: string): void => {
    for (const subject of subjectsOf(binding)) {
      const key = subjectKey(subject, namespace);
      const made = {
        namespace,
        binding: binding.metadata.name,
        ref: roleRefOf(binding),
        subject: told(subject, namespace),
      };
      const known = grants.get(key);
      if (known === undefined) grants.set(key, [made]);
      else known.push(made);
    }
  };
  for (const binding of objects.clusterRoleBindings) grant(binding, "");
  for (const binding of objects.roleBindings) grant(binding, binding.metadata.namespace ?? "");

  const roleRules = ({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | undefined =>
    roles.get(kind === "Role" ? `${namespace}/${name}` : `/${name}`);

  function* held({ name, groups }: Identity, namespace: string): Iterable<Grant> {
    for (const key of [`u:${name}`, ...groups.map((group) => `g:${group}`)])
      for (const one of grants.get(key) ?? []) if (one.namespace === "" || one.namespace === namespace) yield one;
  }

  return {
    roleRules,
    decide(user, namespace, asked) {
      const missing: string[] = [];
      for (const one of held(user, namespace)) {
        const rules = roleRules(one.ref, one.namespace);
        if (rules === undefined) missing.push(missingRole(one.ref));
        else if (rules.some((rule) => allows(rule, asked))) return { allowed: true, reason: reasonOf(one) };
      }
      return { allowed: false, reason: missing.length === 0 ? "" : `RBAC: ${several(missing)}` };
    },
    rules(user, namespace) {
      const rules: PolicyRule[] = [];
      const missing: string[] = [];
      for (const one of held(user, namespace)) {
        const found = roleRules(one.ref, one.namespace);
        if (found === undefined) missing.push(missingRole(one.ref));
        else rules.push(...found);
      }
      return { rules, missing };
    },
  };
}

const missingRole = ({ apiGroup, kind, name }: RoleRef): string =>
  `${kind.toLowerCase()}.${apiGroup} ${JSON.stringify(name)} not found`;

/** As Go's errors.Aggregate prints: once each, in brackets where there are several. */
function several(errors: readonly string[]): string {
  const once = [...new Set(errors)];
  return once.length === 1 ? once[0]! : `[${once.join(", ")}]`;
}

function reasonOf({ namespace, binding, ref, subject }: Grant): string {
  const [kind, where] = namespace === "" ? ["ClusterRoleBinding", binding] : ["RoleBinding", `${binding}/${namespace}`];
  return `RBAC: allowed by ${kind} ${JSON.stringify(where)} of ${ref.kind} ${JSON.stringify(ref.name)} to ${subject}`;
}
