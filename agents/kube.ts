// How to reach and convince a member's API server: a kubeconfig (or the service account inside a pod) becomes an endpoint and headers.
// The only user of @kubernetes/client-node, and only of its small parts: its index loads every generated client, 80 MB of memory that
// an agent at rest must not hold. Refused with a clear error: what those parts do not cover (auth-provider plugins, proxies).
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type Cluster,
  type Context,
  newClusters,
  newContexts,
  newUsers,
  type User,
} from "@kubernetes/client-node/dist/config_types.js";
import { ExecAuth } from "@kubernetes/client-node/dist/exec_auth.js";
import { load } from "js-yaml";
import type { Endpoint } from "./http.ts";

export interface Access {
  endpoint: Endpoint;
  /** Asked for every request: tokens in files and from exec plugins change. */
  headers(): Promise<Record<string, string>>;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/** kubelet renews projected tokens long before they expire. */
const TOKEN_FILE_TTL_MS = 60_000;

/** Without a kubeconfig: the pod's own service account. Throws when neither is there or the context is not. */
export async function openAccess(kubeconfig: string | undefined, context?: string): Promise<Access> {
  return kubeconfig === undefined ? fromServiceAccount() : fromKubeconfig(kubeconfig, context);
}

function fromServiceAccount(): Access {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port) throw new Error("no kubeconfig was given, and this is no pod of a cluster");
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    endpoint: { url: new URL(`https://${name}:${port}`), ca: readFileSync(`${SERVICE_ACCOUNT}/ca.crt`) },
    headers: tokenFile(`${SERVICE_ACCOUNT}/token`),
  };
}

async function fromKubeconfig(path: string, contextName?: string): Promise<Access> {
  const config = readConfig(path);
  const contexts: Context[] = newContexts(config["contexts"] ?? []);
  const wanted = contextName ?? config["current-context"];
  const context = contexts.find((one) => one.name === wanted);
  if (context === undefined) throw new Error(`${path}: no context named ${JSON.stringify(wanted ?? "")}`);
  const cluster: Cluster | undefined = newClusters(config["clusters"] ?? []).find(
    (one) => one.name === context.cluster,
  );
  if (cluster === undefined) throw new Error(`${path}: no cluster named ${JSON.stringify(context.cluster)}`);
  if (cluster.proxyUrl) throw new Error(`${path}: proxy-url is not supported`);
  const users: User[] = newUsers(config["users"] ?? []);
  const user = users.find((one) => one.name === context.user);
  const file = (name: string) => resolve(dirname(path), name);
  const either = (data: string | undefined, name: string | undefined) =>
    data ? Buffer.from(data, "base64") : name ? readFileSync(file(name)) : undefined;
  const endpoint: Endpoint = {
    url: new URL(cluster.server),
    ca: either(cluster.caData, cluster.caFile),
    cert: either(user?.certData, user?.certFile),
    key: either(user?.keyData, user?.keyFile),
    servername: cluster.tlsServerName,
    insecure: cluster.skipTLSVerify,
  };
  return { endpoint, headers: await headersOf(user, config, path, endpoint) };
}

function readConfig(path: string): Record<string, unknown> {
  try {
    const config = load(readFileSync(path, "utf8"));
    if (typeof config === "object" && config !== null) return config as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${path} is no kubeconfig: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(`${path} is no kubeconfig`);
}

async function headersOf(
  user: User | undefined,
  config: unknown,
  path: string,
  endpoint: Endpoint,
): Promise<Access["headers"]> {
  if (user === undefined) return async () => ({});
  if (user.token) return fixed(`Bearer ${user.token}`);
  const raw = (config as { users?: { name: string; user?: { tokenFile?: string } }[] }).users?.find(
    (one) => one.name === user.name,
  );
  if (raw?.user?.tokenFile) return tokenFile(resolve(dirname(path), raw.user.tokenFile));
  if (user.username) return fixed(`Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}`);
  if (user.exec) {
    const plugin = new ExecAuth();
    const ask = async () => {
      const options: { headers: Record<string, string>; cert?: string; key?: string } = { headers: {} };
      await plugin.applyAuthentication(user, options as never);
      return options;
    };
    // A certificate is taken once: renewing it needs new connections, that is a restart.
    const first = await ask();
    endpoint.cert ??= first.cert;
    endpoint.key ??= first.key;
    return async () => lowerCase((await ask()).headers);
  }
  if (user.authProvider) throw new Error(`user ${user.name}: auth-provider is not supported, use an exec plugin`);
  return async () => ({});
}

const fixed = (authorization: string) => async () => ({ authorization });

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function tokenFile(path: string): Access["headers"] {
  let read = { at: -Infinity, authorization: "" };
  return async () => {
    const now = performance.now();
    if (now - read.at > TOKEN_FILE_TTL_MS)
      read = { at: now, authorization: `Bearer ${readFileSync(path, "utf8").trim()}` };
    return { authorization: read.authorization };
  };
}
