// The status of a workload that is placed whole: what its one cluster reports, word for word, but for three things that only the root knows:
// which generation of the root's object it answers (P12), that a cluster nobody hears of counts for nothing ready, and what became of
// something that runs once and is gone. Conditions of ours stand beside the member's where the kind's conditions have the common shape.
import type { Report } from "../../kinds/binding.ts";
import type { Condition, JsonObject, Loose } from "../../kinds/object.ts";
import { isPod } from "../schedule/podtemplate.ts";
import { conditionsOf, setCondition } from "./conditions.ts";
import { jobStatus } from "./job.ts";
import { observed, type Member } from "./member.ts";
import { APPLIED, application, isDecided, PLACED, placement, type AggregateInput } from "./placed.ts";
import { podStatus } from "./pod.ts";

export interface WholeInput extends AggregateInput {
  once: boolean;
  /** A new object's status. */
  initial: JsonObject;
}

export interface WholeFacts extends WholeInput {
  before: Loose;
  member: Member | undefined;
  /** Status as the cluster reported it for what stands there. */
  reported: Loose;
  /** metadata.generation that the status may claim to answer. */
  observedGeneration: number | undefined;
  /** The report speaks of the template as it is. */
  answers: boolean;
  /** Set when it runs once and never will any more: why. */
  gone: { reason: string; message: string } | undefined;
}

export function wholeStatus(input: WholeInput): JsonObject {
  const { template, decision, once } = input;
  const before: Loose = (template as Loose).status ?? {};
  const member = standing(input.members);
  const { report } = member ?? {};
  const answers = member !== undefined && isDecided(template, decision) && observed(member.binding, report);
  const facts: WholeFacts = {
    ...input,
    before,
    member,
    reported: report?.status,
    answers,
    observedGeneration: answers ? (template.metadata.generation ?? 1) : before.observedGeneration,
    gone: once ? goneFor(input, member, report) : undefined,
  };
  if (isPod(template)) return podStatus(facts);
  if (once) return jobStatus(facts);
  // A CronJob's status has no conditions.
  if ((template as Loose).spec?.jobTemplate !== undefined) return facts.reported ?? input.initial;
  return countedStatus(facts);
}

/** The live one; else one that is leaving. Two live ones there never are. */
function standing(members: readonly Member[]): Member | undefined {
  const sorted = [...members].sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  return sorted.find(({ binding }) => binding.tombstone === undefined) ?? sorted[0];
}

function goneFor({ decision }: WholeInput, member: Member | undefined, report: Report | undefined): WholeFacts["gone"] {
  if (decision?.lost !== undefined)
    return { reason: "ClusterGone", message: `cluster ${decision.lost} left the federation with it` };
  if (report?.failure?.reason === GONE)
    return { reason: GONE, message: `${member?.cluster}: ${report.failure.message}` };
  return undefined;
}

/** Failure that an agent reports of what it made once and finds no more. */
const GONE = "Gone";

/** What says that pods are ready, available or of the newest revision. */
const GOOD = ["readyReplicas", "availableReplicas", "updatedReplicas", "numberReady", "numberAvailable"];
const GOOD_SCHEDULED = "updatedNumberScheduled";

function countedStatus(facts: WholeFacts): JsonObject {
  const { template, decision, member, reported, initial, before, observedGeneration, now } = facts;
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
  nameRevisions(status, facts);
  const ours = ((before.conditions ?? []) as Condition[]).filter(({ type }) => type === PLACED || type === APPLIED);
  let conditions = [...conditionsOf(said).filter(({ type }) => type !== PLACED && type !== APPLIED), ...ours];
  const wanted = decision?.pods ?? 1;
  conditions = setCondition(conditions, PLACED, placement(template, decision, 1), now, false);
  conditions = setCondition(conditions, APPLIED, application(facts, wanted), now, false);
  return { ...status, conditions } as JsonObject;
}

/**
 * The member names its own ControllerRevisions; those of the root have other names, and these are what clients find. Its newest is ours once it
 * answers the template as it is; while it is under way from another, that is the one it was said to be at before.
 */
function nameRevisions(status: Loose, { decision, before, answers }: WholeFacts): void {
  const names = decision?.history?.map(({ name }) => name);
  if (names === undefined || status.updateRevision === undefined) return;
  const through = status.currentRevision === status.updateRevision;
  const known = (name: string | undefined) => (name !== undefined && names.includes(name) ? name : undefined);
  const update = answers ? names.at(-1) : known(before.updateRevision);
  const other = known(before.currentRevision);
  // The one that pods are on their way from; if it was never heard that they are past that, the one before.
  const from = other !== undefined && other !== update ? other : names.slice(0, names.indexOf(update ?? "")).at(-1);
  const current = through ? update : update === undefined ? undefined : from;
  for (const [field, name] of Object.entries({ currentRevision: current, updateRevision: update }))
    if (name === undefined) delete status[field];
    else status[field] = name;
}
