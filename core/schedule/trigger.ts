// What makes replicas move that run, when nothing drives them out: the template asks for it anew, the Placement changed, or, where it says so, a
// cluster joined, changed its labels, or is ready again after its share was moved away. Everything else leaves what stands where it stands.
// Each trigger is pulled once: the decision that followed it says so.
import type { KubeObject } from "../../kinds/object.ts";
import { REBALANCE_ANNOTATION, type PlacementSpec } from "../../kinds/placement.ts";
import { isReady, type ScheduleCluster } from "./cluster.ts";
import type { Decision, PlacementRef } from "./decision.ts";
import { podTemplateHash } from "./revision.ts";
import { own } from "./own.ts";

export interface Triggering {
  template: KubeObject;
  placement: PlacementSpec;
  followed: PlacementRef | undefined;
  before: Pick<Decision, "placement" | "rebalanced" | "seen" | "expelled"> | undefined;
  clusters: readonly ScheduleCluster[];
}

export interface Triggers {
  rebalance: boolean;
  /** Kept in the decision, as `seen` and `expelled`. */
  rebalanced?: string;
  seen?: Record<string, string>;
  expelled?: string[];
}

export function triggersOf({ template, placement, followed, before, clusters }: Triggering): Triggers {
  const {
    placementChanged = true,
    clusterJoined = false,
    clusterLabelsChanged = false,
  } = placement.rescheduleWhen ?? {};
  const rebalanced = template.metadata.annotations?.[REBALANCE_ANNOTATION];
  const asked = before !== undefined && rebalanced !== undefined && rebalanced !== before.rebalanced;
  const changed = placementChanged && before?.placement !== undefined && !sameRef(before.placement, followed);
  const seen = clusterJoined || clusterLabelsChanged ? look(clusters, before?.seen) : undefined;
  const moved =
    before?.seen !== undefined &&
    Object.entries(seen ?? {}).some(([name, labels]) => {
      const known = own(before.seen, name);
      return known === undefined ? clusterJoined : clusterLabelsChanged && known !== labels;
    });
  const away = placement.failover?.failBack === "WhenReady" ? (before?.expelled ?? []) : [];
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  const back = away.filter((name) => isWelcome(byName.get(name)));
  const expelled = away.filter((name) => byName.has(name) && !back.includes(name));
  return {
    rebalance: asked || changed || moved || back.length > 0,
    ...(rebalanced === undefined ? {} : { rebalanced }),
    ...(seen === undefined ? {} : { seen }),
    ...(expelled.length === 0 ? {} : { expelled }),
  };
}

function sameRef(a: PlacementRef, b: PlacementRef | undefined): boolean {
  return a.uid === b?.uid && a.generation === b.generation;
}

/** Clusters that could take something, with a sign of their labels; those that cannot just now stay as they were seen. */
function look(
  clusters: readonly ScheduleCluster[],
  before: Record<string, string> | undefined,
): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const cluster of [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const known = before?.[cluster.name];
    if (isReady(cluster) && cluster.status?.free !== undefined)
      seen[cluster.name] = podTemplateHash(cluster.labels ?? {});
    else if (known !== undefined) seen[cluster.name] = known;
  }
  return seen;
}

/** Ready again, and nobody says that it should be left. */
function isWelcome(cluster: ScheduleCluster | undefined): boolean {
  return (
    isReady(cluster) &&
    cluster?.spec?.unschedulable !== true &&
    !(cluster?.spec?.taints ?? []).some(({ effect }) => effect !== "PreferNoSchedule")
  );
}
