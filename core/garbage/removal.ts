// What a DELETE makes of an object, for those who delete without being asked: gone at once, or marked and left to its finalizers and to
// whoever runs it (registry/rest/delete.go BeforeDelete, generic/registry/store.go deletionFinalizersForGarbageCollection).
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { FOREGROUND, ORPHAN } from "../../kinds/rules/owners.ts";

export type Policy = "Background" | "Foreground" | "Orphan";

/** How it is marked; undefined: nothing holds it, its row goes. The same object: it is marked like this already. `now` in ms. */
export function removal(
  kind: Kind | undefined,
  object: KubeObject,
  policy: Policy,
  now: number,
): KubeObject | undefined {
  const { metadata } = object;
  const others = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  const own =
    policy === "Background" || kind?.dependents === "ignore" ? [] : [policy === "Orphan" ? ORPHAN : FOREGROUND];
  const finalizers = [...others, ...own];
  const first = metadata.deletionTimestamp === undefined;
  const grace = first ? (kind?.grace?.(object, undefined) ?? 0) : (metadata.deletionGracePeriodSeconds ?? 0);
  const next: KubeObject = { ...object, metadata: { ...metadata, finalizers } };
  if (first) kind?.marks?.(next, timeOf(now));
  if (next.metadata.finalizers?.length === 0) delete next.metadata.finalizers;
  if (first) {
    next.metadata.deletionTimestamp = timeOf(now + grace * 1000);
    next.metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation) next.metadata.generation = metadata.generation + 1;
    if (kind?.finalize) next["status"] = { ...object["status"], phase: "Terminating" };
  }
  if (isReleased(next)) return undefined;
  return !first && finalizers.join() === (metadata.finalizers ?? []).join() ? object : next;
}

const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Being deleted, and nothing holds it any more. */
export function isReleased(object: KubeObject): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  const held: unknown = object["spec"]?.finalizers;
  return (
    deletionTimestamp !== undefined &&
    !finalizers?.length &&
    !deletionGracePeriodSeconds &&
    !(Array.isArray(held) && held.length > 0)
  );
}
