// ReplicaSet -> Pods: as many as wanted, the least useful deleted first, counts into status (kk:pkg/controller/replicaset).
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { pod as podKind, PODS } from "../../kinds/pod.ts";
import { REPLICASETS } from "../../kinds/replicaset.ts";
import {
  controllerOf,
  create,
  type Member,
  ownedBy,
  ownerReference,
  parse,
  randomSuffix,
  read,
  remove,
  type Stored,
  update,
} from "./objects.ts";

export async function reconcileReplicaSet(
  member: Member,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const stored = await read(member.store, { resource: REPLICASETS, namespace, name });
  if (stored === undefined) return collect(member, namespace, name);
  const { object } = stored;
  if (object.metadata.deletionTimestamp !== undefined) return;
  const pods = await ownedBy(member.store, PODS, { namespace, name, uid: object.metadata.uid ?? "" });
  const active = pods.filter(
    ({ object: { metadata, status } }) =>
      !metadata.deletionTimestamp && status?.phase !== "Succeeded" && status?.phase !== "Failed",
  );
  const wanted: number = object.spec.replicas ?? 1;
  for (let missing = wanted - active.length; missing > 0; missing--) await createPod(member, object);
  for (const extra of active.toSorted(leastUsefulFirst).slice(0, Math.max(0, active.length - wanted)))
    await remove(member, extra);
  await writeStatus(
    member,
    stored,
    active.map(({ object: pod }) => pod),
    again,
  );
}

/** The ReplicaSet is gone: so are its pods (the garbage collector's part). */
async function collect(member: Member, namespace: string, name: string): Promise<void> {
  const { rows } = await member.store.list({ resource: PODS, namespace });
  for (const row of rows.filter((one) => one.name.startsWith(`${name}-`))) {
    const pod = parse(row);
    if (controllerOf(pod.object)?.kind === "ReplicaSet" && controllerOf(pod.object)?.name === name)
      await remove(member, pod);
  }
}

async function createPod(member: Member, replicaSet: KubeObject): Promise<void> {
  const { name, namespace } = replicaSet.metadata;
  const { metadata, spec } = replicaSet.spec.template;
  await create(member, podKind, {
    metadata: {
      name: `${name}-${randomSuffix(member.random)}`,
      generateName: `${name}-`,
      namespace,
      labels: metadata?.labels,
      annotations: metadata?.annotations,
      ownerReferences: [ownerReference(replicaSet)],
    },
    spec: structuredClone(spec),
  });
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

function isReady(pod: KubeObject): boolean {
  return readyCondition(pod)?.status === "True";
}

function readyCondition(pod: KubeObject): Loose {
  return ((pod.status?.conditions ?? []) as Loose[]).find(({ type }) => type === "Ready");
}

/** Ready pods count as available once they have been so for minReadySeconds; `again` asks to look then. */
async function writeStatus(
  member: Member,
  stored: Stored,
  pods: KubeObject[],
  again: (ms: number) => void,
): Promise<void> {
  const { object } = stored;
  const minReadyMs = (object.spec.minReadySeconds ?? 0) * 1000;
  const now = member.clock();
  const ready = pods.filter(isReady);
  let available = 0;
  for (const pod of ready) {
    const left = minReadyMs === 0 ? 0 : Date.parse(readyCondition(pod).lastTransitionTime) + minReadyMs - now;
    if (left <= 0) available++;
    else again(left);
  }
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
