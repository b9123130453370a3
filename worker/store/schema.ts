// The tables of migrations/ as drizzle knows them: what the reads are written with. The migrations are the truth; contract.test.ts
// notices when the two part.
import { bigint, boolean, customType, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

export const federation = pgTable("federation", {
  id: integer("id").primaryKey(),
  federation: uuid("federation").notNull(),
  epoch: bigint("epoch", { mode: "number" }).notNull(),
  version: bigint("version", { mode: "number" }).notNull(),
  compacted: bigint("compacted", { mode: "number" }).notNull(),
  base: bigint("base", { mode: "number" }).notNull(),
  baseMark: integer("base_mark").notNull(),
  hmacKey: bytes("hmac_key").notNull(),
});

export const log = pgTable("log", {
  version: bigint("version", { mode: "number" }).primaryKey(),
  resource: text("resource").notNull(),
  namespace: text("namespace").notNull(),
  name: text("name").notNull(),
  value: text("value"),
  deleting: boolean("deleting").notNull(),
  refs: text("refs").array(),
  until: bigint("until", { mode: "number" }).notNull(),
  prev: bigint("prev", { mode: "number" }),
  mark: integer("mark").notNull(),
});

export const contents = pgTable("contents", {
  digest: text("digest").primaryKey(),
  value: text("value").notNull(),
});

export const positions = pgTable("positions", {
  loop: text("loop").primaryKey(),
  version: bigint("version", { mode: "number" }).notNull(),
});
