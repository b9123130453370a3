// From the federation into two real members and back: create -> present, member Ready -> federation status right, a burst of 200,
// an agent's death and return. Members are real control planes with kwok; presence is seen by watches, not by polling.
import type { ControlPlane } from "../real/controlplane.ts";
import { eventually, type Federation, type Running } from "../e2e/processes.ts";
import { Client, deployment, expectStatus, percentile, pool, type Target } from "./client.ts";
import { record } from "./report.ts";

const path = "/apis/apps/v1/namespaces/default/deployments";
const SAMPLES = 60;
const BURST = 200;

/** When each name was first seen with the property, by watching one server. */
function observe(
  client: Client,
  property: (object: any) => boolean,
): { seen: Map<string, number>; gone: Set<string>; stop: () => void } {
  const seen = new Map<string, number>();
  const gone = new Set<string>();
  const stop = client.watch(`${path}?watch=true`, ({ type, object }) => {
    const name = object.metadata.name;
    if (type === "DELETED") gone.add(name);
    else if (!seen.has(name) && property(object)) seen.set(name, performance.now());
  });
  return { seen, gone, stop };
}

const ready =
  (replicas: number) =>
  (object: any): boolean =>
    object.status?.readyReplicas === replicas && object.status?.updatedReplicas === replicas;
const whole = (object: any): boolean =>
  object.status?.observedGeneration === object.metadata.generation &&
  object.status?.readyReplicas === object.spec.replicas;

export async function benchPropagation(
  federation: Federation,
  planes: ControlPlane[],
  adminToken: string,
): Promise<void> {
  const root = new Client({ name: "hanse", server: federation.server, token: adminToken }, 40);
  const members = planes.map((plane) => new Client(target(plane), 40));
  const present = members.map((member) => observe(member, () => true));
  const memberReady = members.map((member) => observe(member, ready(1)));
  const rootReady = observe(root, whole);
  await new Promise((done) => setTimeout(done, 500));

  const createToPresent: number[][] = members.map(() => []);
  const readyToRight: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    const name = `latency-${index}`;
    expectStatus(await root.call("POST", path, deployment(name, 2)), 201);
    const accepted = performance.now();
    await eventually(`${name} whole`, () => rootReady.seen.get(name), 30_000);
    present.forEach((member, i) =>
      createToPresent[i]!.push(Math.max(0, (member.seen.get(name) ?? Number.POSITIVE_INFINITY) - accepted)),
    );
    const last = Math.max(...memberReady.map((member) => member.seen.get(name) ?? Number.POSITIVE_INFINITY));
    readyToRight.push(Math.max(0, rootReady.seen.get(name)! - last));
    await root.call("DELETE", `${path}/${name}`);
    await eventually(`${name} gone`, () => present.every((member) => member.gone.has(name)), 30_000);
  }
  createToPresent.forEach((values, index) => {
    const who = planes[index]!.name;
    record({
      what: `create accepted -> present in ${who}, P50`,
      value: percentile(values, 0.5),
      unit: "ms",
      goal: ["<=", 45],
      beside: "Karmada 85-146, OCM 31-34",
    });
    record({
      what: `create accepted -> present in ${who}, P99`,
      value: percentile(values, 0.99),
      unit: "ms",
      goal: ["<=", 150],
      beside: "Karmada max 234",
    });
  });
  record({
    what: "last member Ready -> federation status right, P50",
    value: percentile(readyToRight, 0.5),
    unit: "ms",
    goal: ["<=", 50],
    beside: "Karmada 78-94",
  });
  record({
    what: "last member Ready -> federation status right, P99",
    value: percentile(readyToRight, 0.99),
    unit: "ms",
    goal: ["<=", 200],
    beside: "Karmada max 377",
  });

  const floor = await burst(
    "floor",
    async (name) => {
      await Promise.all(
        members.map(async (member) => expectStatus(await member.call("POST", path, deployment(name, 1)), 201)),
      );
    },
    present,
    memberReady,
  );
  record({
    what: `floor: ${BURST} created directly in both members, present`,
    value: floor.presentMs / 1000,
    unit: "s",
  });
  record({ what: `floor: ${BURST} created directly in both members, Ready`, value: floor.readyMs / 1000, unit: "s" });
  await pool(BURST, 16, async (index) => {
    await Promise.all(members.map((member) => member.call("DELETE", `${path}/floor-${index}`)));
  });
  await eventually("floor gone", () => present.every((member) => member.gone.has(`floor-${BURST - 1}`)), 60_000);
  await new Promise((done) => setTimeout(done, 5000));

  const ours = await burst(
    "burst",
    async (name) => expectStatus(await root.call("POST", path, deployment(name, 2)), 201),
    present,
    memberReady,
  );
  record({
    what: `${BURST} Deployments by 16 clients -> present in both members`,
    value: ours.presentMs / 1000,
    unit: "s",
    goal: ["<=", 5],
    beside: "Karmada 63-70 s",
  });
  record({
    what: `${BURST} Deployments by 16 clients -> Ready in both members`,
    value: ours.readyMs / 1000,
    unit: "s",
    goal: ["<=", 20],
  });
  await eventually(
    "the federation sees all of them whole",
    () => Array.from({ length: BURST }, (_, index) => rootReady.seen.has(`burst-${index}`)).every(Boolean),
    60_000,
  );

  for (const watch of [...present, ...memberReady, rootReady]) watch.stop();
  for (const client of [root, ...members]) client.close();
}

async function burst(
  prefix: string,
  create: (name: string) => Promise<void>,
  present: { seen: Map<string, number> }[],
  readyIn: { seen: Map<string, number> }[],
): Promise<{ presentMs: number; readyMs: number }> {
  const begun = performance.now();
  await pool(BURST, 16, (index) => create(`${prefix}-${index}`));
  const names = Array.from({ length: BURST }, (_, index) => `${prefix}-${index}`);
  const all = (watches: { seen: Map<string, number> }[]) => (): boolean =>
    names.every((name) => watches.every((watch) => watch.seen.has(name)));
  const lastSeen = (watches: { seen: Map<string, number> }[]): number =>
    Math.max(...names.flatMap((name) => watches.map((watch) => watch.seen.get(name)!)));
  await eventually(`${prefix} present`, all(present), 180_000);
  await eventually(`${prefix} ready`, all(readyIn), 180_000);
  return { presentMs: lastSeen(present) - begun, readyMs: lastSeen(readyIn) - begun };
}

/** Kills one agent, waits for NotReady, starts it again, waits for Ready. */
export async function benchPresence(
  federation: Federation,
  plane: ControlPlane,
  agent: Running,
  adminToken: string,
): Promise<Running> {
  const root = new Client({ name: "hanse", server: federation.server, token: adminToken }, 4);
  const isReady = async (): Promise<boolean> => {
    const node = JSON.parse((await root.call("GET", `/api/v1/nodes/${plane.name}`)).text);
    return node.status.conditions.some((condition: any) => condition.type === "Ready" && condition.status === "True");
  };
  await eventually("Ready before", isReady);
  await agent.kill("SIGKILL");
  const killed = performance.now();
  await eventually("NotReady", async () => !(await isReady()), 60_000);
  record({
    what: "agent killed -> cluster NotReady",
    value: (performance.now() - killed) / 1000,
    unit: "s",
    goal: ["<=", 15.5],
    beside: "Karmada 35-44 s",
  });
  const started = performance.now();
  const again = federation.agent(plane.name, plane.kubeconfig);
  await eventually("Ready again", isReady, 60_000);
  record({
    what: "agent process started again -> cluster Ready",
    value: (performance.now() - started) / 1000,
    unit: "s",
    goal: ["<=", 3],
    beside: "Karmada 18-20 s",
  });
  root.close();
  return again;
}

function target(plane: ControlPlane): Target {
  return { name: plane.name, server: plane.server, token: plane.token };
}
