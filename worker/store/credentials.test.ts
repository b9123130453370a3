// One suite over both implementations.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Credentials,
  createJoinToken,
  hashToken,
  memoryCredentials,
  newAdminToken,
  newJoinToken,
} from "./credentials.ts";
import { postgresCredentials } from "./credentials.postgres.ts";
import { type EmbeddedPostgres, startPostgres } from "./embedded.node.ts";
import { migrate } from "./migrate.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");

function suite(open: () => Credentials): void {
  const token = (cluster: string) => createJoinToken(open(), { cluster, ttlMs: 1000, now: NOW });
  const spend = async (text: string, publicKey: string, now = NOW) =>
    open().spendJoinToken({ hash: await hashToken(text), publicKey, now });

  it("P10: a join token is spent once, again only for the same key, never after its time", async () => {
    const text = await token("paris");
    expect(await spend(text, "key-1")).toEqual({ ok: true, cluster: "paris" });
    expect(await open().agentKey("paris")).toBe("key-1");
    expect(await spend(text, "key-2")).toEqual({ ok: false });
    expect(await spend(text, "key-1", NOW + 5000)).toEqual({ ok: true, cluster: "paris" });
    expect(await spend(await token("oslo"), "key-3", NOW + 1000)).toEqual({ ok: false });
    expect(await spend("nonsense", "key-3")).toEqual({ ok: false });
    expect(await open().agentKey("oslo")).toBeUndefined();
  });

  it("of two agents that spend one token at the same time one wins", async () => {
    const text = await token("bern");
    const results = await Promise.all(["a", "b", "c", "d"].map((key) => spend(text, key)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it("a new token replaces the agent's key; the old token does not bring the old key back", async () => {
    const first = await token("rome");
    await spend(first, "old");
    expect(await spend(await token("rome"), "new")).toEqual({ ok: true, cluster: "rome" });
    expect(await spend(first, "old")).toEqual({ ok: false });
    expect(await open().agentKey("rome")).toBe("new");
  });

  it("a revoked agent is unknown, and tokens made for its cluster are worth nothing", async () => {
    await spend(await token("nice"), "key");
    const unused = await token("nice");
    await open().revokeAgent("nice", NOW);
    expect(await open().agentKey("nice")).toBeUndefined();
    expect(await spend(unused, "key")).toEqual({ ok: false });
    expect(await spend(await token("nice"), "key")).toEqual({ ok: true, cluster: "nice" });
  });

  it("there is one admin token; a join token is none", async () => {
    expect(await open().hasAdminToken()).toBe(false);
    const [one, two] = [await hashToken(newAdminToken()), await hashToken(newAdminToken())];
    await open().setAdminToken(one);
    await open().setAdminToken(two);
    expect([await open().isAdminToken(one), await open().isAdminToken(two), await open().hasAdminToken()]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await open().isAdminToken(await hashToken(await token("graz")))).toBe(false);
  });
}

describe("credentials in memory", () => {
  const credentials = memoryCredentials();
  suite(() => credentials);
});

describe("credentials on Postgres", () => {
  let dir: string;
  let server: EmbeddedPostgres;
  let sql: postgres.Sql;
  let credentials: Credentials;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "hanse-credentials-"));
    server = await startPostgres({ dir });
    sql = postgres(server.url, { max: 4, onnotice: () => {} });
    await migrate(sql);
    credentials = postgresCredentials(sql);
  }, 60_000);
  afterAll(async () => {
    await sql?.end();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  suite(() => credentials);
});

it("P10: join tokens have the entropy and the look they promise", () => {
  const tokens = Array.from({ length: 200 }, newJoinToken);
  for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{22}$/);
  expect(new Set(tokens).size).toBe(200);
});
