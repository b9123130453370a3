// ClusterRoleBinding (rbac.authorization.k8s.io/v1): who has the rights of a ClusterRole everywhere.
import type { Kind } from "./kind.ts";
import { BINDING_COLUMNS, setBindingDefaults, validateBinding } from "./rbac/binding.ts";
import { RBAC } from "./rbac/policyrule.ts";

export const clusterRoleBinding: Kind = {
  group: RBAC,
  version: "v1",
  kind: "ClusterRoleBinding",
  resource: "clusterrolebindings",
  singular: "clusterrolebinding",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.rbac.v1.ClusterRoleBinding",
  nameRule: "path",
  createOnUpdate: true,
  columns: BINDING_COLUMNS,
  setDefaults: setBindingDefaults,
  validate: (object, old) => validateBinding(false, object, old),
  federation: { rule: "root" },
};
