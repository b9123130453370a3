// Watches what we made in the member: one list and watch per kind in use, of objects with our label. Each event is either a status to report or
// drift to heal: our managedFields entry changed, the label is lost (the watch says DELETED), the object is gone. Needs no federation
// (P6). Never touches an object that the inventory does not name by uid.
import { BINDING_LABEL } from "../kinds/binding.ts";
import type { JsonObject, KubeObject } from "../kinds/object.ts";
import { type Entry, servedText } from "./inventory.ts";
import { backoffMs, healDelayMs } from "./live.ts";
import { OURS, type Served, type WatchEvent } from "./member.ts";
import { fingerprintOf, versionOf } from "./ownership.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";
import type { Seen } from "./report.ts";

const RETRY = { first: 200, most: 5_000 };
/** A kind the member does not serve (yet). */
const NOT_SERVED = { first: 2_000, most: 30_000 };
const PAGE = "200";
/** Events kept while an object is being worked on; the last ones tell all. */
const MAX_SEEN = 10;

/** A function that starts watching a kind, once. */
export function createObserver(parts: () => Parts): (served: Served) => void {
  const watched = new Set<string>();
  return ({ apiVersion, kind, resource }) => {
    const served = { apiVersion, kind, resource };
    if (watched.has(servedText(served))) return;
    watched.add(servedText(served));
    void observeKind(parts(), served);
  };
}

async function observeKind(parts: Parts, served: Served): Promise<void> {
  const { signal, log } = parts;
  let from: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      from ??= await listAll(parts, served);
      from = await watchFrom(parts, served, from, () => (failures = 0));
    } catch (error) {
      if (signal.aborted) return;
      const { message, code } = error as Error & { code?: number };
      if (failures === 0) log("observe failed", { resource: servedText(served), message });
      await pause(backoffMs(failures++, parts.random(), code === 404 ? NOT_SERVED : RETRY), signal);
    }
  }
}

class Failed extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Judges all there is; what should be there and is not is missing. Returns the version to watch from. */
async function listAll(parts: Parts, served: Served): Promise<string> {
  const seen = new Set<string>();
  let version = "";
  let more: string | undefined;
  const expected = [...parts.state.entries()].filter((entry) => isOf(entry, served) && entry.memberUid !== undefined);
  do {
    const query = { ...OURS, limit: PAGE, ...(more === undefined ? {} : { continue: more }) };
    const listed = await parts.member.list(served, query);
    if (!listed.ok) throw new Failed(listed.code, listed.message);
    for (const object of listed.page.items) {
      seen.add(object.metadata.uid ?? "");
      judge(parts, "MODIFIED", object);
    }
    version = listed.page.resourceVersion;
    more = listed.page.continue;
  } while (more !== undefined);
  for (const entry of expected) {
    if (entry.memberUid !== undefined && !seen.has(entry.memberUid)) missing(parts, entry, Number(version));
  }
  return version;
}

/** Follows the watch until it ends; returns where to go on, undefined where only a new list helps. */
async function watchFrom(parts: Parts, served: Served, from: string, alive: () => void): Promise<string | undefined> {
  const watch = await parts.member.watch(served, { ...OURS, resourceVersion: from }, parts.signal);
  if (!watch.ok && watch.code === 410) return undefined;
  if (!watch.ok) throw new Failed(watch.code, watch.message);
  let version = from;
  const start = performance.now();
  try {
    for await (const event of watch.events) {
      alive();
      if (event.type === "ERROR") return undefined;
      version = event.object.metadata.resourceVersion ?? version;
      if (event.type !== "BOOKMARK") judge(parts, event.type, event.object);
    }
  } catch (error) {
    if (parts.signal.aborted) return version;
    parts.log("watch cut", { resource: servedText(served), message: (error as Error).message });
  }
  // A server that ends watches at once is not asked without a pause.
  if (performance.now() - start < 1000) await pause(backoffMs(2, parts.random(), RETRY), parts.signal);
  return version;
}

const isOf = ({ key }: Entry, served: Served): boolean =>
  key.resource === served.resource && key.apiVersion === served.apiVersion;

/** What an event of the member means for the binding it belongs to. */
export function judge(parts: Parts, type: WatchEvent["type"], object: KubeObject): void {
  const entry = parts.state.get(object.metadata.labels?.[BINDING_LABEL] ?? "");
  if (entry === undefined) return;
  const live = parts.lives.of(entry);
  const version = versionOf(object);
  if (live.running) {
    if (live.seen.length >= MAX_SEEN) live.seen.shift();
    live.seen.push({ type, object });
    return;
  }
  // Somebody else's object with a copied label.
  if (entry.memberUid === undefined || object.metadata.uid !== entry.memberUid) return;
  if (version <= live.version && type !== "DELETED") {
    if (version === live.version) note(parts, entry, object);
    return;
  }
  live.version = Math.max(live.version, version);
  if (entry.tombstone) {
    if (type === "DELETED") parts.queue.add(entry);
    return;
  }
  if (type === "DELETED") return vanished(parts, entry, object);
  note(parts, entry, object);
  if (
    entry.policy === "apply" &&
    object.metadata.deletionTimestamp === undefined &&
    fingerprintOf(object) !== entry.fingerprint
  ) {
    heal(parts, entry);
  }
}

/** Gone, or only its label is (the watch says DELETED of both). What runs once says its last status first. */
function vanished(parts: Parts, entry: Entry, object: KubeObject): void {
  if (entry.once === true) note(parts, entry, object);
  heal(parts, entry);
}

function note(parts: Parts, entry: Entry, object: KubeObject): void {
  parts.reporter.note(entry, seen(parts, entry, object));
}

/** What the federation is told of an object. */
export function seen({ scaledTo }: Parts, entry: Entry, object: KubeObject): Seen {
  return { status: object["status"] as JsonObject | undefined, scaled: scaledTo(entry, object) };
}

function missing(parts: Parts, entry: Entry, version: number): void {
  const live = parts.lives.of(entry);
  if (live.running || version < live.version) return;
  if (entry.tombstone) parts.queue.add(entry);
  else heal(parts, entry);
}

function heal({ lives, queue, clock }: Parts, entry: Entry): void {
  const live = lives.of(entry);
  live.drift = true;
  queue.add(entry, healDelayMs(live, clock()));
}
