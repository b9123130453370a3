// What every Store promises of its history: watches, compaction, marks and epochs, asked of each implementation alike.
import { expect, test } from "vitest";
import { create, key, names, onEveryStore, text } from "./contract.node.ts";
import { Compacted, type Batch, type Selection } from "./store.ts";

onEveryStore("history", ({ fresh, watched, write }) => {
  test("watch tells what changed, what was before, and the last state of what is gone", async () => {
    const store = await fresh();
    const from = await store.version();
    await write(create("a"));
    await write({ op: "put", key: key("a"), value: text("a", 1) });
    await write({ op: "delete", key: key("a") });
    const events = await watched(from, [{ resource: "configmaps" }], 3);
    expect(
      events.map(({ type, version, value, previous }) => ({ type, version: version - from, value, previous })),
    ).toEqual([
      { type: "ADDED", version: 1, value: text("a"), previous: undefined },
      { type: "MODIFIED", version: 2, value: text("a", 1), previous: text("a") },
      { type: "DELETED", version: 3, value: text("a", 1), previous: undefined },
    ]);
  });

  test("watch selects by resource, namespace, name and their union, from any start", async () => {
    const store = await fresh();
    const from = await store.version();
    const keys = [key("a"), key("b"), key("a", "other"), key("a", "default", "secrets"), key("c", "", "nodes")];
    for (const one of keys) await write({ op: "put", key: one, value: "{}" });
    const seen = async (start: number, select: Selection[], count: number) =>
      (await watched(start, select, count)).map((event) => event.version - from);
    expect(await seen(from, [{ resource: "configmaps" }], 3)).toEqual([1, 2, 3]);
    expect(await seen(from, [{ resource: "configmaps", namespace: "default" }], 2)).toEqual([1, 2]);
    expect(await seen(from, [{ resource: "configmaps", name: "a" }], 2)).toEqual([1, 3]);
    expect(await seen(from, [{ resource: "nodes", namespace: "" }], 1)).toEqual([5]);
    expect(
      await seen(
        from,
        [{ resource: "nodes" }, { resource: "secrets" }, { resource: "configmaps", namespace: "other" }],
        3,
      ),
    ).toEqual([3, 4, 5]);
    expect(await seen(from + 2, [{ resource: "configmaps" }, { resource: "nodes" }], 2)).toEqual([3, 5]);
  });

  test("watch delivers what is written while it waits, and ends without an error when aborted", async () => {
    const store = await fresh();
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
    const store = await fresh();
    for await (const _ of store.watch({
      from: await store.version(),
      select: [{ resource: "x" }],
      signal: AbortSignal.abort(),
    }))
      throw new Error("not reached");
    const [a] = await write(create("a"));
    const other = watched(a!, [{ resource: "configmaps" }], 1);
    for await (const _ of store.watch({
      from: a! - 1,
      select: [{ resource: "configmaps" }],
      signal: new AbortController().signal,
    }))
      break;
    await write(create("b"));
    expect(names(await other)).toEqual(["b"]);
  });

  test("P1 a start below the compaction horizon is Compacted, at it is complete, current rows stay", async () => {
    const store = await fresh();
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
    const store = await fresh();
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
    const store = await fresh();
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

  test("P3 a new epoch is above one that is known to have been", async () => {
    const store = await fresh();
    expect(await store.openEpoch(0, 6)).toBe(7);
    expect(await store.version()).toBe(7 * 2 ** 40);
    expect(await store.openEpoch(0, 9)).toBe(7);
    expect(await store.moved()).toBe(false);
  });

  test("P3 a watch that waits while an epoch opens ends as Compacted", async () => {
    const store = await fresh();
    const [a] = await write(create("a"));
    const waiting = watched(a! - 1, [{ resource: "configmaps" }], 2);
    const refused = waiting.catch((error: unknown) => error);
    await store.openEpoch((await store.epoch()).epoch);
    await write(create("b"));
    expect(await refused).toBeInstanceOf(Compacted);
  });

  test("positions of loops are kept, 0 when never set", async () => {
    const store = await fresh();
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
    expect([await one.digest("content"), await one.digest("content2")]).toEqual([
      digest,
      expect.not.stringContaining(digest),
    ]);
    expect(await two.digest("content")).not.toBe(digest);
    expect((await one.epoch()).federation).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await two.epoch()).federation).not.toBe((await one.epoch()).federation);
  });
});
