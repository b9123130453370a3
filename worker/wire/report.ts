// POST /clusters/<name>/hanse/v1/reports: what an agent sees of its objects and its cluster. One commit for all of it; what did not change is
// not written, so a replay changes nothing. A binding row goes away here alone, and only when it carries a tombstone (P3). An object whose binding
// nobody knows (any more) is noted down for people, as long as the agent says that it stands.
import {
  BINDINGS,
  type Binding,
  type Orphan,
  ORPHANS,
  REPORTS,
  type Report,
  type TemplateRef,
} from "../../kinds/binding.ts";
import { CLUSTERS, type ClusterStatus } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { type ReportItem, type Reports, type ReportsAnswer, ReportsSchema } from "../../kinds/protocol.ts";
import type { Key, Op, Row, Store } from "../store/store.ts";
import { readBody } from "./agentbody.ts";
import { reportEvents } from "./reportevents.ts";
import { reportObserved } from "./reportobserved.ts";
import { badRequest, tooManyRequests } from "./status.ts";

/** As for any other write; agents split their batches well below it. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
const MAX_ATTEMPTS = 5;

export async function report(
  store: Store,
  cluster: string,
  request: Request,
  { uid, clock }: { uid: () => string; clock: () => number },
): Promise<ReportsAnswer> {
  const body = await readBody(request, ReportsSchema, MAX_BODY_BYTES);
  for (const { failure } of body.items) {
    // It becomes the time of an Event, by which that is forgotten.
    if (failure !== undefined && Number.isNaN(Date.parse(failure.since)))
      throw badRequest("failure.since is no RFC 3339 time");
  }
  const unknown = await reportItems(store, cluster, body, clock);
  if (body.observed !== undefined) await reportObserved(store, cluster, body.observed);
  if (body.events !== undefined) await reportEvents(store, cluster, body.events, uid);
  return { unknown };
}

async function reportItems(store: Store, cluster: string, body: Reports, clock: () => number): Promise<string[]> {
  // The row of the Cluster is written by others too (presence, kubectl): read again when it changed in between.
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { ops, unknown } = await plan(store, cluster, body, clock);
    if (ops.length === 0 || (await store.commit({ ops })).ok) return unknown;
  }
  throw tooManyRequests(`cluster ${cluster} is being changed by others`);
}

async function plan(
  store: Store,
  cluster: string,
  body: Reports,
  clock: () => number,
): Promise<{ ops: Op[]; unknown: string[] }> {
  // Keys within one commit are distinct: of two items for one binding the last counts.
  const items = [...new Map(body.items.map((item) => [item.uid, item])).values()];
  const key = (resource: string, uid: string): Key => ({ resource, namespace: cluster, name: uid });
  const clusterKey: Key = { resource: CLUSTERS, namespace: "", name: cluster };
  const rows = await store.getMany([
    ...items.flatMap(({ uid }) => [key(BINDINGS, uid), key(REPORTS, uid)]),
    ...items.flatMap((item) => (saysOrphan(item) ? [key(ORPHANS, item.uid)] : [])),
    ...(body.cluster === undefined ? [] : [clusterKey]),
  ]);
  const found = new Map(rows.map((row) => [`${row.resource}/${row.name}`, row]));

  const ops: Op[] = [];
  const unknown: string[] = [];
  for (const item of items) {
    const binding = found.get(`${BINDINGS}/${item.uid}`);
    const before = found.get(`${REPORTS}/${item.uid}`);
    if (binding === undefined) {
      unknown.push(item.uid);
      if (before !== undefined) ops.push({ op: "delete", key: key(REPORTS, item.uid), expect: before.version });
      const orphan = orphanOp(key(ORPHANS, item.uid), item, found.get(`${ORPHANS}/${item.uid}`), clock);
      if (orphan !== undefined) ops.push(orphan);
      continue;
    }
    const { template, tombstone, generation } = JSON.parse(binding.value) as Binding;
    if (item.removed === true) {
      // Without a tombstone nobody asked for it, and of an earlier one it says nothing: the object was wanted again since, and the agent
      // has still to hear of that.
      if (tombstone === undefined || item.generation < generation) continue;
      ops.push({ op: "delete", key: key(BINDINGS, item.uid), expect: binding.version });
      if (before !== undefined) ops.push({ op: "delete", key: key(REPORTS, item.uid), expect: before.version });
      continue;
    }
    const value = reportText(template, item, before);
    if (value === before?.value) continue;
    // Never one without its binding: left behind, it would speak for the next binding of that template.
    if (before !== undefined) ops.push({ op: "update", key: key(REPORTS, item.uid), value, expect: before.version });
    else
      ops.push({ op: "require", key: key(BINDINGS, item.uid) }, { op: "create", key: key(REPORTS, item.uid), value });
  }
  const seen =
    body.cluster === undefined ? undefined : clusterOp(clusterKey, body.cluster, found.get(`${CLUSTERS}/${cluster}`));
  if (seen !== undefined) ops.push(seen);
  return { ops, unknown };
}

/** Field order is fixed, so that equal reports are equal texts. */
function reportText(template: TemplateRef, item: ReportItem, before: Row | undefined): string {
  const said = item.status === undefined && before !== undefined ? (JSON.parse(before.value) as Report) : item;
  const { status, scaled } = said;
  const next: Report = {
    template,
    generation: item.generation,
    ...(item.memberUid === undefined ? {} : { memberUid: item.memberUid }),
    ...(item.memberGeneration === undefined ? {} : { memberGeneration: item.memberGeneration }),
    ...(status === undefined ? {} : { status: status as Report["status"] }),
    ...(scaled === undefined ? {} : { scaled }),
    ...(item.failure === undefined ? {} : { failure: item.failure }),
  };
  return JSON.stringify(next);
}

/** What stands with no binding is named; what an agent says is gone may have stood so. */
const saysOrphan = ({ key, removed }: ReportItem): boolean => key !== undefined || removed === true;

function orphanOp(key: Key, item: ReportItem, row: Row | undefined, clock: () => number): Op | undefined {
  if (item.removed === true) return row === undefined ? undefined : { op: "delete", key, expect: row.version };
  if (item.key === undefined) return undefined;
  const before = row === undefined ? undefined : (JSON.parse(row.value) as Orphan);
  const since = before?.since ?? new Date(clock()).toISOString();
  const orphan: Orphan = {
    ...item.key,
    ...(item.memberUid === undefined ? {} : { memberUid: item.memberUid }),
    since,
  };
  const value = JSON.stringify(orphan);
  return value === row?.value ? undefined : { op: "put", key, value };
}

/** Conditions are the federation's own (presence); the rest of the status is what the agent says now. */
function clusterOp(key: Key, seen: ClusterStatus, row: Row | undefined): Op | undefined {
  if (row === undefined) return undefined;
  const object = JSON.parse(row.value) as KubeObject & { status?: ClusterStatus };
  const conditions = object.status?.conditions;
  object.status = { ...(conditions === undefined ? {} : { conditions }), ...seen };
  const value = JSON.stringify(object);
  return value === row.value ? undefined : { op: "update", key, value, expect: row.version };
}
