// Deployment -> ReplicaSets: finds or makes the one for the current template, moves replicas towards it within maxSurge and
// maxUnavailable, and writes status as the real controller does (kk:pkg/controller/deployment).
import { podTemplateHash } from "../../core/schedule/revision.ts";
import { DEPLOYMENTS } from "../../kinds/deployment.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { replicaSet as replicaSetKind, REPLICASETS } from "../../kinds/replicaset.ts";
import { scaledValue } from "../../kinds/rules/intstr.ts";
import { sameJson } from "../../kinds/rules/metadata.ts";
import { writeDeploymentStatus } from "./deploymentstatus.ts";
import { create, type Member, ownedBy, ownerReference, read, remove, type Stored, update } from "./objects.ts";

const HASH = "pod-template-hash";
const REVISION = "deployment.kubernetes.io/revision";
const HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED = "deployment.kubernetes.io/desired-replicas";
const MAXIMUM = "deployment.kubernetes.io/max-replicas";
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const OWN_ANNOTATIONS = new Set([REVISION, HISTORY, DESIRED, MAXIMUM, LAST_APPLIED]);

export async function reconcileDeployment(
  member: Member,
  namespace: string,
  name: string,
  again: (ms: number) => void,
): Promise<void> {
  const { store } = member;
  const stored = await read(store, { resource: DEPLOYMENTS, namespace, name });
  if (stored === undefined) return;
  const { object } = stored;
  if (object.metadata.deletionTimestamp !== undefined) return;
  const sets = await ownedBy(store, REPLICASETS, { namespace, name, uid: object.metadata.uid ?? "" });
  const current = sets.find(({ object: set }) => sameTemplate(set, object));
  if (current === undefined && !object.spec.paused && !mustWait(object, sets)) {
    // Its event brings this Deployment back.
    if (await makeReplicaSet(member, object, sets)) return;
  }
  const old = sets.filter((set) => set !== current);
  if (current !== undefined && (await renew(member, object, current, old))) return;
  const moved = await scale(member, object, current, old);
  if (current !== undefined && !moved) await forget(member, object, old);
  const revision = current?.object.metadata.annotations?.[REVISION];
  if (revision !== undefined && object.metadata.annotations?.[REVISION] !== revision) {
    object.metadata.annotations = { ...object.metadata.annotations, [REVISION]: revision };
  }
  await writeDeploymentStatus(
    member,
    stored,
    current?.object,
    sets.map(({ object: set }) => set),
    again,
  );
}

const revisionOf = ({ object }: Stored): number => Number(object.metadata.annotations?.[REVISION] ?? 0);

/**
 * The current ReplicaSet carries the Deployment's annotations and the highest revision: one that is rolled back to is renumbered
 * and remembers what it was (kk:pkg/controller/deployment/util SetNewReplicaSetAnnotations). True: it was written.
 */
async function renew(member: Member, deployment: KubeObject, current: Stored, old: Stored[]): Promise<boolean> {
  const { object } = current;
  const before = object.metadata.annotations ?? {};
  const annotations: Record<string, string> = { ...before, ...inherited(deployment) };
  const highest = Math.max(0, ...old.map(revisionOf));
  if (revisionOf(current) <= highest) {
    annotations[REVISION] = String(highest + 1);
    if (before[REVISION] !== undefined)
      annotations[HISTORY] = before[HISTORY] ? `${before[HISTORY]},${before[REVISION]}` : before[REVISION];
  }
  if (sameJson(before, annotations)) return false;
  await update(member.store, current, { ...object, metadata: { ...object.metadata, annotations } });
  return true;
}

/** A Deployment's annotations that its ReplicaSets get. */
function inherited({ metadata }: KubeObject): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => !OWN_ANNOTATIONS.has(key)));
}

/** How large the Deployment is, for whoever scales in proportion. */
function sizes(deployment: KubeObject): Record<string, string> {
  const { replicas } = deployment.spec;
  return { [DESIRED]: String(replicas), [MAXIMUM]: String(replicas + budget(deployment).surge) };
}

/** Recreate: the old pods are gone before new ones come. */
function mustWait(deployment: KubeObject, sets: Stored[]): boolean {
  return (
    deployment.spec.strategy.type === "Recreate" &&
    sets.some(({ object }) => (object.spec.replicas ?? 0) > 0 || (object.status?.replicas ?? 0) > 0)
  );
}

function withoutHash(template: Loose): Loose {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

function sameTemplate(set: KubeObject, deployment: KubeObject): boolean {
  return sameJson(withoutHash(set.spec.template), withoutHash(deployment.spec.template));
}

async function makeReplicaSet(member: Member, deployment: KubeObject, sets: Stored[]): Promise<boolean> {
  const { name, namespace } = deployment.metadata;
  const { template, selector, replicas, minReadySeconds } = deployment.spec;
  const hash = podTemplateHash(template);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  const last = Math.max(0, ...sets.map(revisionOf));
  const total = sets.reduce((sum, { object }) => sum + (object.spec.replicas ?? 0), 0);
  return create(member, replicaSetKind, {
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...inherited(deployment), ...sizes(deployment), [REVISION]: String(last + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: Math.max(0, Math.min(replicas, replicas + budget(deployment).surge - total)),
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
      template: { ...structuredClone(template), metadata: { ...template.metadata, labels } },
    },
  });
}

/** maxSurge rounds up, maxUnavailable down; both zero would never move, so one may then be unavailable. */
function budget({ spec }: KubeObject): { surge: number; unavailable: number } {
  if (spec.strategy.type !== "RollingUpdate") return { surge: 0, unavailable: spec.replicas };
  const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate;
  const surge = scaledValue(maxSurge, spec.replicas, true);
  const unavailable = scaledValue(maxUnavailable, spec.replicas, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, spec.replicas) };
}

const sum = (sets: Stored[], count: (set: KubeObject) => number): number =>
  sets.reduce((total, { object }) => total + count(object), 0);
const wantedOf = (set: KubeObject): number => set.spec.replicas ?? 0;
const availableOf = (set: KubeObject): number => set.status?.availableReplicas ?? 0;

/** One step of the rollout; true when a ReplicaSet was resized. */
async function scale(
  member: Member,
  deployment: KubeObject,
  current: Stored | undefined,
  old: Stored[],
): Promise<boolean> {
  const { replicas, paused } = deployment.spec;
  const running = old.filter(({ object }) => wantedOf(object) > 0);
  if (deployment.spec.strategy.type === "Recreate" && !paused) {
    for (const set of running) await resize(member, deployment, set, 0);
    return running.length > 0 || (current !== undefined && (await resize(member, deployment, current, replicas)));
  }
  if (paused || current === undefined) {
    // Only scaling: all of it on the newest set that runs.
    const target = current ?? running.at(-1);
    const others = running.filter((set) => set !== target);
    const rest = Math.max(0, replicas - sum(others, wantedOf));
    return target !== undefined && resize(member, deployment, target, rest);
  }
  const { surge, unavailable } = budget(deployment);
  const total = sum([...old, current], wantedOf);
  const own = wantedOf(current.object);
  const up = own > replicas ? replicas : Math.min(replicas, own + Math.max(0, replicas + surge - total));
  if (await resize(member, deployment, current, up)) return true;
  return scaleDownOld(member, deployment, { running, current, minimum: replicas - unavailable });
}

/** Unavailable old pods go first; available ones only as far as `minimum` stay available. */
async function scaleDownOld(
  member: Member,
  deployment: KubeObject,
  { running, current, minimum }: { running: Stored[]; current: Stored; minimum: number },
): Promise<boolean> {
  const total = sum(running, wantedOf) + wantedOf(current.object);
  let most = total - minimum - Math.max(0, wantedOf(current.object) - availableOf(current.object));
  let moved = false;
  const oldest = running.toSorted((a, b) =>
    (a.object.metadata.creationTimestamp ?? "").localeCompare(b.object.metadata.creationTimestamp ?? ""),
  );
  const left = new Map(oldest.map((set) => [set, wantedOf(set.object)]));
  for (const set of oldest) {
    const unhealthy = Math.min(Math.max(0, most), Math.max(0, wantedOf(set.object) - availableOf(set.object)));
    left.set(set, wantedOf(set.object) - unhealthy);
    most -= unhealthy;
  }
  let spare = Math.min(most, sum(running, availableOf) + availableOf(current.object) - minimum);
  for (const set of oldest) {
    const wanted = left.get(set) ?? 0;
    const down = Math.max(0, Math.min(spare, wanted));
    spare -= down;
    if (await resize(member, deployment, set, wanted - down)) moved = true;
  }
  return moved;
}

async function resize(member: Member, deployment: KubeObject, set: Stored, replicas: number): Promise<boolean> {
  const { object } = set;
  if (wantedOf(object) === replicas) return false;
  const annotations = { ...object.metadata.annotations, ...sizes(deployment) };
  const metadata = { ...object.metadata, annotations, generation: (object.metadata.generation ?? 1) + 1 };
  await update(member.store, set, { ...object, metadata, spec: { ...object.spec, replicas } });
  return true;
}

/** Empty ReplicaSets beyond revisionHistoryLimit. */
async function forget(member: Member, deployment: KubeObject, old: Stored[]): Promise<void> {
  const empty = old.filter(({ object }) => wantedOf(object) === 0 && (object.status?.replicas ?? 0) === 0);
  const limit: number = deployment.spec.revisionHistoryLimit ?? 10;
  const surplus = empty.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, empty.length - limit));
  for (const set of surplus) await remove(member, set);
}
