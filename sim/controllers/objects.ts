// Reading and writing objects of a member straight in its store, as controllers do: compare-and-set, and a lost race is no error,
// since the event that won it brings the key back.
import { formatApiVersion, type KubeObject, type Loose } from "../../kinds/object.ts";
import type { Kind } from "../../kinds/kind.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import type { Key, Row, Store } from "../../worker/store/store.ts";

export interface Stored {
  object: KubeObject;
  row: Row;
}

export interface Member {
  store: Store;
  /** Milliseconds since the epoch. */
  clock: () => number;
  uid: () => string;
  /** [0, 1). */
  random: () => number;
  /** Time from being scheduled to Ready. */
  podStartMs: number;
  /** True: such a pod never becomes Ready (a fault that was planted). */
  neverReady: (pod: KubeObject) => boolean;
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function parse(row: Row): Stored {
  return { object: JSON.parse(row.value) as KubeObject, row };
}

export async function read(store: Store, key: Key): Promise<Stored | undefined> {
  const row = await store.get(key);
  return row === undefined ? undefined : parse(row);
}

/** Objects that `owner` controls; their names begin with its name, so that other rows need not be parsed. */
export async function ownedBy(store: Store, resource: string, owner: Owner): Promise<Stored[]> {
  const { rows } = await store.list({ resource, namespace: owner.namespace });
  const prefix = `${owner.name}-`;
  return rows
    .filter((row) => row.name.startsWith(prefix))
    .map(parse)
    .filter(({ object }) => controllerOf(object)?.uid === owner.uid);
}

export interface Owner {
  namespace: string;
  name: string;
  uid: string;
}

export function controllerOf(object: KubeObject): Loose {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function ownerReference(owner: KubeObject): Loose {
  const { name, uid } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** A new object with what the API server would add. False: it exists, or its namespace is gone or going. */
export async function create(
  member: Member,
  kind: Kind,
  object: Omit<KubeObject, "apiVersion" | "kind">,
): Promise<boolean> {
  const { name, namespace = "" } = object["metadata"];
  const whole = { apiVersion: formatApiVersion(kind.group, kind.version), kind: kind.kind, ...object } as KubeObject;
  whole.metadata = { ...whole.metadata, uid: member.uid(), creationTimestamp: timestamp(member.clock()) };
  if (kind.generation) whole.metadata.generation = 1;
  kind.setDefaults?.(whole);
  kind.prepareCreate?.(whole);
  const key = { resource: keyResource(kind), namespace, name };
  const { ok } = await member.store.commit({
    ops: [
      ...(namespace === ""
        ? []
        : [{ op: "require" as const, key: { resource: "namespaces", namespace: "", name: namespace } }]),
      { op: "create", key, value: JSON.stringify(whole), ...refsOf(whole) },
    ],
  });
  return ok;
}

/** How the garbage collector finds it. */
function refsOf(object: KubeObject): { refs?: string[] } {
  const refs = objectRefs(object);
  return refs === undefined ? {} : { refs };
}

/** Writes `object` over the row it was read from, unless nothing changed. False: the row changed meanwhile. */
export async function update(store: Store, { row }: Stored, object: KubeObject): Promise<boolean> {
  const value = JSON.stringify(object);
  if (value === row.value) return true;
  const deleting = object.metadata.deletionTimestamp !== undefined;
  const { ok } = await store.commit({
    ops: [{ op: "update", key: keyOf(row), value, expect: row.version, deleting, ...refsOf(object) }],
  });
  return ok;
}

/** Deletes, or marks as being deleted while finalizers hold it. */
export async function remove(member: Member, { object, row }: Stored): Promise<void> {
  if ((object.metadata.finalizers ?? []).length === 0) {
    await member.store.commit({ ops: [{ op: "delete", key: keyOf(row), expect: row.version }] });
  } else if (object.metadata.deletionTimestamp === undefined) {
    const metadata = {
      ...object.metadata,
      deletionTimestamp: timestamp(member.clock()),
      deletionGracePeriodSeconds: 0,
    };
    await update(member.store, { object, row }, { ...object, metadata });
  }
}

export function keyOf({ resource, namespace, name }: Key): Key {
  return { resource, namespace, name };
}

export function keyResource(kind: Kind): string {
  return kind.group === "" ? kind.resource : `${kind.resource}.${kind.group}`;
}

const SUFFIX = "bcdfghjklmnpqrstvwxz2456789";

/** The five letters that generateName appends. */
export function randomSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => SUFFIX[Math.floor(random() * SUFFIX.length)]).join("");
}

/** A condition set into a list: the transition time moves only when the status does. */
export function setCondition(conditions: Loose[], condition: Loose, now: string, withUpdateTime = false): Loose[] {
  const known = conditions.find(({ type }) => type === condition.type);
  const same =
    known?.status === condition.status && known?.reason === condition.reason && known?.message === condition.message;
  if (same) return conditions;
  const next = {
    ...condition,
    ...(withUpdateTime ? { lastUpdateTime: now } : {}),
    lastTransitionTime: known?.status === condition.status ? known.lastTransitionTime : now,
  };
  return known === undefined
    ? [...conditions, next]
    : conditions.map((one) => (one.type === condition.type ? next : one));
}
