// Ingress (networking.k8s.io/v1): HTTP from outside to Services, by host and path. Stored at the root; nobody there serves it yet, so its
// status stays what somebody writes. One that names no class gets the default one, if there is one (admission's DefaultIngressClass).
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { validateIngressSpec, validateIngressStatus } from "./ingress/validate.ts";
import { DEFAULT_INGRESS_CLASS, INGRESS_CLASSES } from "./ingressclass.ts";
import { defaultClass } from "./rules/classes.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";
const HOSTS_SHOWN = 3;

function setDefaults(object: KubeObject): void {
  dropZeros(object, ingress.schema);
  object.spec ??= {};
  object.status ??= {};
  object.status.loadBalancer ??= {};
  const { defaultBackend, rules } = object.spec;
  const backends = (rules ?? []).flatMap(({ http }: Loose) =>
    (http?.paths ?? []).map((path: Loose) => (path.backend ??= {})),
  );
  for (const backend of [defaultBackend, ...backends]) {
    if (backend?.service) backend.service.port ??= {};
    if (backend?.resource) backend.resource.apiGroup ??= null;
  }
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec, metadata } = object;
  const errors = [
    ...validateMetadata(ingress, object, old, ["update", "meta"]),
    ...validateIngressSpec(spec, old?.spec),
  ];
  const named = metadata.annotations?.[CLASS_ANNOTATION];
  const { ingressClassName } = spec;
  if (old === undefined && named !== undefined && typeof ingressClassName === "string" && named !== ingressClassName) {
    const detail = "must match `ingressClassName` when both are specified";
    errors.push(invalid(`annotations.${CLASS_ANNOTATION}`, named, detail));
  }
  if (old !== undefined) errors.push(...validateIngressStatus(object.status?.loadBalancer, old.status?.loadBalancer));
  return errors;
}

const hasClass = ({ metadata, spec }: KubeObject): boolean =>
  metadata.annotations?.[CLASS_ANNOTATION] !== undefined || typeof spec.ingressClassName === "string";

function warnings({ metadata, spec }: KubeObject, old?: KubeObject): string[] {
  const annotated = metadata.annotations?.[CLASS_ANNOTATION] !== undefined;
  return old === undefined && annotated && typeof spec.ingressClassName !== "string"
    ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];
}

function hosts({ spec }: KubeObject): string {
  const rules: Loose[] = spec?.rules ?? [];
  // The first three rules that have one; a rule after those counts as more, with a host or not.
  const shown: string[] = [];
  let more = false;
  for (const { host } of rules) {
    more ||= shown.length === HOSTS_SHOWN;
    if (!more && host) shown.push(host);
  }
  if (shown.length === 0) return "*";
  return more ? `${shown.join(",")} + ${rules.length - HOSTS_SHOWN} more...` : shown.join(",");
}

function address({ status }: KubeObject): string {
  const points = ((status?.loadBalancer?.ingress ?? []) as Loose[]).map(({ ip, hostname }) => ip || hostname);
  return [...new Set(points.filter(Boolean))].sort().join(",");
}

export const ingress: Kind = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  resource: "ingresses",
  singular: "ingress",
  namespaced: true,
  shortNames: ["ing"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.networking.v1.Ingress",
  generation: true,
  columns: [
    NAME,
    {
      name: "Class",
      type: "string",
      description: "Its IngressClass",
      cell: ({ spec }) => spec?.ingressClassName ?? "<none>",
    },
    { name: "Hosts", type: "string", description: "Hosts it is for", cell: hosts },
    { name: "Address", type: "string", description: "Where it is reached", cell: address },
    {
      name: "Ports",
      type: "string",
      description: "Ports that are open",
      cell: ({ spec }) => (spec?.tls?.length > 0 ? "80, 443" : "80"),
    },
    AGE,
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { loadBalancer: {} };
  },
  looksUp: (object) => (hasClass(object) ? undefined : { resource: INGRESS_CLASSES }),
  admit: ({ spec }, _old, classes) => {
    const name = defaultClass(classes, [DEFAULT_INGRESS_CLASS]);
    if (name !== undefined) spec.ingressClassName = name;
  },
  validate,
  warnings,
  federation: { rule: "root" },
};
