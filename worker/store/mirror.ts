// All objects of a few resources, in memory, as the log's tail brings them: what every request asks (who may do what, which kinds there are)
// must cost no statement. Promises: never older than the store's watch, never a mix of two commits; a compacted or broken watch is begun again
// with a new list. Refuses nothing: until the first list is read, `ready` is not resolved.
import type { Batch, Reader, Row } from "./store.ts";

const RETRY_MS = 500;

export interface Mirror {
  /** Resolves when everything that was there at the start has been read. */
  ready: Promise<void>;
  /** Current rows of a resource, in no particular order. */
  rows(resource: string): Iterable<Row>;
  get(resource: string, namespace: string, name: string): Row | undefined;
}

export interface MirrorOptions {
  reader: Pick<Reader, "list" | "watch">;
  resources: readonly string[];
  signal: AbortSignal;
  /** After rows changed, and once when the first list was read. `resources`: those that changed. */
  changed?(resources: ReadonlySet<string>): void;
}

const id = (namespace: string, name: string): string => `${namespace}/${name}`;

export function mirror({ reader, resources, signal, changed }: MirrorOptions): Mirror {
  let tables = new Map<string, Map<string, Row>>(resources.map((resource) => [resource, new Map()]));
  let started = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    started = resolve;
  });

  async function readAll(): Promise<number> {
    const fresh = new Map<string, Map<string, Row>>();
    let at: number | undefined;
    for (const resource of resources) {
      const { rows, version } = await reader.list({ resource, ...(at === undefined ? {} : { at }) });
      at ??= version;
      fresh.set(resource, new Map(rows.map((row) => [id(row.namespace, row.name), row])));
    }
    tables = fresh;
    return at ?? 0;
  }

  function apply({ events }: Batch): void {
    const touched = new Set<string>();
    for (const { type, resource, namespace, name, version, value } of events) {
      const table = tables.get(resource);
      if (table === undefined) continue;
      if (type === "DELETED") table.delete(id(namespace, name));
      else table.set(id(namespace, name), { resource, namespace, name, version, value });
      touched.add(resource);
    }
    if (touched.size > 0) changed?.(touched);
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        const from = await readAll();
        changed?.(new Set(resources));
        started();
        const select = resources.map((resource) => ({ resource }));
        for await (const batch of reader.watch({ from, select, signal })) apply(batch);
      } catch {
        // Compacted while it was behind, or the database went away: what is known stays in force until it can be read anew.
      }
      if (!signal.aborted) await pause(RETRY_MS, signal);
    }
    started();
  }
  void run();
  return {
    ready,
    rows: (resource) => tables.get(resource)?.values() ?? [],
    get: (resource, namespace, name) => tables.get(resource)?.get(id(namespace, name)),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
