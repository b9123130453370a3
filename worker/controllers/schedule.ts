// Templates to decisions: one reconcile reads the template, its bindings and its followers, asks core once where it runs, and commits the
// whole answer at once (P7): contents, followers' bindings, its own, ReplicaSets, the decision. A template that is gone becomes tombstones.
// Never moves what stands, never deletes a binding but of a cluster that left (its objects stay, P3).
import { BINDINGS, templateName, type Binding, type Report } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { deploymentStatus } from "../../core/aggregate/deployment.ts";
import { placementEvent } from "../../core/aggregate/event.ts";
import { podsSeen, settled, type Member } from "../../core/aggregate/member.ts";
import { podRequestTexts } from "../../core/schedule/capacity.ts";
import { release, want } from "../../core/schedule/binding.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { needsOf, podLabels } from "../../core/schedule/followers.ts";
import { podsReserved } from "../../core/schedule/podtemplate.ts";
import { sameForMembers } from "../../core/schedule/revision.ts";
import { schedule, type Plan } from "../../core/schedule/schedule.ts";
import { scheduleWhole } from "../../core/schedule/whole.ts";
import type { Event, Op } from "../store/store.ts";
import { claimsOf } from "./claims.ts";
import { commit } from "./commit.ts";
import { Busy, rfc3339, type Context, type Controller, type Outcome } from "./context.ts";
import {
  asMembersSee,
  contentOf,
  placeBeside,
  propagates,
  readFollowers,
  serviceNames,
  withoutOwners,
} from "./followers.ts";
import { forget, releaseAll, replicaSetDeletions } from "./release.ts";
import { record } from "./history.ts";
import { parsed } from "./parsed.ts";
import { readRows } from "./recent.ts";
import { ownRef } from "./refs.ts";
import { followerFailures } from "./aggregate.ts";
import { revise, revisionOps } from "./revise.ts";
import {
  decisionKey,
  keyOf,
  readBinding,
  readDecision,
  readObject,
  readReport,
  refOf,
  reportKey,
  writeBinding,
  writeDecision,
  writeObject,
  type InCluster,
  type Stored,
} from "./rows.ts";
import { eachRow } from "./scan.ts";
import { MEASURED_AFTER_MS } from "./assumed.ts";
import { wholeOps } from "./whole.ts";

const EVENTS = "events";

type WorkloadRule = Extract<Kind["federation"], { rule: "workload" }>;

export const scheduleController: Controller = {
  name: "schedule",
  // More would share its two cores and Postgres with those who are waiting for an answer: measured, 4 lets 1.7 times the creates through.
  concurrency: 4,
  calmConcurrency: 24,
  wakes,
  async *resync({ store, kinds }) {
    for (const kind of kinds)
      if (kind.federation.rule === "workload")
        for await (const row of eachRow(store, kindKey(kind))) if (mayLeave(kind, row.value)) yield templateName(row);
    // Bindings of templates that went while nobody looked.
    for await (const row of eachRow(store, DECISIONS)) yield templateName(readDecision(row).value.template);
  },
  reconcile,
};

function* wakes(event: Event, context: Context): Iterable<string> {
  const { kindOf } = context;
  if (event.resource === BINDINGS) {
    if (event.type !== "DELETED") return;
    const { template } = parsed<Binding>(event.value);
    if (kindOf.get(template.resource)?.federation.rule === "workload") yield templateName(template);
    return;
  }
  const kind = kindOf.get(event.resource);
  const rule = kind?.federation;
  if (kind === undefined || rule?.rule !== "workload") return;
  if (!mayLeave(kind, event.value) && (event.previous === undefined || !mayLeave(kind, event.previous))) return;
  if (event.type === "MODIFIED" && event.previous !== undefined) {
    const [before, after] = [parsed<KubeObject>(event.previous), parsed<KubeObject>(event.value)];
    const letGo = propagatesAs(before, kind, context) !== propagatesAs(after, kind, context);
    if (
      !letGo &&
      sameForMembers(before, after, rule) &&
      equalJson(before.metadata.finalizers, after.metadata.finalizers)
    )
      return;
  }
  yield templateName(event);
}

/** Records that never left (the ReplicaSets of a Deployment) are no work: each decision writes some. */
function mayLeave(kind: Kind, value: string): boolean {
  return kind.propagates === undefined || kind.propagates(withoutOwners(parsed<KubeObject>(value)));
}

const propagatesAs = (object: KubeObject, kind: Kind, context: Context): boolean =>
  kind.propagates?.(asMembersSee(object, context)) !== false;

/** What was placed stays so when a controller adopts it later: nothing that runs ends by that, and nothing runs again when it is let go. */
function isAdopted(object: KubeObject, kind: Kind, decisions: readonly Stored<Decision>[], context: Context): boolean {
  const placed = decisions.some(
    ({ value }) =>
      value.template.uid === object.metadata.uid &&
      (value.lost !== undefined || value.verdicts.some(({ share }) => share > 0)),
  );
  return placed && propagates(withoutOwners(object), kind, context);
}

async function reconcile(name: string, context: Context): Promise<Outcome | void> {
  const { store, world } = context;
  const key = keyOf(name);
  const [[row], bindingRows, decisionRows] = await Promise.all([
    readRows([key], context),
    store.listByRef(BINDINGS, ownRef(name)),
    store.listByRef(DECISIONS, ownRef(name)),
  ]);
  const kind = context.kindOf.get(key.resource);
  const template = row === undefined ? undefined : readObject(row);
  const bindings = bindingRows.map(readBinding);
  const decisions = decisionRows.map(readDecision);
  const { membership, room } = world;
  const gone = bindings.filter(({ cluster }) => !world.clusters.has(cluster));
  const standing = bindings.filter((binding) => !gone.includes(binding));
  const uid = template?.value.metadata.uid;
  const stays =
    kind !== undefined &&
    template !== undefined &&
    (propagates(template.value, kind, context) || isAdopted(template.value, kind, decisions, context));
  if (kind?.federation.rule !== "workload" || !stays) {
    // What was read beside its absence may be of one that was made since: looked at after them, it tells.
    if (template === undefined && bindings.length + decisions.length > 0 && (await store.get(key)) !== undefined)
      throw new Busy(`made again: ${name}`);
    await releaseAll({ kind, template, bindings: standing, decisions, gone }, context);
    return;
  }
  const stale = standing.filter((binding) => binding.value.template.uid !== uid);
  if (gone.length > 0 || stale.some((binding) => binding.value.tombstone === undefined))
    await forget({ gone, stale }, context);
  const decision = await decide(
    {
      kind,
      rule: kind.federation,
      template,
      decisions,
      bindings: standing.filter((binding) => !stale.includes(binding)),
    },
    context,
  );
  // What a cluster's change wakes was listed while this decision was not in the log yet: then nobody else looks at it again.
  if (
    world.membership !== membership ||
    (decision.unplaced > 0 && world.room !== room) ||
    (decision.missing !== undefined && (await isFound(template.value, decision.missing, context)))
  )
    return { wake: [{ controller: "schedule", key: name }] };
  // Assumptions also end by the clock, which no change in the log tells.
  if (decision.unplaced > 0 && world.assumed.ending) return { againMs: MEASURED_AFTER_MS };
}

/** What a decision missed came while it was made. */
async function isFound(template: KubeObject, missing: readonly string[], context: Context): Promise<boolean> {
  const names = dataNames(needsOf(template), context).map(keyOf);
  return (await context.store.getMany(names.filter(({ name }) => missing.includes(name)))).length > 0;
}

interface Deciding {
  kind: Kind;
  rule: WorkloadRule;
  template: Stored<KubeObject>;
  bindings: InCluster<Binding>[];
  decisions: Stored<Decision>[];
}

async function decide({ kind, rule, template, bindings, decisions }: Deciding, context: Context): Promise<Decision> {
  const { world } = context;
  const object = template.value;
  const { uid = "", namespace = "" } = object.metadata;
  const before = decisions.find((decision) => decision.value.template.uid === uid);
  const labels = podLabels(object);
  const named = needsOf(object);
  const claims = (await claimsOf(object, context)).filter((name) => !named.includes(name));
  const selecting = serviceNames(namespace, world.servicesSelecting(namespace, labels));
  const beside = [...named, ...claims, ...selecting.filter((name) => !named.includes(name))];
  const [followers, reportRows, content] = await Promise.all([
    readFollowers(beside, context),
    readRows(
      bindings.map(({ cluster }) => reportKey(cluster, uid)),
      context,
    ),
    contentOf(object, kind, context),
  ]);
  // One that went since it was listed is not waited for.
  const needs = [...named, ...claims.filter((name) => followers.has(name))];
  const reports = new Map(reportRows.map((report) => [report.namespace, readReport(report).value]));
  const asked = {
    template: object,
    clusters: [...world.clusters.values()].map((cluster) => world.assumed.less(cluster)),
    current: sharesOf(bindings, rule),
    running: Object.fromEntries(
      bindings.map(({ cluster }) => [cluster, runningPods(reports.get(cluster)) + world.assumed.awaited(cluster, uid)]),
    ),
  };
  const whole = rule.divided.length === 0;
  const plan = whole
    ? scheduleWhole({
        ...asked,
        once: rule.once === true,
        data: await dataClusters(needs, context),
        missing: dataNames(needs, context)
          .filter((need) => !followers.has(need))
          .map((need) => keyOf(need).name),
        before: before?.value,
      })
    : schedule({ ...asked, rule });
  const own = bindOwn({ object, kind, rule, plan, needs, bindings, reports, revision: content.digest }, context);
  const [followed, revised, recorded] = await Promise.all([
    placeBeside(beside, followers, own.clusters, context),
    revise({ template, replicas: plan.replicas, before: before?.value, kind }, context),
    record(object, before?.value, context),
  ]);
  const decision: Decision = {
    template: refOf(object, kindKey(kind)),
    templateGeneration: object.metadata.generation ?? 1,
    replicas: plan.replicas,
    unplaced: plan.unplaced,
    verdicts: plan.verdicts,
    revisions: revised?.plan.revisions ?? [],
    ...(recorded === undefined ? {} : { history: recorded.history }),
    ...(plan.pods === undefined ? {} : { pods: plan.pods }),
    ...(plan.lost === undefined ? {} : { lost: plan.lost }),
    ...(plan.gated === undefined ? {} : { gated: plan.gated }),
    ...(plan.missing === undefined ? {} : { missing: plan.missing }),
    lingering: own.lingering || recorded?.lingering === true,
  };
  const key = { resource: kindKey(kind), namespace, name: object.metadata.name };
  const said = {
    template: object,
    decision,
    members: own.members,
    followerFailures: followerFailures(own.members, context),
    now: rfc3339(context.clock()),
  };
  const revisions =
    revised !== undefined
      ? revisionOps(template, kind, revised, deploymentStatus(said), said.now)
      : [...(recorded?.ops ?? []), ...wholeOps(template, kind, said, Object.keys(plan.shares)[0])];
  const ops: Op[] = [...followed.ops, ...own.ops, ...revisions, { op: "require", key, expect: template.version }];
  if (before === undefined || !sameDecision(before.value, decision))
    ops.push(writeDecision(decision, before), ...announce(decision, before, context));
  const old = decisions.filter((other) => other !== before);
  for (const other of old)
    ops.push({ op: "delete", key: decisionKey(other.value.template.uid), expect: other.version });
  // ReplicaSets of an earlier template of this name, but for one whose name the new one took over.
  const written = new Set(revisions.map((op) => op.key.name));
  ops.push(...(await replicaSetDeletions(old, context)).filter((op) => !written.has(op.key.name)));
  await commit(context, { ops, contents: own.ops.length > 0 ? [...followed.contents, content] : followed.contents });
  return decision;
}

/** What moved, and why: shown by `kubectl describe`. In the decision's own commit, whose compare-and-set makes the Event the only one of its name. */
function announce(decision: Decision, before: Stored<Decision> | undefined, context: Context): Op[] {
  const event = context.kindOf.has(EVENTS)
    ? placementEvent(decision, before, rfc3339(context.clock()), context.uid())
    : undefined;
  return event === undefined ? [] : [writeObject(EVENTS, event, undefined)];
}

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

function bindOwn(
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
      if (left !== undefined) members.push(member(cluster, left, report, context));
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
    if (stands !== undefined) members.push(member(cluster, stands, report, context));
  }
  return { ops, clusters, members, lingering };
}

function member(cluster: string, binding: Binding, report: Report | undefined, { world }: Context): Member {
  return { cluster, binding, ...(report === undefined ? {} : { report }), reachable: world.ready(cluster) };
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
function sharesOf(bindings: readonly InCluster<Binding>[], rule: WorkloadRule): Record<string, number> {
  const path = rule.divided[0];
  const live = bindings.filter((binding) => binding.value.tombstone === undefined);
  return Object.fromEntries(
    live.map(({ cluster, value }) => [cluster, path === undefined ? 1 : (value.share[path] ?? 0)]),
  );
}

function runningPods(report: Report | undefined): number {
  const seen = podsSeen(report?.status) ?? 0;
  return Number.isFinite(seen) ? seen : 0;
}

/** Of what a workload needs beside it, what holds data. */
function dataNames(needs: readonly string[], { kindOf }: Context): string[] {
  return needs.filter((need) => {
    const rule = kindOf.get(keyOf(need).resource)?.federation;
    return rule?.rule === "follower" && rule.keeps === true;
  });
}

/** Clusters that hold the data a workload names; undefined: there is none yet, so it may come anywhere. */
async function dataClusters(needs: readonly string[], context: Context): Promise<Set<string> | undefined> {
  const { store, world } = context;
  const keeping = dataNames(needs, context);
  let found: Set<string> | undefined;
  for (const rows of await Promise.all(keeping.map((need) => store.listByRef(BINDINGS, ownRef(need))))) {
    const here = rows
      .map(readBinding)
      .filter(({ cluster, value }) => value.tombstone === undefined && world.clusters.has(cluster));
    if (here.length === 0) continue;
    const clusters = new Set(here.map(({ cluster }) => cluster));
    found = found === undefined ? clusters : new Set([...found].filter((name) => clusters.has(name)));
  }
  return found;
}

/**
 * A decision keeps the why of its making. One that differs only in capacities, or in why a cluster got nothing while all found room, is
 * the same: those move all the time and decide nothing.
 */
function sameDecision(a: Decision, b: Decision): boolean {
  const bare = (decision: Decision) => ({
    ...decision,
    verdicts: decision.verdicts
      .filter(({ share }) => share > 0 || decision.unplaced > 0)
      .map(({ cluster, share, whyNot }) => [cluster, share, decision.unplaced > 0 ? (whyNot ?? "") : ""]),
  });
  return equalJson(bare(a), bare(b));
}
