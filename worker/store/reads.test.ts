// What every Store promises of reading, asked of each implementation alike.
import { expect, test } from "vitest";
import { create, key, names, onEveryStore, text } from "./contract.node.ts";
import { Compacted, TooLarge, type Op } from "./store.ts";

onEveryStore("reads", ({ fresh, write }) => {
  test("lists in (namespace, name) byte order, with the version also when empty", async () => {
    const store = await fresh();
    const at = await store.version();
    expect(await store.list({ resource: "configmaps" })).toMatchObject({ rows: [], version: at, more: false });
    const wanted = [
      ["a", "z"],
      ["a-b", "a"],
      ["b", "A"],
      ["b", "a"],
      ["b", "a-1"],
      ["b", "a.1"],
      ["b", "a1"],
    ] as const;
    for (const [namespace, name] of [...wanted].reverse())
      await write({ op: "create", key: key(name, namespace), value: "{}" });
    await write({ op: "create", key: key("other", "b", "secrets"), value: "{}" });
    expect((await store.list({ resource: "configmaps" })).rows.map((row) => [row.namespace, row.name])).toEqual(wanted);
    expect(names((await store.list({ resource: "configmaps", namespace: "b" })).rows)).toEqual([
      "A",
      "a",
      "a-1",
      "a.1",
      "a1",
    ]);
    expect(names((await store.list({ resource: "configmaps", name: "a" })).rows)).toEqual(["a", "a"]);
    expect(names((await store.list({ resource: "configmaps", namespace: "b", name: "a1" })).rows)).toEqual(["a1"]);
    expect(names((await store.list({ resource: "configmaps", namespace: "none" })).rows)).toEqual([]);
  });

  test("pages at one version are the state at that version, whatever is written between", async () => {
    const store = await fresh();
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
    for (let page = first; page.more;) {
      const last = rows.at(-1)!;
      page = await store.list({
        resource: "configmaps",
        limit: 7,
        after: { namespace: last.namespace, name: last.name },
        at: first.version,
      });
      expect(page.version).toBe(first.version);
      if (page.remaining !== undefined) expect(page.remaining).toBe(20 - rows.length - page.rows.length);
      rows.push(...page.rows);
    }
    expect(names(rows)).toEqual(Array.from({ length: 20 }, (_, i) => `n${i + 10}`));
    for (const row of rows) expect([row.value, row.version <= first.version]).toEqual([text(row.name), true]);
    expect(
      names((await store.list({ resource: "configmaps", namespace: "default", name: "n21", at: first.version })).rows),
    ).toEqual(["n21"]);
    expect(
      names((await store.list({ resource: "configmaps", namespace: "default", name: "n99", at: first.version })).rows),
    ).toEqual([]);
  });

  test("a list at a version ahead is TooLarge, behind the horizon Compacted, at the horizon fine", async () => {
    const store = await fresh();
    const [a] = await write(create("a"));
    await write({ op: "put", key: key("a"), value: text("a", 1) });
    const [b] = await write(create("b"));
    await expect(store.list({ resource: "configmaps", at: b! + 1 })).rejects.toThrow(TooLarge);
    expect((await store.list({ resource: "configmaps", at: a })).rows).toEqual([
      { ...key("a"), version: a, value: text("a") },
    ]);
    await store.compact(a! + 1);
    await expect(store.list({ resource: "configmaps", at: a })).rejects.toThrow(Compacted);
    expect((await store.list({ resource: "configmaps", at: a! + 1 })).rows).toEqual([
      { ...key("a"), version: a! + 1, value: text("a", 1) },
    ]);
  });

  test("names and refs are data, whatever stands in them", async () => {
    const store = await fresh();
    const odd = [`it's "quoted"`, "back\\slash", "\\'; drop table log; --", "$1 $2", "E'x'", "é\n☃"];
    for (const name of odd)
      await store.commit({
        ops: [{ op: "create", key: key(name), value: JSON.stringify({ name }), refs: [`ref ${name}`] }],
      });
    expect((await store.getMany(odd.map((name) => key(name)))).map(({ name }) => name).sort()).toEqual([...odd].sort());
    for (const name of odd) {
      expect((await store.listByRef(key(name).resource, `ref ${name}`)).map((row) => row.name)).toEqual([name]);
      expect((await store.referring(`ref ${name}`)).map((row) => row.name)).toEqual([name]);
    }
  });

  test("getMany leaves out what is absent", async () => {
    const store = await fresh();
    await write(create("a"), create("b"));
    expect(
      names(
        await store.getMany([key("b"), key("none"), key("a"), key("a", "other"), key("a", "default", "secrets")]),
      ).sort(),
    ).toEqual(["a", "b"]);
    expect(await store.getMany([])).toEqual([]);
  });

  test("listByRef finds current rows by ref, and forgets refs that were replaced", async () => {
    const store = await fresh();
    await write(create("a", { refs: ["x", "y"] }), create("b", { refs: ["y"] }), create("c"));
    expect(names(await store.listByRef("configmaps", "y")).sort()).toEqual(["a", "b"]);
    expect(await store.listByRef("secrets", "y")).toEqual([]);
    await write({ op: "put", key: key("a"), value: "{}", refs: ["z"] });
    await write({ op: "delete", key: key("b") });
    expect([names(await store.listByRef("configmaps", "y")), names(await store.listByRef("configmaps", "z"))]).toEqual([
      [],
      ["a"],
    ]);
  });

  test("referring finds current rows of every resource by ref", async () => {
    const store = await fresh();
    const secret = (name: string): Op => ({
      op: "create",
      key: key(name, "other", "secrets"),
      value: text(name),
      refs: ["y", "x"],
    });
    await write(create("a", { refs: ["x", "y"] }), create("b", { refs: ["y"] }), create("c"), secret("d"));
    const found = async (ref: string) =>
      (await store.referring(ref)).map((row) => `${row.resource}/${row.namespace}/${row.name}`).sort();
    expect(await found("y")).toEqual(["configmaps/default/a", "configmaps/default/b", "secrets/other/d"]);
    expect(await found("z")).toEqual([]);
    const [d] = (await store.referring("x")).filter((row) => row.name === "d");
    expect(d).toEqual({ ...(await store.get(key("d", "other", "secrets"))) });
    expect(await store.referringKeys("x")).toEqual(expect.arrayContaining([key("a"), key("d", "other", "secrets")]));
    expect(await store.referringKeys("z")).toEqual([]);
    await write({ op: "put", key: key("a"), value: "{}" });
    await write({ op: "delete", key: key("d", "other", "secrets") });
    expect([await found("x"), await found("y")]).toEqual([[], ["configmaps/default/b"]]);
  });

  for (const resource of ["bindings.hanse.dev", "reports.hanse.dev", "configmaps"]) {
    test(`listByName and changes: ${resource}`, async () => {
      const store = await fresh();
      const put = (cluster: string, uid: string, n = 0): Op => ({
        op: "put",
        key: key(uid, cluster, resource),
        value: text(uid, n),
      });
      const start = await store.version();
      await write(put("paris", "u1"), put("tokyo", "u1"), put("paris", "u2"), put("paris", "u3"));
      await write(put("paris", "u1", 1), { op: "delete", key: key("u2", "paris", resource) });
      const version = await store.version();
      expect((await store.listByName(resource, "u1")).map((row) => row.namespace).sort()).toEqual(["paris", "tokyo"]);
      const all = await store.changes({ resource, namespace: "paris", after: 0, limit: 10 });
      expect(all).toMatchObject({ version, more: false });
      expect(all.rows.map((row) => [row.name, row.version - start])).toEqual([
        ["u3", 4],
        ["u1", 5],
      ]);
      const first = await store.changes({ resource, namespace: "paris", after: 0, limit: 1 });
      expect([names(first.rows), first.more]).toEqual([["u3"], true]);
      const second = await store.changes({ resource, namespace: "paris", after: first.rows[0]!.version, limit: 1 });
      expect([names(second.rows), second.more]).toEqual([["u1"], false]);
      expect(await store.changes({ resource, namespace: "paris", after: version, limit: 5 })).toMatchObject({
        rows: [],
        version,
      });
    });
  }
});
