// node test/sim/chaos/main.ts [FIRST [COUNT]]: runs seeds and says which failed; one seed alone prints its transcript. Exit status 1 when any failed.
import { run } from "./run.ts";
import { VirtualTime } from "./virtualtime.ts";

const [first = 1, count = 1] = process.argv.slice(2).map(Number);
const time = new VirtualTime();
const begun = time.realNow();
time.install();
const failed: number[] = [];
for (let seed = first; seed < first + count; seed += 1) {
  const { faults, transcript } = await run(seed, time);
  if (count === 1) process.stdout.write(`${transcript.join("\n")}\n`);
  if (faults.length === 0) continue;
  failed.push(seed);
  process.stdout.write(`seed ${seed}: ${faults.join("\n  ")}\n`);
}
time.restore();
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
process.stdout.write(
  `${count} seeds, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(" ")}` : ""}; ${seconds} s\n`,
);
process.exit(failed.length > 0 ? 1 : 0);
