// metadata.ownerReferences of a write: entries that say the same twice are dropped, with upstream's warning (endpoints/handlers/rest.go).
import type { ObjectMeta } from "../../kinds/object.ts";
import { equal } from "./equal.ts";

/** `patched`: patches are looked at once, after admission would have changed them, and the text says so. In place. */
export function dropRepeatedOwners(metadata: ObjectMeta, warnings: string[], patched = false): void {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners === null || owners.length < 2) return;
  const repeated: string[] = [];
  const kept = owners.filter((owner, index) => {
    const again = owners.findIndex((other) => other.uid === owner.uid && equal(other, owner)) < index;
    if (again) repeated.push(owner.uid);
    return !again;
  });
  if (repeated.length === 0) return;
  metadata.ownerReferences = kept;
  const when = patched ? " after mutating admission happens" : "";
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(", ")}`,
  );
}
