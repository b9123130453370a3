// Makes one object of the member equal to its binding (P4). The first apply must create: it carries a resourceVersion that no object has, so an
// API server creates what is absent and answers 409 to what exists: nothing foreign is ever merged into, not even one made in the
// same millisecond. Later applies carry the recorded uid, so a re-created foreign object is refused too. Then the live object is
// read, uncached, and is either ours (its create was not recorded) or a conflict to report.
import type { JsonObject, KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import type { Failure, Result } from "./member.ts";
import { judge } from "./observe.ts";
import { fail, failWith, where } from "./outcome.ts";
import { fingerprintOf, isOurs, versionOf } from "./ownership.ts";
import type { Parts } from "./parts.ts";
import { addEphemeral, resize, takeEphemeral } from "./podparts.ts";
import { remove } from "./remove.ts";
import { leaveReplicas } from "./scaled.ts";

/** Above every version that etcd or a federation reaches, and still exact as a double. */
const NO_VERSION = "9007199254740991";

export async function reconcile(parts: Parts, entry: Entry): Promise<void> {
  const live = parts.lives.of(entry);
  live.running = true;
  try {
    const other = await parts.sameMember();
    if (other !== undefined) failWith(parts, entry, other);
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

  const object = JSON.parse(text) as KubeObject;
  const ephemeral = takeEphemeral(entry, object);
  const refused = await resize(parts, entry, object);
  if (refused !== undefined) {
    live.drift = healing;
    return failWith(parts, entry, refused);
  }
  const result = await send(parts, entry, object, healing);
  if (result === "lost") return lost(parts, entry);
  if (result === "conflict") {
    const message = `${entry.key.kind} ${entry.key.name} exists in the cluster and was not made by Hanse`;
    return fail(parts, entry, { reason: "Conflict", permanent: true, message });
  }
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

/** Sends the object; "conflict": what stands under the name is not ours; "lost": it runs once, and is there no more. */
async function send(
  parts: Parts,
  entry: Entry,
  object: KubeObject,
  healing: boolean,
): Promise<Result<{ object: KubeObject }> | "conflict" | "lost"> {
  const { member, state } = parts;
  const { key } = entry;
  if (entry.memberUid !== undefined && object["spec"]?.replicas !== undefined && (await parts.scaled(entry, healing))) {
    const live = await member.get(key);
    if (live.ok && isOurs(live.object, entry)) leaveReplicas(object, live.object);
  }
  const first = await member.apply(key, body(object, guard(entry)));
  // Another uid: kube-apiserver answers 422 (the uid is immutable) when an object is there, 409 when none is.
  const doubtful = entry.memberUid === undefined ? [409] : [404, 409, 422];
  if (first.ok || !doubtful.includes(first.code)) return first;
  const live = await member.get(key);
  if (!live.ok && live.code !== 404) return live;
  if (entry.once === true && entry.memberUid !== undefined && (!live.ok || !isOurs(live.object, entry))) return "lost";
  if (!live.ok) {
    // Absent. With a uid: it was deleted, so it is made again. Without: this server does not create what carries a version.
    const guarded = entry.memberUid !== undefined;
    disown(entry);
    state.save(entry);
    state.flush();
    return member.apply(key, body(object, guarded ? guard(entry) : {}));
  }
  if (!isOurs(live.object, entry)) return "conflict";
  // What is ending and will not be made again is left to end; its going is reported.
  if (live.object.metadata.deletionTimestamp !== undefined)
    return entry.once === true && entry.memberUid !== undefined ? live : dying(entry);
  if (entry.memberUid !== undefined) return first;
  entry.memberUid = live.object.metadata.uid;
  return member.apply(key, body(object, guard(entry)));
}

/** What runs to its end was made here once and is gone, by whatever hand: for good. */
function lost(parts: Parts, entry: Entry): void {
  const { kind, name } = entry.key;
  // Its uid stays known, so that no later generation takes it for something still to be made.
  entry.applied = entry.generation;
  fail(parts, entry, { reason: "Gone", permanent: true, message: `${kind} ${name} was deleted in the cluster` });
}

const isLost = (entry: Entry): boolean => entry.failure?.reason === "Gone";

const guard = ({ memberUid }: Entry): JsonObject =>
  memberUid === undefined ? { resourceVersion: NO_VERSION } : { uid: memberUid };

/** What we made is gone; the next create is a new intent. */
function disown(entry: Entry): void {
  entry.memberUid = undefined;
  entry.intent = true;
}

function dying({ key }: Entry): Failure {
  return {
    ok: false,
    code: 409,
    reason: "Conflict",
    message: `${key.kind} ${key.name} is being deleted in the cluster`,
    transient: false,
  };
}

const body = (object: KubeObject, guarded: JsonObject): string =>
  JSON.stringify({ ...object, metadata: { ...object.metadata, ...guarded } });

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
  reporter.note(entry, made ? (object["status"] as JsonObject | undefined) : undefined);
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
