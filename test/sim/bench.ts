// Measures decisions per second on embedded Postgres (or memory): 200 Deployments by 16 clients, decided. node test/sim/bench.ts [--memory]
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { deployment } from "../../kinds/deployment.ts";
import { BINDINGS } from "../../kinds/binding.ts";
import type { Loose } from "../../kinds/object.ts";
import { startPostgres } from "../../worker/store/embedded.node.ts";
import { migrate } from "../../worker/store/migrate.ts";
import { openMemory } from "../../worker/store/memory.ts";
import { openPostgres } from "../../worker/store/postgres.ts";
import type { Store } from "../../worker/store/store.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { runControllers } from "../../worker/controllers/loop.ts";

const COUNT = 200;
const CLIENTS = 16;
const seams = { clock: Date.now, random: Math.random, uid: () => crypto.randomUUID() };

async function open(): Promise<{ store: Store; close(): Promise<void> }> {
  if (process.argv.includes("--memory"))
    return { store: openMemory({ history: { events: 100_000, text: 500_000_000 } }), close: async () => undefined };
  const server = await startPostgres({ dir: mkdtempSync(join(tmpdir(), "hanse-bench-")) });
  const sql = postgres(server.url, { max: 5, fetch_types: false, onnotice: () => undefined });
  await migrate(sql);
  const store = await openPostgres({ sql });
  return { store, close: async () => (await store.close(), await sql.end(), await server.stop()) };
}

const { store, close } = await open();
await bootstrap({ store, ...seams });
for (const name of ["paris", "tokyo"]) {
  await store.commit({
    ops: [
      {
        op: "create",
        key: { resource: "clusters.hanse.dev", namespace: "", name },
        value: JSON.stringify({
          apiVersion: "hanse.dev/v1alpha1",
          kind: "Cluster",
          metadata: { name, uid: seams.uid() },
          spec: {},
          status: {
            conditions: [{ type: "Ready", status: "True", reason: "", message: "" }],
            free: { cpu: "800", memory: "3200Gi", pods: "11000" },
          },
        }),
      },
    ],
  });
}
const controllers = runControllers({
  store,
  ...seams,
  signal: new AbortController().signal,
  log: (line) => console.log(JSON.stringify(line)),
});
await controllers.idle();

async function round(prefix: string): Promise<void> {
  const created = new Map<string, number>();
  const latencies: number[] = [];
  const stop = new AbortController();
  const bound = new Set<string>();
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const watching = (async () => {
    for await (const batch of store.watch({
      from: await store.version(),
      select: [{ resource: BINDINGS }],
      signal: stop.signal,
    })) {
      for (const event of batch.events) {
        const at = created.get(event.name);
        if (at === undefined || bound.has(event.name)) continue;
        bound.add(event.name);
        latencies.push(performance.now() - at);
        if (bound.size === COUNT) finish();
      }
    }
  })();
  const start = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (next < COUNT) {
        const name = `${prefix}-${(next += 1)}`;
        const uid = seams.uid();
        const object: Loose = {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: {
            name,
            namespace: "default",
            uid,
            generation: 1,
            creationTimestamp: new Date().toISOString(),
            labels: { app: name },
          },
          spec: {
            replicas: 2,
            selector: { matchLabels: { app: name } },
            template: {
              metadata: { labels: { app: name } },
              spec: { containers: [{ name: "main", image: "tomcat:10" }] },
            },
          },
        };
        deployment.setDefaults?.(object);
        created.set(uid, performance.now());
        await store.commit({
          ops: [
            {
              op: "create",
              key: { resource: "deployments.apps", namespace: "default", name },
              value: JSON.stringify(object),
            },
          ],
        });
      }
    }),
  );
  const accepted = performance.now();
  await done;
  const decided = performance.now();
  await controllers.idle();
  stop.abort();
  await watching;
  latencies.sort((a, b) => a - b);
  const at = (quantile: number) => latencies[Math.floor(quantile * (latencies.length - 1))]?.toFixed(1);
  console.log(
    `${prefix}: ${COUNT} accepted in ${(accepted - start).toFixed(0)} ms, decided in ${(decided - start).toFixed(0)} ms, all quiet in ${(performance.now() - start).toFixed(0)} ms; created to bound p50 ${at(0.5)} p99 ${at(0.99)} ms`,
  );
}

for (const prefix of ["warm", "second", "third"]) await round(prefix);
for (let index = 0; index < 20; index += 1) {
  const uid = seams.uid();
  const object: Loose = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `one-${index}`, namespace: "default", uid, generation: 1 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "one" } },
      template: { metadata: { labels: { app: "one" } }, spec: { containers: [{ name: "main", image: "tomcat:10" }] } },
    },
  };
  const stop = new AbortController();
  const seen = (async () => {
    for await (const batch of store.watch({
      from: await store.version(),
      select: [{ resource: BINDINGS }],
      signal: stop.signal,
    }))
      if (batch.events.some((event) => event.name === uid)) return performance.now();
    return 0;
  })();
  const key = { resource: "deployments.apps", namespace: "default", name: `one-${index}` };
  await store.commit({ ops: [{ op: "create", key, value: JSON.stringify(object) }] });
  const accepted = performance.now();
  if (index >= 15) console.log(`one at a time: accepted to bound ${((await seen) - accepted).toFixed(1)} ms`);
  else await seen;
  stop.abort();
  await controllers.idle();
}
await controllers.stop();
await close();
