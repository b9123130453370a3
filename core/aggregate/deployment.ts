// The status of a Deployment, added up over clusters, so that `kubectl rollout status`, kstatus and `kubectl wait` are never told that a
// rollout is through while a reachable cluster is not (P12). observedGeneration reaches G only when the decision for G stands and every
// reachable placed cluster has observed the binding it was given; until then it stays what it was.
import type { Condition, KubeObject, Loose } from "../../kinds/object.ts";
import { joined, setCondition, type Said } from "./conditions.ts";
import { byName, count, number, observed, terminatingReplicas, type Counts } from "./member.ts";
import { APPLIED, application, isObserved, PLACED, placement, type AggregateInput } from "./placed.ts";
import { memberCondition, REPLICA_FAILURE, replicaFailure } from "./replicafailure.ts";

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  conditions?: Condition[];
  [other: string]: unknown;
}

export function deploymentStatus(input: AggregateInput): DeploymentStatus {
  const members = byName(input.members);
  const { template, decision } = input;
  const before = ((template as Loose).status ?? {}) as DeploymentStatus;
  const wanted = replicasOf(template);
  const sums = members.map(count).reduce(plus, NOTHING);
  // What autoscalers run beyond the shares counts once no cluster lacks anything; before, it would hide that.
  const updated = sums.updated + (sums.lack === 0 ? sums.surplus : 0);
  const allObserved = isObserved({ ...input, members });
  const observedGeneration = allObserved ? template.metadata.generation : before.observedGeneration;
  const complete = allObserved && updated >= wanted && sums.replicas === updated && sums.available === updated;
  const status: DeploymentStatus = {
    ...(before["collisionCount"] === undefined ? {} : { collisionCount: before["collisionCount"] }),
    // Zeros are left out, as upstream's omitempty does.
    ...present({
      observedGeneration: observedGeneration ?? 0,
      replicas: sums.replicas,
      updatedReplicas: updated,
      readyReplicas: sums.ready,
      availableReplicas: sums.available,
      unavailableReplicas: Math.max(sums.unavailable, wanted - sums.available, 0),
    }),
  };
  const terminating = terminatingReplicas(members);
  if (terminating !== undefined) status["terminatingReplicas"] = terminating;
  let conditions = before.conditions ?? [];
  const set = (type: string, said: Omit<Said, "type"> | undefined): void => {
    conditions = setCondition(conditions, type, said, input.now);
  };
  set("Available", availability(template, wanted, sums));
  set("Progressing", progress({ ...input, members }, before, complete, allObserved));
  set(REPLICA_FAILURE, replicaFailure(members));
  set(PLACED, placement(template, decision, wanted));
  set(APPLIED, application({ ...input, members }, wanted));
  return { ...status, conditions };
}

function availability(template: KubeObject, wanted: number, sums: Counts): Omit<Said, "type"> {
  return sums.available >= wanted - maxUnavailable((template as Loose).spec?.strategy, wanted)
    ? { status: "True", reason: "MinimumReplicasAvailable", message: "Deployment has minimum availability." }
    : {
        status: "False",
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      };
}

/** Upstream's meaning (deployment controller, progress.go): once through, it stays so until something new is rolled out. */
function progress(
  { template, decision, members }: AggregateInput,
  before: DeploymentStatus,
  complete: boolean,
  allObserved: boolean,
): Omit<Said, "type"> | undefined {
  if ((template as Loose).spec?.progressDeadlineSeconds === undefined) return undefined;
  const revision = decision?.revisions.at(-1)?.replicaSet;
  const subject = revision === undefined ? `Deployment "${template.metadata.name}"` : `ReplicaSet "${revision}"`;
  if (complete)
    return { status: "True", reason: "NewReplicaSetAvailable", message: `${subject} has successfully progressed.` };
  const standing = before.conditions?.find((condition) => condition.type === "Progressing");
  const late = members.filter(
    (member) =>
      member.reachable &&
      member.binding.tombstone === undefined &&
      observed(member.binding, member.report) &&
      memberCondition(member, "Progressing")?.reason === "ProgressDeadlineExceeded",
  );
  if (late.length > 0)
    return {
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: `${subject} has timed out progressing in ${joined(late.map((member) => member.cluster))}.`,
    };
  if (
    standing?.reason === "NewReplicaSetAvailable" &&
    allObserved &&
    before.observedGeneration === template.metadata.generation
  )
    return standing;
  return { status: "True", reason: "ReplicaSetUpdated", message: `${subject} is progressing.` };
}

function replicasOf(template: KubeObject): number {
  return number((template as Loose).spec, "replicas");
}

/** Resolved as upstream resolves it: percent rounds down; with a surge of 0 at least one may be missing. */
function maxUnavailable(strategy: Loose, replicas: number): number {
  if (strategy?.type !== "RollingUpdate" || replicas === 0) return 0;
  const resolve = (value: unknown, round: (value: number) => number): number =>
    typeof value === "number" ? value : round((Number.parseInt(String(value ?? "25%"), 10) / 100) * replicas) || 0;
  const surge = resolve(strategy.rollingUpdate?.maxSurge, Math.ceil);
  const unavailable = resolve(strategy.rollingUpdate?.maxUnavailable, Math.floor);
  return Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas);
}

const NOTHING: Counts = { replicas: 0, updated: 0, surplus: 0, lack: 0, ready: 0, available: 0, unavailable: 0 };

function plus(a: Counts, b: Counts): Counts {
  return {
    replicas: a.replicas + b.replicas,
    updated: a.updated + b.updated,
    surplus: a.surplus + b.surplus,
    lack: a.lack + b.lack,
    ready: a.ready + b.ready,
    available: a.available + b.available,
    unavailable: a.unavailable + b.unavailable,
  };
}

function present<T extends Record<string, number>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0)) as Partial<T>;
}
