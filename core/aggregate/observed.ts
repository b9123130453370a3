// An object that a member's controllers made, as it stands at the root: NODE is the cluster, its owner is what was placed (of a Deployment's pod the root's
// ReplicaSet of that revision), its name the member's where that is free. Name and owner are decided once for a uid and kept. Takes from what
// an agent says only what an object of that kind may hold, and never where it stands.
import { HASH_LABEL } from "../schedule/replicasets.ts";
import type { KubeObject, Loose, OwnerReference } from "../../kinds/object.ts";
import { CLUSTER_LABEL, MEMBER_NAME_ANNOTATION, NODE_ANNOTATION, OBSERVED_ANNOTATION } from "../../kinds/observed.ts";

const NAME_MAX = 253;
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** Annotation: evicted from a cordoned cluster and counted off its share; value: how many that left there. */
export const EVICTED_ANNOTATION = "hanse.dev/evicted";

/** Is it an object with a name, a namespace and a uid, as text? */
export function isObservable(object: Loose, namespace: string): boolean {
  const { name, uid, namespace: own } = object?.metadata ?? {};
  return (
    typeof name === "string" &&
    name.length <= NAME_MAX &&
    NAME.test(name) &&
    typeof uid === "string" &&
    own === namespace
  );
}

/**
 * The names it may have, first choice first: its own; with its cluster, when another cluster's has that; with a part of its uid, when even that is
 * somebody else's.
 */
export function rootNames(name: string, cluster: string, uid: string): string[] {
  const cut = (suffix: string): string => `${name.slice(0, NAME_MAX - suffix.length).replace(/[-.]+$/, "")}${suffix}`;
  return [name, cut(`-${cluster}`), cut(`-${cluster}-${uid.slice(0, 8)}`)];
}

export interface Owner {
  reference: OwnerReference;
  /** Of the root's ReplicaSet: takes the place of the member's. */
  hash?: string;
}

export interface ObservedInput {
  /** As the agent says. */
  object: KubeObject;
  type: { apiVersion: string; kind: string };
  cluster: string;
  binding: string;
  /** At the root. */
  name: string;
  /** Absent where there was one before. */
  owner?: Owner | undefined;
  before?: KubeObject | undefined;
}

export function observedObject({ object, type, cluster, binding, name, owner, before }: ObservedInput): KubeObject {
  const said = object.metadata;
  const was = before?.metadata;
  const hash = owner?.hash ?? was?.labels?.[HASH_LABEL];
  const evicted = was?.annotations?.[EVICTED_ANNOTATION];
  const node: unknown = object["spec"]?.nodeName;
  const deleted = said.deletionTimestamp ?? was?.deletionTimestamp;
  const grace =
    said.deletionTimestamp === undefined ? was?.deletionGracePeriodSeconds : said.deletionGracePeriodSeconds;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = object;
  return {
    ...type,
    metadata: {
      name,
      ...(said.generateName === undefined ? {} : { generateName: said.generateName }),
      namespace: said.namespace ?? "",
      uid: said.uid ?? "",
      ...(said.generation === undefined ? {} : { generation: said.generation }),
      ...(said.creationTimestamp === undefined ? {} : { creationTimestamp: said.creationTimestamp }),
      ...(deleted === undefined ? {} : { deletionTimestamp: deleted }),
      ...(deleted === undefined || grace === undefined ? {} : { deletionGracePeriodSeconds: grace }),
      labels: { ...said.labels, ...(hash === undefined ? {} : { [HASH_LABEL]: hash }), [CLUSTER_LABEL]: cluster },
      annotations: {
        ...said.annotations,
        [OBSERVED_ANNOTATION]: binding,
        ...(name === said.name ? {} : { [MEMBER_NAME_ANNOTATION]: said.name }),
        ...(typeof node === "string" && node !== "" ? { [NODE_ANNOTATION]: node } : {}),
        ...(evicted === undefined ? {} : { [EVICTED_ANNOTATION]: evicted }),
      },
      ...(owner === undefined && was?.ownerReferences === undefined
        ? {}
        : { ownerReferences: was?.ownerReferences ?? (owner === undefined ? [] : [owner.reference]) }),
    },
    ...atRoot(type.kind, rest, cluster),
  };
}

/** The cluster is the node. */
function atRoot(kind: string, fields: Loose, cluster: string): Loose {
  if (kind === "Pod") return { ...fields, spec: { ...fields.spec, nodeName: cluster } };
  if (!Array.isArray(fields.endpoints)) return fields;
  return { ...fields, endpoints: fields.endpoints.map((one: Loose) => ({ ...one, nodeName: cluster })) };
}

/** Of the root's ReplicaSets (newest first) the one whose pod template the pod was made from, as far as overrides let that be told. */
export function replicaSetOf(pod: KubeObject, replicaSets: readonly KubeObject[]): KubeObject | undefined {
  let best: { replicaSet: KubeObject; differing: number; equal: number } | undefined;
  for (const replicaSet of replicaSets) {
    const template: Loose = replicaSet["spec"]?.template ?? {};
    const { [HASH_LABEL]: _hash, ...labels } = template.metadata?.labels ?? {};
    const wanted = { labels, annotations: template.metadata?.annotations ?? {}, containers: byName(template.spec) };
    const found = {
      labels: pod.metadata.labels ?? {},
      annotations: pod.metadata.annotations ?? {},
      containers: byName(pod["spec"]),
    };
    const { differing, equal } = compare(wanted, found);
    if (best === undefined || differing < best.differing || (differing === best.differing && equal > best.equal))
      best = { replicaSet, differing, equal };
  }
  return best?.replicaSet;
}

const byName = (spec: Loose): Loose =>
  Object.fromEntries(
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((one: Loose) => [one?.name, one]),
  );

/** Counts what is wanted and found the same, and what is not; what is found beyond it does not count. */
function compare(wanted: Loose, found: Loose): { differing: number; equal: number } {
  if (wanted === null || typeof wanted !== "object")
    return wanted === found ? { differing: 0, equal: 1 } : { differing: 1, equal: 0 };
  const sum = { differing: 0, equal: 0 };
  for (const [key, value] of Object.entries(wanted)) {
    const one = compare(value, found?.[key]);
    sum.differing += one.differing;
    sum.equal += one.equal;
  }
  return sum;
}
