import { expect, test } from "vitest";
import { openMemory } from "../store/memory.ts";
import { Compacted, type Store } from "../store/store.ts";
import type { Context } from "./context.ts";
import { EVENT_TTL_MS, startPeriods, VERSIONS_KEPT } from "./periods.ts";

const HOUR = EVENT_TTL_MS;

function start(store: Store, handled = () => Number.MAX_SAFE_INTEGER) {
  const time = { now: 10 * HOUR, version: 0 };
  const context = { store, clock: () => time.now, log: () => undefined } as unknown as Context;
  const abort = new AbortController();
  const periods = startPeriods({ context, signal: abort.signal, version: () => time.version, handled });
  return { time, abort, tick: async () => ((time.version = await store.version()), periods.tick()) };
}

async function fill(store: Store, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await store.commit({
      ops: [{ op: "put", key: { resource: "configmaps", namespace: "a", name: "b" }, value: `{"n":${index}}` }],
    });
}

async function horizon(store: Store): Promise<number> {
  return (await store.epoch()).compacted;
}

test("history of one period and at least the last 1000 versions is kept", async () => {
  const store = openMemory({ history: { events: 100_000, text: 100_000_000 } });
  const { tick, abort } = start(store);
  await fill(store, 500);
  await tick();
  const first = await store.version();
  await tick();
  expect(await horizon(store)).toBe(0);
  await fill(store, 2 * VERSIONS_KEPT);
  await tick();
  expect(await horizon(store)).toBe(first);
  await tick();
  expect(await horizon(store)).toBe((await store.version()) - VERSIONS_KEPT);
  await expect(store.list({ resource: "configmaps", at: first - 1 })).rejects.toThrow(Compacted);
  abort.abort();
});

test("what the controllers have not handled is never compacted away under them", async () => {
  const store = openMemory({ history: { events: 100_000, text: 100_000_000 } });
  const { tick, abort } = start(store, () => 7);
  await fill(store, 3 * VERSIONS_KEPT);
  await tick();
  await tick();
  expect(await horizon(store)).toBe(7);
  abort.abort();
});

test("Events go an hour after they were last seen", async () => {
  const store = openMemory();
  const { time, tick, abort } = start(store);
  const put = (name: string, agoMs: number) =>
    store.commit({
      ops: [
        {
          op: "put",
          key: { resource: "events", namespace: "a", name },
          value: JSON.stringify({ metadata: { name }, lastTimestamp: new Date(time.now - agoMs).toISOString() }),
        },
      ],
    });
  for (let index = 0; index < 450; index += 1) await put(`old-${index}`, HOUR + 1);
  await put("new", HOUR / 2);
  await tick();
  expect((await store.list({ resource: "events" })).rows.map((row) => row.name)).toEqual(["new"]);
  // Nothing else changes any more, and still it goes in its time.
  time.now += HOUR;
  await tick();
  expect((await store.list({ resource: "events" })).rows).toEqual([]);
  abort.abort();
});
