// ReplicaSet or ReplicationController -> Pods: as many as wanted, the least useful deleted first, counts into status (kk:pkg/controller/replicaset).
import type { KubeObject, Loose } from "../../kinds/object.ts";
import type { Key } from "../../worker/store/store.ts";
import { type Member, read, remove, type Stored, update } from "./objects.ts";
import { createPod, isAvailable, isReady, podsOf } from "./pods.ts";

export const REPLICATIONCONTROLLERS = "replicationcontrollers";

export async function reconcileReplicas(member: Member, key: Key, again: (ms: number) => void): Promise<void> {
  const stored = await read(member.store, key);
  if (stored === undefined) return;
  const { object } = stored;
  if (object.metadata.deletionTimestamp !== undefined) return;
  const pods = await podsOf(member, object);
  const active = pods.filter(
    ({ object: { metadata, status } }) =>
      !metadata.deletionTimestamp && status?.phase !== "Succeeded" && status?.phase !== "Failed",
  );
  const wanted: number = object.spec.replicas ?? 1;
  const { template } = object.spec;
  for (let missing = wanted - active.length; missing > 0; missing--)
    await createPod(member, object, { name: { generateName: `${key.name}-` }, template });
  for (const extra of active.toSorted(leastUsefulFirst).slice(0, Math.max(0, active.length - wanted)))
    await remove(member, extra);
  await writeStatus(
    member,
    stored,
    active.map(({ object: pod }) => pod),
    again,
  );
}

/** Unscheduled before scheduled, not ready before ready, young before old. */
function leastUsefulFirst({ object: a }: Stored, { object: b }: Stored): number {
  const rank = (pod: KubeObject): number => (pod.spec.nodeName ? 1 : 0) + (isReady(pod) ? 2 : 0);
  return (
    rank(a) - rank(b) ||
    (b.metadata.creationTimestamp ?? "").localeCompare(a.metadata.creationTimestamp ?? "") ||
    a.metadata.name.localeCompare(b.metadata.name)
  );
}

/** Ready pods count as available once they have been so for minReadySeconds; `again` asks to look then. */
async function writeStatus(
  member: Member,
  stored: Stored,
  pods: KubeObject[],
  again: (ms: number) => void,
): Promise<void> {
  const { object } = stored;
  const ready = pods.filter(isReady);
  const minReady: number = object.spec.minReadySeconds ?? 0;
  const available = pods.filter((pod) => isAvailable(member, pod, minReady, again)).length;
  const labels: Record<string, string> = object.spec.template.metadata?.labels ?? {};
  const labelled = pods.filter((pod) =>
    Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const status: Loose = { replicas: pods.length, observedGeneration: object.metadata.generation };
  if (labelled.length > 0) status.fullyLabeledReplicas = labelled.length;
  if (ready.length > 0) status.readyReplicas = ready.length;
  if (available > 0) status.availableReplicas = available;
  await update(member.store, stored, { ...object, status });
}
