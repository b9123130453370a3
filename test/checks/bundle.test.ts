// The Worker stays far below what Cloudflare takes: 3 MB compressed, as wrangler would upload it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const LIMIT_BYTES = 3_000_000;

test("the Worker's bundle is below 3 MB compressed", () => {
  const folder = mkdtempSync(join(tmpdir(), "hanse-bundle-"));
  try {
    execFileSync(
      process.execPath,
      [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), "deploy", "--dry-run", "--outdir", folder],
      {
        cwd: ROOT,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
        stdio: "pipe",
      },
    );
    // Maps and wrangler's own note are not uploaded.
    const uploaded = readdirSync(folder).filter((name) => !name.endsWith(".map") && name !== "README.md");
    expect(uploaded).toContain("main.js");
    const sizes = uploaded.map((name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`Worker bundle: ${Math.round(total / 1000)} kB compressed`);
    expect(total).toBeLessThan(LIMIT_BYTES);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
