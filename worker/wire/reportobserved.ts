// What agents observe becomes rows of the log: one commit for what is gone, one for what is new or changed; what did not change is not written.
// An object is written only while its binding stands, in that binding's namespace, under a name that is decided once: so no cluster
// can touch another's, and a report that comes twice changes nothing.
import { isObservable, observedObject, type Owner, replicaSetOf, rootNames } from "../../core/aggregate/observed.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { HASH_LABEL, REPLICASETS } from "../../core/schedule/replicasets.ts";
import { ACTS, BINDINGS, type Binding, type TemplateRef } from "../../kinds/binding.ts";
import { DEPLOYMENTS } from "../../kinds/deployment.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { MEMBER_NAME_ANNOTATION, observedInRef, observedOf, observedRefs } from "../../kinds/observed.ts";
import type { Observed, ObservedItem, ObservedResource } from "../../kinds/protocol.ts";
import type { Key, Op, Row, Store } from "../store/store.ts";
import { storedText } from "./splice.ts";
import { tooManyRequests } from "./status.ts";

const MAX_ATTEMPTS = 8;
const DELETES_PER_COMMIT = 200;

const TYPES: Record<ObservedResource, { apiVersion: string; kind: string }> = {
  pods: { apiVersion: "v1", kind: "Pod" },
  "endpointslices.discovery.k8s.io": { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
};

interface Standing {
  row: Row;
  object: KubeObject;
}

const idOf = ({ resource, namespace, name }: Key): string => `${resource}/${namespace}/${name}`;

/** @throws ApiError 429 */
export async function reportObserved(store: Store, cluster: string, observed: Observed): Promise<void> {
  await repeat(async () => commitAll(store, await goneOps(store, cluster, observed)));
  if (observed.only !== undefined) {
    const { resource, uids } = observed.only;
    await repeat(async () => commitAll(store, await othersOps(store, cluster, resource, new Set(uids))));
  }
  if (observed.upserts.length > 0) await repeat(() => upsert(store, cluster, observed.upserts));
}

/** Others write the same rows (a user's deletion, another cluster's object of that name): read again then. */
async function repeat(attempt: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < MAX_ATTEMPTS; tries++) if (await attempt()) return;
  throw tooManyRequests("the observed objects are being changed by others");
}

async function commitAll(store: Store, ops: Op[]): Promise<boolean> {
  for (let at = 0; at < ops.length; at += DELETES_PER_COMMIT) {
    if (!(await store.commit({ ops: ops.slice(at, at + DELETES_PER_COMMIT) })).ok) return false;
  }
  return true;
}

function candidates(cluster: string, of: { resource: string; namespace: string; name: string; uid: string }): Key[] {
  const { resource, namespace } = of;
  return rootNames(of.name, cluster, of.uid).map((name) => ({ resource, namespace, name }));
}

async function standing(store: Store, keys: Key[]): Promise<Map<string, Standing>> {
  const rows = keys.length === 0 ? [] : await store.getMany([...new Map(keys.map((key) => [idOf(key), key])).values()]);
  return new Map(rows.map((row) => [idOf(row), { row, object: JSON.parse(row.value) as KubeObject }]));
}

const deletion = ({ resource, namespace, name, version }: Row): Op => ({
  op: "delete",
  key: { resource, namespace, name },
  expect: version,
});

const isOf = (cluster: string, uid: string, found: Standing | undefined): found is Standing =>
  found?.object.metadata.uid === uid && observedOf(found.object)?.cluster === cluster;

async function goneOps(store: Store, cluster: string, { gone, acted = [] }: Observed): Promise<Op[]> {
  const found = await standing(
    store,
    gone.flatMap((one) => candidates(cluster, one)),
  );
  const rows = gone.flatMap((one) =>
    candidates(cluster, one).flatMap((key) => {
      const there = found.get(idOf(key));
      return isOf(cluster, one.uid, there) ? [there.row] : [];
    }),
  );
  const acts = [...new Set([...acted, ...gone.map(({ uid }) => uid)])];
  const asked = await store.getMany(acts.map((name) => ({ resource: ACTS, namespace: cluster, name })));
  return [...new Map([...rows, ...asked].map((row) => [idOf(row), row])).values()].map(deletion);
}

async function othersOps(store: Store, cluster: string, resource: string, uids: ReadonlySet<string>): Promise<Op[]> {
  const rows = await store.listByRef(resource, observedInRef(cluster));
  return rows.filter((row) => !uids.has((JSON.parse(row.value) as KubeObject).metadata.uid ?? "")).map(deletion);
}

/** False: something changed meanwhile, or an object of before has first to make room for its successor of the same name. */
async function upsert(store: Store, cluster: string, items: readonly ObservedItem[]): Promise<boolean> {
  const bindings = await bindingsOf(store, cluster, items);
  const wanted = items.flatMap((item) => {
    const binding = bindings.get(item.uid);
    const object = item.object as unknown as KubeObject;
    return binding !== undefined && isObservable(object, binding.template.namespace)
      ? [{ item, object, template: binding.template, uid: object.metadata.uid ?? "" }]
      : [];
  });
  const keysOf = (one: (typeof wanted)[number]): Key[] =>
    candidates(cluster, {
      resource: one.item.resource,
      namespace: one.template.namespace,
      name: one.object.metadata.name,
      uid: one.uid,
    });
  const found = await standing(store, wanted.flatMap(keysOf));
  const placed = wanted.map((one) => {
    const keys = keysOf(one);
    const before = keys.map((key) => found.get(idOf(key))).find((there) => isOf(cluster, one.uid, there));
    return { ...one, keys, before };
  });
  const owners = await ownersOf(
    store,
    placed.filter(({ before }) => before === undefined),
  );
  const ops = new Map<string, Op>();
  const predecessors = new Map<string, Row>();
  for (const { item, object, template, keys, before, uid } of placed) {
    const old = keys
      .map((key) => found.get(idOf(key)))
      .find((there) => isPredecessor(there, cluster, object) && there?.object.metadata.uid !== uid);
    if (before === undefined && old !== undefined) predecessors.set(idOf(old.row), old.row);
    const key = before?.row ?? keys.find((one) => !found.has(idOf(one)) && !ops.has(idOf(one)));
    if (key === undefined) continue;
    const { resource, namespace, name } = key;
    const type = TYPES[item.resource];
    const owner = before === undefined ? owners(template, object) : undefined;
    const next = observedObject({ object, type, cluster, binding: item.uid, name, owner, before: before?.object });
    const value = storedText(next);
    if (value === before?.row.value) continue;
    const rest = {
      key: { resource, namespace, name },
      value,
      refs: observedRefs({ cluster, binding: item.uid }),
      deleting: next.metadata.deletionTimestamp !== undefined,
    };
    ops.set(
      idOf(key),
      before === undefined ? { op: "create", ...rest } : { op: "update", ...rest, expect: before.row.version },
    );
    const stands: Key = { resource: BINDINGS, namespace: cluster, name: item.uid };
    ops.set(idOf(stands), { op: "require", key: stands });
  }
  // Informers know an object by its uid: of two with one name the first is seen to go before the second comes.
  if (predecessors.size > 0) {
    await commitAll(store, [...predecessors.values()].map(deletion));
    return false;
  }
  return ops.size === 0 || (await store.commit({ ops: [...ops.values()] })).ok;
}

/** The same cluster's object of this name, which can only be one that is gone. */
function isPredecessor(there: Standing | undefined, cluster: string, object: KubeObject): boolean {
  if (there === undefined || observedOf(there.object)?.cluster !== cluster) return false;
  const { name, annotations } = there.object.metadata;
  return (annotations?.[MEMBER_NAME_ANNOTATION] ?? name) === object.metadata.name;
}

async function bindingsOf(
  store: Store,
  cluster: string,
  items: readonly ObservedItem[],
): Promise<Map<string, Binding>> {
  const uids = [...new Set(items.map(({ uid }) => uid))];
  const rows = await store.getMany(uids.map((name) => ({ resource: BINDINGS, namespace: cluster, name })));
  return new Map(rows.map((row) => [row.name, JSON.parse(row.value) as Binding]));
}

/** Who owns what is new: the placed template itself, or of a Deployment its ReplicaSet at the root. */
async function ownersOf(
  store: Store,
  fresh: readonly { template: TemplateRef }[],
): Promise<(template: TemplateRef, object: KubeObject) => Owner> {
  const deployments = new Map(
    fresh.flatMap(({ template }) => (template.resource === DEPLOYMENTS ? [[template.uid, template] as const] : [])),
  );
  const decisions = await store.getMany(
    [...deployments.keys()].map((name) => ({ resource: DECISIONS, namespace: "", name })),
  );
  const names = decisions.flatMap((row) => {
    const { template, revisions } = JSON.parse(row.value) as Decision;
    return revisions.map(({ replicaSet: name }) => ({ resource: REPLICASETS, namespace: template.namespace, name }));
  });
  const rows = await store.getMany(names);
  const newestFirst = new Map<string, KubeObject[]>();
  for (const { resource, namespace, name } of names.toReversed()) {
    const row = rows.find((one) => one.name === name && one.namespace === namespace && one.resource === resource);
    if (row === undefined) continue;
    const replicaSet = JSON.parse(row.value) as KubeObject;
    const of = replicaSet.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? "";
    newestFirst.set(of, [...(newestFirst.get(of) ?? []), replicaSet]);
  }
  return (template, object) => {
    const replicaSet = replicaSetOf(object, newestFirst.get(template.uid) ?? []);
    const { apiVersion, kind, metadata } = replicaSet ?? { ...template, metadata: template };
    const hash = replicaSet?.metadata.labels?.[HASH_LABEL];
    const reference = {
      apiVersion,
      kind,
      name: metadata.name,
      uid: metadata.uid ?? "",
      controller: true,
      blockOwnerDeletion: true,
    };
    return { reference, ...(hash === undefined ? {} : { hash }) };
  };
}
