import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Item } from "../kinds/protocol.ts";
import { quantityOf } from "../core/query/quantity.ts";
import { largestOf, requestsOf } from "./capacity.ts";
import { accept, type Entry } from "./inventory.ts";
import { createQueue } from "./queue.ts";
import { openState } from "./state.ts";

const key = { apiVersion: "v1", kind: "ConfigMap", resource: "configmaps", namespace: "default", name: "a" };
const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "default" } };
const item = (change: Partial<Item> = {}): Item => ({
  uid: "u",
  version: 1,
  generation: 1,
  key,
  policy: "apply",
  rank: 10,
  object,
  ...change,
});
const gone = (memberUid?: string): Partial<Item> => ({ object: undefined, tombstone: { memberUid }, generation: 9 });

describe("accept", () => {
  const made: Entry = { ...accept(undefined, item()), memberUid: "m", intent: false, applied: 3, generation: 3 };
  const said: Entry = { ...made, acknowledged: "sum" };
  const cases: [string, Entry | undefined, Partial<Item>, Partial<Entry>][] = [
    ["P5: a new item is an intent to create", undefined, {}, { intent: true, applied: 0, memberUid: undefined }],
    [
      "P4: a uid that was reported before is ours, nothing is created",
      undefined,
      { memberUid: "m" },
      { intent: false, memberUid: "m" },
    ],
    [
      "P4: our own record of the uid counts more than what was last reported",
      made,
      { memberUid: "older" },
      { memberUid: "m" },
    ],
    [
      "a further generation keeps what is applied until it is applied",
      made,
      { generation: 4 },
      { generation: 4, applied: 3 },
    ],
    [
      "listed again, what is applied and reported needs nothing",
      said,
      { generation: 3, memberUid: "m" },
      { applied: 3, acknowledged: "sum" },
    ],
    [
      "a federation that does not know our object (the cluster left and joined again) is told anew",
      said,
      { generation: 3 },
      { applied: 0, acknowledged: undefined, memberUid: "m" },
    ],
    [
      "a binding made anew after its removal, whose answer was lost, is applied whatever its generation",
      { ...made, applied: 1, memberUid: undefined, tombstone: true, removed: true },
      { generation: 1 },
      { applied: 0, removed: false },
    ],
    [
      "P3: an older generation, after a restored database, is applied as new",
      made,
      { generation: 2, memberUid: "m" },
      { generation: 2, applied: 0 },
    ],
    [
      "the manner is the item's, and goes with it",
      { ...made, manner: { alone: true } },
      { generation: 4, memberUid: "m", adopt: true, ignoreFields: ["/spec/replicas"] },
      { manner: { adopt: true, ignoreFields: ["/spec/replicas"] } },
    ],
    ["P3: a tombstone keeps the recorded uid", made, gone("other"), { tombstone: true, memberUid: "m" }],
    [
      "P3: without an inventory the tombstone's uid is the one to delete",
      undefined,
      gone("m"),
      { tombstone: true, memberUid: "m", intent: false },
    ],
    [
      "P3: a tombstone for what was never made leaves nothing to delete",
      undefined,
      gone(),
      { memberUid: undefined, intent: false },
    ],
    [
      "a removal carried out stays so when its tombstone comes again",
      { ...made, tombstone: true, removed: true },
      gone(),
      { removed: true },
    ],
    [
      "a binding that lives again is no longer removed",
      { ...made, tombstone: true, removed: true },
      { generation: 4 },
      { tombstone: false, removed: false },
    ],
  ];
  it.each(cases)("%s", (_what, before, change, after) => {
    expect(accept(before, item(change))).toMatchObject(after);
  });
});

describe("state file", () => {
  it("P5: items, intents and cursor survive together; later findings after a flush; entries keep their identity", () => {
    const dir = mkdtempSync(join(tmpdir(), "hanse-state-"));
    const state = openState(dir);
    const [entry] = state.accept({ cursor: "0.5.1", items: [item()], complete: true });
    expect(entry).toMatchObject({ uid: "u", intent: true });
    if (entry === undefined) return;
    entry.memberUid = "m";
    state.save(entry);
    expect(state.accept({ cursor: "0.6.1", items: [item({ generation: 2 })], complete: true })[0]).toBe(entry);
    expect(entry).toMatchObject({ memberUid: "m", generation: 2 });
    state.close();
    const again = openState(dir);
    expect(again.meta("cursor")).toBe("0.6.1");
    expect(again.get("u")).toMatchObject({ memberUid: "m", generation: 2 });
    expect(JSON.parse(again.desired("u") ?? "")).toEqual(object);
    // Listed again: what is applied needs nothing.
    const known = again.get("u") as Entry;
    known.applied = 2;
    expect(again.accept({ cursor: "0.7.1", items: [item({ generation: 2, memberUid: "m" })], complete: true })).toEqual(
      [],
    );
    // The same generation of another content, from a federation whose data was replaced.
    const other = { ...object, data: { a: "1" } };
    expect(
      again.accept({
        cursor: "0.8.1",
        items: [item({ generation: 2, memberUid: "m", object: other })],
        complete: true,
      }),
    ).toEqual([known]);
    expect(known).toMatchObject({ applied: 0, memberUid: "m" });
    expect(() => openState(dir)).toThrow(/in use by another agent/);
    again.close();
    rmSync(dir, { recursive: true });
  });
});

describe("queue", () => {
  const entry = (uid: string, rank: number, change: Partial<Entry> = {}): Entry => ({
    ...accept(undefined, item({ uid, rank, key: { ...key, name: uid } })),
    ...change,
  });
  async function run(concurrency: number, ...entries: Entry[]) {
    const order: string[] = [];
    let most = 0;
    let now = 0;
    const queue = createQueue({
      concurrency,
      run: async ({ uid }) => {
        most = Math.max(most, ++now);
        order.push(`+${uid}`);
        await Promise.resolve();
        order.push(`-${uid}`);
        now--;
      },
    });
    for (const one of entries) queue.add(one);
    while (!queue.idle()) await new Promise((resolve) => setImmediate(resolve));
    return { order, most };
  }

  it("new objects go by ascending rank within their namespace: a lower rank ends before a higher one starts", async () => {
    const { order } = await run(8, entry("workload", 20), entry("follower", 10));
    expect(order).toEqual(["+follower", "-follower", "+workload", "-workload"]);
  });
  it("removals go by descending rank", async () => {
    const { order } = await run(
      8,
      entry("follower", 10, { tombstone: true }),
      entry("workload", 20, { tombstone: true }),
    );
    expect(order).toEqual(["+workload", "-workload", "+follower", "-follower"]);
  });
  it("namespaces do not wait for each other", async () => {
    const { order } = await run(8, entry("a", 10), entry("b", 20, { key: { ...key, namespace: "other", name: "b" } }));
    expect(order.slice(0, 2)).toEqual(["+a", "+b"]);
  });
  it("one at a time per object, and no more than the concurrency", async () => {
    const same = await run(8, entry("a", 10), entry("b", 10, { key: { ...key, name: "a" } }));
    expect(same).toMatchObject({ most: 1 });
    expect((await run(3, ...Array.from({ length: 20 }, (_, i) => entry(`e${i}`, 10)))).most).toBe(3);
  });
});

describe("requests of a pod", () => {
  const requests = (cpu: string) => ({ resources: { requests: { cpu } } });
  const cases: [string, object, bigint][] = [
    ["containers add up", { containers: [requests("1"), requests("500m")] }, 1_500_000_000n],
    [
      "the largest init container counts when it is more",
      { containers: [requests("1")], initContainers: [requests("3"), requests("2")] },
      3_000_000_000n,
    ],
    [
      "sidecars run beside all",
      { containers: [requests("1")], initContainers: [{ ...requests("1"), restartPolicy: "Always" }] },
      2_000_000_000n,
    ],
    [
      "an init container after a sidecar runs with it",
      { containers: [requests("1")], initContainers: [{ ...requests("1"), restartPolicy: "Always" }, requests("4")] },
      5_000_000_000n,
    ],
    ["overhead comes on top", { containers: [requests("1")], overhead: { cpu: "250m" } }, 1_250_000_000n],
  ];
  it.each(cases)("%s", (_what, spec, nano) => {
    expect(requestsOf(spec).get("cpu")?.nano).toBe(nano);
  });
});

describe("largest node", () => {
  const node = (cpu: string, memory: string) =>
    new Map([
      ["cpu", quantityOf(cpu)],
      ["memory", quantityOf(memory)],
    ]);
  const cases: [string, [cpu: string, memory: string][], number | undefined][] = [
    ["none", [], undefined],
    [
      "most cpu",
      [
        ["1", "9Gi"],
        ["1500m", "1Gi"],
        ["1", "8Gi"],
      ],
      1,
    ],
    [
      "of the same cpu, most memory",
      [
        ["2", "1Gi"],
        ["2000m", "2Gi"],
      ],
      1,
    ],
  ];
  it.each(cases)("%s", (_what, rooms, at) => {
    const nodes = rooms.map(([cpu, memory]) => node(cpu, memory));
    expect(largestOf(nodes)).toBe(at === undefined ? undefined : nodes[at]);
  });
});
