// P1 under load: writers in several processes' stores (one database), conflicts, transactions held open and rolled back, watchers from
// every start version, some slow, with rings so small that they fall behind. The judge is the log table itself.
// HANSE_SEED repeats a run's choices, HANSE_ROUNDS makes it longer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type EmbeddedPostgres } from "./embedded.node.ts";
import { migrate } from "./migrate.ts";
import { openPostgres, type PostgresStore } from "./postgres.ts";
import { Compacted, type Event, type Op, type Selection } from "./store.ts";

const WRITERS = 20;
const STORES = 3;
const ROUNDS = Number(process.env["HANSE_ROUNDS"] ?? 100);
const seed = Number(process.env["HANSE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const RESOURCES = ["configmaps", "secrets", "bindings.hanse.dev"];
const NAMESPACES = ["a", "b"];

/** mulberry32. */
function generator(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

let dir: string;
let server: EmbeddedPostgres;
const clients: Sql[] = [];
const stores: PostgresStore[] = [];
const connect = (max: number) => {
  const sql = postgres(server.url, { max, fetch_types: false, onnotice: () => {} });
  clients.push(sql);
  return sql;
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hanse-order-"));
  server = await startPostgres({ dir });
  await migrate(connect(1));
  for (let i = 0; i < STORES; i++)
    stores.push(await openPostgres({ sql: connect(4), pollMs: 10, ring: { events: 40, text: 1_000_000 } }));
}, 60_000);

afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await Promise.all(clients.map((sql) => sql.end({ timeout: 1 })));
  await server.stop();
  rmSync(dir, { recursive: true });
});

/** Random units: mostly one op, sometimes several, often doomed to conflict. */
function unit(random: (below: number) => number, tag: string): Op[] {
  const keys = new Set<string>();
  const ops: Op[] = [];
  for (let i = random(10) < 7 ? 1 : 1 + random(4); i > 0; i--) {
    const key = { resource: RESOURCES[random(3)]!, namespace: NAMESPACES[random(2)]!, name: `n${random(6)}` };
    const id = JSON.stringify(key);
    if (keys.has(id)) continue;
    keys.add(id);
    const value = `{"by":"${tag}","pad":"${"x".repeat(random(2_000))}"}`;
    const kind = random(10);
    if (kind < 3) ops.push({ op: "create", key, value });
    else if (kind < 7) ops.push({ op: "put", key, value });
    else if (kind < 9) ops.push({ op: "delete", key });
    else ops.push({ op: "require", key });
  }
  return ops;
}

test(
  `P1 every watcher sees every selected change once, in order, from any start (HANSE_SEED=${seed})`,
  { timeout: 120_000 + ROUNDS * 1_000 },
  async () => {
    const start = await stores[0]!.version();
    let writing = true;
    let written = 0;
    let refused = 0;

    const writer = async (index: number) => {
      const random = generator(seed + index);
      const store = stores[index % STORES]!;
      for (let round = 0; round < ROUNDS; round++) {
        const result = await store.commit({ ops: unit(random, `${index}.${round}`) });
        if (result.ok) written++;
        else refused++;
      }
    };
    /** Transactions that stay open with versions taken, and then commit or vanish. */
    const holder = async (index: number) => {
      const random = generator(seed + 1_000 + index);
      const sql = connect(1);
      while (writing) {
        const op = {
          o: "p",
          r: RESOURCES[random(3)]!,
          s: NAMESPACES[random(2)]!,
          n: `n${random(6)}`,
          v: '{"by":"holder"}',
        };
        const keep = random(2) === 0;
        const done = sql.begin(async (transaction) => {
          await transaction`select hanse_commit(${JSON.stringify([{ o: [op] }])}::text::json)`;
          for (let i = random(30); i > 0; i--) await transaction`select 1`;
          if (!keep) throw new Error("rolled back on purpose");
        });
        await done.catch(() => {});
        for (let i = 0; i < 20; i++) await sql`select 1`;
      }
    };
    const selections: Selection[][] = [
      [{ resource: "configmaps" }],
      [{ resource: "secrets", namespace: "a" }],
      [{ resource: "configmaps", namespace: "b", name: "n1" }, { resource: "bindings.hanse.dev" }],
      RESOURCES.map((resource) => ({ resource })),
      [{ resource: "configmaps", name: "n3" }],
    ];
    interface Watched {
      from: number;
      select: Selection[];
      events: Event[];
      promise: Promise<void>;
    }
    const watched: Watched[] = [];
    const watch = (store: PostgresStore, from: number, select: Selection[], slow: number) => {
      const one: Watched = { from, select, events: [], promise: Promise.resolve() };
      one.promise = (async () => {
        const stop = new AbortController();
        let reached = from;
        for await (const batch of store.watch({
          from,
          select: [...select, { resource: "end" }],
          signal: stop.signal,
        })) {
          expect(batch.version).toBeGreaterThanOrEqual(reached);
          for (const event of batch.events) {
            expect(event.version).toBeLessThanOrEqual(batch.version);
            if (event.resource === "end") stop.abort();
            else one.events.push(event);
          }
          reached = batch.version;
          for (let i = 0; i < slow; i++) await setImmediate();
        }
      })();
      watched.push(one);
    };
    const watcherMaker = async () => {
      const random = generator(seed + 2_000);
      for (let i = 0; writing && i < 60; i++) {
        const store = stores[random(STORES)]!;
        const head = await store.version();
        watch(
          store,
          start + random(head - start + 1),
          selections[random(selections.length)]!,
          random(4) === 0 ? 200 : 0,
        );
        for (let turn = 0; turn < 50; turn++) await setImmediate();
      }
    };
    for (const store of stores) for (const select of selections) watch(store, start, select, 0);
    const helpers = [holder(0), holder(1), watcherMaker()];
    await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
    writing = false;
    await Promise.all(helpers);
    await stores[0]!.commit({
      ops: [{ op: "put", key: { resource: "end", namespace: "", name: "end" }, value: "{}" }],
    });
    await Promise.all(watched.map((one) => one.promise));
    expect(written).toBeGreaterThan(WRITERS);
    expect(refused).toBeGreaterThan(WRITERS);

    const rows = await clients[0]!`
    select l.version::float8, l.resource, l.namespace, l.name, l.value, l.prev, l.until = l.version as deleted, p.value as before
    from log l left join log p on p.version = l.prev where l.version > ${start} order by l.version`;
    expect(rows.map((row) => row["version"])).toEqual(Array.from({ length: rows.length }, (_, i) => start + 1 + i));
    const truth = rows.map((row): Event => {
      const key = {
        resource: row["resource"],
        namespace: row["namespace"],
        name: row["name"],
        version: row["version"],
      };
      if (row["deleted"]) return { type: "DELETED", ...key, value: row["before"] };
      if (row["prev"] === null) return { type: "ADDED", ...key, value: row["value"] };
      return { type: "MODIFIED", ...key, value: row["value"], previous: row["before"] };
    });
    expect(watched.length).toBeGreaterThan(STORES * selections.length);
    for (const { from, select, events } of watched) {
      const wanted = truth.filter(
        (event) =>
          event.version > from &&
          select.some(
            (one) =>
              one.resource === event.resource &&
              (one.namespace ?? event.namespace) === event.namespace &&
              (one.name ?? event.name) === event.name,
          ),
      );
      expect(events.map(plain)).toEqual(wanted.map(plain));
    }
  },
);

function plain({ type, resource, namespace, name, version, value, previous }: Event): unknown[] {
  return [version, type, resource, namespace, name, value, previous];
}

test("P1 compaction while watchers run: what lies below the horizon is Compacted, who is above it loses nothing", async () => {
  const [store, other] = [stores[0]!, stores[1]!];
  const key = { resource: "compacting", namespace: "a", name: "n" };
  const put = async (n: number) => {
    const result = await store.commit({ ops: [{ op: "put", key, value: String(n) }] });
    return result.ok ? result.versions[0]! : 0;
  };
  const first = await put(0);
  const seen: string[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const batch of other.watch({ from: first, select: [{ resource: "compacting" }], signal: stop.signal })) {
      for (const event of batch.events) seen.push(event.value);
      if (seen.length === 200) stop.abort();
    }
  })();
  for (let n = 1; n <= 200; n++) {
    await put(n);
    // Behind what the watcher has had for certain.
    if (n % 50 === 0) await other.compact(first + seen.length);
    if (n === 100) await expect(store.list({ resource: "compacting", at: first })).rejects.toThrow(Compacted);
  }
  await watching;
  expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => String(i + 1)));
  await store.compact(await store.version());
  const behind = store.watch({
    from: first,
    select: [{ resource: "compacting" }],
    signal: new AbortController().signal,
  });
  await expect(behind[Symbol.asyncIterator]().next()).rejects.toThrow(Compacted);
  const [row] = await clients[0]!`select count(*)::int as rows from log where until < 9223372036854775807`;
  expect(row!["rows"]).toBe(0);
});
