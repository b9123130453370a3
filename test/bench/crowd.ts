// A process that hosts either many simulated members or many real agents, so that what each costs in memory stands apart.
// Talks to its parent by IPC: { do: "members" | "agents" | "memory" | "stop", … } is answered by one message of the same `do`.
// Everything else is real: agents join with tokens over HTTPS and reach their members over HTTP.
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runAgent } from "../../agents/main.ts";
import { startSimulation, type Simulation } from "../../sim/simulation.ts";

export interface Memory {
  /** After a full collection. */
  rssMiB: number;
  heapMiB: number;
}

export type Order =
  | { do: "members"; count: number }
  | {
      do: "agents";
      server: string;
      caFile: string;
      dir: string;
      members: { name: string; kubeconfig: string; token: string }[];
    }
  | { do: "memory" }
  | { do: "stop" };

export interface Answers {
  members: { name: string; kubeconfig: string }[];
  agents: number;
  memory: Memory;
  stop: string[];
}

export interface Crowd {
  pid: number;
  ask<Name extends keyof Answers>(order: Extract<Order, { do: Name }>): Promise<Answers[Name]>;
}

export function startCrowd(): Crowd {
  const child: ChildProcess = fork(import.meta.filename, ["--crowd"], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    pid: child.pid ?? -1,
    ask: (order) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null): void => reject(new Error(`the process of ${order.do} ended with ${code}`));
        child.once("exit", ended);
        child.once("message", (answer) => {
          child.off("exit", ended);
          resolve(answer as never);
        });
        child.send(order);
      }),
  };
}

/** What an agent says that is no sign of good health; the bench prints how often. */
const CALM = new Set(["started", "joined", "stopped", "applied", "removed", "healed"]);

function host(): void {
  let simulation: Simulation | undefined;
  const ending = new AbortController();
  const running: Promise<void>[] = [];
  const said = new Map<string, { times: number; sample: string }>();
  const listen = (line: string): void => {
    let event = line;
    try {
      const parsed = JSON.parse(line) as { event?: string; msg?: string };
      event = parsed.event ?? parsed.msg ?? line;
    } catch {
      // not one of ours
    }
    if (CALM.has(event)) return;
    const before = said.get(event);
    said.set(event, { times: (before?.times ?? 0) + 1, sample: before?.sample ?? line });
  };
  const carryOut: { [Name in keyof Answers]: (order: Extract<Order, { do: Name }>) => Promise<Answers[Name]> } = {
    async members({ count }) {
      const names = Array.from({ length: count }, (_, index) => `member-${String(index).padStart(3, "0")}`);
      const size = { nodes: 4, cpuPerNode: "32", memoryPerNode: "64Gi", podStartMs: 200 };
      simulation = await startSimulation({ members: names.map((name) => ({ name, ...size })), clock: Date.now });
      return names.map((name) => ({ name, kubeconfig: simulation!.kubeconfig(name) }));
    },
    async agents({ server, caFile, dir, members }) {
      for (const { name, kubeconfig, token } of members) {
        const dataDir = join(dir, name);
        mkdirSync(dataDir, { recursive: true });
        writeFileSync(join(dataDir, "kubeconfig"), kubeconfig, { mode: 0o600 });
        const agent = runAgent({
          server,
          caFile,
          token,
          dataDir,
          kubeconfig: join(dataDir, "kubeconfig"),
          signal: ending.signal,
          log: listen,
        });
        running.push(agent.catch((error: unknown) => listen(`agent ended: ${String(error)}`)));
      }
      return running.length;
    },
    async memory() {
      (globalThis as { gc?: () => void }).gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      return { rssMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20 };
    },
    async stop() {
      ending.abort();
      await Promise.all(running);
      await simulation?.stop();
      return [...said].map(([event, { times, sample }]) => `${times} × ${event}, as ${sample.slice(0, 300)}`);
    },
  };
  process.on("message", (order: Order) => {
    carryOut[order.do](order as never).then(
      (answer) => process.send?.(answer, undefined, {}, () => order.do === "stop" && process.exit(0)),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit(0));
}

if (process.argv[2] === "--crowd") host();
