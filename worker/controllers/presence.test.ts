import { afterEach, expect, test, vi } from "vitest";
import { openMemory } from "../store/memory.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Store } from "../store/store.ts";
import { createPresence } from "./presence.ts";

const key = (name: string) => ({ resource: "clusters.hanse.dev", namespace: "", name });

async function join(store: Store, name: string, ready?: boolean): Promise<void> {
  const conditions =
    ready === undefined ? [] : [{ type: "Ready", status: ready ? "True" : "False", reason: "Before", message: "" }];
  const object = {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name, uid: name },
    spec: {},
    status: { conditions, free: { pods: "1" } },
  };
  await store.commit({ ops: [{ op: "put", key: key(name), value: JSON.stringify(object) }] });
}

async function ready(store: Store, name: string): Promise<string> {
  const row = await store.get(key(name));
  const cluster = JSON.parse(row?.value ?? "{}") as KubeObject;
  const condition = cluster["status"]?.conditions?.find(({ type }: { type: string }) => type === "Ready");
  return condition === undefined
    ? "Unknown"
    : `${condition.status}${condition.message.includes("suspects") ? " suspicious" : ""}`;
}

function start(store: Store) {
  let now = 1_000_000;
  const lines: Record<string, unknown>[] = [];
  const presence = createPresence({ store, clock: () => now, timeoutMs: 15_000, log: (line) => lines.push(line) });
  return {
    presence,
    lines,
    async pass(seconds: number, ...heard: string[]) {
      now += seconds * 1000;
      for (const name of heard) presence.seen(name);
      await presence.check();
    },
  };
}

afterEach(() => vi.useRealTimers());

test("Ready with the first sign of life, NotReady after 15 s of silence, Ready again at once", async () => {
  const store = openMemory();
  await join(store, "paris");
  const { presence, pass } = start(store);
  presence.seen("paris");
  await presence.settled();
  expect(await ready(store, "paris")).toBe("True");
  await pass(14);
  expect(await ready(store, "paris")).toBe("True");
  await pass(1);
  expect(await ready(store, "paris")).toBe("False");
  presence.seen("paris");
  await presence.settled();
  expect(await ready(store, "paris")).toBe("True");
  presence.stop();
});

test("an open connection is a sign of life for as long as it is open", async () => {
  const store = openMemory();
  await join(store, "paris");
  const { presence, pass } = start(store);
  const release = presence.hold("paris");
  await pass(100);
  expect(await ready(store, "paris")).toBe("True");
  release();
  await pass(14);
  expect(await ready(store, "paris")).toBe("True");
  await pass(1);
  expect(await ready(store, "paris")).toBe("False");
  presence.stop();
});

test("P9 silence counts only from this process's own start", async () => {
  const store = openMemory();
  await join(store, "paris", true);
  const { presence, pass } = start(store);
  await pass(14);
  expect(await ready(store, "paris")).toBe("True");
  await pass(1);
  expect(await ready(store, "paris")).toBe("False");
  presence.stop();
});

test("P9 a standstill of this process is nobody's silence", async () => {
  vi.useFakeTimers();
  const store = openMemory();
  await join(store, "paris");
  let now = 1_000_000;
  const presence = createPresence({ store, clock: () => now, timeoutMs: 15_000 });
  presence.seen("paris");
  await presence.settled();
  // Suspended: the clock goes on, the timer comes when the process does.
  now += 60_000;
  await vi.advanceTimersByTimeAsync(15_100);
  await presence.settled();
  expect(await ready(store, "paris")).toBe("True");
  now += 15_000;
  await vi.advanceTimersByTimeAsync(15_100);
  await presence.settled();
  expect(await ready(store, "paris")).toBe("False");
  presence.stop();
});

test("P9 two clusters and more than a third gone at once: the federation suspects itself and says so", async () => {
  const store = openMemory();
  for (const name of ["a", "b", "c", "d"]) await join(store, name, true);
  const { presence, pass, lines } = start(store);
  await pass(10, "a", "b", "c", "d");
  await pass(15, "c", "d");
  expect([await ready(store, "a"), await ready(store, "b"), await ready(store, "c")]).toEqual([
    "False suspicious",
    "False suspicious",
    "True",
  ]);
  expect(lines).toMatchObject([{ event: "suspects-itself", silent: ["a", "b"] }]);
  presence.stop();
});

test("one cluster alone is no reason for suspicion", async () => {
  const store = openMemory();
  for (const name of ["a", "b"]) await join(store, name, true);
  const { presence, pass, lines } = start(store);
  await pass(15, "b");
  expect(await ready(store, "a")).toBe("False");
  expect(lines).toEqual([]);
  presence.stop();
});

test("signs of life write nothing while nothing changes", async () => {
  const store = openMemory();
  await join(store, "paris");
  const { presence, pass } = start(store);
  await pass(1, "paris");
  const version = await store.version();
  for (let count = 0; count < 100; count += 1) await pass(5, "paris");
  expect(await store.version()).toBe(version);
  presence.stop();
});

test("what the agent reported stays, whatever becomes of the condition", async () => {
  const store = openMemory();
  await join(store, "paris");
  const { presence, pass } = start(store);
  await pass(1, "paris");
  await pass(20);
  const row = await store.get(key("paris"));
  expect((JSON.parse(row?.value ?? "{}") as KubeObject)["status"].free).toEqual({ pods: "1" });
  presence.stop();
});

test("a cluster that left and joined again under its name is Ready again", async () => {
  const store = openMemory();
  await join(store, "paris");
  const { presence, pass } = start(store);
  await pass(1, "paris");
  await store.commit({ ops: [{ op: "delete", key: key("paris") }] });
  await join(store, "paris");
  await vi.waitFor(async () => {
    await pass(1, "paris");
    expect(await ready(store, "paris")).toBe("True");
  });
  presence.stop();
});

test("of two processes only the one that hears a cluster speaks for it", async () => {
  const store = openMemory();
  await join(store, "paris", true);
  const [hears, deaf] = [start(store), start(store)];
  await hears.pass(1, "paris");
  await deaf.pass(15);
  await vi.waitFor(async () => {
    await hears.presence.settled();
    expect(await ready(store, "paris")).toBe("True");
  });
  const version = await store.version();
  for (let count = 0; count < 10; count += 1) {
    await hears.pass(5, "paris");
    await deaf.pass(5);
  }
  expect(await store.version()).toBe(version);
  hears.presence.stop();
  deaf.presence.stop();
});

test("the timer judges silence by itself", async () => {
  vi.useFakeTimers();
  const store = openMemory();
  await join(store, "paris");
  const presence = createPresence({ store, clock: () => Date.now(), timeoutMs: 15_000 });
  presence.seen("paris");
  await presence.settled();
  await vi.advanceTimersByTimeAsync(15_100);
  expect(await ready(store, "paris")).toBe("False");
  presence.stop();
});
