// hanse join NAME: creates the Cluster if there is none, asks for a one-off token bound to its name, prints what to run there.
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join as joinPath, resolve } from "node:path";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { REGION_LABEL } from "../kinds/cluster.ts";
import type { KubeObject } from "../kinds/object.ts";
import { UserError } from "./errors.ts";
import { ApiError, connect, type Kube } from "./kube.ts";
import { type Access, kubeconfigPaths, readAccess } from "./kubeconfig.ts";

/** As it was called itself: a clone has no `hanse` on the PATH. */
const CALLED = process.env.npm_command === "exec" ? "npx hanse" : "hanse";
const CLUSTERS = "/apis/hanse.dev/v1alpha1/clusters";

export async function join(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      region: { type: "string" },
      json: { type: "boolean", default: false },
      kubeconfig: { type: "string" },
      context: { type: "string" },
    },
  });
  const [name, ...more] = positionals;
  if (!name || more.length > 0) throw new UserError("name one cluster: hanse join NAME [--region R]", 2);
  const paths = kubeconfigPaths(values.kubeconfig, process.env.KUBECONFIG);
  const access = readAccess(paths, values.context);
  const kube = connect(access);
  try {
    await ensureCluster(kube, name, values.region);
    const token = await createJoinToken(kube, name);
    const caFile = access.ca === undefined ? undefined : caFileOf(access, paths);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ server: access.server, token, ...(caFile && { caFile }) })}\n`);
      return;
    }
    const ca = caFile ? ` --ca-file ${quote(caFile)}` : "";
    process.stdout.write(
      `# run this where ${name}'s API server can be reached; the token works once, for an hour\n` +
        `${CALLED} agent --server ${quote(access.server)} --token ${token}${ca} --data ${quote(`.hanse-agent-${name}`)} --kubeconfig KUBECONFIG-OF-${name.toUpperCase()}\n`,
    );
  } finally {
    kube.close();
  }
}

/** Also sets the region of a cluster that is there without it. */
export async function ensureCluster(kube: Kube, name: string, region: string | undefined): Promise<void> {
  const labels = region ? { [REGION_LABEL]: region } : undefined;
  const cluster = { apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name, labels } };
  try {
    await kube.request("POST", `${CLUSTERS}?fieldManager=hanse-cli`, { body: cluster });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
    if (!labels) return;
    await kube.request("PATCH", `${CLUSTERS}/${encodeURIComponent(name)}?fieldManager=hanse-cli`, {
      body: { metadata: { labels } },
      contentType: "application/merge-patch+json",
    });
  }
}

export async function createJoinToken(kube: Kube, name: string): Promise<string> {
  const answer = await kube.request<KubeObject>("POST", `${CLUSTERS}/${encodeURIComponent(name)}/jointoken`, {
    body: { apiVersion: "hanse.dev/v1alpha1", kind: "JoinToken", spec: {} },
  });
  return answer.status.token as string;
}

/** A file that holds the CA: the one the kubeconfig names, the ca.crt that serve put beside it, or a new one. */
function caFileOf(access: Access, paths: string[]): string {
  const candidates = [access.caFile, ...paths.map((path) => joinPath(dirname(path), "ca.crt"))];
  for (const candidate of candidates) {
    try {
      if (candidate && readFileSync(candidate, "utf8").trim() === access.ca?.trim())
        return realpathSync(resolve(candidate));
    } catch {
      // Not there: try the next.
    }
  }
  const made = joinPath(mkdtempSync(joinPath(tmpdir(), "hanse-")), "ca.crt");
  writeFileSync(made, access.ca ?? "");
  return made;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
