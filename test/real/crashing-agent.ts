// An agent as a process of its own that kills itself -9 at a named step (HANSE_CRASH="applied:2": the second time), for tests of P5.
// Without HANSE_CRASH it is an ordinary agent until SIGTERM.
import { runAgent } from "../../agents/main.ts";

const { HANSE_CRASH = "", HANSE_SERVER = "", HANSE_TOKEN, HANSE_DATA = "", HANSE_KUBECONFIG = "" } = process.env;
const [at, count] = HANSE_CRASH.split(":");
let left = Number(count);
const end = new AbortController();
process.once("SIGTERM", () => end.abort());

await runAgent({
  server: HANSE_SERVER,
  token: HANSE_TOKEN,
  dataDir: HANSE_DATA,
  kubeconfig: HANSE_KUBECONFIG,
  signal: end.signal,
  log: (line) => process.stdout.write(`${line}\n`),
  step: (name) => {
    if (name === at && --left === 0) process.kill(process.pid, "SIGKILL");
  },
});
