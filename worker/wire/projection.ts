// A kind computed from another stored one (Node from Cluster), as a Reader: same versions, other objects; what writing one means stands in
// projectedwrite.ts. Texts are computed when read and kept for the newest version of each source, which is what lists and watches ask for.
import type { Projection } from "../../kinds/kind.ts";
import type { Batch, Event, Key, ListQuery, Reader, Row } from "../store/store.ts";
import type { ConvertedRow } from "./convert.ts";
import { projectedText } from "./projectedwrite.ts";
import { parseRow } from "./splice.ts";

export function projectedReader(source: Reader, resource: string, projection: Projection): Reader {
  const known = new Map<string, { version: number; value: string }>();

  const text = (row: Row, value = row.value): string => projectedText(projection, parseRow(value, row.version));

  function project(row: Row): ConvertedRow {
    const last = known.get(row.name);
    if (last !== undefined && last.version === row.version)
      return { ...row, resource, value: last.value, stored: row.value };
    const value = text(row);
    known.set(row.name, { version: row.version, value });
    return { ...row, resource, value, stored: row.value };
  }
  function event(of: Event): Event {
    if (of.type === "DELETED") known.delete(of.name);
    return {
      ...of,
      resource,
      value: text(of),
      previous: of.previous === undefined ? undefined : text(of, of.previous),
    };
  }
  const key = (k: Key): Key => ({ ...k, resource: projection.source });

  return {
    async get(k) {
      const row = await source.get(key(k));
      return row && project(row);
    },
    getMany: async (keys) => (await source.getMany(keys.map(key))).map(project),
    async list(query: ListQuery) {
      const listed = await source.list({ ...query, resource: projection.source });
      return { ...listed, rows: listed.rows.map(project) };
    },
    listByRef: async (_resource, ref) => (await source.listByRef(projection.source, ref)).map(project),
    listByName: async (_resource, name) => (await source.listByName(projection.source, name)).map(project),
    async changes(query) {
      const listed = await source.changes({ ...query, resource: projection.source });
      return { ...listed, rows: listed.rows.map(project) };
    },
    version: () => source.version(),
    async *watch(options): AsyncIterable<Batch> {
      const select = options.select.map((s) => ({ ...s, resource: projection.source }));
      for await (const batch of source.watch({ ...options, select }))
        yield { ...batch, events: batch.events.map(event) };
    },
  };
}
