// What is ours in a member (P4), read from the object itself: the label, our field manager, and the digest of the fields we own.
// Every change by somebody else to a field we set takes it out of our managedFields entry, so a changed digest is drift.
import { createHash } from "node:crypto";
import { AGENT_MANAGER, BINDING_LABEL } from "../kinds/binding.ts";
import type { JsonValue, KubeObject, ManagedFieldsEntry } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";

/** What our last apply owns. */
export function oursIn(object: KubeObject): ManagedFieldsEntry | undefined {
  return object.metadata.managedFields?.find(
    (entry) => entry.manager === AGENT_MANAGER && entry.operation === "Apply" && !entry.subresource,
  );
}

/** Digest of the fields that our last apply owns; undefined when our entry is not there any more. */
export function fingerprintOf(object: KubeObject): string | undefined {
  const fields = oursIn(object)?.fieldsV1;
  return fields === undefined ? undefined : digest(canonical(fields));
}

/** Is this live object one that we made for this binding? */
export function isOurs(object: KubeObject, entry: Entry): boolean {
  if (entry.memberUid !== undefined) return object.metadata.uid === entry.memberUid;
  // Our create may have succeeded without our seeing it: then it has the label of this very binding and our manager.
  return (
    entry.intent &&
    object.metadata.labels?.[BINDING_LABEL] === entry.uid &&
    object.metadata.managedFields?.some((one) => one.manager === AGENT_MANAGER) === true
  );
}

/** 96 bits: enough to tell states of one object apart. */
export function digest(text: string): string {
  return createHash("sha1").update(text).digest("base64url").slice(0, 16);
}

function canonical(value: JsonValue): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(",")}}`;
}

/** As a number: versions are compared, and stay below 2^53. 0 when there is none. */
export function versionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}
