// By which store refs the garbage collector finds an object: its owners' uids, and, while it is being deleted and waits for its dependents,
// itself. Written by everyone who commits objects (wire and controllers) and read by the collector alone; nothing for an object without owners.
import type { KubeObject } from "../object.ts";
import { observedOf, observedRefs } from "../observed.ts";

/** Finalizers that DELETE sets and the garbage collector alone removes (metav1.FinalizerDeleteDependents, FinalizerOrphanDependents). */
export const FOREGROUND = "foregroundDeletion";
export const ORPHAN = "orphan";

/** All objects with an ownerReference of this uid. */
export const ownerRef = (uid: string): string => `owner ${uid}`;
/** All objects with an ownerReference. */
export const OWNED_REF = "owned";
/** The object of this uid while it waits for its dependents. */
export const collectingRef = (uid: string): string => `collecting ${uid}`;
/** All objects that wait for their dependents. */
export const COLLECTING_REF = "collecting";

export function isCollecting({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    metadata.finalizers?.some((finalizer) => finalizer === FOREGROUND || finalizer === ORPHAN) === true
  );
}

/** The `refs` of the commit that writes this object; undefined: none. What agents observe has refs of its own. */
export function objectRefs(object: KubeObject): string[] | undefined {
  const observed = observedOf(object);
  if (observed !== undefined) return observedRefs(observed);
  const { ownerReferences, uid } = object.metadata;
  const owned = ownerReferences !== undefined && ownerReferences.length > 0;
  const collecting = uid !== undefined && isCollecting(object);
  if (!owned && !collecting) return undefined;
  const refs = owned ? [OWNED_REF, ...new Set(ownerReferences.map((owner) => ownerRef(owner.uid)))] : [];
  if (collecting) refs.push(COLLECTING_REF, collectingRef(uid));
  return refs;
}

/** Another object made this one and answers for it (an ownerReference with controller: true): it follows that object. */
export function controlled({ metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ controller }) => controller === true) === true;
}
