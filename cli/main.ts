// The commands by name. Each is loaded only when it is called, so that an agent at rest holds no server in memory.
// Exit status: 0 done, 1 it failed, 2 wrong usage (plan: as `kubectl diff`). An error of the user's is one line; anything else is a bug and shows its stack.
import { UserError } from "./errors.ts";
import { HELP, helpFor } from "./help.ts";

type Command = (args: string[]) => Promise<void>;

const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import("./serve.ts")).serve,
  join: async () => (await import("./join.ts")).join,
  agent: async () => (await import("./agent.ts")).agent,
  demo: async () => (await import("./demo.ts")).demo,
  plan: async () => (await import("./plan.ts")).plan,
  epoch: async () => (await import("./epoch.ts")).epoch,
  kubeconfig: async () => (await import("./kubeconfig-command.ts")).kubeconfig,
};

async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const help = rest[0] ? helpFor(rest[0]) : HELP;
    if (help === undefined) throw unknown(rest[0]!);
    process.stdout.write(help);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  if (name === "--version" || name === "version") {
    const { VERSION } = await import("../kinds/version.ts");
    process.stdout.write(`hanse ${VERSION}\n`);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const help = helpFor(name);
  if (!load || help === undefined) throw unknown(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(help);
    return;
  }
  await (
    await load()
  )(rest);
}

function unknown(name: string): UserError {
  return new UserError(`unknown command "${name}"; there are ${Object.keys(COMMANDS).join(", ")} (hanse --help)`, 2);
}

function fail(error: unknown): void {
  if (error instanceof UserError) {
    process.stderr.write(`hanse: ${error.message}\n`);
    process.exit(error.code);
  }
  if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) {
    process.stderr.write(`hanse: ${error.message.split(". To specify")[0]} (hanse ${process.argv[2]} --help)\n`);
    process.exit(2);
  }
  // The server's own words are enough; the stack of an API error says nothing about the user's mistake.
  const named =
    error instanceof Error && error.name === "ApiError"
      ? error.message
      : error instanceof Error
        ? error.stack
        : String(error);
  process.stderr.write(`hanse: ${named}\n`);
  process.exit(1);
}

// kubectl closes the pipe early (`hanse kubeconfig | head -1`): that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

main(process.argv.slice(2)).catch(fail);
