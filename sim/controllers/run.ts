// The controllers of one simulated member: one watch over its store, one queue. Event driven: at rest nothing runs.
//
//   Deployment -> ReplicaSet -> Pod -> (bound, started) -> Ready;  status flows back the same way;  Namespace -> its furniture, its end
//   StatefulSet, DaemonSet, ReplicationController, CronJob -> Job -> Pod the same;  whatever is gone -> what it owned (garbage.ts)
import { CRONJOBS } from "../../kinds/cronjob.ts";
import { DAEMONSETS } from "../../kinds/daemonset.ts";
import { STATEFULSETS } from "../../kinds/statefulset.ts";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { DEPLOYMENTS } from "../../kinds/deployment.ts";
import { NAMESPACES } from "../../kinds/namespace.ts";
import { NODES } from "../../kinds/node.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { PODS } from "../../kinds/pod.ts";
import { REPLICASETS } from "../../kinds/replicaset.ts";
import type { Event, Key } from "../../worker/store/store.ts";
import { CLAIMS, reconcileClaim } from "./claim.ts";
import { reconcileCronJob } from "./cronjob.ts";
import { reconcileDaemonSet } from "./daemonset.ts";
import { reconcileDeployment } from "./deployment.ts";
import { collectGone, collectWaiting } from "./garbage.ts";
import { JOBS, reconcileJob } from "./job.ts";
import { reconcileNamespace } from "./namespace.ts";
import { Ledger } from "./nodes.ts";
import { controllerOf, keyResource, type Member } from "./objects.ts";
import { endsByItself, isChanged, type PodWorld, reconcilePod } from "./pod.ts";
import { createQueue } from "./queue.ts";
import { reconcileReplicas, REPLICATIONCONTROLLERS } from "./replicaset.ts";
import { reconcileStatefulSet } from "./statefulset.ts";

type Reconcile = (member: Member, key: Key, again: (ms: number) => void) => Promise<void>;

const RECONCILE: Readonly<Record<string, Reconcile>> = {
  [DEPLOYMENTS]: (member, { namespace, name }, again) => reconcileDeployment(member, namespace, name, again),
  [REPLICASETS]: reconcileReplicas,
  [REPLICATIONCONTROLLERS]: reconcileReplicas,
  [STATEFULSETS]: (member, { namespace, name }, again) => reconcileStatefulSet(member, namespace, name, again),
  [DAEMONSETS]: (member, { namespace, name }, again) => reconcileDaemonSet(member, namespace, name, again),
  [JOBS]: (member, { namespace, name }) => reconcileJob(member, namespace, name),
  [CRONJOBS]: (member, { namespace, name }, again) => reconcileCronJob(member, namespace, name, again),
  [CLAIMS]: (member, key) => reconcileClaim(member, key),
  [NAMESPACES]: (member, { name }) => reconcileNamespace(member, name),
};

/** Who makes what: the resource of a controlling owner's kind. */
const MAKERS: Readonly<Record<string, string>> = {
  Deployment: DEPLOYMENTS,
  ReplicaSet: REPLICASETS,
  ReplicationController: REPLICATIONCONTROLLERS,
  StatefulSet: STATEFULSETS,
  DaemonSet: DAEMONSETS,
  Job: JOBS,
  CronJob: CRONJOBS,
};

/** Queue key of an object that is gone, by uid. */
const GONE = "gone";
/** Kinds that own something as a rule; the others' going is looked into only when somebody names an owner by hand, which is not simulated. */
const MADE =
  /^\{"apiVersion":"[^"]*","kind":"(Deployment|ReplicaSet|ReplicationController|StatefulSet|DaemonSet|Job|CronJob)"/;

export interface RunningControllers {
  idle(): boolean;
  stop(): void;
}

export function runMemberControllers(member: Member, from: number, log: (line: string) => void): RunningControllers {
  const ending = new AbortController();
  const ledger = new Ledger();
  let addresses = 1;
  const world: PodWorld = { ledger, unschedulable: new Set(), started: new Map(), nextAddress: () => addresses++ };
  const terminating = new Set<string>();
  const daemonSets = new Set<string>();

  const queue = createQueue(
    async (key) => {
      const [resource = "", namespace = "", name = ""] = key.split("|");
      const again = (ms: number): void => queue.addAfter(key, ms);
      if (resource === GONE) await collectGone(member, name);
      else if (resource === PODS) await reconcilePod(member, world, namespace, name, again);
      else await RECONCILE[resource]?.(member, { resource, namespace, name }, again);
      // Deleted, but waiting for what it made.
      if (resource !== GONE) await collectWaiting(member, { resource, namespace, name });
    },
    (key, error) => log(`${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  );

  const retryUnschedulable = (): void => {
    for (const key of world.unschedulable) queue.add(`${PODS}|${key.replace("/", "|")}`);
  };

  function addOwner(object: KubeObject): void {
    const owner = controllerOf(object);
    const resource = MAKERS[owner?.kind as string];
    if (resource !== undefined) queue.add(`${resource}|${object.metadata.namespace}|${owner.name}`);
  }

  function handle(event: Event): void {
    const { resource, namespace, name } = event;
    const gone = event.type === "DELETED";
    if (terminating.has(namespace)) queue.add(`${NAMESPACES}||${namespace}`);
    if (resource === NAMESPACES) {
      if (!gone && event.value.includes('"deletionTimestamp"')) terminating.add(name);
      else terminating.delete(name);
      queue.add(`${NAMESPACES}||${name}`);
    } else if (resource === NODES) {
      if (gone) ledger.removeNode(name);
      else ledger.setNode(JSON.parse(event.value) as KubeObject);
      retryUnschedulable();
      for (const set of daemonSets) queue.add(`${DAEMONSETS}|${set}`);
    } else if (resource === PODS) {
      const pod = JSON.parse(event.value) as KubeObject;
      ledger.setPod(`${namespace}/${name}`, gone ? undefined : pod);
      addOwner(pod);
      if (gone) retryUnschedulable();
      else if (
        pod.status?.phase === "Pending" ||
        pod.metadata.deletionTimestamp !== undefined ||
        endsByItself(pod) ||
        isChanged(pod)
      )
        queue.add(`${PODS}|${namespace}|${name}`);
    } else if (RECONCILE[resource] !== undefined) {
      if (resource === DAEMONSETS) daemonSets[gone ? "delete" : "add"](`${namespace}|${name}`);
      queue.add(`${resource}|${namespace}|${name}`);
      addOwner(JSON.parse(event.value) as KubeObject);
    } else if (gone && (name === "default" || name === "kube-root-ca.crt")) {
      queue.add(`${NAMESPACES}||${namespace}`);
    } else if (event.value.includes('"deletionTimestamp":')) queue.add(`${resource}|${namespace}|${name}`);
    if (gone && MADE.test(event.value)) queue.add(`${GONE}||${(JSON.parse(event.value) as KubeObject).metadata.uid}`);
  }

  async function follow(): Promise<void> {
    const select = MEMBER_KINDS.map((kind) => ({ resource: keyResource(kind) }));
    for await (const { events } of member.store.watch({ from, select, signal: ending.signal }))
      for (const event of events) handle(event);
  }
  follow().catch((error: unknown) =>
    log(`controllers ended: ${error instanceof Error ? error.message : String(error)}`),
  );

  return {
    idle: () => queue.idle(),
    stop() {
      ending.abort();
      queue.stop();
    },
  };
}
