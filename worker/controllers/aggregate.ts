// Reports to status: adds up what the clusters say into the template's status and its ReplicaSets', and turns failures into Events. Writes
// only what differs, with compare-and-set on the template, so a status never overwrites a spec it has not
// read. A decision brings its own first status (schedule.ts): what clusters say is all that wakes this.
import { BINDINGS, REPORTS, templateName, type ReportFailure } from "../../kinds/binding.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { deploymentStatus } from "../../core/aggregate/deployment.ts";
import { settled, type Member } from "../../core/aggregate/member.ts";
import { replicaSetStatuses } from "../../core/aggregate/replicaset.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS } from "../../core/schedule/decision.ts";
import { REPLICASETS } from "../../core/schedule/replicasets.ts";
import type { Event, Op } from "../store/store.ts";
import { autoscaledOps } from "./autoscaled.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { eventOps } from "./failureevents.ts";
import { besideOf } from "./followers.ts";
import { reportFollower, tellsStatus } from "./followerstatus.ts";
import { memberOf } from "./memberof.ts";
import { ownRef } from "./refs.ts";
import { readRows } from "./recent.ts";
import { isRevised } from "./revise.ts";
import {
  decisionKey,
  keyOf,
  readBinding,
  readDecision,
  readObject,
  readReport,
  reportKey,
  writeObject,
  type Stored,
} from "./rows.ts";
import { eachRow } from "./scan.ts";
import { isStatusOfOthers, writeStatus } from "./status.ts";
import { wholeOps } from "./whole.ts";

export const aggregateController: Controller = {
  name: "aggregate",
  // In a burst decisions come first: what they say of the past can wait for what they want.
  concurrency: 6,
  yieldsTo: "schedule",
  wakes,
  async *resync({ store, world }) {
    for await (const row of eachRow(store, DECISIONS)) yield templateName(readDecision(row).value.template);
    yield* world.failures.keys();
  },
  reconcile: (name, context) => (isWorkload(name, context) ? aggregate(name, context) : followerSaid(name, context)),
};

function isWorkload(name: string, { kindOf }: Context): boolean {
  return kindOf.get(keyOf(name).resource)?.federation.rule === "workload";
}

function* wakes(event: Event, context: Context): Iterable<string> {
  switch (event.resource) {
    case BINDINGS: {
      if (event.type === "MODIFIED") break;
      const name = templateName(readBinding(event).value.template);
      // What decides on a workload says its status too; what places a follower does not.
      if ((event.type === "DELETED" && isWorkload(name, context)) || tellsStatus(name, context)) yield name;
      break;
    }
    case REPORTS: {
      const report = readReport(event).value;
      const name = templateName(report.template);
      // Of a follower only its failures matter, and the status of those that have one at the root.
      if (
        isWorkload(name, context) ||
        tellsStatus(name, context) ||
        report.failure !== undefined ||
        event.previous?.includes('"failure"') === true
      )
        yield name;
      break;
    }
    // A status that somebody wrote through /status is put right at once, not when a cluster next says something (P12).
    default:
      if (event.type === "MODIFIED" && isStatusOfOthers(event.value) && isWorkload(templateName(event), context))
        yield templateName(event);
  }
}

async function aggregate(name: string, context: Context): Promise<Outcome | void> {
  const { store, world } = context;
  const key = keyOf(name);
  const [row] = await readRows([key], context);
  const kind = context.kindOf.get(key.resource);
  if (row === undefined || kind === undefined) return;
  const template = readObject(row);
  const uid = template.value.metadata.uid ?? "";
  const [decisionRow] = await readRows([decisionKey(uid)], context);
  const decision = decisionRow === undefined ? undefined : readDecision(decisionRow).value;
  // After the decision, which this commit requires as it was read: so these are the bindings of that decision, or the commit fails (P12).
  const bindings = (await store.listByRef(BINDINGS, ownRef(name)))
    .map(readBinding)
    .filter((binding) => binding.value.template.uid === uid && world.clusters.has(binding.cluster));
  const revisions = decision?.revisions ?? [];
  const rows = await readRows(
    [
      ...bindings.map(({ cluster }) => reportKey(cluster, uid)),
      ...revisions.map(({ replicaSet }) => ({ resource: REPLICASETS, namespace: key.namespace, name: replicaSet })),
    ],
    context,
  );
  const reports = new Map(
    rows.filter((found) => found.resource === REPORTS).map((found) => [found.namespace, readReport(found).value]),
  );
  const members = bindings.map(({ cluster, value }): Member => {
    return memberOf(cluster, value, reports.get(cluster), context);
  });
  const autoscaled =
    decisionRow === undefined ? undefined : autoscaledOps(kind, template, readDecision(decisionRow), members, context);
  // Decided anew then, and told there.
  if (autoscaled !== undefined) return commit(context, { ops: autoscaled });
  const said = {
    template: template.value,
    decision,
    members,
    followerFailures: followerFailures(members, context),
    now: rfc3339(context.clock()),
  };
  const ops: Op[] = [{ op: "require", key, expect: template.version }];
  if (decisionRow !== undefined) ops.push({ op: "require", key: decisionKey(uid), expect: decisionRow.version });
  if (isRevised(kind, context)) {
    const replicaSets = new Map(
      rows.filter((found) => found.resource === REPLICASETS).map((found) => [found.name, readObject(found)]),
    );
    ops.push(
      ...divided(
        template,
        kind,
        deploymentStatus(said),
        revisions.flatMap(({ replicaSet }) => replicaSets.get(replicaSet) ?? []),
        said.now,
      ),
    );
  } else ops.push(...wholeOps(template, kind, said, undefined));
  for (const { cluster, report } of members)
    if (report?.failure !== undefined) ops.push(...(await eventOps(report.template, cluster, report.failure, context)));
  await commit(context, { ops });
  // The clusters' own autoscalers are gone; of those of the root a deletion tells.
  const { autoscaled: scaled } = decision ?? {};
  if (scaled !== undefined && scaled.follower !== true && members.every(({ report }) => report?.scaled === undefined))
    return { wake: [{ controller: "schedule", key: name }] };
  // What it moved away from goes, one by one, as what stands for it becomes available (core/schedule/leaving.ts).
  if (decision?.leaving !== undefined) return { wake: [{ controller: "schedule", key: name }] };
  if (
    decision?.lingering === true &&
    members.every(({ binding, report, reachable }) => !reachable || settled(binding, report))
  )
    return { wake: [{ controller: "schedule", key: name }] };
}

/** A follower's failures stand on the conditions of the workloads that have it beside them. */
async function followerSaid(name: string, context: Context): Promise<Outcome> {
  const { needers, againMs } = await reportFollower(name, context);
  return {
    wake: needers.filter((key) => isWorkload(key, context)).map((key) => ({ controller: "aggregate", key })),
    ...(againMs === undefined ? {} : { againMs }),
  };
}

function divided(
  template: Stored<KubeObject>,
  kind: Kind,
  status: ReturnType<typeof deploymentStatus>,
  replicaSets: readonly Stored<KubeObject>[],
  now: string,
): Op[] {
  const own = equalJson(template.value["status"] ?? {}, status)
    ? []
    : [writeStatus(kind, { ...template.value, status }, template, now)];
  return [...own, ...replicaSetOps(replicaSets, status)];
}

function replicaSetOps(replicaSets: readonly Stored<KubeObject>[], status: ReturnType<typeof deploymentStatus>): Op[] {
  const statuses = replicaSetStatuses(
    replicaSets.map(({ value }) => value),
    status,
  );
  return replicaSets.flatMap((stored, index) => {
    const next = statuses[index];
    if (next === undefined) return [];
    if (!equalJson(stored.value["status"], next))
      return [writeObject(REPLICASETS, { ...stored.value, status: next }, stored)];
    const { namespace = "", name } = stored.value.metadata;
    return [{ op: "require", key: { resource: REPLICASETS, namespace, name }, expect: stored.version }];
  });
}

/** Failures of what a workload has beside it, in the clusters where it is placed. */
export function followerFailures(
  members: readonly Member[],
  { world }: Context,
): { cluster: string; follower: string; failure: ReportFailure }[] {
  if (world.failures.size === 0) return [];
  return members.flatMap(({ cluster, binding }) => {
    if (binding.tombstone !== undefined) return [];
    return besideOf(binding, world).flatMap((follower) => {
      const failure = world.failures.get(follower)?.get(cluster);
      return failure === undefined ? [] : [{ cluster, follower, failure }];
    });
  });
}
