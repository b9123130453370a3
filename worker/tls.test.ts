import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadTls } from "./tls.node.ts";

const DAY_MS = 24 * 3600_000;
const now = Date.parse("2026-11-23T12:00:00Z");
const hosts = ["localhost", "127.0.0.1", "::1"];
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hanse-tls-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

it("makes a CA and a server certificate that it signed, for every host", async () => {
  const { ca, pem } = await loadTls({ dir, hosts, now });
  const server = new X509Certificate(pem);
  expect(server.verify(new X509Certificate(ca).publicKey)).toBe(true);
  expect(new X509Certificate(ca).ca).toBe(true);
  expect(server.ca).toBe(false);
  expect([server.checkHost("localhost"), server.checkIP("127.0.0.1"), server.checkIP("::1")]).not.toContain(undefined);
  expect(server.checkHost("example.org")).toBe(undefined);
});

it("keeps private keys to the owner", async () => {
  await loadTls({ dir, hosts, now });
  const modes = ["ca.key", "server.pem"].map((file) => statSync(join(dir, file)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600]);
});

it("uses the same certificate again while it lasts", async () => {
  const first = await loadTls({ dir, hosts, now });
  expect(await loadTls({ dir, hosts: ["localhost"], now: now + 300 * DAY_MS })).toEqual(first);
});

it.each([
  ["a month before it expires", { hosts, now: now + 340 * DAY_MS }],
  ["when a host is missing", { hosts: [...hosts, "fed.example.org"], now }],
])("signs a new one %s, with the same CA", async (_, later) => {
  const first = await loadTls({ dir, hosts, now });
  const second = await loadTls({ dir, ...later });
  expect(second.ca).toBe(first.ca);
  expect(second.pem).not.toBe(first.pem);
  expect(await loadTls({ dir, ...later })).toEqual(second);
});

it("refuses to replace a CA that it cannot read", async () => {
  await loadTls({ dir, hosts, now });
  writeFileSync(join(dir, "ca.crt"), "broken");
  await expect(loadTls({ dir, hosts, now })).rejects.toThrow(/PEM|asn1|parse/i);
  expect(readFileSync(join(dir, "ca.crt"), "utf8")).toBe("broken");
});
