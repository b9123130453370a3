// What clusters say of followers: the status of those that have one at the root (what holds data; what counts where it goes), and failures as
// Events. Answers whom a failure concerns: the workloads beside which it stands.
import { BINDINGS, templateName, type Binding } from "../../kinds/binding.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { JsonObject, KubeObject, Loose } from "../../kinds/object.ts";
import { budgetStatus, scalerStatus } from "../../core/aggregate/finder.ts";
import { byName, type Member } from "../../core/aggregate/member.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { FollowerRule } from "../../core/schedule/finding.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
import type { Key, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context } from "./context.ts";
import { eventOps } from "./failureevents.ts";
import { bindingsFoundBy } from "./finders.ts";
import { memberOf } from "./memberof.ts";
import { readRows } from "./recent.ts";
import { labelRef, namespaceRef, needRef, ownRef } from "./refs.ts";
import { keyOf, readBinding, readObject, readReport, reportKey, type InCluster, type Stored } from "./rows.ts";
import { writeStatus } from "./status.ts";

function followerRule(kind: Kind | undefined): FollowerRule | undefined {
  return kind?.federation.rule === "follower" ? kind.federation : undefined;
}

/** Is it a follower whose status at the root comes from the clusters? */
export function tellsStatus(name: string, { kindOf }: Context): boolean {
  const kind = kindOf.get(keyOf(name).resource);
  const rule = followerRule(kind);
  return rule?.keeps === true || (rule?.finds !== undefined && kind?.status === true);
}

export interface Said {
  /** Store names of what it stands beside. */
  needers: string[];
  againMs?: number;
}

export async function reportFollower(name: string, context: Context): Promise<Said> {
  const { store, world } = context;
  const key = keyOf(name);
  const kind = context.kindOf.get(key.resource);
  const [[row], bindings] = await Promise.all([readRows([key], context), store.listByRef(BINDINGS, ownRef(name))]);
  const own = bindings.map(readBinding);
  const stored = row === undefined ? undefined : readObject(row);
  const { ops, againMs }: Status =
    stored !== undefined && kind !== undefined && tellsStatus(name, context)
      ? await statusOps(key, kind, stored, own, context)
      : { ops: [] };
  for (const { cluster, value } of own) {
    const failure = world.failures.get(name)?.get(cluster);
    if (failure !== undefined && value.tombstone === undefined)
      ops.push(...(await eventOps(value.template, cluster, failure, context)));
  }
  await commit(context, { ops });
  const needers = new Set<string>();
  const beside = await Promise.all(needRefs(name, own, context).map((ref) => store.listByRef(BINDINGS, ref)));
  for (const found of beside.flat()) needers.add(templateName(readBinding(found).value.template));
  const rule = followerRule(kind);
  if (stored !== undefined && rule?.finds !== undefined && world.failures.has(name))
    for (const { value } of await bindingsFoundBy(stored.value, rule, context))
      needers.add(templateName(value.template));
  return { needers: [...needers], ...(againMs === undefined ? {} : { againMs }) };
}

function needRefs(name: string, own: readonly InCluster<Binding>[], { world }: Context): string[] {
  const key = keyOf(name);
  if (key.resource === NAMESPACES) return own.map(({ cluster }) => namespaceRef(cluster, key.name));
  const selector = own.length === 0 ? undefined : world.selectorOf(key.namespace, key.name);
  const pair = selector === undefined ? undefined : Object.entries(selector)[0];
  return [needRef(name), ...(pair === undefined ? [] : [labelRef(key.namespace, ...pair)])];
}

interface Status {
  ops: Op[];
  againMs?: number;
}

async function statusOps(
  key: Key,
  kind: Kind,
  stored: Stored<KubeObject>,
  all: readonly InCluster<Binding>[],
  context: Context,
): Promise<Status> {
  const { world, clock } = context;
  const uid = stored.value.metadata.uid ?? "";
  const own = all.filter(({ cluster, value }) => value.template.uid === uid && world.clusters.has(cluster));
  const keys = own.map(({ cluster }) => reportKey(cluster, uid));
  const reports = new Map((await readRows(keys, context)).map((found) => [found.namespace, readReport(found).value]));
  const members = own.map(({ cluster, value }) => memberOf(cluster, value, reports.get(cluster), context));
  const { status, againMs } = statusOf(kind, stored.value, members, clock());
  const ops: Op[] =
    status === undefined || equalJson(stored.value["status"], status)
      ? [{ op: "require", key, expect: stored.version }]
      : [writeStatus(kind, { ...stored.value, status }, stored, rfc3339(clock()))];
  return { ops, ...(againMs === undefined ? {} : { againMs }) };
}

/** Undefined: nothing is known of it, so it stays as it is. */
function statusOf(
  kind: Kind,
  object: KubeObject,
  members: readonly Member[],
  nowMs: number,
): { status?: JsonObject | undefined; againMs?: number } {
  const rule = followerRule(kind);
  if (rule?.keeps === true) return { status: dataStatus(members) };
  const before = (object as Loose).status ?? {};
  const counts = (before.expectedPods ?? before.currentReplicas ?? 0) > 0;
  if (rule?.finds === undefined || (members.length === 0 && !counts)) return {};
  return "pods" in rule.finds
    ? budgetStatus({ object, members, nowMs })
    : { status: scalerStatus({ object, members, nowMs }) };
}

/** Of what holds data: of several clusters the one that is not through yet speaks for all. */
function dataStatus(members: readonly Member[]): JsonObject | undefined {
  const statuses = byName(members)
    .filter(({ binding }) => binding.tombstone === undefined)
    .map(({ report }) => report?.status)
    .filter((status) => status !== undefined);
  return statuses.find((one) => one["phase"] !== "Bound") ?? statuses[0];
}
