// What every Store promises, asked of each implementation alike. One line a guarantee; P1 and P2 under load stand in order.test.ts
// and durability.test.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startPostgres, type EmbeddedPostgres } from "./embedded.node.ts";
import { openMemory } from "./memory.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { Compacted, TooLarge, type Batch, type Event, type Key, type Op, type Selection, type Store } from "./store.ts";

interface Implementation {
  name: string;
  start(): Promise<void>;
  /** A fresh, empty store. */
  open(): Promise<Store>;
  stop(): Promise<void>;
}

/** One server for the file, one schema for each store. */
function onPostgres(): Implementation {
  const dir = mkdtempSync(join(tmpdir(), "hanse-store-"));
  let server: EmbeddedPostgres;
  let schemas = 0;
  return {
    name: "postgres",
    start: async () => void (server = await startPostgres({ dir })),
    open: async () => {
      const schema = `s${++schemas}`;
      const sql = postgres(server.url, { max: 4, fetch_types: false, onnotice: () => {}, connection: { search_path: schema } });
      await sql.unsafe(`create schema ${schema}`);
      await migrate(sql);
      const store = await openPostgres({ sql });
      return {
        ...store,
        close: async () => {
          await store.close();
          await sql.end();
        },
      };
    },
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true });
    },
  };
}

const memory: Implementation = {
  name: "memory",
  start: async () => {},
  open: async () => openMemory(),
  stop: async () => {},
};

const key = (name: string, namespace = "default", resource = "configmaps"): Key => ({ resource, namespace, name });
const text = (name: string, n = 0) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"n":${n}}`;
const create = (name: string, more: Partial<Op & { op: "create" }> = {}): Op => ({ op: "create", key: key(name), value: text(name), ...more });

for (const implementation of [memory, onPostgres()]) {
  describe(`store contract: ${implementation.name}`, () => {
    let store: Store;
    const opened: Store[] = [];
    const fresh = async () => {
      store = await implementation.open();
      opened.push(store);
      return store;
    };
    beforeAll(() => implementation.start(), 60_000);
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });
    afterAll(() => implementation.stop());

    /** Commits that must succeed; the versions of all. */
    const write = async (...ops: Op[]): Promise<number[]> => {
      const result = await store.commit({ ops });
      if (!result.ok) throw new Error(JSON.stringify(result));
      return result.versions;
    };
    /** Watches until `count` events came. */
    const watched = async (from: number, select: Selection[], count: number): Promise<Event[]> => {
      const stop = new AbortController();
      const events: Event[] = [];
      for await (const batch of store.watch({ from, select, signal: stop.signal })) {
        events.push(...batch.events);
        if (events.length >= count) stop.abort();
      }
      return events;
    };
    const names = (rows: { name: string }[]) => rows.map((row) => row.name);

    test("P1 versions are contiguous, in the order of ops and of commits", async () => {
      await fresh();
      const start = await store.version();
      expect(start).toBeGreaterThan(0);
      expect(await write(create("a"), create("b"))).toEqual([start + 1, start + 2]);
      expect(await write({ op: "put", key: key("a"), value: text("a", 1) })).toEqual([start + 3]);
      expect(await write({ op: "delete", key: key("b") })).toEqual([start + 4]);
      expect(await store.version()).toBe(start + 4);
    });

    test("a row reads back exactly, whatever text it holds", async () => {
      await fresh();
      const value = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":"\\u0000 \\\\ \\" ü 😀 {}, 'q' $1 ${"y".repeat(20_000)}"}`;
      const [version] = await write({ op: "create", key: key("x"), value });
      expect(await store.get(key("x"))).toEqual({ ...key("x"), version, value });
      expect((await store.list({ resource: "configmaps" })).rows[0]!.value).toBe(value);
    });

    const refusals: [string, Op[], Op[], { index: number; reason: string; current?: number }][] = [
      ["create of an existing key", [create("a")], [create("a")], { index: 0, reason: "exists", current: 1 }],
      ["update of a missing key", [], [{ op: "update", key: key("a"), value: "{}", expect: 1 }], { index: 0, reason: "missing" }],
      ["update at another version", [create("a"), create("b")], [{ op: "update", key: key("a"), value: "{}", expect: 2 }], { index: 0, reason: "conflict", current: 1 }],
      ["delete of a missing key", [], [{ op: "delete", key: key("a") }], { index: 0, reason: "missing" }],
      ["delete at another version", [create("a")], [{ op: "delete", key: key("a"), expect: 7 }], { index: 0, reason: "conflict", current: 1 }],
      ["require of a missing key", [], [create("b"), { op: "require", key: key("a") }], { index: 1, reason: "missing" }],
      ["require of a key marked deleting", [create("a", { deleting: true })], [{ op: "require", key: key("a") }, create("b")], { index: 0, reason: "deleting", current: 1 }],
      ["require at another version", [create("a")], [create("b"), { op: "require", key: key("a"), expect: 9 }], { index: 1, reason: "conflict", current: 1 }],
      ["one bad op of many refuses all", [create("a")], [create("b"), create("a"), create("c")], { index: 1, reason: "exists", current: 1 }],
    ];
    for (const [title, before, ops, expected] of refusals) {
      test(`refused and nothing written: ${title}`, async () => {
        await fresh();
        const start = await store.version();
        for (const op of before) await write(op);
        const version = await store.version();
        const shifted = ops.map((op) => ("expect" in op && op.expect !== undefined ? { ...op, expect: op.expect + start } : op)) as Op[];
        const result = await store.commit({ ops: shifted });
        const { current, ...rest } = expected;
        expect(result).toMatchObject({ ok: false, ...rest });
        expect((result as { current?: number }).current).toBe(current === undefined ? undefined : current + start);
        expect(await store.version()).toBe(version);
        expect(names((await store.list({ resource: "configmaps" })).rows)).toEqual(before.map((op) => op.key.name));
      });
    }

    test("require tells the version it saw and writes nothing", async () => {
      await fresh();
      const [a] = await write(create("a"));
      expect(await write({ op: "require", key: key("a") }, create("b"))).toEqual([a, a! + 1]);
      expect(await write({ op: "require", key: key("a"), expect: a })).toEqual([a]);
      expect(await store.version()).toBe(a! + 1);
    });

    test("an update that stops marking deleting makes require pass again", async () => {
      await fresh();
      const [a] = await write(create("a", { deleting: true }));
      await write({ op: "update", key: key("a"), value: text("a"), expect: a! });
      expect((await store.commit({ ops: [{ op: "require", key: key("a") }] })).ok).toBe(true);
    });

    test("a deleted key can be created again and is ADDED", async () => {
      await fresh();
      const [first] = await write(create("a"));
      await write({ op: "delete", key: key("a"), expect: first });
      expect(await store.get(key("a"))).toBeUndefined();
      await write(create("a"));
      expect((await watched(first!, [{ resource: "configmaps" }], 2)).map((event) => event.type)).toEqual(["DELETED", "ADDED"]);
    });

    test("concurrent commits: each create wins once, each version is given once", async () => {
      await fresh();
      const start = await store.version();
      const results = await Promise.all(Array.from({ length: 120 }, (_, i) => store.commit({ ops: [create(`n${i % 40}`)] })));
      const won = results.filter((result) => result.ok);
      expect(won).toHaveLength(40);
      expect(won.flatMap((result) => result.versions).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => start + 1 + i));
    });

    test("concurrent updates of one row: exactly one at each version", async () => {
      await fresh();
      let [version] = await write(create("a"));
      for (let round = 0; round < 5; round++) {
        const expect_ = version!;
        const results = await Promise.all(Array.from({ length: 20 }, (_, i) => store.commit({ ops: [{ op: "update", key: key("a"), value: text("a", i), expect: expect_ }] })));
        const won = results.filter((result) => result.ok);
        expect(won).toHaveLength(1);
        version = won[0]!.ok ? won[0]!.versions[0] : 0;
        for (const lost of results) if (!lost.ok) expect(lost).toMatchObject({ reason: "conflict", index: 0 });
      }
    });

    test("an empty commit and one of only contents succeed", async () => {
      await fresh();
      const version = await store.version();
      expect(await store.commit({ ops: [] })).toEqual({ ok: true, versions: [] });
      expect(await store.commit({ ops: [], contents: [{ digest: "d", value: "v" }] })).toEqual({ ok: true, versions: [] });
      expect(await store.version()).toBe(version);
      expect(await store.contents(["d", "none"])).toEqual(new Map([["d", "v"]]));
    });

    test("contents are written with their commit only, and known digests are left alone", async () => {
      await fresh();
      await store.commit({ ops: [create("a")], contents: [{ digest: "x", value: "1" }] });
      await store.commit({ ops: [create("a")], contents: [{ digest: "y", value: "2" }] });
      await store.commit({ ops: [create("b")], contents: [{ digest: "x", value: "3" }, { digest: "z", value: "\u00fc" }] });
      expect(await store.contents(["x", "y", "z"])).toEqual(new Map([["x", "1"], ["z", "\u00fc"]]));
    });

    test("lists in (namespace, name) byte order, with the version also when empty", async () => {
      await fresh();
      const at = await store.version();
      expect(await store.list({ resource: "configmaps" })).toMatchObject({ rows: [], version: at, more: false });
      const wanted = [["a", "z"], ["a-b", "a"], ["b", "A"], ["b", "a"], ["b", "a-1"], ["b", "a.1"], ["b", "a1"]] as const;
      for (const [namespace, name] of [...wanted].reverse()) await write({ op: "create", key: key(name, namespace), value: "{}" });
      await write({ op: "create", key: key("other", "b", "secrets"), value: "{}" });
      expect((await store.list({ resource: "configmaps" })).rows.map((row) => [row.namespace, row.name])).toEqual(wanted);
      expect(names((await store.list({ resource: "configmaps", namespace: "b" })).rows)).toEqual(["A", "a", "a-1", "a.1", "a1"]);
      expect(names((await store.list({ resource: "configmaps", name: "a" })).rows)).toEqual(["a", "a"]);
      expect(names((await store.list({ resource: "configmaps", namespace: "b", name: "a1" })).rows)).toEqual(["a1"]);
      expect(names((await store.list({ resource: "configmaps", namespace: "none" })).rows)).toEqual([]);
    });

    test("pages at one version are the state at that version, whatever is written between", async () => {
      await fresh();
      for (let i = 10; i < 30; i++) await write(create(`n${i}`));
      const first = await store.list({ resource: "configmaps", limit: 7 });
      expect(first).toMatchObject({ more: true, version: await store.version() });
      if (first.remaining !== undefined) expect(first.remaining).toBe(13);
      await write({ op: "delete", key: key("n20") });
      await write(create("n20"));
      await write({ op: "delete", key: key("n21") });
      await write({ op: "put", key: key("n22"), value: text("n22", 1) });
      await write({ op: "put", key: key("n22"), value: text("n22", 2) });
      await write(create("n155"), create("n99"));
      const rows = [...first.rows];
      for (let page = first; page.more; ) {
        const last = rows.at(-1)!;
        page = await store.list({ resource: "configmaps", limit: 7, after: { namespace: last.namespace, name: last.name }, at: first.version });
        expect(page.version).toBe(first.version);
        if (page.remaining !== undefined) expect(page.remaining).toBe(20 - rows.length - page.rows.length);
        rows.push(...page.rows);
      }
      expect(names(rows)).toEqual(Array.from({ length: 20 }, (_, i) => `n${i + 10}`));
      for (const row of rows) expect([row.value, row.version <= first.version]).toEqual([text(row.name), true]);
      expect(names((await store.list({ resource: "configmaps", namespace: "default", name: "n21", at: first.version })).rows)).toEqual(["n21"]);
      expect(names((await store.list({ resource: "configmaps", namespace: "default", name: "n99", at: first.version })).rows)).toEqual([]);
    });

    test("a list at a version ahead is TooLarge, behind the horizon Compacted, at the horizon fine", async () => {
      await fresh();
      const [a] = await write(create("a"));
      await write({ op: "put", key: key("a"), value: text("a", 1) });
      const [b] = await write(create("b"));
      await expect(store.list({ resource: "configmaps", at: b! + 1 })).rejects.toThrow(TooLarge);
      expect((await store.list({ resource: "configmaps", at: a })).rows).toEqual([{ ...key("a"), version: a, value: text("a") }]);
      await store.compact(a! + 1);
      await expect(store.list({ resource: "configmaps", at: a })).rejects.toThrow(Compacted);
      expect((await store.list({ resource: "configmaps", at: a! + 1 })).rows).toEqual([{ ...key("a"), version: a! + 1, value: text("a", 1) }]);
    });

    test("getMany leaves out what is absent", async () => {
      await fresh();
      await write(create("a"), create("b"));
      expect(names(await store.getMany([key("b"), key("none"), key("a"), key("a", "other"), key("a", "default", "secrets")])).sort()).toEqual(["a", "b"]);
      expect(await store.getMany([])).toEqual([]);
    });

    test("listByRef finds current rows by ref, and forgets refs that were replaced", async () => {
      await fresh();
      await write(create("a", { refs: ["x", "y"] }), create("b", { refs: ["y"] }), create("c"));
      expect(names(await store.listByRef("configmaps", "y")).sort()).toEqual(["a", "b"]);
      expect(await store.listByRef("secrets", "y")).toEqual([]);
      await write({ op: "put", key: key("a"), value: "{}", refs: ["z"] });
      await write({ op: "delete", key: key("b") });
      expect([names(await store.listByRef("configmaps", "y")), names(await store.listByRef("configmaps", "z"))]).toEqual([[], ["a"]]);
    });

    for (const resource of ["bindings.hanse.dev", "reports.hanse.dev", "configmaps"]) {
      test(`listByName and changes: ${resource}`, async () => {
        await fresh();
        const put = (cluster: string, uid: string, n = 0): Op => ({ op: "put", key: key(uid, cluster, resource), value: text(uid, n) });
        const start = await store.version();
        await write(put("paris", "u1"), put("tokyo", "u1"), put("paris", "u2"), put("paris", "u3"));
        await write(put("paris", "u1", 1), { op: "delete", key: key("u2", "paris", resource) });
        const version = await store.version();
        expect((await store.listByName(resource, "u1")).map((row) => row.namespace).sort()).toEqual(["paris", "tokyo"]);
        const all = await store.changes({ resource, namespace: "paris", after: 0, limit: 10 });
        expect(all).toMatchObject({ version, more: false });
        expect(all.rows.map((row) => [row.name, row.version - start])).toEqual([["u3", 4], ["u1", 5]]);
        const first = await store.changes({ resource, namespace: "paris", after: 0, limit: 1 });
        expect([names(first.rows), first.more]).toEqual([["u3"], true]);
        const second = await store.changes({ resource, namespace: "paris", after: first.rows[0]!.version, limit: 1 });
        expect([names(second.rows), second.more]).toEqual([["u1"], false]);
        expect(await store.changes({ resource, namespace: "paris", after: version, limit: 5 })).toMatchObject({ rows: [], version });
      });
    }

    test("watch tells what changed, what was before, and the last state of what is gone", async () => {
      await fresh();
      const from = await store.version();
      await write(create("a"));
      await write({ op: "put", key: key("a"), value: text("a", 1) });
      await write({ op: "delete", key: key("a") });
      const events = await watched(from, [{ resource: "configmaps" }], 3);
      expect(events.map(({ type, version, value, previous }) => ({ type, version: version - from, value, previous }))).toEqual([
        { type: "ADDED", version: 1, value: text("a"), previous: undefined },
        { type: "MODIFIED", version: 2, value: text("a", 1), previous: text("a") },
        { type: "DELETED", version: 3, value: text("a", 1), previous: undefined },
      ]);
    });

    test("watch selects by resource, namespace, name and their union, from any start", async () => {
      await fresh();
      const from = await store.version();
      const keys = [key("a"), key("b"), key("a", "other"), key("a", "default", "secrets"), key("c", "", "nodes")];
      for (const one of keys) await write({ op: "put", key: one, value: "{}" });
      const seen = async (start: number, select: Selection[], count: number) => (await watched(start, select, count)).map((event) => event.version - from);
      expect(await seen(from, [{ resource: "configmaps" }], 3)).toEqual([1, 2, 3]);
      expect(await seen(from, [{ resource: "configmaps", namespace: "default" }], 2)).toEqual([1, 2]);
      expect(await seen(from, [{ resource: "configmaps", name: "a" }], 2)).toEqual([1, 3]);
      expect(await seen(from, [{ resource: "nodes", namespace: "" }], 1)).toEqual([5]);
      expect(await seen(from, [{ resource: "nodes" }, { resource: "secrets" }, { resource: "configmaps", namespace: "other" }], 3)).toEqual([3, 4, 5]);
      expect(await seen(from + 2, [{ resource: "configmaps" }, { resource: "nodes" }], 2)).toEqual([3, 5]);
    });

    test("watch delivers what is written while it waits, and ends without an error when aborted", async () => {
      await fresh();
      const stop = new AbortController();
      const batches: Batch[] = [];
      const from = await store.version();
      const done = (async () => {
        for await (const batch of store.watch({ from, select: [{ resource: "configmaps" }], signal: stop.signal })) {
          batches.push(batch);
          if (batches.flatMap((one) => one.events).length === 3) stop.abort();
        }
      })();
      await write(create("a"));
      await write({ op: "put", key: key("s", "default", "secrets"), value: "{}" });
      await write(create("b"), create("c"));
      await done;
      expect(names(batches.flatMap((batch) => batch.events))).toEqual(["a", "b", "c"]);
      for (const batch of batches) expect(batch.version).toBeGreaterThanOrEqual(batch.events.at(-1)?.version ?? 0);
    });

    test("watch with an aborted signal ends at once; breaking out leaves others alone", async () => {
      await fresh();
      for await (const _ of store.watch({ from: await store.version(), select: [{ resource: "x" }], signal: AbortSignal.abort() })) throw new Error("not reached");
      const [a] = await write(create("a"));
      const other = watched(a!, [{ resource: "configmaps" }], 1);
      for await (const _ of store.watch({ from: a! - 1, select: [{ resource: "configmaps" }], signal: new AbortController().signal })) break;
      await write(create("b"));
      expect(names(await other)).toEqual(["b"]);
    });

    test("P1 a start below the compaction horizon is Compacted, at it is complete, current rows stay", async () => {
      await fresh();
      await write(create("old"));
      await write(create("a"));
      await write({ op: "put", key: key("a"), value: text("a", 1) });
      const [gone] = await write(create("gone"));
      const [deleted] = await write({ op: "delete", key: key("gone") });
      await write({ op: "put", key: key("a"), value: text("a", 2) });
      await store.compact(gone!);
      expect(await store.epoch()).toMatchObject({ compacted: gone });
      await expect(watched(gone! - 1, [{ resource: "configmaps" }], 1)).rejects.toThrow(Compacted);
      const events = await watched(gone!, [{ resource: "configmaps" }], 2);
      expect(events.map(({ type, version, value, previous }) => ({ type, version, value, previous }))).toEqual([
        { type: "DELETED", version: deleted, value: text("gone"), previous: undefined },
        { type: "MODIFIED", version: deleted! + 1, value: text("a", 2), previous: text("a", 1) },
      ]);
      await store.compact(await store.version());
      expect(names((await store.list({ resource: "configmaps" })).rows)).toEqual(["a", "old"]);
      await store.compact(1);
      expect(await store.epoch()).toMatchObject({ compacted: deleted! + 1 });
    });

    test("P3 every version that can be asked for has a mark; commits differ, ops of one agree", async () => {
      await fresh();
      const start = await store.version();
      expect(await store.mark(start)).toBeTypeOf("number");
      const [a, b] = await write(create("a"), create("b"));
      const [c] = await write({ op: "put", key: key("a"), value: "{}" });
      const [d] = await write({ op: "delete", key: key("b") });
      const mark = await store.mark(a!);
      expect(mark).toBeTypeOf("number");
      expect(await store.mark(b!)).toBe(mark);
      expect(await store.mark(c!)).not.toBe(mark);
      expect(await store.mark(d! + 1)).toBeUndefined();
      const last = await store.mark(d!);
      await store.compact(d!);
      expect(await store.mark(d!)).toBe(last);
      expect(await store.mark(b!)).toBeUndefined();
    });

    test("P3 a new epoch starts above every earlier version, keeps the rows, ends old watches", async () => {
      await fresh();
      const [a] = await write(create("a"));
      const { epoch } = await store.epoch();
      const opened = await Promise.all([store.openEpoch(epoch), store.openEpoch(epoch)]);
      expect(opened).toEqual([epoch + 1, epoch + 1]);
      expect(await store.version()).toBe((epoch + 1) * 2 ** 40);
      expect(await store.mark(await store.version())).toBeTypeOf("number");
      expect(await store.get(key("a"))).toMatchObject({ version: a });
      await expect(watched(a!, [{ resource: "configmaps" }], 1)).rejects.toThrow(Compacted);
      expect(await write(create("b"))).toEqual([(epoch + 1) * 2 ** 40 + 1]);
      expect(names(await watched((epoch + 1) * 2 ** 40, [{ resource: "configmaps" }], 1))).toEqual(["b"]);
      expect((await store.epoch()).epoch).toBe(epoch + 1);
    });

    test("P3 a watch that waits while an epoch opens ends as Compacted", async () => {
      await fresh();
      const [a] = await write(create("a"));
      const waiting = watched(a! - 1, [{ resource: "configmaps" }], 2);
      const refused = expect(waiting).rejects.toThrow(Compacted);
      await store.openEpoch((await store.epoch()).epoch);
      await write(create("b"));
      await refused;
    });

    test("positions of loops are kept, 0 when never set", async () => {
      await fresh();
      expect(await store.position("schedule")).toBe(0);
      await store.setPosition("schedule", 7);
      await store.setPosition("other", 3);
      await store.setPosition("schedule", 9);
      expect([await store.position("schedule"), await store.position("other")]).toEqual([9, 3]);
    });

    test("P10 digests are stable within a federation and differ between federations", async () => {
      const one = await fresh();
      const two = await fresh();
      const digest = await one.digest("content");
      expect(digest).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect([await one.digest("content"), await one.digest("content2")]).toEqual([digest, expect.not.stringContaining(digest)]);
      expect(await two.digest("content")).not.toBe(digest);
      expect((await one.epoch()).federation).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect((await two.epoch()).federation).not.toBe((await one.epoch()).federation);
    });
  });
}
