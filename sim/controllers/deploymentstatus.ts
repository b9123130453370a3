// A Deployment's status from its ReplicaSets, in the words and conditions of kk:pkg/controller/deployment (sync.go, progress.go).
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { scaledValue } from "../../kinds/rules/intstr.ts";
import { type Member, setCondition, type Stored, timestamp, update } from "./objects.ts";

export async function writeDeploymentStatus(
  member: Member,
  stored: Stored,
  current: KubeObject | undefined,
  sets: KubeObject[],
  again: (ms: number) => void,
): Promise<void> {
  const { object } = stored;
  const total = (field: string): number => sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
  const wanted = sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
  const available = total("availableReplicas");
  const counts: Record<string, number> = {
    replicas: total("replicas"),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total("readyReplicas"),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
  };
  const status: Loose = { observedGeneration: object.metadata.generation };
  // Zero counts are left out, as omitempty does.
  for (const [field, count] of Object.entries(counts)) if (count > 0) status[field] = count;
  const now = timestamp(member.clock());
  const before: Loose = object.status ?? {};
  let conditions: Loose[] = before.conditions ?? [];
  conditions = setCondition(conditions, availability(object.spec, available), now, true);
  conditions = progress(member, object, current, status, { before, conditions, again });
  status.conditions = conditions;
  await update(member.store, stored, { ...object, status });
}

function availability(spec: Loose, available: number): Loose {
  const unavailable =
    spec.strategy.type === "RollingUpdate"
      ? scaledValue(spec.strategy.rollingUpdate.maxUnavailable, spec.replicas, false)
      : spec.replicas;
  const enough = available >= spec.replicas - Math.min(unavailable, spec.replicas);
  return {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
  };
}

interface Progress {
  before: Loose;
  conditions: Loose[];
  again: (ms: number) => void;
}

function progress(
  member: Member,
  deployment: KubeObject,
  current: KubeObject | undefined,
  status: Loose,
  { before, conditions, again }: Progress,
): Loose[] {
  const { replicas, progressDeadlineSeconds } = deployment.spec;
  const now = timestamp(member.clock());
  const set = (value: string, reason: string, message: string): Loose[] =>
    setCondition(conditions, { type: "Progressing", status: value, reason, message }, now, true);
  const known = conditions.find(({ type }) => type === "Progressing");
  if (current === undefined)
    return deployment.spec.paused ? set("Unknown", "DeploymentPaused", "Deployment is paused") : conditions;
  const name = `ReplicaSet "${current.metadata.name}"`;
  const updated = status.updatedReplicas ?? 0;
  const complete =
    updated === replicas && (status.replicas ?? 0) === replicas && (status.availableReplicas ?? 0) === replicas;
  if (complete) return set("True", "NewReplicaSetAvailable", `${name} has successfully progressed.`);
  const advanced =
    updated > (before.updatedReplicas ?? 0) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0) ||
    (status.replicas ?? 0) - updated < (before.replicas ?? 0) - (before.updatedReplicas ?? 0);
  const restarted = known === undefined || known.reason === "NewReplicaSetAvailable";
  if (advanced || restarted) {
    again(progressDeadlineSeconds * 1000);
    // A moved rollout renews lastUpdateTime, from which the deadline counts.
    const others = conditions.filter(({ type }) => type !== "Progressing");
    const reason = known === undefined ? "NewReplicaSetCreated" : "ReplicaSetUpdated";
    const message =
      known === undefined ? `Created new replica set "${current.metadata.name}"` : `${name} is progressing.`;
    const lastTransitionTime = known?.status === "True" ? known.lastTransitionTime : now;
    return [
      ...others,
      { type: "Progressing", status: "True", reason, message, lastUpdateTime: now, lastTransitionTime },
    ];
  }
  const left = Date.parse(known.lastUpdateTime) + progressDeadlineSeconds * 1000 - member.clock();
  if (left > 0) {
    again(left);
    return conditions;
  }
  return set("False", "ProgressDeadlineExceeded", `${name} has timed out progressing.`);
}
