// The controllers of one simulated member: one watch over its store, one queue. Event driven: at rest nothing runs.
//
//   Deployment -> ReplicaSet -> Pod -> (bound, started) -> Ready;  status flows back the same way;  Namespace -> its furniture, its end
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { DEPLOYMENTS } from "../../kinds/deployment.ts";
import { NAMESPACES } from "../../kinds/namespace.ts";
import { NODES } from "../../kinds/node.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { PODS } from "../../kinds/pod.ts";
import { REPLICASETS } from "../../kinds/replicaset.ts";
import type { Event } from "../../worker/store/store.ts";
import { reconcileDeployment } from "./deployment.ts";
import { reconcileNamespace } from "./namespace.ts";
import { Ledger } from "./nodes.ts";
import { controllerOf, keyResource, type Member } from "./objects.ts";
import { type PodWorld, reconcilePod } from "./pod.ts";
import { createQueue } from "./queue.ts";
import { reconcileReplicaSet } from "./replicaset.ts";

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

  const queue = createQueue(
    async (key) => {
      const [resource = "", namespace = "", name = ""] = key.split("|");
      const again = (ms: number): void => queue.addAfter(key, ms);
      if (resource === DEPLOYMENTS) await reconcileDeployment(member, namespace, name, again);
      else if (resource === REPLICASETS) await reconcileReplicaSet(member, namespace, name, again);
      else if (resource === PODS) await reconcilePod(member, world, namespace, name, again);
      else await reconcileNamespace(member, name);
    },
    (key, error) => log(`${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  );

  const retryUnschedulable = (): void => {
    for (const key of world.unschedulable) queue.add(`${PODS}|${key.replace("/", "|")}`);
  };

  function addOwner(object: KubeObject): void {
    const owner = controllerOf(object);
    const resource =
      owner?.kind === "ReplicaSet" ? REPLICASETS : owner?.kind === "Deployment" ? DEPLOYMENTS : undefined;
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
    } else if (resource === PODS) {
      const pod = JSON.parse(event.value) as KubeObject;
      ledger.setPod(`${namespace}/${name}`, gone ? undefined : pod);
      addOwner(pod);
      if (gone) retryUnschedulable();
      else if (pod.status?.phase === "Pending") queue.add(`${PODS}|${namespace}|${name}`);
    } else if (resource === DEPLOYMENTS || resource === REPLICASETS) {
      queue.add(`${resource}|${namespace}|${name}`);
      if (resource === REPLICASETS) addOwner(JSON.parse(event.value) as KubeObject);
    } else if (gone && (name === "default" || name === "kube-root-ca.crt")) {
      queue.add(`${NAMESPACES}||${namespace}`);
    }
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
