// hanse epoch: after a restored backup, which clusters hold their deletions back, what would be deleted there, and what stands there that the data
// knows nothing of. hanse epoch confirm: lets what it shows be deleted, in all clusters or in one.
import { parseArgs } from "node:util";
import type { EpochCluster, EpochConfirm, EpochConfirmed, EpochNamed, EpochView } from "../kinds/epoch.ts";
import { UserError } from "./errors.ts";
import { connect, type Kube } from "./kube.ts";
import { kubeconfigPaths, readAccess } from "./kubeconfig.ts";

const EPOCH = "/hanse/v1/epoch";

export async function epoch(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      cluster: { type: "string" },
      json: { type: "boolean", default: false },
      kubeconfig: { type: "string" },
      context: { type: "string" },
    },
  });
  const [verb, ...more] = positionals;
  if ((verb !== undefined && verb !== "confirm") || more.length > 0)
    throw new UserError("write hanse epoch, or hanse epoch confirm [--cluster NAME]", 2);
  const kube = connect(readAccess(kubeconfigPaths(values.kubeconfig, process.env.KUBECONFIG), values.context));
  try {
    const view = await read(kube, values.cluster);
    process.stdout.write(values.json ? `${JSON.stringify(view, undefined, 2)}\n` : print(view));
    if (verb === "confirm") await confirm(kube, view, values.cluster);
  } finally {
    kube.close();
  }
}

const read = (kube: Kube, cluster: string | undefined): Promise<EpochView> =>
  kube.request("GET", cluster === undefined ? EPOCH : `${EPOCH}?cluster=${encodeURIComponent(cluster)}`);

async function confirm(kube: Kube, view: EpochView, only: string | undefined): Promise<void> {
  const clusters = view.clusters.flatMap(({ cluster, held, waiting }) =>
    held === undefined ? [] : [{ cluster, version: held.version, waiting }],
  );
  if (clusters.length === 0) throw new UserError(`nothing is held${only === undefined ? "" : ` in ${only}`}`, 1);
  const body: EpochConfirm = { epoch: view.epoch, clusters };
  const { confirmed } = await kube.request<EpochConfirmed>("POST", `${EPOCH}/confirm`, { body });
  process.stderr.write(`confirmed: ${confirmed.join(", ")} may delete again\n`);
}

function print({ epoch: number, since, seen, clusters }: EpochView): string {
  const head = `epoch ${number}${since === undefined ? "" : ` since ${since}`}${seen === undefined ? "" : `: ${seen}`}`;
  if (clusters.length === 0) return `${head}\nno cluster holds deletions back\n`;
  return `${[head, ...table(clusters), ...clusters.flatMap(detail), ...hint(clusters)].join("\n")}\n`;
}

function table(clusters: readonly EpochCluster[]): string[] {
  const rows = clusters.map(({ cluster, ready, held, waiting, orphaned }) => [
    cluster,
    held?.since ?? "-",
    ready ? "heard" : "silent",
    held === undefined ? "-" : String(waiting),
    String(orphaned),
  ]);
  const all = [["CLUSTER", "HELD SINCE", "AGENT", "TO DELETE", "ORPHANS"], ...rows];
  const widths = all[0]!.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("   ")
      .trimEnd(),
  );
}

function detail({ cluster, waiting, deletions, orphaned, orphans }: EpochCluster): string[] {
  const lines = (named: readonly EpochNamed[], count: number): string[] => [
    ...named.map(
      ({ resource, namespace, name, since }) =>
        `  ${resource} ${namespace === "" ? name : `${namespace}/${name}`}   ${since}`,
    ),
    ...(count > named.length ? [`  and ${count - named.length} more: hanse epoch --cluster ${cluster}`] : []),
  ];
  return [
    ...(waiting === 0 ? [] : [`to be deleted in ${cluster} once confirmed:`, ...lines(deletions, waiting)]),
    ...(orphaned === 0
      ? []
      : [
          `in ${cluster}, made by Hanse and unknown to this data; stays, whatever is confirmed:`,
          ...lines(orphans, orphaned),
        ]),
  ];
}

function hint(clusters: readonly EpochCluster[]): string[] {
  return clusters.some(({ held }) => held !== undefined)
    ? ["to let these deletions go on: hanse epoch confirm [--cluster NAME]"]
    : [];
}
