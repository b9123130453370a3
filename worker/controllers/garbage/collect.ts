// An object that is being deleted and waits for its dependents. Foreground: they go first, those that block must be gone, and so must what
// stands for it in the clusters. Orphan: they forget it, and the clusters are told to leave what is there. Then its finalizer goes.
import { BINDINGS, templateName, type Binding } from "../../../kinds/binding.ts";
import { FOREGROUND, ORPHAN, ownerRef } from "../../../kinds/rules/owners.ts";
import type { KubeObject } from "../../../kinds/object.ts";
import { blocks } from "../../../core/garbage/judge.ts";
import { isReleased } from "../../../core/garbage/removal.ts";
import { disowned, withoutFinalizer } from "../../../core/garbage/references.ts";
import type { Key, Op } from "../../store/store.ts";
import { commit } from "../commit.ts";
import type { Context, Outcome } from "../context.ts";
import { readBinding, readObject, writeObject, type InCluster, type Stored } from "../rows.ts";
import { eachReferring } from "../scan.ts";

const WRITES_PER_COMMIT = 100;
/** Everybody else's commits wait behind one statement. */
const CHARS_PER_COMMIT = 1_000_000;

/** `look`: judges the object of this store name. */
export async function collect(
  key: Key,
  object: Stored<KubeObject>,
  context: Context,
  look: (name: string) => Promise<unknown>,
): Promise<Outcome | void> {
  return object.value.metadata.finalizers?.includes(ORPHAN) === true
    ? await orphan(key, object, context)
    : await waitForDependents(key, object, context, look);
}

async function waitForDependents(
  key: Key,
  object: Stored<KubeObject>,
  context: Context,
  look: (name: string) => Promise<unknown>,
): Promise<Outcome | void> {
  const uid = object.value.metadata.uid ?? "";
  let blocked = false;
  const left: string[] = [];
  for await (const row of eachReferring(context.store, ownerRef(uid))) {
    const { value } = readObject(row);
    blocked ||= blocks(value, uid);
    // One that is being deleted already goes by itself, and wakes this one.
    if (value.metadata.deletionTimestamp === undefined) left.push(templateName(row));
  }
  if (blocked || (await standing(key, uid, context)).length > 0)
    return { wake: left.map((name) => ({ controller: "garbage", key: name })) };
  // Those that do not block go before it all the same: others' finalizers may keep it, and then it would be an owner that lives.
  for (const name of left) await look(name);
  await release(key, object, FOREGROUND, context);
}

async function orphan(key: Key, object: Stored<KubeObject>, context: Context): Promise<void> {
  const uid = object.value.metadata.uid ?? "";
  let ops: Op[] = [];
  let chars = 0;
  for await (const row of eachReferring(context.store, ownerRef(uid))) {
    const dependent = readObject(row);
    ops.push(writeObject(row.resource, disowned(dependent.value, [uid]), dependent));
    chars += row.value.length;
    if (ops.length < WRITES_PER_COMMIT && chars < CHARS_PER_COMMIT) continue;
    await commit(context, { ops });
    [ops, chars] = [[], 0];
  }
  await commit(context, { ops });
  const workload = context.kindOf.get(key.resource)?.federation.rule === "workload";
  // Once the template is gone nobody knows any more that its clusters were to keep what they have: every tombstone must say so first.
  if ((await standing(key, uid, context)).some(({ value }) => !toldToLeave(value, workload))) return;
  await release(key, object, ORPHAN, context);
}

/** What a follower made is its cluster's own. */
function toldToLeave({ tombstone }: Binding, workload: boolean): boolean {
  return tombstone !== undefined && (tombstone.orphan === true || !workload);
}

/** Its bindings in clusters that are part of the federation; their tombstones and their going wake its key. */
async function standing({ resource }: Key, uid: string, context: Context): Promise<InCluster<Binding>[]> {
  const rule = context.kindOf.get(resource)?.federation.rule;
  if (rule === undefined || rule === "root") return [];
  const bindings = (await context.store.listByName(BINDINGS, uid)).map(readBinding);
  return bindings.filter(({ cluster }) => context.world.clusters.has(cluster));
}

async function release(key: Key, object: Stored<KubeObject>, finalizer: string, context: Context): Promise<void> {
  const next = withoutFinalizer(object.value, finalizer);
  await commit(context, {
    ops: [isReleased(next) ? { op: "delete", key, expect: object.version } : writeObject(key.resource, next, object)],
  });
}
