// Status of the ReplicaSets shown at the root, from their Deployment's sums. Members report only per Deployment, so readiness is given to the
// current revision as far as it surely belongs there: never more than is true.
import type { KubeObject } from "../../kinds/object.ts";
import type { DeploymentStatus } from "./deployment.ts";

export interface ReplicaSetStatus {
  replicas: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
}

/** Oldest first, the last one current. What is not updated is counted to the revision before it. */
export function replicaSetStatuses(replicaSets: readonly KubeObject[], status: DeploymentStatus): ReplicaSetStatus[] {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const old = Math.max(0, replicas - updatedReplicas);
  const last = replicaSets.length - 1;
  return replicaSets.map((replicaSet, index) => {
    const generation = replicaSet.metadata.generation ?? 1;
    if (index === last)
      return counts(updatedReplicas, readyReplicas - old, availableReplicas - old, updatedReplicas, generation);
    if (index === last - 1)
      return counts(old, readyReplicas - updatedReplicas, availableReplicas - updatedReplicas, old, generation);
    return counts(0, 0, 0, 0, generation);
  });
}

function counts(
  replicas: number,
  ready: number,
  available: number,
  most: number,
  observedGeneration: number,
): ReplicaSetStatus {
  const within = (value: number): number => Math.min(Math.max(0, value), most);
  const status: ReplicaSetStatus = { replicas };
  if (replicas > 0) status.fullyLabeledReplicas = replicas;
  if (within(ready) > 0) status.readyReplicas = within(ready);
  if (within(available) > 0) status.availableReplicas = within(available);
  status.observedGeneration = observedGeneration;
  return status;
}
