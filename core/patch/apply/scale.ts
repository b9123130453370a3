// Who owns the replicas of an object, as its Scale shows it, and back: a Scale has one field of its own, which stands under another path in
// the object (apimachinery pkg/util/managedfields/scalehandler.go).
import type { ManagedFieldsEntry } from "../../../kinds/object.ts";
import { difference, fieldNames, has, isEmpty } from "./fieldset.ts";
import { decodeManagers, encodeManagers, managerId, type ManagerSet } from "./managers.ts";

const SCALE_PATH = "spec.replicas";
const REPLICAS = fieldNames([SCALE_PATH.split(".")]);
export const SCALE_VERSION = "autoscaling/v1";

const elements = (path: string): string[] => path.split(".").map((name) => `f:${name}`);
const sameOwner = (a: ManagerSet, b: ManagerSet): boolean =>
  a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;

/** managedFields of the Scale. `path` is where the object keeps its replicas: "spec.replicas". */
export function scaleOwners(entries: ManagedFieldsEntry[] | undefined, path: string): ManagedFieldsEntry[] | undefined {
  const owners = [...(decodeManagers(entries) ?? [])].flatMap(([, { source: _, ...owner }]): [string, ManagerSet][] =>
    has(owner.set, elements(path))
      ? [[managerId({ ...owner, apiVersion: SCALE_VERSION }), { ...owner, apiVersion: SCALE_VERSION, set: REPLICAS }]]
      : [],
  );
  return encodeManagers(new Map(owners));
}

/** managedFields of the object after a write to its Scale: who no longer stands at the Scale loses the replicas, who came gets them. */
export function parentOwners(
  entries: ManagedFieldsEntry[] | undefined,
  scale: ManagedFieldsEntry[] | undefined,
  { path, apiVersion }: { path: string; apiVersion: string },
): ManagedFieldsEntry[] | undefined {
  const replicas = fieldNames([path.split(".")]);
  const owners = decodeManagers(entries) ?? new Map<string, ManagerSet>();
  const after = [...(decodeManagers(scale)?.values() ?? [])];
  for (const [id, owner] of owners) {
    if (!has(owner.set, elements(path)) || after.some((one) => sameOwner(one, owner))) continue;
    const set = difference(owner.set, replicas);
    if (isEmpty(set)) owners.delete(id);
    else owners.set(id, { ...owner, set });
  }
  for (const one of after) {
    // Who owns something else of the Scale, its status for one, owns nothing of the object.
    if (!has(one.set, elements(SCALE_PATH))) continue;
    if ([...owners.values()].some((owner) => sameOwner(one, owner) && has(owner.set, elements(path)))) continue;
    const { source: _, ...owner } = one;
    owners.set(managerId({ ...owner, apiVersion }), { ...owner, apiVersion, set: replicas, time: undefined });
  }
  return encodeManagers(owners, entries);
}
