// What the processes cost when nothing happens: proportional set size (shared buffers of Postgres counted once) and CPU share.
import { readdirSync, readFileSync } from "node:fs";
import type { Federation } from "../e2e/processes.ts";
import { record } from "./report.ts";

const TICKS_PER_SECOND = 100;

function children(pid: number): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parentOf = new Map<number, number>();
  for (const each of all) {
    try {
      const stat = readFileSync(`/proc/${each}/stat`, "utf8");
      parentOf.set(each, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // ended meanwhile
    }
  }
  const found = [pid];
  for (let index = 0; index < found.length; index++) {
    for (const [child, parent] of parentOf) if (parent === found[index]) found.push(child);
  }
  return found;
}

/** `hanse serve` and its Postgres, which may have another parent by now. */
export function familyOf(federation: Federation): number[] {
  const roots = [federation.process.pid];
  try {
    roots.push(Number(readFileSync(`${federation.dir}/data/postgres/data/postmaster.pid`, "utf8").split("\n")[0]));
  } catch {
    // it runs no Postgres of its own
  }
  return [...new Set(roots.flatMap(children))];
}

export function pssMiB(pids: number[]): number {
  let kib = 0;
  for (const pid of pids) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    kib += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kib / 1024;
}

export function rssMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

function cpuTicks(pids: number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks;
}

export async function benchRest(
  what: string,
  serverPids: () => number[],
  agentPid: number | undefined,
  seconds = 30,
): Promise<void> {
  const before = serverPids();
  const start = cpuTicks(before);
  const agentStart = agentPid === undefined ? 0 : cpuTicks([agentPid]);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const share = ((cpuTicks(before) - start) / TICKS_PER_SECOND / seconds) * 100;
  record({
    what: `control plane with Postgres, ${what}: PSS`,
    value: pssMiB(serverPids()),
    unit: "MiB",
    goal: ["<=", 300],
    beside: "Karmada 778-1505 MiB RSS",
  });
  record({
    what: `control plane with Postgres, ${what}: CPU`,
    value: share,
    unit: "% of a core",
    goal: ["<=", 1],
    beside: "Karmada 6 %",
  });
  if (agentPid !== undefined) {
    record({
      what: `agent, ${what}: RSS`,
      value: rssMiB(agentPid),
      unit: "MiB",
      goal: ["<=", 80],
      beside: "Karmada 77 MiB",
    });
    record({
      what: `agent, ${what}: CPU`,
      value: ((cpuTicks([agentPid]) - agentStart) / TICKS_PER_SECOND / seconds) * 100,
      unit: "% of a core",
    });
  }
}
