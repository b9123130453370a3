// A plan for what nothing says any more where it belongs: shares stand as they are (P3). What the template gives up falls, as everywhere; what
// it wants more finds no place. Nothing moves, nothing comes anywhere new.
import { divide } from "./divide.ts";
import type { Verdict } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { podsAtOnce } from "./podtemplate.ts";
import { wantedOf, type Division, type Sharing } from "./share.ts";
import { own } from "./own.ts";

export interface StandStill extends Pick<Sharing, "rule" | "template" | "division"> {
  /** Counts that were decided. */
  current: Readonly<Record<string, number>>;
  /** For people. */
  why: string;
}

export function standStill({ rule, template, division, current, why }: StandStill): Plan {
  const names = Object.keys(current)
    .filter((name) => (current[name] ?? 0) > 0)
    .sort();
  const { replicas, shares } = standing(division, current, names, wantedOf(rule, template));
  const placed = Object.values(shares).reduce((a, b) => a + b, 0);
  return {
    division,
    replicas,
    shares,
    unplaced: replicas - placed,
    verdicts: names.map((cluster): Verdict => ({
      cluster,
      share: own(shares, cluster) ?? 0,
      whyNot: "NotSelected",
      detail: why,
    })),
    ...(division === "whole" ? { pods: podsAtOnce(template) } : {}),
  };
}

function standing(
  division: Division,
  current: StandStill["current"],
  names: readonly string[],
  wanted: number,
): { replicas: number; shares: Record<string, number> } {
  switch (division) {
    case "divided": {
      const clusters = names.map((name) => ({ name, weight: current[name] ?? 0, ceiling: current[name] ?? 0 }));
      return { replicas: wanted, shares: divide({ replicas: wanted, clusters, current }).shares };
    }
    case "whole": {
      const most = names.reduce<string | undefined>(
        (best, name) => (best === undefined || (current[name] ?? 0) > (current[best] ?? 0) ? name : best),
        undefined,
      );
      return { replicas: 1, shares: most === undefined ? {} : { [most]: 1 } };
    }
    case "everywhere":
      return {
        replicas: wanted * names.length,
        shares: Object.fromEntries(names.map((name) => [name, Math.min(wanted, current[name] ?? 0)])),
      };
  }
}
