// Hanse at scale: 10,000 Deployments of 1 to 3 replicas over 100 simulated clusters, each with a real agent that joined by token.
// Measures a page of 500 as kubectl and client-go ask for it, and beside it how long placing took and what memory it costs.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createJoinToken, ensureCluster } from "../../cli/join.ts";
import { connect } from "../../cli/kube.ts";
import { readAccess } from "../../cli/kubeconfig.ts";
import { eventually, startFederation } from "../e2e/processes.ts";
import { Client, deployment, expectStatus, percentile, pool } from "./client.ts";
import { startCrowd } from "./crowd.ts";
import { familyOf, pssMiB } from "./rest.ts";
import { record } from "./report.ts";

const MEMBERS = Number(process.env["HANSE_BENCH_MEMBERS"] ?? 100);
const DEPLOYMENTS = Number(process.env["HANSE_BENCH_DEPLOYMENTS"] ?? 10_000);
const CLIENTS = 16;
const PAGE = 500;
const PASSES = 5;
const all = "/apis/apps/v1/deployments";
const path = "/apis/apps/v1/namespaces/default/deployments";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

export async function benchLists(): Promise<void> {
  const federation = await startFederation();
  const access = readAccess([federation.kubeconfig]);
  const root = new Client({ name: "hanse", server: access.server, token: access.token ?? "" }, CLIENTS);
  const members = startCrowd();
  const agents = startCrowd();
  try {
    const hosted = await members.ask({ do: "members", count: MEMBERS });
    const emptyMembers = await members.ask({ do: "memory" });
    const kube = connect(access);
    const joined: { name: string; kubeconfig: string; token: string }[] = [];
    for (const { name, kubeconfig } of hosted) {
      await ensureCluster(kube, name, undefined);
      joined.push({ name, kubeconfig, token: await createJoinToken(kube, name) });
    }
    kube.close();
    const bare = await agents.ask({ do: "memory" });
    const dir = join(federation.dir, "agents");
    mkdirSync(dir);
    const caFile = join(federation.dir, "data", "ca.crt");
    const begunJoin = performance.now();
    await agents.ask({ do: "agents", server: access.server, caFile, dir, members: joined });
    await eventually(`${MEMBERS} clusters Ready with their capacity`, () => clustersReady(root), 300_000);
    record({ what: `${MEMBERS} clusters joined, all Ready`, value: (performance.now() - begunJoin) / 1000, unit: "s" });
    const emptyAgents = await agents.ask({ do: "memory" });

    const begun = performance.now();
    const created = await pool(DEPLOYMENTS, CLIENTS, async (index) =>
      expectStatus(await root.call("POST", path, deployment(`scale-${index}`, (index % 3) + 1)), 201),
    );
    record({
      what: `${DEPLOYMENTS} Deployments created while ${MEMBERS} agents follow`,
      value: (DEPLOYMENTS / created.totalMs) * 1000,
      unit: "/s",
      beside: `p50 ${percentile(created.durationsMs, 0.5).toFixed(0)} ms, p99 ${percentile(created.durationsMs, 0.99).toFixed(0)} ms`,
    });
    await allReady(root);
    record({ what: "until all are placed, Ready and reported", value: (performance.now() - begun) / 1000, unit: "s" });

    for (const [what, accept] of [
      ["as objects", "application/json"],
      ["as Table", TABLE],
    ] as const) {
      const pages = await listPages(root, accept);
      const serial = percentile(pages.durationsMs, 0.95);
      const beside = `p50 ${percentile(pages.durationsMs, 0.5).toFixed(0)} ms, ${pages.durationsMs.length} pages, ${(pages.bytes / pages.durationsMs.length / 2 ** 20).toFixed(2)} MiB each`;
      record({
        what: `page of ${PAGE} of ${DEPLOYMENTS} ${what}, p95`,
        value: serial,
        unit: "ms",
        goal: ["<=", 100],
        beside,
      });
    }

    const fullMembers = await members.ask({ do: "memory" });
    const fullAgents = await agents.ask({ do: "memory" });
    const each = (mib: number): number => mib / MEMBERS;
    record({ what: "a simulated member, empty", value: each(emptyMembers.rssMiB - bare.rssMiB), unit: "MiB" });
    record({ what: "a simulated member, with its share", value: each(fullMembers.rssMiB - bare.rssMiB), unit: "MiB" });
    record({
      what: "an agent's share of its process, empty",
      value: each(emptyAgents.rssMiB - bare.rssMiB),
      unit: "MiB",
    });
    record({
      what: "an agent's share of its process, with its bindings",
      value: each(fullAgents.rssMiB - bare.rssMiB),
      unit: "MiB",
      beside: `heap ${each(fullAgents.heapMiB - bare.heapMiB).toFixed(2)} MiB`,
    });
    const serving = (): number[] => familyOf(federation);
    record({ what: "control plane with Postgres, right after: PSS", value: pssMiB(serving()), unit: "MiB" });
    await new Promise((done) => setTimeout(done, 30_000));
    record({ what: "control plane with Postgres, 30 s later: PSS", value: pssMiB(serving()), unit: "MiB" });
  } catch (error) {
    console.log(federation.logs(), `\nserve ended: ${federation.process.exited()}`);
    throw error;
  } finally {
    for (const line of await agents.ask({ do: "stop" })) console.log(`      agents: ${line}`);
    await members.ask({ do: "stop" });
    root.close();
    await federation.stop();
    rmSync(federation.dir, { recursive: true, force: true });
  }
}

async function clustersReady(root: Client): Promise<boolean> {
  const { items } = JSON.parse((await root.call("GET", "/apis/hanse.dev/v1alpha1/clusters")).text);
  const ready = items.filter(
    ({ status }: any) => status?.free && status.conditions?.some((c: any) => c.type === "Ready" && c.status === "True"),
  );
  if (ready.length < MEMBERS) throw new Error(`${ready.length} of ${MEMBERS}`);
  return true;
}

/** Waits until each Deployment's status speaks of its newest generation and of all its replicas; says how far it is. */
async function allReady(root: Client): Promise<void> {
  let last = -1;
  let since = performance.now();
  for (;;) {
    let ready = 0;
    let waiting = "";
    for (const { metadata, spec, status } of (await listAll(root, "application/json")).flatMap((page) => page.items)) {
      if (status?.observedGeneration === metadata.generation && status?.readyReplicas === spec.replicas) ready++;
      else waiting ||= `${metadata.name}: ${JSON.stringify(status)}`;
    }
    console.log(`      ${ready} of ${DEPLOYMENTS} Ready`);
    if (ready === DEPLOYMENTS) return;
    if (ready > last) [last, since] = [ready, performance.now()];
    if (performance.now() - since > 120_000) throw new Error(`no progress for two minutes at ${ready}; ${waiting}`);
    await new Promise((done) => setTimeout(done, 3000));
  }
}

async function listAll(root: Client, accept: string, took?: (ms: number, bytes: number) => void): Promise<any[]> {
  const pages: any[] = [];
  let token = "";
  do {
    const begun = performance.now();
    const answer = await root.call("GET", `${all}?limit=${PAGE}${token}`, undefined, undefined, accept);
    took?.(performance.now() - begun, answer.text.length);
    expectStatus(answer, 200);
    const page = JSON.parse(answer.text);
    pages.push(page);
    token = page.metadata.continue ? `&continue=${encodeURIComponent(page.metadata.continue)}` : "";
  } while (token !== "");
  return pages;
}

async function listPages(root: Client, accept: string): Promise<{ durationsMs: number[]; bytes: number }> {
  const durationsMs: number[] = [];
  let bytes = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    const pages = await listAll(root, accept, (ms, size) => {
      if (pass === 0) return; // warm-up
      durationsMs.push(ms);
      bytes += size;
    });
    const names = pages.flatMap(
      ({ items, rows }) =>
        items?.map((item: any) => item.metadata.name) ?? rows.map((row: any) => row.object.metadata.name),
    );
    if (new Set(names).size !== DEPLOYMENTS)
      throw new Error(`pages hold ${new Set(names).size} names of ${DEPLOYMENTS}`);
  }
  return { durationsMs, bytes };
}
