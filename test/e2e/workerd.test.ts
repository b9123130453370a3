// The same smoke in workerd: `wrangler dev`, offline, with Hyperdrive's local connection to an embedded Postgres and our own certificate.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe } from "vitest";
import { connect } from "../../cli/kube.ts";
import { startPostgres } from "../../worker/store/embedded.node.ts";
import { loadTls } from "../../worker/tls.node.ts";
import { freePorts } from "../real/controlplane.ts";
import { eventually } from "./processes.ts";
import { defineSmoke } from "./smoke.ts";

const root = resolve(import.meta.dirname, "../..");

describe("on workerd", () => {
  defineSmoke(async () => {
    const dir = mkdtempSync(join(tmpdir(), "hanse-workerd-"));
    const token = "smoke-admin-token-of-this-test";
    const [port, inspector] = await freePorts(2);
    const tls = await loadTls({ dir: join(dir, "tls"), hosts: ["localhost", "127.0.0.1"], now: Date.now() });
    const postgres = await startPostgres({ dir: join(dir, "postgres") });
    const said: string[] = [];
    const wrangler = startWrangler(dir, said, {
      port: port!,
      inspector: inspector!,
      pem: join(dir, "tls", "server.pem"),
      database: postgres.url,
      token,
    });
    const stop = async () => {
      await ended(wrangler);
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    };
    try {
      const kube = connect({ server: `https://127.0.0.1:${port}`, ca: tls.ca, token });
      await eventually(
        "workerd is ready",
        () => {
          if (wrangler.exitCode !== null) throw new Error(`wrangler ended: ${said.join("").slice(-4000)}`);
          return kube.request("GET", "/api/v1/namespaces/default").catch((error: Error) => {
            throw new Error(`${error.message}\n${said.join("").slice(-4000)}`);
          });
        },
        120_000,
      );
      kube.close();
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: `https://127.0.0.1:${port}`, ca: tls.ca, token, stop };
  });
});

function startWrangler(
  dir: string,
  said: string[],
  options: { port: number; inspector: number; pem: string; database: string; token: string },
): ChildProcess {
  const flags = {
    ip: "127.0.0.1",
    port: String(options.port),
    "inspector-port": String(options.inspector),
    "local-protocol": "https",
    "https-key-path": options.pem,
    "https-cert-path": options.pem,
    "persist-to": join(dir, "state"),
    var: `HANSE_ADMIN_TOKEN:${options.token}`,
    "show-interactive-dev-session": "false",
    "log-level": "warn",
  };
  const args = ["dev", "--local", ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  // Its own process group, so that workerd ends with it.
  const child = spawn(join(root, "node_modules/.bin/wrangler"), args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: `${options.database}?sslmode=disable`,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_LOG_PATH: join(dir, "logs"),
      CI: "1",
      NODE_EXTRA_CA_CERTS: "",
    },
  });
  child.stdout?.on("data", (chunk) => said.push(String(chunk)));
  child.stderr?.on("data", (chunk) => said.push(String(chunk)));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once("exit", done));
  process.kill(-child.pid!, "SIGTERM");
  const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 5000);
  await gone;
  clearTimeout(late);
}
