// Followers before their workload and after it, through the real queue, when a member refuses one of them for a while.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Item } from "../kinds/protocol.ts";
import { reconcile } from "./apply.ts";
import { createLives } from "./live.ts";
import { openMember } from "./member.ts";
import type { Parts } from "./parts.ts";
import { createQueue } from "./queue.ts";
import { createReporter } from "./report.ts";
import { openState } from "./state.ts";

const FOLLOWER = { apiVersion: "v1", kind: "Secret", resource: "secrets", namespace: "shop", name: "db" };
const WORKLOAD = { apiVersion: "apps/v1", kind: "Deployment", resource: "deployments", namespace: "shop", name: "web" };

describe("order", () => {
  let server: Server;
  let dir: string;
  let parts: Parts;
  let now: number;
  /** What stands, by path, and what was done, in order. */
  let standing: Map<string, string>;
  let done: string[];
  /** Answers by "<method> <resource>" instead of carrying it out. */
  let refused: Map<string, number>;

  function answer(method: string, path: string): [code: number, body: object] {
    const what = `${method} ${path.includes("secrets") ? "secrets" : "deployments"}`;
    const code = refused.get(what);
    if (code !== undefined) return [code, { kind: "Status", code, reason: "Refused", message: "not now" }];
    const uid = standing.get(path);
    if (method !== "PATCH" && uid === undefined) return [404, { kind: "Status", code: 404, reason: "NotFound" }];
    if (method !== "GET") done.push(what);
    if (method === "DELETE") {
      standing.delete(path);
      return [200, { kind: "Status", status: "Success" }];
    }
    standing.set(path, uid ?? `m-${done.length}`);
    const managedFields = [{ manager: "hanse", operation: "Apply", fieldsV1: {} }];
    return [200, { metadata: { uid: standing.get(path), resourceVersion: "5", managedFields } }];
  }

  beforeEach(async () => {
    [standing, done, refused, now] = [new Map(), [], new Map(), 0];
    server = createServer((request: IncomingMessage, response) => {
      request.resume().on("end", () => {
        const [code, body] = answer(request.method ?? "", request.url?.split("?")[0] ?? "");
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    dir = mkdtempSync(join(tmpdir(), "hanse-order-"));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const signal = new AbortController().signal;
    const shared = {
      state: openState(dir),
      lives: createLives(),
      log: () => {},
      signal,
      random: () => 0,
      step: () => {},
    };
    const federation = { report: async () => ({ unknown: [] }) } as unknown as Parts["federation"];
    parts = {
      ...shared,
      federation,
      member: openMember({ endpoint: { url }, headers: async () => ({}) }),
      reporter: createReporter({ ...shared, federation, lost: () => {} }),
      queue: createQueue({ concurrency: 8, run: (entry) => reconcile(parts, entry) }),
      clock: () => now,
      observe: () => {},
      sameMember: async () => undefined,
      scaled: async () => false,
    };
  });
  afterEach(async () => {
    parts.queue.stop();
    parts.member.close();
    parts.state.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });

  const item = (key: typeof FOLLOWER, rank: number, more: object = {}): Item => {
    const metadata = { name: key.name, namespace: key.namespace };
    const object = { apiVersion: key.apiVersion, kind: key.kind, metadata, ...more };
    return { uid: key.name, version: 1, generation: 1, key, policy: "apply", rank, object };
  };
  const secret = item(FOLLOWER, 10);
  const workload = item(WORKLOAD, 20, { spec: { env: { secretName: "db" } } });
  const gone = (one: Item): Item => ({ ...one, generation: 2, object: undefined, tombstone: {} });

  function pull(...items: Item[]): void {
    for (const entry of parts.state.accept({ cursor: "0.1.1", items, complete: true })) parts.queue.add(entry);
  }
  const entry = (one: Item) => parts.state.get(one.uid);
  const settled = (check: () => boolean) => expect.poll(check, { timeout: 5000, interval: 5 }).toBe(true);

  it("a workload is not made while a follower it names waits for another try", async () => {
    refused.set("PATCH secrets", 503);
    pull(workload, secret);
    await settled(() => entry(workload)?.failure !== undefined);
    expect(entry(workload)?.failure).toMatchObject({ message: "waits for Secret db: not now", permanent: false });
    expect(done).toEqual([]);
    refused.clear();
    await settled(() => entry(workload)?.applied === 1);
    expect(done).toEqual(["PATCH secrets", "PATCH deployments"]);
  });

  const others: [string, code: number, object: Item["object"]][] = [
    ["that failed for good", 422, workload.object],
    ["that it does not name", 503, item(WORKLOAD, 20).object],
  ];
  it.each(others)("a workload does not wait for a follower %s", async (_what, code, object) => {
    refused.set("PATCH secrets", code);
    pull({ ...workload, object }, secret);
    await settled(() => entry(workload)?.applied === 1);
    expect(done).toEqual(["PATCH deployments"]);
  });

  it("nor for ever", async () => {
    refused.set("PATCH secrets", 503);
    pull(workload, secret);
    await settled(() => entry(workload)?.failure !== undefined);
    now += 60_000;
    await settled(() => entry(workload)?.applied === 1);
    expect(done).toEqual(["PATCH deployments"]);
  });

  it("a follower is not removed while its workload is still going, whatever comes first", async () => {
    pull(workload, secret);
    await settled(() => entry(workload)?.applied === 1);
    done = [];
    refused.set("DELETE deployments", 503);
    pull(gone(workload));
    await settled(() => entry(workload)?.failure !== undefined);
    pull(gone(secret));
    await settled(() => parts.lives.unsettled.has(entry(secret)!));
    expect(done).toEqual([]);
    refused.clear();
    await settled(() => entry(secret)?.removed === true);
    expect(done).toEqual(["DELETE deployments", "DELETE secrets"]);
  });
});
