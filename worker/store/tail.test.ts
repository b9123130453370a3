// What the tail asks of the database, counted: nothing while nobody watches, nothing for what this process wrote itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startPostgres, type EmbeddedPostgres } from "./embedded.node.ts";
import { migrate } from "./migrate.ts";
import { openPostgres, type PostgresStore } from "./postgres.ts";
import type { Event, Selection } from "./store.ts";

const NEVER_MS = 2 ** 30;
const SELECT: Selection[] = [{ resource: "r" }];

let dir: string;
let server: EmbeddedPostgres;
let sql: Sql;
let store: PostgresStore;
let other: PostgresStore;
let statements: string[] = [];
const watches: AbortController[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hanse-tail-"));
  server = await startPostgres({ dir });
  sql = postgres(server.url, {
    max: 3,
    fetch_types: false,
    onnotice: () => {},
    debug: (_, query) => statements.push(query),
  });
  await migrate(sql);
}, 60_000);
beforeEach(async () => {
  store = await openPostgres({ sql, pollMs: NEVER_MS, ring: { events: 10, text: 1_000_000 } });
  other = await openPostgres({ sql, pollMs: NEVER_MS });
});
afterEach(async () => {
  for (const watch of watches.splice(0)) watch.abort();
  await store.close();
  await other.close();
});
afterAll(async () => {
  await sql.end();
  await server.stop();
  rmSync(dir, { recursive: true });
});

const put = async (to: PostgresStore, name: string, value = "{}") => {
  const result = await to.commit({ ops: [{ op: "put", key: { resource: "r", namespace: "", name }, value }] });
  if (!result.ok) throw new Error(result.reason);
  return result.versions[0]!;
};
/** A running watch; `until(n)` waits for n events in all. */
function watch(from: number, select = SELECT) {
  const stop = new AbortController();
  watches.push(stop);
  const events: Event[] = [];
  let notify = () => {};
  void (async () => {
    for await (const batch of store.watch({ from, select, signal: stop.signal })) {
      events.push(...batch.events);
      notify();
    }
  })();
  const until = async (count: number) => {
    while (events.length < count) await new Promise<void>((resolve) => (notify = resolve));
    return events.map((event) => event.name);
  };
  return { until, stop };
}

test("nobody watches: a commit is one statement, and nothing else runs", async () => {
  await put(store, "warm");
  statements = [];
  for (const name of ["a", "b", "c"]) await put(store, name);
  expect(statements).toHaveLength(3);
});

test("own commits reach watchers without a read, updates and deletions of what was read before too", async () => {
  const old = await put(other, "old", '{"n":1}');
  await store.get({ resource: "r", namespace: "", name: "old" });
  const watching = watch(await store.version());
  await put(store, "first");
  await watching.until(1);
  statements = [];
  await put(store, "second");
  await put(store, "second", '{"n":2}');
  await put(store, "old", '{"n":2}');
  await store.commit({ ops: [{ op: "delete", key: { resource: "r", namespace: "", name: "old" } }] });
  expect(await watching.until(5)).toEqual(["first", "second", "second", "old", "old"]);
  expect(statements.filter((text) => !text.includes("hanse_commit"))).toEqual([]);
  expect(old).toBeGreaterThan(0);
});

test("another process's commit shows when looked for, and at once when an own one comes after it", async () => {
  const watching = watch(await store.version());
  await put(store, "a");
  await watching.until(1);
  await put(other, "b");
  await store.wake();
  expect(await watching.until(2)).toEqual(["a", "b"]);
  await put(other, "c");
  await put(store, "d");
  expect(await watching.until(4)).toEqual(["a", "b", "c", "d"]);
});

test("many watchers of one thing cost one read, and one behind the ring reads for itself", async () => {
  const from = await store.version();
  for (let i = 0; i < 30; i++) await put(other, `n${i}`);
  const at = await store.version();
  const near = Array.from({ length: 20 }, () => watch(at));
  await put(store, "x");
  for (const one of near) await one.until(1);
  statements = [];
  await put(other, "y");
  await store.wake();
  for (const one of near) await one.until(2);
  expect(statements).toHaveLength(2);
  const far = watch(from);
  expect(await far.until(32)).toEqual([...Array.from({ length: 30 }, (_, i) => `n${i}`), "x", "y"]);
});

test("the last watcher gone, the next one back: nothing in between is lost", async () => {
  const from = await store.version();
  const first = watch(from);
  await put(store, "a");
  await first.until(1);
  first.stop.abort();
  await put(other, "b");
  await put(store, "c");
  const second = watch(from);
  expect(await second.until(3)).toEqual(["a", "b", "c"]);
  await put(store, "d");
  expect(await second.until(4)).toEqual(["a", "b", "c", "d"]);
});

test("P11 a page of large values is cut by bytes and still complete", async () => {
  const from = await store.version();
  const names = Array.from({ length: 14 }, (_, i) => `big${i}`);
  for (const name of names) await put(other, name, JSON.stringify("z".repeat(1_500_000)));
  expect(await watch(from).until(14)).toEqual(names);
});
