// npm run bench [-- documents custom api placement propagation rest lists]: measures the figures that the README quotes and prints them beside their goals.
// HANSE_PROFILE=dir leaves a CPU profile of every Hanse process that ends by itself there (serve does).
// Exit status 0 whether or not goals are reached: a bench tells, it does not gate.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startControlPlane } from "../real/controlplane.ts";
import { startFederation } from "../e2e/processes.ts";
import { benchApi } from "./api.ts";
import { benchCustom } from "./custom.ts";
import { benchDocuments } from "./documents.ts";
import { benchLists } from "./lists.ts";
import { benchPlacement } from "./placement.ts";
import { benchPresence, benchPropagation } from "./propagation.ts";
import { summary } from "./report.ts";
import { benchRest, familyOf } from "./rest.ts";

// Interrupted: end what was started (processes.ts and controlplane.ts do that when this process exits).
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const profiles = process.env["HANSE_PROFILE"];
if (profiles) process.env["NODE_OPTIONS"] = `--cpu-prof --cpu-prof-interval=2000 --cpu-prof-dir=${resolve(profiles)}`;

const wanted = new Set(process.argv.slice(2));
const want = (name: string): boolean => wanted.size === 0 || wanted.has(name);
const token = (kubeconfig: string): string => /token: "?([^"\s}]+)/.exec(readFileSync(kubeconfig, "utf8"))?.[1] ?? "";
const settle = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

if (want("documents")) {
  const federation = await startFederation();
  await benchDocuments({ name: "hanse", server: federation.server, token: token(federation.kubeconfig) });
  await federation.stop();
}

if (want("custom")) {
  const federation = await startFederation();
  await benchCustom({ name: "hanse", server: federation.server, token: token(federation.kubeconfig) });
  await federation.stop();
}

if (want("api")) {
  const federation = await startFederation();
  await benchApi(federation, token(federation.kubeconfig));
  await federation.stop();
}

if (want("placement")) await benchPlacement();

if (want("propagation") || want("rest")) {
  const federation = await startFederation();
  const planes = await Promise.all(
    ["alpha", "beta"].map((name) => startControlPlane({ name, controllers: true, kwok: true, nodes: 4 })),
  );
  const agents = planes.map((plane) => federation.agent(plane.name, plane.kubeconfig, federation.join(plane.name)));
  const server = (): number[] => familyOf(federation);
  await settle(10);
  if (want("rest")) await benchRest("at rest", server, agents[0]!.pid);
  if (want("propagation")) {
    await benchPropagation(federation, planes, token(federation.kubeconfig));
    await settle(15);
    if (want("rest")) await benchRest("holding 200 Deployments", server, agents[0]!.pid);
    agents[0] = await benchPresence(federation, planes[0]!, agents[0]!, token(federation.kubeconfig));
  }
  await federation.stop();
  await Promise.all(planes.map((plane) => plane.stop()));
}

if (want("lists")) await benchLists();

summary();
process.exit(0);
