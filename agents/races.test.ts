// What the federation says while the agent is in the middle of something: planted by a member that answers when the test lets it.
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
import { createReporter } from "./report.ts";
import { openState } from "./state.ts";

const key = { apiVersion: "v1", kind: "ConfigMap", resource: "configmaps", namespace: "default", name: "a" };
const object = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", namespace: "default", labels: { "hanse.dev/binding": "u" } },
};
const wanted = (generation: number): Item => ({
  uid: "u",
  version: generation,
  generation,
  key,
  policy: "apply",
  rank: 10,
  object,
});
const tombstone = (generation: number): Item => ({ ...wanted(generation), object: undefined, tombstone: {} });

describe("while the member answers slowly", () => {
  /** The one object of the member, by method what to wait for before its answer, and what was asked. */
  let standing: { uid: string } | undefined;
  let before: (method: string) => void;
  let asked: string[];
  let server: Server;
  let dir: string;
  let parts: Parts;
  let made = 0;

  function answer(method: string): [code: number, body: object] {
    const status = (code: number): [number, object] => [code, { kind: "Status", code, reason: "NotFound" }];
    if (method === "GET" && standing === undefined) return status(404);
    if (method === "DELETE") {
      standing = undefined;
      return [200, { kind: "Status", status: "Success" }];
    }
    const code = standing === undefined ? 201 : 200;
    standing ??= { uid: `m-${(made += 1)}` };
    const managedFields = [{ manager: "hanse", operation: "Apply", fieldsV1: {} }];
    return [
      code,
      {
        ...object,
        metadata: { ...object.metadata, uid: standing.uid, resourceVersion: "5", generation: 1, managedFields },
      },
    ];
  }

  beforeEach(async () => {
    standing = undefined;
    before = () => {};
    asked = [];
    server = createServer((request: IncomingMessage, response) => {
      const method = request.method ?? "";
      request.resume().on("end", () => {
        asked.push(method);
        const [code, body] = answer(method);
        before(method);
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    dir = mkdtempSync(join(tmpdir(), "hanse-races-"));
    const state = openState(dir);
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const shared = {
      state,
      lives: createLives(),
      log: () => {},
      signal: new AbortController().signal,
      random: () => 0,
      step: () => {},
    };
    const federation = { report: async () => ({ unknown: [] }) } as unknown as Parts["federation"];
    parts = {
      ...shared,
      federation,
      member: openMember({ endpoint: { url }, headers: async () => ({}) }),
      reporter: createReporter({ ...shared, federation, lost: () => {} }),
      queue: { add: () => {}, idle: () => true, stop: () => {} },
      clock: () => 0,
      observe: () => {},
      sameMember: async () => undefined,
      scaled: async () => false,
    };
    await pull(wanted(1));
    expect(parts.state.get("u")).toMatchObject({ applied: 1, memberUid: "m-1" });
    asked = [];
  });
  afterEach(async () => {
    made = 0;
    parts.member.close();
    parts.state.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
  });

  const accept = (item: Item): void => void parts.state.accept({ cursor: "0.1.1", items: [item], complete: true });
  async function pull(item: Item): Promise<void> {
    accept(item);
    await reconcile(parts, parts.state.get(item.uid)!);
  }

  it("P3: an object wanted again while its tombstone is looked into is not deleted", async () => {
    before = () => accept(wanted(3));
    await pull(tombstone(2));
    expect(asked).toEqual(["GET"]);
    expect(standing).toEqual({ uid: "m-1" });
  });

  it("P3: data that was replaced while a tombstone is looked into deletes nothing", async () => {
    before = () => parts.state.setMeta({ hold: "1" });
    await pull(tombstone(2));
    expect(asked).toEqual(["GET"]);
  });

  it("an object wanted again while it is being deleted is made again, known as ours, and not reported as removed", async () => {
    before = (method) => {
      if (method === "DELETE") accept(wanted(3));
    };
    await pull(tombstone(2));
    expect(parts.state.get("u")).toMatchObject({ removed: false, tombstone: false });
    before = () => {};
    await reconcile(parts, parts.state.get("u")!);
    expect(standing).toEqual({ uid: "m-2" });
    expect(parts.state.get("u")).toMatchObject({ removed: false, applied: 3, memberUid: "m-2" });
  });

  it("P3: what ran once and was removed is not made again by a federation restored to before, also after a restart", async () => {
    const once = (item: Item): Item => ({ ...item, uid: "o", once: true });
    parts.state.forget("u");
    await pull(once(wanted(1)));
    await pull(once(tombstone(2)));
    expect(parts.state.get("o")).toMatchObject({ removed: true });
    const acknowledge = (): void => parts.state.forget("o");
    for (const meanwhile of [() => {}, acknowledge, restart]) {
      meanwhile();
      asked = [];
      accept(once(wanted(1)));
      await reconcile(parts, parts.state.get("o")!);
      expect(asked).toEqual([]);
      expect(parts.state.get("o")).toMatchObject({ failure: { reason: "Gone", permanent: true } });
      // Taken away again, it is gone as it was.
      await pull(once(tombstone(2)));
      expect(asked).toEqual([]);
      expect(parts.state.get("o")).toMatchObject({ removed: true });
    }
  });

  it("what runs once and was to be removed before it was ever wanted here may run", async () => {
    const once = (item: Item): Item => ({ ...item, uid: "o", once: true });
    parts.state.forget("u");
    standing = undefined;
    await pull(once(tombstone(1)));
    parts.state.forget("o");
    asked = [];
    await pull(once(wanted(2)));
    expect(standing).toEqual({ uid: "m-2" });
  });

  function restart(): void {
    parts.state.forget("o");
    parts.state.close();
    parts.state = openState(dir);
  }
});
