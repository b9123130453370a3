// Fields that a member's API server hands out itself: rendering the federation's own values would fail there or take
// another object's address. A row per resource; a resource without a row loses nothing. Mutates the copy it is given.
import type { KubeObject, Loose } from "../../kinds/object.ts";

type Strip = (object: KubeObject) => void;

/** Service: k8s.io/kubernetes pkg/registry/core/service/storage/alloc.go. `None` is the user's choice, any other IP is ours. */
function stripService(object: KubeObject): void {
  const spec = object["spec"] as Loose;
  if (spec === undefined) return;
  const headless = spec.clusterIP === "None";
  const { clusterIPs: _ips, healthCheckNodePort: _health, clusterIP: _ip, ...kept } = spec;
  if (headless) kept.clusterIP = "None";
  // Families follow the member's own addresses unless the user asked for two.
  if (kept.ipFamilyPolicy === undefined || kept.ipFamilyPolicy === "SingleStack") {
    delete kept.ipFamilies;
    delete kept.ipFamilyPolicy;
  }
  if (Array.isArray(kept.ports)) kept.ports = kept.ports.map(({ nodePort: _port, ...port }: Loose) => port);
  object["spec"] = kept;
}

/** Token Secrets are made by the member's own token controller. */
function stripServiceAccount(object: KubeObject): void {
  delete object["secrets"];
}

/** Finalizers of a namespace belong to the namespace controller of the cluster it lives in. */
function stripNamespace(object: KubeObject): void {
  delete object["spec"];
}

const ALLOCATED: Readonly<Record<string, Strip>> = {
  services: stripService,
  serviceaccounts: stripServiceAccount,
  namespaces: stripNamespace,
};

export function stripAllocated(resource: string, object: KubeObject): void {
  ALLOCATED[resource]?.(object);
}
