// An eviction of a pod that runs in a cluster: on a cordoned cluster (kubectl drain) one replica is to run elsewhere. The binding's ceiling falls by one for
// each pod, once a pod; the schedule controller moves the replica, and takes it from here only when its successor is available. On any other
// cluster the eviction is the cluster's own affair. Refused is what would lose something: an identity, finished work, data, the last room.
//
//   cordoned | pod                                   |
//   no       |                                       | passed on
//   yes      | of a DaemonSet, or finished           | passed on
//   yes      | of a StatefulSet, a Job, with claims  | refused
//   yes      | of what is frozen where it stands     | refused
//   yes      | no other cluster has room             | refused
//   yes      | otherwise                             | moved
import { CLUSTERS } from "../../kinds/cluster.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { observedOf } from "../../kinds/observed.ts";
import { EVICTED_ANNOTATION } from "../../core/aggregate/observed.ts";
import { joined } from "../../core/aggregate/conditions.ts";
import { podCapacity, shortfall } from "../../core/schedule/capacity.ts";
import { isReady, type ScheduleCluster } from "../../core/schedule/cluster.ts";
import { countOf } from "../../core/schedule/share.ts";
import { quantityOf } from "../../core/query/quantity.ts";
import type { Op, Row, Store } from "../store/store.ts";
import { bindingKey, decisionKey, readBinding, readDecision, readObject, writeBinding, writeObject } from "./rows.ts";
import { eachRow } from "./scan.ts";

export type Evicted = "moved" | "passed" | "changed" | { tooMany: string };

export interface Eviction {
  /** The pod's row. */
  row: Row;
  /** Committed with it: the budget that was charged. */
  also: readonly Op[];
  dryRun: boolean;
}

const CLAIM = "persistentvolumeclaims/";

export async function evictObserved(store: Store, kinds: readonly Kind[], eviction: Eviction): Promise<Evicted> {
  const pod = readObject(eviction.row);
  const { cluster, binding: uid } = observedOf(pod.value) ?? { cluster: "", binding: "" };
  const [home, bound] = await Promise.all([
    store.get({ resource: CLUSTERS, namespace: "", name: cluster }),
    store.get(bindingKey(cluster, uid)),
  ]);
  const cordoned = home !== undefined && readObject(home).value["spec"]?.unschedulable === true;
  const phase: string = pod.value["status"]?.phase ?? "";
  if (!cordoned || bound === undefined || phase === "Succeeded" || phase === "Failed") return "passed";
  const { value: binding } = readBinding(bound);
  const rule = kinds.find((kind) => kindKey(kind) === binding.template.resource)?.federation;
  if (rule?.rule !== "workload" || rule.divided.length === 0) {
    return rule?.rule === "workload" && rule.division !== "everywhere"
      ? stays(binding.template.kind, cluster)
      : "passed";
  }
  const count = countOf(binding);
  const claimed = binding.needs.some((need) => need.startsWith(CLAIM));
  if (rule.division === "everywhere" || count === undefined) return "passed";
  if (rule.ordinals === true || rule.once === true || rule.division === "whole")
    return stays(binding.template.kind, cluster);
  if (isMoving(pod.value, binding.ceiling, count)) return "moved";
  const decided = await store.get(decisionKey(uid));
  const frozen = decided === undefined ? undefined : readDecision(decided).value.frozen;
  if (frozen !== undefined) return { tooMany: `nothing says where else it may run: ${frozen.message}` };
  if (claimed) return { tooMany: `its PersistentVolumeClaim is in cluster ${cluster}, and data does not move` };
  const full = await noRoom(store, cluster, binding.requests ?? {});
  if (full !== undefined) return { tooMany: full };
  if (eviction.dryRun) return "moved";
  const ceiling = Math.max(0, Math.min(binding.ceiling ?? count, count) - 1);
  const annotations = { ...pod.value.metadata.annotations, [EVICTED_ANNOTATION]: String(ceiling) };
  const told = { ...pod.value, metadata: { ...pod.value.metadata, annotations } };
  const result = await store.commit({
    ops: [
      ...eviction.also,
      writeBinding(cluster, { ...binding, ceiling }, { version: bound.version }),
      writeObject(eviction.row.resource, told, pod),
    ],
  });
  return result.ok ? "moved" : "changed";
}

/**
 * This pod was counted off already, and the replica is still here. Once the count has come down to what its eviction left, another pod went
 * in its place; and when the ceiling is gone, that was another drain: then it is asked anew.
 */
function isMoving(pod: KubeObject, ceiling: number | undefined, count: number): boolean {
  const left = pod.metadata.annotations?.[EVICTED_ANNOTATION];
  return left !== undefined && ceiling !== undefined && count > Number(left);
}

const stays = (kind: string, cluster: string): Evicted => ({
  tooMany: `a ${kind} is not moved by evictions: it keeps what it is and has done in cluster ${cluster}, until it ends, is deleted or is placed anew`,
});

/** Why no other cluster would take one; undefined: one would, as far as its room goes. */
async function noRoom(
  store: Store,
  cluster: string,
  texts: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const requests = new Map(Object.entries(texts).map(([name, text]) => [name, quantityOf(text)]));
  const why: string[] = [];
  for await (const row of eachRow(store, CLUSTERS)) {
    if (row.name === cluster) continue;
    const { spec, status } = readObject(row).value;
    const other = { name: row.name, spec, status } as ScheduleCluster;
    if (!isReady(other)) why.push(`${row.name} is not ready`);
    else if (other.spec?.unschedulable === true) why.push(`${row.name} is cordoned`);
    else if ((podCapacity(other.status, requests, 0) ?? 0) > 0) return undefined;
    else why.push(`${row.name} has no room: ${shortfall(other.status, requests) ?? "its capacity is unknown"}`);
  }
  return `no other cluster takes it: ${why.length === 0 ? "there is none" : joined(why)}`;
}
