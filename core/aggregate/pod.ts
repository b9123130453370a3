// The status of a bare Pod at the root, where the federation is its scheduler and its cluster its node: PodScheduled says whether a cluster was
// found, all else is the member's own word. Gone from its cluster it has Failed, as a pod of a lost node has; in a cluster nobody
// hears of it is not Ready.
import type { Condition, JsonObject, Loose } from "../../kinds/object.ts";
import { explainUnplaced } from "../schedule/schedule.ts";
import { conditionsOf, type Said } from "./conditions.ts";
import { finished } from "./member.ts";
import { APPLIED, application } from "./placed.ts";
import type { WholeFacts } from "./whole.ts";

export function podStatus(facts: WholeFacts): JsonObject {
  const { before, reported, initial, member, decision, gone, now } = facts;
  if (finished(before) && !finished(reported)) return before;
  let status: Loose = { ...(reported ?? (member === undefined ? before : { ...initial, ...unreported(before) })) };
  if (status.phase === undefined) status.phase = "Pending";
  let conditions = generations(conditionsOf(status.conditions), status.observedGeneration, facts.observedGeneration);
  const set = (type: string, said: Omit<Said, "type"> | undefined): void => {
    conditions = setPodCondition(conditions, before.conditions, type, said, now);
  };
  if (member === undefined && gone === undefined) set("PodScheduled", unscheduled(facts));
  // The member's scheduler may not have found a node yet: then it says so itself.
  else if (!conditions.some(({ type }) => type === "PodScheduled"))
    set("PodScheduled", { status: "True", reason: "", message: "" });
  if (member?.reachable === false && !finished(status))
    for (const type of ["Ready", "ContainersReady"])
      if (conditions.some((one) => one.type === type))
        set(type, {
          status: "False",
          reason: "NodeNotReady",
          message: `cluster ${member.cluster} gives no sign of life`,
        });
  const applied = gone !== undefined || decision === undefined ? undefined : application(facts, 0);
  set(APPLIED, applied?.status === "False" && !finished(status) ? applied : undefined);
  if (facts.observedGeneration === undefined) delete status.observedGeneration;
  else if (status.observedGeneration !== undefined) status.observedGeneration = facts.observedGeneration;
  status = { ...status, conditions };
  return gone !== undefined && !finished(status) ? failed(status, gone, now) : status;
}

/** What the strategy and we wrote, before its cluster said anything. */
function unreported(before: Loose): Loose {
  const { qosClass, conditions } = before;
  return { ...(qosClass === undefined ? {} : { qosClass }), ...(conditions === undefined ? {} : { conditions }) };
}

function unscheduled({ decision }: WholeFacts): Omit<Said, "type"> | undefined {
  if (decision === undefined || decision.unplaced === 0) return undefined;
  return decision.gated === true
    ? { status: "False", reason: "SchedulingGated", message: "Scheduling is blocked due to non-empty scheduling gates" }
    : { status: "False", reason: "Unschedulable", message: explainUnplaced(decision) };
}

/** A condition's observedGeneration is the member pod's; ours is another count. */
function generations(conditions: Condition[], theirs: unknown, ours: number | undefined): Condition[] {
  return conditions.map(({ observedGeneration, ...condition }) =>
    observedGeneration !== undefined && observedGeneration === theirs && ours !== undefined
      ? { ...condition, observedGeneration: ours }
      : condition,
  );
}

/** Pod conditions have a probe time, which is null, and leave out what is empty. Transitions count from what the root showed before. */
function setPodCondition(
  conditions: Condition[],
  before: Condition[] | undefined,
  type: string,
  said: Omit<Said, "type"> | undefined,
  now: string,
): Condition[] {
  const others = conditions.filter((condition) => condition.type !== type);
  if (said === undefined) return others.length === conditions.length ? conditions : others;
  const was = conditionsOf(before).find((condition) => condition.type === type);
  const next: Loose = {
    type,
    status: said.status,
    lastProbeTime: null,
    lastTransitionTime: was?.status === said.status ? (was?.lastTransitionTime ?? now) : now,
    ...(said.reason === "" ? {} : { reason: said.reason }),
    ...(said.message === "" ? {} : { message: said.message }),
  };
  return conditions.some((condition) => condition.type === type)
    ? conditions.map((condition) => (condition.type === type ? next : condition))
    : [...conditions, next];
}

/** kubelet's word for a container it cannot find any more (pkg/kubelet/kubelet_pods.go). */
const UNKNOWN_END = {
  exitCode: 137,
  reason: "ContainerStatusUnknown",
  message: "The container could not be located when the pod was deleted.  The container used to be Running",
};

function failed(status: Loose, { reason, message }: { reason: string; message: string }, now: string): JsonObject {
  let conditions = conditionsOf(status.conditions);
  for (const type of ["Ready", "ContainersReady"])
    conditions = setPodCondition(
      conditions,
      status.conditions,
      type,
      { status: "False", reason: "PodFailed", message: "" },
      now,
    );
  const ended = (statuses: Loose[]): Loose[] =>
    statuses.map((one) =>
      one?.state?.terminated !== undefined
        ? one
        : {
            ...one,
            ready: false,
            started: false,
            state: { terminated: { ...UNKNOWN_END, startedAt: null, finishedAt: null } },
          },
    );
  return {
    ...status,
    phase: "Failed",
    reason,
    message,
    conditions,
    ...(Array.isArray(status.containerStatuses) ? { containerStatuses: ended(status.containerStatuses) } : {}),
  };
}
