// `hanse serve` as a process: it survives kill -9, ends cleanly, says what is wrong, and shares a database with others.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Kube } from "../../cli/kube.ts";
import { readAccess } from "../../cli/kubeconfig.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { type FederationServer, startNode } from "../../worker/node.ts";
import { hashToken } from "../../worker/store/credentials.ts";
import { startPostgres } from "../../worker/store/embedded.node.ts";
import { loadTls } from "../../worker/tls.node.ts";
import { eventually, type Federation, startFederation } from "./processes.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const map = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "1" } });
const main = resolve(import.meta.dirname, "../../cli/main.ts");

describe("hanse serve", () => {
  let federation: Federation;
  const admin = (): Kube => connect(readAccess([federation.kubeconfig]));

  beforeAll(async () => {
    federation = await startFederation();
  });
  afterAll(() => federation?.stop());

  it("leaves a kubeconfig that only its owner reads, and the CA beside it", () => {
    expect(statSync(federation.kubeconfig).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(federation.dir, "data", "ca.crt"), "utf8")).toMatch(/^-----BEGIN CERTIFICATE/);
    const printed = execFileSync(process.execPath, [main, "kubeconfig", "--data", join(federation.dir, "data")], {
      encoding: "utf8",
    });
    expect(printed).toBe(readFileSync(federation.kubeconfig, "utf8"));
  });

  it("P2 keeps every acknowledged write and its token over kill -9 in the middle of writes, three times", async () => {
    const acknowledged: string[] = [];
    const before = readFileSync(federation.kubeconfig, "utf8");
    for (let round = 0; round < 3; round++) {
      const kube = admin();
      const writers = Promise.allSettled(
        Array.from({ length: 8 }, async (_, writer) => {
          for (let index = 0; ; index++) {
            const name = `w-${round}-${writer}-${index}`;
            await kube.request("POST", MAPS, { body: map(name) });
            acknowledged.push(name);
          }
        }),
      );
      const count = acknowledged.length;
      await eventually("some writes", () => acknowledged.length > count + 50);
      await federation.process.kill("SIGKILL");
      await writers;
      await federation.serve();
    }
    const kube = admin();
    const { items } = await kube.request<{ items: KubeObject[] }>("GET", MAPS);
    const names = new Set(items.map((item) => item.metadata.name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
    expect(readFileSync(federation.kubeconfig, "utf8")).toBe(before);
  }, 120_000);

  it("refuses a second process on its directory or its port, in one line that says what to do", () => {
    const data = join(federation.dir, "data");
    const second = spawnSync(process.execPath, [main, "serve", "--data", data, "--listen", "127.0.0.1:0"], {
      encoding: "utf8",
    });
    expect([second.status, second.stderr]).toEqual([
      1,
      `hanse: ${data} is in use by another hanse process; stop it or choose another --data\n`,
    ]);
    const address = new URL(federation.server).host;
    const other = spawnSync(
      process.execPath,
      [main, "serve", "--data", join(federation.dir, "other"), "--listen", address],
      { encoding: "utf8" },
    );
    expect([other.status, other.stderr]).toEqual([
      1,
      `hanse: ${address} is already in use; stop what listens there or choose another --listen\n`,
    ]);
  });

  it("agents that cannot start say why in one line: wrong or spent token, another CA, a directory in use", async () => {
    const joined = federation.join("paris");
    const path = (name: string) => join(federation.dir, name);
    // Nobody is there: registering needs no member.
    const member = {
      clusters: [{ name: "m", cluster: { server: "https://127.0.0.1:1" } }],
      contexts: [{ name: "m", context: { cluster: "m", user: "m" } }],
      users: [],
      "current-context": "m",
    };
    writeFileSync(path("member"), JSON.stringify(member));
    const agent = (change: { token?: string; caFile?: string; dir?: string }) => {
      const { token, caFile = joined.caFile, dir = "never" } = change;
      const args = [
        "--server",
        federation.server,
        "--ca-file",
        caFile,
        "--data",
        path(dir),
        "--kubeconfig",
        path("member"),
        ...(token === undefined ? [] : ["--token", token]),
      ];
      const { status, stderr } = spawnSync(process.execPath, [main, "agent", ...args], {
        encoding: "utf8",
        timeout: 20_000,
      });
      expect(stderr.split("\n").length).toBe(2);
      return [status, stderr];
    };
    expect(agent({})).toEqual([1, expect.stringContaining("a join token is needed")]);
    expect(agent({ token: "wrong" })).toEqual([1, expect.stringContaining("unknown, expired or already spent")]);
    writeFileSync(
      path("other.crt"),
      (await loadTls({ dir: path("other-tls"), hosts: ["localhost"], now: Date.now() })).ca,
    );
    expect(agent({ token: joined.token, caFile: path("other.crt") })).toEqual([
      1,
      expect.stringContaining("not signed by the CA given with --ca-file"),
    ]);
    const running = federation.agent("paris", path("member"), joined);
    await eventually(
      "paris is heard",
      async () =>
        (await admin().request<KubeObject>("GET", "/apis/hanse.dev/v1alpha1/clusters/paris"))["status"]?.conditions?.[0]
          ?.status === "True",
    );
    expect(agent({ token: joined.token })).toEqual([1, expect.stringContaining("already spent")]);
    expect(agent({ dir: "agent-paris" })).toEqual([
      1,
      expect.stringContaining("agent-paris is in use by another agent"),
    ]);
    await running.kill("SIGTERM");
  }, 60_000);

  it("ends on SIGTERM: watches end whole, Postgres is gone, the next start finds everything", async () => {
    const access = readAccess([federation.kubeconfig]);
    const ended = new Promise<boolean>((done, fail) => {
      const headers = { authorization: `Bearer ${access.token}` };
      const request = https.get(
        `${federation.server}${MAPS}?watch=true`,
        { ca: access.ca, headers, agent: false },
        (response) => {
          response.on("data", () => {});
          response.on("close", () => done(response.complete));
          response.once("data", () => void federation.process.kill("SIGTERM"));
        },
      );
      request.on("error", fail);
    });
    expect(await ended).toBe(true);
    await eventually("the process ends", () => federation.process.exited(), 10_000);
    expect(existsSync(join(federation.dir, "data", "postgres", "data", "postmaster.pid"))).toBe(false);
    await federation.serve();
    expect((await admin().request<{ items: KubeObject[] }>("GET", MAPS)).items.length).toBeGreaterThan(100);
  });
});

describe("several processes on one database", () => {
  const dir = mkdtempSync(join(tmpdir(), "hanse-two-"));
  const token = "admin-token-of-two-processes";
  const servers: FederationServer[] = [];
  let postgres: Awaited<ReturnType<typeof startPostgres>>;

  beforeAll(async () => {
    postgres = await startPostgres({ dir: join(dir, "postgres") });
    const start = (name: string) =>
      startNode({
        dataDir: join(dir, name),
        databaseUrl: postgres.url,
        listen: "127.0.0.1:0",
        log: () => {},
        prepare: async ({ credentials }) => credentials.setAdminToken(await hashToken(token)),
      });
    servers.push(...(await Promise.all([start("one"), start("two")])));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it("P1 each sees what the other wrote, at once when it reads and soon when it watches", async () => {
    const [one, two] = servers.map((server) => connect({ server: server.url, ca: server.ca, token })) as [Kube, Kube];
    const seen = watchNames(servers[1]!, token, 20);
    for (let index = 0; index < 20; index++) {
      await (index % 2 === 0 ? one : two).request("POST", MAPS, { body: map(`m-${index}`) });
      expect((await (index % 2 === 0 ? two : one).request<KubeObject>("GET", `${MAPS}/m-${index}`)).data).toEqual({
        a: "1",
      });
    }
    expect(await seen).toEqual(Array.from({ length: 20 }, (_, index) => `m-${index}`));
    one.close();
    two.close();
  });
});

/** Names of the first `count` objects called m-… that a watch from now shows. */
function watchNames(server: FederationServer, token: string, count: number): Promise<string[]> {
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${token}` };
    const request = https.get(
      `${server.url}${MAPS}?watch=true`,
      { ca: server.ca, headers, agent: false },
      (response) => {
        const names: string[] = [];
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
          const lines = text.split("\n");
          text = lines.pop() ?? "";
          names.push(
            ...lines
              .map((line) => (JSON.parse(line) as { object: KubeObject }).object.metadata.name)
              .filter((name) => name.startsWith("m-")),
          );
          if (names.length < count) return;
          response.destroy();
          done(names);
        });
        response.on("error", () => {});
      },
    );
    request.on("error", fail);
  });
}
