// Whether a cluster is heard: keeps the Ready condition of every Cluster. A sign of life is a memory write; the log is written only when the
// condition changes. NotReady after `timeoutMs` of silence, counted only from this process's own start, or its own standstill (P9: our gap is
// not theirs); Ready again at once. Of several processes on one database each hears some of the agents: what one no longer hears is silent only if no
// other hears it, and who dies is followed by another. When at least two clusters and more than a third of all fall silent within a minute, the federation suspects itself and says so.
import { CLUSTERS, type ClusterStatus } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { Compacted, type Event, type Store } from "../store/store.ts";
import { pause, rfc3339 } from "./context.ts";
import { readObject, writeObject } from "./rows.ts";
import { eachRow } from "./scan.ts";
import { equalJson } from "../../core/schedule/canonical.ts";

export interface PresenceOptions {
  store: Store;
  /** Milliseconds since the epoch. */
  clock: () => number;
  timeoutMs: number;
  /** This process among several on the same data, and how often it tells them whom it hears. Absent: it is alone. */
  lease?: { process: string; everyMs: number };
  log?: (line: Record<string, unknown>) => void;
}

export interface Presence {
  /** A sign of life. */
  seen(cluster: string): void;
  /** An open connection is a lasting sign of life, until the returned function is called. */
  hold(cluster: string): () => void;
  /** Judges silence as of now; the timer does so by itself. */
  check(): Promise<void>;
  /** Resolves when all condition writes under way are done. For tests. */
  settled(): Promise<void>;
  stop(): void;
}

interface Heard {
  at: number;
  /** Open connections. */
  held: number;
  /** It spoke to this process; else it is only known to have spoken to somebody. */
  own: boolean;
  /** What the log says, as far as we know. */
  state: "ready" | "silent" | "unknown";
}

const SUSPICION_WINDOW_MS = 60_000;
/** A judgement later than this was held up by this process itself: suspended, or too busy to listen. */
const STANDSTILL_MS = 2_000;
const TRIES = 8;
const RETRY_MS = 1_000;

const READY = { status: "True", reason: "AgentConnected", message: "The cluster's agent is heard." } as const;
const SILENT = { status: "False", reason: "AgentSilent" } as const;

export function createPresence({ store, clock, timeoutMs, lease, log = () => undefined }: PresenceOptions): Presence {
  const heard = new Map<string, Heard>();
  const writing = new Map<string, Promise<void>>();
  /** When clusters fell silent, newest last, within the window. */
  let lost: { cluster: string; at: number }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const started = clock();
  const abort = new AbortController();
  let loaded: () => void = () => undefined;
  const loading = new Promise<void>((resolve) => (loaded = resolve));
  void follow();
  const renewal = lease === undefined ? undefined : setInterval(() => void renew(), lease.everyMs);
  (renewal as { unref?: () => void } | undefined)?.unref?.();

  /** Reads the Clusters once, then their changes for as long as we live. */
  async function follow(): Promise<void> {
    for (let tries = 1; !abort.signal.aborted; tries += 1) {
      try {
        const version = await store.version();
        for await (const row of eachRow(store, CLUSTERS)) {
          // Ready in the log and not heard of yet: silence counts from our own start.
          if (!heard.has(row.name) && readyStatus(row.value) === "True")
            heard.set(row.name, { at: Math.max(started, clock() - timeoutMs), held: 0, own: false, state: "ready" });
        }
        loaded();
        arm();
        for await (const batch of store.watch({
          from: version,
          select: [{ resource: CLUSTERS }],
          signal: abort.signal,
        }))
          batch.events.forEach(changed);
      } catch (error) {
        if (!(error instanceof Compacted)) log({ event: "presence-error", message: String(error) });
        await pause(RETRY_MS * Math.min(tries, 10), abort.signal);
      }
    }
    loaded();
  }

  /** What others wrote: a Cluster that left, or another process that hears what we do not, or does not hear what we do. */
  function changed(event: Event): void {
    const entry = heard.get(event.name);
    if (entry === undefined) return;
    const ready = readyStatus(event.value);
    if (event.type === "DELETED") heard.delete(event.name);
    else if (writing.has(event.name)) return;
    else if (entry.state === "silent" && ready === "True") heard.delete(event.name);
    else if (entry.state === "ready" && ready !== "True") write(event.name);
  }

  function seen(cluster: string): Heard {
    let entry = heard.get(cluster);
    if (entry === undefined) heard.set(cluster, (entry = { at: clock(), held: 0, own: true, state: "unknown" }));
    entry.at = clock();
    entry.own = true;
    if (entry.state !== "ready") {
      entry.state = "ready";
      write(cluster);
    }
    arm();
    return entry;
  }

  function arm(): void {
    if (timer !== undefined || abort.signal.aborted) return;
    let next = Number.POSITIVE_INFINITY;
    for (const entry of heard.values())
      if (entry.state === "ready" && entry.held === 0) next = Math.min(next, entry.at + timeoutMs);
    if (next === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(() => void wake(next), Math.max(1, next - clock() + 1));
    (timer as { unref?: () => void }).unref?.();
  }

  /** A timer that comes late was stopped with the whole process: whoever spoke meanwhile has not been read yet. */
  async function wake(due: number): Promise<void> {
    const now = clock();
    if (now - due > STANDSTILL_MS) {
      log({ event: "own-gap", ms: now - due });
      for (const entry of heard.values()) entry.at = now;
    }
    await check();
  }

  async function check(): Promise<void> {
    await loading;
    if (timer !== undefined) clearTimeout(timer);
    timer = undefined;
    const now = clock();
    const silent = [...heard].filter(
      ([, entry]) => entry.state === "ready" && entry.held === 0 && now - entry.at >= timeoutMs,
    );
    if (silent.length > 0 && !(await leaveToOthers(silent.map(([cluster]) => cluster)))) return arm();
    for (const [cluster, entry] of silent) {
      // Heard, by us or by others, while we asked.
      if (heard.get(cluster) !== entry || entry.state !== "ready" || clock() - entry.at < timeoutMs) continue;
      entry.state = "silent";
      lost.push({ cluster, at: now });
    }
    lost = lost.filter((loss) => now - loss.at < SUSPICION_WINDOW_MS && heard.get(loss.cluster)?.state === "silent");
    if (silent.length > 0 && suspicious())
      log({ event: "suspects-itself", silent: lost.map((loss) => loss.cluster), clusters: heard.size });
    for (const [cluster, entry] of silent) if (entry.state === "silent") write(cluster);
    await settled();
    arm();
  }

  /** Forgets those that another process hears. False: nobody knows, the database does not answer; then it is our own gap. */
  async function leaveToOthers(clusters: readonly string[]): Promise<boolean> {
    if (lease === undefined) return true;
    try {
      const others = await share(lease.process);
      for (const cluster of clusters) if (others.has(cluster)) heard.delete(cluster);
      return true;
    } catch (error) {
      log({ event: "presence-error", message: String(error) });
      for (const cluster of clusters) {
        const entry = heard.get(cluster);
        if (entry !== undefined) entry.at = clock();
      }
      return false;
    }
  }

  /** Tells the others whom we hear; answers whom they hear, and takes over from those who died. */
  async function share(process: string): Promise<Set<string>> {
    const mine = [...heard].filter(
      ([, { own, state, at, held }]) => own && state === "ready" && (held > 0 || clock() - at < timeoutMs),
    );
    const others = await store.shareLease(
      process,
      mine.map(([cluster]) => cluster),
    );
    const alive = new Set(others.flatMap(({ ageMs, heard: theirs }) => (ageMs < timeoutMs ? theirs : [])));
    for (const { process: dead, ageMs, heard: theirs } of others) {
      if (ageMs < timeoutMs) continue;
      const at = Math.max(started, clock() - ageMs);
      for (const cluster of theirs)
        if (!alive.has(cluster) && !heard.has(cluster)) heard.set(cluster, { at, held: 0, own: false, state: "ready" });
      await store.dropLease(dead);
    }
    arm();
    return alive;
  }

  function renew(): Promise<unknown> {
    return share(lease!.process).catch((error: unknown) => log({ event: "presence-error", message: String(error) }));
  }

  function suspicious(): boolean {
    const gone = new Set(lost.map((loss) => loss.cluster)).size;
    return gone >= 2 && gone * 3 > heard.size;
  }

  /** One writer per cluster at a time; it writes what holds when its turn comes. */
  function write(cluster: string): void {
    const before = writing.get(cluster) ?? Promise.resolve();
    const next = before
      .then(() => persist(cluster))
      .catch((error: unknown) => {
        log({ event: "presence-error", cluster, message: String(error) });
        const entry = heard.get(cluster);
        if (entry === undefined || abort.signal.aborted) return;
        // A lost write of Ready is repeated by the next sign of life, one of silence by the next check.
        if (entry.state === "ready") entry.state = "unknown";
        else if (entry.state === "silent") {
          entry.state = "ready";
          arm();
        }
      });
    writing.set(cluster, next);
    void next.finally(() => {
      if (writing.get(cluster) === next) writing.delete(cluster);
    });
  }

  async function persist(cluster: string): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const row = await store.get({ resource: CLUSTERS, namespace: "", name: cluster });
      const entry = heard.get(cluster);
      if (row === undefined) {
        // Not joined, or left: forgotten, so that a later cluster of this name starts afresh.
        heard.delete(cluster);
        return;
      }
      if (entry === undefined) return;
      const stored = readObject(row);
      const status = withReady((stored.value["status"] ?? {}) as ClusterStatus, entry);
      if (equalJson(status, stored.value["status"])) return;
      const result = await store.commit({ ops: [writeObject(CLUSTERS, { ...stored.value, status }, stored)] });
      if (result.ok) return;
    }
    throw new Error("the Cluster kept changing");
  }

  function withReady(status: ClusterStatus, entry: Heard): ClusterStatus {
    const conditions = status.conditions ?? [];
    const before = conditions.find((condition) => condition.type === "Ready");
    const seconds = Math.round(timeoutMs / 1000);
    const said =
      entry.state === "ready"
        ? READY
        : {
            ...SILENT,
            message: `No sign of life from the cluster's agent for ${seconds} s${suspicious() ? "; so many fell silent at once that the federation suspects its own network" : ""}.`,
          };
    if (before?.status === said.status && before.reason === said.reason) return status;
    const next = {
      type: "Ready",
      ...said,
      lastTransitionTime: before?.status === said.status ? before.lastTransitionTime : rfc3339(clock()),
    };
    return { ...status, conditions: [...conditions.filter((condition) => condition !== before), next] };
  }

  async function settled(): Promise<void> {
    await loading;
    while (writing.size > 0) await Promise.all(writing.values());
  }

  return {
    seen: (cluster) => void seen(cluster),
    hold(cluster) {
      const entry = seen(cluster);
      entry.held += 1;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        entry.held -= 1;
        entry.at = clock();
        arm();
      };
    },
    check,
    settled,
    stop() {
      // The lease is left to run out: then another process minds whom this one heard.
      abort.abort();
      clearInterval(renewal);
      if (timer !== undefined) clearTimeout(timer);
      timer = undefined;
    },
  };
}

function readyStatus(value: string): string | undefined {
  return ((JSON.parse(value) as KubeObject)["status"] as ClusterStatus | undefined)?.conditions?.find(
    (condition) => condition.type === "Ready",
  )?.status;
}
