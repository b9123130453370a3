// One real Kubernetes control plane as local processes: etcd + kube-apiserver, on request with controller-manager and scheduler
// (`controllers`) and with kwok's fake kubelets (`kwok`). Everything lives in one temporary folder and dies with `stop()` or with this process.
// Promises: returns only when /readyz says ok (and the nodes are Ready, where there are any). Never touches a port that is in use.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realBinary, realFolder } from "./describe.ts";

export interface ControlPlaneOptions {
  name: string;
  /** Runs kube-controller-manager and kube-scheduler. */
  controllers?: boolean;
  /** Runs kwok, so that nodes become Ready and pods Running. */
  kwok?: boolean;
  /** How many fake nodes to create (needs kwok). Default 2 with kwok, else 0. */
  nodes?: number;
  cpuPerNode?: string;
  memoryPerNode?: string;
  /** Admission plug-ins to leave out, beside ServiceAccount. */
  withoutAdmission?: string[];
  /** etcd fsyncs as in production; off by default since tests do not survive a power cut. */
  durable?: boolean;
}

export interface Answer {
  status: number;
  body: any;
  /** Texts of its Warning headers. */
  warnings: string[];
}

export interface ControlPlane {
  name: string;
  /** https://127.0.0.1:port */
  server: string;
  /** Bearer token of a user in system:masters. */
  token: string;
  caFile: string;
  /** Path of a kubeconfig for that user. */
  kubeconfig: string;
  dir: string;
  pids: Record<string, number>;
  /** Plain JSON request as that user; throws only when nothing answers. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>;
  /** Sends a signal to one of the processes ("kube-apiserver", "etcd", …). */
  signal(process: string, signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), `hanse-real-${options.name}-`));
  const [etcdPort, peerPort, apiPort] = await freePorts(3);
  const token = `${options.name}-admin-token`;
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(dir, "sa.key"), keys.privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(dir, "sa.pub"), keys.publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(dir, "tokens.csv"), `${token},admin,admin,system:masters\nnobody-token,nobody,nobody\n`);

  const children = new Map<string, ChildProcess>();
  const start = (name: string, args: string[]): void => {
    const log = createWriteStream(join(dir, `${name}.log`));
    const child = spawn(realBinary(name), args, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    running.add(child);
    child.once("exit", () => running.delete(child));
    children.set(name, child);
  };

  const etcd = `http://127.0.0.1:${etcdPort}`;
  start("etcd", [
    `--data-dir=${join(dir, "etcd")}`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    "--log-level=error",
    ...(options.durable ? [] : ["--unsafe-no-fsync"]),
  ]);
  start("kube-apiserver", [
    `--etcd-servers=${etcd}`,
    `--cert-dir=${join(dir, "certs")}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${apiPort}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    `--token-auth-file=${join(dir, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(dir, "sa.pub")}`,
    `--service-account-signing-key-file=${join(dir, "sa.key")}`,
    `--disable-admission-plugins=${["ServiceAccount", ...(options.withoutAdmission ?? [])].join()}`,
    // As every cluster runs whose network is made by pods.
    "--allow-privileged=true",
    "--max-requests-inflight=2000",
    "--max-mutating-requests-inflight=1000",
  ]);

  const server = `https://127.0.0.1:${apiPort}`;
  const caFile = join(dir, "certs", "apiserver.crt");
  const kubeconfig = join(dir, "kubeconfig");
  const plane: ControlPlane = {
    name: options.name,
    server,
    token,
    caFile,
    kubeconfig,
    dir,
    pids: {},
    call: (method, path, body, contentType) => call(server, token, method, path, body, contentType),
    signal: (name, signal) => {
      children.get(name)?.kill(signal);
    },
    stop: async () => {
      const all = [...children.values()].filter((child) => child.exitCode === null && child.signalCode === null);
      await Promise.all(
        all.map(
          (child) =>
            new Promise<void>((resolve) => {
              child.once("exit", () => resolve());
              child.kill("SIGKILL");
            }),
        ),
      );
      rmSync(dir, { recursive: true, force: true });
    },
  };

  try {
    await until(
      `kube-apiserver of ${options.name}`,
      dir,
      async () => (await plane.call("GET", "/readyz")).status === 200,
    );
    const ca = readFileSync(caFile).toString("base64");
    writeFileSync(kubeconfig, kubeconfigText(options.name, server, ca, token), { mode: 0o600 });
    await until(
      "namespace default",
      dir,
      async () => (await plane.call("GET", "/api/v1/namespaces/default")).status === 200,
    );
    if (options.controllers) {
      start("kube-controller-manager", [
        `--kubeconfig=${kubeconfig}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        "--leader-elect=false",
        "--secure-port=0",
        `--service-account-private-key-file=${join(dir, "sa.key")}`,
        "--concurrent-deployment-syncs=20",
        "--concurrent-replicaset-syncs=20",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
      ]);
      start("kube-scheduler", [
        `--kubeconfig=${kubeconfig}`,
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
      ]);
    }
    if (options.kwok) await startKwok(plane, options, start);
    for (const [name, child] of children) plane.pids[name] = child.pid ?? -1;
    return plane;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function startKwok(
  plane: ControlPlane,
  options: ControlPlaneOptions,
  start: (name: string, args: string[]) => void,
): Promise<void> {
  const stages = join(realFolder(), "stages");
  const config = join(plane.dir, "kwok.yaml");
  writeFileSync(
    config,
    readdirSync(stages)
      .map((file) => readFileSync(join(stages, file), "utf8"))
      .map(endsByItself)
      .join("\n---\n"),
  );
  start("kwok", [
    `--kubeconfig=${plane.kubeconfig}`,
    `--config=${config}`,
    "--manage-all-nodes=true",
    "--node-lease-duration-seconds=40",
    "--server-address=",
  ]);
  const amounts = { cpu: options.cpuPerNode ?? "32", memory: options.memoryPerNode ?? "64Gi", pods: "500" };
  const count = options.nodes ?? 2;
  for (let index = 0; index < count; index++) {
    const name = `${options.name}-node-${index}`;
    const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
    const annotations = { "kwok.x-k8s.io/node": "fake" };
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels, annotations },
      status: { capacity: amounts, allocatable: amounts },
    };
    const created = await plane.call("POST", "/api/v1/nodes", node);
    if (created.status !== 201) throw new Error(`node ${name}: ${JSON.stringify(created.body)}`);
  }
  await until(`nodes of ${plane.name}`, plane.dir, async () => {
    const nodes = await plane.call("GET", "/api/v1/nodes");
    const ready = (node: any): boolean =>
      node.status?.conditions?.some((c: any) => c.type === "Ready" && c.status === "True");
    return nodes.body.items.length >= count && nodes.body.items.every(ready);
  });
}

/** kwok lets the pods of Jobs come to their end; here so does every pod that is not to be restarted, as `helm test` and `kubectl run` make them. */
function endsByItself(stage: string): string {
  return stage.replace(
    /- key: '\.metadata\.ownerReferences\.\[\]\.kind'\n\s+operator: 'In'\n\s+values:\n\s+- 'Job'/,
    "- { key: '.spec.restartPolicy', operator: In, values: [Never, OnFailure] }",
  );
}

/** Runs kubectl with this kubeconfig; returns stdout, throws with stderr. */
export function kubectl(
  kubeconfig: string,
  args: string[],
  options: { binary?: "kubectl" | "kubectl-1.32"; input?: string } = {},
): string {
  return execFileSync(realBinary(options.binary ?? "kubectl"), ["--kubeconfig", kubeconfig, ...args], {
    encoding: "utf8",
    input: options.input,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, HOME: join(tmpdir(), "hanse-kubectl-home") },
  });
}

async function until(what: string, dir: string, check: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      if (await check()) return;
    } catch {
      // not up yet
    }
    if (Date.now() > end) throw new Error(`${what} did not come up in ${timeoutMs} ms; logs in ${dir}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The text of a Warning header: 299 - "…". */
function unquoted(header: string): string {
  return header.slice(header.indexOf('"') + 1, -1).replace(/\\(.)/g, "$1");
}

function call(
  server: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  contentType = "application/json",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: "application/json" };
    const sent =
      body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    if (sent !== undefined) {
      headers["content-type"] = contentType;
      // Of a DELETE Node would send the body without saying that there is one.
      headers["content-length"] = String(Buffer.byteLength(sent));
    }
    const outgoing = request(new URL(path, server), { method, headers, rejectUnauthorized: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        let parsed: unknown = text;
        try {
          parsed = JSON.parse(text);
        } catch {
          // plain text answer, e.g. /readyz
        }
        const warnings = (response.headersDistinct["warning"] ?? []).map(unquoted);
        resolve({ status: response.statusCode ?? 0, body: parsed, warnings });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(sent);
  });
}

function kubeconfigText(name: string, server: string, ca: string, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
- name: ${name}
  cluster: { server: "${server}", certificate-authority-data: ${ca} }
users:
- name: admin
  user: { token: ${token} }
contexts:
- name: ${name}
  context: { cluster: ${name}, user: admin }
`;
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
