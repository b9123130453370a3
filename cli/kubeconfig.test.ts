import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { UserError } from "./errors.ts";
import { formatKubeconfig, kubeconfigPaths, readAccess } from "./kubeconfig.ts";

const dir = mkdtempSync(join(tmpdir(), "hanse-kubeconfig-"));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

const one = (name: string, server: string, current = name): string => `
apiVersion: v1
kind: Config
current-context: ${current}
clusters: [{ name: ${name}, cluster: { server: "${server}", certificate-authority: ca.crt } }]
users: [{ name: ${name}, user: { token: ${name}-token } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
`;

it("reads back what it writes", () => {
  const path = file(
    "own",
    formatKubeconfig({ server: "https://127.0.0.1:7420", ca: "PEM\n", token: "t", user: "admin", name: "hanse" }),
  );
  expect(readAccess([path])).toMatchObject({ server: "https://127.0.0.1:7420", ca: "PEM\n", token: "t" });
});

it.each([
  ["the flag alone", "a", "b:c", ["a"]],
  ["every file of KUBECONFIG", undefined, "b:c", ["b", "c"]],
])("uses %s, as kubectl does", (_, flag, env, paths) => {
  expect(kubeconfigPaths(flag, env)).toEqual(paths);
});

it("falls back to ~/.kube/config", () => {
  expect(kubeconfigPaths(undefined, "")[0]).toMatch(/\.kube\/config$/);
});

it("merges several: the first to set current-context wins, contexts of all can be chosen, files are relative to their own", () => {
  file("ca.crt", "CA");
  const paths = [file("a", one("a", "https://a/")), file("b", one("b", "https://b"))];
  expect(readAccess(paths)).toMatchObject({
    server: "https://a",
    token: "a-token",
    ca: "CA",
    caFile: join(dir, "ca.crt"),
  });
  expect(readAccess(paths, "b")).toMatchObject({ server: "https://b", token: "b-token" });
});

it.each([
  ["a missing file", () => readAccess([join(dir, "nowhere")]), /no kubeconfig found at .*nowhere/],
  ["an unknown context", () => readAccess([file("c", one("c", "https://c"))], "d"), /no context "d" in .*; it has c/],
  ["something that is no YAML", () => readAccess([file("e", "{")]), /is not a kubeconfig/],
  ["no current-context", () => readAccess([file("f", "kind: Config")]), /no current-context/],
])("says what is wrong with %s", (_, read, message) => {
  expect(read).toThrow(UserError);
  expect(read).toThrow(message);
});
