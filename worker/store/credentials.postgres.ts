// Credentials on Postgres: tables tokens and agents of migrations/0001_log.sql. Every method is one statement, so it is right
// through a transaction pooler and spends a token exactly once whatever runs beside it.
import type postgres from "postgres";
import type { Credentials } from "./credentials.ts";

export function postgresCredentials(sql: postgres.Sql): Credentials {
  return {
    setAdminToken: async (hash) => {
      await sql`
        with gone as (delete from tokens where kind = 'admin' and hash <> ${hash})
        insert into tokens (hash, kind, created_at) values (${hash}, 'admin', now()) on conflict (hash) do nothing`;
    },
    isAdminToken: async (hash) => {
      const rows = await sql`select 1 from tokens where hash = ${hash} and kind = 'admin'`;
      return rows.length > 0;
    },
    hasAdminToken: async () => {
      const rows = await sql`select 1 from tokens where kind = 'admin' limit 1`;
      return rows.length > 0;
    },
    addJoinToken: async ({ hash, cluster, expiresAt }) => {
      await sql`
        insert into tokens (hash, kind, cluster, expires_at, created_at)
        values (${hash}, 'join', ${cluster}, to_timestamp(${expiresAt}::float8 / 1000), now())`;
    },
    spendJoinToken: async ({ hash, publicKey, now }) => {
      const rows = await sql<{ cluster: string }[]>`
        with spent as (
          update tokens set spent_at = to_timestamp(${now}::float8 / 1000)
          where hash = ${hash} and kind = 'join' and spent_at is null and expires_at > to_timestamp(${now}::float8 / 1000)
          returning cluster
        ), keyed as (
          insert into agents (cluster, public_key, registered_at)
          select cluster, ${publicKey}, to_timestamp(${now}::float8 / 1000) from spent
          on conflict (cluster) do update
            set public_key = excluded.public_key, registered_at = excluded.registered_at, revoked_at = null
          returning cluster
        )
        select cluster from keyed
        union all
        select t.cluster from tokens t join agents a using (cluster)
        where t.hash = ${hash} and t.kind = 'join' and t.spent_at is not null
          and a.public_key = ${publicKey} and a.revoked_at is null
        limit 1`;
      const cluster = rows[0]?.cluster;
      return cluster === undefined ? { ok: false } : { ok: true, cluster };
    },
    agentKey: async (cluster) => {
      const rows = await sql<{ public_key: string }[]>`
        select public_key from agents where cluster = ${cluster} and revoked_at is null`;
      return rows[0]?.public_key;
    },
    revokeAgent: async (cluster, now) => {
      await sql`
        with gone as (delete from tokens where kind = 'join' and cluster = ${cluster})
        update agents set revoked_at = to_timestamp(${now}::float8 / 1000) where cluster = ${cluster}`;
    },
  };
}
