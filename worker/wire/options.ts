// What an API server over a store is made of. The same library serves the federation's root (Postgres), the read-only
// views of clusters (a Reader that renders) and simulated members (memory). Nothing here reads a clock or a random source.
import type { Projection } from "../../kinds/kind.ts";
import type { KindTable } from "../../kinds/table.ts";
import type { ChangePlan } from "../../kinds/plan.ts";
import type { Authorizer } from "./authorizer.ts";
import type { Commit, CommitResult, Key, Op, Reader, Row } from "../store/store.ts";

/** Who asks (k8s.io/apiserver user.Info). */
export interface User {
  name: string;
  groups: readonly string[];
  uid?: string;
  extra?: Readonly<Record<string, readonly string[]>>;
}

/** What an authorizer is asked (k8s.io/apiserver authorizer.Attributes). */
export interface Attributes {
  verb: string;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  path: string;
  /** False: a path like /openapi/v3 is asked for, and only `verb` and `path` mean something. */
  resourceRequest: boolean;
}

/** version.Info of apimachinery. */
export interface VersionInfo {
  major: string;
  minor: string;
  gitVersion: string;
  gitCommit: string;
  gitTreeState: string;
  buildDate: string;
  goVersion: string;
  compiler: string;
  platform: string;
  [field: string]: string;
}

export interface Documents {
  /** Discovery and OpenAPI; undefined where the path is none of them. `path` comes without a view's prefix. */
  handle(request: Request, path: string): Promise<Response | undefined>;
}

export interface Limits {
  /** Bytes of a request body; more is 413. Default 3 MiB. */
  bodyBytes?: number;
  /** Objects in one list answer without `limit` before the store is asked for a further page. Default 500. */
  pageSize?: number;
  /** Seconds between bookmarks. Default 30: idle streams through edge proxies are cut near 100 s. */
  bookmarkSeconds?: number;
}

/** A write as texts of the store: absent before: it is made; absent after: it goes. */
interface PlannedWrite {
  key: Key;
  before?: string | undefined;
  after?: string | undefined;
  refs?: string[] | undefined;
}

export interface ApiOptions {
  /** Read at every request: custom resources come and go. */
  kinds: KindTable;
  /** By resource name ("nodes"): a kind computed from another one. */
  projections?: Readonly<Record<string, Projection>>;
  reader: Reader;
  /** Absent: the API is read-only, writes get 405. */
  commit?: (commit: Commit) => Promise<CommitResult>;
  /** What a write of these texts would do in the clusters. Absent: nothing is planned, told or refused (plan.ts). */
  plan?(change: PlannedWrite): Promise<ChangePlan>;
  /** There are clusters below: objects show at <object>/render what each would get. Default: this is one of them. */
  federation?: boolean;
  /** Milliseconds since the epoch. */
  clock: () => number;
  uid: () => string;
  /** [0, 1). */
  random: () => number;
  documents: Documents;
  /** Path before /api and /apis: "/clusters/paris" for views. */
  prefix?: string;
  /** Undefined: 401. */
  authenticate(request: Request): Promise<User | undefined>;
  /** Absent: every authenticated user may do everything. */
  authorize?(user: User, attributes: Attributes): Promise<{ allowed: boolean; reason?: string }>;
  /** Where rules are stored here: what role and binding writers hold is compared with what they grant. */
  authorizer?: Pick<Authorizer, "authorize" | "policy">;
  version: VersionInfo;
  /** Names of failing checks; empty = ready. */
  readyz?: () => Promise<string[]>;
  /** False: nothing here removes the finalizers `foregroundDeletion` and `orphan`, so they are never set (upstream does the same
   * where garbage collection is off), and Foreground means Background. Default: a garbage collector runs beside this. */
  garbageCollector?: boolean;
  /**
   * Evicts a pod that an agent observes: `moved` elsewhere, or `passed` on to its cluster, which is then done here; `changed`: what was read is
   * not so any more. Absent: passed on.
   */
  evictObserved?(eviction: {
    row: Row;
    also: readonly Op[];
    dryRun: boolean;
  }): Promise<"moved" | "passed" | "changed" | { tooMany: string }>;
  limits?: Limits;
}
