// What the writes share, and the chain behind every change of an object that exists:
//
//   uid, version checks → other parts kept → defaults → managedFields → [into the stored version] → strategy → generation → validation → no-op? →
//   one commit [update | delete]
//
// The order is upstream's (registry/rest/update.go, generic/registry/store.go), so the first error is the same one.
// Refuses to write what did not change: such a write keeps its version and makes no event.
import type { FieldError, Kind } from "../../kinds/kind.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import { showConditionZeros } from "../../kinds/rules/zeros.ts";
import type { Commit, CommitResult, Key, Row } from "../store/store.ts";
import { originalText, servedText } from "./convert.ts";
import { equal, equalBut } from "./equal.ts";
import { checkEscalation } from "./escalation.ts";
import { type Exchange, keyOf } from "./exchange.ts";
import { track } from "./managed.ts";
import { refuseObserved } from "./observed.ts";
import { dropRepeatedOwners } from "./owners.ts";
import { weigh } from "./plan.ts";
import { intoSource, projectionOf } from "./projectedwrite.ts";
import { parseRow, storedText } from "./splice.ts";
import { badRequest, conflict, invalid, methodNotAllowed, unclassified } from "./status.ts";
import { versionError } from "./version.ts";
import type { WriteOptions } from "./writeoptions.ts";

/** What was written (or would have been, in a dry run). */
export interface Written {
  value: string;
  /** 0: created in a dry run, so it has none. */
  version: number;
  created: boolean;
}

/** The last one made: many writes fall into the same second. */
let second = { at: Number.NaN, text: "" };

export function timestamp(ms: number): string {
  const at = Math.floor(ms / 1000);
  if (at !== second.at) second = { at, text: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return second.text;
}

export function committer(x: Exchange): (commit: Commit) => Promise<CommitResult> {
  if (x.options.commit === undefined) throw methodNotAllowed();
  return x.options.commit;
}

/** The namespace of the body is the URL's, or absent. @throws ApiError 400 */
export function settleNamespace(x: Exchange, object: KubeObject): void {
  const { kind, namespace } = x.target;
  const sent = object.metadata.namespace ?? "";
  const expected = kind.namespaced ? namespace : "";
  if (sent === expected) return;
  if (sent !== "" && expected !== "") {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  object.metadata.namespace = expected === "" ? undefined : expected;
}

export interface UpdateRequest {
  row: Row;
  old: KubeObject;
  next: KubeObject;
  options: WriteOptions;
  /** Which part of `next` counts: status, finalize, scale, or one of Kind.parts. Default: all but status. */
  part?: string;
  tracked?: boolean;
}

/** undefined: the row changed meanwhile: read again and repeat (a client that named a version meets the check above then). */
export async function update(x: Exchange, request: UpdateRequest): Promise<Written | undefined> {
  const { row, old, next, options, part } = request;
  const { kind, name } = x.target;
  const commit = committer(x);
  refuseObserved(kind, next, old);
  dropRepeatedOwners(next.metadata, x.warnings, x.request.method === "PATCH");
  settleNamespace(x, next);
  const asked = next.metadata.resourceVersion ?? "";
  const versioned = asked !== "" && asked !== "0";
  const malformed = versioned ? versionError(asked) : undefined;
  if (malformed !== undefined) throw unclassified(malformed);
  const own = part === undefined ? undefined : kind.parts?.[part];
  if (own === undefined) keepOtherParts(x, request);
  kind.setDefaults?.(next);
  if (part === "status" && kind.structural === undefined) showConditionZeros(next, kind.schema);
  if (!request.tracked)
    next.metadata.managedFields = track(x, { old, next, options, now: timestamp(x.options.clock()), part });
  own?.keep(next, old);
  if (!versioned && kind.unconditionalUpdate === false) {
    const field = {
      reason: "FieldValueInvalid",
      field: "metadata.resourceVersion",
      message: "Invalid value: 0: must be specified for an update",
    } as const;
    throw invalid({ group: kind.group, kind: kind.resource }, name, [field]);
  }
  if (versioned && asked !== String(row.version)) throw conflict(kind, name);
  settleMetadata(next, old);
  const projection = projectionOf(x);
  const written =
    projection === undefined ? inStoredVersion(x, { row, old, next }) : intoSource(x, projection, { ...request, next });
  if (part === undefined) await checkEscalation(x, written.kind, written.next, written.old);
  const errors = settle(written, part);
  if (errors.length > 0) throw invalid(projection === undefined ? invalidKind(written) : kind, name, errors);
  if (part === undefined) written.kind.stamp?.(written.next, written.old, timestamp(x.options.clock()));
  if (written.kind.warnings !== undefined && (part === undefined || part === "scale"))
    x.warnings.push(...written.kind.warnings(written.next, written.old));
  written.next.metadata.resourceVersion = undefined;
  if (unchanged(written.old, written.next)) return { value: row.value, version: row.version, created: false };
  const text = storedText(written.next);
  const value = written.served(text);
  const { key } = written;
  const refs = objectRefs(written.next);
  if (part !== "status")
    await weigh(x, {
      kind: written.kind,
      key,
      before: { object: written.old, value: originalText(row) },
      after: released(written.next) ? undefined : { object: written.next, value: text, refs },
      dryRun: options.dryRun,
    });
  if (options.dryRun) return { value, version: row.version, created: false };
  const expect = row.version;
  const deleting = written.next.metadata.deletionTimestamp !== undefined;
  const result = await commit({
    ops: [
      released(written.next)
        ? { op: "delete", key, expect }
        : { op: "update", key, value: text, expect, deleting, refs },
    ],
  });
  return result.ok ? { value, version: result.versions[0] as number, created: false } : undefined;
}

/** A custom object is called by the kind that it says it is. */
export function invalidKind({ kind, next }: Pick<StoredChange, "kind" | "next">): { group: string; kind: string } {
  return kind.structural === undefined ? kind : { group: kind.group, kind: next.kind };
}

/** A change in the version, and of the row, in which it is stored. */
export interface StoredChange {
  kind: Kind;
  old: KubeObject;
  next: KubeObject;
  /** What the served version's own validation found, where it has one: it is the whole. */
  errors?: readonly FieldError[] | undefined;
  key: Key;
  /** The text that was asked for, of the one that is stored. */
  served(text: string): string;
}

function inStoredVersion(x: Exchange, change: Pick<UpdateRequest, "row" | "old" | "next">): StoredChange {
  const { row, old, next } = change;
  const { kind } = x.target;
  const { conversion } = kind;
  const key = keyOf(x.target);
  if (conversion === undefined) return { kind, old, next, key, served: (text) => text };
  const errors = kind.validate?.(next, old);
  const { stored } = conversion;
  const converted = conversion.toStored(next);
  stored.setDefaults?.(converted);
  return {
    kind: stored,
    old: parseRow(originalText(row), row.version),
    next: converted,
    errors,
    key,
    served: (text) => servedText(conversion, text),
  };
}

/** The strategy of an update, in place, and what its validation finds. */
function settle({ kind, old, next, errors }: StoredChange, part: string | undefined): readonly FieldError[] {
  if (part === undefined || part === "scale") {
    kind.prepareUpdate?.(next, old);
    kind.admit?.(next, old);
  } else if (part === "status") kind.prepareStatus?.(next, old);
  if (kind.generation && next.metadata.generation === old.metadata.generation && !equalBut(old, next, notSpec)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  if (errors !== undefined) return errors;
  const own = part === undefined ? undefined : kind.parts?.[part];
  return (own === undefined ? kind.validate?.(next, old) : own.validate?.(next, old)) ?? [];
}

/** Times in managedFields alone are no change (handlers/fieldmanager/equality.go IgnoreManagedFieldsTimestampsTransformer). */
function unchanged(old: KubeObject, next: KubeObject): boolean {
  if (!equalBut(old, next, (key) => key === "metadata")) return false;
  if (
    !equalBut({ ...old.metadata }, { ...next.metadata }, (key) => key === "managedFields" || key === "resourceVersion")
  )
    return false;
  const timeless = (entries: ManagedFieldsEntry[] | undefined) =>
    entries?.map((entry) => ({ ...entry, time: undefined }));
  return equal(timeless(old.metadata.managedFields), timeless(next.metadata.managedFields));
}

const notSpec = (key: string): boolean =>
  key === "metadata" || key === "status" || key === "apiVersion" || key === "kind";

/** Being deleted, and nothing holds it any more. */
function released({ metadata, spec }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    !metadata.finalizers?.length &&
    !metadata.deletionGracePeriodSeconds &&
    !(Array.isArray(spec?.finalizers) && spec.finalizers.length > 0)
  );
}

/** The main endpoint leaves status alone, /status everything but status and a little metadata (the strategies' PrepareForUpdate). */
function keepOtherParts(x: Exchange, { old, next, part }: UpdateRequest): void {
  const { kind } = x.target;
  if (part === undefined || part === "scale") {
    if (kind.status) next.status = old.status;
    return;
  }
  const kept = part === "status" ? "status" : "spec";
  for (const field of Object.keys(next)) if (field !== kept && field !== "metadata") next[field] = undefined;
  for (const field of Object.keys(old)) if (field !== kept && field !== "metadata") next[field] = old[field];
  if (part === "status" && kind.statusKeepsLabels) next.metadata.labels = old.metadata.labels;
  if (part === "status" && kind.statusKeepsOwners) next.metadata.ownerReferences = old.metadata.ownerReferences;
}

/** What an update may not change is taken from the old object (rest.BeforeUpdate). */
function settleMetadata(next: KubeObject, old: KubeObject): void {
  const { metadata } = next;
  metadata.uid ||= old.metadata.uid;
  metadata.generation = old.metadata.generation;
  metadata.creationTimestamp = old.metadata.creationTimestamp;
  metadata.deletionTimestamp = old.metadata.deletionTimestamp;
  metadata.deletionGracePeriodSeconds = old.metadata.deletionGracePeriodSeconds;
  (metadata as { selfLink?: string }).selfLink = undefined;
}
