// Plain API operations beside a real kube-apiserver + etcd (fsync on) on the same machine, in alternating rounds; ratios of medians.
import { startControlPlane } from "../real/controlplane.ts";
import type { Federation } from "../e2e/processes.ts";
import { Client, deployment, expectStatus, percentile, pool, type Target } from "./client.ts";
import { record } from "./report.ts";

const path = "/apis/apps/v1/namespaces/default/deployments";
const ROUNDS = 5;
const WRITES = 600;
const READS = 1500;
const LISTS = 120;

interface Rates {
  create: number[];
  createP50: number[];
  patch: number[];
  drainMs: number[];
  get: number[];
  list: number[];
}

export async function benchApi(federation: Federation, adminToken: string): Promise<void> {
  const plane = await startControlPlane({ name: "peer", durable: true });
  const hanse: Target = { name: "hanse", server: federation.server, token: adminToken };
  const peer: Target = { name: "kube-apiserver", server: plane.server, token: plane.token };
  const rates = new Map<Target, Rates>(
    [hanse, peer].map((target) => [target, { create: [], createP50: [], patch: [], drainMs: [], get: [], list: [] }]),
  );
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const target of round % 2 === 0 ? [hanse, peer] : [peer, hanse]) {
        const measured = await oneRound(target, `r${round}`);
        if (round === 0) continue; // warm-up
        const all = rates.get(target)!;
        for (const key of Object.keys(measured) as (keyof typeof measured)[]) all[key].push(measured[key]);
      }
    }
  } finally {
    await plane.stop();
  }
  const median = (values: number[]): number => percentile(values, 0.5);
  const ours = rates.get(hanse)!;
  const theirs = rates.get(peer)!;
  const goals = { create: 1.2, patch: 1.2, get: 1, list: 1 } as const;
  record({ what: `${WRITES} creates and patches, then all decided`, value: median(ours.drainMs) / 1000, unit: "s" });
  for (const key of Object.keys(goals) as (keyof typeof goals)[]) {
    record({
      what: `${key}, 16 clients: ratio to kube-apiserver`,
      value: median(ours[key]) / median(theirs[key]),
      unit: "x",
      goal: [">=", goals[key]],
      beside: `${median(ours[key]).toFixed(0)}/s against ${median(theirs[key]).toFixed(0)}/s (create p50 ${median(ours.createP50).toFixed(1)} against ${median(theirs.createP50).toFixed(1)} ms)`,
    });
  }
}

/**
 * A bare kube-apiserver has nothing to do after a write; Hanse still decides. Its reads are measured when that is over, as the peer's are: in
 * milliseconds how long that took.
 */
async function settled(client: Client): Promise<number> {
  const begun = performance.now();
  if (client.target.name !== "hanse") return 0;
  for (;;) {
    const { items } = JSON.parse((await client.call("GET", path)).text);
    const behind = items.filter(({ metadata, status }: any) => status?.observedGeneration !== metadata.generation);
    if (behind.length === 0) return performance.now() - begun;
    if (performance.now() - begun > 60_000) throw new Error(`${behind.length} undecided after a minute`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function oneRound(target: Target, round: string): Promise<Record<keyof Rates, number>> {
  const client = new Client(target, 16);
  const perSecond = (count: number, totalMs: number): number => (count / totalMs) * 1000;
  const name = (index: number): string => `bench-${round}-${index}`;
  const creates = await pool(WRITES, 16, async (index) =>
    expectStatus(await client.call("POST", path, deployment(name(index), 0)), 201),
  );
  const patches = await pool(WRITES, 16, async (index) => {
    const patch = {
      metadata: { annotations: { "bench/round": `${round}-${index}` } },
      spec: { minReadySeconds: (index % 7) + 1 },
    };
    expectStatus(await client.call("PATCH", `${path}/${name(index)}`, patch, "application/merge-patch+json"), 200);
  });
  // Reads are measured alone: what the writes still cause behind them (decisions here, nothing there) has ended.
  await new Promise((done) => setTimeout(done, 3000));
  const drainMs = await settled(client);
  const gets = await pool(READS, 16, async (index) =>
    expectStatus(await client.call("GET", `${path}/${name(index % WRITES)}`), 200),
  );
  const lists = await pool(LISTS, 16, async () => expectStatus(await client.call("GET", `${path}?limit=200`), 200));
  await pool(WRITES, 16, async (index) => expectStatus(await client.call("DELETE", `${path}/${name(index)}`), 200));
  client.close();
  return {
    create: perSecond(WRITES, creates.totalMs),
    createP50: percentile(creates.durationsMs, 0.5),
    patch: perSecond(WRITES, patches.totalMs),
    drainMs,
    get: perSecond(READS, gets.totalMs),
    list: perSecond(LISTS, lists.totalMs),
  };
}
