// Makes one object of the member equal to its binding: what is wanted is sent (send.ts), containers are made when absent, and what came of it is
// recorded and reported. Nothing that is applied already is sent again, but what drifted.
import type { KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import { judge, seen } from "./observe.ts";
import { leavesDrift } from "./manner.ts";
import { settle, waitsFor } from "./order.ts";
import { fail, failWith, type Reason, where } from "./outcome.ts";
import { fingerprintOf, isOurs, versionOf } from "./ownership.ts";
import { watchOver } from "./orphan.ts";
import type { Parts } from "./parts.ts";
import { addEphemeral, resize, takeEphemeral } from "./podparts.ts";
import { remove } from "./remove.ts";
import { disown, dying, send } from "./send.ts";

export async function reconcile(parts: Parts, entry: Entry): Promise<void> {
  const live = parts.lives.of(entry);
  live.running = true;
  try {
    const other = await parts.sameMember();
    if (other !== undefined) failWith(parts, entry, other);
    else if (entry.orphaned === true) await watchOver(parts, entry);
    else if (entry.tombstone) await remove(parts, entry);
    else if (entry.policy === "ensure") await ensure(parts, entry);
    else await apply(parts, entry);
  } catch (error) {
    // A bug or a full disk: said, and tried again; other objects go on.
    fail(parts, entry, { reason: "Unavailable", permanent: false, message: `agent: ${(error as Error).message}` });
  } finally {
    live.running = false;
    for (const event of live.seen.splice(0)) judge(parts, event.type, event.object);
  }
}

async function apply(parts: Parts, entry: Entry): Promise<void> {
  const { state } = parts;
  const live = parts.lives.of(entry);
  const { generation } = entry;
  if (entry.applied === generation && !live.drift && entry.failure === undefined) return;
  // An earlier binding's object of the same name goes first; its removal adds this entry again.
  if (state.meta("hold") !== "1" && state.siblings(entry).some((one) => one.tombstone && !one.removed)) return;
  if (isLost(entry)) return;
  if (entry.ended === true && entry.memberUid === undefined) return lost(parts, entry);
  const healing = live.drift;
  live.drift = false;
  const text = state.desired(entry.uid);
  if (text === undefined) return;

  const awaited = entry.applied === 0 ? waitsFor(parts, entry, text) : undefined;
  if (awaited !== undefined) return fail(parts, entry, waiting(awaited));

  const object = JSON.parse(text) as KubeObject;
  const ephemeral = takeEphemeral(entry, object);
  const refused = leavesDrift(entry) ? undefined : await resize(parts, entry, object);
  if (refused !== undefined) {
    live.drift = healing;
    return failWith(parts, entry, refused);
  }
  const result = await send(parts, entry, object, healing);
  if (result === "lost") return lost(parts, entry);
  if (!result.ok && "refused" in result)
    return fail(parts, entry, { reason: result.refused, permanent: true, message: result.message });
  if (!result.ok) {
    live.drift = healing;
    // Its namespace went away behind our back: that binding makes it again.
    if (result.code === 404) addNamespace(parts, entry);
    return failWith(parts, entry, result);
  }
  parts.step("applied");
  const first = entry.applied === 0;
  landed(parts, entry, generation, result.object);
  const missing = await addEphemeral(parts, entry, result.object, ephemeral);
  if (missing !== undefined) return failWith(parts, entry, missing);
  if (first || healing) parts.log(healing ? "healed" : "applied", { ...where(entry), generation });
}

function waiting({ key, failure }: Entry): { reason: Reason; permanent: boolean; message: string } {
  const message = `waits for ${key.kind} ${key.name}: ${failure?.message ?? "not applied yet"}`;
  return { reason: "Unavailable", permanent: false, message };
}

/** What runs to its end was made here once and is gone, by whatever hand: for good. */
function lost(parts: Parts, entry: Entry): void {
  const { kind, name } = entry.key;
  // Its uid stays known, so that no later generation takes it for something still to be made.
  entry.applied = entry.generation;
  fail(parts, entry, { reason: "Gone", permanent: true, message: `${kind} ${name} was deleted in the cluster` });
}

const isLost = (entry: Entry): boolean => entry.failure?.reason === "Gone";

function addNamespace({ state, queue, lives }: Parts, { key }: Entry): void {
  for (const entry of state.entries()) {
    if (entry.policy !== "ensure" || entry.key.name !== key.namespace || entry.tombstone) continue;
    lives.of(entry).drift = true;
    queue.add(entry);
  }
}

function landed(parts: Parts, entry: Entry, generation: number, object: KubeObject, made = true): void {
  const { state, lives, reporter } = parts;
  const live = lives.of(entry);
  if (made) {
    entry.memberUid = object.metadata.uid;
    entry.memberGeneration = object.metadata.generation;
    entry.fingerprint = fingerprintOf(object);
  } else {
    entry.memberUid = undefined;
    entry.fingerprint = undefined;
  }
  entry.intent = false;
  entry.applied = generation;
  entry.failure = undefined;
  live.attempts = 0;
  live.version = Math.max(live.version, versionOf(object));
  state.save(entry);
  settle(parts, entry);
  reporter.note(entry, made ? seen(parts, entry, object) : undefined);
}

/** A container: made when absent, used as it is when present. What was there before us stays without our mark, whatever happens. */
async function ensure(parts: Parts, entry: Entry): Promise<void> {
  const { member, state } = parts;
  const live = parts.lives.of(entry);
  const { generation } = entry;
  if (entry.applied !== 0 && !live.drift && entry.failure === undefined) {
    if (entry.applied !== generation) landedSame(parts, entry, generation);
    return;
  }
  live.drift = false;
  const found = await member.get(entry.key);
  if (found.ok && found.object.metadata.deletionTimestamp !== undefined) return failWith(parts, entry, dying(entry));
  if (found.ok) return landed(parts, entry, generation, found.object, isOurs(found.object, entry));
  if (found.code !== 404) return failWith(parts, entry, found);
  const text = state.desired(entry.uid);
  if (text === undefined) return;
  if (!entry.intent) {
    disown(entry);
    state.save(entry);
    state.flush();
  }
  const created = await member.create(entry.key, text);
  if (!created.ok) {
    // 409: somebody was faster, or our own create whose answer was lost; the next look tells which.
    return failWith(parts, entry, created);
  }
  parts.step("applied");
  landed(parts, entry, generation, created.object);
  parts.log("applied", { ...where(entry), generation });
}

function landedSame({ state, reporter }: Parts, entry: Entry, generation: number): void {
  entry.applied = generation;
  state.save(entry);
  reporter.note(entry);
}
