// Kubeconfig files: reads them the way kubectl does (KUBECONFIG is a list, the first to define a name wins), and writes ours.
// Understands bearer tokens and client certificates; refuses exec plugins, which join and demo have no need for.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { UserError } from "./errors.ts";

/** How to reach one API server as one user. */
export interface Access {
  server: string;
  /** PEM. */
  ca?: string;
  /** Where the CA was read from, when it was a file. */
  caFile?: string;
  insecure?: boolean;
  token?: string;
  clientCert?: string;
  clientKey?: string;
}

interface Named {
  name: string;
  [field: string]: unknown;
}

interface Merged {
  current?: string;
  contexts: Map<string, Record<string, string>>;
  clusters: Map<string, Record<string, string | boolean>>;
  users: Map<string, Record<string, string>>;
}

/** The files kubectl would read, given --kubeconfig and $KUBECONFIG. */
export function kubeconfigPaths(flag: string | undefined, env: string | undefined): string[] {
  if (flag) return [flag];
  const listed = (env ?? "").split(delimiter).filter((path) => path !== "");
  return listed.length > 0 ? listed : [join(homedir(), ".kube", "config")];
}

/** @throws UserError when no file exists, the context is unknown, or it names nothing. */
export function readAccess(paths: string[], context?: string): Access {
  const present = paths.filter((path) => existsSync(path));
  if (present.length === 0) {
    throw new UserError(
      `no kubeconfig found at ${paths.join(", ")}; name one with --kubeconfig or KUBECONFIG (hanse serve writes DIR/kubeconfig)`,
    );
  }
  const merged = merge(present);
  const name = context ?? merged.current;
  if (!name) throw new UserError(`${present.join(", ")} has no current-context`);
  const chosen = merged.contexts.get(name);
  if (!chosen)
    throw new UserError(
      `no context "${name}" in ${present.join(", ")}; it has ${[...merged.contexts.keys()].join(", ") || "none"}`,
    );
  const cluster = merged.clusters.get(chosen.cluster ?? "");
  if (!cluster?.server)
    throw new UserError(
      `context "${name}" names the cluster "${chosen.cluster}", which ${present.join(", ")} does not describe`,
    );
  const user = merged.users.get(chosen.user ?? "") ?? {};
  if (user.exec || user["auth-provider"])
    throw new UserError(
      `the user of context "${name}" signs in through a plugin; give one with a token or a client certificate`,
    );
  return {
    server: String(cluster.server).replace(/\/+$/, ""),
    ca: material(cluster, "certificate-authority"),
    caFile: cluster["certificate-authority"] as string | undefined,
    insecure: cluster["insecure-skip-tls-verify"] === true,
    token: user.tokenFile ? readFileSync(user.tokenFile, "utf8").trim() : user.token,
    clientCert: material(user, "client-certificate"),
    clientKey: material(user, "client-key"),
  };
}

function merge(paths: string[]): Merged {
  const merged: Merged = { contexts: new Map(), clusters: new Map(), users: new Map() };
  for (const path of paths) {
    let file: Record<string, unknown>;
    try {
      file = (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
    } catch (error) {
      throw new UserError(`${path} is not a kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
    }
    merged.current ||= file["current-context"] as string | undefined;
    collect(file.contexts, "context", path, merged.contexts);
    collect(file.clusters, "cluster", path, merged.clusters);
    collect(file.users, "user", path, merged.users);
  }
  return merged;
}

const PATHS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** Adds what is not there yet; relative file names are meant relative to the kubeconfig they stand in. */
function collect<Value extends object>(list: unknown, field: string, path: string, into: Map<string, Value>): void {
  for (const entry of (Array.isArray(list) ? list : []) as Named[]) {
    if (into.has(entry.name)) continue;
    const value = { ...(entry[field] as Record<string, unknown>) };
    for (const key of PATHS) {
      if (typeof value[key] === "string") value[key] = resolve(dirname(path), value[key]);
    }
    into.set(entry.name, value as Value);
  }
}

function material(from: Record<string, unknown>, field: string): string | undefined {
  const inline = from[`${field}-data`];
  if (typeof inline === "string") return Buffer.from(inline, "base64").toString("utf8");
  const file = from[field];
  return typeof file === "string" ? readFileSync(file, "utf8") : undefined;
}

/** The text of a kubeconfig for one server; works wherever it is copied, since the CA stands inside. */
export function formatKubeconfig(options: {
  server: string;
  ca: string;
  token: string;
  user: string;
  name: string;
}): string {
  const { name, user } = options;
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${options.server}
    certificate-authority-data: ${Buffer.from(options.ca).toString("base64")}
users:
- name: ${user}
  user:
    token: ${JSON.stringify(options.token)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${user}
current-context: ${name}
`;
}
