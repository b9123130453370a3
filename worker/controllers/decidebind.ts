// A plan as bindings: one for every cluster with a share, tombstones where it has none any more. What stands as it should is not written.
import { type Binding, type Report } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { settled, type Member } from "../../core/aggregate/member.ts";
import { podRequestTexts } from "../../core/schedule/capacity.ts";
import { release, want } from "../../core/schedule/binding.ts";
import { podLabels } from "../../core/schedule/followers.ts";
import { podsReserved } from "../../core/schedule/podtemplate.ts";
import type { Plan } from "../../core/schedule/schedule.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { memberOf } from "./memberof.ts";
import { refOf, writeBinding, type InCluster } from "./rows.ts";
import type { WorkloadRule } from "./decideread.ts";

interface Own {
  object: KubeObject;
  kind: Kind;
  rule: WorkloadRule;
  plan: Plan;
  needs: string[];
  bindings: InCluster<Binding>[];
  reports: ReadonlyMap<string, Report>;
  revision: string;
}

export function bindOwn(
  { object, kind, rule, plan, needs, bindings, reports, revision }: Own,
  context: Context,
): { ops: Op[]; clusters: string[]; members: Member[]; lingering: boolean } {
  const ops: Op[] = [];
  const clusters: string[] = [];
  const members: Member[] = [];
  let lingering = false;
  const now = rfc3339(context.clock());
  const requests = podRequestTexts(object);
  const standing = new Map(bindings.map((binding) => [binding.cluster, binding]));
  for (const cluster of new Set([...Object.keys(plan.shares), ...standing.keys()])) {
    const share = plan.shares[cluster] ?? 0;
    const before = standing.get(cluster);
    const report = reports.get(cluster);
    if (share === 0) {
      const next = before === undefined ? undefined : release(before.value, report?.memberUid, now);
      if (next !== undefined) ops.push(writeBinding(cluster, next, before));
      const left = next ?? before?.value;
      if (left !== undefined) members.push(memberOf(cluster, left, report, context));
      continue;
    }
    clusters.push(cluster);
    const kept = lingeringNeeds(before?.value, report, needs, revision);
    lingering ||= kept.length > 0;
    const next = want(
      {
        template: refOf(object, kindKey(kind)),
        templateGeneration: object.metadata.generation ?? 1,
        revision,
        share: Object.fromEntries(rule.divided.slice(0, 1).map((path) => [path, share])),
        needs: [...needs, ...kept],
        labels: podLabels(object),
        requests,
        ...(plan.pods === undefined ? {} : { pods: podsReserved(object) }),
      },
      before?.value,
      now,
    );
    if (next !== undefined) ops.push(writeBinding(cluster, next, before));
    const stands = next ?? before?.value;
    if (stands !== undefined) members.push(memberOf(cluster, stands, report, context));
  }
  return { ops, clusters, members, lingering };
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

/** Live shares by cluster, in the unit that is divided. */
export function sharesOf(bindings: readonly InCluster<Binding>[], rule: WorkloadRule): Record<string, number> {
  const path = rule.divided[0];
  const live = bindings.filter((binding) => binding.value.tombstone === undefined);
  return Object.fromEntries(
    live.map(({ cluster, value }) => [cluster, path === undefined ? 1 : (value.share[path] ?? 0)]),
  );
}
