// What several processes on one database tell each other beside the log.
import { expect, it } from "vitest";
import { CLUSTERS } from "../../kinds/cluster.ts";
import { create, key, onEveryStore, text } from "./contract.node.ts";
import type { Op } from "./store.ts";

const spend = (cluster: string, by: string, seen: number): Op => ({
  op: "spend",
  key: { resource: CLUSTERS, namespace: "", name: cluster },
  by,
  seen,
});

onEveryStore("processes", ({ fresh, write }) => {
  it("room of a cluster is given out by one who knows what the others gave out", async () => {
    const store = await fresh();
    const start = await store.version();
    const [, given] = await write(spend("paris", "a", start), create("one"));
    // The one who gave it knows what it gave, whatever it has seen.
    await write(spend("paris", "a", start), create("two"));
    const refused = await store.commit({ ops: [create("three"), spend("paris", "b", start)] });
    expect(refused).toMatchObject({ ok: false, index: 1, reason: "conflict", current: given! + 1 });
    expect(await store.get(key("three"))).toBeUndefined();
    await write(spend("tokyo", "b", start), create("three"));
    const seen = await store.version();
    await write(spend("paris", "b", seen), create("four"));
    expect(await store.commit({ ops: [spend("paris", "a", seen), create("five")] })).toMatchObject({ ok: false });
  });

  it("what was refused gave out nothing", async () => {
    const store = await fresh();
    const start = await store.version();
    await write(create("one"));
    expect(await store.commit({ ops: [spend("paris", "a", start), create("one")] })).toMatchObject({
      ok: false,
      index: 1,
      reason: "exists",
    });
    await write(spend("paris", "b", start), { op: "put", key: key("two"), value: text("two") });
  });

  it("each sees what the others hear, how long ago, and nothing of those who ended", async () => {
    const store = await fresh();
    expect(await store.shareLease("a", ["paris"])).toEqual([]);
    expect(await store.shareLease("b", [])).toEqual([{ process: "a", ageMs: expect.any(Number), heard: ["paris"] }]);
    await store.shareLease("a", ["tokyo", 'it\'s "quoted"']);
    const [lease] = await store.shareLease("b", []);
    expect(lease!.heard).toEqual(["tokyo", 'it\'s "quoted"']);
    expect(lease!.ageMs).toBeGreaterThanOrEqual(0);
    expect(lease!.ageMs).toBeLessThan(60_000);
    await store.dropLease("a");
    expect(await store.shareLease("b", [])).toEqual([]);
  });
});
