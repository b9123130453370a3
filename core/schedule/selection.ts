// What a Placement says of one cluster: whether it is meant, in which group, with what weight and limits. Asked for every decision over every
// cluster, so the answer is kept per policy object and cluster object: CEL runs once for both.
import type { PlacementSpec } from "../../kinds/placement.ts";
import { selectedByAny, selectsCluster } from "../placement/selectcluster.ts";
import type { ScheduleCluster } from "./cluster.ts";

export interface Selection {
  /** Why it is not meant. */
  refused?: string;
  /** Index in `groups`; 0 where there are none. */
  group: number;
  weight?: number;
  min?: number;
  max?: number;
}

const EVERYONE: Selection = { group: 0 };
const answers = new WeakMap<PlacementSpec, WeakMap<ScheduleCluster, Selection>>();

export function selectionOf(placement: PlacementSpec | undefined, cluster: ScheduleCluster): Selection {
  if (placement === undefined) return EVERYONE;
  let known = answers.get(placement);
  if (known === undefined) answers.set(placement, (known = new WeakMap()));
  let answer = known.get(cluster);
  if (answer === undefined) known.set(cluster, (answer = select(placement, cluster)));
  return answer;
}

function select({ clusters, groups, weighing, weights = [] }: PlacementSpec, cluster: ScheduleCluster): Selection {
  const group = groups?.findIndex((each) => selectedByAny(each.clusters, cluster)) ?? 0;
  const named = weights.find((each) => selectsCluster(each.clusters, cluster));
  const limits = {
    ...(named?.weight === undefined ? {} : { weight: named.weight }),
    ...(named?.min === undefined ? {} : { min: named.min }),
    ...(named?.max === undefined ? {} : { max: named.max }),
  };
  const refused = refusal();
  return { group: Math.max(0, group), ...limits, ...(refused === undefined ? {} : { refused }) };

  function refusal(): string | undefined {
    if (!selectedByAny(clusters, cluster)) return "the Placement's clusters leave it out";
    if (group < 0) return "in no group of the Placement";
    if (weighing !== "Static") return undefined;
    if (named === undefined) return "no weight names it";
    return named.weight === 0 && (named.min ?? 0) === 0 ? "its weight is 0" : undefined;
  }
}
