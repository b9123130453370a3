// What `kubectl rollout status deployment` concludes from an object (kubectl pkg/polymorphichelpers/rollout_status.go): the judge of P12.
import type { KubeObject, Loose } from "../../kinds/object.ts";

export function rolloutStatus(deployment: KubeObject): { done: boolean; message: string } {
  const { spec, status = {} } = deployment as Loose;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const waiting = (message: string) => ({ done: false, message: `waiting: ${message}` });
  if ((deployment.metadata.generation ?? 0) > observedGeneration) return waiting("spec update not observed");
  const progressing = (status.conditions ?? []).find((condition: Loose) => condition.type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    return { done: false, message: "failed: exceeded its progress deadline" };
  if (updatedReplicas < spec.replicas) return waiting(`${updatedReplicas} of ${spec.replicas} new replicas updated`);
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas pending termination`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas available`);
  return { done: true, message: "successfully rolled out" };
}
