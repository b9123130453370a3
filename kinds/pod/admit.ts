// What kube-apiserver's own admission plug-ins fill into pods (kk:plugin/pkg/admission): DefaultTolerationSeconds, Priority, and for the
// root ServiceAccount. Only what needs no look-up: the priority of a class that is not Kubernetes' own is left to the cluster.
import type { KubeObject, Loose } from "../object.ts";

const UNHEALTHY_NODE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const TOLERATED_SECONDS = 300;
/** kk:pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses. */
const SYSTEM_PRIORITIES: Record<string, number> = {
  "system-node-critical": 2000001000,
  "system-cluster-critical": 2000000000,
};

export function admit({ spec }: KubeObject, old?: KubeObject): void {
  admitPriority(spec, old?.spec);
  const tolerations: Loose[] = spec.tolerations ?? [];
  for (const key of UNHEALTHY_NODE) {
    const tolerated = tolerations.some(
      (one) => (one.key === key || !one.key) && (one.effect === "NoExecute" || !one.effect),
    );
    if (tolerated) continue;
    const added = { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATED_SECONDS };
    spec.tolerations = [...(spec.tolerations ?? []), added];
  }
}

function admitPriority(spec: Loose, old: Loose): void {
  if (old !== undefined) {
    if (old.priority !== undefined) spec.priority ??= old.priority;
    if (old.preemptionPolicy !== undefined) spec.preemptionPolicy ??= old.preemptionPolicy;
    return;
  }
  const priority = spec.priorityClassName ? SYSTEM_PRIORITIES[spec.priorityClassName] : 0;
  if (priority === undefined) return;
  spec.priority ??= priority;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
}

/** A pod runs as somebody. Its token is mounted where it runs, by the cluster that issues it. */
export function admitServiceAccount({ spec, metadata }: KubeObject, old?: KubeObject): void {
  if (old !== undefined || metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return;
  spec.serviceAccountName ||= "default";
  spec.serviceAccount = spec.serviceAccountName;
}
