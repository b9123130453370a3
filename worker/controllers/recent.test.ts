import { expect, test } from "vitest";
import { BINDINGS } from "../../kinds/binding.ts";
import { openMemory } from "../store/memory.ts";
import type { Event, Key, Row, Store } from "../store/store.ts";
import { Recent } from "./recent.ts";

const key = (name: string, resource = "configmaps"): Key => ({ resource, namespace: "default", name });
const event = (name: string, version: number, more: Partial<Event> = {}): Event =>
  ({ ...key(name), type: "MODIFIED", version, value: `${version}`, ...more }) as Event;

/** A store whose reads are counted, and answer when they are let. */
function slow(): { store: Store; asked: string[][]; answer(): Promise<void>; rows: Map<string, Row> } {
  const rows = new Map<string, Row>();
  const asked: string[][] = [];
  let go: (() => void)[] = [];
  const store = {
    ...openMemory(),
    async getMany(keys: Key[]) {
      asked.push(keys.map(({ name }) => name));
      const found = keys.flatMap(({ name }) => rows.get(name) ?? []);
      await new Promise<void>((resolve) => go.push(resolve));
      return found;
    },
  };
  return {
    store,
    asked,
    rows,
    async answer() {
      for (const one of go) one();
      go = [];
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
const row = (name: string, version: number): Row => ({ ...key(name), version, value: `${version}` });

test("what passed, and what was read, is not read again", async () => {
  const recent = new Recent();
  const { store, asked, answer, rows } = slow();
  rows.set("b", row("b", 2));
  recent.apply(event("a", 1));
  const reading = recent.getMany([key("a"), key("b")], store, false);
  await answer();
  expect((await reading).map(({ version }) => version)).toEqual([1, 2]);
  expect((await recent.getMany([key("b"), key("a")], store, false)).map(({ version }) => version)).toEqual([2, 1]);
  expect(asked).toEqual([["b"]]);
  const fresh = recent.getMany([key("a")], store, true);
  await answer();
  expect(await fresh).toEqual([]);
});

test("what changes while it is read is not remembered as it was", async () => {
  const recent = new Recent();
  const { store, asked, answer, rows } = slow();
  rows.set("gone", row("gone", 1)).set("newer", row("newer", 1));
  const reading = [
    recent.getMany([key("gone"), key("newer")], store, false),
    recent.getMany([key("gone")], store, false),
  ];
  recent.apply(event("gone", 2, { type: "DELETED" }));
  recent.apply(event("newer", 3));
  await answer();
  await Promise.all(reading);
  rows.clear();
  const again = recent.getMany([key("gone"), key("newer")], store, false);
  await answer();
  expect((await again).map(({ version }) => version)).toEqual([3]);
  expect(asked).toHaveLength(3);
});

test("a failed read leaves nothing behind", async () => {
  const recent = new Recent();
  const failing = { ...openMemory(), getMany: () => Promise.reject(new Error("down")) };
  await expect(recent.getMany([key("a")], failing, false)).rejects.toThrow("down");
  const { store, answer, rows } = slow();
  rows.set("a", row("a", 5));
  const reading = recent.getMany([key("a")], store, false);
  await answer();
  await reading;
  expect(await recent.getMany([key("a")], failing, false)).toHaveLength(1);
});

test("bounded by what it holds: the least recently used goes first, and what is never read back by key does not come in", async () => {
  const recent = new Recent();
  const value = JSON.stringify({ text: "x".repeat(16_000) });
  for (let index = 0; index < 400; index += 1) recent.apply(event(`a${index}`, index + 1, { value }));
  const { store, answer, asked } = slow();
  await recent.getMany([key("a0")], store, false);
  for (let index = 400; index < 800; index += 1) recent.apply(event(`a${index}`, index + 1, { value }));
  expect(await recent.getMany([key("a0"), key("a799")], store, false)).toHaveLength(2);
  const labels = { app: "web" };
  const follower = JSON.stringify({ needs: [] });
  recent.apply(event("e", 900, { resource: "events" }));
  recent.apply(event("w", 901, { resource: BINDINGS, value: JSON.stringify({ needs: [], labels }) }));
  recent.apply(event("f", 902, { resource: BINDINGS, value: follower }));
  const keys = [key("a1"), key("e", "events"), key("w", BINDINGS), key("f", BINDINGS)];
  const reading = recent.getMany(keys, store, false);
  await answer();
  expect((await reading).map(({ name }) => name)).toEqual(["f"]);
  expect(asked).toEqual([["a1", "e", "w"]]);
});
