// hanse agent: runs the agent of one member cluster until SIGTERM or SIGINT.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { runAgent } from "../agents/main.ts";
import { refusedStart, UserError } from "./errors.ts";
import { kubeconfigPaths } from "./kubeconfig.ts";
import { giveBackAtRest } from "./rest.ts";
import { untilSignal } from "./signals.ts";

export async function agent(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: "string" },
      token: { type: "string" },
      "ca-file": { type: "string" },
      data: { type: "string", default: ".hanse-agent" },
      kubeconfig: { type: "string" },
      context: { type: "string" },
    },
  });
  if (!values.server) throw new UserError("--server is missing; `hanse join NAME` prints the whole command", 2);
  if (!/^https?:\/\/[^/]/.test(values.server) || !URL.canParse(values.server))
    throw new UserError(`--server ${values.server}: write https://HOST:PORT`, 2);
  const caFile = values["ca-file"];
  if (caFile && !existsSync(caFile)) throw new UserError(`--ca-file ${caFile} does not exist`);
  const paths = kubeconfigPaths(values.kubeconfig, process.env.KUBECONFIG);
  const kubeconfig = paths.find((path) => existsSync(path));
  if (!kubeconfig)
    throw new UserError(`no kubeconfig of the member cluster at ${paths.join(", ")}; name one with --kubeconfig`);
  giveBackAtRest();
  await runAgent({
    server: values.server,
    caFile,
    token: values.token,
    dataDir: values.data,
    kubeconfig,
    context: values.context,
    signal: untilSignal(),
    log: (line) => process.stdout.write(`${line}\n`),
  }).catch((error: unknown) => {
    throw refusedStart(error);
  });
}
