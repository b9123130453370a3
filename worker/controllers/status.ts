// A status that a controller writes, with its owner: managedFields name "hanse" as kube-controller-manager would be named, so that a client
// sees who says what, and one that wrote a status itself sees that it is not its own any more.
import { schemaFor } from "../../kinds/facts/schema.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { trackStatus } from "../../core/patch/apply/status.ts";
import type { Op } from "../store/store.ts";
import { writeObject, type Stored } from "./rows.ts";

const MANAGER = "hanse";
const STATUS_ENTRY = '"subresource":"status"';
const OWN_ENTRY = `"manager":"${MANAGER}","operation":"Update"`;

/** `next`: the object with its new status. `now` in RFC 3339. */
export function writeStatus(kind: Kind, next: KubeObject, before: Stored<KubeObject>, now: string): Op {
  const managedFields = trackStatus({
    old: before.value,
    next,
    schema: schemaFor(kind),
    manager: MANAGER,
    apiVersion: next.apiVersion,
    now,
  });
  const object = managedFields === undefined ? next : { ...next, metadata: { ...next.metadata, managedFields } };
  return writeObject(kindKey(kind), object, before);
}

/** Somebody else owns a part of this object's status; asked of the text, since every change passes here. */
export function isStatusOfOthers(value: string): boolean {
  let at = value.indexOf(STATUS_ENTRY);
  if (at < 0) return false;
  if (!value.includes(OWN_ENTRY)) return true;
  at = value.indexOf(STATUS_ENTRY, at + 1);
  return at >= 0;
}
