// The mirror over the memory store: what it holds after a list, after changes, and after its watch was compacted away.
import { afterEach, expect, test } from "vitest";
import { openMemory } from "./memory.ts";
import { mirror } from "./mirror.ts";
import { Compacted, type Key, type Reader } from "./store.ts";

let stopping = new AbortController();
afterEach(() => {
  stopping.abort();
  stopping = new AbortController();
});

const key = (name: string, resource = "roles"): Key => ({ resource, namespace: "", name });
const names = (rows: Iterable<{ name: string }>): string[] => [...rows].map(({ name }) => name).toSorted();

/** Resolves at the next change that is told. */
function changes(): { changed(): void; next(): Promise<void> } {
  let told = 0;
  let waiting: (() => void) | undefined;
  let seen = 0;
  return {
    changed() {
      told += 1;
      waiting?.();
    },
    async next() {
      if (told === seen) await new Promise<void>((resolve) => (waiting = resolve));
      seen += 1;
    },
  };
}

test("what was there, what comes, changes and goes", async () => {
  const store = openMemory();
  await store.commit({ ops: [{ op: "create", key: key("a"), value: "1" }] });
  const told = changes();
  const held = mirror({ reader: store, resources: ["roles", "other"], signal: stopping.signal, changed: told.changed });
  await held.ready;
  await told.next();
  expect(held.get("roles", "", "a")?.value).toBe("1");
  await store.commit({
    ops: [
      { op: "create", key: key("b"), value: "2" },
      { op: "put", key: key("a"), value: "3" },
    ],
  });
  await told.next();
  expect(names(held.rows("roles"))).toEqual(["a", "b"]);
  expect(held.get("roles", "", "a")?.value).toBe("3");
  await store.commit({ ops: [{ op: "delete", key: key("a") }] });
  await told.next();
  expect(names(held.rows("roles"))).toEqual(["b"]);
});

test("a watch that was compacted away is begun again with a list", async () => {
  const store = openMemory();
  let broken = true;
  const told = changes();
  const reader: Pick<Reader, "list" | "watch"> = {
    list: (query) => store.list(query),
    watch(options) {
      if (!broken) return store.watch(options);
      broken = false;
      return (async function* () {
        await store.commit({ ops: [{ op: "create", key: key("late"), value: "1" }] });
        throw new Compacted(1, 2);
        // oxlint-disable-next-line no-unreachable -- makes it a generator
        yield { events: [], version: 0 };
      })();
    },
  };
  const held = mirror({ reader, resources: ["roles"], signal: stopping.signal, changed: told.changed });
  await told.next();
  expect(names(held.rows("roles"))).toEqual([]);
  await told.next();
  expect(names(held.rows("roles"))).toEqual(["late"]);
});
