// The tables of migrations/ as the statements name them. Only drizzle's SQL templates are used, not its table builders: importing those
// takes 120 MiB and more of a Node process (docs/decisions/0001-log.md has the numbers). The migrations are the truth; every statement
// runs in the contract tests.
import { sql, type SQL } from "drizzle-orm/sql/sql";

type Columns<Name extends string> = Record<Name, SQL> & { table: SQL };

function table<const Name extends string>(name: string, columns: readonly Name[]): Columns<Name> {
  const entries = columns.map((column) => [column, sql`${sql.identifier(name)}.${sql.identifier(column)}`]);
  return { ...(Object.fromEntries(entries) as Record<Name, SQL>), table: sql`${sql.identifier(name)}` };
}

export const federation = table("federation", [
  "id",
  "federation",
  "epoch",
  "version",
  "compacted",
  "base",
  "base_mark",
  "hmac_key",
  "home",
]);
export const log = table("log", [
  "version",
  "resource",
  "namespace",
  "name",
  "value",
  "deleting",
  "refs",
  "until",
  "prev",
  "mark",
]);
export const contents = table("contents", ["digest", "value"]);
export const leases = table("leases", ["process", "renewed_at", "heard"]);
export const positions = table("positions", ["loop", "version"]);
