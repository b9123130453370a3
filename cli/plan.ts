// hanse plan -f FILE…: what applying the files would do in the clusters, as a table. Asks the server for dry runs, one object after the other, each
// against what is there now; writes nothing. Exit status as `kubectl diff`: 0 nothing would happen, 1 something would, 2 it failed or is refused.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseAllDocuments } from "yaml";
import type { JsonObject, KubeObject } from "../kinds/object.ts";
import { type ChangePlan, PLAN_MEDIA_TYPE, type Planned, planSummary } from "../kinds/plan.ts";
import { UserError } from "./errors.ts";
import { ApiError, connect, type Kube } from "./kube.ts";
import { kubeconfigPaths, readAccess } from "./kubeconfig.ts";
import { pathFinder } from "./resourcepath.ts";
import { threeWay } from "./threeway.ts";

const DRY = "dryRun=All";
const ACCEPT = `${PLAN_MEDIA_TYPE}, application/json`;

export async function plan(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      filename: { type: "string", short: "f", multiple: true, default: [] },
      delete: { type: "boolean", default: false },
      "server-side": { type: "boolean", default: false },
      "field-manager": { type: "string", default: "kubectl" },
      namespace: { type: "string", short: "n", default: "default" },
      kubeconfig: { type: "string" },
      context: { type: "string" },
    },
  });
  if (values.filename.length === 0) throw new UserError("name the files: hanse plan -f FILE", 2);
  const objects = values.filename.flatMap(read);
  const kube = connect(readAccess(kubeconfigPaths(values.kubeconfig, process.env.KUBECONFIG), values.context));
  try {
    const pathOf = pathFinder(kube, values.namespace);
    const plans: ChangePlan[] = [];
    for (const object of objects) {
      const path = await pathOf(object);
      const manager = values["server-side"] ? values["field-manager"] : undefined;
      plans.push(await (values.delete ? ended(kube, path.object) : applied(kube, object, path, manager)));
    }
    process.stdout.write(print(plans));
    process.exitCode = codeOf(plans);
  } catch (error) {
    throw error instanceof ApiError || error instanceof UserError ? new UserError(error.message, 2) : error;
  } finally {
    kube.close();
  }
}

function read(file: string): KubeObject[] {
  const documents = parseAllDocuments(readFile(file), { version: "1.1" });
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new UserError(`${file}: ${error.message.split("\n", 1)[0]}`, 2);
    const value = document.toJS() as KubeObject | null;
    if (value === null) return [];
    const all =
      value.kind?.endsWith("List") && Array.isArray(value["items"]) ? (value["items"] as KubeObject[]) : [value];
    for (const { apiVersion, kind, metadata } of all)
      if (!apiVersion || !kind || !metadata?.name)
        throw new UserError(`${file}: every object needs an apiVersion, a kind and a metadata.name`, 2);
    return all;
  });
}

function readFile(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`, 2);
  }
}

/** As `kubectl apply` would send it: made, or changed by what it says and what it no longer says. */
async function applied(
  kube: Kube,
  object: KubeObject,
  path: { object: string; collection: string },
  manager: string | undefined,
): Promise<ChangePlan> {
  if (manager !== undefined) {
    const contentType = "application/apply-patch+yaml";
    const query = `${DRY}&fieldManager=${encodeURIComponent(manager)}`;
    return kube.request("PATCH", `${path.object}?${query}`, { body: object, contentType, accept: ACCEPT });
  }
  const live = await kube.request<KubeObject>("GET", path.object).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
  if (live === undefined) return kube.request("POST", `${path.collection}?${DRY}`, { body: object, accept: ACCEPT });
  const body = threeWay(live, object as unknown as JsonObject);
  const contentType = "application/merge-patch+json";
  return kube.request("PATCH", `${path.object}?${DRY}`, { body, contentType, accept: ACCEPT });
}

const ended = (kube: Kube, path: string): Promise<ChangePlan> =>
  kube.request("DELETE", `${path}?${DRY}`, { accept: ACCEPT });

function codeOf(plans: readonly ChangePlan[]): number {
  if (plans.some(({ refused }) => refused !== undefined)) return 2;
  const changes = plans.some((one) =>
    [one.created, one.changed, one.moved, one.deleted, one.kept].some(({ length }) => length > 0),
  );
  return changes || plans.some(({ cut }) => cut !== undefined) ? 1 : 0;
}

function print(plans: readonly ChangePlan[]): string {
  const rows = plans.flatMap(rowsOf);
  const head = ["ACTION", "RESOURCE", "OBJECT", "CLUSTER", "REPLICAS"];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("   ")
      .trimEnd();
  const said = [
    ...(rows.length > 0 ? [head, ...rows].map(line) : []),
    planSummary(together(plans)),
    ...plans.flatMap(({ cut }) =>
      cut ? [`time was up after ${cut.looked} of ${cut.of} templates: there may be more`] : [],
    ),
    ...plans.flatMap(({ refused }) =>
      refused === undefined ? [] : [`refused: ${refused.replace(/^Required value: /, "")}`],
    ),
  ];
  return `${said.join("\n")}\n`;
}

function rowsOf({ created, changed, moved, deleted, kept }: ChangePlan): string[][] {
  const row = (action: string, { resource, namespace, name, cluster, from, to }: Planned): string[] => {
    const numbers = [from, to].filter((number) => number !== undefined);
    const replicas = from === to ? numbers.slice(1) : numbers;
    return [action, resource, namespace === "" ? name : `${namespace}/${name}`, cluster, replicas.join(" -> ")];
  };
  return [
    ...deleted.map((one) => row("delete", one)),
    ...kept.map((one) => row("let go", one)),
    ...moved.map((one) => {
      const at = row("move", { ...one, cluster: `${one.from} -> ${one.to}`, from: undefined!, to: undefined! });
      return [...at.slice(0, 4), `${one.replicas} of ${one.of}`];
    }),
    ...created.map((one) => row("create", one)),
    ...changed.map((one) => row("change", one)),
  ];
}

function together(plans: readonly ChangePlan[]): ChangePlan {
  return {
    created: plans.flatMap(({ created }) => created),
    changed: plans.flatMap(({ changed }) => changed),
    moved: plans.flatMap(({ moved }) => moved),
    deleted: plans.flatMap(({ deleted }) => deleted),
    kept: plans.flatMap(({ kept }) => kept),
    bindings: Math.max(0, ...plans.map(({ bindings }) => bindings)),
  };
}
