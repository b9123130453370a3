// P1 and P2 over the whole server: writers and watchers on a real `hanse serve` over HTTPS, while serve, its Postgres and Postgres' backends
// are killed -9 every few seconds. Ends after HANSE_SOAK_EVENTS
// changes (default 100,000); every watcher must have seen each of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Client } from "../bench/client.ts";
import { readAccess } from "../../cli/kubeconfig.ts";
import { eventually, type Federation, startFederation } from "../e2e/processes.ts";
import { pause, randomOf } from "./random.ts";
import { seed } from "./runs.ts";
import { Watcher } from "./watcher.ts";
import { Writer } from "./writer.ts";

const EVENTS = Number(process.env["HANSE_SOAK_EVENTS"] ?? 100_000);
const WRITERS = 16;
const MAPS = "/api/v1/namespaces/default/configmaps";
const LABEL = "?labelSelector=soak%3Dwatch";

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation?.stop());

it(`P1 P2 ${EVENTS} changes under kill -9 of serve and of Postgres: every watcher sees each once and in order, nothing acknowledged is lost`, async () => {
  const { server, token = "" } = readAccess([federation.kubeconfig]);
  const client = new Client({ name: "hanse", server, token }, WRITERS + 4);
  const from = Number((await list(client)).metadata.resourceVersion);
  const watcher = (name: string, path: string): Watcher => new Watcher({ name, server, token, path, from });
  const full = [
    watcher("namespace", `${MAPS}${LABEL}`),
    watcher("patient", `${MAPS}${LABEL}`),
    watcher("all", `/api/v1/configmaps${LABEL}`),
    watcher("restless", `/api/v1/configmaps${LABEL}`),
  ];
  const writers = Array.from(
    { length: WRITERS },
    (_, id) => new Writer({ id, client, random: randomOf(seed, `writer ${id}`) }),
  );
  const kills = { serve: 0, postmaster: 0, backend: 0 };

  const watching = full.map((one, index) => {
    const random = randomOf(seed, `watcher ${index}`);
    return one.run(() => (index === 1 ? 600_000 : index === 3 ? 20 + random(400) : 1_000 + random(20_000)));
  });
  let writing = true;
  const written = Promise.all(writers.map((writer) => writer.run(() => writing)));
  const random = randomOf(seed, "killer");
  while (full[0]!.events < EVENTS && full.every((one) => one.violations.length === 0)) {
    await pause(2_000 + random(4_000));
    const what = (["serve", "serve", "postmaster", "backend"] as const)[random(4)]!;
    kills[what]++;
    await kill(federation, what, random);
  }
  writing = false;
  await written;

  const end = await list(client);
  const last = Math.max(
    ...end.items.map((item: any) => Number(item.metadata.resourceVersion)),
    ...writers.flatMap((one) => [...one.acknowledged.keys()]).slice(-1),
  );
  await eventually(
    "all watchers are there",
    () => full.every((one) => one.version >= last && one.events === full[0]!.events),
    60_000,
  );
  for (const one of full) one.end();
  await Promise.all(watching);
  client.close();

  const sum = (count: (one: Writer) => number): number => writers.reduce((total, one) => total + count(one), 0);
  console.log(
    `watch soak: ${full[0]!.events} events, ${full.reduce((total, one) => total + one.events, 0)} delivered over ${full.reduce((total, one) => total + one.breaks, 0)} connections, ` +
      `${sum((one) => one.acknowledged.size + one.deletes)} acknowledged, ${sum((one) => one.unknown)} unknown, ${sum((one) => one.conflicts)} conflicts, ` +
      `killed ${JSON.stringify(kills)}, HANSE_SEED=${seed}`,
  );
  expect(full.flatMap((one) => one.violations)).toEqual([]);
  expect(writers.flatMap((one) => one.violations)).toEqual([]);
  expect(new Set(full.map((one) => one.digest())).size).toBe(1);
  for (const { acknowledged } of writers) {
    for (const [version, what] of acknowledged)
      if (full[0]!.delivered.get(version) !== what)
        throw new Error(`${what} acknowledged at ${version}, delivered ${full[0]!.delivered.get(version)}`);
  }
  const expected = new Map(writers.flatMap((one) => [...one.standing()].map(([name, { n }]) => [name, n] as const)));
  expect(new Map(end.items.map((item: any) => [item.metadata.name, Number(item.data.n)]))).toEqual(expected);
  expect(new Map([...full[0]!.state].map(([name, { n }]) => [name, n]))).toEqual(expected);
});

async function list(client: Client): Promise<any> {
  return eventually("a list", async () => {
    const answer = await client.call("GET", `${MAPS}${LABEL}`);
    return answer.status === 200 ? JSON.parse(answer.text) : undefined;
  });
}

/** Kills -9, and sees to it that the API answers again. */
async function kill(
  federation: Federation,
  what: "serve" | "postmaster" | "backend",
  random: (below: number) => number,
): Promise<void> {
  const postmaster = Number(
    readFileSync(join(federation.dir, "data/postgres/data/postmaster.pid"), "utf8").split("\n")[0],
  );
  if (what === "serve") await federation.process.kill("SIGKILL");
  else if (what === "postmaster") {
    process.kill(postmaster, "SIGKILL");
    // Serve does not start its Postgres anew by itself; sometimes it lives a while without one.
    await pause(random(1_500));
    await federation.process.kill("SIGKILL");
  } else {
    const backends = childrenOf(postmaster);
    const victim = backends[random(backends.length)];
    // Postgres then ends all backends and recovers from its log by itself.
    if (victim !== undefined) process.kill(victim, "SIGKILL");
  }
  if (what !== "backend") await federation.serve();
  await eventually("the API answers", async () => (await federation.get("/api/v1/namespaces/default")).status === 200);
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        const stat = readFileSync(`/proc/${each}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
      } catch {
        return false; // ended meanwhile
      }
    });
}
