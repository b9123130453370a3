// Which policy a template follows, and what core plans by it. Where nothing says any more where it belongs, everything stands as it was; where
// the Placement that is gone said so, it leaves. Writes nothing.
import type { Binding } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { CLUSTERS } from "../../kinds/cluster.ts";
import { CLUSTER_PLACEMENTS, type PlacementSpec } from "../../kinds/placement.ts";
import { effectiveOfMade, placementRef } from "../../core/placement/effective.ts";
import type { Decision, PlacementRef } from "../../core/schedule/decision.ts";
import { podRequestTexts } from "../../core/schedule/capacity.ts";
import { divisionOf, isReady, schedule, type Plan, type ScheduleCluster } from "../../core/schedule/schedule.ts";
import { countOf } from "../../core/schedule/share.ts";
import { standStill } from "../../core/schedule/standstill.ts";
import { leavesLaterMs } from "../../core/schedule/suspicion.ts";
import { triggersOf, type Triggers } from "../../core/schedule/trigger.ts";
import { scheduleWhole } from "../../core/schedule/whole.ts";
import type { Op } from "../store/store.ts";
import { wantedPods, type Hold } from "./assumed.ts";
import type { Context } from "./context.ts";
import { dataClusters, runningIn, type Deciding, type Facts } from "./decideread.ts";
import type { InCluster } from "./rows.ts";
import { own } from "../../core/schedule/own.ts";

export interface Planned {
  plan: Plan;
  /** Absent: frozen. */
  placement?: PlacementSpec;
  /** For the decision. */
  said: Pick<Decision, "placement" | "frozen" | "rebalanced" | "seen" | "expelled" | "everywhere">;
  /** What it has cannot be in two places at once. */
  identity: boolean;
  /** Nothing is held back: its Placement took it all back. */
  released: boolean;
  /** The room it takes; whoever commits says what becomes of it. */
  hold?: Hold;
  /** With it, what keeps other processes from giving out the same room. */
  spent: Op[];
}

/** Where no Placements are served, every Ready cluster is meant. */
const ANYWHERE: PlacementSpec = {};

export async function planFor(deciding: Deciding, facts: Facts, context: Context): Promise<Planned> {
  const { rule, bindings } = deciding;
  const { world } = context;
  const before = facts.before?.value;
  const { template: object, freed } = facts.counted;
  const decided = decidedCounts(bindings, before, context);
  const current = freed ? { ...decided, ...scaledIn(facts.reports, decided) } : decided;
  const effective = context.kindOf.has(CLUSTER_PLACEMENTS)
    ? effectiveOfMade(object, facts.maker, world.policies, before?.placement)
    : undefined;
  if (effective !== undefined && "frozen" in effective) {
    const { placement, rebalanced, seen, expelled } = before ?? {};
    const released = placement?.deletes === true && isDeleted(placement, context);
    const { frozen } = effective;
    const division = before?.everywhere === true ? "everywhere" : divisionOf(object, rule);
    const plan = standStill({
      rule,
      template: object,
      division,
      current: released ? {} : current,
      why: frozen.message,
    });
    const said = { placement, frozen, rebalanced, seen, expelled, everywhere: before?.everywhere };
    return { plan, said: present(said), identity: false, released, spent: [] };
  }
  const policy = effective?.placement;
  const placement = policy?.spec ?? ANYWHERE;
  const followed = policy === undefined ? undefined : refOf(policy);
  const clusters = [...world.clusters.values()].map((cluster) => world.assumed.less(cluster));
  const triggers = triggersOf({ template: object, placement, followed, before, clusters });
  const asked = {
    template: object,
    clusters,
    current,
    running: runningIn(bindings, facts.reports, object.metadata.uid ?? "", context),
    placement,
    nowMs: context.clock(),
    rebalance: triggers.rebalance,
    frozen: world.suspected(),
    delayMs: delays(object.metadata.uid ?? "", bindings, context),
  };
  const division = divisionOf(object, rule, placement);
  const data = division === "whole" ? await dataClusters(facts.needs, context) : undefined;
  const once = rule.once === true;
  const plan =
    division === "whole"
      ? scheduleWhole({ ...asked, once, ordinals: rule.ordinals, data, missing: facts.missing, before })
      : schedule({ ...asked, rule });
  // At once: nobody else plans in between.
  const more = podsMore(plan, bindings);
  const reserved = more.size === 0 ? undefined : reserve(object, more, context);
  const lost = once && division === "divided" ? lostPart(before, context) : undefined;
  const expelled = placement.failover?.failBack === "WhenReady" ? expelledFrom(plan, triggers, current) : undefined;
  const everywhere = division === "everywhere" ? true : undefined;
  return {
    plan: lost === undefined ? plan : { ...plan, lost },
    placement,
    said: present({
      placement: followed,
      rebalanced: triggers.rebalanced,
      seen: triggers.seen,
      expelled,
      everywhere: everywhere as true | undefined,
    }),
    identity: division === "whole" && (once || rule.ordinals === true || data !== undefined),
    released: false,
    spent: [],
    ...reserved,
  };
}

/** Pods that the plan brings into clusters, beside those that the bindings there want already. */
function podsMore({ shares, pods, division }: Plan, bindings: readonly InCluster<Binding>[]): Map<string, number> {
  const more = new Map<string, number>();
  const standing = new Map(bindings.map(({ cluster, value }) => [cluster, wantedPods(value)]));
  for (const [cluster, share] of Object.entries(shares)) {
    const count = (division === "whole" ? (share > 0 ? (pods ?? 0) : 0) : share) - (standing.get(cluster) ?? 0);
    if (count > 0) more.set(cluster, count);
  }
  return more;
}

function reserve(
  object: KubeObject,
  more: ReadonlyMap<string, number>,
  { world, process }: Context,
): Pick<Planned, "hold" | "spent"> {
  return {
    hold: world.assumed.hold(object.metadata.uid ?? "", more, podRequestTexts(object)),
    spent:
      process === undefined
        ? []
        : [...more.keys()].map((name) => ({
            op: "spend",
            key: { resource: CLUSTERS, namespace: "", name },
            by: process,
            seen: world.version,
          })),
  };
}

/** What each cluster was decided to have: what its binding says, without what it only keeps until others have it, or was evicted from there. */
export function decidedCounts(
  bindings: readonly InCluster<Binding>[],
  before: Pick<Decision, "leaving"> | undefined,
  { world }: Context,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { cluster, value } of bindings) {
    if (value.tombstone !== undefined) continue;
    const decided = (countOf(value) ?? 1) - (own(before?.leaving, cluster) ?? 0);
    const cordoned = world.clusters.get(cluster)?.spec?.unschedulable === true;
    counts[cluster] = Math.max(0, cordoned ? Math.min(decided, value.ceiling ?? decided) : decided);
  }
  return counts;
}

/** What autoscalers made of it, in clusters that have a share. */
function scaledIn(reports: Facts["reports"], shares: Readonly<Record<string, number>>): Record<string, number> {
  const found = [...reports].flatMap(([cluster, { scaled }]) =>
    scaled === undefined || !Object.hasOwn(shares, cluster) ? [] : [[cluster, scaled] as const],
  );
  return Object.fromEntries(found);
}

function refOf(policy: Parameters<typeof placementRef>[0]): PlacementRef {
  return { ...placementRef(policy), ...(policy.spec.whenPlacementDeleted === "Delete" ? { deletes: true } : {}) };
}

/** Not: it selects something else now. */
function isDeleted({ uid }: PlacementRef, { world }: Context): boolean {
  return !world.policies.placements.some((one) => one.uid === uid && one.deleting !== true);
}

/** By cluster that is not heard: so that not everything leaves it in one second. */
function delays(uid: string, bindings: readonly InCluster<Binding>[], { world }: Context): Record<string, number> {
  const delayMs: Record<string, number> = {};
  for (const { cluster } of bindings)
    if (!world.ready(cluster)) delayMs[cluster] = leavesLaterMs(uid, world.standing.get(cluster) ?? 0);
  return delayMs;
}

/** The cluster that left with a part of what runs once. */
function lostPart(before: Decision | undefined, { world }: Context): string | undefined {
  return (
    before?.lost ?? before?.verdicts.find(({ cluster, share }) => share > 0 && !world.clusters.has(cluster))?.cluster
  );
}

function expelledFrom(plan: Plan, triggers: Triggers, current: Readonly<Record<string, number>>): string[] | undefined {
  const now = plan.verdicts
    .filter(({ cluster, whyNot }) => whyNot === "Expelled" && (own(current, cluster) ?? 0) > 0)
    .map(({ cluster }) => cluster);
  const all = [...new Set([...(triggers.expelled ?? []), ...now])].sort();
  return all.length === 0 ? undefined : all;
}

/** What has an identity may come elsewhere at once: somebody vouches that it does not run here. */
export function isFenced(cluster: ScheduleCluster | undefined): boolean {
  return (
    cluster === undefined ||
    (!isReady(cluster) && (cluster.spec?.taints ?? []).some(({ key }) => key === "node.kubernetes.io/out-of-service"))
  );
}

/** Without what is undefined. */
function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
