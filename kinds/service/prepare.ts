// What upstream's REST storage and strategy do to a Service before it is validated: addresses and ports are kept or given, and what a
// changed type no longer needs is dropped (kk:pkg/registry/core/service storage.go beginCreate and beginUpdate, strategy.go dropTypeDependentFields).
import type { KubeObject, Loose } from "../object.ts";
import { sameJson } from "../rules/metadata.ts";
import { addressErrors, allocateAddresses, keepClusterIPs, normalizeClusterIPs } from "./addresses.ts";
import { allocateNodePorts, dropNodePorts, keepNodePorts } from "./nodeports.ts";
import { isExternal, needsClusterIP, sameList } from "./traits.ts";

const seedOf = ({ metadata }: KubeObject): string => metadata.uid ?? `${metadata.namespace ?? ""}/${metadata.name}`;

function allocate(object: KubeObject, old?: Loose): void {
  const { spec } = object;
  allocateAddresses(spec, seedOf(object), old);
  if (addressErrors(spec, old).length === 0) allocateNodePorts(spec, seedOf(object), old);
  // Never read back for a Service without an address; a value that is not one is validation's to name.
  if (!needsClusterIP(spec) && ["Cluster", "Local"].includes(spec.internalTrafficPolicy))
    delete spec.internalTrafficPolicy;
}

export function prepareCreate(object: KubeObject): void {
  object.status = { loadBalancer: {} };
  normalizeClusterIPs(object.spec);
  allocate(object);
}

export function prepareUpdate(object: KubeObject, old: KubeObject): void {
  const { spec } = object;
  const before: Loose = old.spec ?? {};
  keepClusterIPs(spec, before);
  keepNodePorts(spec, before);
  normalizeClusterIPs(spec, before);
  allocate(object, before);
  dropUnneeded(spec, before);
  // `status` is the old object's own: never changed in place.
  if (spec.type !== "LoadBalancer") object.status = { ...object.status, loadBalancer: {} };
}

/** What a type does not need goes, where the client did not change it as well. */
function dropUnneeded(spec: Loose, old: Loose): void {
  const drop = (...fields: string[]): void => {
    for (const field of fields) if (sameJson(spec[field], old[field])) delete spec[field];
  };
  if (needsClusterIP(old) && !needsClusterIP(spec)) {
    if (spec.clusterIP === old.clusterIP && sameList(spec.clusterIPs, old.clusterIPs)) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    drop("ipFamilies", "ipFamilyPolicy");
  }
  dropNodePorts(spec, old);
  if (old.type === "LoadBalancer" && spec.type !== "LoadBalancer")
    drop("allocateLoadBalancerNodePorts", "loadBalancerClass");
  if (isExternal(old) && !isExternal(spec)) drop("externalTrafficPolicy");
}
