// The store: one ordered log of versions that is also the current state (promises P1, P2). Two implementations answer one contract suite:
// postgres.ts (the federation) and memory.ts (simulated members). Nothing outside worker/store speaks SQL.
//
// A value is the JSON text of an object WITHOUT metadata.resourceVersion, its text beginning {"apiVersion":…,"kind":…,"metadata":{…
// so that readers can splice the version in without parsing. The version of a row is its resourceVersion.

export interface Key {
  /** "deployments.apps", "services", "bindings.hanse.dev". */
  resource: string;
  /** "" for cluster-scoped kinds. */
  namespace: string;
  name: string;
}

export interface Row extends Key {
  version: number;
  value: string;
}

/** One committed change. For DELETED, `value` is the last state and `version` the deletion's own. */
export interface Event extends Row {
  type: "ADDED" | "MODIFIED" | "DELETED";
  /** The state before (MODIFIED only): watchers with selectors need it. */
  previous?: string;
}

/** Everything selected with a version <= `version` has now been delivered. */
export interface Batch {
  events: Event[];
  version: number;
}

/** What to watch. Absent fields select all; several selections are a union. */
export interface Selection {
  resource: string;
  namespace?: string;
  name?: string;
}

export interface ListQuery {
  resource: string;
  /** Absent: all namespaces. */
  namespace?: string;
  name?: string;
  /** Rows strictly after this (namespace, name) in byte order. */
  after?: { namespace: string; name: string };
  limit?: number;
  /** Nobody asks how many rows are left (Listed.remaining): to count them costs as much as to read them. */
  uncounted?: true;
  /** Exactly the state at this version; throws Compacted when it is gone, TooLarge when it lies ahead. Absent: now. */
  at?: number;
}

export interface Listed {
  rows: Row[];
  /** The version of the snapshot that was read (also when rows is empty). */
  version: number;
  /** There are rows after the last one (only with limit). */
  more: boolean;
  /** Rows left after the last one, when known (only with limit). */
  remaining?: number;
}

export type Op =
  /** Fails with "exists" when the key has a current row. */
  | { op: "create"; key: Key; value: string; refs?: string[]; deleting?: boolean }
  /** Fails with "missing", or "conflict" when the current version is not `expect`. */
  | { op: "update"; key: Key; value: string; expect: number; refs?: string[]; deleting?: boolean }
  /** Creates or replaces, whatever is there. */
  | { op: "put"; key: Key; value: string; refs?: string[] }
  /** Fails with "missing", or "conflict". */
  | { op: "delete"; key: Key; expect?: number }
  /** Writes nothing: fails with "missing", "deleting" (row is marked deleting) or "conflict". */
  | { op: "require"; key: Key; expect?: number }
  /**
   * Gives out room of the cluster `key.name`, knowing what was given out up to version `seen`: fails with "conflict" when another process than `by`
   * has given out some since. No row of the log.
   */
  | { op: "spend"; key: Key; by: string; seen: number };

/** All of it or nothing. Keys within one commit are distinct. Versions are given in the order of `ops`. */
export interface Commit {
  ops: Op[];
  /** Revision contents to keep, by digest; already known digests are left alone. */
  contents?: { digest: string; value: string }[];
}

export type CommitResult =
  | {
      ok: true;
      /** One per op; for "require" and "spend" the version it saw. */
      versions: number[];
    }
  | {
      ok: false;
      /** Which op failed. */
      index: number;
      reason: "exists" | "missing" | "conflict" | "deleting";
      /** The current version of that key, where there is one. */
      current?: number;
    };

export interface Reader {
  get(key: Key): Promise<Row | undefined>;
  /** In no particular order; absent keys are absent. */
  getMany(keys: Key[]): Promise<Row[]>;
  list(query: ListQuery): Promise<Listed>;
  /** Current rows of a resource that carry `ref` (see Op.refs). */
  listByRef(resource: string, ref: string): Promise<Row[]>;
  /** Current rows of a resource with this name in any namespace (all bindings of one template). */
  listByName(resource: string, name: string): Promise<Row[]>;
  /** Current rows in one namespace with a version > after, by version: state, not history; intermediate states are left out. */
  changes(query: { resource: string; namespace: string; after: number; limit: number }): Promise<Listed>;
  /** The newest version. */
  version(): Promise<number>;
  /**
   * Changes after `from`, in order, each once, for ever, until `signal` aborts (then it ends without an error). Yields a batch
   * when something selected changed, and an empty batch now and then (about every 5 s, only when the version moved) as progress.
   * @throws Compacted when `from` lies below the compaction horizon.
   */
  watch(options: { from: number; select: Selection[]; signal: AbortSignal }): AsyncIterable<Batch>;
}

export interface Store extends Reader {
  commit(commit: Commit): Promise<CommitResult>;
  contents(digests: string[]): Promise<Map<string, string>>;
  /** Current rows of any resource that carry `ref`, in no particular order: what an owner owns may be of every kind. */
  referring(ref: string): Promise<Row[]>;
  /** Their keys alone: thousands of dependents may be hundreds of MB. */
  referringKeys(ref: string): Promise<Key[]>;
  /** Which life of the data this is, the compaction horizon, and this federation's id. */
  epoch(): Promise<{ epoch: number; compacted: number; federation: string }>;
  /**
   * Begins another life of the data after `current` (P3), and after `above`, where a later one is known to have been: versions continue at
   * epoch * 2^40, everything before is compacted. Returns the epoch that now is; does nothing but that when `current` is already over (safe to
   * call twice).
   */
  openEpoch(current: number, above?: number): Promise<number>;
  /** This database is not the one that the data was made in: a dump was restored. False again once an epoch was opened. */
  moved(): Promise<boolean>;
  /** HMAC-SHA-256 of a content under the federation's key (P10), as 43 characters of base64url. The key never leaves the store. */
  digest(value: string): Promise<string>;
  /** The random mark of the commit that made `version`; undefined when the log no longer holds it. */
  mark(version: number): Promise<number | undefined>;
  /** Drops superseded rows and deletions at or below `version`. Current rows stay, whatever their age. */
  compact(version: number): Promise<void>;
  /** A loop's low-water mark: every change at or below it has been handled. 0 when never set. */
  position(loop: string): Promise<number>;
  setPosition(loop: string, version: number): Promise<void>;
  /** Renews this process's lease, with the clusters whose agents it hears, and answers with those of the others, oldest last. */
  shareLease(process: string, heard: readonly string[]): Promise<Lease[]>;
  /** Of a process that ended, or of one that died and whose clusters somebody took over. */
  dropLease(process: string): Promise<void>;
  close(): Promise<void>;
}

/** What another process on the same data hears. */
export interface Lease {
  process: string;
  /** Since it was renewed, by the database's clock. */
  ageMs: number;
  heard: string[];
}

/** The asked-for version is below the compaction horizon: HTTP 410 Expired. */
export class Compacted extends Error {
  override name = "Compacted";
  readonly asked: number;
  readonly horizon: number;
  constructor(asked: number, horizon: number) {
    super(`too old resource version: ${asked} (${horizon})`);
    this.asked = asked;
    this.horizon = horizon;
  }
}

/** The asked-for version does not exist yet: HTTP 504 after a short wait. */
export class TooLarge extends Error {
  override name = "TooLarge";
  readonly asked: number;
  readonly current: number;
  constructor(asked: number, current: number) {
    super(`Too large resource version: ${asked}, current: ${current}`);
    this.asked = asked;
    this.current = current;
  }
}

/** The database did not answer or refused; the write may or may not have happened when `unknown` is true. */
export class Unavailable extends Error {
  override name = "Unavailable";
  readonly unknown: boolean;
  constructor(message: string, unknown: boolean, cause?: unknown) {
    super(message, { cause });
    this.unknown = unknown;
  }
}
