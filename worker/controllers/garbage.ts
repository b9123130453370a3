// The garbage collector: what DELETE asks of an object's dependents, in the background, in the foreground or by orphaning them, and what was
// made with an owner that is not there. Dependents are found by store refs (kinds/rules/owners.ts), whatever their kind; the bindings of a
// template in the clusters are its dependents too. Every deletion names the version whose references were judged, so a row that got another
// owner meanwhile is read again. Refuses to touch what it cannot judge: an owner of a kind that is not served.
//
//   key                        handled by
//   <resource>/<ns>/<name>     judging its owners; being deleted: waiting for its dependents, or orphaning them
//   new <resource>/<ns>/<name> the same, and telling of owners in other namespaces
//   gone <uid>                 waking all dependents of an owner that is gone
//   owner <uid>                waking an owner that waits for its dependents
import { BINDINGS, templateName, type Binding } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { OBSERVED_TEXT, observedOf } from "../../kinds/observed.ts";
import { COLLECTING_REF, collectingRef, isCollecting, OWNED_REF, ownerRef } from "../../kinds/rules/owners.ts";
import { asksForDependents, judge, type OwnerState, type Verdict } from "../../core/garbage/judge.ts";
import { removal } from "../../core/garbage/removal.ts";
import { disowned, unblocked } from "../../core/garbage/references.ts";
import type { Event, Key } from "../store/store.ts";
import { commit } from "./commit.ts";
import type { Context, Controller, Outcome } from "./context.ts";
import { collect } from "./garbage/collect.ts";
import { tellMisplaced } from "./garbage/event.ts";
import { misplaced, ownerStates } from "./garbage/owners.ts";
import { parsed } from "./parsed.ts";
import { readRows } from "./recent.ts";
import { keyOf, readObject, writeObject } from "./rows.ts";
import { eachReferring } from "./scan.ts";

/** Nothing owns what an Event tells of (garbagecollector/graph_builder.go ignores them as well). */
const IGNORED = "events";
const OWNED_TEXT = '"ownerReferences":[';
const DELETING_TEXT = '"deletionTimestamp":';
const TOMBSTONE_TEXT = '"tombstone":';

export const garbageController: Controller = {
  name: "garbage",
  concurrency: 4,
  wakes,
  async *resync({ store }) {
    for (const ref of [OWNED_REF, COLLECTING_REF])
      for (const key of await store.referringKeys(ref)) yield templateName(key);
  },
  reconcile,
};

function* wakes(event: Event, { kindOf }: Context): Iterable<string> {
  const { resource, type, value, previous } = event;
  if (resource === BINDINGS) {
    if (type === "DELETED") yield `owner ${event.name}`;
    else if (value.includes(TOMBSTONE_TEXT) && tombstoneOf(value) !== tombstoneOf(previous))
      yield `owner ${event.name}`;
    return;
  }
  if (resource === IGNORED || !kindOf.has(resource) || value.includes(OBSERVED_TEXT)) return;
  if (type === "DELETED") {
    const { metadata } = parsed<KubeObject>(value);
    yield `gone ${metadata.uid}`;
    yield* waitingOwners(metadata.ownerReferences, undefined);
    return;
  }
  const owned = value.includes(OWNED_TEXT);
  if (!owned && !value.includes(DELETING_TEXT) && previous?.includes(OWNED_TEXT) !== true) return;
  const after = parsed<KubeObject>(value);
  const before = previous === undefined ? undefined : parsed<KubeObject>(previous);
  const [had, has] = [before?.metadata.ownerReferences, after.metadata.ownerReferences];
  if (JSON.stringify(had) !== JSON.stringify(has)) {
    if (owned) yield `new ${templateName(event)}`;
    yield* waitingOwners(had, has);
  }
  if (isCollecting(after) && (before === undefined || !isCollecting(before) || !sameFinalizers(before, after)))
    yield templateName(event);
}

/** In the clusters it goes, or is about to. A binding's name is its template's uid. */
function tombstoneOf(binding: string | undefined): string {
  return JSON.stringify(binding === undefined ? undefined : parsed<Binding>(binding).tombstone) ?? "";
}

function sameFinalizers(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.finalizers?.join() === b.metadata.finalizers?.join();
}

/** Owners that waited for this object and need not any more. */
function* waitingOwners(
  had: KubeObject["metadata"]["ownerReferences"],
  has: KubeObject["metadata"]["ownerReferences"],
): Iterable<string> {
  for (const { uid, blockOwnerDeletion } of had ?? [])
    if (blockOwnerDeletion === true && has?.some((ref) => ref.uid === uid && ref.blockOwnerDeletion === true) !== true)
      yield `owner ${uid}`;
}

async function reconcile(key: string, context: Context): Promise<Outcome | void> {
  const [about, subject = ""] = key.split(" ", 2);
  if (about === "gone") return wakeAll(await context.store.referringKeys(ownerRef(subject)));
  if (about === "owner") return wakeAll(await context.store.referringKeys(collectingRef(subject)));
  return await look(subject === "" ? key : subject, about === "new", context);
}

function wakeAll(keys: readonly Key[]): Outcome {
  return { wake: keys.map((key) => ({ controller: "garbage", key: templateName(key) })) };
}

async function verdictOn(object: KubeObject, states: readonly OwnerState[], { store }: Context): Promise<Verdict> {
  const dependents: KubeObject[] = [];
  if (asksForDependents(states))
    for await (const row of eachReferring(store, ownerRef(object.metadata.uid ?? ""))) {
      const { apiVersion, kind, metadata } = readObject(row).value;
      dependents.push({ apiVersion, kind, metadata });
    }
  return judge(object, states, dependents);
}

async function look(name: string, fresh: boolean, context: Context): Promise<Outcome | void> {
  const key = keyOf(name);
  const [row] = await readRows([key], context);
  if (row === undefined) return;
  const stored = readObject(row);
  const object = stored.value;
  if (observedOf(object) !== undefined) return;
  if (isCollecting(object)) return await collect(key, stored, context, (dependent) => look(dependent, false, context));
  if (object.metadata.deletionTimestamp !== undefined || !object.metadata.ownerReferences?.length) return;
  const kind = context.kindOf.get(key.resource);
  if (kind?.undeletable?.includes(key.name) === true) return;
  const states = await ownerStates(object, context);
  if (fresh) for (const ref of await misplaced(object, states, context)) await tellMisplaced(object, ref, context);
  let verdict = await verdictOn(object, states, context);
  if (verdict.do === "nothing") return;
  // Its owners may have been remembered, and behind that memory made again or told to orphan; the log says. The object itself was read
  // before them, and is named with its version: no owner that it names now can come later.
  const asked = { ...context, fresh: true };
  if (!context.fresh) verdict = await verdictOn(object, await ownerStates(object, asked), asked);
  if (verdict.do === "nothing") return;
  if (verdict.do === "disown") {
    await commit(context, { ops: [writeObject(key.resource, disowned(object, verdict.uids), stored)] });
    return;
  }
  const next = removal(kind, verdict.unblock ? unblocked(object) : object, verdict.policy, context.clock());
  const op =
    next === undefined
      ? ({ op: "delete", key, expect: stored.version } as const)
      : writeObject(key.resource, next, stored);
  await commit(context, { ops: [op] });
}
