// ClusterRole (rbac.authorization.k8s.io/v1): rights on everything of the cluster, or in any namespace where a RoleBinding grants them; its rules may be gathered from others by label.
import type { Kind } from "./kind.ts";
import { RBAC, ruleErrors, rulesOf } from "./rbac/policyrule.ts";
import type { FieldError } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { required } from "./rules/errors.ts";
import { validateLabelSelector, validateMetadata } from "./rules/metadata.ts";

function aggregationErrors({ aggregationRule }: KubeObject): FieldError[] {
  if (!aggregationRule) return [];
  const at = "aggregationRule.clusterRoleSelectors";
  const selectors: Loose[] = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    return [required(at, "at least one clusterRoleSelector required if aggregationRule is non-nil")];
  return selectors.flatMap((selector, index) => validateLabelSelector(selector, `${at}[${index}]`));
}

export const clusterRole: Kind = {
  group: RBAC,
  version: "v1",
  kind: "ClusterRole",
  resource: "clusterroles",
  singular: "clusterrole",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.rbac.v1.ClusterRole",
  nameRule: "path",
  createOnUpdate: true,
  columns: [NAME, CREATED_AT],
  setDefaults: (object) => {
    object["rules"] ??= null;
  },
  validate: (object, old) => [
    ...validateMetadata(clusterRole, object, old, ["meta", "update"]),
    ...ruleErrors(rulesOf(object), false),
    ...aggregationErrors(object),
  ],
  federation: { rule: "root" },
};
