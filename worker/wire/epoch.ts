// GET /hanse/v1/epoch, POST /hanse/v1/epoch/confirm: what an admin sees after a restore, and the word that lets deletions go on (P3). Confirming
// promises that what was shown is what is let go: another epoch, a newer hold or another number of waiting deletions is 409. An orphan
// is never deleted by it.
import { BINDINGS, type Binding, EPOCHS, type Epoch, HOLD, type Hold, HOLDS, ORPHANS } from "../../kinds/binding.ts";
import type { Orphan } from "../../kinds/binding.ts";
import { CLUSTERS, type ClusterStatus } from "../../kinds/cluster.ts";
import {
  EPOCH_NAMED,
  EPOCH_NAMED_ONE,
  type EpochCluster,
  EpochConfirmSchema,
  type EpochConfirmed,
  type EpochNamed,
  type EpochView,
} from "../../kinds/epoch.ts";
import type { Reader, Row, Store } from "../store/store.ts";
import { readBody } from "./agentbody.ts";
import { ApiError, methodNotAllowed, notFound } from "./status.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** The caller has authenticated an admin. `?cluster=`: that one alone, with more names. @throws ApiError */
export async function answerEpoch(store: Store, request: Request): Promise<Response> {
  if (request.method !== "GET") throw methodNotAllowed();
  const only = new URL(request.url).searchParams.get("cluster") ?? undefined;
  const [{ epoch }, holds, orphans, clusters] = await Promise.all([
    store.epoch(),
    store.list({ resource: HOLDS }),
    store.list({ resource: ORPHANS, ...(only === undefined ? {} : { namespace: only }) }),
    store.list({ resource: CLUSTERS, ...(only === undefined ? {} : { namespace: "", name: only }) }),
  ]);
  if (only !== undefined && clusters.rows.length === 0)
    throw notFound({ group: "hanse.dev", resource: "clusters" }, only);
  const record = await store.get({ resource: EPOCHS, namespace: "", name: String(epoch) });
  const view: EpochView = {
    epoch,
    ...(record === undefined ? {} : (JSON.parse(record.value) as Epoch)),
    clusters: [],
  };
  const held = new Map(holds.rows.map((row) => [row.namespace, row]));
  const lost = Map.groupBy(orphans.rows, (row) => row.namespace);
  // One after the other: of a thousand clusters, one share at a time lies in memory.
  for (const cluster of clusters.rows) {
    const [hold, left] = [held.get(cluster.name), lost.get(cluster.name) ?? []];
    if (hold === undefined && left.length === 0) continue;
    const shown = await clusterOf(store, cluster, hold, left, only === undefined ? EPOCH_NAMED : EPOCH_NAMED_ONE);
    if (hold !== undefined || shown.orphaned > 0) view.clusters.push(shown);
  }
  return Response.json(view, { headers: { "cache-control": "no-store" } });
}

async function clusterOf(
  store: Reader,
  { name: cluster, value }: Row,
  hold: Row | undefined,
  orphaned: readonly Row[],
  most: number,
): Promise<EpochCluster> {
  const { status } = JSON.parse(value) as { status?: ClusterStatus };
  const bindings = (await store.list({ resource: BINDINGS, namespace: cluster })).rows;
  const known = new Set(bindings.map(({ name }) => name));
  const deletions = hold === undefined ? [] : bindings.flatMap(deletionOf);
  const orphans = orphaned.filter(({ name }) => !known.has(name)).map(orphanOf);
  return {
    cluster,
    ready: status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true,
    ...(hold === undefined ? {} : { held: { since: (JSON.parse(hold.value) as Hold).since, version: hold.version } }),
    waiting: deletions.length,
    deletions: deletions.sort(byName).slice(0, most),
    orphaned: orphans.length,
    orphans: orphans.sort(byName).slice(0, most),
  };
}

/** A binding whose object is to go. */
function deletionOf({ value }: Row): EpochNamed[] {
  if (!value.includes('"tombstone"')) return [];
  const { template, tombstone } = JSON.parse(value) as Binding;
  if (tombstone === undefined) return [];
  const { resource, namespace, name } = template;
  const { memberUid, since } = tombstone;
  return [{ resource, namespace, name, ...(memberUid === undefined ? {} : { memberUid }), since }];
}

function orphanOf({ value }: Row): EpochNamed {
  const { apiVersion, resource, namespace = "", name, memberUid, since } = JSON.parse(value) as Orphan;
  const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
  return { resource: resource + group, namespace, name, ...(memberUid === undefined ? {} : { memberUid }), since };
}

function byName(a: EpochNamed, b: EpochNamed): number {
  const [one, other] = [a, b].map(({ resource, namespace, name }) => `${resource}/${namespace}/${name}`);
  return one! < other! ? -1 : one === other ? 0 : 1;
}

/** All of the named clusters, or none. @throws ApiError */
export async function confirmEpoch(store: Store, request: Request): Promise<Response> {
  if (request.method !== "POST") throw methodNotAllowed();
  const wanted = await readBody(request, EpochConfirmSchema, MAX_BODY_BYTES);
  const { epoch } = await store.epoch();
  if (epoch !== wanted.epoch) throw changed(`this is epoch ${epoch}, not ${wanted.epoch}`);
  // A cluster named twice is confirmed as it was named last.
  const clusters = [...new Map(wanted.clusters.map((one) => [one.cluster, one])).values()];
  for (const { cluster, waiting } of clusters) {
    const { rows } = await store.list({ resource: BINDINGS, namespace: cluster });
    const now = rows.flatMap(deletionOf).length;
    if (now !== waiting) throw changed(`${now} deletions wait in ${cluster}, not ${waiting}`);
  }
  const ops = clusters.map(({ cluster, version }) => ({
    op: "delete" as const,
    key: { resource: HOLDS, namespace: cluster, name: HOLD },
    expect: version,
  }));
  const result = await store.commit({ ops });
  if (!result.ok) {
    const name = clusters[result.index]?.cluster;
    throw changed(result.reason === "missing" ? `${name} holds nothing` : `${name} is held anew`);
  }
  const answer: EpochConfirmed = { confirmed: clusters.map(({ cluster }) => cluster) };
  return Response.json(answer);
}

const changed = (what: string): ApiError => new ApiError(409, "Conflict", `${what}: look again before you confirm`);
