// What is left to do about objects that agents observe, beside writing them: they go with their binding and with their cluster; in a cluster nobody
// hears of they are not Ready, as on a node nobody hears of (kk:pkg/controller/nodelifecycle); an act that its cluster never heard of is forgotten.
//
//   key                     handled by
//   cluster <name>          all that is of it: gone, if it left or their binding did; else Ready as far as it is heard
//   binding <name> <uid>    what a binding made that is no more
//   act <name> <uid>        waiting for its end
import { ACT_TTL_MS, ACTS, type Act, BINDINGS } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { OBSERVED_REF, observedInRef, observedOf, observedOfRef } from "../../kinds/observed.ts";
import { withReadiness } from "../../core/aggregate/silence.ts";
import { isReady } from "../../core/schedule/schedule.ts";
import type { Event, Op, Row } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { bindingKey, readBinding, readObject, writeObject } from "./rows.ts";
import { eachRow } from "./scan.ts";

const ROWS_PER_COMMIT = 100;

export const observedController: Controller = {
  name: "observed",
  concurrency: 2,
  wakes,
  async *resync(context) {
    const { store, world } = context;
    const clusters = new Set(world.clusters.keys());
    const keys = await store.referringKeys(OBSERVED_REF);
    // Of clusters that left while nobody looked.
    if (keys.length > 0)
      for (const row of await store.getMany(keys)) clusters.add(observedOf(readObject(row).value)?.cluster ?? "");
    for (const cluster of clusters) yield `cluster ${cluster}`;
    yield* acts(context);
  },
  start: acts,
  async reconcile(key, context) {
    const [about, cluster = "", uid = ""] = key.split(" ");
    if (about === "act") return endAct(cluster, uid, context);
    if (about === "binding") await removeOf(cluster, uid, context);
    else await judgeAll(cluster, context);
  },
};

async function* acts({ store }: Context): AsyncIterable<string> {
  for await (const row of eachRow(store, ACTS)) yield `act ${row.namespace} ${row.name}`;
}

function* wakes(event: Event, { kindOf }: Context): Iterable<string> {
  if (event.resource === ACTS && event.type !== "DELETED") yield `act ${event.namespace} ${event.name}`;
  if (event.resource === BINDINGS && event.type === "DELETED") {
    const rule = kindOf.get(readBinding(event).value.template.resource)?.federation.rule;
    if (rule !== "container") yield `binding ${event.namespace} ${event.name}`;
  }
  if (event.resource !== CLUSTERS) return;
  const heard = (value: string | undefined): boolean => {
    const cluster = value === undefined ? undefined : (JSON.parse(value) as KubeObject);
    return cluster !== undefined && isReady({ name: cluster.metadata.name, status: cluster["status"] });
  };
  if (event.type === "DELETED" || heard(event.value) !== heard(event.previous)) yield `cluster ${event.name}`;
}

async function inPieces(ops: readonly Op[], context: Context): Promise<void> {
  for (let at = 0; at < ops.length; at += ROWS_PER_COMMIT)
    await commit(context, { ops: ops.slice(at, at + ROWS_PER_COMMIT) });
}

const deletion = ({ resource, namespace, name, version }: Row): Op => ({
  op: "delete",
  key: { resource, namespace, name },
  expect: version,
});

async function removeOf(cluster: string, uid: string, context: Context): Promise<void> {
  // Bound again meanwhile: what is reported then may be of the new one.
  if ((await context.store.get(bindingKey(cluster, uid))) !== undefined) return;
  await inPieces((await context.store.referring(observedOfRef(cluster, uid))).map(deletion), context);
}

async function judgeAll(cluster: string, context: Context): Promise<void> {
  const { store, world } = context;
  const rows = await store.referring(observedInRef(cluster));
  if (!world.clusters.has(cluster)) {
    const asked: Row[] = [];
    for await (const row of eachRow(store, ACTS, cluster)) asked.push(row);
    return inPieces([...rows, ...asked].map(deletion), context);
  }
  const heard = world.ready(cluster);
  const objects = rows.map((row) => ({ row, stored: readObject(row) }));
  const bindings = new Set(objects.map(({ stored }) => observedOf(stored.value)?.binding ?? ""));
  const standing = new Set(
    (await store.getMany([...bindings].map((uid) => bindingKey(cluster, uid)))).map((row) => row.name),
  );
  const now = rfc3339(context.clock());
  const ops = objects.flatMap(({ row, stored }): Op[] => {
    if (!standing.has(observedOf(stored.value)?.binding ?? "")) return [deletion(row)];
    const next = withReadiness(stored.value, cluster, heard, now);
    return next === undefined ? [] : [writeObject(row.resource, next, stored)];
  });
  await inPieces(ops, context);
}

/** Too late: the object at the root is as if nothing had been asked, unless its cluster has begun. */
async function endAct(cluster: string, uid: string, context: Context): Promise<Outcome | void> {
  const { store } = context;
  const key = { resource: ACTS, namespace: cluster, name: uid };
  const row = await store.get(key);
  if (row === undefined) return;
  const act = JSON.parse(row.value) as Act;
  const left = Date.parse(act.since) + ACT_TTL_MS - context.clock();
  if (left > 0) return { againMs: left };
  const about = await store.get({ resource: act.resource, namespace: act.namespace, name: act.rootName });
  const stored = about === undefined ? undefined : readObject(about);
  const ops: Op[] = [{ op: "delete", key, expect: row.version }];
  if (stored !== undefined && stored.value.metadata.uid === uid) {
    const { deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...metadata } = stored.value.metadata;
    ops.push(writeObject(act.resource, { ...stored.value, metadata }, stored));
  }
  await commit(context, { ops });
}
