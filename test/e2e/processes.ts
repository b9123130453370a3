// Hanse as its users run it: `hanse serve`, `hanse join`, `hanse agent` as processes of their own, so that tests can kill -9 them.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePorts, kubectl } from "../real/controlplane.ts";

const root = resolve(import.meta.dirname, "../..");
const node = join(root, "node_modules/.bin/node");
const cli = join(root, "cli/hanse.js");
const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

export interface Running {
  pid: number;
  /** Sends the signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  exited(): boolean;
}

export interface Joined {
  server: string;
  token: string;
  caFile: string;
}

export interface Federation {
  dir: string;
  server: string;
  kubeconfig: string;
  /** Starts (again) `hanse serve` on the same data and address; resolves when /readyz says ok. `databaseUrl`: on that one from now on. */
  serve(databaseUrl?: string): Promise<void>;
  process: Running;
  join(name: string, region?: string): Joined;
  /** Starts an agent; the first start needs what `join` gave, a restart does not. */
  agent(name: string, memberKubeconfig: string, joined?: Joined): Running;
  /** Any other command of hanse as the admin: what it prints. */
  hanse(...args: string[]): string;
  kubectl(args: string[], options?: { binary?: "kubectl" | "kubectl-1.32"; input?: string }): string;
  /** GET as admin, parsed JSON. */
  get(path: string): Promise<{ status: number; body: any }>;
  /** Everything the processes printed, for a failing test's message. */
  logs(): string;
  stop(): Promise<void>;
}

export async function startFederation(database?: string): Promise<Federation> {
  const dir = mkdtempSync(join(tmpdir(), "hanse-e2e-"));
  const [port] = await freePorts(1);
  const server = `https://127.0.0.1:${port}`;
  const kubeconfig = join(dir, "data", "kubeconfig");
  const agents = new Set<Running>();

  const federation: Federation = {
    dir,
    server,
    kubeconfig,
    process: { pid: 0, kill: () => Promise.resolve(), exited: () => true },
    serve: async (databaseUrl) => {
      database = databaseUrl ?? database;
      const args = ["serve", "--data", join(dir, "data"), "--listen", `127.0.0.1:${port}`];
      federation.process = start(dir, "serve", database === undefined ? args : [...args, "--database-url", database]);
      const end = Date.now() + 60_000;
      while (!(await isReady(server))) {
        if (federation.process.exited() || Date.now() > end)
          throw new Error(`hanse serve did not get ready:\n${federation.logs()}`);
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    join: (name, region) => {
      const args = ["join", name, "--json", ...(region ? ["--region", region] : [])];
      return JSON.parse(
        execFileSync(node, [cli, ...args], { encoding: "utf8", env: { ...process.env, KUBECONFIG: kubeconfig } }),
      );
    },
    agent: (name, memberKubeconfig, joined) => {
      const args = [
        "agent",
        "--server",
        server,
        "--data",
        join(dir, `agent-${name}`),
        "--kubeconfig",
        memberKubeconfig,
      ];
      if (joined) args.push("--token", joined.token);
      args.push("--ca-file", join(dir, "data", "ca.crt"));
      const running = start(dir, `agent-${name}`, args);
      agents.add(running);
      return running;
    },
    hanse: (...args) =>
      execFileSync(node, [cli, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, KUBECONFIG: kubeconfig },
      }),
    kubectl: (args, options) => kubectl(kubeconfig, args, options),
    get: (path) => get(server, path, adminToken(kubeconfig)),
    logs: () => readLogs(dir),
    stop: async () => {
      await Promise.all([...agents].map((agent) => agent.kill("SIGKILL")));
      await federation.process.kill("SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await federation.serve();
  return federation;
}

function start(dir: string, name: string, args: string[]): Running {
  const log = createWriteStream(join(dir, `${name}.log`), { flags: "a" });
  const child = spawn(node, [cli, ...args], {
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  children.add(child);
  const ended = new Promise<void>((done) =>
    child.once("exit", () => {
      children.delete(child);
      done();
    }),
  );
  const exited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? -1,
    exited,
    kill: async (signal = "SIGKILL") => {
      if (exited()) return;
      child.kill(signal);
      await ended;
    },
  };
}

function readLogs(dir: string): string {
  const names = ["serve.log", "agent-alpha.log", "agent-beta.log"].filter((name) => existsSync(join(dir, name)));
  return names.map((name) => `--- ${name}\n${readFileSync(join(dir, name), "utf8").slice(-4000)}`).join("\n");
}

function adminToken(kubeconfig: string): string {
  return /token: "?([^"\s}]+)/.exec(readFileSync(kubeconfig, "utf8"))?.[1] ?? "";
}

function isReady(server: string): Promise<boolean> {
  return get(server, "/readyz", "").then(
    (answer) => answer.status === 200,
    () => false,
  );
}

function get(server: string, path: string, token: string): Promise<{ status: number; body: any }> {
  return new Promise((done, fail) => {
    const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
    const outgoing = request(
      new URL(path, server),
      { headers, rejectUnauthorized: false, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          let body: unknown = text;
          try {
            body = JSON.parse(text);
          } catch {
            // health answers are plain text
          }
          done({ status: response.statusCode ?? 0, body });
        });
      },
    );
    outgoing.on("error", fail);
    outgoing.end();
  });
}

/** Polls until `check` gives something other than undefined/false; the last error or state goes into the failure. */
export async function eventually<T>(
  what: string,
  check: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== false && value !== null) return value as NonNullable<T>;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new Error(
        `not within ${timeoutMs} ms: ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
      );
    await new Promise((done) => setTimeout(done, 50));
  }
}
