// GET /clusters/<name>/hanse/v1/changes: the cluster's bindings after a cursor, rendered, in log order; held open while there are none.
// Promises (P3, P5): the answer's cursor covers exactly the items given so far; absence never means deletion, only a tombstone does;
// a cursor this log cannot vouch for gets 410 and puts the cluster's deletions on hold; one that this federation sealed shows that its
// data was replaced, and puts every cluster's on hold.
import { BINDINGS, type Binding, HOLD, HOLDS, REPORTS, type Report } from "../../kinds/binding.ts";
import type { KindTable } from "../../kinds/table.ts";
import type { Kind } from "../../kinds/kind.ts";
import { kindKey } from "../../kinds/kind.ts";
import { type Changes, type Item, MAX_ITEMS, MAX_WAIT_SECONDS } from "../../kinds/protocol.ts";
import { type Manner, mannerOf, pluralOf, render } from "../../core/render/render.ts";
import { Compacted, type Batch, type Row, type Store } from "../store/store.ts";
import { cutKey, type Contents } from "./contentcache.ts";
import { cursorAt, goneFor, isSealed, judge, parseCursor, type Cursor } from "./cursor.ts";
import { holdOne, openEpoch } from "./openepoch.ts";
import { badRequest } from "./status.ts";

export interface PullParts {
  store: Store;
  kinds: KindTable;
  contents: Contents;
  clock: () => number;
}

interface Asked {
  cluster: string;
  after: string;
  waitSeconds: number;
  limit: number;
  signal: AbortSignal;
}

/** An answer ends with the slice in which it passes this: agents refuse one above 64 MiB, and nobody may make this process hold 500 objects of 1 MiB. */
const ANSWER_CHARS = 8_000_000;
/** Objects rendered at once. */
const SLICE = 16;

export function parseAsk(url: URL, cluster: string, signal: AbortSignal): Asked {
  const number = (name: string, otherwise: number, most: number): number => {
    const text = url.searchParams.get(name);
    if (text === null) return otherwise;
    if (!/^\d{1,6}$/.test(text))
      throw badRequest(`invalid ${name} ${JSON.stringify(text.slice(0, 20))}: a number is wanted`);
    return Math.min(Number(text), most);
  };
  return {
    cluster,
    after: url.searchParams.get("after") ?? "",
    waitSeconds: number("wait", 0, MAX_WAIT_SECONDS),
    limit: Math.max(1, number("limit", MAX_ITEMS, MAX_ITEMS)),
    signal,
  };
}

export async function pull(parts: PullParts, asked: Asked): Promise<Changes> {
  const { store } = parts;
  const cursor = parseCursor(asked.after);
  const after = cursor?.version ?? 0;
  const [, listed] = await Promise.all([
    cursor === undefined ? undefined : verify(parts, asked.cluster, cursor),
    store.changes({ resource: BINDINGS, namespace: asked.cluster, after, limit: asked.limit }),
  ]);
  if (listed.rows.length > 0 || asked.waitSeconds === 0)
    return answer(parts, asked.cluster, listed.rows, listed.version, !listed.more);
  const batch = await firstBatch(store, asked, listed.version);
  const rows = latest(batch.events);
  return answer(parts, asked.cluster, rows.slice(0, asked.limit), batch.version, rows.length <= asked.limit);
}

/** Throws 410 for a cursor this log cannot vouch for. */
async function verify({ store, clock }: PullParts, cluster: string, cursor: Cursor): Promise<void> {
  const mark = await store.mark(cursor.version);
  if (mark === cursor.mark) return;
  // After the mark: the horizon may have passed it just now.
  const log = await store.epoch();
  const verdict = judge(cursor, { ...log, mark });
  if (verdict === "Diverged") {
    const { epoch } = cursor;
    // One of an earlier epoch is what every agent brings that was away while this one was opened.
    await holdOne({ store, clock }, cluster);
    if (epoch >= log.epoch && (await isSealed(store, cluster, cursor)))
      await openEpoch({
        store,
        clock,
        over: log.epoch,
        above: epoch,
        seen: `the data is older than what ${cluster} had seen`,
      });
  }
  throw goneFor(verdict, cursor);
}

/** The first batch with a change, or an empty one after `waitSeconds` or when the agent hung up. */
async function firstBatch(store: Store, asked: Asked, from: number): Promise<Batch> {
  const end = new AbortController();
  const stop = () => end.abort();
  const timer = setTimeout(stop, asked.waitSeconds * 1000);
  asked.signal.addEventListener("abort", stop, { once: true });
  if (asked.signal.aborted) stop();
  let version = from;
  try {
    const select = [BINDINGS, HOLDS].map((resource) => ({ resource, namespace: asked.cluster }));
    for await (const batch of store.watch({ from, select, signal: end.signal })) {
      version = batch.version;
      // A hold that comes or goes is told at once.
      if (batch.events.some((event) => event.type !== "DELETED" || event.resource === HOLDS)) return batch;
    }
  } catch (error) {
    // Compacted while waiting: the next request lists again.
    if (!(error instanceof Compacted)) throw error;
  } finally {
    clearTimeout(timer);
    asked.signal.removeEventListener("abort", stop);
    end.abort();
  }
  return { events: [], version };
}

/** The last state of each binding in a batch, in version order. */
function latest(events: Batch["events"]): Row[] {
  const rows = new Map<string, Row>();
  for (const event of events) {
    if (event.resource !== BINDINGS) continue;
    rows.delete(event.name);
    if (event.type !== "DELETED") rows.set(event.name, event);
  }
  return [...rows.values()];
}

/** `version`: what the log had come to, when these are all its rows (`complete`). */
async function answer(
  parts: PullParts,
  cluster: string,
  rows: readonly Row[],
  version: number,
  complete: boolean,
): Promise<Changes> {
  const { store } = parts;
  const keys = rows.map((row) => ({ resource: REPORTS, namespace: cluster, name: row.name }));
  const others = await store.getMany([...keys, { resource: HOLDS, namespace: cluster, name: HOLD }]);
  const hold = others.some((row) => row.resource === HOLDS);
  const reports = new Map(
    others.filter((row) => row.resource === REPORTS).map((row) => [row.name, JSON.parse(row.value) as Report]),
  );
  const items: Item[] = [];
  let chars = 0;
  for (let at = 0; at < rows.length && chars < ANSWER_CHARS; at += SLICE) {
    const slice = await itemsOf(parts, cluster, rows.slice(at, at + SLICE), reports);
    items.push(...slice);
    if (at + SLICE < rows.length) chars += JSON.stringify(slice).length;
  }
  // A page that is not the last reaches as far as its last row, not as far as the snapshot.
  const all = complete && items.length === rows.length;
  const reached = all ? version : (items.at(-1)?.version ?? version);
  return { cursor: await cursorAt(store, cluster, reached), items, complete: all, ...(hold ? { hold: true } : {}) };
}

async function itemsOf(
  { kinds, contents: known }: PullParts,
  cluster: string,
  rows: readonly Row[],
  reports: ReadonlyMap<string, Report>,
): Promise<Item[]> {
  const bindings = rows.map((row) => ({ row, binding: JSON.parse(row.value) as Binding }));
  const live = bindings.filter(({ binding }) => binding.tombstone === undefined);
  const contents = await known.get(live.map(({ binding }) => binding));
  return bindings.map(({ row, binding }): Item => {
    const { template, tombstone } = binding;
    const memberUid = reports.get(row.name)?.memberUid;
    const base = {
      uid: row.name,
      version: row.version,
      generation: binding.generation,
      key: {
        apiVersion: template.apiVersion,
        kind: template.kind,
        resource: pluralOf(template),
        ...(template.namespace === "" ? {} : { namespace: template.namespace }),
        name: template.name,
      },
      ...mannerFor(kinds.all, template.resource),
      ...(memberUid === undefined ? {} : { memberUid }),
    };
    if (tombstone !== undefined) {
      const { since: _since, ...asked } = tombstone;
      return { ...base, tombstone: asked };
    }
    const content = contents.get(cutKey(binding));
    // A binding commits with its content or after it; one without is a broken database, and skipping it would lose it for good.
    if (content === undefined)
      throw new Error(`content ${binding.revision} of binding ${cluster}/${row.name} is missing`);
    const { resized } = binding;
    return {
      ...base,
      ...binding.manner,
      ...(resized === undefined ? {} : { resized }),
      object: render(content, template, binding.share),
    };
  });
}

const OTHER: Manner = { policy: "apply", rank: 20 };

function mannerFor(kinds: readonly Kind[], resource: string): Manner {
  const kind = kinds.find((one) => kindKey(one) === resource);
  return kind === undefined ? OTHER : mannerOf(kind.federation);
}
