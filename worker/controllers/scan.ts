// Many rows, a page at a time: all of a resource for the rare full pass (first start, a position that was compacted away), and all that a ref
// finds. Pages are so long that their text stays near PAGE_CHARS (P11): objects of 1 MiB come a few at a time, small ones 500.
import type { Key, Reader, Row, Store } from "../store/store.ts";

const PAGE = 500;
/** Nothing is known of the first rows' size yet. */
const FIRST_PAGE = 50;
const PAGE_CHARS = 4_000_000;

/** How many rows to ask for after these. */
function pageAfter(rows: readonly Row[]): number {
  const chars = rows.reduce((sum, { value }) => sum + value.length, 0);
  return Math.max(1, Math.min(PAGE, Math.floor((PAGE_CHARS * rows.length) / Math.max(1, chars))));
}

export async function* eachRow(store: Reader, resource: string, namespace?: string): AsyncIterable<Row> {
  let after: { namespace: string; name: string } | undefined;
  for (let limit = FIRST_PAGE; ;) {
    const page = await store.list({
      resource,
      limit,
      uncounted: true,
      ...(namespace === undefined ? {} : { namespace }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.rows;
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) return;
    after = { namespace: last.namespace, name: last.name };
    limit = pageAfter(page.rows);
  }
}

/** Current rows of any resource that carry `ref`; those that went meanwhile are left out. */
export async function* eachReferring(store: Store, ref: string): AsyncIterable<Row> {
  const keys: Key[] = await store.referringKeys(ref);
  for (let at = 0, limit = FIRST_PAGE; at < keys.length;) {
    const rows = await store.getMany(keys.slice(at, at + limit));
    yield* rows;
    at += limit;
    if (rows.length > 0) limit = pageAfter(rows);
  }
}
