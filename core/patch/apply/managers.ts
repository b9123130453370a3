// metadata.managedFields as a table of managers and their field sets, and back. An entry whose set and time did not change comes back
// as the very object it was read from, so an unchanged table encodes to the array it came from.
// apimachinery pkg/util/managedfields/internal/managedfields.go, capmanagers.go.
import type { ManagedFieldsEntry } from "../../../kinds/object.ts";
import { EMPTY, type FieldSet, fromFieldsV1, toFieldsV1, union } from "./fieldset.ts";

export interface ManagerSet {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly set: FieldSet;
  /** Where it was read from. */
  readonly source?: { entry: ManagedFieldsEntry; set: FieldSet; time: string | undefined; apiVersion: string };
}

/** By identity. */
export type Managers = Map<string, ManagerSet>;

/** apimachinery internal/fieldmanager.go DefaultMaxUpdateManagers. */
const MAX_UPDATES = 10;
const BUCKET = "ancient-changes";

/** Who owns: manager, operation and subresource, and for updates the version. Sorts as upstream's JSON identifiers do. */
export function managerId(entry: {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  subresource?: string;
}): string {
  const { manager, operation, apiVersion, subresource } = entry;
  const version = operation === "Apply" ? undefined : apiVersion;
  return JSON.stringify({
    manager: manager || undefined,
    operation,
    apiVersion: version,
    subresource: subresource || undefined,
  });
}

/** Undefined when an entry makes no sense; upstream then takes the whole list for empty. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | null | undefined): Managers | undefined {
  const managers: Managers = new Map();
  if (entries === undefined || entries === null) return managers;
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries as readonly ManagedFieldsEntry[]) {
    const { operation, apiVersion, fieldsType, time } = entry;
    if ((operation !== "Apply" && operation !== "Update") || !apiVersion || fieldsType !== "FieldsV1") return undefined;
    const set = entry.fieldsV1 === undefined ? EMPTY : fromFieldsV1(entry.fieldsV1);
    if (set === undefined) return undefined;
    const source = { entry, set, time, apiVersion };
    const { manager = "", subresource = "" } = entry;
    managers.set(managerId(entry), { manager, operation, apiVersion, subresource, time, set, source });
  }
  return managers;
}

/** Sorted: Apply first, then by time, manager, version, subresource. Undefined when nobody manages anything. */
export function encodeManagers(managers: Managers, original?: ManagedFieldsEntry[]): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  const out = [...managers.values()].sort(order).map(encode);
  return out.length === original?.length && out.every((entry, i) => entry === original[i]) ? original : out;
}

function encode(owner: ManagerSet): ManagedFieldsEntry {
  const { source, set, time, apiVersion } = owner;
  if (source !== undefined && source.set === set && source.time === time && source.apiVersion === apiVersion)
    return source.entry;
  const entry: ManagedFieldsEntry = { operation: owner.operation, apiVersion };
  if (time !== undefined) entry.time = time;
  entry.fieldsType = "FieldsV1";
  entry.fieldsV1 = source?.set === set && source.entry.fieldsV1 !== undefined ? source.entry.fieldsV1 : toFieldsV1(set);
  if (owner.subresource !== "") entry.subresource = owner.subresource;
  return owner.manager === "" ? entry : { manager: owner.manager, ...entry };
}

/** Entries in the order in which encodeManagers gives them; in place. */
export function sortEntries(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.sort(order);
}

function order(a: ManagedFieldsEntry | ManagerSet, b: ManagedFieldsEntry | ManagerSet): number {
  if (a.operation !== b.operation) return (a.operation ?? "") < (b.operation ?? "") ? -1 : 1;
  return (
    seconds(a) - seconds(b) ||
    text(a.manager ?? "", b.manager ?? "") ||
    text(a.apiVersion ?? "", b.apiVersion ?? "") ||
    text(a.subresource ?? "", b.subresource ?? "")
  );
}

function text(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function seconds({ time }: { time?: string | undefined }): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0;
}

/** At most ten Update entries: the oldest of each version are merged into one called "ancient-changes". In place. */
export function capUpdates(managers: Managers): void {
  const updates = [...managers].filter(([, owner]) => owner.operation === "Update");
  let count = updates.length;
  if (count <= MAX_UPDATES) return;
  updates.sort(([idA, a], [idB, b]) => seconds(a) - seconds(b) || text(idA, idB));
  const firstOf = new Map<string, string>();
  for (const [id, owner] of updates) {
    if (count <= MAX_UPDATES) return;
    const { apiVersion, time } = owner;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, id);
      continue;
    }
    const bucket = managerId({ manager: BUCKET, operation: "Update", apiVersion });
    const before = managers.get(bucket) ?? managers.get(first)!;
    if (!managers.has(bucket)) managers.delete(first);
    managers.delete(id);
    managers.set(bucket, {
      manager: BUCKET,
      operation: "Update",
      apiVersion,
      subresource: "",
      time,
      set: union(owner.set, before.set),
    });
    count--;
  }
}
