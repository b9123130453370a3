// StatefulSet -> claims and pods by ordinal, one after the other unless Parallel; a new revision replaces them from the highest ordinal down,
// one at a time (kk:pkg/controller/statefulset).
import { STATEFULSETS } from "../../kinds/statefulset.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { persistentVolumeClaim } from "../../kinds/persistentvolumeclaim.ts";
import { create, type Member, read, remove, type Stored, update } from "./objects.ts";
import { createPod, isAvailable, isFinished, isReady, podsOf, REVISION_HASH, revisionOf } from "./pods.ts";

export async function reconcileStatefulSet(
  member: Member,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const stored = await read(member.store, { resource: STATEFULSETS, namespace, name });
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
  const { object } = stored;
  const { spec } = object;
  const first: number = spec.ordinals?.start ?? 0;
  const wanted: number = spec.replicas ?? 1;
  const pods = new Map((await podsOf(member, object)).map((pod) => [ordinalOf(pod.object), pod]));
  const ordered = spec.podManagementPolicy !== "Parallel";
  let steady = true;
  for (let ordinal = first; ordinal < first + wanted; ordinal++) {
    const pod = pods.get(ordinal);
    if (pod !== undefined && isFinished(pod.object)) await remove(member, pod);
    else if (pod === undefined) await createOrdinal(member, object, ordinal);
    else if (isReady(pod.object)) continue;
    steady = false;
    if (ordered) break;
  }
  const surplus = [...pods.keys()].filter((ordinal) => ordinal < first || ordinal >= first + wanted);
  for (const ordinal of surplus.toSorted((a, b) => b - a).slice(0, ordered ? 1 : surplus.length)) {
    const pod = pods.get(ordinal);
    if (pod !== undefined) await remove(member, pod);
    steady = false;
  }
  if (steady) await replaceOne(member, object, pods);
  await writeStatus(member, stored, [...pods.values()], again);
}

const ordinalOf = ({ metadata }: KubeObject): number => Number(metadata.name.slice(metadata.name.lastIndexOf("-") + 1));

async function createOrdinal(member: Member, set: KubeObject, ordinal: number): Promise<void> {
  const { name: setName, namespace } = set.metadata;
  const name = `${setName}-${ordinal}`;
  const volumes: Loose[] = [];
  for (const claim of (set.spec.volumeClaimTemplates ?? []) as Loose[]) {
    const claimName = `${claim.metadata.name}-${name}`;
    const { labels, annotations } = claim.metadata;
    const selected = set.spec.selector?.matchLabels;
    await create(member, persistentVolumeClaim, {
      metadata: { name: claimName, namespace, labels: { ...labels, ...selected }, annotations },
      spec: structuredClone(claim.spec),
    } as unknown as KubeObject);
    volumes.push({ name: claim.metadata.name, persistentVolumeClaim: { claimName } });
  }
  const others = ((set.spec.template.spec.volumes ?? []) as Loose[]).filter(
    (volume) => !volumes.some((claimed) => claimed.name === volume.name),
  );
  await createPod(member, set, {
    name,
    template: set.spec.template,
    labels: {
      [REVISION_HASH]: revisionOf(set),
      "statefulset.kubernetes.io/pod-name": name,
      "apps.kubernetes.io/pod-index": String(ordinal),
    },
    spec: {
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length + others.length === 0 ? {} : { volumes: [...others, ...volumes] }),
    },
  });
}

async function replaceOne(member: Member, set: KubeObject, pods: ReadonlyMap<number, Stored>): Promise<void> {
  if (set.spec.updateStrategy?.type === "OnDelete") return;
  const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const revision = revisionOf(set);
  const old = [...pods]
    .filter(([ordinal, { object }]) => ordinal >= partition && object.metadata.labels?.[REVISION_HASH] !== revision)
    .sort(([a], [b]) => b - a)[0];
  if (old !== undefined) await remove(member, old[1]);
}

async function writeStatus(
  member: Member,
  stored: Stored,
  pods: readonly Stored[],
  again: (ms: number) => void,
): Promise<void> {
  const { object } = stored;
  const revision = revisionOf(object);
  const ready = pods.filter((pod) => isReady(pod.object));
  const updated = pods.filter((pod) => pod.object.metadata.labels?.[REVISION_HASH] === revision);
  const before: Loose = object.status ?? {};
  const replicas = pods.length;
  const through = updated.length === replicas && ready.length === replicas && replicas === object.spec.replicas;
  const currentRevision = through || before.currentRevision === undefined ? revision : before.currentRevision;
  const current = pods.filter((pod) => pod.object.metadata.labels?.[REVISION_HASH] === currentRevision).length;
  const minReady: number = object.spec.minReadySeconds ?? 0;
  const status: Loose = {
    observedGeneration: object.metadata.generation,
    replicas,
    ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
    ...(current > 0 ? { currentReplicas: current } : {}),
    ...(updated.length > 0 ? { updatedReplicas: updated.length } : {}),
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: pods.filter((pod) => isAvailable(member, pod.object, minReady, again)).length,
  };
  await update(member.store, stored, { ...object, status });
}
