// What users asked of a cluster's pods, handed to its agent with the answer of changes; a new one ends the wait. Said again until the agent says that
// it is done: what is done twice does nothing, since it names the uid.
import { ACTS, type Act } from "../../kinds/binding.ts";
import type { Changes, MemberAct } from "../../kinds/protocol.ts";
import { Compacted, type Row, type Store } from "../store/store.ts";
import { parseCursor } from "./cursor.ts";

const MAX_ACTS = 500;

/** `pull`: changes of the share, waiting no longer than until the signal aborts. */
export async function withActs(
  store: Store,
  cluster: string,
  asked: { after: string; signal: AbortSignal },
  pull: (signal: AbortSignal) => Promise<Changes>,
): Promise<Changes> {
  const end = new AbortController();
  const acts = gather(store, cluster, parseCursor(asked.after)?.version ?? 0, end);
  try {
    const changes = await pull(AbortSignal.any([asked.signal, end.signal]));
    end.abort();
    const found = await acts;
    return found.length === 0 ? changes : { ...changes, acts: found };
  } finally {
    end.abort();
    await acts.catch(() => undefined);
  }
}

/** All there are once `end` aborts, which it does itself as soon as there is one that came after the cursor. */
async function gather(store: Store, cluster: string, after: number, end: AbortController): Promise<MemberAct[]> {
  const listed = await store.list({ resource: ACTS, namespace: cluster, limit: MAX_ACTS });
  const rows = new Map(listed.rows.map((row) => [row.name, row]));
  if (listed.rows.some(({ version }) => version > after)) end.abort();
  try {
    const select = [{ resource: ACTS, namespace: cluster }];
    for await (const { events } of store.watch({ from: listed.version, select, signal: end.signal })) {
      for (const event of events) {
        if (event.type === "DELETED") rows.delete(event.name);
        else rows.set(event.name, event);
      }
      if (events.some(({ type }) => type !== "DELETED")) break;
    }
  } catch (error) {
    // The next request lists again.
    if (!(error instanceof Compacted)) throw error;
  } finally {
    end.abort();
  }
  return [...rows.values()].map(actOf);
}

function actOf({ name: uid, value }: Row): MemberAct {
  const { op, namespace, name, graceSeconds } = JSON.parse(value) as Act;
  return { uid, op, resource: "pods", namespace, name, ...(graceSeconds === undefined ? {} : { graceSeconds }) };
}
