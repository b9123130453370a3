// Tells the federation what placed workloads made in the member, as far as it differs from what it acknowledged: the newest state of each object, what is
// gone, warnings, acts that are done. Bounded: when much is unsaid, who sees more waits. An agent that cannot know what it said (a new file,
// another life of the federation's data, a cluster that joined again) says once which objects are all there are.
import type { KubeObject } from "../kinds/object.ts";
import {
  type MemberEvent,
  type Observed,
  type ObservedGone,
  OBSERVED_RESOURCES,
  type ObservedItem,
  type ObservedResource,
  type Reports,
} from "../kinds/protocol.ts";
import { Refused, type Federation } from "./federation.ts";
import { backoffMs } from "./live.ts";
import type { Log } from "./log.ts";
import { digest } from "./ownership.ts";
import { pause } from "./pause.ts";
import type { State } from "./state.ts";

export interface Observations {
  /** Resolves when there is room for more. */
  saw(binding: string, resource: ObservedResource, object: KubeObject): Promise<void>;
  gone(uid: string): void;
  /** A list came to its end: these are all there are. */
  listed(resource: ObservedResource, uids: ReadonlySet<string>): void;
  warn(event: MemberEvent): void;
  acted(uid: string): void;
  /** The binding of an object that was seen. */
  bindingOf(uid: string): string | undefined;
  /** Everything is to be seen and said again. */
  forget(): void;
  /** Aborts at the next `forget`. */
  again(): AbortSignal;
  run(cluster: string): Promise<void>;
}

export interface ObservationsParts {
  state: State;
  federation: Pick<Federation, "report">;
  log: Log;
  signal: AbortSignal;
  random: () => number;
}

interface Unsaid {
  item: ObservedItem;
  digest: string;
}

const MAX_UNSAID = 1_000;
const MAX_WARNINGS = 100;
const MAX_ITEMS = 250;
const MAX_CHARS = 1_500_000;
/** Between two batches: what happens to many pods at once becomes few commits. */
const GAP_MS = 250;
const RETRY = { first: 500, most: 5_000 };

export function createObservations({ state, federation, log, signal, random }: ObservationsParts): Observations {
  const { observed } = state;
  const unsaid = new Map<string, Unsaid | "gone">();
  const onTheWay = new Map<string, Unsaid | "gone">();
  const only = new Map<ObservedResource, string[]>();
  const unknown = new Set<ObservedResource>();
  const acted = new Set<string>();
  let warnings: MemberEvent[] = [];
  let relist = new AbortController();
  let wake = () => {};
  const roomy: (() => void)[] = [];
  let largest = MAX_ITEMS;

  for (const resource of OBSERVED_RESOURCES) if (state.meta(synced(resource)) !== life()) distrust(resource);

  /** Joining anew needs another token. */
  function life(): string {
    return state.meta("token") ?? "";
  }
  function distrust(resource: ObservedResource): void {
    observed.clear(resource);
    unknown.add(resource);
  }
  const known = (uid: string): Unsaid | "gone" | undefined => unsaid.get(uid) ?? onTheWay.get(uid);

  function gone(uid: string): void {
    if (observed.acknowledged.has(uid) || onTheWay.has(uid)) unsaid.set(uid, "gone");
    else unsaid.delete(uid);
    wake();
  }

  function idle(): boolean {
    return unsaid.size === 0 && only.size === 0 && acted.size === 0 && warnings.length === 0;
  }

  /** What goes out next; `onTheWay` holds the objects of it. */
  function take(): Pick<Reports, "observed" | "events"> {
    const upserts: ObservedItem[] = [];
    const left: ObservedGone[] = [];
    let chars = 0;
    for (const [uid, what] of unsaid) {
      if (onTheWay.size >= largest || chars > MAX_CHARS) break;
      unsaid.delete(uid);
      onTheWay.set(uid, what);
      if (what === "gone") {
        const said = observed.acknowledged.get(uid);
        if (said !== undefined) left.push({ resource: said.resource, namespace: said.namespace, name: said.name, uid });
      } else {
        upserts.push(what.item);
        chars += JSON.stringify(what.item).length;
      }
    }
    const [first] = only;
    const part: Observed = { upserts, gone: left };
    if (first !== undefined) part.only = { resource: first[0], uids: first[1] };
    if (acted.size > 0) part.acted = [...acted].slice(0, 500);
    return { observed: part, ...(warnings.length > 0 ? { events: warnings } : {}) };
  }

  function acknowledged({ observed: said, events }: Pick<Reports, "observed" | "events">): void {
    const changes = new Map(
      [...onTheWay].map(([uid, what]) => {
        if (what === "gone") return [uid, undefined];
        const { item, digest: sum } = what;
        const { namespace = "", name } = (item.object as unknown as KubeObject).metadata;
        // Its binding was forgotten meanwhile, and with it all it made.
        if (state.get(item.uid) === undefined) return [uid, undefined];
        return [uid, { resource: item.resource, namespace, name, binding: item.uid, digest: sum }];
      }),
    );
    observed.acknowledge(changes);
    onTheWay.clear();
    if (said?.only !== undefined) {
      only.delete(said.only.resource);
      unknown.delete(said.only.resource);
      state.setMeta({ [synced(said.only.resource)]: life() });
    }
    for (const uid of said?.acted ?? []) acted.delete(uid);
    if (events !== undefined) warnings = warnings.slice(events.length);
  }

  function putBack(): void {
    for (const [uid, what] of onTheWay) if (!unsaid.has(uid)) unsaid.set(uid, what);
    onTheWay.clear();
  }

  async function send(cluster: string): Promise<void> {
    const said = take();
    try {
      await federation.report(cluster, { items: [], ...said });
      acknowledged(said);
      largest = MAX_ITEMS;
    } catch (error) {
      const refused = error instanceof Refused && [400, 413, 422].includes(error.code);
      if (refused && onTheWay.size <= 1) {
        // This one the federation will never take: the others must go on.
        log("observation refused", { message: (error as Error).message });
        acknowledged(said);
        return;
      }
      if (refused) largest = Math.max(1, Math.floor(onTheWay.size / 2));
      putBack();
      throw error;
    } finally {
      if (unsaid.size < MAX_UNSAID) for (const go of roomy.splice(0)) go();
    }
  }

  return {
    async saw(binding, resource, object) {
      const uid = object.metadata.uid ?? "";
      const sum = digest(JSON.stringify(object));
      const before = known(uid) ?? observed.acknowledged.get(uid);
      if (before !== undefined && before !== "gone" && before.digest === sum) return;
      unsaid.set(uid, { item: { uid: binding, resource, object }, digest: sum });
      wake();
      if (unsaid.size >= MAX_UNSAID && !signal.aborted) await new Promise<void>((go) => roomy.push(go));
    },
    gone,
    listed(resource, uids) {
      const stale = [...observed.acknowledged].filter(([uid, said]) => said.resource === resource && !uids.has(uid));
      for (const [uid] of stale) gone(uid);
      for (const [uid, what] of [...unsaid, ...onTheWay])
        if (what !== "gone" && what.item.resource === resource && !uids.has(uid)) gone(uid);
      if (!unknown.has(resource)) return;
      const ours = [...observed.acknowledged, ...unsaid, ...onTheWay].map(([uid]) => uid);
      only.set(
        resource,
        [...new Set(ours)].filter((uid) => uids.has(uid)),
      );
      wake();
    },
    warn(event) {
      if (warnings.length >= MAX_WARNINGS) return;
      warnings.push(event);
      wake();
    },
    acted(uid) {
      acted.add(uid);
      wake();
    },
    bindingOf(uid) {
      const what = known(uid);
      return what !== undefined && what !== "gone" ? what.item.uid : observed.acknowledged.get(uid)?.binding;
    },
    forget() {
      unsaid.clear();
      for (const resource of OBSERVED_RESOURCES) distrust(resource);
      relist.abort();
      relist = new AbortController();
    },
    again: () => relist.signal,
    async run(cluster) {
      let failures = 0;
      signal.addEventListener("abort", () => (wake(), roomy.splice(0).forEach((go) => go())), { once: true });
      while (!signal.aborted) {
        if (idle()) {
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        try {
          await send(cluster);
          failures = 0;
          await pause(GAP_MS, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (failures === 0) log("observed failed", { message: (error as Error).message });
          const retryAfter = error instanceof Refused ? (error.retryAfterMs ?? 0) : 0;
          await pause(Math.max(backoffMs(failures++, random(), RETRY), retryAfter), signal);
        }
      }
    },
  };
}

const synced = (resource: ObservedResource): string => `observed ${resource}`;
