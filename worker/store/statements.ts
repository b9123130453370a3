// Every read of the log as one SQL statement, built with drizzle from schema.ts and turned into text once. Each statement that answers
// with a version reads it from the same snapshot as its rows, so the two always agree.
import { and, eq, gt, isNotNull, lte } from "drizzle-orm/sql/expressions/conditions";
import { fillPlaceholders, sql, type BuildQueryConfig, type SQL } from "drizzle-orm/sql/sql";
import type { Sql } from "postgres";
import { BINDINGS, REPORTS } from "../../kinds/binding.ts";
import { contents, federation, leases, log, positions } from "./schema.ts";
import type { ListQuery, Selection } from "./store.ts";

export interface Statement {
  text: string;
  params: unknown[];
  /**
   * Named on the server: planned once. Only what one unique index answers: any other plan that is made while the log is new, and has no
   * statistics, is a scan of all of it, and is kept until the next analyze.
   */
  prepare: boolean;
}

/** A column of an answer: bigint comes as text, json is asked for as text. */
type Cell = string | number | boolean | null | Uint8Array;

/** How Postgres writes names, parameters and strings; drizzle's own dialect object would bring all its column types along. */
const POSTGRES: BuildQueryConfig = {
  // Only asked for drizzle's own columns, of which there are none here.
  casing: undefined as never,
  escapeName: (name) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: (index) => `$${index + 1}`,
  escapeString: (text) => `'${text.replaceAll("'", "''")}'`,
};
const at = sql.placeholder;
/** 2^63 - 1 and the two per-cluster resources are literals, so that the planner sees that the partial indexes apply. */
const current = sql`${log.until} = 9223372036854775807`;

function statement(query: SQL, prepare = true): Statement {
  const { sql: text, params } = query.toQuery(POSTGRES);
  return { text, params, prepare };
}

/** Rows as arrays of cells. The client decides whether statements may be named at all (`prepare: false` behind an old pooler). */
export async function run(
  client: Sql,
  { text, params, prepare }: Statement,
  values: Record<string, string | number> = {},
): Promise<Cell[][]> {
  const filled = fillPlaceholders(params, values) as (string | number)[];
  if (prepare) return (await client.unsafe(text, filled, { prepare }).values()) as Cell[][];
  return (await client.unsafe(withLiterals(text, filled), [], { prepare }).values()) as Cell[][];
}

/** The client asks the server for the types of parameters before it sends them: a second way there and back, which literals need not. */
function withLiterals(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\$(\d+)/g, (_whole, index: string) => literal(values[Number(index) - 1]!));
}

/** An escape string means the same whatever standard_conforming_strings says. */
function literal(value: string | number): string {
  return typeof value === "number" ? String(value) : `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

export const get = statement(
  sql`select ${log.version}, ${log.value} from ${log.table} where ${and(eq(log.resource, at("resource")), eq(log.namespace, at("namespace")), eq(log.name, at("name")), current)}`,
);

/** keys: JSON [{"r","s","n"}]. */
export const getMany = statement(
  sql`select ${log.version}, ${log.resource}, ${log.namespace}, ${log.name}, ${log.value}
    from json_to_recordset(${at("keys")}::text::json) as k(r text, s text, n text)
    join ${log.table} on ${log.resource} = k.r and ${log.namespace} = k.s and ${log.name} = k.n and ${current}`,
  false,
);

/** By the ref alone: until the first analyze of a new database the planner would read all of the resource instead. */
export const listByRef = statement(
  sql`with found as materialized (select ${log.version}, ${log.resource}, ${log.namespace}, ${log.name}, ${log.value} from ${log.table}
    where ${log.refs} @> array[${at("ref")}]::text[] and ${isNotNull(log.refs)} and ${current})
    select version, namespace, name, value from found where resource = ${at("resource")}`,
  false,
);

/** Answers as getMany does. */
export const referring = statement(
  sql`select ${log.version}, ${log.resource}, ${log.namespace}, ${log.name}, ${log.value} from ${log.table}
    where ${log.refs} @> array[${at("ref")}]::text[] and ${isNotNull(log.refs)} and ${current}`,
  false,
);

/** resource, namespace, name. */
export const referringKeys = statement(
  sql`select ${log.resource}, ${log.namespace}, ${log.name} from ${log.table}
    where ${log.refs} @> array[${at("ref")}]::text[] and ${isNotNull(log.refs)} and ${current}`,
  false,
);

export const listByName = perResource(
  (resource) => sql`select ${log.version}, ${log.namespace}, ${log.name}, ${log.value} from ${log.table}
    where ${log.resource} = ${resource} and ${log.name} = ${at("name")} and ${current}`,
);

export const changes = perResource((resource) =>
  withFederation(sql`select ${log.version}, ${log.namespace}, ${log.name}, ${log.value} from ${log.table}
    where ${log.resource} = ${resource} and ${log.namespace} = ${at("namespace")} and ${log.version} > ${at("after")} and ${current}
    order by ${log.version} limit ${at("limit")}`),
);

export const head = statement(
  sql`select ${federation.version}, ${federation.compacted}, ${federation.epoch}, ${federation.federation} from ${federation.table}`,
);
export const hmacKey = statement(sql`select encode(${federation.hmac_key}, 'hex') from ${federation.table}`);
export const contentsOf = statement(
  sql`select ${contents.digest}, ${contents.value} from ${contents.table} where ${contents.digest} in (select json_array_elements_text(${at("digests")}::text::json))`,
);
export const markOf = statement(
  sql`select ${log.mark} from ${log.table} where ${log.version} = ${at("version")} union all select ${federation.base_mark} from ${federation.table} where ${federation.base} = ${at("version")} limit 1`,
);
export const position = statement(
  sql`select ${positions.version} from ${positions.table} where ${positions.loop} = ${at("loop")}`,
);
/** heard: JSON [cluster]. The clocks of processes differ, the database's is one. */
export const renewLease = statement(
  sql`insert into ${leases.table} (process, renewed_at, heard)
    select ${at("process")}, clock_timestamp(), array(select json_array_elements_text(${at("heard")}::text::json))
    on conflict (process) do update set renewed_at = excluded.renewed_at, heard = excluded.heard`,
);
export const otherLeases = statement(
  sql`select ${leases.process}, (extract(epoch from clock_timestamp() - ${leases["renewed_at"]}) * 1000)::float8, to_json(${leases.heard})::text
    from ${leases.table} where ${leases.process} <> ${at("process")} order by ${leases["renewed_at"]} desc`,
);
export const dropLease = statement(sql`delete from ${leases.table} where ${leases.process} = ${at("process")}`);

export const setPosition = statement(
  sql`insert into ${positions.table} (loop, version) values (${at("loop")}, ${at("version")}) on conflict (loop) do update set version = excluded.version`,
);

/** Commits of JSON batches: see hanse_commit in migrations/0001_log.sql. */
export const commit = statement(sql`select hanse_commit(${at("batch")}::text::json)::text`);

/** `above`: an epoch that is known to have been. */
export const openEpoch = statement(
  sql`update ${federation.table} f set epoch = next, version = next << 40, compacted = next << 40, base = next << 40,
    base_mark = (random() * 2147483647)::integer, home = hanse_home()
    from (select greatest(${at("over")}::bigint, ${at("above")}::bigint) + 1 as next) n where f.epoch = ${at("over")}`,
);
/** Whether the data was made in another database than this one. */
export const moved = statement(sql`select ${federation.home} is distinct from hanse_home() from ${federation.table}`);
/** Moves the horizon up, never down, never past the newest version, and keeps the mark of the version it moves to. */
export const moveHorizon = statement(
  sql`update ${federation.table} set compacted = ${at("version")}::bigint, base = ${at("version")}::bigint,
    base_mark = coalesce((select ${log.mark} from ${log.table} where ${log.version} = ${at("version")}), base_mark)
    where compacted < ${at("version")} and version >= ${at("version")}`,
);
/** A bounded bite of what the horizon has passed; says how much it was. */
export const sweep = statement(
  sql`with gone as (delete from ${log.table} where ${log.version} in
    (select ${log.version} from ${log.table} where ${log.until} <= (select ${federation.compacted} from ${federation.table}) and ${log.until} < 9223372036854775807 limit 5000) returning 1)
    select count(*)::integer from gone`,
  false,
);

const lists = new Map<string, Statement>();
const counts = new Map<string, Statement>();

/** First the head (version, compacted), then version, namespace, name, value; the argument `limit` is one more than is wanted. */
export function list(query: ListQuery): Statement {
  return remembered(lists, query, () => {
    const ending =
      query.limit === undefined ? sql`order by namespace, name` : sql`order by namespace, name limit ${at("limit")}`;
    const columns = sql`select ${log.version}, ${log.namespace}, ${log.name}, ${log.value} from ${log.table}`;
    const [first, ...others] = listed(query).map((wanted) => sql`${columns} where ${wanted} ${ending}`);
    if (others.length === 0) return withFederation(first!, false);
    const parts = [first!, ...others].map((part) => sql`(${part})`);
    return withFederation(sql`${sql.join(parts, sql` union all `)} ${ending}`, false);
  });
}

/** How many rows the listing has in all from `after` on, whatever its limit. */
export function count(query: ListQuery): Statement {
  return remembered(counts, query, () => {
    const parts = listed(query).map((wanted) => sql`(select count(*) from ${log.table} where ${wanted})`);
    return statement(sql`select (${sql.join(parts, sql` + `)})::integer`, false);
  });
}

function remembered(known: Map<string, Statement>, query: ListQuery, make: () => Statement): Statement {
  const shape = (["namespace", "name", "after", "limit", "at"] as const)
    .filter((field) => query[field] !== undefined)
    .join();
  let found = known.get(shape);
  if (found === undefined) known.set(shape, (found = make()));
  return found;
}

/** The listed rows as disjoint parts: the current ones; at a version those that old, and those that something later superseded. */
function listed({ namespace, name, after, at: version }: ListQuery): SQL[] {
  const wanted = and(
    eq(log.resource, at("resource")),
    namespace === undefined ? undefined : eq(log.namespace, at("namespace")),
    name === undefined ? undefined : eq(log.name, at("name")),
    after === undefined
      ? undefined
      : sql`(${log.namespace}, ${log.name}) > (${at("afterNamespace")}, ${at("afterName")})`,
  );
  if (version === undefined) return [and(wanted, current)!];
  const before = lte(log.version, at("at"));
  return [
    and(wanted, current, before)!,
    and(wanted, gt(log.until, at("at")), sql`${log.until} < 9223372036854775807`, before)!,
  ];
}

export const EVENTS_PAGE = 500;
/** Versions that one page looks at, so that no statement runs long however rare the selected rows are. */
export const EVENTS_WINDOW = 20_000;
const EVENTS_BYTES = 8_000_000;

/**
 * Events after `from`: first the head (version, compacted), then version, resource, namespace, name, value, prev, until, mark, the value
 * before, and how many rows were found before the page was cut to EVENTS_BYTES.
 */
export function events(selections: number | undefined): Statement {
  return selections === undefined ? allEvents : selectedEvents;
}

/** Absent fields of a selection are null. */
export function selectionJson(select: Selection[]): string {
  return JSON.stringify(select.map(({ resource, namespace, name }) => ({ r: resource, s: namespace, n: name })));
}

const allEvents = eventsStatement(undefined);
const selectedEvents = eventsStatement(
  sql`exists (select 1 from json_to_recordset(${at("select")}::text::json) as k(r text, s text, n text)
    where k.r = resource and (k.s is null or k.s = namespace) and (k.n is null or k.n = name))`,
);

function eventsStatement(selected: SQL | undefined): Statement {
  const wanted = and(gt(log.version, at("from")), lte(log.version, at("window")), selected);
  const found = sql`select ${log.version}, ${log.resource}, ${log.namespace}, ${log.name}, ${log.value}, ${log.prev}, ${log.until}, ${log.mark}
    from ${log.table} where ${wanted} order by ${log.version} limit ${sql.raw(String(EVENTS_PAGE))}`;
  const sized = sql`select *, count(*) over () as found, sum(coalesce(octet_length(value), 0)) over (order by version) - coalesce(octet_length(value), 0) as already from (${found}) f`;
  return withFederation(
    sql`select e.version, e.resource, e.namespace, e.name, e.value, e.prev, e.until, e.mark, p.value as before, e.found
      from (${sized}) e left join ${log.table} p on p.version = e.prev where e.already < ${sql.raw(String(EVENTS_BYTES))} order by e.version`,
    false,
  );
}

/** The head beside every row, and alone when there is no row. One outer row: the order of the inner rows stays. */
function withFederation(rows: SQL, prepare = true): Statement {
  return statement(
    sql`select ${federation.version} as head, ${federation.compacted}, rows.* from ${federation.table} left join lateral (${rows}) rows on true`,
    prepare,
  );
}

function perResource(build: (resource: SQL) => SQL | Statement): (resource: string) => Statement {
  const make = (resource: SQL, prepare: boolean): Statement => {
    const built = build(resource);
    return "text" in built ? { ...built, prepare } : statement(built, prepare);
  };
  const any = make(sql`${at("resource")}`, false);
  const known = new Map([BINDINGS, REPORTS].map((resource) => [resource, make(sql.raw(`'${resource}'`), false)]));
  return (resource) => known.get(resource) ?? any;
}
