// One object on its way to the member, as its binding has it (P4). What is new must create: the apply carries a resourceVersion that no object has,
// so an API server creates what is absent and answers 409 to what exists: nothing foreign is ever merged into, not even one made in the
// same millisecond. What was made carries the recorded uid, so a re-created foreign object is refused too. Then the live object is
// read, uncached: it is ours (its create was not recorded), taken over where the Placement says so, or a conflict to report.
import { BINDING_LABEL } from "../kinds/binding.ts";
import type { JsonObject, KubeObject } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import { letGo, looksFirst, type Refusal, refusalOf, without } from "./manner.ts";
import type { Failure, Result } from "./member.ts";
import { takeOver } from "./orphan.ts";
import { isOurs } from "./ownership.ts";
import type { Parts } from "./parts.ts";

/** Above every version that etcd or a federation reaches, and still exact as a double. */
const NO_VERSION = "9007199254740991";

/** "lost": it runs once, and is there no more. */
type Sent = Result<{ object: KubeObject }> | Refusal | "lost";

export async function send(parts: Parts, entry: Entry, object: KubeObject, healing: boolean): Promise<Sent> {
  const { member, state } = parts;
  const { key } = entry;
  const known = entry.memberUid !== undefined;
  const first = known ? await update(parts, entry, object, healing) : await create(parts, entry, object, guard(entry));
  // Another uid: kube-apiserver answers 422 (the uid is immutable) when an object is there, 409 when none is.
  const doubtful = known ? [404, 409, 422] : [409];
  if (first.ok || "refused" in first || !doubtful.includes(first.code)) return first;
  const live = await member.get(key);
  if (!live.ok && live.code !== 404) return live;
  const ours = live.ok && isOurs(live.object, entry);
  if (entry.once === true && known && !ours) return "lost";
  if (!live.ok) {
    // Absent. With a uid: it was deleted, so it is made again. Without: this server does not create what carries a version.
    disown(entry);
    state.save(entry);
    state.flush();
    return create(parts, entry, object, known ? guard(entry) : {});
  }
  if (!ours) return strangerTo(parts, entry, object, live.object, healing);
  // What is ending and will not be made again is left to end; its going is reported.
  if (live.object.metadata.deletionTimestamp !== undefined) return entry.once === true && known ? live : dying(entry);
  if (known) return first;
  entry.memberUid = live.object.metadata.uid;
  return meet(parts, entry, object, live.object, healing);
}

async function create(
  parts: Parts,
  entry: Entry,
  object: KubeObject,
  guarded: JsonObject,
): Promise<Result<{ object: KubeObject }>> {
  const { member } = parts;
  const made = await member.apply(entry.key, body(object, guarded));
  const pointers = entry.manner?.ignoreFields;
  if (!made.ok || pointers === undefined) return made;
  parts.step("created");
  const free = await letGo(member, entry, object, made.object, pointers);
  return free.ok ? { ok: true, object: free.live } : free;
}

/** Without a look at the member first, where neither manner nor autoscaler asks for one. */
async function update(
  parts: Parts,
  entry: Entry,
  object: KubeObject,
  healing: boolean,
): Promise<Result<{ object: KubeObject }> | Refusal> {
  const { member } = parts;
  if (looksFirst(entry) || (await leftAlone(parts, entry, object, healing)).length > 0) {
    const live = await member.get(entry.key);
    if (!live.ok && live.code !== 404) return live;
    if (live.ok && isOurs(live.object, entry)) return meet(parts, entry, object, live.object, false);
  }
  return member.apply(entry.key, body(object, guard(entry)));
}

/** Applies to what stands there, as its manner says. */
async function meet(
  parts: Parts,
  entry: Entry,
  object: KubeObject,
  live: KubeObject,
  healing: boolean,
): Promise<Result<{ object: KubeObject }> | Refusal> {
  const pointers = await leftAlone(parts, entry, object, healing);
  const refusal = refusalOf(entry, without(object, live, pointers).object, live);
  if (refusal !== undefined) return refusal;
  const free = await letGo(parts.member, entry, object, live, pointers);
  if (!free.ok) return free;
  const { uid, resourceVersion } = free.live.metadata;
  // Fields are sent as they were read, and a stranger is taken over as it was judged: not if somebody else wrote meanwhile.
  const exact = free.copied || entry.memberUid === undefined;
  const guarded = { uid: uid ?? "", ...(exact ? { resourceVersion: resourceVersion ?? "" } : {}) };
  return parts.member.apply(entry.key, body(free.object, guarded));
}

/** JSON pointers to what is not set in an object that stands. */
async function leftAlone(parts: Parts, entry: Entry, object: KubeObject, fresh: boolean): Promise<string[]> {
  const ignored = entry.manner?.ignoreFields ?? [];
  const counted = object["spec"]?.replicas !== undefined;
  entry.scaled = counted && (await parts.scaled(entry, fresh)) ? true : undefined;
  // As in one cluster: what people write is what the autoscaler starts from.
  const asked = (entry.resized ?? 0) > entry.applied;
  return entry.scaled === true && !asked ? [...ignored, "/spec/replicas"] : ignored;
}

/** What stands under the name is not ours. */
async function strangerTo(
  parts: Parts,
  entry: Entry,
  object: KubeObject,
  live: KubeObject,
  healing: boolean,
): Promise<Sent> {
  const { kind, name } = entry.key;
  const owner = live.metadata.labels?.[BINDING_LABEL];
  if (takeOver(parts, entry, live)) return meet(parts, entry, object, live, healing);
  if (entry.manner?.adopt !== true) return conflict(`${kind} ${name} exists in the cluster and was not made by Hanse`);
  if (owner !== undefined && owner !== entry.uid) {
    return conflict(
      `${kind} ${name} is not adopted: its label ${BINDING_LABEL}=${owner} says that it belongs to another federation, or to another template of this one`,
    );
  }
  if (live.metadata.deletionTimestamp !== undefined) return dying(entry);
  // Recorded before anything is sent. Until our label and field manager are on it, it is not ours: a tombstone leaves it where it is.
  disown(entry);
  entry.adopted = live.metadata.uid;
  parts.state.save(entry);
  parts.state.flush();
  parts.step("adopting");
  const taken = await meet(parts, entry, object, live, healing);
  if (taken.ok) parts.log("adopted", { kind, name, namespace: entry.key.namespace, binding: entry.uid });
  return taken;
}

const conflict = (message: string): Refusal => ({ ok: false, refused: "Conflict", message });

const guard = ({ memberUid }: Entry): JsonObject =>
  memberUid === undefined ? { resourceVersion: NO_VERSION } : { uid: memberUid };

/** What we made is gone; the next create is a new intent. */
export function disown(entry: Entry): void {
  entry.memberUid = undefined;
  entry.adopted = undefined;
  entry.scaled = undefined;
  entry.intent = true;
}

export function dying({ key }: Entry): Failure {
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
