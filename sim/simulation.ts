// Simulated member clusters, many in one process behind one plain-HTTP server on 127.0.0.1: http://127.0.0.1:PORT/members/<name>.
// Real HTTP that a real agent talks to; the API is the federation's own library over memory. For the demo, tests and scale.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { MEMBER_KINDS } from "../kinds/all.ts";
import { createDocuments } from "../worker/wire/documents/documents.ts";
import type { Faults } from "./faults.ts";
import { type MemberOptions, type SimulatedMember, startMember } from "./member.ts";

export interface SimulationOptions {
  members: MemberOptions[];
  /** Default: any free one. */
  port?: number;
  /** Milliseconds since the epoch. */
  clock: () => number;
  uid?: () => string;
  random?: () => number;
  log?: (line: string) => void;
}

export interface Simulation {
  /** Base URL of a member's Kubernetes API. */
  url(name: string): string;
  token(name: string): string;
  /** Text of a kubeconfig for a member's admin. */
  kubeconfig(name: string): string;
  /** The member itself: its store, and `faults` to plant some. */
  member(name: string): SimulatedMember;
  /** Sets faults beside those that stand; undefined takes one back. */
  fault(name: string, faults: Faults): void;
  add(options: MemberOptions): Promise<void>;
  stop(): Promise<void>;
}

export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const parts = {
    clock: options.clock,
    uid: options.uid ?? randomUUID,
    random: options.random ?? Math.random,
    documents: createDocuments({ all: MEMBER_KINDS }),
    log: options.log ?? ((line: string) => process.stderr.write(`sim: ${line}\n`)),
  };
  const members = new Map<string, SimulatedMember>();
  const add = async (one: MemberOptions): Promise<void> => {
    if (members.has(one.name)) throw new Error(`a member named ${one.name} exists`);
    members.set(one.name, await startMember(one, parts));
  };
  for (const one of options.members) await add(one);

  /** Open answers by member, to cut them when it goes down. */
  const open = new Map<string, Set<ServerResponse>>();
  const listener = getRequestListener(
    async (request) =>
      (await members.get(memberOf(new URL(request.url).pathname))?.fetch(request)) ??
      new Response("404 page not found\n", { status: 404 }),
    { overrideGlobalObjects: false },
  );
  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = memberOf(request.url ?? "");
    const faults = members.get(name)?.faults;
    if (faults?.slowMs) await new Promise((resolve) => setTimeout(resolve, faults.slowMs));
    if (faults?.down) return void request.socket.destroy();
    const answers = open.get(name) ?? new Set();
    open.set(name, answers.add(response));
    response.once("close", () => answers.delete(response));
    await listener(request, response);
  }

  // Idle agents keep their connections for longer than Node's 5 s.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  const member = (name: string): SimulatedMember => {
    const found = members.get(name);
    if (found === undefined) throw new Error(`no member named ${name}`);
    return found;
  };
  const url = (name: string): string => `http://127.0.0.1:${port}/members/${member(name).name}`;
  return {
    url,
    token: (name) => member(name).token,
    kubeconfig: (name) => kubeconfig(name, url(name), member(name).token),
    member,
    fault(name, faults) {
      Object.assign(member(name).faults, faults);
      if (faults.down) for (const response of open.get(name) ?? []) response.socket?.destroy();
    },
    add,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const one of members.values()) await one.stop();
    },
  };
}

/** "/members/paris/api/v1" -> "paris". */
function memberOf(path: string): string {
  const [, first, name = ""] = path.split("/", 3);
  return first === "members" ? decodeURIComponent(name) : "";
}

function kubeconfig(name: string, server: string, token: string): string {
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    },
    null,
    2,
  );
}
