// The status of a Job at the root. A Job that is over stays so; one whose cluster lost it has failed, with the conditions in the order that
// Kubernetes demands of them (FailureTarget before Failed). No condition of ours: clients and validation read a Job's strictly.
import type { Condition, JsonObject, Loose } from "../../kinds/object.ts";
import { conditionsOf } from "./conditions.ts";
import { finished } from "./member.ts";
import type { WholeFacts } from "./whole.ts";

export function jobStatus({ before, reported, initial, member, gone, now }: WholeFacts): JsonObject {
  if (finished(before) && !finished(reported)) return before;
  const status: Loose = { ...(reported ?? (member === undefined ? before : initial)) };
  if (gone !== undefined && !finished(status)) return failed({ ...before, ...status }, gone, now);
  if (member?.reachable === false && status.ready !== undefined) status.ready = 0;
  return status;
}

function failed(status: Loose, { reason, message }: { reason: string; message: string }, now: string): JsonObject {
  const { active: _active, terminating: _terminating, uncountedTerminatedPods: _uncounted, ...kept } = status;
  const conditions = conditionsOf(kept.conditions).filter(({ type }) => type !== "FailureTarget" && type !== "Failed");
  const add = (type: string): Loose => ({
    type,
    status: "True",
    lastProbeTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    ...kept,
    startTime: kept.startTime ?? now,
    ...(kept.ready === undefined ? {} : { ready: 0 }),
    ...(kept.terminating === undefined ? {} : { terminating: 0 }),
    conditions: [...conditions, add("FailureTarget"), add("Failed")] as (Condition & JsonObject)[],
  };
}
