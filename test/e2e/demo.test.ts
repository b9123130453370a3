// `npm start` as its users run it: from nothing to Ready, and once more on what the first start left.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const cli = resolve(import.meta.dirname, "../../cli/hanse.js");
const dir = mkdtempSync(join(tmpdir(), "hanse-demo-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it.each(["from nothing", "with the data of the first start", "and again"])(
  "hanse demo --once ends with 0 when all is Ready, %s",
  () => {
    const args = [cli, "demo", "--once", "--data", dir, "--listen", "127.0.0.1:0"];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 150_000 });
    expect(stderr).toBe("");
    expect(stdout).toContain("tomcat 6/6 Ready");
    expect(stdout).toContain("all Ready after");
    expect(status).toBe(0);
  },
  180_000,
);
