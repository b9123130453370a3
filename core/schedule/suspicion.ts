// P9: when at least two clusters and more than a third of all fell silent within a minute, it is likelier that the federation lost its own
// network than that they died. Silence then moves nothing; what somebody said of a cluster (a taint) still does.
import type { ScheduleCluster } from "./cluster.ts";

const WITHIN_MS = 60_000;

/** Names of the clusters whose silence counts for nothing. */
export function suspectedSilence(clusters: readonly ScheduleCluster[]): Set<string> {
  const lost = clusters
    .flatMap((cluster) => {
      const at = silentSince(cluster);
      return at === undefined ? [] : [{ name: cluster.name, at }];
    })
    .sort((a, b) => a.at - b.at);
  const suspected = new Set<string>();
  for (let first = 0, last = 0; first < lost.length; first += 1) {
    const from = lost[first]?.at ?? 0;
    while (last < lost.length && (lost[last]?.at ?? 0) - from <= WITHIN_MS) last += 1;
    const together = last - first;
    if (together >= 2 && together * 3 > clusters.length)
      for (const { name } of lost.slice(first, last)) suspected.add(name);
  }
  return suspected;
}

/** Milliseconds since the epoch; undefined: it is heard, or nobody ever heard it. */
function silentSince({ status }: ScheduleCluster): number | undefined {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || ready.status === "True") return undefined;
  const at = Date.parse(ready.lastTransitionTime ?? "");
  return Number.isNaN(at) ? undefined : at;
}

/** Templates that leave one lost cluster in a second. */
const LEAVING_PER_SECOND = 10;

/** How much later than its toleration ends a template leaves a lost cluster in which so many stand, so that they do not all come at once. */
export function leavesLaterMs(uid: string, standing: number): number {
  const seconds = Math.ceil(standing / LEAVING_PER_SECOND);
  if (seconds <= 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < uid.length; index += 1) hash = Math.imul(hash ^ uid.charCodeAt(index), 0x01000193) >>> 0;
  return (hash % seconds) * 1000;
}
