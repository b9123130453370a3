// The status of what keeps a number of pods and is no Deployment (StatefulSet, DaemonSet, ReplicaSet, ReplicationController): of one cluster
// its own words, of several their sums. Either way with the root's generation, the root's names of revisions, and two conditions of ours.
import type { Condition, JsonObject, Loose } from "../../kinds/object.ts";
import { conditionsOf, setCondition, type Said } from "./conditions.ts";
import { byName, observed, type Member } from "./member.ts";
import { APPLIED, application, isObserved, PLACED, placement } from "./placed.ts";
import { REPLICA_FAILURE, replicaFailure } from "./replicafailure.ts";
import { nameRevisions } from "./revisions.ts";
import { isThrough, summed } from "./sums.ts";
import type { WholeFacts } from "./whole.ts";

/** What says that pods are ready, available or of the newest revision. */
const GOOD = ["readyReplicas", "availableReplicas", "updatedReplicas", "numberReady", "numberAvailable"];
const GOOD_SCHEDULED = "updatedNumberScheduled";

/** In one cluster. */
export function countedStatus(facts: WholeFacts): JsonObject {
  const { template, decision, member, reported, initial, before, answers, observedGeneration, now } = facts;
  const { conditions: said, observedGeneration: _theirs, ...status }: Loose = reported ?? initial;
  if (member?.reachable === false) {
    for (const field of [...GOOD, GOOD_SCHEDULED]) {
      if (status[field] === undefined) continue;
      if (initial[field] === undefined) delete status[field];
      else status[field] = 0;
    }
    if (status.desiredNumberScheduled > 0) status.numberUnavailable = status.desiredNumberScheduled;
  }
  if (observedGeneration !== undefined) status.observedGeneration = observedGeneration;
  const behind = observedGeneration !== (template.metadata.generation ?? 1);
  const through = status.currentRevision === status.updateRevision;
  if (status.updateRevision !== undefined) nameRevisions(status, { decision, before, answers, behind, through });
  let conditions = [...conditionsOf(said).filter(({ type }) => !isOurs(type)), ...oursOf(before)];
  const set = (type: string, what: Omit<Said, "type">): void => {
    conditions = setCondition(conditions, type, what, now, false);
  };
  set(PLACED, placement(template, decision, 1));
  set(APPLIED, application(facts, decision?.pods ?? 1));
  return { ...status, conditions } as JsonObject;
}

/** In several. */
export function countedSums(facts: WholeFacts): JsonObject {
  const { template, decision, initial, before, now } = facts;
  const members = byName(facts.members);
  const answers = isObserved(facts);
  const observedGeneration = answers ? (template.metadata.generation ?? 1) : before.observedGeneration;
  const claimed = observedGeneration === (template.metadata.generation ?? 1);
  const status = summed(claimed ? members.map(untilItAnswers) : members, initial);
  if (observedGeneration !== undefined) status.observedGeneration = observedGeneration;
  // A DaemonSet keeps a history too, and names none of it.
  const behind = observedGeneration !== (template.metadata.generation ?? 1);
  if (initial["desiredNumberScheduled"] === undefined)
    nameRevisions(status, { decision, before, answers, behind, through: isThrough(members) });
  let conditions = conditionsOf(before.conditions).filter(({ type }) => isOurs(type) || type === REPLICA_FAILURE);
  const set = (type: string, what: Omit<Said, "type"> | undefined): void => {
    conditions = setCondition(conditions, type, what, now, false);
  };
  const wanted = decision?.replicas ?? 0;
  set(REPLICA_FAILURE, replicaFailure(members));
  set(PLACED, placement(template, decision, wanted));
  set(APPLIED, application({ ...facts, members }, wanted));
  return { ...status, conditions } as JsonObject;
}

/**
 * The generation was said to be observed while this cluster was silent. It is heard again, but what it last said is of an earlier binding: it counts
 * as silent until it answers what it was given (P12).
 */
function untilItAnswers(member: Member): Member {
  const behind = member.binding.tombstone === undefined && !observed(member.binding, member.report);
  return behind ? { ...member, reachable: false } : member;
}

const isOurs = (type: string): boolean => type === PLACED || type === APPLIED;
const oursOf = (before: Loose): Condition[] => conditionsOf(before.conditions).filter(({ type }) => isOurs(type));
