// All current rows of a resource, a page at a time: for the rare full pass (first start, a position that was compacted away).
import type { Reader, Row } from "../store/store.ts";

const PAGE = 500;

export async function* eachRow(store: Reader, resource: string, namespace?: string): AsyncIterable<Row> {
  let after: { namespace: string; name: string } | undefined;
  for (;;) {
    const page = await store.list({
      resource,
      limit: PAGE,
      ...(namespace === undefined ? {} : { namespace }),
      ...(after === undefined ? {} : { after }),
    });
    yield* page.rows;
    const last = page.rows.at(-1);
    if (!page.more || last === undefined) return;
    after = { namespace: last.namespace, name: last.name };
  }
}
