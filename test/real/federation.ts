// A federation in this process for tests of agents: the memory store behind the agent protocol over plain HTTP, and the few writes that the
// controllers would make (bindings, tombstones). `stop` and `start` on the same port are a federation that dies and comes back.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BINDINGS, type Binding, type Manner, REPORTS, type Report, type Tombstone } from "../../kinds/binding.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { createJoinToken, memoryCredentials } from "../../worker/store/credentials.ts";
import { openMemory } from "../../worker/store/memory.ts";
import type { Op, Store } from "../../worker/store/store.ts";
import { createAgentAuth } from "../../worker/wire/agentauth.ts";
import { agentRoutes } from "../../worker/wire/agentroutes.ts";

const kind = (resource: string, group: string, federation: Kind["federation"]): Kind =>
  ({ group, resource, federation }) as Kind;
const KINDS = [
  kind("namespaces", "", { rule: "container" }),
  kind("configmaps", "", { rule: "follower" }),
  kind("secrets", "", { rule: "follower" }),
  kind("services", "", { rule: "follower" }),
  kind("pods", "", { rule: "workload", divided: [], once: true }),
  kind("deployments", "apps", { rule: "workload", divided: ["spec.replicas"] }),
];

export interface TestFederation {
  store: Store;
  url: string;
  /** Requests answered, by "changes 200", "reports 200", … */
  answered: Map<string, number>;
  token(cluster: string): Promise<string>;
  /** Binds an object to a cluster under this uid, in one commit; a second time with new content or share: the next generation. */
  bind(cluster: string, ...wanted: Wanted[]): Promise<void>;
  tombstone(cluster: string, ...uids: string[]): Promise<void>;
  /** A tombstone that asks for more than to be carried out. */
  leave(cluster: string, uid: string, how: Pick<Tombstone, "orphan" | "graceSeconds">): Promise<void>;
  binding(cluster: string, uid: string): Promise<Binding | undefined>;
  report(cluster: string, uid: string): Promise<Report | undefined>;
  /** Waits for the store to say so, change by change. */
  until(what: string, check: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
  /** Replaces the data by another: what a restore from an old dump is. */
  replaceStore(store: Store): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface Wanted {
  uid: string;
  object: KubeObject;
  replicas?: number;
  manner?: Manner;
}

const RESOURCES: Record<string, string> = {
  Namespace: "namespaces",
  ConfigMap: "configmaps",
  Secret: "secrets",
  Service: "services",
  Pod: "pods",
  Deployment: "deployments.apps",
};

export async function startFederation(): Promise<TestFederation> {
  let store = openMemory();
  const credentials = memoryCredentials();
  const authenticateAgent = createAgentAuth({ credentials, clock: Date.now });
  const routes = () =>
    agentRoutes({
      store,
      kinds: { all: KINDS },
      credentials,
      authenticateAgent,
      presence: { seen: () => {} },
      clock: Date.now,
    });
  let app = routes();
  let server: Server;
  let port = 0;
  const answered = new Map<string, number>();

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    const { method = "GET", url = "/" } = incoming;
    const body = method === "POST" ? Buffer.concat(chunks) : undefined;
    const headers = new Headers(incoming.headers as Record<string, string>);
    const response = await app.fetch(
      new Request(`http://federation${url}`, { method, headers, body, signal: gone.signal }),
    );
    const what = `${url.split("?")[0]?.split("/").at(-1)} ${response.status}`;
    answered.set(what, (answered.get(what) ?? 0) + 1);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  }

  async function start(): Promise<void> {
    server = createServer((incoming, outgoing) => {
      serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
  }
  await start();

  async function read<T>(resource: string, cluster: string, uid: string): Promise<T | undefined> {
    const row = await store.get({ resource, namespace: cluster, name: uid });
    return row === undefined ? undefined : (JSON.parse(row.value) as T);
  }
  const put = (cluster: string, binding: Binding): Op => ({
    op: "put",
    key: { resource: BINDINGS, namespace: cluster, name: binding.template.uid },
    value: JSON.stringify(binding),
  });

  return {
    get store() {
      return store;
    },
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    answered,
    async token(cluster) {
      const key = { resource: CLUSTERS, namespace: "", name: cluster };
      const value = JSON.stringify({
        apiVersion: "hanse.dev/v1alpha1",
        kind: "Cluster",
        metadata: { name: cluster },
        spec: {},
      });
      await store.commit({ ops: [{ op: "create", key, value }] });
      return createJoinToken(credentials, { cluster, ttlMs: 60_000, now: Date.now() });
    },
    async bind(cluster, ...wanted) {
      const ops: Op[] = [];
      const contents: { digest: string; value: string }[] = [];
      for (const { uid, object, replicas, manner } of wanted) {
        const value = JSON.stringify(object);
        const revision = await store.digest(value);
        const before = await read<Binding>(BINDINGS, cluster, uid);
        const { name, namespace = "" } = object.metadata;
        const resource = RESOURCES[object.kind] ?? "";
        contents.push({ digest: revision, value });
        ops.push(
          put(cluster, {
            template: { apiVersion: object.apiVersion, kind: object.kind, resource, namespace, name, uid },
            templateGeneration: 1,
            generation: (before?.generation ?? 0) + 1,
            revision,
            share: replicas === undefined ? {} : { "spec.replicas": replicas },
            needs: [],
            ...(manner === undefined ? {} : { manner }),
          }),
        );
      }
      await store.commit({ ops, contents });
    },
    async tombstone(cluster, ...uids) {
      const ops: Op[] = [];
      for (const uid of uids) {
        const binding = await read<Binding>(BINDINGS, cluster, uid);
        const memberUid = (await read<Report>(REPORTS, cluster, uid))?.memberUid;
        if (binding === undefined) continue;
        ops.push(
          put(cluster, {
            ...binding,
            generation: binding.generation + 1,
            tombstone: { since: new Date().toISOString(), memberUid },
          }),
        );
      }
      await store.commit({ ops });
    },
    async leave(cluster, uid, how) {
      const binding = await read<Binding>(BINDINGS, cluster, uid);
      const memberUid = (await read<Report>(REPORTS, cluster, uid))?.memberUid;
      if (binding === undefined) return;
      const tombstone = { since: new Date().toISOString(), memberUid, ...how };
      await store.commit({ ops: [put(cluster, { ...binding, generation: binding.generation + 1, tombstone })] });
    },
    binding: (cluster, uid) => read(BINDINGS, cluster, uid),
    report: (cluster, uid) => read(REPORTS, cluster, uid),
    async until(what, check, timeoutMs = 10_000) {
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(), timeoutMs);
      const select = [BINDINGS, REPORTS, CLUSTERS].map((resource) => ({ resource }));
      const from = await store.version();
      try {
        if (await check()) return;
        for await (const _ of store.watch({ from, select, signal: end.signal })) if (await check()) return;
      } finally {
        clearTimeout(timer);
        end.abort();
      }
      throw new Error(`not within ${timeoutMs} ms: ${what}`);
    },
    replaceStore(other) {
      store = other;
      app = routes();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    start,
  };
}
