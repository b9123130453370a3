// Reports to status: adds up what the clusters say into the template's status and its ReplicaSets', and turns failures into Events. Writes
// only what differs, with compare-and-set on the template, so a status never overwrites a spec it has not
// read. A decision brings its own first status (schedule.ts): what clusters say is all that wakes this.
import {
  BINDINGS,
  REPORTS,
  templateName,
  type Binding,
  type ReportFailure,
  type TemplateRef,
} from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { deploymentStatus } from "../../core/aggregate/deployment.ts";
import { eventNamespace, failureEvent, failureEventName } from "../../core/aggregate/event.ts";
import { settled, type Member } from "../../core/aggregate/member.ts";
import { replicaSetStatuses } from "../../core/aggregate/replicaset.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS } from "../../core/schedule/decision.ts";
import { NAMESPACES } from "../../core/schedule/followers.ts";
import { REPLICASETS } from "../../core/schedule/replicasets.ts";
import type { Event, Op } from "../store/store.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import { serviceNames } from "./followers.ts";
import { namespaceRef, needRef, ownRef, labelRef } from "./refs.ts";
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
  type InCluster,
  type Stored,
} from "./rows.ts";
import { eachRow } from "./scan.ts";
import { isStatusOfOthers, writeStatus } from "./status.ts";
import { wholeOps } from "./whole.ts";

const EVENTS = "events";

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
  reconcile: (name, context) => (isWorkload(name, context) ? aggregate(name, context) : reportFollower(name, context)),
};

function isWorkload(name: string, { kindOf }: Context): boolean {
  return kindOf.get(keyOf(name).resource)?.federation.rule === "workload";
}

function keepsData(name: string, { kindOf }: Context): boolean {
  const rule = kindOf.get(keyOf(name).resource)?.federation;
  return rule?.rule === "follower" && rule.keeps === true;
}

function* wakes(event: Event, context: Context): Iterable<string> {
  switch (event.resource) {
    case BINDINGS: {
      if (event.type !== "DELETED") break;
      const name = templateName(readBinding(event).value.template);
      if (isWorkload(name, context)) yield name;
      break;
    }
    case REPORTS: {
      const report = readReport(event).value;
      const name = templateName(report.template);
      // Of a follower only its failures matter, and the status of one that holds data.
      if (
        isWorkload(name, context) ||
        keepsData(name, context) ||
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
    const report = reports.get(cluster);
    return { cluster, binding: value, ...(report === undefined ? {} : { report }), reachable: world.ready(cluster) };
  });
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
  if (
    decision?.lingering === true &&
    members.every(({ binding, report, reachable }) => !reachable || settled(binding, report))
  )
    return { wake: [{ controller: "schedule", key: name }] };
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

/** Failures of what a workload needs beside it, in the clusters where it is placed. */
export function followerFailures(
  members: readonly Member[],
  { world }: Context,
): { cluster: string; follower: string; failure: ReportFailure }[] {
  if (world.failures.size === 0) return [];
  return members.flatMap(({ cluster, binding }) => {
    if (binding.tombstone !== undefined) return [];
    const services = world.servicesSelecting(binding.template.namespace, binding.labels ?? {});
    return [...binding.needs, ...serviceNames(binding.template.namespace, services)].flatMap((follower) => {
      const failure = world.failures.get(follower)?.get(cluster);
      return failure === undefined ? [] : [{ cluster, follower, failure }];
    });
  });
}

/** The status of what holds data, from where it stands: of several clusters the one that is not through yet speaks for all. */
async function dataOps(name: string, own: readonly InCluster<Binding>[], context: Context): Promise<Op[]> {
  const key = keyOf(name);
  const [row] = await readRows([key], context);
  if (row === undefined) return [];
  const kind = context.kindOf.get(key.resource);
  if (kind === undefined) return [];
  const stored = readObject(row);
  const uid = stored.value.metadata.uid ?? "";
  const clusters = own
    .filter(({ value }) => value.template.uid === uid && value.tombstone === undefined)
    .map(({ cluster }) => cluster)
    .sort();
  const reports = new Map(
    (
      await readRows(
        clusters.map((cluster) => reportKey(cluster, uid)),
        context,
      )
    ).map((found) => [found.namespace, readReport(found).value.status]),
  );
  const statuses = clusters.map((cluster) => reports.get(cluster)).filter((status) => status !== undefined);
  const status = statuses.find((one) => one["phase"] !== "Bound") ?? statuses[0];
  return status === undefined || equalJson(stored.value["status"], status)
    ? [{ op: "require", key, expect: stored.version }]
    : [writeStatus(kind, { ...stored.value, status }, stored, rfc3339(context.clock()))];
}

/** A follower has no status: its failures are Events, and stand on the conditions of the workloads that need it. */
async function reportFollower(name: string, context: Context): Promise<Outcome | void> {
  const { store } = context;
  const own = (await store.listByRef(BINDINGS, ownRef(name))).map(readBinding);
  const ops: Op[] = keepsData(name, context) ? await dataOps(name, own, context) : [];
  for (const { cluster, value } of own) {
    const failure = context.world.failures.get(name)?.get(cluster);
    if (failure !== undefined && value.tombstone === undefined)
      ops.push(...(await eventOps(value.template, cluster, failure, context)));
  }
  await commit(context, { ops });
  const needers = new Set<string>();
  for (const rows of await Promise.all(
    needRefs(
      name,
      own.map(({ cluster }) => cluster),
      own[0]?.value.template,
      context,
    ).map((ref) => store.listByRef(BINDINGS, ref)),
  )) {
    for (const row of rows) needers.add(templateName(readBinding(row).value.template));
  }
  return {
    wake: [...needers].filter((needer) => isWorkload(needer, context)).map((key) => ({ controller: "aggregate", key })),
  };
}

function needRefs(
  name: string,
  clusters: readonly string[],
  template: TemplateRef | undefined,
  { world }: Context,
): string[] {
  const key = keyOf(name);
  if (key.resource === NAMESPACES) return clusters.map((cluster) => namespaceRef(cluster, key.name));
  const selector = template === undefined ? undefined : world.selectorOf(key.namespace, key.name);
  const pair = selector === undefined ? undefined : Object.entries(selector)[0];
  return [needRef(name), ...(pair === undefined ? [] : [labelRef(key.namespace, ...pair)])];
}

async function eventOps(
  template: TemplateRef,
  cluster: string,
  failure: ReportFailure,
  context: Context,
): Promise<Op[]> {
  const kind = context.kinds.find((candidate) => kindKey(candidate) === EVENTS);
  if (kind === undefined) return [];
  const row = await context.store.get({
    resource: EVENTS,
    namespace: eventNamespace(template),
    name: failureEventName(template, cluster, failure),
  });
  const before = row === undefined ? undefined : readObject(row);
  const event = failureEvent(template, cluster, failure, before?.value, context.uid);
  return event === undefined ? [] : [writeObject(EVENTS, event, before)];
}
