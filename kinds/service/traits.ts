// What kind of Service it is: questions that defaults, allocation and validation all ask (kk:pkg/api/service, pkg/registry/core/service).
import type { Loose } from "../object.ts";

export const needsClusterIP = (spec: Loose): boolean => spec.type !== "ExternalName";

export const needsNodePorts = (spec: Loose): boolean => spec.type === "NodePort" || spec.type === "LoadBalancer";

/** Whether those are given to it: a load balancer may do without. */
export const getsNodePorts = (spec: Loose): boolean =>
  spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);

export const needsHealthCheckPort = (spec: Loose): boolean =>
  spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";

/** Reached from outside the cluster: has an external traffic policy. */
export const isExternal = (spec: Loose): boolean =>
  needsNodePorts(spec) || (spec.type === "ClusterIP" && spec.externalIPs?.length > 0);

export const isHeadless = (spec: Loose): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === "None";

/** Headless without selector: its endpoints are the user's own, of both families. */
export const isBareHeadless = (spec: Loose): boolean =>
  spec.clusterIP === "None" && Object.keys(spec.selector ?? {}).length === 0;

export function sameList(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** Both PreferDualStack and nothing of their addresses changed: such a Service is left as it is. */
export function keepsPreferDualStack(spec: Loose, old: Loose | undefined): boolean {
  if (old === undefined || !spec.ipFamilyPolicy || spec.type !== old.type) return false;
  if (!needsNodePorts(spec) && spec.type !== "ClusterIP") return false;
  const prefers = ({ ipFamilyPolicy }: Loose): boolean => !ipFamilyPolicy || ipFamilyPolicy === "PreferDualStack";
  const same = sameList(spec.clusterIPs, old.clusterIPs) && sameList(spec.ipFamilies, old.ipFamilies);
  return prefers(spec) && prefers(old) && same;
}
