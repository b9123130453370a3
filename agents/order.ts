// Followers arrive before their workload and leave after it (DESIGN 6), also when one of them fails: the queue orders what is ready, and what failed
// waits outside of it. So a workload is not made while a follower that its text names waits for another try, and nothing of a lower
// rank is removed while something of a higher one in its namespace is still going. Never longer than HOLD_MS: one object that cannot
// be made or removed does not hold up the others for ever.
import type { Entry } from "./inventory.ts";
import type { Parts } from "./parts.ts";

const HOLD_MS = 60_000;

/** What this entry's first apply or its removal has to wait for; undefined: nothing, or it has waited long enough. */
export function waitsFor({ lives, clock }: Parts, entry: Entry, text = ""): Entry | undefined {
  const live = lives.of(entry);
  const other = [...lives.unsettled].find((one) =>
    entry.tombstone ? isStillGoing(one, entry) : isStillToCome(one, entry, text),
  );
  live.heldFor = other?.uid;
  if (other === undefined) {
    live.heldSince = undefined;
    return undefined;
  }
  live.heldSince ??= clock();
  return clock() - live.heldSince < HOLD_MS ? other : undefined;
}

/** The entry came to its end, or will not for a long time: what waited for it goes on. */
export function goOn({ lives, queue }: Pick<Parts, "lives" | "queue">, entry: Entry): void {
  for (const other of lives.unsettled) if (lives.of(other).heldFor === entry.uid) queue.add(other);
}

export function settle(parts: Pick<Parts, "lives" | "queue">, entry: Entry): void {
  parts.lives.unsettled.delete(entry);
  goOn(parts, entry);
}

const isStillGoing = (one: Entry, entry: Entry): boolean =>
  one.tombstone && !one.removed && one.key.namespace === entry.key.namespace && one.rank > entry.rank;

/** A workload says which Secrets and the like it wants by their names. */
const isStillToCome = (one: Entry, entry: Entry, text: string): boolean =>
  !one.tombstone &&
  one.policy === "apply" &&
  one.applied === 0 &&
  one.rank < entry.rank &&
  one.failure?.permanent !== true &&
  (one.key.namespace ?? entry.key.namespace) === entry.key.namespace &&
  text.includes(JSON.stringify(one.key.name));
