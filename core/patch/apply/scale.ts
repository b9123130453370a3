// Who owns the replicas of an object, as its Scale shows it, and back: a Scale has one field of its own, which stands under another path in
// the object (apimachinery pkg/util/managedfields/scalehandler.go).
import type { ManagedFieldsEntry } from "../../../kinds/object.ts";
import { difference, fieldNames, has, isEmpty } from "./fieldset.ts";
import { decodeManagers, encodeManagers, managerId, type ManagerSet } from "./managers.ts";

const SCALE_PATH = "spec.replicas";
const REPLICAS = fieldNames([SCALE_PATH.split(".")]);
export const SCALE_VERSION = "autoscaling/v1";

const elements = (path: string): string[] => path.split(".").map((name) => `f:${name}`);
/** managedFields of the Scale. `path` is where the object keeps its replicas: "spec.replicas". */
export function scaleOwners(entries: ManagedFieldsEntry[] | undefined, path: string): ManagedFieldsEntry[] | undefined {
  const owners = [...(decodeManagers(entries) ?? [])].flatMap(([, { source: _, ...owner }]): [string, ManagerSet][] =>
    has(owner.set, elements(path))
      ? [[managerId({ ...owner, apiVersion: SCALE_VERSION }), { ...owner, apiVersion: SCALE_VERSION, set: REPLICAS }]]
      : [],
  );
  return encodeManagers(new Map(owners));
}

/**
 * managedFields of the object after a write to its Scale: who no longer stands at the Scale loses the replicas, who came gets them. Updaters
 * are told apart by version, and the Scale's is another than the object's: so whoever updated the object and still owns its Scale gets a
 * second entry without a time, which the next write to the object reads first and forgets. All of it as upstream has it.
 */
export function parentOwners(
  entries: ManagedFieldsEntry[] | undefined,
  scale: ManagedFieldsEntry[] | undefined,
  { path, apiVersion }: { path: string; apiVersion: string },
): ManagedFieldsEntry[] | undefined {
  const replicas = fieldNames([path.split(".")]);
  const owners = decodeManagers(entries) ?? new Map<string, ManagerSet>();
  const after = new Map(decodeManagers(scale));
  for (const [id, owner] of owners) {
    if (!has(owner.set, elements(path)) || after.delete(id)) continue;
    const set = difference(owner.set, replicas);
    if (isEmpty(set)) owners.delete(id);
    else owners.set(id, { ...owner, set });
  }
  for (const [id, { source: _, ...owner }] of after) {
    // Who owns something else of the Scale, its status for one, owns nothing of the object.
    if (!has(owner.set, elements(SCALE_PATH))) continue;
    owners.set(id, { ...owner, apiVersion, set: replicas, time: owners.get(id)?.time });
  }
  return encodeManagers(owners, entries);
}
