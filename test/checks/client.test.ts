// openapi.yaml is good for what it is for: a client generated from it by somebody else's generator has the right types and works.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { generateSource } from "oazapfts";
import { beforeAll, expect, it } from "vitest";
import { openApp } from "./openapiapp.ts";

const root = resolve(import.meta.dirname, "../..");
const dir = join(root, "dist/openapi");
const program = join(import.meta.dirname, "clientprogram.ts");

beforeAll(async () => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "client.ts"), await generateSource(join(root, "openapi.yaml")));
});

/** What the compiler says of a program; "" when nothing. */
function typeErrors(file: string): string {
  const flags =
    "--ignoreConfig --noEmit --strict --skipLibCheck --allowImportingTsExtensions --module nodenext --target es2024";
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), [...flags.split(" "), "--lib", "es2024,dom", file], {
      cwd: root,
    });
    return "";
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout);
  }
}

it("has types that a program compiles against", () => {
  expect(typeErrors(program)).toBe("");
});

it.each([
  ["spec.replicas", "replicas: 2", 'replicas: "two"'],
  ["a required field", "selector: {", "selectors: {"],
  ["a status nobody answers with", "expected(404,", "expected(418,"],
  ["an agent's report", 'uid: "x", generation: 1', 'uid: "x"'],
  ["the spec of a Cluster", "unschedulable: true", 'unschedulable: "yes"'],
])("has types that notice a mistake in %s", (_what, right, wrong) => {
  const text = readFileSync(program, "utf8");
  expect(text).toContain(right);
  const file = join(dir, "mistaken.ts");
  writeFileSync(file, text.replace(right, wrong).replace("../../dist/openapi/client.ts", "./client.ts"));
  expect(typeErrors(file)).toMatch(/error TS/);
});

it("makes a client that works: a Deployment's life, and an agent's", async () => {
  const app = await openApp(() => "");
  const client = await import(join(dir, "client.ts"));
  Object.assign(client.defaults, { baseUrl: "https://fed", fetch: app.fetch, headers: app.headers });
  const { agentLife, deploymentLife } = await import("./clientprogram.ts");
  expect(await deploymentLife()).toEqual([
    "created web of 2",
    "listed web",
    "patched to 3",
    "patched to 4",
    "applied front",
    "scaled to 5",
    "deleted: NotFound",
  ]);
  expect(await agentLife()).toEqual([
    "created paris, cordoned true",
    "registered as paris",
    "0 changes, complete true",
    "unknown x",
    "0 objects in the view",
  ]);
});
