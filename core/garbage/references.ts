// The garbage collector's three edits of metadata: references taken away, references that no longer block, a finalizer taken away; with
// each, managedFields stop naming what is gone, as a patch through the API would have it (structured-merge-diff drops unowned items).
import type { JsonObject, KubeObject, ManagedFieldsEntry, ObjectMeta } from "../../kinds/object.ts";

/** The object without its references to these owners; the same one when it has none. */
export function disowned(object: KubeObject, uids: readonly string[]): KubeObject {
  const { ownerReferences = [] } = object.metadata;
  const left = ownerReferences.filter(({ uid }) => !uids.includes(uid));
  if (left.length === ownerReferences.length) return object;
  const gone = uids.map((uid) => `k:${JSON.stringify({ uid })}`);
  return { ...object, metadata: edited(object.metadata, "ownerReferences", left, gone) };
}

/** None of its owners waits for it any more. */
export function unblocked(object: KubeObject): KubeObject {
  const ownerReferences = (object.metadata.ownerReferences ?? []).map((ref) =>
    ref.blockOwnerDeletion === true ? { ...ref, blockOwnerDeletion: false } : ref,
  );
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

export function withoutFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const left = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  return { ...object, metadata: edited(object.metadata, "finalizers", left, [`v:${JSON.stringify(finalizer)}`]) };
}

function edited(
  metadata: ObjectMeta,
  field: "ownerReferences" | "finalizers",
  left: readonly unknown[],
  gone: readonly string[],
): ObjectMeta {
  const { managedFields, ...next } = { ...metadata, [field]: left };
  if (left.length === 0) delete next[field];
  if (managedFields === undefined) return next as ObjectMeta;
  const entries = managedFields.flatMap((entry) => forget(entry, `f:${field}`, left.length === 0 ? undefined : gone));
  return { ...next, managedFields: entries } as ObjectMeta;
}

/** An entry without these items of a list in metadata; undefined: without the list. None: it named nothing else. */
function forget(entry: ManagedFieldsEntry, field: string, items: readonly string[] | undefined): ManagedFieldsEntry[] {
  const metadata = entry.fieldsV1?.["f:metadata"] as JsonObject | undefined;
  const list = metadata?.[field] as JsonObject | undefined;
  if (metadata === undefined || list === undefined) return [entry];
  const kept = Object.entries(list).filter(([key]) => items !== undefined && !items.includes(key));
  const { [field]: _list, ...rest } = metadata;
  const next: JsonObject = kept.length === 0 ? rest : { ...rest, [field]: Object.fromEntries(kept) };
  const { "f:metadata": _metadata, ...others } = entry.fieldsV1 ?? {};
  const fieldsV1: JsonObject = Object.keys(next).length === 0 ? others : { "f:metadata": next, ...others };
  return Object.keys(fieldsV1).length === 0 ? [] : [{ ...entry, fieldsV1 }];
}
