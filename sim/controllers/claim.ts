// A PersistentVolumeClaim is bound at once, to a volume that nobody else sees.
import type { Key } from "../../worker/store/store.ts";
import { type Member, read, update } from "./objects.ts";

export const CLAIMS = "persistentvolumeclaims";

export async function reconcileClaim(member: Member, key: Key): Promise<void> {
  const stored = await read(member.store, key);
  if (stored === undefined || stored.object.metadata.deletionTimestamp !== undefined) return;
  const { object } = stored;
  if (object.status?.phase === "Bound") return;
  const { accessModes, resources, volumeName } = object.spec;
  const status = { phase: "Bound", accessModes, capacity: { storage: resources?.requests?.storage } };
  const spec = { ...object.spec, volumeName: volumeName ?? `pvc-${object.metadata.uid}` };
  await update(member.store, stored, { ...object, spec, status });
}
