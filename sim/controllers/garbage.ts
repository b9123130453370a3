// A member's garbage collector: what an object that is gone owned goes too, unless somebody else owns it as well; what waits for its
// dependents (foreground) or lets them be (orphan) is let go when that is done (kk:pkg/controller/garbagecollector).
import type { KubeObject } from "../../kinds/object.ts";
import { FOREGROUND, isCollecting, ORPHAN, ownerRef } from "../../kinds/rules/owners.ts";
import { disowned, withoutFinalizer } from "../../core/garbage/references.ts";
import type { Key } from "../../worker/store/store.ts";
import { type Member, parse, read, remove, update, keyOf } from "./objects.ts";

export async function collectGone(member: Member, uid: string): Promise<void> {
  for (const row of await member.store.referring(ownerRef(uid))) {
    const dependent = parse(row);
    const next = disowned(dependent.object, [uid]);
    if ((next.metadata.ownerReferences ?? []).length === 0) await remove(member, dependent);
    else await update(member.store, dependent, next);
  }
}

export async function collectWaiting(member: Member, key: Key): Promise<void> {
  const stored = await read(member.store, key);
  if (stored === undefined || !isCollecting(stored.object)) return;
  const { object } = stored;
  const uid = object.metadata.uid ?? "";
  const dependents = (await member.store.referring(ownerRef(uid))).map(parse);
  const orphans = object.metadata.finalizers?.includes(ORPHAN) === true;
  for (const dependent of dependents) {
    if (orphans) await update(member.store, dependent, disowned(dependent.object, [uid]));
    else await remove(member, dependent);
  }
  if (!orphans && (await member.store.referring(ownerRef(uid))).some((row) => blocks(parse(row).object, uid))) return;
  const next = withoutFinalizer(object, orphans ? ORPHAN : FOREGROUND);
  if ((next.metadata.finalizers ?? []).length > 0) await update(member.store, stored, next);
  else await member.store.commit({ ops: [{ op: "delete", key: keyOf(stored.row), expect: stored.row.version }] });
}

function blocks({ metadata }: KubeObject, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true) === true;
}
