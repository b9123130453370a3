// One run: a federation of three clusters, operators and faults at random for some minutes, then calm, then the verdict. The seed decides
// everything; the transcript of a seed is always the same.
import { ROOT_KINDS } from "../../../kinds/all.ts";
import { createDocuments } from "../../../worker/wire/documents/documents.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { cutLine, type Handler } from "./network.ts";
import { createOperator, type Random } from "./operators.ts";
import { openServer, type Process, type Seams, startProcess } from "./server.ts";
import { faultsOf } from "./verdict.ts";
import type { VirtualTime } from "./virtualtime.ts";

export interface Run {
  seed: number;
  faults: string[];
  transcript: string[];
}

const CLUSTERS = [
  { name: "paris", region: "eu" },
  { name: "tokyo", region: "asia" },
  { name: "lima", region: "america" },
];
const STEPS = 40;
const STEP_MS = 4_000;
const CALM_MS = 20 * 60_000;
const QUIET_MS = 3 * 60_000;

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const documents = createDocuments({ all: ROOT_KINDS }, () => 0);

export async function run(seed: number, time: VirtualTime): Promise<Run> {
  time.reset();
  const unit = randomFrom(seed);
  const random: Random = (most) => Math.floor(unit() * most);
  let uids = 0;
  const seams: Seams = { clock: time.now, random: unit, uid: () => `uid-${(uids += 1)}` };
  const transcript: string[] = [];
  const begun = time.now();
  const say = (line: string): void =>
    void transcript.push(`${((time.now() - begun) / 1000).toFixed(1).padStart(7)} ${line}`);
  const database = await openServer(documents, seams);
  const { store } = database;
  let processes: Process[] = [];
  const log = (line: Record<string, unknown>): void => say(JSON.stringify(line));
  const startServer = (): void => void processes.push(startProcess(database, log));
  const send: Handler = async (request) => {
    const process = processes[random(processes.length)];
    if (process === undefined) throw new Error("nobody serves");
    return process.fetch(request);
  };
  startServer();
  const clusters: Cluster[] = [];
  for (const { name, region } of CLUSTERS) {
    await joinCluster(store, seams, name, region);
    const cluster = await startCluster({ name, region, seams, documents, server: send, random, log: say });
    clusters.push(cluster);
    cluster.start();
  }
  await time.pass(5_000);
  const operator = createOperator(send, clusters, random);
  const mischief = createMischief({
    clusters,
    random,
    startServer,
    processes: () => processes,
    forget: (gone) => (processes = processes.filter((one) => one !== gone)),
  });
  for (let step = 0; step < STEPS; step += 1) {
    // Nobody waits for an answer that may never come.
    void operator.act().then(say, (error: unknown) => say(`operator: ${String(error)}`));
    if (random(3) === 0) say(mischief());
    await time.pass(random(STEP_MS));
  }
  say("calm");
  for (const cluster of clusters) {
    cluster.member.faults.down = false;
    cluster.start();
    for (const line of Object.values(cluster.lines())) {
      line.lossPercent = 0;
      line.delayMs = 0;
      cutLine(line, false);
    }
  }
  if (processes.length === 0) startServer();
  const calmUntil = time.now() + CALM_MS;
  let faults = ["never looked"];
  while (faults.length > 0 && time.now() < calmUntil) {
    await time.pass(30_000);
    faults = await faultsOf(store, clusters, operator.foreign);
  }
  if (faults.length === 0) faults = await quietFaults();

  /** At most one write per stable object: in calm there is none. */
  async function quietFaults(): Promise<string[]> {
    // What was healed late may still be told.
    await time.pass(QUIET_MS);
    const version = await store.version();
    for (const cluster of clusters) cluster.writes.length = 0;
    await time.pass(QUIET_MS);
    const found = await faultsOf(store, clusters, operator.foreign);
    for (const { name, writes } of clusters)
      for (const write of writes)
        // Whether a name that somebody else has is free again is asked now and then.
        if (!operator.foreign.has(`${name} ${objectOf(write)}`)) found.push(`${name}: in calm ${write}`);
    const risen = (await store.version()) - version;
    if (risen > 0) found.push(`the federation wrote ${risen} times in calm`);
    for (const process of processes) if (process.failing() > 0) found.push("a controller keeps failing");
    return found;
  }

  for (const process of processes) process.kill();
  for (const cluster of clusters) await cluster.end();
  await time.settle();
  return { seed, faults, transcript };
}

/** "PATCH /api/v1/namespaces/default/configmaps/shop?…" -> "configmaps shop". */
function objectOf(write: string): string {
  const [, path = ""] = write.split(" ");
  return path.split("?")[0]!.split("/").slice(-2).join(" ");
}

interface Scene {
  clusters: readonly Cluster[];
  random: Random;
  processes(): readonly Process[];
  startServer(): void;
  forget(gone: Process): void;
}

function createMischief({ clusters, random, processes, startServer, forget }: Scene): () => string {
  return () => {
    const cluster = clusters[random(clusters.length)]!;
    const { federation, member } = cluster.lines();
    switch (random(8)) {
      case 0:
        if (cluster.running()) cluster.kill();
        else cluster.start();
        return `${cluster.name}: agent ${cluster.running() ? "started" : "killed"}`;
      case 1:
        cutLine(federation, !federation.cut);
        return `${cluster.name}: line to the federation ${federation.cut ? "cut" : "mended"}`;
      case 2:
        cutLine(member, !member.cut);
        return `${cluster.name}: line to the member ${member.cut ? "cut" : "mended"}`;
      case 3:
        federation.lossPercent = random(2) * 30;
        member.lossPercent = random(2) * 20;
        return `${cluster.name}: ${federation.lossPercent} % and ${member.lossPercent} % lost`;
      case 4:
        federation.delayMs = random(2) * 3_000;
        return `${cluster.name}: up to ${federation.delayMs} ms late`;
      case 5:
        cluster.member.faults.down = cluster.member.faults.down !== true;
        return `${cluster.name}: member ${cluster.member.faults.down ? "down" : "up"}`;
      case 6: {
        const process = processes()[0];
        if (process === undefined || processes().length < 2) {
          startServer();
          return "one more process serves";
        }
        process.kill();
        forget(process);
        return "a process is killed";
      }
      default: {
        const process = processes()[0];
        if (process === undefined) startServer();
        else {
          process.kill();
          forget(process);
          if (random(2) === 0) startServer();
        }
        return `${processes().length} processes serve`;
      }
    }
  };
}

async function joinCluster(
  store: Awaited<ReturnType<typeof openServer>>["store"],
  { clock, uid }: Seams,
  name: string,
  region: string,
): Promise<void> {
  const value = JSON.stringify({
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: {
      name,
      uid: uid(),
      generation: 1,
      creationTimestamp: new Date(clock()).toISOString(),
      labels: { "topology.kubernetes.io/region": region },
    },
    spec: {},
    status: {},
  });
  await store.commit({ ops: [{ op: "create", key: { resource: "clusters.hanse.dev", namespace: "", name }, value }] });
}
