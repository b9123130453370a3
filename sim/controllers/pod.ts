// Pods: scheduler and kubelet in one. A pod is bound to a node that has room, then it starts, and after the member's podStartMs it is
// Ready, unless a planted fault says never; one that is not to be restarted has then Succeeded after as long again.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { PODS } from "../../kinds/pod.ts";
import type { Ledger } from "./nodes.ts";
import { type Member, read, remove, setCondition, type Stored, timestamp, update } from "./objects.ts";

export interface PodWorld {
  ledger: Ledger;
  /** Keys of pods that found no room: looked at again when some is freed. */
  unschedulable: Set<string>;
  /** When a bound pod's start began, in ms: its status has only whole seconds. */
  started: Map<string, number>;
  /** A small number, different for each pod, of which its address is made. */
  nextAddress(): number;
}

export async function reconcilePod(
  member: Member,
  world: PodWorld,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const key = `${namespace}/${name}`;
  const stored = await read(member.store, { resource: PODS, namespace, name });
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) {
    world.unschedulable.delete(key);
    world.started.delete(key);
    // Its containers end at once.
    if (stored !== undefined) await remove(member, stored);
    return;
  }
  const { object } = stored;
  if ((object.spec.schedulingGates ?? []).length > 0) return;
  const now = timestamp(member.clock());
  if (!object.spec.nodeName) {
    const choice = world.ledger.choose(object);
    if (!choice.ok) world.unschedulable.add(key);
    else {
      world.unschedulable.delete(key);
      object.spec = { ...object.spec, nodeName: choice.node };
      // Counted at once: the next pod is chosen for before this one's event comes back.
      world.ledger.setPod(key, object);
      world.started.set(key, member.clock());
    }
    const landed = await update(member.store, stored, {
      ...object,
      status: choice.ok ? starting(object, now) : pending(object, choice.message, now),
    });
    if (!landed && choice.ok) world.ledger.setPod(key, undefined);
    return;
  }
  if (object.status?.phase === "Running" && endsByItself(object) && !member.neverReady(object))
    return end(member, stored, world, again);
  if (object.status?.phase === "Running") return follow(member, stored, now);
  if (object.status?.phase !== "Pending") return;
  if (object.status.startTime === undefined) {
    world.started.set(key, member.clock());
    return void (await update(member.store, stored, { ...object, status: starting(object, now) }));
  }
  if (member.neverReady(object))
    return void (await update(member.store, stored, { ...object, status: crashing(object) }));
  const left = (world.started.get(key) ?? Date.parse(object.status.startTime)) + member.podStartMs - member.clock();
  if (left > 0) return again(left);
  world.started.delete(key);
  await update(member.store, stored, { ...object, status: running(object, now, world.nextAddress()) });
}

/** What is not to be started again is taken for work that ends well. */
export function endsByItself({ spec }: KubeObject): boolean {
  return spec.restartPolicy === "Never" || spec.restartPolicy === "OnFailure";
}

/** A running pod whose spec may say more than was done: its generation rises with a new size and with a debugging container. */
export function isChanged({ metadata, status }: KubeObject): boolean {
  return status?.phase === "Running" && (metadata.generation ?? 1) > 1;
}

async function end(member: Member, stored: Stored, world: PodWorld, again: (ms: number) => void): Promise<void> {
  const { object, row } = stored;
  const key = `${row.namespace}/${row.name}`;
  if (!world.started.has(key)) world.started.set(key, member.clock());
  const left = (world.started.get(key) ?? 0) + member.podStartMs - member.clock();
  if (left > 0) return again(left);
  world.started.delete(key);
  await update(member.store, stored, { ...object, status: succeeded(object, timestamp(member.clock())) });
}

function succeeded(pod: KubeObject, now: string): Loose {
  const conditions = ["ContainersReady", "Ready"].reduce(
    (list, type) => setCondition(list, { type, status: "False", reason: "PodCompleted" }, now),
    conditionsOf(pod),
  );
  const containerStatuses = ((pod.status?.containerStatuses ?? []) as Loose[]).map((status) => ({
    ...status,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: 0,
        reason: "Completed",
        startedAt: status.state?.running?.startedAt ?? now,
        finishedAt: now,
        containerID: status.containerID,
      },
    },
  }));
  return { ...pod.status, phase: "Succeeded", conditions, containerStatuses };
}

function conditionsOf(pod: KubeObject): Loose[] {
  return pod.status?.conditions ?? [];
}

function pending(pod: KubeObject, message: string, now: string): Loose {
  const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  return { ...pod.status, conditions: setCondition(conditionsOf(pod), condition, now) };
}

function starting(pod: KubeObject, now: string): Loose {
  const conditions: Loose[] = [
    { type: "PodScheduled", status: "True" },
    { type: "Initialized", status: "True" },
    { type: "ContainersReady", status: "False", reason: "ContainersNotReady", message: "containers are not ready" },
    { type: "Ready", status: "False", reason: "ContainersNotReady", message: "containers are not ready" },
  ];
  const containerStatuses = ((pod.spec.containers ?? []) as Loose[]).map(({ name, image }) => ({
    name,
    image,
    imageID: "",
    ready: false,
    restartCount: 0,
    started: false,
    state: { waiting: { reason: "ContainerCreating" } },
  }));
  const merged = conditions.reduce((list, condition) => setCondition(list, condition, now), conditionsOf(pod));
  return { ...pod.status, phase: "Pending", startTime: now, conditions: merged, containerStatuses };
}

function running(pod: KubeObject, now: string, address: number): Loose {
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].reduce(
    (list, type) => setCondition(list, { type, status: "True" }, now),
    conditionsOf(pod),
  );
  const ip = `10.244.${(address >> 8) & 255}.${address & 255}`;
  const containerStatuses = ((pod.spec.containers ?? []) as Loose[]).map((container) => ({
    ...runs(pod, container, now),
    ready: true,
    started: true,
    resources: container.resources ?? {},
  }));
  return { ...pod.status, phase: "Running", conditions, containerStatuses, podIP: ip, podIPs: [{ ip }] };
}

function runs(pod: KubeObject, { name, image }: Loose, now: string): Loose {
  return {
    name,
    image,
    imageID: `sim://${image}`,
    containerID: `sim://${pod.metadata.uid}/${name}`,
    ready: false,
    restartCount: 0,
    state: { running: { startedAt: now } },
  };
}

/** What changed under a running pod: it is given its new size, and its debugging containers run. */
async function follow(member: Member, stored: Stored, now: string): Promise<void> {
  const { object } = stored;
  const wanted = new Map(((object.spec.containers ?? []) as Loose[]).map((one) => [one.name, one.resources ?? {}]));
  const statuses: Loose[] = object.status?.containerStatuses ?? [];
  const containerStatuses = statuses.map((one) => ({ ...one, resources: wanted.get(one.name) ?? one.resources }));
  const known: Loose[] = object.status?.ephemeralContainerStatuses ?? [];
  const added = ((object.spec.ephemeralContainers ?? []) as Loose[])
    .filter(({ name }) => !known.some((one) => one.name === name))
    .map((container) => runs(object, container, now));
  if (added.length === 0 && JSON.stringify(containerStatuses) === JSON.stringify(statuses)) return;
  const ephemeral = added.length === 0 ? {} : { ephemeralContainerStatuses: [...known, ...added] };
  await update(member.store, stored, { ...object, status: { ...object.status, containerStatuses, ...ephemeral } });
}

function crashing(pod: KubeObject): Loose {
  const containerStatuses = ((pod.status?.containerStatuses ?? []) as Loose[]).map((status) => ({
    ...status,
    state: { waiting: { reason: "ImagePullBackOff", message: `Back-off pulling image "${status.image}"` } },
  }));
  return { ...pod.status, containerStatuses };
}
