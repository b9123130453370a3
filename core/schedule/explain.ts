// Why something found no room, in words for conditions and Events: every cluster's reason (those that a Placement leaves out only counted), and
// where one word of the user would do, which: the smallest change.
import type { Decision, Verdict } from "./decision.ts";

type Explained = Pick<Decision, "replicas" | "unplaced" | "verdicts" | "pods" | "gated" | "missing">;

const MOST_SHOWN = 10;

/** "2 of 6 replicas fit in no cluster (tokyo: NotReady; paris: full at 4)"; "no cluster has room for 5 pods (paris: room for 3)". */
export function explainUnplaced({ verdicts, unplaced, replicas, pods, gated, missing }: Explained): string {
  if (gated === true) return "waiting for its scheduling gates to be removed";
  const claim = missing?.[0];
  // kube-scheduler's words (plugins/volumebinding).
  if (claim !== undefined) return `persistentvolumeclaim ${JSON.stringify(claim)} not found`;
  const meant = verdicts.filter(({ whyNot }) => whyNot !== "NotSelected");
  const shown = meant
    .slice(0, MOST_SHOWN)
    .map((verdict) => `${verdict.cluster}: ${reason(verdict, pods !== undefined)}`);
  if (meant.length > MOST_SHOWN) shown.push(`and ${meant.length - MOST_SHOWN} more`);
  if (meant.length < verdicts.length) shown.push(`${verdicts.length - meant.length} not selected`);
  const where = shown.length === 0 ? "there is no cluster" : shown.join("; ");
  const change = smallestChange(verdicts, pods ?? unplaced);
  const would = change === undefined ? "" : `; it would fit, if you ${change}`;
  if (pods === undefined) return `${unplaced} of ${replicas} replicas fit in no cluster (${where})${would}`;
  return `no cluster has room for ${pods === 1 ? "1 pod" : `${pods} pods`} (${where})${would}`;
}

function reason({ whyNot, detail, capacity, share }: Verdict, whole: boolean): string {
  if (whole && whyNot === "NoCapacity" && (capacity ?? 0) > 0) return `room for ${capacity}`;
  if (whyNot === undefined) return `full at ${share}`;
  return detail === undefined ? whyNot : `${whyNot}, ${detail}`;
}

/** Of the clusters with room for it all that only a cordon or taints close: the roomiest, then the first. */
function smallestChange(verdicts: readonly Verdict[], needed: number): string | undefined {
  let most: Verdict | undefined;
  for (const verdict of verdicts) {
    const { whyNot, capacity = 0, share } = verdict;
    if ((whyNot !== "Cordoned" && whyNot !== "Tainted") || capacity - share < needed) continue;
    if (most === undefined || capacity > (most.capacity ?? 0)) most = verdict;
  }
  if (most === undefined) return undefined;
  return most.whyNot === "Cordoned" ? `uncordon ${most.cluster}` : `tolerate ${most.detail} of ${most.cluster}`;
}
