// Role (rbac.authorization.k8s.io/v1): rights within its namespace.
import type { Kind } from "./kind.ts";
import { RBAC, ruleErrors, rulesOf } from "./rbac/policyrule.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { validateMetadata } from "./rules/metadata.ts";

export const role: Kind = {
  group: RBAC,
  version: "v1",
  kind: "Role",
  resource: "roles",
  singular: "role",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.rbac.v1.Role",
  nameRule: "path",
  createOnUpdate: true,
  columns: [NAME, CREATED_AT],
  setDefaults: (object) => {
    // Go writes no rules as null, and reads null as none.
    object["rules"] ??= null;
  },
  validate: (object, old) => [
    ...validateMetadata(role, object, old, ["meta", "update"]),
    ...ruleErrors(rulesOf(object), true),
  ],
  federation: { rule: "root" },
};
