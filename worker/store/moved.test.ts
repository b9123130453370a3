// P3: a dump that is restored into another database, or into new tables of the same one, is seen by the database itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dump, restore } from "../../test/real/dump.ts";
import { type EmbeddedPostgres, startPostgres } from "./embedded.node.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";

const dir = mkdtempSync(join(tmpdir(), "hanse-moved-"));
let server: EmbeddedPostgres;
let admin: Sql;
const open: Sql[] = [];

beforeAll(async () => {
  server = await startPostgres({ dir });
  admin = postgres(server.url, { onnotice: () => {} });
}, 60_000);
afterAll(async () => {
  for (const sql of open) await sql.end();
  await admin.end();
  await server.stop();
  rmSync(dir, { recursive: true });
});

const connect = (name: string, more: postgres.Options<{}> = {}): Sql => {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const sql = postgres(url.href, { max: 2, fetch_types: false, onnotice: () => {}, ...more });
  open.push(sql);
  return sql;
};

async function database(name: string): Promise<Sql> {
  await admin.unsafe(`create database ${name}`);
  return connect(name);
}

test("P3 another database knows that its data came from elsewhere, until an epoch is opened; a restart is none", async () => {
  const first = await database("first");
  await migrate(first);
  const store = await openPostgres({ sql: first });
  const written = await store.commit({
    ops: [{ op: "put", key: { resource: "a", namespace: "", name: "a" }, value: "{}" }],
  });
  expect(await store.moved()).toBe(false);
  await store.close();
  expect(await (await openPostgres({ sql: first })).moved()).toBe(false);

  const second = await database("second");
  await restore(second, await dump(first));
  const other = await openPostgres({ sql: second });
  expect(await other.get({ resource: "a", namespace: "", name: "a" })).toMatchObject({
    version: written.ok && written.versions[0],
  });
  expect(await other.moved()).toBe(true);
  await other.openEpoch(0);
  expect(await other.moved()).toBe(false);
  expect((await other.epoch()).federation).toBe((await store.epoch()).federation);
});

test("P3 so do new tables of the same database", async () => {
  const sql = await database("same");
  await migrate(sql);
  const kept = await dump(sql);
  await sql.unsafe("drop schema public cascade; create schema public");
  await restore(sql, kept);
  expect(await (await openPostgres({ sql })).moved()).toBe(true);
});

test("an ordinary role may ask", async () => {
  await admin.unsafe("create role plain login password 'plain'");
  await admin.unsafe("create database theirs owner plain");
  const sql = connect("theirs", { username: "plain", password: "plain" });
  await migrate(sql);
  const [row] = await sql`select home from federation`;
  expect(row!["home"]).toMatch(/^\d+\/\d+\/\d+$/);
  expect(await (await openPostgres({ sql })).moved()).toBe(false);
});
