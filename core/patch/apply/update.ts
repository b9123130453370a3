// managedFields after a write. trackUpdate is for create, update and the patches other than apply: what such a write changed or added
// moves to the writer, what it removed leaves everybody. Call it after defaulting and before the server fills in what it allocates
// (uid, clusterIP): those fields have no owner. apimachinery pkg/util/managedfields/internal, structured-merge-diff merge/update.go.
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { jsonEqual } from "../value.ts";
import { type Comparison, compare, isSame, without, written } from "./compare.ts";
import { difference, EMPTY, fieldNames, type FieldSet, intersection, isEmpty, union } from "./fieldset.ts";
import { capUpdates, decodeManagers, encodeManagers, managerId, type Managers, type ManagerSet } from "./managers.ts";
import { blankOf } from "./typed.ts";

/** Paths that a request to this endpoint cannot set and so never owns, e.g. [["status"]]. */
export type Reset = readonly (readonly string[])[];

export interface Writer {
  manager: string;
  apiVersion: string;
  subresource?: string;
  /** RFC 3339, seconds, UTC. */
  now: string;
  reset?: Reset;
  /** Another served version of the object, in which some of its managers may speak; undefined: that version is not known, or is this one. */
  version?(apiVersion: string): Version | undefined;
}

export interface Version {
  schema: Schema;
  /** From the writer's version into this one. */
  convert(object: KubeObject): KubeObject;
}

export interface TrackUpdate extends Writer {
  /** Absent on creation. */
  old?: KubeObject;
  next: KubeObject;
  schema: Schema;
}

/** Names and other facts about the object that nobody owns (apimachinery internal/stripmeta.go). */
const UNOWNED = fieldNames([
  ["apiVersion"],
  ["kind"],
  ["metadata"],
  ...[
    "name",
    "namespace",
    "creationTimestamp",
    "selfLink",
    "uid",
    "clusterName",
    "generation",
    "managedFields",
    "resourceVersion",
  ].map((name) => ["metadata", name]),
]);

const resets = new WeakMap<Reset, FieldSet>();

export function resetSet(reset: Reset | undefined): FieldSet {
  if (reset === undefined) return EMPTY;
  let set = resets.get(reset);
  if (set === undefined) resets.set(reset, (set = fieldNames(reset)));
  return set;
}

/** A manager's own set as it is stored. */
export function owned(set: FieldSet): FieldSet {
  return difference(set, UNOWNED);
}

/** The object without managedFields, as it is compared. */
export function tracked(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as JsonObject;
}

export function trackUpdate(write: TrackUpdate): ManagedFieldsEntry[] | undefined {
  const { old, next, schema, reset } = write;
  const before = old === undefined ? blankOf(schema) : tracked(old);
  const changes = without(compare(before, tracked(next), schema), resetSet(reset));
  const sent = sentManagers(write);
  if (sent === undefined && isSame(changes) && !hasTwins(old?.metadata.managedFields))
    return old?.metadata.managedFields;
  const managers = sent ?? decodeManagers(old?.metadata.managedFields) ?? new Map<string, ManagerSet>();
  // Nobody managed this object: updates do not begin to (apimachinery internal/skipnonapplied.go).
  if (managers.size === 0 && old !== undefined) return undefined;
  moveToUpdater(managers, inVersions(changes, old, next, write), write);
  return encodeManagers(managers, old?.metadata.managedFields);
}

/** Two entries of one manager, as a write to a Scale leaves them (scale.ts): any write that is tracked makes one of them. */
function hasTwins(entries: ManagedFieldsEntry[] | null | undefined): boolean {
  if (!Array.isArray(entries) || entries.every((entry) => entry?.time !== undefined)) return false;
  return (decodeManagers(entries)?.size ?? entries.length) < entries.length;
}

/** What a write changed, as each version of the object puts it. */
export type Changes = Comparison & {
  /** Absent: the object has one version. */
  in?(apiVersion: string): Comparison | undefined;
};

/** What a manager sees of the changes: those in its own version, where the writer's is another. */
function seenBy({ apiVersion }: ManagerSet, changes: Changes): Comparison {
  return changes.in?.(apiVersion) ?? changes;
}

export function inVersions(
  changes: Comparison,
  old: KubeObject | undefined,
  next: KubeObject,
  { apiVersion, version, reset }: Writer,
): Changes {
  if (version === undefined || old === undefined) return changes;
  const known = new Map<string, Comparison | undefined>();
  const compareIn = (asked: string): Comparison | undefined => {
    const other = asked === apiVersion ? undefined : version(asked);
    if (other === undefined) return undefined;
    const [before, after] = [old, next].map((object) => tracked(other.convert(object)));
    return without(compare(before!, after!, other.schema), resetSet(reset));
  };
  return {
    ...changes,
    in(asked) {
      if (!known.has(asked)) known.set(asked, compareIn(asked));
      return known.get(asked);
    },
  };
}

/** Gives the changed fields to the writer, as an Update entry. In place. */
export function moveToUpdater(managers: Managers, changes: Changes, writer: Writer): void {
  if (!isSame(changes)) {
    release(managers, changes);
    const set = owned(written(changes));
    if (!isEmpty(set)) {
      const { manager, apiVersion, subresource = "", now } = writer;
      const self: Omit<ManagerSet, "set"> = {
        manager: manager || "unknown",
        operation: "Update",
        apiVersion,
        subresource,
        time: now,
      };
      const id = managerId(self);
      const mine = managers.get(id);
      managers.set(id, { ...self, set: mine === undefined ? set : union(mine.set, set), source: mine?.source });
    }
  }
  capUpdates(managers);
}

/** Takes what changed or went away from every manager but `except`; those with nothing left leave. In place. */
export function release(managers: Managers, changes: Changes, except?: string): void {
  const own = union(written(changes), changes.removed);
  for (const [id, owner] of managers) {
    if (id === except) continue;
    const seen = seenBy(owner, changes);
    const gone = seen === changes ? own : union(written(seen), seen.removed);
    const set = difference(owner.set, gone);
    if (isEmpty(set)) managers.delete(id);
    else if (set !== owner.set) managers.set(id, { ...owner, set });
  }
}

/** By manager, the fields of others that a write gives another value. */
export function taken(managers: Managers, changes: Changes, by: string): Map<string, FieldSet> {
  const lost = new Map<string, FieldSet>();
  const values = written(changes);
  if (isEmpty(values)) return lost;
  for (const [id, owner] of managers) {
    if (id === by) continue;
    const seen = seenBy(owner, changes);
    const set = intersection(owner.set, seen === changes ? values : written(seen));
    if (!isEmpty(set)) lost.set(id, set);
  }
  return lost;
}

/**
 * The managers that a client sent in the object: `[]` or `[{}]` forgets them all, a list that makes sense replaces them. Undefined:
 * those of the old object stay, since none, nonsense or the same were sent, or any to a subresource.
 */
function sentManagers({ old, next, subresource }: TrackUpdate): Managers | undefined {
  const sent = next.metadata.managedFields;
  if (subresource || sent === undefined || sent === null) return undefined;
  if (jsonEqual(sent as unknown as JsonValue, old?.metadata.managedFields as unknown as JsonValue)) return undefined;
  if (sent.length === 0 || (sent.length === 1 && Object.keys(sent[0] ?? {}).length === 0)) return new Map();
  const managers = decodeManagers(sent);
  return managers === undefined || managers.size === 0 ? undefined : managers;
}
