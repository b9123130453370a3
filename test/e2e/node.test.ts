// The smoke on Node: worker/node.ts over embedded Postgres.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { startNode } from "../../worker/node.ts";
import { hashToken } from "../../worker/store/credentials.ts";
import { defineSmoke } from "./smoke.ts";

describe("on Node", () => {
  defineSmoke(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "hanse-node-"));
    const token = "smoke-admin-token-of-this-test";
    const server = await startNode({
      dataDir,
      listen: "127.0.0.1:0",
      log: () => {},
      prepare: async ({ credentials }) => credentials.setAdminToken(await hashToken(token)),
    });
    return {
      url: server.url,
      ca: server.ca,
      token,
      stop: async () => {
        await server.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  });
});
