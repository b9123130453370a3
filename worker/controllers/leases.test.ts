// Several processes on one database, each hearing some of the agents.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openMemory } from "../store/memory.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Store } from "../store/store.ts";
import { createPresence } from "./presence.ts";

const START = 1_000_000;
const PARIS = { resource: "clusters.hanse.dev", namespace: "", name: "paris" };

beforeEach(() => vi.useFakeTimers({ now: START }));
afterEach(() => vi.useRealTimers());

async function joined(): Promise<Store> {
  const store = openMemory();
  const object = { apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name: "paris", uid: "paris" } };
  await store.commit({ ops: [{ op: "put", key: PARIS, value: JSON.stringify(object) }] });
  return store;
}

const start = (store: Store, process: string) =>
  createPresence({ store, clock: Date.now, timeoutMs: 15_000, lease: { process, everyMs: 5_000 } });

/** The condition's transitions, oldest first: what watchers and failover would see. */
async function story(store: Store): Promise<string[]> {
  const stop = new AbortController();
  const said: string[] = [];
  setTimeout(() => stop.abort(), 1);
  const watching = (async () => {
    for await (const { events } of store.watch({
      from: 1,
      select: [{ resource: PARIS.resource }],
      signal: stop.signal,
    }))
      for (const { value } of events) {
        const { conditions = [] } = (JSON.parse(value) as KubeObject)["status"] ?? {};
        for (const { status } of conditions) if (said.at(-1) !== status) said.push(status);
      }
  })();
  await vi.advanceTimersByTimeAsync(1);
  await watching;
  return said;
}

async function every(seconds: number, from: number, to: number, seen: () => void): Promise<void> {
  for (let at = from; at < to; at += seconds) {
    seen();
    await vi.advanceTimersByTimeAsync(seconds * 1000);
  }
}

test("P9 what one process no longer hears is not silent while another hears it", async () => {
  const store = await joined();
  const [a, b] = [start(store, "a"), start(store, "b")];
  a.seen("paris");
  await every(5, 0, 60, () => b.seen("paris"));
  expect(await story(store)).toEqual(["True"]);
  // And then by the other one again.
  await every(5, 0, 60, () => a.seen("paris"));
  expect(await story(store)).toEqual(["True"]);
  a.stop();
  b.stop();
});

test("P9 heard by none of them it is silent, 15 s after it last spoke to anybody", async () => {
  const store = await joined();
  const [a, b] = [start(store, "a"), start(store, "b")];
  a.seen("paris");
  await vi.advanceTimersByTimeAsync(10_000);
  b.seen("paris");
  await vi.advanceTimersByTimeAsync(14_000);
  expect(await story(store)).toEqual(["True"]);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(await story(store)).toEqual(["True", "False"]);
  a.stop();
  b.stop();
});

test("P9 an agent that dies together with the process that heard it is found silent by another", async () => {
  const store = await joined();
  const [a, b] = [start(store, "a"), start(store, "b")];
  a.seen("paris");
  await vi.advanceTimersByTimeAsync(6_000);
  a.stop();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await story(store)).toEqual(["True", "False"]);
  expect(await store.shareLease("c", [])).toEqual([expect.objectContaining({ process: "b" })]);
  b.stop();
});

test("P9 while the database does not answer nobody is found silent: it is our own gap", async () => {
  const store = await joined();
  const down = { ...store, shareLease: async () => Promise.reject(new Error("down")) };
  const a = start(down, "a");
  a.seen("paris");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await story(store)).toEqual(["True"]);
  down.shareLease = store.shareLease;
  await vi.advanceTimersByTimeAsync(31_000);
  expect(await story(store)).toEqual(["True", "False"]);
  a.stop();
});
