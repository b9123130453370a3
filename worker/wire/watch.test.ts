import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { type Trial, openTrial } from "./trial.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const MERGE = { "content-type": "application/merge-patch+json" };
let trial: Trial;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });
  trial = await openTrial(MEMBER_KINDS);
});
afterEach(() => vi.useRealTimers());

interface Line {
  type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- objects of any kind
  object: any;
}

/** Events of a watch as they come; `next(n)` waits for n of them, `end()` for the end of the stream. */
async function open(path: string, headers?: Record<string, string>) {
  const response = await trial.request(path, { headers });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const lines: Line[] = [];
  const read = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (done) return false;
    const parts = (text + value).split("\n");
    text = parts.pop() as string;
    lines.push(...parts.map((part) => JSON.parse(part) as Line));
    return true;
  };
  return {
    response,
    next: async (count: number): Promise<Line[]> => {
      while (lines.length < count) if (!(await read())) throw new Error("the watch ended");
      return lines.splice(0, count);
    },
    end: async (): Promise<Line[]> => {
      while (await read());
      return lines;
    },
    close: () => reader.cancel(),
  };
}

const shown = (events: Line[]): string[] => events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ""}`);
const create = (name: string, labels = {}) => trial.call("POST", MAPS, { metadata: { name, labels } });

test("P1: sends what came after its version, in order, each once", async () => {
  await create("before");
  const from = (await trial.call("GET", MAPS)).body.metadata.resourceVersion;
  const watch = await open(`${MAPS}?watch=true&resourceVersion=${from}`);
  for (const name of ["a", "b", "c"]) await create(name);
  await trial.call("DELETE", `${MAPS}/b`);
  const events = await watch.next(4);
  expect(shown(events)).toEqual(["ADDED a", "ADDED b", "ADDED c", "DELETED b"]);
  const versions = events.map((e) => Number(e.object.metadata.resourceVersion));
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(new Set(versions).size).toBe(4);
  expect(events[0]?.object).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
  await watch.close();
});

test("without a version the state comes first", async () => {
  await create("a");
  const watch = await open(`${MAPS}?watch=true`);
  await create("b");
  expect(shown(await watch.next(2))).toEqual(["ADDED a", "ADDED b"]);
  await watch.close();
});

test("objects that begin or cease to match are added and deleted", async () => {
  const watch = await open(`${MAPS}?watch=true&labelSelector=x%3D1`);
  await create("a", { x: "1" });
  const patch = (x: string) => trial.call("PATCH", `${MAPS}/a`, { metadata: { labels: { x } } }, MERGE);
  await patch("2");
  await patch("3");
  await patch("1");
  await trial.call("PATCH", `${MAPS}/a`, { data: { k: "v" } }, MERGE);
  const events = await watch.next(4);
  expect(shown(events)).toEqual(["ADDED a", "DELETED a", "ADDED a", "MODIFIED a"]);
  // The state before it ceased to match, under the version of the change.
  expect(events[1]?.object.metadata.labels).toEqual({ x: "1" });
  expect(Number(events[1]?.object.metadata.resourceVersion)).toBeGreaterThan(
    Number(events[0]?.object.metadata.resourceVersion),
  );
  await watch.close();
});

test("a watch list ends its state with the bookmark that informers wait for", async () => {
  await create("a");
  const watch = await open(
    `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  const events = await watch.next(2);
  expect(shown(events)).toEqual(["ADDED a", "BOOKMARK "]);
  expect(events[1]?.object.metadata.annotations).toEqual({ "k8s.io/initial-events-end": "true" });
  expect(Number(events[1]?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
    Number(events[0]?.object.metadata.resourceVersion),
  );
  await watch.close();
});

test("P1: a compacted start is one ERROR event with 410", async () => {
  const from = (await create("a")).body.metadata.resourceVersion;
  await create("b");
  await create("c");
  await trial.store.compact(await trial.store.version());
  const watch = await open(`${MAPS}?watch=true&resourceVersion=${from}`);
  expect(watch.response.status).toBe(200);
  expect(await watch.end()).toMatchObject([
    { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } },
  ]);
});

test("bookmarks come while nothing happens, and before the end what moved since", async () => {
  const from = (await create("a")).body.metadata.resourceVersion;
  const watch = await open(`${MAPS}?watch=true&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=70`);
  const all = watch.end();
  await vi.advanceTimersByTimeAsync(65_000);
  const last = (await create("b")).body.metadata.resourceVersion;
  await vi.advanceTimersByTimeAsync(6_000);
  const events = await all;
  expect(events.map((e) => e.type)).toEqual(["BOOKMARK", "BOOKMARK", "ADDED", "BOOKMARK"]);
  expect(events[0]?.object).toMatchObject({ kind: "ConfigMap", metadata: { resourceVersion: from } });
  expect(events[3]?.object.metadata.resourceVersion).toBe(last);
});

test("nothing but the end comes to who asked for no bookmarks", async () => {
  const watch = await open(`${MAPS}?watch=true&resourceVersion=1&timeoutSeconds=70`);
  const all = watch.end();
  await vi.advanceTimersByTimeAsync(71_000);
  expect(await all).toEqual([]);
});

test("only the first table of a watch names its columns", async () => {
  const watch = await open(`${MAPS}?watch=true`, { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" });
  await create("a");
  await create("b");
  const [first, second] = await watch.next(2);
  expect(first?.object.columnDefinitions.length).toBeGreaterThan(1);
  expect(second?.object.columnDefinitions).toBeNull();
  expect(second?.object.rows[0].cells[0]).toBe("b");
  await watch.close();
});

test("a client that goes away ends its watch of the store", async () => {
  const gone = new AbortController();
  let ended = false;
  const original = trial.store.watch.bind(trial.store);
  trial.store.watch = (options) => {
    options.signal.addEventListener("abort", () => (ended = true));
    return original(options);
  };
  const response = await trial.request(`${MAPS}?watch=true`, { signal: gone.signal });
  const reader = response.body!.getReader();
  const read = reader.read();
  gone.abort();
  expect((await read).done).toBe(true);
  expect(ended).toBe(true);
});
