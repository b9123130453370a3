// What every Store promises of writing, asked of each implementation alike.
// P1 and P2 under load stand in order.test.ts and durability.test.ts.
import { expect, test } from "vitest";
import { create, key, names, onEveryStore, text } from "./contract.node.ts";
import type { Op } from "./store.ts";

onEveryStore("commits", ({ fresh, watched, write }) => {
  test("P1 versions are contiguous, in the order of ops and of commits", async () => {
    const store = await fresh();
    const start = await store.version();
    expect(start).toBeGreaterThan(0);
    expect(await write(create("a"), create("b"))).toEqual([start + 1, start + 2]);
    expect(await write({ op: "put", key: key("a"), value: text("a", 1) })).toEqual([start + 3]);
    expect(await write({ op: "delete", key: key("b") })).toEqual([start + 4]);
    expect(await store.version()).toBe(start + 4);
  });

  test("a row reads back exactly, whatever text it holds", async () => {
    const store = await fresh();
    const value = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":"\\u0000 \\\\ \\" ü 😀 {}, 'q' $1 ${"y".repeat(20_000)}"}`;
    const [version] = await write({ op: "create", key: key("x"), value });
    expect(await store.get(key("x"))).toEqual({ ...key("x"), version, value });
    expect((await store.list({ resource: "configmaps" })).rows[0]!.value).toBe(value);
  });

  const refusals: [string, Op[], Op[], { index: number; reason: string; current?: number }][] = [
    ["create of an existing key", [create("a")], [create("a")], { index: 0, reason: "exists", current: 1 }],
    [
      "update of a missing key",
      [],
      [{ op: "update", key: key("a"), value: "{}", expect: 1 }],
      { index: 0, reason: "missing" },
    ],
    [
      "update at another version",
      [create("a"), create("b")],
      [{ op: "update", key: key("a"), value: "{}", expect: 2 }],
      { index: 0, reason: "conflict", current: 1 },
    ],
    ["delete of a missing key", [], [{ op: "delete", key: key("a") }], { index: 0, reason: "missing" }],
    [
      "delete at another version",
      [create("a")],
      [{ op: "delete", key: key("a"), expect: 7 }],
      { index: 0, reason: "conflict", current: 1 },
    ],
    ["require of a missing key", [], [create("b"), { op: "require", key: key("a") }], { index: 1, reason: "missing" }],
    [
      "require of a key marked deleting",
      [create("a", { deleting: true })],
      [{ op: "require", key: key("a") }, create("b")],
      { index: 0, reason: "deleting", current: 1 },
    ],
    [
      "require at another version",
      [create("a")],
      [create("b"), { op: "require", key: key("a"), expect: 9 }],
      { index: 1, reason: "conflict", current: 1 },
    ],
    [
      "one bad op of many refuses all",
      [create("a")],
      [create("b"), create("a"), create("c")],
      { index: 1, reason: "exists", current: 1 },
    ],
  ];
  for (const [title, before, ops, expected] of refusals) {
    test(`refused and nothing written: ${title}`, async () => {
      const store = await fresh();
      const start = await store.version();
      for (const op of before) await write(op);
      const version = await store.version();
      const shifted = ops.map((op) =>
        "expect" in op && op.expect !== undefined ? { ...op, expect: op.expect + start } : op,
      ) as Op[];
      const result = await store.commit({ ops: shifted });
      const { current, ...rest } = expected;
      expect(result).toMatchObject({ ok: false, ...rest });
      expect((result as { current?: number }).current).toBe(current === undefined ? undefined : current + start);
      expect(await store.version()).toBe(version);
      expect(names((await store.list({ resource: "configmaps" })).rows)).toEqual(before.map((op) => op.key.name));
    });
  }

  test("require tells the version it saw and writes nothing", async () => {
    const store = await fresh();
    const [a] = await write(create("a"));
    expect(await write({ op: "require", key: key("a") }, create("b"))).toEqual([a, a! + 1]);
    expect(await write({ op: "require", key: key("a"), expect: a })).toEqual([a]);
    expect(await store.version()).toBe(a! + 1);
  });

  test("an update that stops marking deleting makes require pass again", async () => {
    const store = await fresh();
    const [a] = await write(create("a", { deleting: true }));
    await write({ op: "update", key: key("a"), value: text("a"), expect: a! });
    expect((await store.commit({ ops: [{ op: "require", key: key("a") }] })).ok).toBe(true);
  });

  test("a deleted key can be created again and is ADDED", async () => {
    const store = await fresh();
    const [first] = await write(create("a"));
    await write({ op: "delete", key: key("a"), expect: first });
    expect(await store.get(key("a"))).toBeUndefined();
    await write(create("a"));
    expect((await watched(first!, [{ resource: "configmaps" }], 2)).map((event) => event.type)).toEqual([
      "DELETED",
      "ADDED",
    ]);
  });

  test("concurrent commits: each create wins once, each version is given once", async () => {
    const store = await fresh();
    const start = await store.version();
    const results = await Promise.all(
      Array.from({ length: 120 }, (_, i) => store.commit({ ops: [create(`n${i % 40}`)] })),
    );
    const won = results.filter((result) => result.ok);
    expect(won).toHaveLength(40);
    expect(won.flatMap((result) => result.versions).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => start + 1 + i),
    );
  });

  test("concurrent updates of one row: exactly one at each version", async () => {
    const store = await fresh();
    let [version] = await write(create("a"));
    for (let round = 0; round < 5; round++) {
      const expect_ = version!;
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.commit({ ops: [{ op: "update", key: key("a"), value: text("a", i), expect: expect_ }] }),
        ),
      );
      const won = results.filter((result) => result.ok);
      expect(won).toHaveLength(1);
      version = won[0]!.ok ? won[0]!.versions[0] : 0;
      for (const lost of results) if (!lost.ok) expect(lost).toMatchObject({ reason: "conflict", index: 0 });
    }
  });

  test("an empty commit and one of only contents succeed", async () => {
    const store = await fresh();
    const version = await store.version();
    expect(await store.commit({ ops: [] })).toEqual({ ok: true, versions: [] });
    expect(await store.commit({ ops: [], contents: [{ digest: "d", value: "v" }] })).toEqual({
      ok: true,
      versions: [],
    });
    expect(await store.version()).toBe(version);
    expect(await store.contents(["d", "none"])).toEqual(new Map([["d", "v"]]));
  });

  test("contents are written with their commit only, and known digests are left alone", async () => {
    const store = await fresh();
    await store.commit({ ops: [create("a")], contents: [{ digest: "x", value: "1" }] });
    await store.commit({ ops: [create("a")], contents: [{ digest: "y", value: "2" }] });
    await store.commit({
      ops: [create("b")],
      contents: [
        { digest: "x", value: "3" },
        { digest: "z", value: "\u00fc" },
      ],
    });
    expect(await store.contents(["x", "y", "z"])).toEqual(
      new Map([
        ["x", "1"],
        ["z", "\u00fc"],
      ]),
    );
  });
});
