// What becomes of an object that others own (kk:pkg/controller/garbagecollector): it goes when none of its owners is left to live, and
// never while one is. Decides from what was read; an owner that is absent stays absent, since a uid is given once.
//
//   owners            verdict
//   one unknown       nothing: who cannot be looked up may be alive
//   one living        disown those that are not
//   some waiting      delete in the foreground when others depend on it in turn, so that its owner waits for them too
//   all absent        delete, with the policy its finalizers ask for
import type { KubeObject } from "../../kinds/object.ts";
import { FOREGROUND, ORPHAN } from "../../kinds/rules/owners.ts";
import type { Policy } from "./removal.ts";

/**
 * living: it stands, with this uid. absent: not under this name, or with another uid. waiting: it is being deleted in the foreground.
 * unknown: its kind is not served, or it is namespaced and the dependent is not.
 */
export type OwnerState = "living" | "absent" | "waiting" | "unknown";

export type Verdict =
  | { do: "nothing" }
  /** Remove the references to these. */
  | { do: "disown"; uids: string[] }
  /** `unblock`: first make its references such that no owner waits for it, since one of its dependents waits for it already. */
  | { do: "delete"; policy: Policy; unblock: boolean };

/** Is `judge` to be given the dependents? */
export function asksForDependents(states: readonly OwnerState[]): boolean {
  return states.includes("waiting") && !states.includes("living") && !states.includes("unknown");
}

/** `states` in the order of the object's ownerReferences; `dependents`: those that name the object as an owner. */
export function judge(
  object: KubeObject,
  states: readonly OwnerState[],
  dependents: readonly KubeObject[] = [],
): Verdict {
  const { ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined || ownerReferences.length === 0 || states.includes("unknown"))
    return { do: "nothing" };
  if (states.includes("living")) {
    const uids = ownerReferences.filter((_, index) => states[index] !== "living").map(({ uid }) => uid);
    return uids.length === 0 ? { do: "nothing" } : { do: "disown", uids: [...new Set(uids)] };
  }
  if (states.includes("waiting") && dependents.length > 0)
    return { do: "delete", policy: "Foreground", unblock: dependents.some(isWaiting) };
  if (finalizers.includes(ORPHAN)) return { do: "delete", policy: "Orphan", unblock: false };
  return { do: "delete", policy: finalizers.includes(FOREGROUND) ? "Foreground" : "Background", unblock: false };
}

/** It is being deleted and waits for its dependents. */
export function isWaiting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;
}

/** Its deletion holds up that of the owner. An object that owns itself does not wait for itself. */
export function blocks(dependent: KubeObject, owner: string): boolean {
  return (
    dependent.metadata.uid !== owner &&
    dependent.metadata.ownerReferences?.some((ref) => ref.uid === owner && ref.blockOwnerDeletion === true) === true
  );
}
