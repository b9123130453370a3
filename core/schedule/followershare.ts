// The divided fields of a follower (an autoscaler's bounds, a budget's counts) in proportion to what it follows in each cluster: Webster, like the
// shares themselves. Budgets add up to the whole exactly, so that they promise together what the whole promised. Of an autoscaler no cluster's
// bounds are below 1, nor its upper bound below its lower: where they cannot add up to the whole they are as near to it as that allows, above it.
// Percentages stand as they are, relative to whatever they are of: they are no numbers, and stay in the revision.
import type { Share } from "../../kinds/binding.ts";
import type { KubeObject, Loose } from "../../kinds/object.ts";
import { divide } from "./divide.ts";
import type { FollowerRule } from "./finding.ts";
import { own } from "./own.ts";

/** `parts`: pods of what it follows, by cluster. `copied`: each cluster has all of them, so each gets all of these, too. */
export function followerShares(
  object: KubeObject,
  { divided = [], finds }: FollowerRule,
  parts: ReadonlyMap<string, number>,
  copied: boolean,
): Map<string, Share> {
  const shares = new Map<string, Share>([...parts.keys()].map((cluster) => [cluster, {}]));
  const scales = finds !== undefined && "target" in finds;
  const floors = new Map<string, number>();
  for (const path of divided) {
    const whole = numberAt(object, path);
    if (whole === undefined) continue;
    const clusters = [...parts].map(([name, weight]) => {
      const floor = scales ? Math.max(floors.get(name) ?? 0, Math.min(whole, 1)) : 0;
      return { name, weight: Math.max(weight, Number.MIN_VALUE), floor };
    });
    const least = clusters.reduce((sum, { floor }) => sum + floor, 0);
    const division = divide({ replicas: Math.max(whole, least), clusters }).shares;
    for (const [cluster, share] of shares) {
      share[path] = copied ? whole : (own(division, cluster) ?? 0);
      floors.set(cluster, share[path]);
    }
  }
  return shares;
}

/** A count that is divided; undefined where there is none, or it is a percentage. */
export function numberAt(object: KubeObject, path: string): number | undefined {
  let at: Loose = object;
  for (const step of path.split(".")) at = at?.[step];
  return typeof at === "number" ? at : undefined;
}
