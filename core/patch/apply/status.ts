// trackUpdate for those who change nothing but an object's status, and do it all the time: controllers. Looks at the status alone, and of the
// managers only at those who own some of it, so its price does not grow with the spec. Same answer as trackUpdate with subresource "status".
import type { JsonObject, KubeObject, ManagedFieldsEntry } from "../../../kinds/object.ts";
import type { Schema } from "../../../kinds/schema.ts";
import { compare, isSame } from "./compare.ts";
import { decodeManagers, encodeManagers, sortEntries, type Managers } from "./managers.ts";
import { moveToUpdater, type Writer } from "./update.ts";

export interface TrackStatus extends Pick<Writer, "manager" | "apiVersion" | "now"> {
  old: KubeObject;
  next: KubeObject;
  /** Of the whole object. */
  schema: Schema;
}

/** managedFields of `next`. Objects that nobody manages stay so. The very array of `old` when the status did not change. */
export function trackStatus({ old, next, schema, ...writer }: TrackStatus): ManagedFieldsEntry[] | undefined {
  const entries = old.metadata.managedFields;
  if (entries === undefined || entries.length === 0) return entries;
  const changes = compare(statusOf(old), statusOf(next), schema);
  if (isSame(changes)) return entries;
  const concerned = entries.filter(ownsStatus);
  const managers: Managers = decodeManagers(concerned) ?? new Map();
  moveToUpdater(managers, changes, { ...writer, subresource: "status" });
  const others = entries.filter((entry) => !ownsStatus(entry));
  return sortEntries([...others, ...(encodeManagers(managers, concerned) ?? [])]);
}

/** A struct upstream: there is always one, if only an empty one. */
function statusOf({ status = {} }: KubeObject): JsonObject {
  return { status };
}

function ownsStatus({ fieldsV1 }: ManagedFieldsEntry): boolean {
  return fieldsV1 !== undefined && "f:status" in fieldsV1;
}
