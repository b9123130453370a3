// The store without a database: simulated members and tests. The same contract as postgres.ts, answered from maps; its log is the
// ring, so history is bounded by `history` and older starts get Compacted. Refuses nothing else, keeps nothing after the process.
import { base64url } from "./digest.ts";
import { Ring, type LogEvent, type RingLimits } from "./ring.ts";
import { Shelf, type Entry } from "./shelf.ts";
import {
  Compacted,
  TooLarge,
  type Commit,
  type CommitResult,
  type Key,
  type Listed,
  type ListQuery,
  type Op,
  type Row,
  type Selection,
  type Store,
} from "./store.ts";
import { Watchers } from "./watch.ts";

export interface MemoryOptions {
  /** 0 <= random() < 1; makes marks, the federation's id and its key. */
  random?: () => number;
  /** Milliseconds; tells how old leases are. */
  clock?: () => number;
  /** How much of the past is kept for watches and for lists at a version. */
  history?: RingLimits;
}

const EPOCH_SPAN = 2 ** 40;
const FIRST_VERSION = 1;
const HISTORY: RingLimits = { events: 2_000, text: 1_000_000 };

export function openMemory(options: MemoryOptions = {}): Store {
  const random = options.random ?? Math.random;
  const integer = () => Math.floor(random() * 2 ** 31);
  const shelves = new Map<string, Shelf>();
  const contents = new Map<string, string>();
  const positions = new Map<string, number>();
  const clock = options.clock ?? Date.now;
  const leases = new Map<string, { at: number; heard: string[] }>();
  /** cluster -> process -> version at which it last gave out room there. */
  const spent = new Map<string, Map<string, number>>();
  const federation = [8, 4, 4, 4, 12].map((n) => hex(n, random)).join("-");
  const keyBytes = Uint8Array.from({ length: 32 }, () => Math.floor(random() * 256));
  let key: Promise<CryptoKey> | undefined;
  let epoch = 0;
  let version = FIRST_VERSION;
  /** The mark of version `ring.start`, which the ring itself no longer holds. */
  let startMark = integer();
  /** History begins here: nothing before it can be watched or listed. 0: everything since the first commit is there. */
  let compacted = 0;
  const ring = new Ring(version, options.history ?? HISTORY, (event) => {
    startMark = event.mark!;
    compacted = event.version;
  });
  const watchers = new Watchers(ring, {
    // What the ring does not hold is gone, but for the time before the first commit.
    read: async (from: number, _select: Selection[]) => {
      if (from < compacted) throw new Compacted(from, compacted);
      return { events: [], version: ring.start };
    },
  });

  const byRef = new Map<string, Set<Entry>>();

  const shelf = (resource: string): Shelf => {
    let found = shelves.get(resource);
    if (found === undefined) shelves.set(resource, (found = new Shelf()));
    return found;
  };
  function enlist(entry: Entry): void {
    for (const ref of entry.refs ?? []) {
      const found = byRef.get(ref);
      if (found === undefined) byRef.set(ref, new Set([entry]));
      else found.add(entry);
    }
  }
  function strike(entry: Entry | undefined): void {
    for (const ref of entry?.refs ?? []) {
      const found = byRef.get(ref);
      found?.delete(entry!);
      if (found?.size === 0) byRef.delete(ref);
    }
  }
  const current = (key: Key): Entry | undefined => shelves.get(key.resource)?.get(key.namespace, key.name);

  /** The newest version after `seen` at which another process gave out room. */
  function givenOut({ key: { name }, by, seen }: Op & { op: "spend" }): number | undefined {
    const others = [...(spent.get(name) ?? [])].filter(([process, at]) => process !== by && at > seen);
    return others.length === 0 ? undefined : Math.max(...others.map(([, at]) => at));
  }

  function commit({ ops, contents: added }: Commit): CommitResult {
    const found = ops.map((op) => current(op.key));
    for (let index = 0; index < ops.length; index++) {
      const op = ops[index]!;
      const given = op.op === "spend" ? givenOut(op) : undefined;
      if (given !== undefined) return { ok: false, index, reason: "conflict", current: given };
      const reason = op.op === "spend" ? undefined : objection(op, found[index]);
      if (reason !== undefined) return { ok: false, index, reason, current: found[index]?.row.version };
    }
    const mark = integer();
    const events: LogEvent[] = [];
    const versions = ops.map((op, index) => {
      const before = found[index];
      if (op.op === "require") return before!.row.version;
      if (op.op === "spend") return op.seen;
      version++;
      const value = op.op === "delete" ? before!.row.value : op.value;
      const row: Row = { resource: op.key.resource, namespace: op.key.namespace, name: op.key.name, version, value };
      const event: LogEvent = { ...row, type: "ADDED", mark };
      if (before !== undefined) {
        event.type = op.op === "delete" ? "DELETED" : "MODIFIED";
        event.was = before.row.version;
        if (op.op !== "delete") event.previous = before.row.value;
      }
      events.push(event);
      strike(before);
      if (op.op === "delete") shelf(op.key.resource).delete(op.key.namespace, op.key.name);
      else {
        const entry: Entry = { row, mark, refs: op.refs, deleting: op.op !== "put" && op.deleting === true };
        shelf(op.key.resource).set(entry);
        enlist(entry);
      }
      return version;
    });
    for (const op of ops) {
      if (op.op !== "spend") continue;
      const byProcess = spent.get(op.key.name) ?? new Map<string, number>();
      spent.set(op.key.name, byProcess.set(op.by, version));
    }
    for (const { digest, value } of added ?? []) if (!contents.has(digest)) contents.set(digest, value);
    if (events.length > 0) {
      ring.append(events, version);
      watchers.notify(events);
    }
    return { ok: true, versions };
  }

  /** What the rows of one resource were at an earlier version: the present with the events since taken back. */
  function rowsAt(resource: string, at: number): Row[] {
    const rows = shelves.get(resource)?.rows() ?? [];
    const undone = new Map<string, Row | undefined>();
    for (const event of ring.since(at)) {
      const id = `${event.namespace}\0${event.name}`;
      if (event.resource !== resource || undone.has(id)) continue;
      const value = event.type === "DELETED" ? event.value : event.previous;
      undone.set(
        id,
        event.was === undefined
          ? undefined
          : { resource, namespace: event.namespace, name: event.name, version: event.was, value: value! },
      );
    }
    if (undone.size === 0) return rows;
    const kept = rows.filter((row) => !undone.has(`${row.namespace}\0${row.name}`));
    for (const row of undone.values()) if (row !== undefined) kept.push(row);
    return kept.sort((a, b) => compareKeys(a, b));
  }

  function list({ resource, namespace, name, after, limit, at }: ListQuery): Listed {
    if (at !== undefined && at > version) throw new TooLarge(at, version);
    if (at !== undefined && at < compacted) throw new Compacted(at, compacted);
    if (at === undefined && namespace !== undefined && name !== undefined) {
      const row = current({ resource, namespace, name })?.row;
      const wanted = row !== undefined && (after === undefined || compareKeys(row, after) > 0);
      return { rows: wanted ? [row] : [], version, more: false };
    }
    let rows = at === undefined || at === version ? (shelves.get(resource)?.rows() ?? []) : rowsAt(resource, at);
    if (namespace !== undefined || name !== undefined || after !== undefined) {
      rows = rows.filter(
        (row) =>
          (namespace === undefined || row.namespace === namespace) &&
          (name === undefined || row.name === name) &&
          (after === undefined || compareKeys(row, after) > 0),
      );
    }
    return page(rows, limit, at ?? version);
  }

  return {
    get: async (key) => current(key)?.row,
    getMany: async (keys) => keys.flatMap((key) => current(key)?.row ?? []),
    list: async (query) => list(query),
    listByRef: async (resource, ref) =>
      [...(byRef.get(ref) ?? [])].filter(({ row }) => row.resource === resource).map(({ row }) => row),
    referring: async (ref) => [...(byRef.get(ref) ?? [])].map(({ row }) => row),
    referringKeys: async (ref) =>
      [...(byRef.get(ref) ?? [])].map(({ row: { resource, namespace, name } }) => ({ resource, namespace, name })),
    listByName: async (resource, name) => (shelves.get(resource)?.rows() ?? []).filter((row) => row.name === name),
    changes: async ({ resource, namespace, after, limit }) => {
      const rows = (shelves.get(resource)?.rows() ?? []).filter(
        (row) => row.namespace === namespace && row.version > after,
      );
      return page(
        rows.sort((a, b) => a.version - b.version),
        limit,
        version,
      );
    },
    version: async () => version,
    watch: (options) => watchers.watch(options),
    commit: async (one) => commit(one),
    contents: async (digests) =>
      new Map(digests.flatMap((digest) => (contents.has(digest) ? [[digest, contents.get(digest)!]] : []))),
    epoch: async () => ({ epoch, compacted, federation }),
    moved: async () => false,
    openEpoch: async (over, above = over) => {
      if (over !== epoch) return epoch;
      epoch = Math.max(over, above) + 1;
      version = epoch * EPOCH_SPAN;
      compacted = version;
      startMark = integer();
      ring.reset(version);
      watchers.wakeAll();
      return epoch;
    },
    digest: async (value) => {
      key ??= crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
      return base64url(await crypto.subtle.sign("HMAC", await key, new TextEncoder().encode(value)));
    },
    mark: async (asked) => {
      if (asked === ring.start) return startMark;
      const event = ring.at(asked);
      if (event !== undefined) return event.mark;
      for (const one of shelves.values())
        for (const entry of one.entries()) if (entry.row.version === asked) return entry.mark;
      return undefined;
    },
    compact: async (upTo) => {
      const horizon = Math.min(upTo, version);
      if (horizon <= compacted) return;
      const mark = ring.at(horizon)?.mark;
      ring.forget(horizon);
      if (mark !== undefined) startMark = mark;
      compacted = horizon;
    },
    position: async (loop) => positions.get(loop) ?? 0,
    setPosition: async (loop, at) => void positions.set(loop, at),
    shareLease: async (process, heard) => {
      leases.set(process, { at: clock(), heard: [...heard] });
      return [...leases]
        .filter(([other]) => other !== process)
        .map(([other, lease]) => ({ process: other, ageMs: clock() - lease.at, heard: lease.heard }))
        .sort((a, b) => a.ageMs - b.ageMs);
    },
    dropLease: async (process) => void leases.delete(process),
    close: async () => watchers.close(),
  };
}

function objection(
  op: Exclude<Op, { op: "spend" }>,
  found: Entry | undefined,
): "exists" | "missing" | "conflict" | "deleting" | undefined {
  if (op.op === "put") return undefined;
  if (op.op === "create") return found === undefined ? undefined : "exists";
  if (found === undefined) return "missing";
  if (op.expect !== undefined && op.expect !== found.row.version) return "conflict";
  return op.op === "require" && found.deleting ? "deleting" : undefined;
}

function page(rows: Row[], limit: number | undefined, version: number): Listed {
  if (limit === undefined) return { rows: [...rows], version, more: false };
  const remaining = Math.max(0, rows.length - limit);
  return { rows: rows.slice(0, limit), version, more: remaining > 0, remaining };
}

/** (namespace, name) by UTF-16 units: the byte order of every name that Kubernetes allows. */
function compareKeys(a: { namespace: string; name: string }, b: { namespace: string; name: string }): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

function hex(length: number, random: () => number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
}
