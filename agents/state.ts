// The agent's memory across restarts: one SQLite file in its data directory. Promises (P5): `accept` makes items and the cursor behind them
// durable in one transaction, with the intent to create, before anything is sent; after a kill -9 at any moment, what was accepted is done again,
// harmlessly, and what we made is still known as ours. Later findings (uids, acknowledgements) are written in batches: each of them
// can be found out again. Refused: a file of another server or cluster.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Changes, Item } from "../kinds/protocol.ts";
import { accept, type Entry, memberKeyText } from "./inventory.ts";
import type { MemberKey } from "./member.ts";
import { type ObservedState, openObserved } from "./observedstate.ts";

export interface State {
  meta(name: string): string | undefined;
  setMeta(values: Record<string, string | undefined>): void;
  get(uid: string): Entry | undefined;
  entries(): IterableIterator<Entry>;
  /** All bindings about the same object of the member. */
  siblings(entry: Entry): Entry[];
  /** All bindings about that object of the member. */
  at(key: MemberKey): Entry[];
  /** What was said of that which they made. */
  observed: ObservedState;
  /** The object to apply, as text; undefined for a tombstone. */
  desired(uid: string): string | undefined;
  /** Returns the entries that have something to be done. */
  accept(changes: Changes): Entry[];
  /** `entry` was changed in place: written soon, together with others. */
  save(entry: Entry): void;
  forget(uid: string): void;
  /** What runs once and is removed is remembered beyond its entry; written with it. */
  end(uid: string): void;
  /** Writes what `save` and `forget` left. */
  flush(): void;
  close(): void;
}

/** Milliseconds in which changes gather before one fsync. */
const GATHER_MS = 20;
/** What could not be written, on a full disk, is tried again: in memory nothing is lost meanwhile, and the cluster is healed on (P6). */
const AGAIN_MS = 2_000;

/** The newest are kept: enough for what ends in a cluster between two backups of the federation, a few MB. */
const ENDED_KEPT = 50_000;

const SCHEMA = `
  create table if not exists meta (name text primary key, value text not null) without rowid;
  create table if not exists bindings (uid text primary key, entry text not null, desired text) without rowid;
  create table if not exists ended (at integer primary key autoincrement, uid text not null unique);
`;

export function openState(dataDir: string): State {
  return stateIn(openDatabase(dataDir));
}

function openDatabase(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(dataDir, "agent.db"));
  // FULL: a commit is on the disk when it returns. The journal stays small: the file is read whole once, at start.
  try {
    db.exec(
      "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -512; pragma locking_mode = exclusive;",
    );
  } catch (error) {
    db.close();
    if (!/locked/.test(String(error))) throw error;
    throw new Error(`${dataDir} is in use by another agent; stop it or choose another --data`, { cause: error });
  }
  return db;
}

/** What of a database is used: the simulation's stops writing when its agent is killed. */
export type Database = Pick<DatabaseSync, "exec" | "prepare" | "close" | "isTransaction">;

export function stateIn(db: Database): State {
  db.exec(SCHEMA);
  const statements = {
    setMeta: db.prepare("insert or replace into meta (name, value) values (?, ?)"),
    dropMeta: db.prepare("delete from meta where name = ?"),
    desired: db.prepare("select desired from bindings where uid = ?"),
    put: db.prepare("insert or replace into bindings (uid, entry, desired) values (?, ?, ?)"),
    save: db.prepare("update bindings set entry = ? where uid = ?"),
    drop: db.prepare("delete from bindings where uid = ?"),
    end: db.prepare("insert or ignore into ended (uid) values (?)"),
    isEnded: db.prepare("select 1 from ended where uid = ?"),
    trimEnded: db.prepare(`delete from ended where at <= (select max(at) from ended) - ${ENDED_KEPT}`),
  };
  const meta = new Map<string, string>();
  const entries = new Map<string, Entry>();
  const byKey = new Map<string, Set<string>>();
  const dirty = new Set<string>();
  const ended = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  for (const row of db.prepare("select name, value from meta").iterate())
    meta.set(String(row["name"]), String(row["value"]));
  for (const row of db.prepare("select entry from bindings").iterate())
    remember(JSON.parse(String(row["entry"])) as Entry);

  function remember(entry: Entry): void {
    entries.set(entry.uid, entry);
    const key = memberKeyText(entry.key);
    const uids = byKey.get(key) ?? new Set();
    byKey.set(key, uids.add(entry.uid));
  }

  function transaction(run: () => void): void {
    db.exec("begin immediate");
    try {
      run();
      db.exec("commit");
    } catch (error) {
      // SQLite may have ended it by itself, as on a full disk.
      if (db.isTransaction) db.exec("rollback");
      throw error;
    }
  }

  const observed = openObserved(db, transaction);

  function writeDirty(): void {
    for (const uid of dirty) {
      const entry = entries.get(uid);
      if (entry === undefined) statements.drop.run(uid);
      else statements.save.run(JSON.stringify(entry), uid);
    }
    for (const uid of ended) statements.end.run(uid);
    if (ended.size > 0) statements.trimEnded.run();
  }

  function isEnded({ uid, once }: Item): boolean {
    return once === true && (ended.has(uid) || statements.isEnded.get(uid) !== undefined);
  }

  function written(): void {
    dirty.clear();
    ended.clear();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (dirty.size === 0 || closed) return;
    transaction(writeDirty);
    written();
  }

  function soon(uid: string): void {
    dirty.add(uid);
    if (!closed) timer ??= setTimeout(flushOrLater, GATHER_MS);
  }

  function flushOrLater(): void {
    try {
      flush();
    } catch {
      if (!closed) timer = setTimeout(flushOrLater, AGAIN_MS);
    }
  }

  return {
    meta: (name) => meta.get(name),
    setMeta(values) {
      // In memory first: a hold counts also when the disk is full.
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined) meta.delete(name);
        else meta.set(name, value);
      }
      transaction(() => {
        for (const [name, value] of Object.entries(values)) {
          if (value === undefined) statements.dropMeta.run(name);
          else statements.setMeta.run(name, value);
        }
      });
    },
    get: (uid) => entries.get(uid),
    entries: () => entries.values(),
    siblings: (entry) =>
      [...(byKey.get(memberKeyText(entry.key)) ?? [])].flatMap((uid) =>
        uid === entry.uid ? [] : (entries.get(uid) ?? []),
      ),
    at: (key) => [...(byKey.get(memberKeyText(key)) ?? [])].flatMap((uid) => entries.get(uid) ?? []),
    observed,
    desired(uid) {
      const row = statements.desired.get(uid);
      return row === undefined || row["desired"] === null ? undefined : String(row["desired"]);
    },
    accept(changes) {
      const todo: Entry[] = [];
      const accepted: Entry[] = [];
      const position = { cursor: changes.cursor, hold: changes.hold === true ? "1" : "" };
      transaction(() => {
        writeDirty();
        for (const item of changes.items) {
          const before = entries.get(item.uid);
          const entry = accept(before, item, isEnded(item));
          const desired = item.object === undefined ? null : JSON.stringify(item.object);
          // The same generation of another content: the federation's data is another one (a restore, a cluster that joined again).
          if (
            entry.applied === entry.generation &&
            desired !== null &&
            statements.desired.get(entry.uid)?.["desired"] !== desired
          )
            entry.applied = 0;
          statements.put.run(entry.uid, JSON.stringify(entry), desired);
          accepted.push(entry);
          // Listed again after a lost cursor: what is applied already needs nothing.
          if (entry.tombstone || entry.applied !== entry.generation || before === undefined) todo.push(entry);
        }
        for (const [name, value] of Object.entries(position)) statements.setMeta.run(name, value);
      });
      for (const [name, value] of Object.entries(position)) meta.set(name, value);
      written();
      for (const entry of accepted) {
        const before = entries.get(entry.uid);
        // In place: an apply under way holds this object and will write its findings into it.
        if (before === undefined) remember(entry);
        else Object.assign(before, entry);
      }
      return todo.map((entry) => entries.get(entry.uid) ?? entry);
    },
    save(entry) {
      if (entries.get(entry.uid) === entry) soon(entry.uid);
    },
    forget(uid) {
      const entry = entries.get(uid);
      if (entry === undefined) return;
      entries.delete(uid);
      const key = memberKeyText(entry.key);
      byKey.get(key)?.delete(uid);
      if (byKey.get(key)?.size === 0) byKey.delete(key);
      soon(uid);
      observed.forgetBinding(uid);
    },
    end(uid) {
      ended.add(uid);
      soon(uid);
    },
    flush,
    close() {
      if (closed) return;
      try {
        flush();
      } finally {
        closed = true;
        clearTimeout(timer);
        db.close();
      }
    },
  };
}
