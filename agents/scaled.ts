// Which workloads of the member are scaled by an autoscaler there: their spec.replicas is left to it (P4). One list and watch of all autoscalers,
// of which only the targets are kept, and a list of one namespace before a drift is healed: a scale by an autoscaler that is new to us
// looks like drift. A workload that no autoscaler scales any more is applied again: its replicas are ours.
import type { KubeObject, Loose } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import { backoffMs } from "./live.ts";
import type { Member, Served } from "./member.ts";
import { pause } from "./pause.ts";
import type { State } from "./state.ts";

const AUTOSCALERS: Served = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  resource: "horizontalpodautoscalers",
};
const RETRY = { first: 500, most: 30_000 };

export interface Scaled {
  /** `fresh`: ask the member first. */
  scaled(entry: Entry, fresh: boolean): Promise<boolean>;
  /** Undefined: no autoscaler that is known sets them. */
  scaledTo(entry: Entry, object: KubeObject): number | undefined;
  run(): Promise<void>;
}

export interface ScaledParts {
  member: Pick<Member, "list" | "watch">;
  signal: AbortSignal;
  random: () => number;
  state: Pick<State, "entries">;
  /** Its replicas are ours again. */
  freed(entry: Entry): void;
}

export function createScaled({ member, state, signal, random, freed }: ScaledParts): Scaled {
  /** "<namespace>/<kind>/<name>" of the target by "<namespace>/<name>" of the autoscaler. */
  let targets = new Map<string, string>();
  let listed = false;

  function isScaled({ key }: Entry): boolean {
    const wanted = `${key.namespace}/${key.kind}/${key.name}`;
    for (const target of targets.values()) if (target === wanted) return true;
    return false;
  }

  function free(): void {
    for (const entry of state.entries()) if (entry.scaled === true && !isScaled(entry)) freed(entry);
  }

  /** Undefined: the member does not say. */
  async function read(namespace?: string): Promise<{ found: Map<string, string>; version: string } | undefined> {
    const found = new Map<string, string>();
    let version = "";
    let more: string | undefined;
    do {
      const query = { limit: "500", ...(more === undefined ? {} : { continue: more }) };
      const answer = await member.list(AUTOSCALERS, query, namespace);
      if (!answer.ok) return undefined;
      for (const object of answer.page.items) found.set(nameOf(object), targetOf(object));
      version = answer.page.resourceVersion;
      more = answer.page.continue;
    } while (more !== undefined);
    return { found, version };
  }

  async function refresh(namespace: string): Promise<void> {
    const here = await read(namespace);
    if (here === undefined) return;
    const others = [...targets].filter(([name]) => !name.startsWith(`${namespace}/`));
    targets = new Map([...others, ...here.found]);
  }

  /** Until the watch ends, or cannot be had. */
  async function follow(): Promise<boolean> {
    const all = await read();
    if (all === undefined) return false;
    targets = all.found;
    listed = true;
    free();
    let from = all.version;
    while (!signal.aborted) {
      const watch = await member.watch(AUTOSCALERS, { resourceVersion: from }, signal);
      if (!watch.ok) return false;
      for await (const { type, object } of watch.events) {
        if (type === "ERROR") return true;
        from = object.metadata.resourceVersion ?? from;
        if (type === "BOOKMARK") continue;
        const before = targets.get(nameOf(object));
        if (type === "DELETED") targets.delete(nameOf(object));
        else targets.set(nameOf(object), targetOf(object));
        if (before !== undefined && before !== targets.get(nameOf(object))) free();
      }
      // A server that ends watches at once is not asked without a pause.
      await pause(RETRY.first, signal);
    }
    return true;
  }

  return {
    async scaled(entry, fresh) {
      const { namespace } = entry.key;
      if ((fresh || !listed) && namespace !== undefined) await refresh(namespace).catch(() => undefined);
      return isScaled(entry);
    },
    scaledTo(entry, object) {
      const replicas: unknown = (object as Loose).spec?.replicas;
      return typeof replicas === "number" && isScaled(entry) ? replicas : undefined;
    },
    async run() {
      let failures = 0;
      while (!signal.aborted) {
        const followed = await follow().catch(() => false);
        failures = followed ? 0 : failures + 1;
        await pause(backoffMs(failures, random(), RETRY), signal);
      }
    },
  };
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

function targetOf({ metadata, spec }: Loose): string {
  return `${metadata.namespace}/${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`;
}
