// What the store alone can do on this machine: run `node worker/store/bench.node.ts [seconds]`. Embedded Postgres, synchronous_commit on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startPostgres } from "./embedded.node.ts";
import { openMemory } from "./memory.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import type { Store } from "./store.ts";

const seconds = Number(process.argv[2] ?? 4);
const RESOURCE = "deployments.apps";
const keyOf = (name: string) => ({ resource: RESOURCE, namespace: "default", name });

/** About 3 kB, shaped like a Deployment with its managedFields. */
function deployment(name: string, n: number): string {
  const fields = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`f:field${i}`, { [`f:${(i * 2_654_435_761 + n) >>> 0}`]: {} }]),
  );
  const containers = [
    {
      name: "tomcat",
      image: `tomcat:${n}`,
      ports: [{ containerPort: 8080, protocol: "TCP" }],
      resources: { requests: { cpu: "100m", memory: "128Mi" } },
    },
  ];
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name,
      namespace: "default",
      uid: crypto.randomUUID(),
      managedFields: [{ manager: "kubectl", operation: "Update", fieldsV1: fields }],
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
}

async function measure(title: string, workers: number, work: (worker: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let now = performance.now(); now < end;) {
        await work(worker);
        const then = performance.now();
        times.push(then - now);
        now = then;
      }
    }),
  );
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.floor((times.length - 1) * q)]!.toFixed(2);
  const rate = Math.round((times.length / took) * 1_000);
  const own = ((user + system) / times.length).toFixed(0);
  console.log(
    `${title.padEnd(44)} ${String(rate).padStart(7)}/s   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   ${own} µs of this process each`,
  );
}

async function suite(title: string, store: Store): Promise<void> {
  console.log(`\n${title}`);
  let n = 0;
  const must = async (commit: Parameters<Store["commit"]>[0]) => {
    const result = await store.commit(commit);
    if (!result.ok) throw new Error(JSON.stringify(result));
  };
  const create = async () => {
    const name = `d${n++}`;
    await must({
      ops: [
        { op: "require", key: { resource: "namespaces", namespace: "", name: "default" } },
        { op: "create", key: keyOf(name), value: deployment(name, n) },
      ],
    });
  };
  await must({ ops: [{ op: "put", key: { resource: "namespaces", namespace: "", name: "default" }, value: "{}" }] });
  await measure("create 3 kB, 1 writer", 1, create);
  await measure("create 3 kB, 16 writers", 16, create);
  const stop = new AbortController();
  let seen = 0;
  const watching = (async () => {
    for await (const batch of store.watch({
      from: await store.version(),
      select: [{ resource: RESOURCE }],
      signal: stop.signal,
    }))
      seen += batch.events.length;
  })();
  await measure("create 3 kB, 16 writers, watched", 16, create);
  const update = async (worker: number) => {
    const row = (await store.get(keyOf(`d${worker * 100 + (n++ % 100)}`)))!;
    await must({ ops: [{ op: "update", key: row, value: deployment(row.name, n), expect: row.version }] });
  };
  await measure("get, then update 3 kB, 16 writers, watched", 16, update);
  stop.abort();
  await watching;
  console.log(`  (watcher saw ${seen} events)`);
  await measure("get, 1 reader", 1, () => store.get(keyOf(`d${n++ % 3_000}`)));
  await measure("get, 16 readers", 16, () => store.get(keyOf(`d${n++ % 3_000}`)));
  for (let i = 0; i < 10_000; i += 100) {
    await must({
      ops: Array.from({ length: 100 }, (_, j) => ({
        op: "put",
        key: { ...keyOf(`x${i + j}`), resource: "x" },
        value: deployment(`x${i + j}`, 1),
      })),
    });
  }
  for (const limit of [200, 500]) {
    await measure(`first page of ${limit} of 10,000`, 1, () => store.list({ resource: "x", limit }));
    const after = { namespace: "default", name: "x5" };
    const at = await store.version();
    await measure(`middle page of ${limit} of 10,000 at a version`, 1, () =>
      store.list({ resource: "x", limit, after, at }),
    );
  }
  await measure("whole list of 10,000", 1, () => store.list({ resource: "x" }));
  await measure("changes of a quiet cluster", 1, () =>
    store.changes({ resource: "bindings.hanse.dev", namespace: "paris", after: 1, limit: 500 }),
  );
}

const dir = mkdtempSync(join(tmpdir(), "hanse-bench-"));
const server = await startPostgres({ dir });
const sql = postgres(server.url, { max: 10, fetch_types: false, onnotice: () => {} });
await migrate(sql);
const rss = () => `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB RSS`;
console.log(rss());
const store = await openPostgres({ sql });
await suite("postgres", store);
console.log(rss());
await store.close();
await sql.end();
await server.stop();
rmSync(dir, { recursive: true });
await suite("memory", openMemory());
console.log(rss());
