// What holds at every step of every story, whatever it tells:
//
//   P7   shares + unplaced = replicas, in every decision that was ever committed, and it answers a generation that there was
//   P9   nothing that the federation asks of a cluster makes fewer pods serve than its template wants (what serves too much may go)
//   P7   an unchanged world is written by nobody: a second coordinator that reads everything afresh commits nothing
import { BINDINGS, REPORTS } from "../../kinds/binding.ts";
import { ROOT_KINDS } from "../../kinds/all.ts";
import { kindKey } from "../../kinds/kind.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { runControllers } from "../../worker/controllers/loop.ts";
import type { Event, Store } from "../../worker/store/store.ts";
import type { ScriptedMember } from "./member.ts";

export function createInvariants(store: Store, members: ReadonlyMap<string, ScriptedMember>, clock: () => number) {
  const broken: string[] = [];

  function look(event: Event): void {
    if (event.resource !== DECISIONS || event.type === "DELETED") return;
    const { template, replicas, unplaced, verdicts } = JSON.parse(event.value) as Decision;
    const sum = verdicts.reduce((all, { share }) => all + share, unplaced);
    if (sum !== replicas) broken.push(`P7 ${template.name}: ${replicas} replicas, but ${sum} shares and unplaced`);
  }

  function serving(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const member of members.values())
      for (const [uid, count] of member.available()) sums.set(uid, (sums.get(uid) ?? 0) + count);
    return sums;
  }

  /** Around what a cluster does because the federation says so. */
  async function undisrupted<T>(what: string, act: () => Promise<T>): Promise<T> {
    const before = serving();
    const result = await act();
    const after = serving();
    const { rows } = await store.list({ resource: "deployments.apps" });
    for (const row of rows) {
      const { metadata, spec } = JSON.parse(row.value) as KubeObject;
      const uid = metadata.uid ?? "";
      const [was, is] = [before.get(uid) ?? 0, after.get(uid) ?? 0];
      if (is < was && is < spec.replicas)
        broken.push(`${what}: ${is} pods of ${row.name} serve where ${was} did, and ${spec.replicas} are wanted`);
    }
    return result;
  }

  /** Once everything has settled. */
  async function atRest(after: string): Promise<void> {
    const version = await store.version();
    let uids = 0;
    const controllers = runControllers({
      store: { ...store, position: async () => 0, setPosition: async () => undefined },
      clock,
      random: () => 0.5,
      uid: () => `second-${(uids += 1)}`,
      signal: new AbortController().signal,
    });
    await controllers.idle();
    await controllers.stop();
    if ((await store.version()) !== version)
      broken.push(`after "${after}": a second coordinator writes ${await writtenSince(version)}`);
  }

  /** "deployments.apps/default/web, events/default/web.1": what came after that version. */
  async function writtenSince(from: number): Promise<string> {
    const version = await store.version();
    const resources = [...ROOT_KINDS.map(kindKey), BINDINGS, REPORTS, DECISIONS];
    const stop = new AbortController();
    const names: string[] = [];
    const select = resources.map((resource) => ({ resource }));
    for await (const batch of store.watch({ from, select, signal: stop.signal })) {
      names.push(...batch.events.map(({ resource, namespace, name }) => `${resource}/${namespace}/${name}`));
      if (batch.version >= version) break;
    }
    stop.abort();
    return names.join(", ");
  }

  return { broken, look, undisrupted, atRest };
}
