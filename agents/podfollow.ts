// Follows what is not ours by label: a list in pages, then a watch, again and again, until the agent ends. Events come in order and none is
// missed; a watch that is too old begins with a new list. What is not served here is asked for again, seldom.
import type { KubeObject } from "../kinds/object.ts";
import { backoffMs } from "./live.ts";
import type { Served } from "./member.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";

export interface Follower {
  served: Served;
  query: Record<string, string>;
  /** One object as it is now; `deleted`: as it was. The next one comes when this is dealt with. */
  saw(object: KubeObject, deleted: boolean): Promise<void>;
  /** A list has come to its end: these uids are all there are. */
  listed(uids: ReadonlySet<string>): void;
}

const PAGE = "200";
const RETRY = { first: 500, most: 15_000 };
const NOT_SERVED = { first: 10_000, most: 120_000 };

/** `again`: aborts when everything is to be listed anew; asked for each time. */
export async function follow(parts: Parts, follower: Follower, again: () => AbortSignal): Promise<void> {
  const { signal, log } = parts;
  let failures = 0;
  let from: string | undefined;
  let list = again();
  while (!signal.aborted) {
    if (list.aborted) {
      list = again();
      from = undefined;
    }
    try {
      from ??= await listAll(parts, follower);
      from = await watchFrom(parts, follower, from, AbortSignal.any([signal, list]), () => (failures = 0));
    } catch (error) {
      if (signal.aborted) return;
      const { message, code } = error as Error & { code?: number };
      if (failures === 0) log("follow failed", { resource: follower.served.resource, message });
      await pause(backoffMs(failures++, parts.random(), code === 404 ? NOT_SERVED : RETRY), signal);
    }
  }
}

const failed = (code: number, message: string): Error => Object.assign(new Error(message), { code });

async function listAll({ member }: Parts, { served, query, saw, listed }: Follower): Promise<string> {
  const uids = new Set<string>();
  let version = "";
  let more: string | undefined;
  do {
    const page = await member.list(served, {
      ...query,
      limit: PAGE,
      ...(more === undefined ? {} : { continue: more }),
    });
    if (!page.ok) throw failed(page.code, page.message);
    for (const object of page.page.items) {
      uids.add(object.metadata.uid ?? "");
      // Items of a list say neither.
      await saw({ ...object, apiVersion: served.apiVersion, kind: served.kind }, false);
    }
    version = page.page.resourceVersion;
    more = page.page.continue;
  } while (more !== undefined);
  listed(uids);
  return version;
}

/** Returns where to go on, undefined where only a new list helps. */
async function watchFrom(
  parts: Parts,
  { served, query, saw }: Follower,
  from: string,
  end: AbortSignal,
  alive: () => void,
): Promise<string | undefined> {
  const start = performance.now();
  const watch = await parts.member.watch(served, { ...query, resourceVersion: from }, end);
  if (!watch.ok && watch.code === 410) return undefined;
  if (!watch.ok && end.aborted) return from;
  if (!watch.ok) throw failed(watch.code, watch.message);
  let version = from;
  try {
    for await (const event of watch.events) {
      alive();
      if (event.type === "ERROR") return undefined;
      version = event.object.metadata.resourceVersion ?? version;
      if (event.type !== "BOOKMARK") await saw(event.object, event.type === "DELETED");
    }
  } catch (error) {
    if (!end.aborted) parts.log("watch cut", { resource: served.resource, message: (error as Error).message });
  }
  // A server that ends watches at once is not asked without a pause.
  if (!end.aborted && performance.now() - start < 1000) await pause(backoffMs(1, parts.random(), RETRY), parts.signal);
  return version;
}
