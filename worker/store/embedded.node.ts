// A real Postgres 18 beside the process, from the binaries that npm installed: data in `dir`, only on 127.0.0.1, password made at the
// first start. It outlives a kill -9 of its parent on purpose: the next start finds it and goes on with it. Durable (fsync and
// synchronous_commit on), small (one buffer of 32 MB, no helpers that wake without need). Refuses nothing a Postgres accepts.
import { spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { connect, createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launcher, type Launcher } from "./launch.node.ts";

export interface EmbeddedOptions {
  /** Made when absent; holds data/, password, postgres.log. */
  dir: string;
  /** Absent: any free one. Ignored when a server already runs on this directory. */
  port?: number;
}

export interface EmbeddedPostgres {
  /** postgres://… for the superuser of this server. */
  url: string;
  /** The postmaster, leader of its own process group. */
  pid: number;
  /** Waits until it has written everything and is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** Small, quiet and durable; everything else is Postgres' default. */
const SETTINGS: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "on",
  synchronous_commit: "on",
  max_connections: "24",
  shared_buffers: "32MB",
  wal_buffers: "4MB",
  work_mem: "4MB",
  maintenance_work_mem: "32MB",
  huge_pages: "off",
  jit: "off",
  // No process that is not needed: no I/O workers, no parallel workers, no replication.
  io_method: "sync",
  max_worker_processes: "0",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  max_logical_replication_workers: "0",
  max_wal_senders: "0",
  wal_level: "minimal",
  // At rest nothing to do means nothing done.
  autovacuum_max_workers: "1",
  autovacuum_naptime: "60s",
  bgwriter_lru_maxpages: "0",
  bgwriter_delay: "10s",
  wal_writer_delay: "10s",
  checkpoint_timeout: "15min",
  max_wal_size: "1GB",
  min_wal_size: "128MB",
  log_checkpoints: "off",
};

/** @throws Error that says what the log's end says, when the server does not come up within a minute. */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dir = resolve(options.dir);
  const data = join(dir, "data");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const run = await launcher(dir, data);
  if (!existsSync(join(data, "PG_VERSION"))) initialise(dir, data, run);
  const password = readFileSync(join(dir, "password"), "utf8").trim();

  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const running = readPostmaster(data);
    if (running !== undefined && isAlive(running.pid) && isPostmasterOf(running.pid, data)) {
      const ready = await untilReady(data, () => isAlive(running.pid));
      // One that was killed this very moment still looks alive, but answers nothing.
      if (ready !== undefined && (await answers(ready.port))) return handle(ready, password, data);
    }
    const port = options.port ?? (await freePort());
    const log = openSync(join(dir, "postgres.log"), "w", 0o600);
    const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    const child = run.start("postgres", ["-D", data, ...settings], log);
    closeSync(log);
    let exited = false;
    child.on("exit", () => (exited = true));
    child.on("error", () => (exited = true));
    const ready = await untilReady(data, () => !exited, child.pid);
    if (ready !== undefined) return handle(ready, password, data);
    const said = readFileSync(join(dir, "postgres.log"), "utf8").trim();
    // Backends of a killed postmaster keep its shared memory for a moment; another start may have been quicker; a free port may be taken.
    const passing =
      /is still in use|postmaster\.pid" already exists/.test(said) ||
      (options.port === undefined && said.includes("could not bind"));
    if (!passing || Date.now() > deadline)
      throw new Error(`Postgres did not start in ${dir}: ${said.split("\n").slice(-5).join(" / ")}`);
    await sleep(100);
  }
}

function handle({ pid, port }: Postmaster, password: string, data: string): EmbeddedPostgres {
  return {
    url: `postgres://hanse:${password}@127.0.0.1:${port}/postgres`,
    pid,
    stop: async () => {
      // Fast shutdown: ends connections, writes a checkpoint.
      if (isAlive(pid)) process.kill(pid, "SIGINT");
      // It removes its pid file last; as a zombie whose parent is gone it would stay "alive".
      while (isAlive(pid) && readPostmaster(data)?.pid === pid) await sleep(POLL_MS);
    },
  };
}

/** Written beside and moved in whole, so that a kill half way leaves nothing that looks like data. */
function initialise(dir: string, data: string, run: Launcher): void {
  const half = join(dir, "data.half");
  const passwordFile = join(dir, "password");
  rmSync(half, { recursive: true, force: true });
  writeFileSync(passwordFile, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  if (run.uid !== undefined) chownSync(passwordFile, run.uid, run.gid!);
  const done = run.finish("initdb", [
    "-D",
    half,
    "-U",
    "hanse",
    "--pwfile",
    passwordFile,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
  ]);
  if (done.status !== 0)
    throw new Error(`initdb failed in ${dir}: ${done.output.trim().split("\n").slice(-3).join(" / ")}`);
  renameSync(half, data);
}

interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** postmaster.pid: pid, data directory, start time, port, socket directory, address, shared memory, status. */
function readPostmaster(data: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
  } catch {
    return undefined;
  }
}

async function untilReady(data: string, alive: () => boolean, pid?: number): Promise<Postmaster | undefined> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (alive() && Date.now() < deadline) {
    const found = readPostmaster(data);
    if (found?.ready === true && (pid === undefined || found.pid === pid)) return found;
    await sleep(POLL_MS);
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A stale postmaster.pid may name a process that is somebody else by now. */
function isPostmasterOf(pid: number, data: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return command.includes("postgres") && command.includes(data);
  } catch {
    const done = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return done.status === 0 && done.stdout.includes(data);
  }
}

/** Sends an SSLRequest (PostgreSQL protocol, "Message Formats"), to which a living server says S or N. */
function answers(port: number): Promise<boolean> {
  return new Promise((found) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 2_000 });
    const end = (answered: boolean) => {
      socket.destroy();
      found(answered);
    };
    socket.on("connect", () => socket.write(Uint8Array.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on("data", () => end(true));
    for (const event of ["error", "timeout", "close"]) socket.on(event, () => end(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}
