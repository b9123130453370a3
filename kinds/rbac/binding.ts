// What RoleBinding and ClusterRoleBinding share: a reference to a role that never changes, and subjects (kk:pkg/apis/rbac).
import type { Column, FieldError } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { AGE, NAME } from "../rules/columns.ts";
import { invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { sameJson, validateMetadata } from "../rules/metadata.ts";
import { dns1123Subdomain, pathSegment } from "../rules/names.ts";
import { RBAC } from "./policyrule.ts";

export interface Subject {
  kind: string;
  apiGroup?: string;
  name: string;
  namespace?: string;
}

export interface RoleRef {
  apiGroup: string;
  kind: string;
  name: string;
}

export const subjectsOf = (binding: KubeObject): readonly Subject[] => (binding["subjects"] ?? []) as Subject[];
export const roleRefOf = (binding: KubeObject): RoleRef => binding["roleRef"] as RoleRef;

export function setBindingDefaults(binding: KubeObject): void {
  const ref = (binding["roleRef"] ??= {});
  ref.apiGroup ||= RBAC;
  ref.kind ??= "";
  ref.name ??= "";
  for (const subject of binding["subjects"] ?? [])
    if (!subject.apiGroup && (subject.kind === "User" || subject.kind === "Group")) subject.apiGroup = RBAC;
}

export function validateBinding(namespaced: boolean, binding: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors = validateMetadata({ namespaced, nameRule: "path" }, binding, old, ["meta", "update"]);
  const { apiGroup, kind, name } = roleRefOf(binding);
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (apiGroup !== RBAC) errors.push(notSupported("roleRef.apiGroup", apiGroup, [RBAC]));
  if (!kinds.includes(kind)) errors.push(notSupported("roleRef.kind", kind, kinds));
  if (name === "") errors.push(required("roleRef.name"));
  else errors.push(...invalidEach("roleRef.name", name, pathSegment(name)));
  for (const [index, subject] of subjectsOf(binding).entries())
    errors.push(...subjectErrors(subject, namespaced, `subjects[${index}]`));
  if (old !== undefined && !sameJson(roleRefOf(old), roleRefOf(binding)))
    errors.push(invalid("roleRef", { APIGroup: apiGroup, Kind: kind, Name: name }, "cannot change roleRef"));
  return errors;
}

function subjectErrors(subject: Subject, namespaced: boolean, at: string): FieldError[] {
  const { kind = "", apiGroup = "", name = "", namespace = "" } = subject;
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(`${at}.name`));
  switch (kind) {
    case "ServiceAccount":
      if (name !== "") errors.push(...invalidEach(`${at}.name`, name, dns1123Subdomain(name)));
      if (apiGroup !== "") errors.push(notSupported(`${at}.apiGroup`, apiGroup, [""]));
      if (!namespaced && namespace === "") errors.push(required(`${at}.namespace`));
      break;
    case "User":
    case "Group":
      if (apiGroup !== RBAC) errors.push(notSupported(`${at}.apiGroup`, apiGroup, [RBAC]));
      break;
    default:
      errors.push(notSupported(`${at}.kind`, kind, ["ServiceAccount", "User", "Group"]));
  }
  return errors;
}

const named = (binding: KubeObject, kind: string): string =>
  subjectsOf(binding)
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === "ServiceAccount" && namespace ? `${namespace}/${name}` : name))
    .join(", ");

export const BINDING_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: "Role",
    type: "string",
    description: "What is granted",
    cell: (binding) => `${roleRefOf(binding)?.kind ?? ""}/${roleRefOf(binding)?.name ?? ""}`,
  },
  AGE,
  { name: "Users", type: "string", priority: 1, description: "Users it is granted to", cell: (b) => named(b, "User") },
  {
    name: "Groups",
    type: "string",
    priority: 1,
    description: "Groups it is granted to",
    cell: (b) => named(b, "Group"),
  },
  {
    name: "ServiceAccounts",
    type: "string",
    priority: 1,
    description: "ServiceAccounts it is granted to",
    cell: (b) => named(b, "ServiceAccount"),
  },
];
