// A full disk, as the agent sees it: its files cannot grow. In a process of its own, since the limit holds for a whole process.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const SCRIPT = `
  import { openState } from ${JSON.stringify(join(import.meta.dirname, "state.ts"))};
  const state = openState(process.argv[1]);
  const key = { apiVersion: "v1", kind: "ConfigMap", resource: "configmaps", namespace: "default", name: "a" };
  const item = { uid: "u", version: 1, generation: 1, key, policy: "apply", rank: 1, object: {} };
  const [entry] = state.accept({ cursor: "0.1.1", complete: true, items: [item] });
  let writes = 0;
  const writing = setInterval(() => {
    entry.failure = { reason: "x".repeat(100_000), message: String(writes), since: "", permanent: false };
    state.save(entry);
    if (++writes < 10) return;
    clearInterval(writing);
    try {
      state.setMeta({ hold: "1", filler: "x".repeat(1_000_000) });
      console.log("there was room");
    } catch {
      console.log("full, alive, hold", state.meta("hold"));
    }
    process.exit(0);
  }, 30);
`;

it("P6: a full disk does not end the agent, and a hold counts all the same", () => {
  const dir = mkdtempSync(join(tmpdir(), "hanse-full-"));
  // Blocks of 512 or 1024 bytes, as the shell likes.
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", "--input-type=module", "-e", SCRIPT, dir];
  const done = spawnSync("bash", ["-c", 'ulimit -f 300 && exec "$@"', "bash", ...node], { encoding: "utf8" });
  expect({ said: done.stdout.trim(), status: done.status, stderr: done.stderr }).toEqual({
    said: "full, alive, hold 1",
    status: 0,
    stderr: "",
  });
  rmSync(dir, { recursive: true });
});
