// Brings a database to the newest schema: each migration once, in order, in one transaction under a lock, however many processes start
// at once. Forward only: a database that knows a migration this program does not know is refused.
import type { Sql } from "postgres";
import { MIGRATIONS } from "./migrations.ts";

/** Any number that nobody else's program uses for its advisory locks. Held by the transaction, so it is fine behind a pooler. */
const LOCK = 7_420_136_361;

/**
 * Returns the names of the migrations that it applied.
 * @throws Error when the database is newer than this program.
 */
export async function migrate(sql: Sql): Promise<string[]> {
  const [known] = await sql`select to_regclass('hanse_migrations') is not null as known`;
  if (known?.["known"] === true && (await missing(sql)).length === 0) return [];
  return sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${LOCK}::text::bigint)`;
    await transaction`set local client_min_messages = warning`;
    await transaction`create table if not exists hanse_migrations (name text primary key, applied_at timestamptz not null default now())`;
    const todo = await missing(transaction as unknown as Sql);
    for (const { name, sql: text } of todo) {
      await transaction.unsafe(text);
      await transaction`insert into hanse_migrations (name) values (${name})`;
    }
    return todo.map((one) => one.name);
  });
}

async function missing(sql: Sql): Promise<{ name: string; sql: string }[]> {
  const applied = new Set((await sql`select name from hanse_migrations`).map((row) => row["name"] as string));
  const todo = MIGRATIONS.filter((one) => !applied.delete(one.name));
  if (applied.size > 0) throw new Error(`the database is newer than this program: it has ${[...applied].join(", ")}`);
  return todo;
}
