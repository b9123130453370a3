// hanse demo (npm start): the federation, three simulated clusters with real agents, and examples/tomcat.yaml, in one process.
//
//   serve → simulate members → join each with a token → run their agents → apply tomcat.yaml → show until all is Ready → stay
//
// Everything goes through the ways that users have: the public API, join tokens, server-side apply. The members live in memory:
// at a second start they are empty again, and the agents bring them back to what the federation has kept.
import { randomUUID } from "node:crypto";
import { createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runAgent } from "../agents/main.ts";
import { startSimulation } from "../sim/simulation.ts";
import { applyFile } from "./demo/apply.ts";
import { createTable } from "./demo/table.ts";
import { type Snapshot, takeSnapshot, type Watched } from "./demo/view.ts";
import { refusedStart, UserError } from "./errors.ts";
import { createJoinToken, ensureCluster } from "./join.ts";
import { connect } from "./kube.ts";
import { readAccess } from "./kubeconfig.ts";
import { giveBackAtRest } from "./rest.ts";
import { DEFAULT_LISTEN, startFederation } from "./serve.ts";
import { untilSignal } from "./signals.ts";
import { makeDirectory, writeWhole } from "../worker/files.node.ts";

const EXAMPLE = fileURLToPath(new URL("../examples/tomcat.yaml", import.meta.url));
const READY_WITHIN_MS = 120_000;
const REDRAW_MS = 250;

const MEMBERS = [
  { name: "paris", region: "eu-west", nodes: 2, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 800 },
  { name: "tokyo", region: "ap-northeast", nodes: 1, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 1200 },
  { name: "virginia", region: "us-east", nodes: 3, cpuPerNode: "8", memoryPerNode: "32Gi", podStartMs: 600 },
];

export async function demo(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: "boolean", default: false },
      data: { type: "string", default: ".hanse" },
      listen: { type: "string", default: DEFAULT_LISTEN },
    },
  });
  const signal = untilSignal();
  const cleanup: (() => unknown)[] = [];
  try {
    await run({ ...values, dataDir: values.data, signal, cleanup });
  } finally {
    for (const step of cleanup.reverse()) await step();
  }
}

async function run(options: {
  dataDir: string;
  listen: string;
  once: boolean;
  signal: AbortSignal;
  cleanup: (() => unknown)[];
}): Promise<void> {
  const { dataDir, signal, cleanup } = options;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    makeDirectory(dataDir);
  } catch (error) {
    throw refusedStart(error);
  }
  const logFile = createWriteStream(join(dataDir, "demo.log"));
  cleanup.push(() => logFile.end());
  const log = (line: string) => logFile.write(`${line}\n`);

  say(`hanse: starting the federation in ${dataDir}`);
  const server = await startFederation({ dataDir, listen: options.listen, log });
  cleanup.push(() => server.stop());
  const kubeconfig = join(dataDir, "kubeconfig");
  const federation = connect(readAccess([kubeconfig]));
  cleanup.push(() => federation.close());
  say(`hanse: API on ${server.url}, kubeconfig ${kubeconfig}`);

  const agentDirOf = (name: string) => join(dataDir, "agents", name);
  for (const { name } of MEMBERS) makeDirectory(agentDirOf(name));
  const members = MEMBERS.map((member) => ({
    ...member,
    clusterUid: kept(join(agentDirOf(member.name), "cluster-uid")),
  }));
  const simulation = await startSimulation({ members, clock: Date.now });
  cleanup.push(() => simulation.stop());
  const ending = new AbortController();
  const agents: Promise<void>[] = [];
  cleanup.push(() => {
    ending.abort();
    return Promise.allSettled(agents);
  });
  const failed: string[] = [];
  const watched: Watched = { federation, members: new Map(), namespace: "default", deployment: "tomcat" };
  for (const { name, region } of MEMBERS) {
    const agentDir = agentDirOf(name);
    const memberConfig = join(agentDir, "kubeconfig");
    writeFileSync(memberConfig, simulation.kubeconfig(name), { mode: 0o600 });
    const member = connect(readAccess([memberConfig]));
    cleanup.push(() => member.close());
    watched.members.set(name, member);
    await ensureCluster(federation, name, region);
    const agent = runAgent({
      server: server.url,
      caFile: join(dataDir, "ca.crt"),
      token: await createJoinToken(federation, name),
      dataDir: agentDir,
      kubeconfig: memberConfig,
      signal: AbortSignal.any([signal, ending.signal]),
      log,
    });
    agents.push(
      agent.catch(
        (error: unknown) =>
          void failed.push(`the agent of ${name} ended: ${error instanceof Error ? error.message : error}`),
      ),
    );
  }
  say(
    `hanse: ${MEMBERS.map((member) => member.name).join(", ")} simulated and joined, logs in ${join(dataDir, "demo.log")}`,
  );

  const table = createTable(process.stdout, watched.deployment);
  let late = false;
  /** Shows what there is until nothing is left to wait for; after 2 minutes, or when an agent gave up, says why not. */
  const until = async (left: (snapshot: Snapshot) => string[]): Promise<void> => {
    while (!signal.aborted) {
      const snapshot = await takeSnapshot(watched);
      const waiting = [...failed, ...left(snapshot)];
      table.draw(snapshot, waiting[0], seconds());
      if (waiting.length === 0) return;
      if (!late && (seconds() * 1000 > READY_WITHIN_MS || failed.length > 0)) {
        late = true;
        const reason = `not Ready after ${seconds().toFixed(0)} s: ${waiting.join("; ")}`;
        if (options.once) throw new UserError(reason);
        table.note(`hanse: ${reason}`);
      }
      await new Promise((resolve) => setTimeout(resolve, REDRAW_MS));
    }
  };
  await until((snapshot) => snapshot.joining);
  if (signal.aborted) return;
  const applied = await applyFile(federation, EXAMPLE, "hanse-demo");
  table.note(
    `hanse: ${relative(process.cwd(), EXAMPLE)}: ${applied.map(({ name, how }) => `${name} ${how}`).join(", ")}`,
  );
  await until((snapshot) => snapshot.waiting);
  if (signal.aborted) return;
  say(`\nhanse: all Ready after ${seconds().toFixed(1)} s`);
  if (options.once) return;
  giveBackAtRest();
  say(nextSteps(kubeconfig, server.url));
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  say("hanse: stopping");
}

/** A uid that stays: agents refuse a member that is not the one of their data directory. */
function kept(path: string): string {
  if (!existsSync(path)) writeWhole(path, randomUUID(), 0o600);
  return readFileSync(path, "utf8");
}

function nextSteps(kubeconfig: string, url: string): string {
  return `
Try, in another terminal:

  export KUBECONFIG=${isAbsolute(kubeconfig) ? kubeconfig : `$PWD/${kubeconfig}`}
  kubectl get nodes                                  # the clusters
  kubectl get deploy,svc                             # READY is summed over them
  kubectl scale deploy tomcat --replicas 12
  kubectl set image deploy/tomcat tomcat=tomcat:10
  kubectl get --raw /clusters/paris/apis/apps/v1/deployments
  npx hanse join my-cluster --region eu-west         # bring a cluster of your own

The API is described in ${url}/openapi.yaml. Ctrl-C ends this; the next npm start finds its data again.`;
}
