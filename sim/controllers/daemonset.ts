// DaemonSet -> one pod for each node, bound to it; a new revision replaces them one at a time (kk:pkg/controller/daemon). Taints and selectors of
// nodes are not looked at: a simulated member's nodes are all alike.
import { DAEMONSETS } from "../../kinds/daemonset.ts";
import { NODES } from "../../kinds/node.ts";
import type { Loose } from "../../kinds/object.ts";
import { type Member, parse, read, remove, type Stored, update } from "./objects.ts";
import { createPod, isAvailable, isFinished, isReady, podsOf, REVISION_HASH, revisionOf } from "./pods.ts";

export async function reconcileDaemonSet(
  member: Member,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const stored = await read(member.store, { resource: DAEMONSETS, namespace, name });
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
  const { object } = stored;
  const nodes = (await member.store.list({ resource: NODES })).rows.map((row) => parse(row).object.metadata.name);
  const revision = revisionOf(object);
  const byNode = new Map<string, Stored>();
  for (const pod of await podsOf(member, object)) {
    const node: string = pod.object.spec.nodeName;
    if (isFinished(pod.object) || !nodes.includes(node) || byNode.has(node)) await remove(member, pod);
    else byNode.set(node, pod);
  }
  for (const node of nodes) {
    if (byNode.has(node)) continue;
    await createPod(member, object, {
      name: { generateName: `${name}-` },
      template: object.spec.template,
      labels: { [REVISION_HASH]: revision },
      spec: { nodeName: node },
    });
  }
  const pods = [...byNode.values()];
  const old = pods.find((pod) => pod.object.metadata.labels?.[REVISION_HASH] !== revision);
  const rolling = object.spec.updateStrategy?.type !== "OnDelete";
  if (old !== undefined && rolling && byNode.size === nodes.length && pods.every((pod) => isReady(pod.object)))
    await remove(member, old);
  const count = (test: (pod: Stored) => boolean): number => pods.filter(test).length;
  const updated = count((pod) => pod.object.metadata.labels?.[REVISION_HASH] === revision);
  const minReady: number = object.spec.minReadySeconds ?? 0;
  const available = count((pod) => isAvailable(member, pod.object, minReady, again));
  const status: Loose = {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: count((pod) => isReady(pod.object)),
    observedGeneration: object.metadata.generation,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(nodes.length > available ? { numberUnavailable: nodes.length - available } : {}),
  };
  await update(member.store, stored, { ...object, status });
}
