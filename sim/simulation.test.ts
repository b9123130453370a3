// Simulated members over real HTTP: addresses, tokens, kubeconfigs, and the faults that make a member unreachable or slow.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Simulation, startSimulation } from "./simulation.ts";

let simulation: Simulation;
const size = { nodes: 1, cpuPerNode: "2", memoryPerNode: "4Gi", podStartMs: 5 };

beforeAll(async () => {
  simulation = await startSimulation({
    members: [
      { name: "paris", ...size },
      { name: "tokyo", ...size },
    ],
    clock: Date.now,
  });
});
afterAll(() => simulation.stop());

function get(member: string, path: string, token = simulation.token(member)): Promise<Response> {
  return fetch(`${simulation.url(member)}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

const firstNode = async (member: string): Promise<string> =>
  ((await (await get(member, "/api/v1/nodes")).json()) as any).items[0].metadata.name;

describe("a simulation", () => {
  it("serves each member under its own path", async () => {
    expect([await firstNode("paris"), await firstNode("tokyo")]).toEqual(["paris-node-0", "tokyo-node-0"]);
  });

  it("takes no member's token at another", async () => {
    expect((await get("paris", "/api/v1/nodes", simulation.token("tokyo"))).status).toBe(401);
  });

  it("knows no other members", async () => {
    const base = simulation.url("paris").replace("paris", "rome");
    expect((await fetch(`${base}/api/v1/nodes`)).status).toBe(404);
    expect(() => simulation.url("rome")).toThrow("no member named rome");
  });

  it("answers discovery and version as a cluster does", async () => {
    const version = (await (await get("paris", "/version")).json()) as any;
    expect(version.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
    const resources = (await (await get("paris", "/api/v1")).json()) as any;
    expect(resources.resources.map((one: any) => one.name)).toContain("pods");
  });

  it("writes kubeconfigs that lead to the member", () => {
    const config = JSON.parse(simulation.kubeconfig("tokyo"));
    expect(config.clusters[0].cluster.server).toBe(simulation.url("tokyo"));
    expect(config.users[0].user.token).toBe(simulation.token("tokyo"));
  });

  it("cuts connections, watches too, while a member is down, and only that member's", async () => {
    const watch = await get("paris", "/api/v1/nodes?watch=true");
    const reader = watch.body?.getReader();
    await reader?.read();
    const cut = (async () => {
      while (!(await reader?.read())?.done);
    })();
    simulation.fault("paris", { down: true });
    await expect(cut).rejects.toThrow("terminated");
    await expect(get("paris", "/api/v1/nodes")).rejects.toThrow("fetch failed");
    expect(await firstNode("tokyo")).toBe("tokyo-node-0");
    simulation.fault("paris", { down: false });
    expect(await firstNode("paris")).toBe("paris-node-0");
  });

  it("answers late, but answers, while a member is slow", async () => {
    simulation.fault("paris", { slowMs: 30 });
    expect(await firstNode("paris")).toBe("paris-node-0");
    simulation.fault("paris", { slowMs: undefined });
  });

  it("adds members while it runs", async () => {
    await simulation.add({ name: "oslo", ...size });
    expect(await firstNode("oslo")).toBe("oslo-node-0");
    await expect(simulation.add({ name: "oslo", ...size })).rejects.toThrow("exists");
  });
});
