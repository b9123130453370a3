// What never leaves the federation's root (DESIGN section 6), whatever names or selects it: objects that every cluster makes for
// itself, and those whose meaning ends where they were made.
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { SERVICE_ACCOUNT_TOKEN } from "./secret.ts";

export const ROOT_CA_CONFIGMAP = "kube-root-ca.crt";
const HELM_RELEASE = "helm.sh/release.v1";

export function neverPropagated(kind: Pick<Kind, "kind" | "group" | "federation">, object: KubeObject): boolean {
  if (kind.federation.rule === "root") return true;
  const { name, namespace = "" } = object.metadata;
  if (namespace.startsWith("kube-")) return true;
  // Every cluster has these, and lets nobody else name one so.
  if (kind.kind === "PriorityClass" && name.startsWith("system-")) return true;
  if (kind.group !== "") return false;
  switch (kind.kind) {
    case "Namespace":
      return name.startsWith("kube-");
    case "ServiceAccount":
      return name === "default";
    case "ConfigMap":
      return name === ROOT_CA_CONFIGMAP;
    case "Secret":
      return object.type === SERVICE_ACCOUNT_TOKEN || object.type === HELM_RELEASE;
    case "Service":
      // The API server's own Service exists in every cluster.
      return namespace === "default" && name === "kubernetes";
    default:
      return false;
  }
}
