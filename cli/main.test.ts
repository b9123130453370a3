// The command line as a process: what it prints and how it ends.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

const temporary = mkdtempSync(join(tmpdir(), "hanse-cli-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

function hanse(
  args: string[],
  env: Record<string, string> = {},
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env: { ...process.env, ...env } });
}

it.each([
  [["--help"], /hanse serve \[--data DIR/],
  [["help", "join"], /--region R/],
  [["agent", "--help"], /A restart with the same DIR needs no token/],
  [["--version"], /^hanse \d+\.\d+\.\d+\n$/],
])("%j prints help and ends with 0", (args, text) => {
  const { status, stdout } = hanse(args);
  expect(stdout).toMatch(text);
  expect(status).toBe(0);
});

it.each([
  [[], 2, /^$/],
  [["fly"], 2, /unknown command "fly"; there are serve, join/],
  [["help", "fly"], 2, /unknown command "fly"/],
  [["join"], 2, /name one cluster/],
  [["epoch", "confrim"], 2, /write hanse epoch, or hanse epoch confirm/],
  [["join", "a", "--nope"], 2, /'--nope' \(hanse join --help\)/],
  [["join", "paris", "--kubeconfig", "/nonexistent"], 1, /no kubeconfig found at \/nonexistent/],
  [["serve", "--database-url", "localhost"], 2, /write postgres:\/\/USER/],
  [["serve", "--data", "/dev/null/x"], 1, /not a directory/],
  [
    ["serve", "--data", join(temporary, "listen"), "--listen", "nowhere.invalid:1"],
    1,
    /nowhere\.invalid is no address of this machine/,
  ],
  [
    [
      "serve",
      "--data",
      join(temporary, "database"),
      "--listen",
      "127.0.0.1:0",
      "--database-url",
      "postgres://127.0.0.1:1/x",
    ],
    1,
    /the database of --database-url does not serve: .*ECONNREFUSED/,
  ],
  [["demo", "--data", "/dev/null/x"], 1, /not a directory/],
  [["agent"], 2, /--server is missing/],
  [["agent", "--server", "nonsense"], 2, /write https:/],
  [["agent", "--server", "https://127.0.0.1:1", "--ca-file", "/nonexistent"], 1, /does not exist/],
  [["agent", "--server", "https://127.0.0.1:1", "--kubeconfig", "/nonexistent"], 1, /no kubeconfig of the member/],
  [
    ["agent", "--server", "https://127.0.0.1:1", "--data", join(temporary, "agent"), "--kubeconfig", main],
    1,
    /is no kubeconfig/,
  ],
  [["kubeconfig", "--data", "/nonexistent"], 1, /`hanse serve --data \/nonexistent` writes it/],
])("%j ends with %i and one line that says what to do", (args, code, text) => {
  const { status, stderr } = hanse(args);
  expect(stderr).toMatch(text);
  expect(stderr.split("\n").length).toBeLessThanOrEqual(2);
  expect(status).toBe(code);
});
