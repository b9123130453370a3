// The store on Postgres. The connection is passed in (one pool on Node, few connections per object on Workers) and stays the caller's:
// no LISTEN, no session state, no session locks, so a transaction-mode pooler between is fine. Several processes on one database are
// correct; the tail of each sees the others' commits by looking every `pollMs`.
import type { Sql } from "postgres";
import { CommitQueue, type Outcome } from "./batch.ts";
import { unavailable } from "./failure.ts";
import { base64url } from "./digest.ts";
import type { RingLimits } from "./ring.ts";
import * as statements from "./statements.ts";
import {
  Compacted,
  TooLarge,
  type Commit,
  type Key,
  type Listed,
  type ListQuery,
  type Row,
  type Store,
} from "./store.ts";
import { Tail } from "./tail.ts";

export interface PostgresOptions {
  /** The schema must be there: see migrate.ts. */
  sql: Sql;
  /** How long another process's commit may stay unseen by watchers here; a function is asked anew each time. Default 500. */
  pollMs?: number | (() => number);
  /** How much of the newest history watchers find in memory. */
  ring?: RingLimits;
  /** HMAC-SHA-256 in base64url, where the platform has a faster one than WebCrypto's. */
  hmac?(key: Uint8Array, value: string): string;
}

export interface PostgresStore extends Store {
  /** Looks at once whether another process has committed something. */
  wake(): Promise<void>;
}

/** @throws Unavailable */
export async function openPostgres({ sql, pollMs = 500, ring, hmac }: PostgresOptions): Promise<PostgresStore> {
  const read = async (statement: statements.Statement, values?: Record<string, string | number>) => {
    try {
      return await statements.run(sql, statement, values);
    } catch (error) {
      throw unavailable(error, false);
    }
  };
  const write = async (statement: statements.Statement, values: Record<string, string | number>) => {
    try {
      return await statements.run(sql, statement, values);
    } catch (error) {
      throw unavailable(error, true);
    }
  };
  const head = async () => {
    const [row] = await read(statements.head);
    const [version, compacted, epoch, federation] = row!;
    return {
      version: Number(version),
      compacted: Number(compacted),
      epoch: Number(epoch),
      federation: federation as string,
    };
  };

  const queue: CommitQueue = new CommitQueue(
    async (commits) => answers(await statements.run(sql, statements.commit, { batch: encode(commits) })),
    (commits, outcomes) => tail.committed(commits, outcomes),
  );
  const tail: Tail = new Tail({
    sql,
    head: (await head()).version,
    pollMs: typeof pollMs === "function" ? pollMs : () => pollMs,
    // The call that is being answered still counts as one.
    committing: () => queue.calls > 1,
    limits: ring,
  });

  let digester: Promise<(value: string) => string | Promise<string>> | undefined;
  const makeDigester = async () => {
    const [row] = await read(statements.hmacKey);
    const bytes = Uint8Array.from((row![0] as string).match(/../g)!, (byte) => parseInt(byte, 16));
    if (hmac !== undefined) return (value: string) => hmac(bytes, value);
    const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return async (value: string) => base64url(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(value)));
  };

  async function list(query: ListQuery): Promise<Listed> {
    const { resource, namespace, name, after, limit, at } = query;
    const values: Record<string, string | number> = { resource };
    if (namespace !== undefined) values["namespace"] = namespace;
    if (name !== undefined) values["name"] = name;
    if (after !== undefined) {
      values["afterNamespace"] = after.namespace;
      values["afterName"] = after.name;
    }
    if (limit !== undefined) values["limit"] = limit + 1;
    if (at !== undefined) values["at"] = at;
    const rows = await read(statements.list(query), values);
    const listed = listing(rows, resource, limit);
    if (at !== undefined) {
      const compacted = Number(rows[0]![1]);
      if (at > listed.version) throw new TooLarge(at, listed.version);
      if (at < compacted) throw new Compacted(at, compacted);
      listed.version = at;
    }
    if (listed.more && name === undefined && query.uncounted !== true) {
      // Without a version to list at, rows may have come or gone since.
      const [counted] = await read(statements.count(query), values);
      listed.remaining = Math.max(1, Number(counted![0]) - listed.rows.length);
    }
    return listed;
  }

  return {
    async get(wanted) {
      const [row] = await read(statements.get, {
        resource: wanted.resource,
        namespace: wanted.namespace,
        name: wanted.name,
      });
      if (row === undefined) return undefined;
      const version = Number(row[0]);
      const value = row[1] as string;
      tail.recent.set(version, value);
      return { resource: wanted.resource, namespace: wanted.namespace, name: wanted.name, version, value };
    },
    async getMany(keys) {
      if (keys.length === 0) return [];
      const rows = await read(statements.getMany, {
        keys: JSON.stringify(keys.map(({ resource, namespace, name }) => ({ r: resource, s: namespace, n: name }))),
      });
      return rows.map(([version, resource, namespace, name, value]) => {
        tail.recent.set(Number(version), value as string);
        return { resource, namespace, name, version: Number(version), value } as Row;
      });
    },
    list,
    listByRef: async (resource, ref) =>
      (await read(statements.listByRef, { resource, ref })).map((row) => rowOf(resource, row)),
    listByName: async (resource, name) =>
      (await read(statements.listByName(resource), { resource, name })).map((row) => rowOf(resource, row)),
    async changes({ resource, namespace, after, limit }) {
      return listing(
        await read(statements.changes(resource), { resource, namespace, after, limit: limit + 1 }),
        resource,
        limit,
      );
    },
    version: async () => (await head()).version,
    watch: (options) => tail.watchers.watch(options),
    commit: (commit) => queue.commit(commit),
    async contents(digests) {
      if (digests.length === 0) return new Map();
      return new Map((await read(statements.contentsOf, { digests: JSON.stringify(digests) })) as [string, string][]);
    },
    async referring(ref) {
      return (await read(statements.referring, { ref })).map(
        ([version, resource, namespace, name, value]) =>
          ({ resource, namespace, name, version: Number(version), value }) as Row,
      );
    },
    referringKeys: async (ref) =>
      (await read(statements.referringKeys, { ref })).map(
        ([resource, namespace, name]) => ({ resource, namespace, name }) as Key,
      ),
    async epoch() {
      const { epoch, compacted, federation } = await head();
      return { epoch, compacted, federation };
    },
    moved: async () => (await read(statements.moved))[0]![0] === true,
    async openEpoch(over, above = over) {
      await write(statements.openEpoch, { over, above });
      void tail.wake();
      return (await head()).epoch;
    },
    async digest(value) {
      digester ??= makeDigester().catch((error: unknown) => {
        digester = undefined;
        throw error;
      });
      return (await digester)(value);
    },
    async mark(version) {
      const [row] = await read(statements.markOf, { version });
      return row === undefined ? undefined : Number(row[0]);
    },
    async compact(version) {
      await write(statements.moveHorizon, { version: Math.min(version, (await head()).version) });
      while (Number((await write(statements.sweep, {}))[0]![0]) > 0);
    },
    async position(loop) {
      const [row] = await read(statements.position, { loop });
      return row === undefined ? 0 : Number(row[0]);
    },
    async setPosition(loop, version) {
      await write(statements.setPosition, { loop, version });
    },
    async shareLease(process, heard) {
      await write(statements.renewLease, { process, heard: JSON.stringify(heard) });
      return (await read(statements.otherLeases, { process })).map(([other, age, clusters]) => ({
        process: other as string,
        ageMs: Number(age),
        heard: JSON.parse(clusters as string) as string[],
      }));
    },
    dropLease: async (process) => void (await write(statements.dropLease, { process })),
    wake: () => tail.wake(),
    close: async () => tail.close(),
  };
}

/** The batch as hanse_commit reads it. */
function encode(commits: Commit[]): string {
  return JSON.stringify(
    commits.map(({ ops, contents }) => ({
      o: ops.map((op) => ({
        o: op.op[0],
        r: op.key.resource,
        s: op.key.namespace,
        n: op.key.name,
        v: "value" in op ? op.value : undefined,
        e: "expect" in op ? op.expect : op.op === "spend" ? op.seen : undefined,
        b: op.op === "spend" ? op.by : undefined,
        f: "refs" in op && op.refs !== undefined && op.refs.length > 0 ? op.refs : undefined,
        d: "deleting" in op && op.deleting === true ? true : undefined,
      })),
      c: contents?.map(({ digest, value }) => ({ d: digest, v: value })),
    })),
  );
}

type Answer =
  | [number, number | null][]
  | { i: number; w: "exists" | "missing" | "conflict" | "deleting"; c: number | null };

function answers(rows: unknown[][]): Outcome[] {
  return (JSON.parse(rows[0]![0] as string) as Answer[]).map((answer) =>
    Array.isArray(answer)
      ? { result: { ok: true, versions: answer.map(([version]) => version) }, superseded: answer.map(([, was]) => was) }
      : { result: { ok: false, index: answer.i, reason: answer.w, current: answer.c ?? undefined } },
  );
}

/** Rows of [head, compacted, version, namespace, name, value]; a head without a version means none. */
function listing(rows: unknown[][], resource: string, limit: number | undefined): Listed {
  const [head, , first] = rows[0]!;
  const found = first === null ? [] : rows.map((row) => rowOf(resource, row.slice(2)));
  const more = limit !== undefined && found.length > limit;
  return { rows: more ? found.slice(0, limit) : found, version: Number(head), more };
}

function rowOf(resource: string, [version, namespace, name, value]: unknown[]): Row {
  return {
    resource,
    namespace: namespace as string,
    name: name as string,
    version: Number(version),
    value: value as string,
  };
}
