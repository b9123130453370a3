// What deciding costs: placements a second over 100 clusters, one template into 1,000 clusters, what 100,000 bindings take on the disk, and how soon
// a new process over them is steady. The federation's own controllers over embedded Postgres, in this process; clusters are rows, no agents.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { CLUSTERS } from "../../kinds/cluster.ts";
import { CLUSTER_PLACEMENTS } from "../../kinds/placement.ts";
import type { Loose } from "../../kinds/object.ts";
import { DECISIONS } from "../../core/schedule/decision.ts";
import { deployment } from "../../kinds/deployment.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { runControllers } from "../../worker/controllers/loop.ts";
import { startPostgres } from "../../worker/store/embedded.node.ts";
import { hmacOf } from "../../worker/store/hmac.node.ts";
import { migrate } from "../../worker/store/migrate.ts";
import { openPostgres, type PostgresStore } from "../../worker/store/postgres.ts";
import type { Op } from "../../worker/store/store.ts";
import { record } from "./report.ts";

const seams = { clock: Date.now, random: Math.random, uid: () => crypto.randomUUID() };

interface Place {
  store: PostgresStore;
  sql: Sql;
}

export async function benchPlacement(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "hanse-placement-"));
  const server = await startPostgres({ dir });
  const sql = postgres(server.url, { max: 5, fetch_types: false, onnotice: () => undefined });
  await migrate(sql);
  const store = await openPostgres({ sql, hmac: hmacOf });
  const place = { store, sql };
  await bootstrap({ store, ...seams });
  await addClusters(place, 0, 100);
  const first = controllersOver(place);
  await first.controllers.idle();
  await rate(place, 200);
  await rate(place, 3_000);
  await addClusters(place, 100, 1_000);
  await first.controllers.idle();
  await everywhere(place);
  await stored(place, first.controllers);
  await first.controllers.stop();
  await restart(server.url);
  await store.close();
  await sql.end();
  await server.stop();
  rmSync(dir, { recursive: true });
}

function controllersOver({ store }: Pick<Place, "store">) {
  const lines: Record<string, unknown>[] = [];
  const ending = new AbortController();
  const controllers = runControllers({ store, ...seams, signal: ending.signal, log: (line) => lines.push(line) });
  return { controllers, lines };
}

async function addClusters({ store }: Place, from: number, to: number): Promise<void> {
  const regions = ["eu", "us", "asia"];
  const ops = Array.from({ length: to - from }, (_, index): Op => {
    const name = `cluster-${from + index}`;
    const value = JSON.stringify({
      apiVersion: "hanse.dev/v1alpha1",
      kind: "Cluster",
      metadata: { name, uid: seams.uid(), labels: { "topology.kubernetes.io/region": regions[index % 3] } },
      spec: {},
      status: {
        conditions: [{ type: "Ready", status: "True", reason: "AgentConnected", message: "" }],
        free: { cpu: String(400 + (index % 50)), memory: "3200Gi", pods: "11000" },
      },
    });
    return { op: "create", key: { resource: CLUSTERS, namespace: "", name }, value };
  });
  for (let at = 0; at < ops.length; at += 200) await store.commit({ ops: ops.slice(at, at + 200) });
}

function deploymentRow(name: string, replicas: number, labels: Record<string, string> = {}): Op & { op: "create" } {
  const object: Loose = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name,
      namespace: "default",
      uid: seams.uid(),
      generation: 1,
      creationTimestamp: new Date().toISOString(),
      labels: { app: name, ...labels },
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [{ name: "main", image: "tomcat:10", resources: { requests: { cpu: "10m", memory: "16Mi" } } }],
        },
      },
    },
  };
  deployment.setDefaults?.(object);
  const key = { resource: "deployments.apps", namespace: "default", name };
  return { op: "create", key, value: JSON.stringify(object) };
}

/** Resolves with the time of each decision, in milliseconds of performance.now(), once `count` templates are decided. */
async function decided({ store }: Place, count: number, begin: () => Promise<unknown>): Promise<number[]> {
  const stop = new AbortController();
  const times: number[] = [];
  const from = await store.version();
  const watching = (async () => {
    for await (const { events } of store.watch({ from, select: [{ resource: DECISIONS }], signal: stop.signal })) {
      for (const { type } of events) if (type === "ADDED") times.push(performance.now());
      if (times.length >= count) return;
    }
  })();
  await begin();
  await watching;
  stop.abort();
  return times;
}

async function rate(place: Place, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => deploymentRow(`rate-${count}-${index}`, 10));
  const start = performance.now();
  const times = await decided(place, count, async () => {
    for (let at = 0; at < rows.length; at += 100) await place.store.commit({ ops: rows.slice(at, at + 100) });
  });
  if (count < 1_000) return;
  record({
    what: `placements over 100 clusters, ${count} Deployments of 10`,
    value: count / ((times.at(-1)! - start) / 1000),
    unit: "/s",
    goal: [">=", 500],
    beside: "Karmada publishes 22/s",
  });
}

/** Duplicated into each of the 1,000: from the commit of the template to that of its last binding. */
async function everywhere(place: Place): Promise<void> {
  await place.store.commit({
    ops: [
      {
        op: "create",
        key: { resource: CLUSTER_PLACEMENTS, namespace: "", name: "everywhere" },
        value: JSON.stringify({
          apiVersion: "hanse.dev/v1alpha1",
          kind: "ClusterPlacement",
          metadata: { name: "everywhere", uid: seams.uid(), generation: 1 },
          spec: { division: "Duplicated", selectors: [{ labelSelector: { matchLabels: { wide: "yes" } } }] },
        }),
      },
    ],
  });
  const took: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const row = deploymentRow(`wide-${index}`, 1, { wide: "yes" });
    const start = performance.now();
    const [end] = await decided(place, 1, () => place.store.commit({ ops: [row] }));
    took.push(end! - start);
  }
  took.sort((a, b) => a - b);
  const [bound] =
    await place.sql`select count(*) from log where resource = 'bindings.hanse.dev' and namespace = 'cluster-999' and until = 9223372036854775807`;
  if (Number(bound!["count"]) < 20) throw new Error(`cluster-999 has ${bound!["count"]} bindings`);
  record({
    what: "one template into 1,000 clusters, all bindings committed, p90",
    value: took[17]! / 1000,
    unit: "s",
    goal: ["<=", 3],
  });
}

async function stored(place: Place, controllers: { idle(): Promise<void> }): Promise<void> {
  const rows = Array.from({ length: 80 }, (_, index) => deploymentRow(`stored-${index}`, 1, { wide: "yes" }));
  const before = await bytes(place.sql);
  await decided(place, 80, async () => {
    for (const row of rows) await place.store.commit({ ops: [row] });
  });
  await controllers.idle();
  const [{ count }] =
    (await place.sql`select count(*)::int as count from log where resource = 'bindings.hanse.dev' and namespace like 'cluster-%' and until = 9223372036854775807`) as unknown as [
      { count: number },
    ];
  record({ what: "bindings in the database", value: count, unit: "" });
  record({
    what: "database with 1,000 clusters × 100 bindings",
    value: (await bytes(place.sql)) / 2 ** 20,
    unit: "MB",
    goal: ["<=", 500],
    beside: `of that ${(((await bytes(place.sql)) - before) / 2 ** 20) | 0} MB by the last 80,000`,
  });
}

async function bytes(sql: Sql): Promise<number> {
  const [row] = await sql`select pg_database_size(current_database())::float8 as size`;
  return row!["size"] as number;
}

async function restart(url: string): Promise<void> {
  const sql = postgres(url, { max: 5, fetch_types: false, onnotice: () => undefined });
  const start = performance.now();
  const store = await openPostgres({ sql, hmac: hmacOf });
  const { controllers, lines } = controllersOver({ store });
  const row = deploymentRow("after-restart", 1);
  await decided({ store, sql }, 1, () => store.commit({ ops: [row] }));
  record({
    what: "restart until the first new decision",
    value: (performance.now() - start) / 1000,
    unit: "s",
    goal: ["<=", 10],
    beside: lines.some(({ event }) => event === "resync") ? "with a resync" : "no resync",
  });
  await controllers.idle();
  await controllers.stop();
  await store.close();
  await sql.end();
}
