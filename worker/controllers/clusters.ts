// A cluster's change to everything it concerns: room wakes the templates that found none; coming, going, labels, taints and cordons also those that
// watch the clusters (they stand everywhere, or their Placement says so); readiness, taints and the end of a cordon wake what stands there: its status, and its
// placement, since it may have to leave. Decides nothing itself.
import { BINDINGS, templateName } from "../../kinds/binding.ts";
import { CLUSTERS, type ClusterSpec, type ClusterStatus } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS, UNPLACED_REF, WATCHING_REF } from "../../core/schedule/decision.ts";
import { isReady, type ScheduleCluster } from "../../core/schedule/schedule.ts";
import type { Event } from "../store/store.ts";
import type { Context, Controller, Outcome } from "./context.ts";
import { tellsStatus } from "./followerstatus.ts";
import { parsed } from "./parsed.ts";
import { readBinding, readDecision } from "./rows.ts";
import { eachRow } from "./scan.ts";
import { standingOf } from "./world.ts";

/** Key for what found no room anywhere; with two, also for what watches the clusters. Any other key is a cluster that changed. No names of clusters. */
const ROOM = "*";
const WATCHING = "**";

export const clustersController: Controller = {
  name: "clusters",
  concurrency: 1,
  wakes,
  async *resync({ world }) {
    yield WATCHING;
    yield* world.clusters.keys();
  },
  // How many stand in a silent cluster is known by counting them.
  async *start({ world }) {
    for (const [name, cluster] of world.clusters) if (!isReady(cluster)) yield name;
  },
  async reconcile(key, context) {
    if (key === ROOM) return { wake: await woken([UNPLACED_REF], context) };
    if (key === WATCHING) return { wake: await woken([UNPLACED_REF, WATCHING_REF], context) };
    return wakeCluster(key, context);
  },
};

function* wakes(event: Event, { world, kindOf }: Context): Iterable<string> {
  if (event.version === world.freedAt) yield ROOM;
  // What names a claim waits for it.
  const rule = kindOf.get(event.resource)?.federation;
  if (event.type === "ADDED" && rule?.rule === "follower" && rule.keeps === true) yield ROOM;
  if (event.resource !== CLUSTERS) return;
  const after = event.type === "DELETED" ? undefined : asScheduled(event.value);
  const before = event.previous === undefined ? undefined : asScheduled(event.previous);
  const [stood, stands] = [standingOf(before), standingOf(after)];
  if (after === undefined || isReady(after) !== isReady(before) || !equalJson(stood?.taints, stands?.taints)) {
    yield event.name;
    // With one more or less that is heard, the silence of the others may mean something else (P9).
    for (const [name, cluster] of world.clusters) if (name !== event.name && !isReady(cluster)) yield name;
  }
  // What was evicted counted only as long as it was cordoned.
  if (before?.spec?.unschedulable === true && after !== undefined && after.spec?.unschedulable !== true)
    yield event.name;
  if (!equalJson(stood, stands)) yield WATCHING;
  else if (!equalJson(before?.status?.free, after?.status?.free)) yield ROOM;
}

function asScheduled(value: string): ScheduleCluster {
  const { metadata, spec, status } = parsed<KubeObject>(value);
  const { name, labels = {} } = metadata;
  return { name, labels, spec: spec as ClusterSpec, status: status as ClusterStatus };
}

async function woken(refs: readonly string[], { store }: Context): Promise<NonNullable<Outcome["wake"]>> {
  const rows = await Promise.all(refs.map((ref) => store.listByRef(DECISIONS, ref)));
  return rows.flat().map((row) => ({ controller: "schedule", key: templateName(readDecision(row).value.template) }));
}

async function wakeCluster(cluster: string, context: Context): Promise<Outcome> {
  const { store, world, kindOf } = context;
  const wake: NonNullable<Outcome["wake"]> = [];
  const left = !world.clusters.has(cluster);
  let workloads = 0;
  for await (const row of eachRow(store, BINDINGS, cluster)) {
    const { template, tombstone } = readBinding(row).value;
    const key = templateName(template);
    const workload = kindOf.get(template.resource)?.federation.rule === "workload";
    if (workload) {
      wake.push({ controller: "schedule", key }, ...(left ? [] : [{ controller: "aggregate" as const, key }]));
      if (tombstone === undefined) workloads += 1;
    } else if (left) wake.push({ controller: "follow", key });
    else if (tellsStatus(key, context)) wake.push({ controller: "aggregate", key });
  }
  if (!left) world.standing.set(cluster, workloads);
  // A dying namespace waits for reachable clusters only.
  for (const namespace of world.terminating) wake.push({ controller: "namespaces", key: namespace });
  return { wake };
}
