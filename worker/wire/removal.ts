// Takes one object away as registry/generic/registry/store.go Delete does, or marks it for those who have to finish first:
//
//   grace left (Kind.grace)    deletionTimestamp = when it ends; whoever runs the object deletes it with grace 0
//   finalizers                 deletionTimestamp = now; who removes the last one deletes it
//   spec.finalizers            a Namespace: status.phase Terminating until /finalize empties them
//   otherwise                  gone
//
// foregroundDeletion and orphan are set here as the options or the kind's default say; the garbage collector alone removes them.
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { observedOf } from "../../kinds/observed.ts";
import { FOREGROUND, objectRefs, ORPHAN } from "../../kinds/rules/owners.ts";
import type { Row } from "../store/store.ts";
import { originalText, servedText, storedKind } from "./convert.ts";
import type { DeleteOptions } from "./deleteoptions.ts";
import { type Exchange, keyOf } from "./exchange.ts";
import { passOn } from "./passon.ts";
import { weigh } from "./plan.ts";
import { parseRow, storedText } from "./splice.ts";
import { conflict, forbidden, notFound } from "./status.ts";
import { committer, timestamp } from "./write.ts";

export interface Removed {
  /** It is gone; else it stands, and is marked. */
  gone: boolean;
  /** Answered as a Status: it is gone, or nothing had to be done. */
  asStatus: boolean;
  value: string;
  version: number;
  object: KubeObject;
}

function checkPreconditions(x: Exchange, o: DeleteOptions, { metadata }: KubeObject): void {
  const { uid, resourceVersion } = o.preconditions ?? {};
  const { kind } = x.target;
  // Upstream names the Kind here, not the resource (registry/rest/delete.go BeforeDelete); Namespaces are checked elsewhere, in other words.
  const named = { group: kind.group, resource: kind.finalize ? kind.resource : kind.kind };
  const fail = (why: string) => conflict(named, metadata.name, why);
  if (uid !== undefined && uid !== metadata.uid) {
    if (kind.finalize)
      throw fail(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
    throw fail(
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    if (kind.finalize) {
      const versions = `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`;
      throw fail(`Precondition failed: ${versions}`);
    }
    throw fail(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

type Dependents = "Orphan" | "Foreground" | "Background";

/** What becomes of dependents: the options, else a finalizer that is already there, else the kind's default. */
function dependents(kind: Kind, o: DeleteOptions, finalizers: readonly string[]): Dependents {
  if (kind.dependents === "ignore") return "Background";
  if (o.orphanDependents !== undefined) {
    if (o.orphanDependents) return "Orphan";
    // Namespaces take it for Foreground (registry/core/namespace/storage).
    return kind.finalize ? "Foreground" : "Background";
  }
  if (o.propagationPolicy !== undefined) return o.propagationPolicy as Dependents;
  const asked = finalizers.find((finalizer) => finalizer === ORPHAN || finalizer === FOREGROUND);
  if (asked !== undefined) return asked === ORPHAN ? "Orphan" : "Foreground";
  return kind.dependents === "orphan" ? "Orphan" : "Background";
}

function finalizersFor(x: Exchange, o: DeleteOptions, finalizers: readonly string[]): string[] {
  if (x.options.garbageCollector === false) return [...finalizers];
  const kept = finalizers.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  switch (dependents(storedKind(x.target.kind), o, finalizers)) {
    case "Orphan":
      return [...kept, ORPHAN];
    case "Foreground":
      return [...kept, FOREGROUND];
    case "Background":
      return kept;
  }
}

type Grace =
  /** The kind has none, or its time is over. */
  | "none"
  /** It runs already, and nobody asked for less. */
  | "pending"
  /** The object says now when it ends. */
  | "set";

/** rest.BeforeDelete: how long the object may stay, marked in it. */
function giveGrace(kind: Kind, object: KubeObject, o: DeleteOptions, now: number): Grace {
  if (kind.grace === undefined) return "none";
  const { metadata } = object;
  const asked = o.gracePeriodSeconds !== undefined && o.gracePeriodSeconds < 0 ? 1 : o.gracePeriodSeconds;
  const given = metadata.deletionGracePeriodSeconds;
  if (metadata.deletionTimestamp === undefined) {
    const seconds = kind.grace(object, asked);
    metadata.deletionTimestamp = timestamp(now + seconds * 1000);
    metadata.deletionGracePeriodSeconds = seconds;
    if (metadata.generation) metadata.generation += 1;
    return "set";
  }
  if (!given) return "none";
  if (asked === undefined || asked >= given) return "pending";
  // Only shorter, and never in the past: then a second is left for whoever has to act on it.
  const end = Date.parse(metadata.deletionTimestamp) + (asked - given) * 1000;
  metadata.deletionTimestamp = timestamp(Math.max(end, now));
  metadata.deletionGracePeriodSeconds = end < now && asked !== 0 ? 1 : asked;
  return "set";
}

function markDeleting(object: KubeObject, now: number): void {
  const { metadata } = object;
  if (metadata.deletionTimestamp === undefined && metadata.generation) metadata.generation += 1;
  if (metadata.deletionTimestamp === undefined || Date.parse(metadata.deletionTimestamp) > now) {
    metadata.deletionTimestamp = timestamp(now);
  }
  metadata.deletionGracePeriodSeconds = 0;
}

/** Deletes one object or marks it; repeats when it changes meanwhile. @throws ApiError 403, 404, 409 */
export async function remove(x: Exchange, name: string, o: DeleteOptions): Promise<Removed> {
  const kind = storedKind(x.target.kind);
  committer(x);
  if (kind.undeletable?.includes(name)) {
    throw forbidden(x.target.kind, name, kind.undeletableWhy ?? `this ${kind.singular} may not be deleted`);
  }
  for (;;) {
    const row = await x.reader.get(keyOf(x.target, name));
    if (row === undefined) throw notFound(x.target.kind, name);
    const object = parseRow(originalText(row), row.version);
    checkPreconditions(x, o, object);
    if (observedOf(object) !== undefined) {
      const passed = await passOn(x, row, object, "delete", o);
      if (passed !== undefined) return { gone: false, asStatus: false, ...passed };
      continue;
    }
    const removed =
      kind.marks !== undefined && object.metadata.deletionTimestamp === undefined
        ? await markWith(x, row, object, o, kind.marks)
        : kind.finalize
          ? await removeNamespace(x, row, object, o)
          : await removeOne(x, row, object, o);
    if (removed !== undefined) return removed;
  }
}

/** undefined: the row changed meanwhile. */
async function removeOne(x: Exchange, row: Row, object: KubeObject, o: DeleteOptions): Promise<Removed | undefined> {
  const { metadata } = object;
  const now = x.options.clock();
  const grace = giveGrace(storedKind(x.target.kind), object, o, now);
  if (grace === "pending") return stays(row, object, true);
  const asRead = metadata.finalizers === undefined && originalText(row) === row.value;
  const finalizers = finalizersFor(x, o, metadata.finalizers ?? []);
  metadata.finalizers = finalizers.length > 0 ? finalizers : undefined;
  if (grace === "none" && finalizers.length === 0) return take(x, row, o, asRead ? object : undefined);
  if (grace === "none") markDeleting(object, now);
  const marked = await mark(x, row, object, o);
  // Without grace and finalizers the mark is for watchers alone: they see that it was being deleted.
  if (marked === undefined || finalizers.length > 0 || metadata.deletionGracePeriodSeconds !== 0) return marked;
  if (isDry(o)) return { ...marked, gone: true, asStatus: true };
  return take(x, { ...row, value: marked.value, version: marked.version }, o, marked.object, true);
}

/** The kind says what the first DELETE marks; no grace and no further generation (registry/customresourcedefinition/etcd.go). */
async function markWith(
  x: Exchange,
  row: Row,
  object: KubeObject,
  o: DeleteOptions,
  marks: (object: KubeObject, now: string) => void,
): Promise<Removed | undefined> {
  const { metadata } = object;
  metadata.deletionTimestamp = timestamp(x.options.clock());
  const finalizers = finalizersFor(x, o, metadata.finalizers ?? []);
  metadata.finalizers = finalizers.length > 0 ? finalizers : undefined;
  marks(object, metadata.deletionTimestamp);
  return mark(x, row, object, o);
}

/** registry/core/namespace/storage: the first DELETE marks it, later ones wait for spec.finalizers. */
async function removeNamespace(
  x: Exchange,
  row: Row,
  object: KubeObject,
  o: DeleteOptions,
): Promise<Removed | undefined> {
  const { metadata } = object;
  if (metadata.deletionTimestamp !== undefined) {
    return object.spec?.finalizers?.length > 0 ? stays(row, object, false) : removeOne(x, row, object, o);
  }
  metadata.deletionTimestamp = timestamp(x.options.clock());
  const finalizers = finalizersFor(x, o, metadata.finalizers ?? []);
  metadata.finalizers = finalizers.length > 0 ? finalizers : undefined;
  object.status = { ...object.status, phase: "Terminating" };
  return mark(x, row, object, o);
}

function stays(row: Row, object: KubeObject, asStatus: boolean): Removed {
  return { gone: false, asStatus, value: row.value, version: row.version, object };
}

const isDry = (o: DeleteOptions): boolean => (o.dryRun ?? []).length > 0;

async function mark(x: Exchange, row: Row, object: KubeObject, o: DeleteOptions): Promise<Removed | undefined> {
  const { conversion } = x.target.kind;
  const text = storedText(object);
  const value = conversion === undefined ? text : servedText(conversion, text);
  const marked = { gone: false, asStatus: false, value, object };
  if (text !== originalText(row)) await weighEnd(x, row, isDry(o), { object, value: text });
  if (isDry(o) || text === originalText(row)) return { ...marked, version: row.version };
  const result = await committer(x)({
    ops: [
      {
        op: "update",
        key: keyOf(x.target, row.name),
        value: text,
        expect: row.version,
        deleting: true,
        refs: objectRefs(object),
      },
    ],
  });
  return result.ok ? { ...marked, version: result.versions[0] as number } : undefined;
}

function weighEnd(
  x: Exchange,
  row: Row,
  dryRun: boolean,
  after?: { object: KubeObject; value: string },
): Promise<void> {
  const value = originalText(row);
  const object = parseRow(value, row.version);
  const refs = after && objectRefs(after.object);
  return weigh(x, {
    kind: storedKind(x.target.kind),
    key: keyOf(x.target, row.name),
    before: { object, value },
    after: after && { ...after, refs },
    dryRun,
  });
}

/** Deletes the row as it was read, or as it was just marked. `known`: what the row says, where somebody has parsed it. */
async function take(
  x: Exchange,
  row: Row,
  o: DeleteOptions,
  known?: KubeObject,
  marked = false,
): Promise<Removed | undefined> {
  const object = known ?? parseRow(row.value, row.version);
  const gone = { gone: true, asStatus: true, value: row.value, version: row.version, object };
  if (!marked) await weighEnd(x, row, isDry(o));
  if (isDry(o)) return gone;
  const key = keyOf(x.target, row.name);
  const result = await committer(x)({ ops: [{ op: "delete", key, expect: row.version }] });
  if (result.ok) return { ...gone, version: result.versions[0] as number };
  // Somebody else finished what this began (https://github.com/kubernetes/kubernetes/issues/19403).
  return marked && result.reason === "missing" ? gone : undefined;
}
