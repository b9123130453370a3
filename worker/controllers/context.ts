// What a controller is, and what it is given. A controller keeps no state of its own: it is told a key, reads, asks core once, commits with
// compare-and-set. So any number of processes may run all of them at once, and each may die at any await.
import type { Kind } from "../../kinds/kind.ts";
import type { Event, Store } from "../store/store.ts";
import type { Recent } from "./recent.ts";
import type { World } from "./world.ts";

export type ControllerName =
  | "schedule"
  | "follow"
  | "aggregate"
  | "namespaces"
  | "clusters"
  | "policies"
  | "garbage"
  | "definitions"
  | "roles"
  | "cron"
  | "observed"
  | "expire";

export interface Context {
  store: Store;
  world: World;
  recent: Recent;
  /** Rows from the tail's memory are not to be trusted: this key just lost a commit, or failed. */
  fresh: boolean;
  /** Those that are stored. */
  kinds: readonly Kind[];
  /** Those, and the other versions in which they are served: what a reference may name. */
  served: readonly Kind[];
  /** Kinds by store resource name. */
  kindOf: ReadonlyMap<string, Kind>;
  /** Milliseconds since the epoch. */
  clock(): number;
  /** When this process began to run controllers, on that clock. */
  started: number;
  random(): number;
  uid(): string;
  log(line: Record<string, unknown>): void;
  /** This process among several on the same data. Absent: it is alone. */
  process?: string | undefined;
  /** PEM of the federation's CA, for kube-root-ca.crt. */
  ca?: string | undefined;
}

/** What follows from handling a key. */
export interface Outcome {
  /** Further work, held to the same low-water mark as the key that caused it. */
  wake?: { controller: ControllerName; key: string }[];
  /** Handle the key again after this time, for what no change in the log announces. */
  againMs?: number;
}

export interface Controller {
  name: ControllerName;
  /** Keys handled at once. */
  concurrency: number;
  /** Keys handled at once when no change has woken one for a moment: nobody is writing, so nobody is held up. Default: `concurrency`. */
  calmConcurrency?: number;
  /** While that controller has keys waiting, this one handles one at a time. */
  yieldsTo?: ControllerName;
  /** Keys that a change concerns; cheap, since every change passes here. */
  wakes(event: Event, context: Context): Iterable<string>;
  /** Keys to handle after changes were missed (first start, compacted position): everything that may be out of date. */
  resync(context: Context): AsyncIterable<string>;
  /** Keys that wait for a time, which nothing in the log announces: handled whenever a process starts. */
  start?(context: Context): AsyncIterable<string>;
  /** Level triggered. Throws Busy when the row moved under it; other errors are retried with backoff. */
  reconcile(key: string, context: Context): Promise<Outcome | void>;
}

/** Somebody else committed first: read again, at once. */
export class Busy extends Error {
  override name = "Busy";
}

export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const handle = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(handle), resolve()), { once: true });
  });
}
