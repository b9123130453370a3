// The import table (ARCHITECTURE.md) is checked by oxlint; this plants a violation for every row of it in a scratch
// tree and expects the lint to fail there, and plants the allowed imports and expects it to pass.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "hanse-imports-"));
  copyFileSync(join(root, ".oxlintrc.json"), join(scratch, ".oxlintrc.json"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What oxlint says of one planted file that imports `specifier`; "" when it accepts it. */
function lint(file: string, specifier: string): string {
  const path = join(scratch, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { planted } from "${specifier}";\n\nexport const used = planted;\n`);
  try {
    execFileSync(join(root, "node_modules/.bin/oxlint"), [file], { cwd: scratch, encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  } finally {
    rmSync(path);
  }
}

const forbidden: [file: string, specifier: string][] = [
  ["kinds/planted.ts", "../core/patch/json.ts"],
  ["kinds/planted.ts", "node:fs"],
  ["kinds/planted.ts", "hono"],
  ["kinds/planted.ts", "@marcbachmann/cel-js"],
  ["kinds/rules/cel.ts", "../../core/patch/json.ts"],
  ["core/placement/planted.ts", "@marcbachmann/cel-js"],
  ["core/patch/planted.ts", "../../worker/store/store.ts"],
  ["core/patch/planted.ts", "zod"],
  ["core/patch/apply/planted.ts", "node:crypto"],
  ["worker/store/planted.ts", "../wire/api.ts"],
  ["worker/store/planted.ts", "../../core/patch/json.ts"],
  ["worker/store/planted.ts", "hono"],
  ["worker/wire/planted.ts", "../controllers/all.ts"],
  ["worker/wire/planted.ts", "../../agents/main.ts"],
  ["worker/wire/planted.ts", "../store/postgres.ts"],
  ["worker/wire/planted.ts", "node:https"],
  ["worker/wire/planted.ts", "postgres"],
  ["worker/controllers/planted.ts", "../wire/api.ts"],
  ["worker/controllers/planted.ts", "hono"],
  ["worker/planted.ts", "../agents/main.ts"],
  ["worker/planted.ts", "@kubernetes/client-node"],
  ["agents/planted.ts", "../worker/store/store.ts"],
  ["agents/planted.ts", "@kubernetes/client-node"],
  ["agents/planted.ts", "hono"],
  ["agents/kube.ts", "../worker/wire/api.ts"],
  ["sim/planted.ts", "../agents/main.ts"],
  ["sim/planted.ts", "../worker/controllers/all.ts"],
  ["cli/planted.ts", "../worker/node.ts"],
  ["cli/planted.ts", "../agents/main.ts"],
];

const allowed: [file: string, specifier: string][] = [
  ["kinds/planted.ts", "zod"],
  ["kinds/rules/cel.ts", "@marcbachmann/cel-js"],
  ["kinds/planted.ts", "./object.ts"],
  ["core/patch/planted.ts", "../../kinds/object.ts"],
  ["worker/store/planted.ts", "drizzle-orm"],
  ["worker/wire/planted.ts", "../store/store.ts"],
  ["worker/wire/planted.ts", "hono"],
  ["worker/controllers/planted.ts", "../../core/schedule/divide.ts"],
  ["agents/kube.ts", "@kubernetes/client-node/dist/config.js"],
  ["agents/planted.ts", "node:sqlite"],
  ["sim/planted.ts", "../worker/wire/api.ts"],
  ["cli/serve.ts", "../worker/node.ts"],
  ["cli/demo.ts", "../agents/main.ts"],
];

describe("the import table", () => {
  it.each(forbidden)("%s may not import %s", (file, specifier) => {
    expect(lint(file, specifier)).toContain("no-restricted-imports");
  });

  it.each(allowed)("%s may import %s", (file, specifier) => {
    expect(lint(file, specifier)).toBe("");
  });
});
