// Where a workload goes that is placed whole: one Ready cluster with the most room of those in which all of its pods fit at once. Where it
// stands it stays, whatever becomes of the cluster; what runs once is placed once. Deterministic: ties go by name.
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { podCapacity, podRequests } from "./capacity.ts";
import type { Decision, Verdict } from "./decision.ts";
import { isPod, podsAtOnce, podTemplateOf } from "./podtemplate.ts";
import { isReady, type Plan, type ScheduleCluster } from "./schedule.ts";

export interface WholeInput {
  template: KubeObject;
  once: boolean;
  clusters: readonly ScheduleCluster[];
  /** Clusters where it stands. */
  current: Readonly<Record<string, number>>;
  running: Readonly<Record<string, number>>;
  /** The only clusters that hold the data it names; undefined: it names none, or that is nowhere yet. */
  data?: ReadonlySet<string> | undefined;
  /** Claims that it names and that are not there: placed without them, two workloads of one claim could come into different clusters. */
  missing?: readonly string[];
  before?: Pick<Decision, "verdicts" | "lost"> | undefined;
}

export function scheduleWhole({
  template,
  once,
  clusters,
  current,
  running,
  data,
  missing = [],
  before,
}: WholeInput): Plan {
  const pods = podsAtOnce(template);
  const requests = podRequests(podTemplateOf(template).spec);
  const sorted = [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1));
  const stands = Object.keys(current)
    .filter((name) => (current[name] ?? 0) > 0)
    .sort()[0];
  const lost = stands === undefined && once ? lostIn(before) : undefined;
  const gated = isGated(template);
  const asked = isPod(template) ? ((template as Loose).spec.nodeName as string | undefined) : undefined;
  const verdicts = sorted.map((cluster): Verdict => {
    const capacity = podCapacity(cluster.status, requests, running[cluster.name] ?? 0);
    const whyNot = reasonAgainst(cluster, { capacity, pods, data, asked });
    return {
      cluster: cluster.name,
      share: 0,
      ...(capacity === undefined ? {} : { capacity }),
      ...(whyNot === undefined ? {} : { whyNot }),
    };
  });
  const waits = (gated || missing.length > 0) && !asked;
  const place = stands ?? (lost !== undefined || waits ? undefined : best(verdicts, asked));
  for (const verdict of verdicts) if (verdict.cluster === place) verdict.share = 1;
  return {
    replicas: 1,
    pods,
    shares: place === undefined ? {} : { [place]: 1 },
    unplaced: place === undefined && lost === undefined ? 1 : 0,
    verdicts,
    ...(lost === undefined ? {} : { lost }),
    ...(gated && place === undefined ? { gated } : {}),
    ...(missing.length > 0 && waits && place === undefined && lost === undefined ? { missing: [...missing] } : {}),
  };
}

/** The cluster that took it along, or lost it: it is not made a second time elsewhere. */
function lostIn(before: WholeInput["before"]): string | undefined {
  return before?.lost ?? before?.verdicts.find(({ share }) => share > 0)?.cluster;
}

/** Pods wait for whoever put the gates there. */
function isGated(template: KubeObject): boolean {
  return isPod(template) && ((template as Loose).spec.schedulingGates?.length ?? 0) > 0;
}

interface Wish {
  capacity: number | undefined;
  pods: number;
  data: ReadonlySet<string> | undefined;
  asked: string | undefined;
}

function reasonAgainst(cluster: ScheduleCluster, { capacity, pods, data, asked }: Wish): Verdict["whyNot"] {
  // Whoever names a node asks nobody: not the scheduler, not whether it is ready.
  if (asked) return cluster.name === asked ? undefined : "NotAsked";
  if (!isReady(cluster)) return "NotReady";
  if (cluster.spec?.unschedulable === true) return "Cordoned";
  if (data !== undefined && !data.has(cluster.name)) return "DataElsewhere";
  if (capacity === undefined) return "CapacityUnknown";
  return capacity < pods ? "NoCapacity" : undefined;
}

function best(verdicts: readonly Verdict[], asked: string | undefined): string | undefined {
  let most: Verdict | undefined;
  for (const verdict of verdicts) {
    if (verdict.whyNot !== undefined) continue;
    if (most === undefined || (!asked && (verdict.capacity ?? 0) > (most.capacity ?? 0))) most = verdict;
  }
  return most?.cluster;
}
