// Runs one contract suite over every implementation of Store, each test on a fresh, empty one. Postgres is started once a file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { startPostgres, type EmbeddedPostgres } from "./embedded.node.ts";
import { openMemory } from "./memory.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import type { Event, Key, Op, Selection, Store } from "./store.ts";

interface Implementation {
  name: string;
  start(): Promise<void>;
  /** A fresh, empty store. */
  open(): Promise<Store>;
  stop(): Promise<void>;
}

/** One server for the file, one schema for each store. */
function onPostgres(): Implementation {
  const dir = mkdtempSync(join(tmpdir(), "hanse-store-"));
  let server: EmbeddedPostgres;
  let schemas = 0;
  return {
    name: "postgres",
    start: async () => void (server = await startPostgres({ dir })),
    open: async () => {
      const schema = `s${++schemas}`;
      const sql = postgres(server.url, {
        max: 4,
        fetch_types: false,
        onnotice: () => {},
        connection: { search_path: schema },
      });
      await sql.unsafe(`create schema ${schema}`);
      await migrate(sql);
      const store = await openPostgres({ sql });
      return {
        ...store,
        close: async () => {
          await store.close();
          await sql.end();
        },
      };
    },
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

const memory: Implementation = {
  name: "memory",
  start: async () => {},
  open: async () => openMemory(),
  stop: async () => {},
};

export const key = (name: string, namespace = "default", resource = "configmaps"): Key => ({
  resource,
  namespace,
  name,
});
export const text = (name: string, n = 0) =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"n":${n}}`;
export const create = (name: string, more: Partial<Op & { op: "create" }> = {}): Op => ({
  op: "create",
  key: key(name),
  value: text(name),
  ...more,
});
export const names = (rows: { name: string }[]) => rows.map((row) => row.name);

export interface Subject {
  /** Opens a store, which `write` and `watched` then speak to. */
  fresh(): Promise<Store>;
  /** A commit that must succeed; its versions. */
  write(...ops: Op[]): Promise<number[]>;
  /** What a watch delivers until `count` events came. */
  watched(from: number, select: Selection[], count: number): Promise<Event[]>;
}

export function onEveryStore(title: string, suite: (subject: Subject) => void): void {
  for (const implementation of [memory, onPostgres()]) {
    describe(`${title}: ${implementation.name}`, () => {
      const opened: Store[] = [];
      beforeAll(() => implementation.start(), 60_000);
      afterEach(async () => {
        for (const one of opened.splice(0)) await one.close();
      });
      afterAll(() => implementation.stop());
      suite({
        async fresh() {
          opened.push(await implementation.open());
          return opened.at(-1)!;
        },
        async write(...ops) {
          const result = await opened.at(-1)!.commit({ ops });
          if (!result.ok) throw new Error(JSON.stringify(result));
          return result.versions;
        },
        async watched(from, select, count) {
          const stop = new AbortController();
          const events: Event[] = [];
          for await (const batch of opened.at(-1)!.watch({ from, select, signal: stop.signal })) {
            events.push(...batch.events);
            if (events.length >= count) stop.abort();
          }
          return events;
        },
      });
    });
  }
}
