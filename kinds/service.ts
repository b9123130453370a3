// Service (v1). At the root its addresses and node ports come from nowhere but its uid (kinds/service/addresses.ts, nodeports.ts): clients
// that wait for them get them, and none of them is ever rendered into a member.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";
import { addressErrors } from "./service/addresses.ts";
import { serviceColumns } from "./service/columns.ts";
import { nodePortErrors } from "./service/nodeports.ts";
import { prepareCreate, prepareUpdate } from "./service/prepare.ts";
import { isExternal, needsNodePorts } from "./service/traits.ts";
import { validateBalancerStatus, validateServiceChange, validateServiceSpec } from "./service/validate.ts";
import { serviceWarnings } from "./service/warnings.ts";

/** kk:pkg/apis/core/v1/defaults.go SetDefaults_Service. */
function setDefaults(object: KubeObject): void {
  dropZeros(object, service.schema);
  object.spec ??= {};
  const { spec } = object;
  spec.sessionAffinity ||= "None";
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === "ClientIP" && typeof spec.sessionAffinityConfig?.clientIP?.timeoutSeconds !== "number") {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  spec.type ||= "ClusterIP";
  for (const port of spec.ports ?? []) {
    port.port ??= 0;
    port.protocol ||= "TCP";
    if (!port.targetPort) port.targetPort = port.port;
  }
  if (isExternal(spec)) spec.externalTrafficPolicy ||= "Cluster";
  if (needsNodePorts(spec) || spec.type === "ClusterIP") spec.internalTrafficPolicy ??= "Cluster";
  if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
  object.status ??= {};
  object.status.loadBalancer ??= {};
  for (const ingress of spec.type === "LoadBalancer" ? (object.status.loadBalancer.ingress ?? []) : []) {
    if (ingress.ip) ingress.ipMode ??= "VIP";
  }
}

/** What cannot be allocated is refused before anything else is looked at, and alone. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec, status } = object;
  for (const errors of [addressErrors(spec, old?.spec), nodePortErrors(spec, old?.spec)])
    if (errors.length > 0) return errors;
  return [
    ...validateMetadata(service, object, old),
    ...(old === undefined ? [] : validateServiceChange(spec, old.spec ?? {})),
    ...validateServiceSpec(object, old),
    ...validateBalancerStatus(spec.type, status?.loadBalancer, old?.status?.loadBalancer),
  ];
}

export const service: Kind = {
  group: "",
  version: "v1",
  kind: "Service",
  resource: "services",
  singular: "service",
  namespaced: true,
  shortNames: ["svc"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.Service",
  // RelaxedServiceNameValidation is on in 1.36: DNS-1123 labels, not DNS-1035.
  nameRule: "label",
  createOnUpdate: true,
  returnsDeleted: true,
  fields: { "spec.clusterIP": ({ spec }) => spec?.clusterIP ?? "", "spec.type": ({ spec }) => spec?.type ?? "" },
  columns: serviceColumns,
  setDefaults,
  prepareCreate,
  prepareUpdate,
  validate,
  warnings: serviceWarnings,
  federation: { rule: "follower" },
};
