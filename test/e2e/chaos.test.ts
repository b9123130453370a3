// P2 to P7 under everything at once, a thousand times: real controllers and real agents over simulated clusters, with time, network and deaths in
// the hand of a seed (test/sim/chaos/). `node test/sim/chaos/main.ts SEED` repeats one with its transcript.
import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SEEDS = Number(process.env["HANSE_SEEDS"] ?? 1000);
const FIRST = Number(process.env["HANSE_SEED"] ?? 1);

async function seeds(first: number, count: number): Promise<string> {
  const script = `${import.meta.dirname}/../sim/chaos/main.ts`;
  const options = { maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [script, String(first), String(count)], options).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
  );
}

it(`P2 P3 P4 P5 P6 P7 ${SEEDS} seeds of operators, faults and deaths end in what was decided: nothing left over, nothing foreign touched, nobody writing`, async () => {
  // One more than there are cores: each waits for threads of its own now and then.
  const hands = Math.min(5, availableParallelism() + 1);
  const each = Math.ceil(SEEDS / hands);
  const said = await Promise.all(Array.from({ length: hands }, (_, hand) => seeds(FIRST + hand * each, each)));
  for (const text of said) expect(text).toMatch(new RegExp(`^${each} seeds, 0 failed; [0-9.]+ s\\n$`));
}, 600_000);

it("a seed tells the same story every time", async () => {
  const story = (text: string): string => text.split("\n").slice(0, -2).join("\n");
  const [once, again] = await Promise.all([seeds(FIRST, 1), seeds(FIRST, 1)]);
  expect(story(once).length).toBeGreaterThan(1_000);
  expect(story(again)).toBe(story(once));
}, 60_000);
