// What a Namespace that is being deleted says of itself: five conditions, in upstream's order and words
// (kk:pkg/controller/namespace/deletion/status_condition_utils.go). False means that all is well.
import type { Condition, KubeObject } from "../../kinds/object.ts";

/** What stands in one resource after everything there was deleted or marked. */
export interface Remaining {
  group: string;
  version: string;
  resource: string;
  count: number;
  /** finalizer -> how many objects it holds. */
  finalizers: Readonly<Record<string, number>>;
  /** Nothing explains why they stand: no finalizer, no grace that has yet to end. */
  unexpected?: boolean;
}

const WELL: readonly (readonly [type: string, reason: string, message: string])[] = [
  ["NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"],
  ["NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"],
  [
    "NamespaceDeletionContentFailure",
    "ContentDeleted",
    "All content successfully deleted, may be waiting on finalization",
  ],
  ["NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"],
  ["NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"],
];

/** The Namespace with its conditions; the same object when they say this already. `now`: RFC 3339. */
export function withConditions(namespace: KubeObject, remaining: readonly Remaining[], now: string): KubeObject {
  const standing: Condition[] = namespace["status"]?.conditions ?? [];
  const conditions = [...standing];
  let changed = false;
  const troubles = troublesOf(namespace.metadata.name, remaining);
  for (const [type, wellReason, wellMessage] of WELL) {
    const trouble = troubles.get(type);
    const status = trouble === undefined ? "False" : "True";
    const [reason, message] = trouble ?? [wellReason, wellMessage];
    const index = conditions.findIndex((condition) => condition.type === type);
    const before = conditions[index];
    if (before !== undefined && before.status === status && before.reason === reason && before.message === message)
      continue;
    changed = true;
    const since = before?.status === status ? before.lastTransitionTime : now;
    const next: Condition = {
      type,
      status,
      ...(since === undefined ? {} : { lastTransitionTime: since }),
      reason,
      message,
    };
    if (before === undefined) conditions.push(next);
    else conditions[index] = next;
  }
  return changed ? { ...namespace, status: { ...namespace["status"], conditions } } : namespace;
}

function troublesOf(
  namespace: string,
  remaining: readonly Remaining[],
): Map<string, readonly [reason: string, message: string]> {
  const troubles = new Map<string, readonly [string, string]>();
  const kept = remaining.filter(({ count }) => count > 0);
  const failures = kept
    .filter(({ unexpected }) => unexpected)
    .map(
      ({ group, version, resource }) =>
        `unexpected items still remain in namespace: ${namespace} for gvr: ${group}/${version}, Resource=${resource}`,
    )
    .sort();
  if (failures.length > 0)
    troubles.set("NamespaceDeletionContentFailure", [
      "ContentDeletionFailed",
      `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(", ")}`,
    ]);
  const contents = kept.map(({ resource, group, count }) => `${resource}.${group} has ${count} resource instances`);
  if (contents.length > 0)
    troubles.set("NamespaceContentRemaining", [
      "SomeResourcesRemain",
      `Some resources are remaining: ${contents.sort().join(", ")}`,
    ]);
  const holding = new Map<string, number>();
  for (const { finalizers } of kept)
    for (const [finalizer, count] of Object.entries(finalizers))
      holding.set(finalizer, (holding.get(finalizer) ?? 0) + count);
  const held = [...holding].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  if (held.length > 0)
    troubles.set("NamespaceFinalizersRemaining", [
      "SomeFinalizersRemain",
      `Some content in the namespace has finalizers remaining: ${held.sort().join(", ")}`,
    ]);
  return troubles;
}
