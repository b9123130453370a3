// What the federation says it does not know (P3, P4), against a member that counts what is asked of it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KubeObject } from "../kinds/object.ts";
import type { Item, ReportItem } from "../kinds/protocol.ts";
import { reconcile } from "./apply.ts";
import { createLives } from "./live.ts";
import type { Member } from "./member.ts";
import { orphan } from "./orphan.ts";
import type { Parts } from "./parts.ts";
import { createReporter } from "./report.ts";
import { openState } from "./state.ts";

const KEY = { apiVersion: "v1", kind: "ConfigMap", resource: "configmaps", namespace: "default", name: "conf" };
let dir: string;
let parts: Parts;
let end: AbortController;
/** What stands in the member. */
let stands: KubeObject | undefined;
let asked: string[];
let said: ReportItem[];
/** Says of what is reported that nobody knows it. */
let known: boolean;
/** Runs before a report is answered. */
let meanwhile: () => void;

const item = (uid: string, version: number, more: Partial<Item> = {}): Item => ({
  uid,
  version,
  generation: 1,
  key: KEY,
  policy: "apply",
  rank: 10,
  object: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "conf", namespace: "default", labels: { "hanse.dev/binding": uid } },
  },
  ...more,
});
const pull = (...items: Item[]): void => void parts.state.accept({ cursor: "", items, complete: true, hold: true });
const entry = (uid: string) => parts.state.get(uid)!;
const settled = async (): Promise<void> => {
  while (!parts.reporter.idle()) await new Promise((resolve) => setTimeout(resolve, 1));
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "hanse-orphan-"));
  [stands, asked, said, known, meanwhile] = [undefined, [], [], true, () => {}];
  end = new AbortController();
  const shared = {
    state: openState(dir),
    lives: createLives(),
    log: () => {},
    signal: end.signal,
    random: () => 0,
    step: () => {},
  };
  const queue = { add: () => {}, idle: () => true, stop: () => {} };
  const federation = {
    report: async (_: string, { items }: { items: ReportItem[] }) => {
      said.push(...items);
      const unknown = known ? [] : items.map(({ uid }) => uid);
      meanwhile();
      return { unknown };
    },
  } as unknown as Parts["federation"];
  const notFound = { ok: false, code: 404, reason: "NotFound", message: "", transient: false } as const;
  const member = {
    get: async () => (stands === undefined ? notFound : { ok: true, object: stands }),
    apply: async (_: unknown, body: string) => {
      const wanted = JSON.parse(body) as KubeObject;
      asked.push(`apply ${wanted.metadata.uid ?? "new"}`);
      if (stands !== undefined && wanted.metadata.uid !== stands.metadata.uid) return { ...notFound, code: 409 };
      stands = { ...wanted, metadata: { ...wanted.metadata, uid: stands?.metadata.uid ?? `m-${asked.length}` } };
      return { ok: true, object: stands };
    },
    remove: async () => {
      asked.push("remove");
      return { ok: true, gone: true };
    },
  } as unknown as Member;
  parts = {
    ...shared,
    federation,
    member,
    queue,
    reporter: createReporter({ ...shared, federation, lost: (one) => orphan({ ...shared, queue }, one) }),
    clock: () => 0,
    observe: () => {},
    sameMember: async () => undefined,
    scaled: async () => false,
  };
  pull(item("one", 1));
  await reconcile(parts, entry("one"));
  void parts.reporter.run("paris");
  await settled();
  expect([stands!.metadata.uid, entry("one").memberUid]).toEqual(["m-1", "m-1"]);
  known = false;
  parts.reporter.forgetAcknowledged();
  [asked, said] = [[], []];
});
afterEach(() => {
  end.abort();
  parts.state.close();
  rmSync(dir, { recursive: true });
});

it("P3 is left as it is, and named", async () => {
  await settled();
  expect(entry("one").orphaned).toBe(true);
  parts.lives.of(entry("one")).drift = true;
  await reconcile(parts, entry("one"));
  await settled();
  expect(asked).toEqual([]);
  expect(said.at(-1)).toEqual({ uid: "one", generation: 1, memberUid: "m-1", key: KEY });
});

it("P3 a tombstone of the life that is over is not carried out, not even without a hold", async () => {
  pull(item("one", 2, { object: undefined, tombstone: {} }));
  parts.reporter.note(entry("one"));
  await settled();
  parts.state.setMeta({ hold: "" });
  await reconcile(parts, entry("one"));
  expect([entry("one").tombstone, asked]).toEqual([false, []]);
});

it("P3 gone from the member it is not made again, and forgotten", async () => {
  await settled();
  stands = undefined;
  await reconcile(parts, entry("one"));
  await settled();
  expect([asked, said.at(-1), parts.state.get("one")]).toEqual([
    [],
    { uid: "one", generation: 1, removed: true },
    undefined,
  ]);
});

it("P4 a new binding about the same object takes it over, and the federation hears that the old one is gone", async () => {
  await settled();
  known = true;
  pull(item("two", 3));
  await reconcile(parts, entry("two"));
  await settled();
  expect(asked).toEqual(["apply new", "apply m-1"]);
  expect([entry("two").memberUid, stands!.metadata.labels?.["hanse.dev/binding"]]).toEqual(["m-1", "two"]);
  expect(said).toContainEqual({ uid: "one", generation: 1, removed: true });
  expect(parts.state.get("one")).toBeUndefined();
});

it("P4 what the federation knows, and what runs to its end, is not taken over", async () => {
  const other = parts.state;
  await settled();
  pull(item("job", 3, { once: true }));
  await reconcile(parts, entry("job"));
  expect(entry("job").failure?.reason).toBe("Conflict");
  known = true;
  pull(item("one", 4));
  expect(other.get("one")!.orphaned).toBeUndefined();
  pull(item("two", 5));
  await reconcile(parts, entry("two"));
  expect(entry("two").failure?.reason).toBe("Conflict");
});

it("an answer older than what was pulled since says nothing", async () => {
  meanwhile = () => pull(item("one", 9));
  await settled();
  expect(entry("one").orphaned).toBeUndefined();
});
