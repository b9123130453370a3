// One cluster of a simulation: a simulated member with the real agent, which can be killed and started again over what it had written down.
import { DatabaseSync } from "node:sqlite";
import { openFederation } from "../../../agents/federation.ts";
import { openIdentity } from "../../../agents/identity.ts";
import { runReaching } from "../../../agents/main.ts";
import { openMember } from "../../../agents/member.ts";
import { type Database, type State, stateIn } from "../../../agents/state.ts";
import { type SimulatedMember, startMember } from "../../../sim/member.ts";
import type { Documents } from "../../../worker/wire/options.ts";
import { cutLine, type Handler, httpOver, type Line } from "./network.ts";
import type { Seams } from "./server.ts";

export interface Cluster {
  name: string;
  member: SimulatedMember;
  /** From the agent to the federation, and to its member. */
  lines(): { federation: Line; member: Line };
  /** kill -9: what it had not written down is forgotten. */
  kill(): void;
  start(): void;
  running(): boolean;
  /** How often it died by itself. */
  crashes: string[];
  /** Writes of the agent to its member that changed something or tried to: "PATCH /apis/…". */
  writes: string[];
  end(): Promise<void>;
}

export interface ClusterParts {
  name: string;
  region: string;
  seams: Seams;
  documents: Documents;
  server: Handler;
  random: (most: number) => number;
  log: (line: string) => void;
}

export async function startCluster(parts: ClusterParts): Promise<Cluster> {
  const { name, region, seams, documents, random } = parts;
  const member = await startMember(
    { name, region, nodes: 2, cpuPerNode: "4", memoryPerNode: "16Gi", podStartMs: 800, clusterUid: `cluster-${name}` },
    { ...seams, documents, log: parts.log },
  );
  const database = new DatabaseSync(":memory:");
  const crashes: string[] = [];
  const writes: string[] = [];
  let life: Life | undefined;

  function start(): void {
    if (life !== undefined) return;
    const federation = newLine(random);
    const home = { ...newLine(random), wrote: (method: string, path: string) => void writes.push(`${method} ${path}`) };
    const gate = { open: true };
    const state = stateIn(gated(database, gate));
    state.setMeta({ cluster: name, federation: "simulated" });
    const stop = new AbortController();
    const identity = openIdentity(state);
    const server = "http://federation";
    life = { federation, member: home, gate, state, stop };
    const mine = life;
    const reach = {
      state,
      federation: openFederation(
        { server, identity, clock: seams.clock, signal: stop.signal },
        httpOver(federation, server, parts.server),
      ),
      member: openMember(
        {
          endpoint: { url: new URL("http://member") },
          headers: async () => ({ authorization: `Bearer ${member.token}` }),
        },
        stop.signal,
        httpOver(home, `http://member/members/${name}`, async (request) =>
          member.faults.down ? new Response("down", { status: 503 }) : member.fetch(request),
        ),
      ),
    };
    const options = { server, signal: stop.signal, log: parts.log, clock: seams.clock, random: seams.random };
    runReaching(reach, options, stop, stop.signal).then(
      () => {},
      (error: unknown) => {
        if (mine.gate.open) crashes.push(String(error));
      },
    );
  }

  function kill(): void {
    if (life === undefined) return;
    const { federation, member: home, gate, stop } = life;
    gate.open = false;
    for (const line of [federation, home]) {
      line.dead = true;
      cutLine(line, true);
    }
    stop.abort();
    life = undefined;
  }

  return {
    name,
    member,
    lines: () => ({ federation: life?.federation ?? newLine(random), member: life?.member ?? newLine(random) }),
    kill,
    start,
    running: () => life !== undefined,
    crashes,
    writes,
    async end() {
      kill();
      await member.stop();
      database.close();
    },
  };
}

interface Life {
  federation: Line;
  member: Line;
  gate: { open: boolean };
  state: State;
  stop: AbortController;
}

const newLine = (random: (most: number) => number): Line => ({
  cut: false,
  lossPercent: 0,
  delayMs: 0,
  dead: false,
  random,
  streams: new Set(),
});

/** The database as one agent has it: killed, it writes nothing any more, and it cannot close what the next one reads. */
function gated(database: DatabaseSync, gate: { open: boolean }): Database {
  return {
    exec: (sql) => (gate.open ? database.exec(sql) : undefined),
    prepare(sql) {
      const statement = database.prepare(sql);
      return new Proxy(statement, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          const call = value as (...given: unknown[]) => unknown;
          return (...given: unknown[]) => {
            if (gate.open) return call.apply(target, given);
            return name === "run" ? { changes: 0, lastInsertRowid: 0 } : undefined;
          };
        },
      });
    },
    close() {},
    get isTransaction() {
      return database.isTransaction;
    },
  };
}
