// IPAddress (networking.k8s.io/v1): that an address of a Service range is taken, and by whom. Nothing at the root makes them: a root
// Service's address is a hash (kinds/service/addresses.ts), so these are only what somebody stores.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalidEach, invalidWhole, required } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dns1123Subdomain, pathSegment } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, ipAddress.schema);
  object.spec ??= {};
}

function validateParent(parent: Loose): FieldError[] {
  const field = "spec.parentRef";
  if (!parent) return [required(field)];
  const { group, resource, name, namespace } = parent;
  return [
    ...(group ? invalidEach(`${field}.group`, group, dns1123Subdomain(group)) : []),
    ...(resource ? invalidEach(`${field}.resource`, resource, pathSegment(resource)) : [required(`${field}.resource`)]),
    ...(name ? invalidEach(`${field}.name`, name, pathSegment(name)) : [required(`${field}.name`)]),
    ...(namespace ? invalidEach(`${field}.namespace`, namespace, pathSegment(namespace)) : []),
  ];
}

/** Upstream's internal type in Go's spelling, as it prints it. */
function printed(parent: Loose): string {
  if (!parent) return "null";
  const { group = "", resource = "", namespace = "", name = "" } = parent;
  return JSON.stringify({ Group: group, Resource: resource, Namespace: namespace, Name: name });
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { parentRef } = object.spec;
  const before = old?.spec?.parentRef;
  const changed = old !== undefined && !(sameJson(parentRef, before) && !parentRef === !before);
  return [
    ...validateMetadata(ipAddress, object, old, ["meta", "update"]),
    ...validateParent(parentRef),
    ...(changed ? [invalidWhole("spec.parentRef", `${printed(parentRef)}: field is immutable`)] : []),
  ];
}

function parentCell({ spec }: KubeObject): string {
  const parent = spec?.parentRef;
  if (!parent) return "<none>";
  const resource = (parent.group ? `${parent.resource ?? ""}.${parent.group}` : (parent.resource ?? "")).toLowerCase();
  return `${resource}${parent.namespace ? `/${parent.namespace}` : ""}/${parent.name ?? ""}`;
}

export const ipAddress: Kind = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "IPAddress",
  resource: "ipaddresses",
  singular: "ipaddress",
  namespaced: false,
  shortNames: ["ip"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.networking.v1.IPAddress",
  nameRule: "ip",
  columns: [
    NAME,
    { name: "ParentRef", type: "string", description: "Who has it", cell: parentCell },
    { ...AGE, undeclared: true },
  ],
  setDefaults,
  validate,
  federation: { rule: "root" },
};
