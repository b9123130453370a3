// One decision: core is asked once where the template runs, and the answer is committed whole (P7): contents, followers' bindings, its own,
// ReplicaSets, status, the decision. Never moves what stands.
import { kindKey } from "../../kinds/kind.ts";
import { deploymentStatus } from "../../core/aggregate/deployment.ts";
import { placementEvent } from "../../core/aggregate/event.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { schedule } from "../../core/schedule/schedule.ts";
import { scheduleWhole } from "../../core/schedule/whole.ts";
import type { Op } from "../store/store.ts";
import { followerFailures } from "./aggregate.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context } from "./context.ts";
import { bindOwn, sharesOf } from "./decidebind.ts";
import { dataClusters, readFacts, runningIn, type Deciding } from "./decideread.ts";
import { placeBeside } from "./followers.ts";
import { record } from "./history.ts";
import { replicaSetDeletions } from "./release.ts";
import { revise, revisionOps } from "./revise.ts";
import { decisionKey, refOf, writeDecision, writeObject, type Stored } from "./rows.ts";
import { wholeOps } from "./whole.ts";

const EVENTS = "events";

export async function decide(deciding: Deciding, context: Context): Promise<Decision> {
  const { kind, rule, template, bindings, decisions } = deciding;
  const { world } = context;
  const object = template.value;
  const facts = await readFacts(deciding, context);
  const { uid = "", namespace = "" } = object.metadata;
  const { before, needs, beside, followers, reports, content, missing } = facts;
  const asked = {
    template: object,
    clusters: [...world.clusters.values()].map((cluster) => world.assumed.less(cluster)),
    current: sharesOf(bindings, rule),
    running: runningIn(bindings, reports, uid, context),
  };
  const whole = rule.divided.length === 0;
  const plan = whole
    ? scheduleWhole({
        ...asked,
        once: rule.once === true,
        data: await dataClusters(needs, context),
        missing,
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
