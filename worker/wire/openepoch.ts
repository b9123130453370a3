// A restored backup is another life of the data (P3): every cluster's deletions wait from then on, and versions go on above every earlier one. It is
// seen in two ways: by the database, which is not the one that the dump was taken from, before anybody is answered; and by an agent's
// cursor that this federation sealed and this log does not hold. An agent's word without the seal opens nothing.
import { EPOCHS, type Epoch, HOLD, type Hold, HOLDS } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { Op, Store } from "../store/store.ts";

interface Opening {
  store: Store;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** The epoch that is over. */
  over: number;
  /** A later one that is known to have been. */
  above?: number;
  /** What was seen, for people. */
  seen: string;
}

/** Before a process answers or decides anything: so no version is given twice, and no deletion is carried out from an old backup. */
export async function openEpochIfMoved({ store, clock }: Pick<Opening, "store" | "clock">): Promise<boolean> {
  if (!(await store.moved())) return false;
  const { epoch: over } = await store.epoch();
  await openEpoch({ store, clock, over, seen: "the data was restored into another database" });
  return true;
}

/** The holds come first: a process that dies in between is followed by one that sees the same. Safe twice, and by several at once. */
export async function openEpoch({ store, clock, over, above = over, seen }: Opening): Promise<void> {
  const epoch = Math.max(over, above) + 1;
  const since = new Date(clock()).toISOString();
  const clusters = (await store.list({ resource: CLUSTERS })).rows.map(({ name }) => name);
  const record = { resource: EPOCHS, namespace: "", name: String(epoch) };
  const keys = clusters.map((cluster) => ({ resource: HOLDS, namespace: cluster, name: HOLD }));
  const standing = await store.getMany([record, ...keys]);
  const held = new Set(
    standing
      .filter(({ resource, value }) => resource === HOLDS && (JSON.parse(value) as Hold).epoch === epoch)
      .map(({ namespace }) => namespace),
  );
  const hold = JSON.stringify({ since, epoch } satisfies Hold);
  // An earlier hold is renewed: who was shown that one has not seen what this life would delete.
  const ops = keys.filter(({ namespace }) => !held.has(namespace)).map((key): Op => ({ op: "put", key, value: hold }));
  if (!standing.some(({ resource }) => resource === EPOCHS))
    ops.push({ op: "put", key: record, value: JSON.stringify({ since, seen } satisfies Epoch) });
  if (ops.length > 0) await store.commit({ ops });
  await store.openEpoch(over, above);
}

/** This cluster alone: its cursor says nothing of the data, but much of its agent's. */
export async function holdOne({ store, clock }: Pick<Opening, "store" | "clock">, cluster: string): Promise<void> {
  const hold = { since: new Date(clock()).toISOString() } satisfies Hold;
  const key = { resource: HOLDS, namespace: cluster, name: HOLD };
  // "create": the first hold stands, whatever follows.
  await store.commit({ ops: [{ op: "create", key, value: JSON.stringify(hold) }] });
}
