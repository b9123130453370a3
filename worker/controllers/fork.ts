// A store that reads through to another one and keeps what is written to itself: controllers run on it as they would in earnest, and nothing
// happens. It answers what controllers ask (rows, lists, refs, contents); a loop's position, epochs and compaction are not its business.
import type { Commit, CommitResult, Event, Key, ListQuery, Listed, Op, Row, Store } from "../store/store.ts";

interface Kept {
  /** Undefined: deleted. */
  row: Row | undefined;
  refs: readonly string[];
}

export interface Fork {
  store: Store;
  /** Makes a change that nobody else may conflict with. */
  change(key: Key, value: string | undefined, refs?: readonly string[]): Promise<void>;
}

const idOf = ({ resource, namespace, name }: Key): string => `${resource}/${namespace}/${name}`;
const isBefore = (a: Row, b: { namespace: string; name: string }): boolean =>
  a.namespace === b.namespace ? a.name < b.name : a.namespace < b.namespace;

/** Versions of what is written follow `from`; `changed` sees each change, in order, as the tail of a log would tell it. */
export function forkStore(source: Store, from: number, changed: (event: Event) => void): Fork {
  const kept = new Map<string, Kept>();
  const contents = new Map<string, string>();
  let version = from;

  function through(rows: readonly Row[], more: (row: Row, refs: readonly string[]) => boolean): Row[] {
    const found = rows.filter((row) => !kept.has(idOf(row)));
    for (const { row, refs } of kept.values()) if (row !== undefined && more(row, refs)) found.push(row);
    return found;
  }

  async function get(key: Key): Promise<Row | undefined> {
    const entry = kept.get(idOf(key));
    return entry === undefined ? source.get(key) : entry.row;
  }

  async function list(query: ListQuery): Promise<Listed> {
    const { resource, namespace, name } = query;
    for (let { after } = query; ;) {
      const page = await source.list(after === undefined ? query : { ...query, after });
      const last = page.rows.at(-1);
      const meant = (row: Row): boolean =>
        row.resource === resource &&
        (namespace === undefined || row.namespace === namespace) &&
        (name === undefined || row.name === name) &&
        (after === undefined || (!isBefore(row, after) && idOf(row) !== idOf({ ...after, resource }))) &&
        (!page.more || last === undefined || isBefore(row, last) || idOf(row) === idOf(last));
      const rows = through(page.rows, meant).sort((a, b) => (isBefore(a, b) ? -1 : 1));
      if (rows.length > 0 || !page.more || last === undefined) return { rows, version, more: page.more };
      // All of the page is gone here: who pages on goes by the last row of it.
      after = { namespace: last.namespace, name: last.name };
    }
  }

  /** Why an op cannot be done to what there is. */
  function refusal(op: Op, row: Row | undefined): Extract<CommitResult, { ok: false }>["reason"] | undefined {
    if (op.op === "put" || "seen" in op) return undefined;
    if (op.op === "create") return row === undefined ? undefined : "exists";
    if (row === undefined) return "missing";
    return op.expect === undefined || op.expect === row.version ? undefined : "conflict";
  }

  function write(key: Key, row: Row | undefined, value: string | undefined, refs: readonly string[]): number {
    version += 1;
    const next = value === undefined ? undefined : { ...key, version, value };
    kept.set(idOf(key), { row: next, refs });
    const last = row?.value;
    if (next === undefined) changed({ ...key, version, value: last ?? "", type: "DELETED" });
    else if (last === undefined) changed({ ...next, type: "ADDED" });
    else changed({ ...next, type: "MODIFIED", previous: last });
    return version;
  }

  async function commit({ ops, contents: more = [] }: Commit): Promise<CommitResult> {
    const read = await Promise.all(ops.map(({ key }) => get(key)));
    // Others may have written while this was read.
    const rows = ops.map(({ key }, index) => {
      const entry = kept.get(idOf(key));
      return entry === undefined ? read[index] : entry.row;
    });
    for (const [index, op] of ops.entries()) {
      const reason = refusal(op, rows[index]);
      if (reason !== undefined) return { ok: false, index, reason };
    }
    for (const { digest, value } of more) contents.set(digest, value);
    const versions = ops.map((op, index) => {
      const row = rows[index];
      if ("value" in op) return write(op.key, row, op.value, op.refs ?? []);
      return op.op === "delete" ? write(op.key, row, undefined, []) : (row?.version ?? 0);
    });
    return { ok: true, versions };
  }

  const own: Partial<Store> = {
    get,
    getMany: async (keys) => {
      const read = await source.getMany(keys.filter((key) => !kept.has(idOf(key))));
      return [...read, ...keys.flatMap((key) => kept.get(idOf(key))?.row ?? [])];
    },
    list,
    listByRef: async (resource, ref) =>
      through(await source.listByRef(resource, ref), (row, refs) => row.resource === resource && refs.includes(ref)),
    listByName: async (resource, name) =>
      through(await source.listByName(resource, name), (row) => row.resource === resource && row.name === name),
    referring: async (ref) => through(await source.referring(ref), (_row, refs) => refs.includes(ref)),
    referringKeys: async (ref) => [
      ...(await source.referringKeys(ref)).filter((key) => !kept.has(idOf(key))),
      ...[...kept.values()].flatMap(({ row, refs }) => (row !== undefined && refs.includes(ref) ? [row] : [])),
    ],
    version: async () => version,
    commit,
    contents: async (digests) => {
      const found = await source.contents(digests.filter((digest) => !contents.has(digest)));
      for (const digest of digests) if (contents.has(digest)) found.set(digest, contents.get(digest)!);
      return found;
    },
    digest: (value) => source.digest(value),
    epoch: () => source.epoch(),
  };
  return {
    store: new Proxy(own as Store, { get: (target, name: keyof Store) => target[name] ?? never }),
    async change(key, value, refs = []) {
      write(key, await get(key), value, refs);
    },
  };
}

function never(): never {
  throw new Error("a fork of the store has no loop, no epoch and no past of its own");
}
