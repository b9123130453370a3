// What a plain pg_dump holds, and its restore, for tests: npm's Postgres brings no pg_dump. The rows of all tables of the schema from one snapshot, as
// pg_dump takes them; the schema itself comes from the migrations, as it would come from the dump. There are no sequences.
// As JSON and not as COPY: a stream of postgres.js 3.4.9 whose last packet is above its high-water mark leaves the connection paused for ever.
import type { Sql } from "postgres";
import { migrate } from "../../worker/store/migrate.ts";

export type Dump = ReadonlyMap<string, string>;

export async function dump(sql: Sql): Promise<Dump> {
  const tables = new Map<string, string>();
  await sql.begin("isolation level repeatable read read only", async (snapshot) => {
    const sequences = await snapshot`select 1 from pg_sequences where schemaname = current_schema()`;
    if (sequences.length > 0) throw new Error("there are sequences by now: dump them too");
    const names = await snapshot`select tablename from pg_tables where schemaname = current_schema() order by 1`;
    for (const { tablename } of names) {
      const [row] = await snapshot.unsafe(`select coalesce(json_agg(t), '[]')::text as rows from "${tablename}" t`);
      tables.set(tablename as string, row!["rows"] as string);
    }
  });
  return tables;
}

/** Into an empty database. */
export async function restore(sql: Sql, tables: Dump): Promise<void> {
  await migrate(sql);
  for (const [name, rows] of tables) {
    await sql.unsafe(`truncate "${name}"`);
    await sql.unsafe(`insert into "${name}" select * from json_populate_recordset(null::"${name}", $1::text::json)`, [
      rows,
    ]);
  }
}
