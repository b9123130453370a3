// RoleBinding (rbac.authorization.k8s.io/v1): who has the rights of a Role, or of a ClusterRole, in this namespace.
import type { Kind } from "./kind.ts";
import { BINDING_COLUMNS, setBindingDefaults, validateBinding } from "./rbac/binding.ts";
import { RBAC } from "./rbac/policyrule.ts";

export const roleBinding: Kind = {
  group: RBAC,
  version: "v1",
  kind: "RoleBinding",
  resource: "rolebindings",
  singular: "rolebinding",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.rbac.v1.RoleBinding",
  nameRule: "path",
  createOnUpdate: true,
  columns: BINDING_COLUMNS,
  setDefaults: setBindingDefaults,
  validate: (object, old) => validateBinding(true, object, old),
  federation: { rule: "root" },
};
