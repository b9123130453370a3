// P2: what was acknowledged is there after kill -9 of the whole database; what failed says whether it may have happened. And the
// embedded server itself: found again when its parent died, started again when it died.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterEach, expect, test } from "vitest";
import { startPostgres, type EmbeddedPostgres } from "./embedded.node.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { Unavailable } from "./store.ts";

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
}, 60_000);

const freshDir = () => {
  const dir = mkdtempSync(join(tmpdir(), "hanse-durable-"));
  ended.push(async () => rmSync(dir, { recursive: true }));
  return dir;
};
const connect = (server: EmbeddedPostgres, max = 6): Sql => {
  const sql = postgres(server.url, { max, fetch_types: false, onnotice: () => {}, backoff: 0.05, connect_timeout: 5 });
  ended.push(() => sql.end({ timeout: 1 }));
  return sql;
};
const portOf = (server: EmbeddedPostgres) => Number(new URL(server.url).port);

test(
  "P2 every acknowledged write survives kill -9 of the database, none of the refused ones exists, a watcher goes on",
  { timeout: 120_000 },
  async () => {
    const dir = freshDir();
    let server = await startPostgres({ dir });
    ended.push(() => server.stop());
    const sql = connect(server);
    await migrate(sql);
    const store = await openPostgres({ sql, pollMs: 20 });
    ended.push(() => store.close());
    const from = await store.version();
    const acknowledged = new Map<string, number>();
    const failed = new Map<string, Unavailable>();
    let crashing = true;
    let n = 0;

    const seen: number[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const batch of store.watch({ from, select: [{ resource: "configmaps" }], signal: stop.signal })) {
        for (const event of batch.events) seen.push(event.version);
        if (batch.events.at(-1)?.name === "end") stop.abort();
      }
    })();
    const writer = async () => {
      while (crashing) {
        const name = `n${n++}`;
        try {
          const result = await store.commit({
            ops: [
              { op: "create", key: { resource: "configmaps", namespace: "a", name }, value: `"${"v".repeat(2_000)}"` },
            ],
          });
          if (result.ok) acknowledged.set(name, result.versions[0]!);
        } catch (error) {
          expect(error).toBeInstanceOf(Unavailable);
          failed.set(name, error as Unavailable);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    };
    const writers = Array.from({ length: 16 }, writer);
    for (let crash = 0; crash < 3; crash++) {
      const before = acknowledged.size;
      while (acknowledged.size < before + 150) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(-server.pid, "SIGKILL");
      server = await startPostgres({ dir, port: portOf(server) });
    }
    const before = acknowledged.size;
    while (acknowledged.size < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
    crashing = false;
    await Promise.all(writers);
    await store.commit({
      ops: [{ op: "put", key: { resource: "configmaps", namespace: "a", name: "end" }, value: "{}" }],
    });

    const rows = new Map((await store.list({ resource: "configmaps" })).rows.map((row) => [row.name, row.version]));
    for (const [name, version] of acknowledged) expect([name, rows.get(name)]).toEqual([name, version]);
    expect(failed.size).toBeGreaterThan(0);
    for (const [name, error] of failed) if (!error.unknown) expect(rows.has(name)).toBe(false);
    expect([...rows.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: rows.size }, (_, i) => from + 1 + i));
    await watching;
    expect(seen).toEqual(Array.from({ length: rows.size }, (_, i) => from + 1 + i));
  },
);

test(
  "P2 a commit whose connection is lost under way is unknown, one that was never sent is not",
  { timeout: 60_000 },
  async () => {
    const server = await startPostgres({ dir: freshDir() });
    ended.push(() => server.stop());
    const sql = connect(server, 2);
    await migrate(sql);
    const store = await openPostgres({ sql });
    const other = connect(server, 1);
    const put = () =>
      store.commit({ ops: [{ op: "put", key: { resource: "r", namespace: "", name: "n" }, value: "{}" }] });
    await put();
    await other.begin(async (transaction) => {
      await transaction`select version from federation for update`;
      const stuck = put().then(
        () => undefined,
        (error: unknown) => error,
      );
      // The call waits for the counter: now its connection dies.
      for (;;) {
        const [row] =
          await transaction`select pg_terminate_backend(pid) as done from pg_stat_activity where wait_event_type = 'Lock' and query like '%hanse_commit%'`;
        if (row?.["done"] === true) break;
      }
      expect(await stuck).toMatchObject({ name: "Unavailable", unknown: true });
    });
    process.kill(-server.pid, "SIGKILL");
    const outcomes = await Promise.all([put(), put(), put()].map((one) => one.catch((error: unknown) => error)));
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(Unavailable);
    await expect(store.get({ resource: "r", namespace: "", name: "n" })).rejects.toMatchObject({
      name: "Unavailable",
      unknown: false,
    });
    await expect(put()).rejects.toMatchObject({ name: "Unavailable", unknown: false });
  },
);

test(
  "a server whose parent died is found again; a killed one leaves no obstacle; two starts agree",
  { timeout: 60_000 },
  async () => {
    const dir = freshDir();
    const first = await startPostgres({ dir });
    ended.push(() => first.stop());
    const again = await startPostgres({ dir });
    expect([again.pid, again.url]).toEqual([first.pid, first.url]);
    process.kill(first.pid, "SIGKILL");
    // Its children may still be going when the next one starts.
    const next = await startPostgres({ dir });
    ended.push(() => next.stop());
    expect(next.pid).not.toBe(first.pid);
    const [row] = await connect(next, 1)`select 1 as one`;
    expect(row).toEqual({ one: 1 });
    await next.stop();
    await next.stop();
  },
);

test(
  "migrations: several processes at once apply each once; a newer database is refused",
  { timeout: 60_000 },
  async () => {
    const server = await startPostgres({ dir: freshDir() });
    ended.push(() => server.stop());
    const clients = Array.from({ length: 4 }, () => connect(server, 1));
    const applied = await Promise.all(clients.map((sql) => migrate(sql)));
    expect(applied.flat()).toEqual(["0001_log", "0002_processes", "0003_bulk", "0004_home"]);
    expect(await migrate(clients[0]!)).toEqual([]);
    await clients[0]!`insert into hanse_migrations (name) values ('9999_future')`;
    await expect(migrate(clients[0]!)).rejects.toThrow("newer than this program: it has 9999_future");
  },
);
