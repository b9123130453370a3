// What a plain pg_dump holds, and its restore, for tests: npm's Postgres brings no pg_dump. All tables of the schema as COPY text from one snapshot, as
// pg_dump takes it; the schema itself comes from the migrations, as it would come from the dump. There are no sequences.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
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
      const chunks: Buffer[] = [];
      for await (const chunk of await snapshot.unsafe(`copy "${tablename}" to stdout`).readable()) chunks.push(chunk);
      tables.set(tablename as string, Buffer.concat(chunks).toString());
    }
  });
  return tables;
}

/** Into an empty database. */
export async function restore(sql: Sql, tables: Dump): Promise<void> {
  await migrate(sql);
  for (const [name, rows] of tables) {
    await sql.unsafe(`truncate "${name}"`);
    await pipeline(Readable.from([Buffer.from(rows)]), await sql.unsafe(`copy "${name}" from stdin`).writable());
  }
}
