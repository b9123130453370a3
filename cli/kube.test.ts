import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadTls } from "../worker/tls.node.ts";
import { UserError } from "./errors.ts";
import { ApiError, connect } from "./kube.ts";

const dir = mkdtempSync(join(tmpdir(), "hanse-kube-"));
let server: Server;
let url: string;
let ca: string;
let otherCa: string;

beforeAll(async () => {
  const tls = await loadTls({ dir: join(dir, "a"), hosts: ["127.0.0.1"], now: Date.now() });
  otherCa = (await loadTls({ dir: join(dir, "b"), hosts: ["127.0.0.1"], now: Date.now() })).ca;
  ca = tls.ca;
  server = createServer({ cert: tls.pem, key: tls.pem }, (request, response) => {
    if (request.url === "/status") {
      response
        .writeHead(409)
        .end(JSON.stringify({ kind: "Status", reason: "Conflict", message: "somebody else was first" }));
    } else if (request.url === "/text") response.writeHead(502).end("<html>bad gateway</html>");
    else
      response.writeHead(200).end(
        JSON.stringify({
          method: request.method,
          authorization: request.headers.authorization,
          type: request.headers["content-type"],
        }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

it("sends the token and the content type, and parses the answer", async () => {
  const kube = connect({ server: url, ca, token: "t" });
  expect(await kube.request("PATCH", "/x", { body: {}, contentType: "application/merge-patch+json" })).toEqual({
    method: "PATCH",
    authorization: "Bearer t",
    type: "application/merge-patch+json",
  });
  kube.close();
});

it.each([
  ["/status", 409, "Conflict", "somebody else was first"],
  ["/text", 502, "", "HTTP 502: <html>bad gateway</html>"],
])("throws what the server said about %s", async (path, status, reason, message) => {
  const kube = connect({ server: url, ca });
  await expect(kube.request("GET", path)).rejects.toMatchObject({ name: ApiError.name, status, reason, message });
  kube.close();
});

it.each([
  [
    "a server that does not listen",
    () => ({ server: "https://127.0.0.1:1", ca }),
    /nothing listens there: is `hanse serve` running\?/,
  ],
  [
    "a certificate of another CA",
    () => ({ server: url, ca: otherCa }),
    /not signed by the CA that the kubeconfig names/,
  ],
  ["a certificate for other hosts", () => ({ server: url.replace("127.0.0.1", "localhost"), ca }), /cannot reach/],
])("says what to do about %s", async (_, access, message) => {
  const kube = connect(access());
  const failure = await kube.request("GET", "/").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as UserError).message).toMatch(message);
  kube.close();
});
