// IngressClass (networking.k8s.io/v1): which controller serves Ingresses of its name, optionally with parameters.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid, invalidEach, notSupported, required, tooManyBytes } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { byteLength, dns1123Label, dns1123Subdomain, pathSegment, regexMessage } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

export const INGRESS_CLASSES = "ingressclasses.networking.k8s.io";
export const DEFAULT_INGRESS_CLASS = "ingressclass.kubernetes.io/is-default-class";
const CONTROLLER_LIMIT = 250;
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const httpPath = new RegExp(`^${HTTP_PATH}$`);
const SCOPES = ["Cluster", "Namespace"];

function setDefaults(object: KubeObject): void {
  dropZeros(object, ingressClass.schema);
  object.spec ??= {};
  const { parameters } = object.spec;
  if (parameters) parameters.scope ??= "Cluster";
}

/** validation.IsDomainPrefixedPath: "acme.io/foo". */
function domainPrefixedPath(field: string, text: string): FieldError[] {
  if (text === "") return [required(field)];
  const slash = text.indexOf("/");
  const host = text.slice(0, slash);
  const path = text.slice(slash + 1);
  if (slash < 1 || path === "") return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = invalidEach(field, host, dns1123Subdomain(host));
  if (!httpPath.test(path)) errors.push(invalid(field, path, regexMessage("Invalid path", HTTP_PATH)));
  return errors;
}

function validateParameters(parameters: Loose): FieldError[] {
  if (!parameters) return [];
  const field = "spec.parameters";
  const { apiGroup, scope, namespace } = parameters;
  const errors =
    typeof apiGroup === "string" ? invalidEach(`${field}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup)) : [];
  for (const name of ["kind", "name"]) {
    const value: string = parameters[name] ?? "";
    errors.push(
      ...(value === "" ? [required(`${field}.${name}`)] : invalidEach(`${field}.${name}`, value, pathSegment(value))),
    );
  }
  if (!SCOPES.includes(scope)) errors.push(notSupported(`${field}.scope`, scope, SCOPES));
  else if (scope === "Cluster" && typeof namespace === "string")
    errors.push(forbidden(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  else if (scope === "Namespace" && typeof namespace !== "string")
    errors.push(required(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  else if (scope === "Namespace") errors.push(...invalidEach(`${field}.namespace`, namespace, dns1123Label(namespace)));
  return errors;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const controller: string = object.spec.controller ?? "";
  const change =
    old !== undefined && controller !== (old.spec?.controller ?? "")
      ? [invalid("spec.controller", controller, "field is immutable")]
      : [];
  return [
    ...validateMetadata(ingressClass, object, old, ["update", "meta"]),
    ...change,
    ...(byteLength(controller) > CONTROLLER_LIMIT ? [tooManyBytes("spec.controller", CONTROLLER_LIMIT)] : []),
    ...domainPrefixedPath("spec.controller", controller),
    ...validateParameters(object.spec.parameters),
  ];
}

function parametersCell({ spec }: KubeObject): string {
  const parameters = spec?.parameters;
  if (!parameters) return "<none>";
  const group = typeof parameters.apiGroup === "string" ? `.${parameters.apiGroup}` : "";
  return `${parameters.kind ?? ""}${group}/${parameters.name ?? ""}`;
}

export const ingressClass: Kind = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "IngressClass",
  resource: "ingressclasses",
  singular: "ingressclass",
  namespaced: false,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.networking.v1.IngressClass",
  generation: true,
  columns: [
    {
      ...NAME,
      cell: ({ metadata }) =>
        metadata.annotations?.[DEFAULT_INGRESS_CLASS] === "true" ? `${metadata.name} (default)` : metadata.name,
    },
    {
      name: "Controller",
      type: "string",
      description: "Who serves Ingresses of this class",
      cell: ({ spec }) => spec?.controller ?? "",
    },
    { name: "Parameters", type: "string", description: "Where more settings stand", cell: parametersCell },
    AGE,
  ],
  setDefaults,
  validate,
  federation: { rule: "root" },
};
