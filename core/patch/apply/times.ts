// A write that changes nothing but the times in managedFields changes nothing: the old object, times included, stands
// (apiserver pkg/endpoints/handlers/fieldmanager/equality.go IgnoreManagedFieldsTimestampsTransformer).
import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from "../../../kinds/object.ts";
import { jsonEqual } from "../value.ts";
import { tracked } from "./update.ts";

/** `old` itself when `next` says the same. For the caller too, once defaults and prepareUpdate have had their say. */
export function unlessSame(old: KubeObject, next: KubeObject): KubeObject {
  return sameOwners(old.metadata.managedFields, next.metadata.managedFields) && sameContent(old, next) ? old : next;
}

function sameOwners(a: ManagedFieldsEntry[] | undefined, b: ManagedFieldsEntry[] | undefined): boolean {
  if (a === b) return true;
  return (
    a !== undefined && a.length === b?.length && a.every((entry, i) => jsonEqual(timeless(entry), timeless(b[i]!)))
  );
}

/** Field by field, since most are the same by reference; metadata without managedFields. */
function sameContent(old: KubeObject, next: KubeObject): boolean {
  return jsonEqual(tracked(old), tracked(next) satisfies JsonObject);
}

function timeless({ time: _, ...entry }: ManagedFieldsEntry): JsonValue {
  return entry as unknown as JsonValue;
}
