// A cluster's change to everything it concerns: room or readiness wakes the templates that found no room; coming, going and leaving wake
// the status of all that stands there; leaving the federation wakes their placement too. Decides nothing itself.
import { BINDINGS, templateName } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS, UNPLACED_REF } from "../../core/schedule/decision.ts";
import { isReady } from "../../core/schedule/schedule.ts";
import type { Event } from "../store/store.ts";
import type { Context, Controller, Outcome } from "./context.ts";
import { readBinding, readDecision } from "./rows.ts";
import { eachRow } from "./scan.ts";

/** Key for what found no room anywhere; any other key is a cluster whose readiness changed. Not a cluster's name. */
const ROOM = "*";

export const clustersController: Controller = {
  name: "clusters",
  concurrency: 1,
  wakes,
  async *resync({ world }) {
    yield ROOM;
    yield* world.clusters.keys();
  },
  reconcile: (key, context) => (key === ROOM ? wakeUnplaced(context) : wakeCluster(key, context)),
};

function* wakes(event: Event, { world, kindOf }: Context): Iterable<string> {
  if (event.version === world.freedAt) yield ROOM;
  // What names a claim waits for it.
  const rule = kindOf.get(event.resource)?.federation;
  if (event.type === "ADDED" && rule?.rule === "follower" && rule.keeps === true) yield ROOM;
  if (event.resource !== CLUSTERS) return;
  const after = event.type === "DELETED" ? undefined : (JSON.parse(event.value) as KubeObject);
  const before = event.previous === undefined ? undefined : (JSON.parse(event.previous) as KubeObject);
  if (after === undefined || ready(after) !== ready(before)) yield event.name;
  if (!equalJson(placing(before), placing(after))) yield ROOM;
}

function ready(cluster: KubeObject | undefined): boolean {
  return cluster !== undefined && isReady({ name: cluster.metadata.name, status: cluster["status"] });
}

/** What of a cluster decides whether something fits there. */
function placing(cluster: KubeObject | undefined): unknown {
  return cluster === undefined
    ? {}
    : { ready: ready(cluster), free: cluster["status"]?.free, cordoned: cluster["spec"]?.unschedulable === true };
}

async function wakeUnplaced({ store }: Context): Promise<Outcome> {
  const rows = await store.listByRef(DECISIONS, UNPLACED_REF);
  return { wake: rows.map((row) => ({ controller: "schedule", key: templateName(readDecision(row).value.template) })) };
}

async function wakeCluster(cluster: string, { store, world, kindOf }: Context): Promise<Outcome> {
  const wake: NonNullable<Outcome["wake"]> = [];
  const left = !world.clusters.has(cluster);
  for await (const row of eachRow(store, BINDINGS, cluster)) {
    const { template } = readBinding(row).value;
    const key = templateName(template);
    const workload = kindOf.get(template.resource)?.federation.rule === "workload";
    if (workload) wake.push({ controller: left ? "schedule" : "aggregate", key });
    else if (left) wake.push({ controller: "follow", key });
  }
  // A dying namespace waits for reachable clusters only.
  for (const namespace of world.terminating) wake.push({ controller: "namespaces", key: namespace });
  return { wake };
}
