// hanse plan as a process, against a federation with two clusters: the table, the summary, and how it ends.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import { bootstrap } from "../worker/controllers/bootstrap.ts";
import { type Controllers, runControllers } from "../worker/controllers/loop.ts";
import { createDocuments } from "../worker/wire/documents/documents.ts";
import { openTrial, type Trial } from "../worker/wire/trial.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const dir = mkdtempSync(join(tmpdir(), "hanse-plan-"));
const HANSE = "/apis/hanse.dev/v1alpha1";
let trial: Trial;
let controllers: Controllers;
let server: Server;

beforeAll(async () => {
  const documents = createDocuments({ all: ROOT_KINDS });
  trial = await openTrial(ROOT_KINDS, {
    projections: ROOT_PROJECTIONS,
    documents,
    plan: (change) => controllers.plan(change),
  });
  let uids = 0;
  const seams = { clock: () => trial.clock.now, random: () => 0, uid: () => `by-controller-${(uids += 1)}` };
  await bootstrap({ store: trial.store, ...seams });
  controllers = runControllers({ store: trial.store, ...seams, signal: new AbortController().signal });
  for (const name of ["paris", "tokyo"]) await enter(name);
  await trial.call("POST", `${HANSE}/clusterplacements`, { metadata: { name: "default" }, spec: {} });
  await controllers.idle();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
      const answer = await trial.request(request.url ?? "", {
        method: request.method ?? "GET",
        headers,
        body: body ?? null,
      });
      response.writeHead(answer.status).end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  write("kubeconfig", {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fed",
    clusters: [{ name: "fed", cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: "admin", user: { token: "good" } }],
    contexts: [{ name: "fed", context: { cluster: "fed", user: "admin" } }],
  });
});
afterAll(async () => {
  await controllers.stop();
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function enter(name: string): Promise<void> {
  const made = await trial.call("POST", `${HANSE}/clusters`, { metadata: { name } });
  const status = {
    free: { cpu: "100", memory: "100Gi", pods: "1000" },
    conditions: [
      { type: "Ready", status: "True", reason: "Heard", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
    ],
  };
  expect((await trial.call("PUT", `${HANSE}/clusters/${name}/status`, { ...made.body, status })).status).toBe(200);
}

function write(name: string, ...objects: object[]): string {
  const path = join(dir, name);
  writeFileSync(path, objects.map((object) => stringify(object)).join("---\n"));
  return path;
}

function hanse(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, "plan", ...args], {
      env: { ...process.env, KUBECONFIG: join(dir, "kubeconfig") },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += String(text)));
    child.stderr.on("data", (text) => (stderr += String(text)));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

const deployment = (name: string, replicas: number) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }] },
    },
  },
});

async function apply(object: Record<string, unknown>, path: string): Promise<void> {
  const last = JSON.stringify(object);
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": last };
  const body = { ...object, metadata: { ...(object["metadata"] as object), annotations } };
  expect((await trial.call("POST", path, body)).status).toBe(201);
  await controllers.idle();
}

it("shows what would come, ends with 1, and with 0 once it is there", async () => {
  const file = write("web.yaml", deployment("web", 4));
  const first = await hanse("-f", file);
  expect(first).toEqual({
    status: 1,
    stderr: "",
    stdout: `ACTION   RESOURCE           OBJECT        CLUSTER   REPLICAS
create   deployments.apps   default/web   paris     2
create   deployments.apps   default/web   tokyo     2
2 to create, 0 to change, 0 to delete
`,
  });
  await apply(deployment("web", 4), "/apis/apps/v1/namespaces/default/deployments");
  expect(await hanse("-f", file)).toEqual({
    status: 0,
    stderr: "",
    stdout: "0 to create, 0 to change, 0 to delete\n",
  });
  const scaled = await hanse(
    "-f",
    write("scaled.yaml", deployment("web", 6)),
    "--server-side",
    "--field-manager=unknown",
  );
  expect([scaled.status, scaled.stderr]).toEqual([2, expect.stringContaining("conflict with")]);
  const gone = await hanse("-f", file, "--delete");
  expect([gone.status, gone.stdout.split("\n").at(-2)]).toEqual([
    1,
    "0 to create, 0 to change, 2 to delete; 4 objects in clusters now",
  ]);
});

it("knows what a manifest no longer says, and when the server would refuse", async () => {
  const names = ["paris", "tokyo"];
  const placement = (clusters?: object[]) => ({
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Placement",
    metadata: { name: "narrow" },
    spec: clusters === undefined ? {} : { clusters },
  });
  for (let index = 0; index < 11; index += 1)
    await apply(deployment(`web-${index}`, 2), "/apis/apps/v1/namespaces/default/deployments");
  await apply(placement([{ names }]), `${HANSE}/namespaces/default/placements`);
  // Everywhere is where they are.
  expect((await hanse("-f", write("wide.yaml", placement()))).status).toBe(0);
  const narrowed = await hanse("-f", write("narrow.yaml", placement([{ names: ["paris"] }])));
  expect(narrowed.status).toBe(2);
  expect(narrowed.stdout).toMatch(/^move +deployments\.apps +default\/web-0 +tokyo -> paris +1 of 2$/m);
  expect(narrowed.stdout).toMatch(/^refused: this would delete 12 of 26 objects in clusters, more than 10 at once/m);
});

it.each([
  [[], 2, /name the files/],
  [["-f", "/nonexistent"], 2, /\/nonexistent: ENOENT/],
  [["-f", "KIND"], 2, /the server knows no Gadget in example\.com\/v1/],
  [["-f", "NAMELESS"], 2, /needs an apiVersion, a kind and a metadata\.name/],
  [["-f", "BROKEN"], 2, /broken\.yaml: /],
])("%j ends with %i and one line", async (args, code, text) => {
  const files: Record<string, () => string> = {
    KIND: () => write("kind.yaml", { apiVersion: "example.com/v1", kind: "Gadget", metadata: { name: "g" } }),
    NAMELESS: () => write("nameless.yaml", { apiVersion: "v1", kind: "ConfigMap" }),
    BROKEN: () => (writeFileSync(join(dir, "broken.yaml"), "a: [b"), join(dir, "broken.yaml")),
  };
  const { status, stderr } = await hanse(...args.map((arg) => files[arg]?.() ?? arg));
  expect(stderr).toMatch(text);
  expect([status, stderr.trimEnd().split("\n").length]).toEqual([code, 1]);
});
