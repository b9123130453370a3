// Gives memory back when the process has come to rest. V8 keeps the young generation that a burst (or merely loading the modules) grew,
// and an idle process never collects: a federation that just started held 260 MB of which 22 MB lived. Costs nothing while busy: the
// full collection runs only after a period of (almost) no work in which memory stood clearly above what the last one left.
import v8 from "node:v8";
import vm from "node:vm";

const PERIOD_MS = 5_000;
/** Share of one core below which the process is at rest. */
const REST = 0.02;
/** Memory that must have come on top since the last collection. */
const WORTH_BYTES = 24 * 1024 * 1024;

type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

export function giveBackAtRest(): void {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc") as Collect;
  let cpu = process.cpuUsage();
  let left = 0;
  setInterval(() => {
    const used = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    const share = (used.user + used.system) / 1000 / PERIOD_MS;
    if (share > REST || process.memoryUsage.rss() < left + WORTH_BYTES) return;
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
    left = process.memoryUsage.rss();
    cpu = process.cpuUsage();
  }, PERIOD_MS).unref();
}
