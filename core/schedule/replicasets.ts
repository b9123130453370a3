// The ReplicaSets shown at the root: one per distinct pod template of a Deployment, so that `kubectl rollout history|undo` and everything
// else that reads revisions works as it always did. They are records: members make their own from the Deployment they are given.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { controlled } from "../../kinds/rules/owners.ts";
import type { Revision } from "./decision.ts";
import { equalJson } from "./canonical.ts";
import { podTemplateHash, REVISION_ANNOTATION } from "./revision.ts";

export const REPLICASETS = "replicasets.apps";
export const HASH_LABEL = "pod-template-hash";
const HISTORY_ANNOTATION = "deployment.kubernetes.io/revision-history";
const DESIRED_ANNOTATION = "deployment.kubernetes.io/desired-replicas";
const MAX_ANNOTATION = "deployment.kubernetes.io/max-replicas";
/** Not handed on from the Deployment (upstream: deployment_util.go, annotationsToSkip). */
const SKIPPED = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION_ANNOTATION,
  HISTORY_ANNOTATION,
  DESIRED_ANNOTATION,
  MAX_ANNOTATION,
  "deprecated.deployment.rollback.to",
]);
const NAME_MAX = 253;
const COLLISIONS_MAX = 20;

export interface ReplicaSetPlan {
  /** New state of the ReplicaSets that change, by name. */
  write: Map<string, KubeObject>;
  remove: string[];
  revisions: Revision[];
  current: Revision;
}

export interface ReplicaSetInput {
  deployment: KubeObject;
  replicas: number;
  revisions: readonly Revision[];
  /** ReplicaSets by name, as far as they exist: those of `revisions` and the candidates. */
  existing: ReadonlyMap<string, KubeObject>;
  uid(): string;
  /** RFC 3339. */
  now: string;
}

/** Names that the current pod template may have: what to read before planning. More than one only after hash collisions. */
export function replicaSetNames(deployment: KubeObject, count = 2): string[] {
  return Array.from({ length: count }, (_, collisions) => replicaSetName(deployment, collisions));
}

function replicaSetName(deployment: KubeObject, collisions: number): string {
  const hash = podTemplateHash((deployment as Loose).spec?.template, collisions);
  return `${deployment.metadata.name.slice(0, NAME_MAX - 1 - hash.length)}-${hash}`;
}

export function planReplicaSets(input: ReplicaSetInput): ReplicaSetPlan {
  const { deployment, existing } = input;
  const { name, collisions } = currentName(input);
  const standing = input.revisions.at(-1);
  const highest = Math.max(0, ...input.revisions.map((revision) => revision.number));
  const current = standing?.replicaSet === name ? standing : { number: highest + 1, replicaSet: name };
  const old = input.revisions.filter((revision) => revision.replicaSet !== name);
  const limit = (deployment as Loose).spec?.revisionHistoryLimit ?? 10;
  const kept = limit <= 0 ? [] : old.slice(-limit);
  const write = new Map<string, KubeObject>();
  const before = existing.get(name);
  const next = render(input, current, collisions, isOwn(before, deployment) ? before : undefined);
  if (before === undefined || !equalJson(before, next)) write.set(name, next);
  for (const revision of kept) {
    const replicaSet = existing.get(revision.replicaSet);
    if (replicaSet !== undefined && replicaSet["spec"]?.replicas !== 0)
      write.set(revision.replicaSet, scaled(replicaSet, 0));
  }
  const remove = old
    .filter((revision) => !kept.includes(revision) && existing.has(revision.replicaSet))
    .map((revision) => revision.replicaSet);
  return { write, remove, revisions: [...kept, current], current };
}

/** A name that is free, ours with this very template, or left by an earlier Deployment of the same name. */
function currentName({ deployment, existing }: ReplicaSetInput): { name: string; collisions: number } {
  for (let collisions = 0; collisions < COLLISIONS_MAX; collisions += 1) {
    const name = replicaSetName(deployment, collisions);
    const found = existing.get(name);
    if (found === undefined || leftover(found, deployment)) return { name, collisions };
    if (
      isOwn(found, deployment) &&
      equalJson(withoutHash(found["spec"]?.template), (deployment as Loose).spec?.template)
    )
      return { name, collisions };
  }
  throw new Error(`no name for a ReplicaSet of ${deployment.metadata.namespace}/${deployment.metadata.name}`);
}

function owned(replicaSet: KubeObject | undefined, deployment: KubeObject): boolean {
  return (
    replicaSet?.metadata.ownerReferences?.some(
      (owner) => owner.controller === true && owner.uid === deployment.metadata.uid,
    ) ?? false
  );
}

/** Ours, or the record of an earlier Deployment that was orphaned: adopted, as upstream adopts what nobody controls. */
function isOwn(replicaSet: KubeObject | undefined, deployment: KubeObject): replicaSet is KubeObject {
  if (replicaSet === undefined) return false;
  const orphan = !controlled(replicaSet) && replicaSet.metadata.annotations?.[REVISION_ANNOTATION] !== undefined;
  return owned(replicaSet, deployment) || orphan;
}

function leftover(replicaSet: KubeObject, deployment: KubeObject): boolean {
  return (
    replicaSet.metadata.ownerReferences?.some(
      (owner) =>
        owner.controller === true &&
        owner.kind === deployment.kind &&
        owner.name === deployment.metadata.name &&
        owner.uid !== deployment.metadata.uid,
    ) ?? false
  );
}

function withoutHash(podTemplate: Loose): Loose {
  const { [HASH_LABEL]: _hash, ...labels } = podTemplate?.metadata?.labels ?? {};
  return { ...podTemplate, metadata: { ...podTemplate?.metadata, labels } };
}

function render(
  input: ReplicaSetInput,
  revision: Revision,
  collisions: number,
  before: KubeObject | undefined,
): KubeObject {
  const { deployment, replicas, now, uid } = input;
  const spec = (deployment as Loose).spec;
  const hash = podTemplateHash(spec.template, collisions);
  const podLabels = { ...spec.template?.metadata?.labels, [HASH_LABEL]: hash };
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!SKIPPED.has(key)) annotations[key] = value;
  annotations[DESIRED_ANNOTATION] = String(replicas);
  annotations[MAX_ANNOTATION] = String(replicas + surge(spec.strategy, replicas));
  annotations[REVISION_ANNOTATION] = String(revision.number);
  const history = revisionHistory(before, revision);
  if (history !== "") annotations[HISTORY_ANNOTATION] = history;
  const body = {
    replicas,
    ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
    selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [HASH_LABEL]: hash } },
    template: { ...spec.template, metadata: { ...spec.template?.metadata, labels: podLabels } },
  };
  const changed = before === undefined || !equalJson(before["spec"], body);
  return {
    apiVersion: deployment.apiVersion,
    kind: "ReplicaSet",
    metadata: {
      name: replicaSetName(deployment, collisions),
      namespace: deployment.metadata.namespace ?? "",
      uid: before?.metadata.uid ?? uid(),
      generation: (before?.metadata.generation ?? 0) + (changed ? 1 : 0),
      creationTimestamp: before?.metadata.creationTimestamp ?? now,
      labels: podLabels,
      annotations,
      ownerReferences: [
        {
          apiVersion: deployment.apiVersion,
          kind: deployment.kind,
          name: deployment.metadata.name,
          uid: deployment.metadata.uid ?? "",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: body,
    status: before?.["status"] ?? { replicas: 0 },
  };
}

/** Numbers this ReplicaSet had before it became current again, as upstream keeps them. */
function revisionHistory(before: KubeObject | undefined, revision: Revision): string {
  const annotations = before?.metadata.annotations ?? {};
  const last = annotations[REVISION_ANNOTATION];
  const history = annotations[HISTORY_ANNOTATION] ?? "";
  if (last === undefined || last === String(revision.number)) return history;
  return history === "" ? last : `${history},${last}`;
}

function scaled(replicaSet: KubeObject, replicas: number): KubeObject {
  return {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, generation: (replicaSet.metadata.generation ?? 0) + 1 },
    spec: { ...replicaSet["spec"], replicas },
  };
}

function surge(strategy: Loose, replicas: number): number {
  const value = strategy?.type === "RollingUpdate" ? (strategy.rollingUpdate?.maxSurge ?? 0) : 0;
  return typeof value === "number" ? value : Math.ceil((Number.parseInt(String(value), 10) / 100) * replicas) || 0;
}
