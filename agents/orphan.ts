// What stands here and no binding is about any more, because the federation's data was replaced by an older one or the cluster joined anew. Promises (P3):
// it is neither deleted nor changed nor made again; the federation hears of it by name as long as it stands; a new binding about the
// same object takes it over, since it is still one that we made (P4).
import type { KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import { backoffMs } from "./live.ts";
import { settle } from "./order.ts";
import { where } from "./outcome.ts";
import { isOurs } from "./ownership.ts";
import type { Parts } from "./parts.ts";

const LOOK = { first: 1_000, most: 60_000 };

/** The federation said that it knows no such binding. A tombstone was the word of a life that is over. */
export function orphan(parts: Pick<Parts, "state" | "lives" | "queue" | "log">, entry: Entry): void {
  const { state, lives, queue, log } = parts;
  entry.orphaned = true;
  entry.tombstone = false;
  entry.failure = undefined;
  lives.of(entry).attempts = 0;
  state.save(entry);
  settle(parts, entry);
  log("orphaned", where(entry));
  queue.add(entry);
}

/** Looks whether it stands, and says so. */
export async function watchOver(parts: Parts, entry: Entry): Promise<void> {
  const { member, state, lives, queue, reporter } = parts;
  if (entry.removed) return reporter.note(entry);
  const live = await member.get(entry.key);
  if (!live.ok && live.code !== 404)
    return queue.add(entry, backoffMs(lives.of(entry).attempts++, parts.random(), LOOK));
  if (!live.ok || !isOurs(live.object, entry)) return end(parts, entry);
  entry.memberUid = live.object.metadata.uid;
  state.save(entry);
  reporter.note(entry);
  // Somebody wants an object of this name and was refused.
  for (const sibling of state.siblings(entry)) queue.add(sibling);
}

/** Of what runs to its end nothing is taken over: it ran for somebody else. */
export function takeOver({ state, reporter, log }: Parts, entry: Entry, { metadata }: KubeObject): boolean {
  const left = state.siblings(entry).find((one) => one.orphaned === true && one.memberUid === metadata.uid);
  if (left === undefined || entry.once === true || metadata.deletionTimestamp !== undefined) return false;
  entry.memberUid = metadata.uid;
  entry.intent = false;
  state.save(entry);
  end({ state, reporter }, left);
  // Both or neither, and before anything is sent.
  state.flush();
  log("taken over", { ...where(entry), from: left.uid });
  return true;
}

function end({ state, reporter }: Pick<Parts, "state" | "reporter">, entry: Entry): void {
  entry.removed = true;
  entry.memberUid = undefined;
  entry.intent = false;
  state.save(entry);
  reporter.note(entry);
}
