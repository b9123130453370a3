// What the agent knows of one binding: a few hundred bytes, no object. The object to apply lies in the state file as text.
// `accept` is the whole meaning of a pulled item; pure, so that every case can be read and tested here.
import type { Manner, ReportFailure } from "../kinds/binding.ts";
import type { Item } from "../kinds/protocol.ts";
import type { MemberKey, Served } from "./member.ts";

export interface Entry {
  /** The template's uid: the binding's identity, and the value of the label on the object. */
  uid: string;
  key: MemberKey;
  policy: "apply" | "ensure";
  /** Runs to its end: never made a second time. */
  once?: true;
  rank: number;
  /** What the Placement says other than the defaults. */
  manner?: Manner;
  /** Uid of an object that others made and that was taken over, as the Placement says. */
  adopted?: string;
  /** An autoscaler of the member sets its replicas: they were left out of the last apply. */
  scaled?: true;
  /** Generation at which people last set its replicas: that one is applied with them, autoscaler or not. */
  resized?: number;
  /** Wanted. */
  generation: number;
  /** Applied in the member; 0: never. */
  applied: number;
  /** Of the object we made. Absent: none known. */
  memberUid?: string;
  memberGeneration?: number;
  /** A create may have been sent whose answer was not recorded: an object with our label and manager under this key is ours. */
  intent: boolean;
  /** Digest of the fields we own in the member (our managedFields entry). */
  fingerprint?: string;
  failure?: ReportFailure;
  tombstone: boolean;
  /** What the tombstone asks for: leave what the object made, give it so many seconds. */
  orphan?: true;
  graceSeconds?: number;
  /** The tombstone is carried out; kept until the federation has acknowledged it. */
  removed: boolean;
  /** It runs once, ran here and was removed; wanted again by a federation that was restored, it is not made a second time. */
  ended?: true;
  /** Version in the federation's log at which it was last heard of. */
  heard?: number;
  /** The federation knows no such binding (any more): left as it is (orphan.ts). */
  orphaned?: true;
  /** Digest of the report the federation has acknowledged. */
  acknowledged?: string;
}

/** In one member two bindings may be about the same object, one after the other: a re-created template has a new uid. */
export function memberKeyText({ apiVersion, resource, namespace, name }: MemberKey): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return `${group}/${resource}/${namespace ?? ""}/${name}`;
}

export function servedText({ apiVersion, resource }: Served): string {
  return `${apiVersion}/${resource}`;
}

/**
 * The entry after an item. Never forgets what we made: absence, an empty list and a missing field change nothing (P3). `ended`: what this
 * binding made here once has been removed, as far as is remembered beyond the entry.
 */
export function accept(before: Entry | undefined, item: Item, ended = false): Entry {
  const memberUid = before?.memberUid ?? item.memberUid ?? item.tombstone?.memberUid;
  const tombstone = item.tombstone !== undefined;
  const over = item.once === true && (ended || before?.ended === true || before?.removed === true);
  // The federation names the uid it was told. Another one than ours, or none: it does not hold what we said (a report under way, or a cluster
  // that left and joined again, whose bindings count from 1): generations are not comparable, and all is applied and said anew.
  const known = before !== undefined && !before.removed && before.memberUid === item.memberUid;
  return {
    ...before,
    uid: item.uid,
    key: item.key,
    policy: item.policy,
    once: item.once === true ? true : undefined,
    rank: item.rank,
    manner: mannerOf(item),
    resized: item.resized,
    generation: item.generation,
    // An older generation after a restored database counts as new: what it wants has to be applied and said.
    applied:
      before !== undefined &&
      !before.removed &&
      before.applied <= item.generation &&
      (known || before.applied < item.generation)
        ? before.applied
        : 0,
    memberUid,
    // Recorded with the item, so before anything is sent.
    intent: before?.intent === true || (memberUid === undefined && !tombstone && !over),
    failure: tombstone ? undefined : before?.failure,
    tombstone,
    orphan: item.tombstone?.orphan === true ? true : undefined,
    graceSeconds: item.tombstone?.graceSeconds,
    removed: tombstone && before?.removed === true,
    ended: over ? true : undefined,
    heard: item.version,
    orphaned: undefined,
    acknowledged: known || tombstone ? before?.acknowledged : undefined,
  };
}

function mannerOf({ adopt, reportDrift, alone, ignoreFields }: Item): Manner | undefined {
  const manner: Manner = {
    ...(adopt === true ? { adopt } : {}),
    ...(reportDrift === true ? { reportDrift } : {}),
    ...(alone === true ? { alone } : {}),
    ...(ignoreFields === undefined || ignoreFields.length === 0 ? {} : { ignoreFields }),
  };
  return Object.keys(manner).length === 0 ? undefined : manner;
}
