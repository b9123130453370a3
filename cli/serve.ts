// hanse serve: runs the federation's API until SIGTERM or SIGINT, and leaves kubeconfig (0600) and ca.crt in its data directory.
//
//   the admin's token: HANSE_ADMIN_TOKEN, else the one in DIR/kubeconfig, else a new one when the federation has none yet
//
// The kubeconfig is written before the federation learns the token's hash: a crash in between leaves a token that the next start
// makes good, never a federation whose token nobody knows. Refuses to lock the first admin out: only an explicit
// HANSE_ADMIN_TOKEN replaces a token that exists.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../worker/files.node.ts";
import { type FederationServer, startNode } from "../worker/node.ts";
import { type Credentials, hashToken, newAdminToken } from "../worker/store/credentials.ts";
import { refusedStart, UserError } from "./errors.ts";
import { formatKubeconfig, readAccess } from "./kubeconfig.ts";
import { giveBackAtRest } from "./rest.ts";
import { untilSignal } from "./signals.ts";

export const DEFAULT_LISTEN = "127.0.0.1:7420";
const MIN_TOKEN_LENGTH = 16;

export async function serve(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: "string", default: ".hanse" },
      "database-url": { type: "string" },
      listen: { type: "string", default: DEFAULT_LISTEN },
    },
  });
  const databaseUrl = values["database-url"] ?? process.env.DATABASE_URL;
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\/./.test(databaseUrl))
    throw new UserError("--database-url (or DATABASE_URL): write postgres://USER:PASSWORD@HOST:PORT/DATABASE", 2);
  const signal = untilSignal();
  const log = (line: string) => process.stdout.write(`hanse: ${line}\n`);
  const server = await startFederation({
    dataDir: values.data,
    databaseUrl,
    listen: values.listen,
    log,
  });
  giveBackAtRest();
  log(`serving ${server.url}, kubeconfig ${join(values.data, "kubeconfig")}`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  log("stopping");
  await server.stop();
}

/** What serve and demo share: the server, and the files it leaves for the admin. */
export async function startFederation(options: {
  dataDir: string;
  databaseUrl?: string;
  listen: string;
  log(line: string): void;
}): Promise<FederationServer> {
  const given = process.env.HANSE_ADMIN_TOKEN || undefined;
  try {
    return await startNode({ ...options, prepare: (server) => establishAdmin({ ...options, ...server, given }) });
  } catch (error) {
    throw refusedStart(error);
  }
}

async function establishAdmin(options: {
  dataDir: string;
  url: string;
  ca: string;
  credentials: Credentials;
  /** HANSE_ADMIN_TOKEN. */
  given: string | undefined;
  log(line: string): void;
}): Promise<void> {
  const { dataDir, credentials } = options;
  const path = join(dataDir, "kubeconfig");
  if (options.given !== undefined && !/^[\x21-\x7e]+$/.test(options.given))
    throw new UserError("HANSE_ADMIN_TOKEN may hold printable ASCII without spaces only");
  if (options.given !== undefined && options.given.length < MIN_TOKEN_LENGTH) {
    throw new UserError(
      `HANSE_ADMIN_TOKEN is shorter than ${MIN_TOKEN_LENGTH} characters; it opens everything, so make it long and random`,
    );
  }
  writeWhole(join(dataDir, "ca.crt"), options.ca, 0o644);
  const write = (token: string) =>
    writeWhole(path, formatKubeconfig({ ...options, server: options.url, token, user: "admin", name: "hanse" }), 0o600);

  const first = !(await credentials.hasAdminToken());
  const kept = existsSync(path) ? readAccess([path]).token : undefined;
  const token = options.given ?? kept ?? (first ? newAdminToken() : undefined);
  if (token === undefined) {
    options.log(
      `no ${path}: the admin's token was set at an earlier start and only its hash is kept; set HANSE_ADMIN_TOKEN to give a new one`,
    );
    return;
  }
  const hash = await hashToken(token);
  if (!first && !(await credentials.isAdminToken(hash))) {
    if (options.given === undefined) {
      options.log(`the token in ${path} is not this federation's; set HANSE_ADMIN_TOKEN to give a new one`);
      return;
    }
    options.log("HANSE_ADMIN_TOKEN replaces the admin's token");
  }
  write(token);
  await credentials.setAdminToken(hash);
}
