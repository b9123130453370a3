// Starts without the TypeScript compiler in memory. Node 24 strips types with a WebAssembly module that stays for the life of the process: 40 MB,
// half of what an agent at rest may have. Its compile cache holds the stripped code; a cold one is filled once by a short-lived child.
// Plain JavaScript, because it runs before the first .ts file. Never fails: without a cache everything works, with more memory.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules", ".cache", "hanse");

/** Call it before importing `main`, the command's .ts file; `entry` is what the command will import. */
export function startLean(main, entry) {
  try {
    const stamp = join(folder, `warm-${process.version}-${newest()}-${Buffer.from(entry).toString("hex").slice(-24)}`);
    if (!existsSync(stamp)) {
      mkdirSync(folder, { recursive: true });
      const load = `import("node:module").then((m) => m.enableCompileCache(${JSON.stringify(folder)})).then(() => import(${JSON.stringify(entry)})).then(() => import(${JSON.stringify(main)}))`;
      const child = spawnSync(process.execPath, ["-e", load, main, "--help"], { stdio: "ignore", timeout: 20_000 });
      if (child.status === 0) writeFileSync(stamp, "");
    }
    enableCompileCache(folder);
  } catch {
    // A read-only installation: then without.
  }
}

/** The time of the last change to any source: code that changed is not in the cache. */
function newest() {
  let last = 0;
  for (const name of ["agents", "cli", "core", "kinds", "worker"]) {
    for (const file of readdirSync(join(root, name), { recursive: true })) {
      if (String(file).endsWith(".ts")) last = Math.max(last, statSync(join(root, name, String(file))).mtimeMs);
    }
  }
  return Math.round(last);
}
