// A plan as bindings: one for every cluster with a share, tombstones where it has none any more. What moves stands in both places until it is
// available in the new one (core/schedule/leaving.ts); what has an identity leaves first. What stands as it should is not written.
import type { Binding, Manner, Report, Share } from "../../kinds/binding.ts";
import { kindKey } from "../../kinds/kind.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { number, settled, type Member } from "../../core/aggregate/member.ts";
import { podRequestTexts } from "../../core/schedule/capacity.ts";
import { release, want } from "../../core/schedule/binding.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { heldBack, type HoldingCluster } from "../../core/schedule/leaving.ts";
import { podsReserved } from "../../core/schedule/podtemplate.ts";
import type { Plan } from "../../core/schedule/schedule.ts";
import { blocksFor, countOf, sharesOf, wantedOf, withCount } from "../../core/schedule/share.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { customizing, type Custom, type Customizing } from "./customized.ts";
import { decidedCounts, isFenced, type Planned } from "./decideplan.ts";
import type { Deciding, Facts } from "./decideread.ts";
import type { Content } from "./followers.ts";
import { memberOf } from "./memberof.ts";
import { refOf, writeBinding, type InCluster } from "./rows.ts";
import { own } from "../../core/schedule/own.ts";

export interface Bound {
  /** The plan without what could not be bound. */
  plan: Plan;
  ops: Op[];
  contents: Content[];
  /** Where it stands, or will. */
  clusters: string[];
  members: Member[];
  /** For the decision. */
  said: Pick<Decision, "lingering" | "leaving" | "blocks" | "frozen">;
}

export async function bind(deciding: Deciding, facts: Facts, planned: Planned, context: Context): Promise<Bound> {
  const { rule, template, bindings } = deciding;
  const standing = new Map(bindings.map((binding) => [binding.cluster, binding]));
  const custom = customizing(template.value, deciding.kind, facts.content, context);
  const { customs, broken } = await customsOf(planned.plan, custom, context);
  let plan = without(planned.plan, { broken, standing });
  if (planned.identity) plan = afterLeaving(plan, bindings, context);
  const { division, shares } = plan;
  const placed = Object.keys(shares).filter((cluster) => (shares[cluster] ?? 0) > 0);
  const blocks =
    rule.ordinals === true && division === "divided" ? blocksFor(placed, facts.before?.value.blocks) : undefined;
  const wanted = sharesOf({
    rule,
    template: facts.counted.template,
    division,
    shares,
    blocks,
    standing: new Map(live(bindings).map(({ cluster, value }) => [cluster, value.share])),
  });
  const leaving = planned.identity || planned.released ? {} : held(deciding, facts, plan, wanted, context);
  const written = write({ deciding, facts, planned, plan, wanted, leaving, customs, standing }, context);
  return {
    plan,
    ...written,
    contents: custom.contents(),
    said: {
      lingering: written.lingering,
      ...(Object.keys(leaving).length === 0 ? {} : { leaving }),
      ...(blocks === undefined ? {} : { blocks }),
      ...(broken.size === 0 ? {} : { frozen: { reason: "OverrideBroken", message: [...broken.values()][0] ?? "" } }),
    },
  };
}

async function customsOf(
  { shares }: Plan,
  custom: Customizing,
  { world }: Context,
): Promise<{ customs: ReadonlyMap<string, Custom>; broken: ReadonlyMap<string, string> }> {
  const customs = new Map<string, Custom>();
  const broken = new Map<string, string>();
  for (const [cluster, share] of Object.entries(shares)) {
    if (share <= 0) continue;
    const one = await custom.of(world.clusters.get(cluster));
    customs.set(cluster, one);
    if (one.broken !== undefined) broken.set(cluster, one.broken);
  }
  return { customs, broken };
}

/** What a broken Override keeps from coming finds no place; where it stands it stays. */
function without(
  plan: Plan,
  { broken, standing }: { broken: ReadonlyMap<string, string>; standing: ReadonlyMap<string, InCluster<Binding>> },
): Plan {
  const barred = new Map(
    [...broken].filter(([cluster]) => {
      const before = standing.get(cluster)?.value;
      return before === undefined || before.tombstone !== undefined;
    }),
  );
  return barred.size === 0 ? plan : barredFrom(plan, barred, "NotSelected");
}

/** Of what has an identity there is never a second one: it comes elsewhere once it is gone, or somebody vouches for that. */
function afterLeaving(plan: Plan, bindings: readonly InCluster<Binding>[], { world }: Context): Plan {
  const barred = new Map<string, string>();
  for (const cluster of Object.keys(plan.shares)) {
    const other = bindings.find((one) => one.cluster !== cluster && !isFenced(world.clusters.get(one.cluster)));
    if (other !== undefined && !bindings.some((one) => one.cluster === cluster && one.value.tombstone === undefined))
      barred.set(cluster, `waits until it has left ${other.cluster}`);
  }
  return barred.size === 0 ? plan : barredFrom(plan, barred, "DataElsewhere");
}

function barredFrom(plan: Plan, barred: ReadonlyMap<string, string>, whyNot: "NotSelected" | "DataElsewhere"): Plan {
  const taken = [...barred.keys()].reduce((sum, cluster) => sum + (plan.shares[cluster] ?? 0), 0);
  return {
    ...plan,
    shares: Object.fromEntries(Object.entries(plan.shares).filter(([cluster]) => !barred.has(cluster))),
    unplaced: plan.unplaced + taken,
    verdicts: plan.verdicts.map((verdict) => {
      const detail = barred.get(verdict.cluster);
      return detail === undefined ? verdict : { ...verdict, share: 0, whyNot, detail };
    }),
  };
}

/** What clusters keep beyond their own. Nothing where every cluster is for itself. */
function held(
  { rule, bindings }: Deciding,
  { before, reports, counted: peoples }: Facts,
  { division, replicas, unplaced, shares }: Plan,
  wanted: ReadonlyMap<string, Share>,
  context: Context,
): Record<string, number> {
  if (division === "everywhere") return {};
  const counted = rule.divided.length > 0;
  const said = wantedOf(rule, peoples.template);
  const standing = new Map(live(bindings).map((binding) => [binding.cluster, binding.value]));
  const decidedBefore = decidedCounts(bindings, before?.value, context);
  const clusters = [...new Set([...wanted.keys(), ...standing.keys()])].map((name): HoldingCluster => {
    const binding = standing.get(name);
    const report = reports.get(name);
    const share = wanted.get(name);
    const decided = share === undefined ? 0 : (countOf({ share }) ?? 1);
    const reachable = context.world.ready(name);
    return {
      name,
      stands: binding === undefined ? 0 : (countOf(binding) ?? 1),
      before: own(decidedBefore, name) ?? 0,
      decided,
      available: reachable && binding !== undefined ? availableIn(binding, report, decided, counted) : 0,
      reachable,
    };
  });
  const all = division === "divided" ? replicas : counted ? said : replicas - unplaced;
  return heldBack({
    wanted: division === "whole" && Object.keys(shares).length === 0 && unplaced === 0 ? 0 : all,
    clusters,
  });
}

function availableIn(binding: Binding, report: Report | undefined, decided: number, counted: boolean): number {
  // What was there when it was to go may be gone by now.
  if ((report?.generation ?? 0) < (binding.revivedAt ?? 0)) return 0;
  if (!counted) return settled(binding, report) ? 1 : 0;
  // Less than its share by an autoscaler's will is enough.
  if (report?.scaled !== undefined && settled(binding, report)) return Math.max(decided, report.scaled);
  return Math.max(number(report?.status, "availableReplicas"), number(report?.status, "ready"));
}

interface Writing {
  deciding: Deciding;
  facts: Facts;
  planned: Planned;
  plan: Plan;
  wanted: ReadonlyMap<string, Share>;
  leaving: Readonly<Record<string, number>>;
  customs: ReadonlyMap<string, Custom>;
  standing: ReadonlyMap<string, InCluster<Binding>>;
}

function write(
  { deciding, facts, planned, plan, wanted, leaving, customs, standing }: Writing,
  context: Context,
): Pick<Bound, "ops" | "clusters" | "members"> & { lingering: boolean } {
  const { kind, template } = deciding;
  const { needs, reports, content, labels } = facts;
  const object = template.value;
  const now = rfc3339(context.clock());
  const manner = planned.placement === undefined ? undefined : mannerOf(planned.placement);
  const common = {
    template: refOf(object, kindKey(kind)),
    templateGeneration: object.metadata.generation ?? 1,
    labels,
    requests: podRequestTexts(object),
    ...(plan.pods === undefined ? {} : { pods: podsReserved(object) }),
  };
  const bound = { ops: [] as Op[], clusters: [] as string[], members: [] as Member[], lingering: false };
  for (const cluster of new Set([...wanted.keys(), ...standing.keys()])) {
    const before = standing.get(cluster);
    const value = before?.value;
    const report = reports.get(cluster);
    const share = wanted.get(cluster);
    const extra = own(leaving, cluster) ?? 0;
    let next: Binding | undefined;
    if (share === undefined && extra === 0) next = value && release(value, report?.memberUid, now);
    else {
      bound.clusters.push(cluster);
      const custom = customs.get(cluster);
      // On its way out, or under an Override that cannot be followed, it keeps the content it has.
      const kept = share === undefined || custom?.broken !== undefined ? value : undefined;
      const revision = kept?.revision ?? content.digest;
      const lingering = lingeringNeeds(value, report, needs, revision);
      bound.lingering ||= lingering.length > 0;
      const base = share ?? value?.share ?? {};
      next = want(
        {
          ...common,
          revision,
          share: extra > 0 ? withCount(base, (share === undefined ? 0 : (countOf({ share }) ?? 0)) + extra) : base,
          override: kept === undefined ? custom?.override : kept.override,
          manner: planned.placement === undefined || share === undefined ? value?.manner : manner,
          leaving: extra > 0 ? true : undefined,
          ceiling: context.world.clusters.get(cluster)?.spec?.unschedulable === true ? value?.ceiling : undefined,
          resized: facts.counted.setAnew && share !== undefined && report?.scaled !== undefined,
          needs: [...needs, ...lingering],
        },
        value,
        now,
      );
    }
    if (next !== undefined) bound.ops.push(writeBinding(cluster, next, before));
    const stands = next ?? value;
    if (stands !== undefined) bound.members.push(memberOf(cluster, stands, report, context));
  }
  return bound;
}

/** How agents treat what they find, where the Placement says other than the defaults. */
function mannerOf({
  whenAlreadyExists,
  whenDrifted,
  whenOwnedByOthers,
  ignoreFields = [],
}: PlacementSpec): Manner | undefined {
  const manner: Manner = {
    ...(whenAlreadyExists === "Adopt" ? { adopt: true } : {}),
    ...(whenDrifted === "Report" ? { reportDrift: true } : {}),
    ...(whenOwnedByOthers === "Report" ? { alone: true } : {}),
    ...(ignoreFields.length === 0 ? {} : { ignoreFields }),
  };
  return Object.keys(manner).length === 0 ? undefined : manner;
}

function live(bindings: readonly InCluster<Binding>[]): InCluster<Binding>[] {
  return bindings.filter(({ value }) => value.tombstone === undefined);
}

/** Followers that only the previous revision names stay until its pods are gone: they leave after what needs them. */
function lingeringNeeds(
  before: Binding | undefined,
  report: Report | undefined,
  needs: readonly string[],
  revision: string,
): string[] {
  if (before === undefined || before.tombstone !== undefined) return [];
  const extra = before.needs.filter((need) => !needs.includes(need));
  return extra.length > 0 && before.revision === revision && settled(before, report) ? [] : extra;
}
