// One decision: core is asked once where the template runs, and the answer is committed whole (P7): contents, followers' bindings, its own,
// ReplicaSets, status, the decision.
import { kindKey } from "../../kinds/kind.ts";
import type { PlacementSpec } from "../../kinds/placement.ts";
import { deploymentStatus } from "../../core/aggregate/deployment.ts";
import { placementEvent } from "../../core/aggregate/event.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import type { Op } from "../store/store.ts";
import { followerFailures } from "./aggregate.ts";
import { commit } from "./commit.ts";
import { rfc3339, type Context } from "./context.ts";
import { bind } from "./decidebind.ts";
import { planFor } from "./decideplan.ts";
import { readFacts, type Deciding } from "./decideread.ts";
import { placeBeside } from "./followers.ts";
import { record } from "./history.ts";
import { replicaSetDeletions } from "./release.ts";
import { revise, revisionOps } from "./revise.ts";
import { decisionKey, refOf, writeDecision, writeObject, type Stored } from "./rows.ts";
import { wholeOps } from "./whole.ts";

const EVENTS = "events";
/** Kept of a decision that left nothing unplaced. */
const WHY_NOTS = 16;

export interface Decided {
  decision: Decision;
  /** When something of it moves by the clock, in epoch ms. */
  dueMs?: number;
}

export async function decide(deciding: Deciding, context: Context): Promise<Decided> {
  const { kind, template, decisions } = deciding;
  const object = template.value;
  const { namespace = "" } = object.metadata;
  const facts = await readFacts(deciding, context);
  const { before, beside, followers, content } = facts;
  const planned = await planFor(deciding, facts, context);
  const own = await bind(deciding, facts, planned, context);
  const { plan } = own;
  const counted = facts.counted.said;
  const [followed, revised, recorded] = await Promise.all([
    placeBeside(beside, followers, own.clusters, context),
    revise({ template, replicas: counted.autoscaled?.replicas ?? plan.replicas, before: before?.value, kind }, context),
    record(object, before?.value, context),
  ]);
  const decision: Decision = {
    template: refOf(object, kindKey(kind)),
    templateGeneration: object.metadata.generation ?? 1,
    replicas: plan.replicas,
    ...counted,
    unplaced: plan.unplaced,
    verdicts: plan.verdicts,
    revisions: revised?.plan.revisions ?? [],
    ...(recorded === undefined ? {} : { history: recorded.history }),
    ...(plan.pods === undefined ? {} : { pods: plan.pods }),
    ...(plan.lost === undefined ? {} : { lost: plan.lost }),
    ...(plan.gated === undefined ? {} : { gated: plan.gated }),
    ...(plan.missing === undefined ? {} : { missing: plan.missing }),
    ...own.said,
    ...planned.said,
    lingering: own.said.lingering || recorded?.lingering === true,
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
    ops.push(writeDecision(kept(decision), before), ...announce(decision, before, planned.placement, context));
  const old = decisions.filter((other) => other !== before);
  for (const other of old)
    ops.push({ op: "delete", key: decisionKey(other.value.template.uid), expect: other.version });
  // ReplicaSets of an earlier template of this name, but for one whose name the new one took over.
  const written = new Set(revisions.map((op) => op.key.name));
  ops.push(...(await replicaSetDeletions(old, context)).filter((op) => !written.has(op.key.name)));
  const contents = own.ops.length > 0 ? [content, ...own.contents] : [];
  await commit(context, { ops, contents: [...followed.contents, ...contents] });
  return { decision, ...(plan.dueMs === undefined ? {} : { dueMs: plan.dueMs }) };
}

/** Of a thousand clusters that got nothing, while all found room, some say why; the decision's Event has told it too. */
function kept(decision: Decision): Decision {
  if (decision.unplaced > 0) return decision;
  let left = WHY_NOTS;
  const verdicts = decision.verdicts.filter(({ share, whyNot }) => share > 0 || (whyNot !== undefined && left-- > 0));
  return { ...decision, verdicts };
}

/** What moved, and why: shown by `kubectl describe`. In the decision's own commit, whose compare-and-set makes the Event the only one of its name. */
function announce(
  decision: Decision,
  before: Stored<Decision> | undefined,
  spec: PlacementSpec | undefined,
  context: Context,
): Op[] {
  const event = context.kindOf.has(EVENTS)
    ? placementEvent(decision, before, rfc3339(context.clock()), context.uid(), spec)
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
