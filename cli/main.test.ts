// The command line as a process: what it prints and how it ends.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

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
  [["join"], 2, /name one cluster/],
  [["join", "a", "--nope"], 2, /'--nope' \(hanse join --help\)/],
  [["join", "paris", "--kubeconfig", "/nonexistent"], 1, /no kubeconfig found at \/nonexistent/],
  [["kubeconfig", "--data", "/nonexistent"], 1, /`hanse serve --data \/nonexistent` writes it/],
])("%j ends with %i and one line that says what to do", (args, code, text) => {
  const { status, stderr } = hanse(args);
  expect(stderr).toMatch(text);
  expect(stderr.split("\n").length).toBeLessThanOrEqual(2);
  expect(status).toBe(code);
});
