// The status of a workload that is no Deployment. In one cluster: what that reports, word for word, but for three things that only the root
// knows: which generation of the root's object it answers (P12), that a cluster nobody hears of counts for nothing ready, and what became of
// something that runs once and is gone. In several: their sums. Conditions of ours stand beside the member's where the kind's conditions have
// the common shape.
import type { Report } from "../../kinds/binding.ts";
import type { JsonObject, Loose } from "../../kinds/object.ts";
import { isPod } from "../schedule/podtemplate.ts";
import { countedStatus, countedSums } from "./counted.ts";
import { jobStatus } from "./job.ts";
import { jobSums } from "./jobsums.ts";
import { byName, GONE, observed, type Member } from "./member.ts";
import { isDecided, type AggregateInput } from "./placed.ts";
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
  if (once) return inSeveral(input) ? jobSums(facts) : jobStatus(facts);
  // A CronJob's status has no conditions.
  if ((template as Loose).spec?.jobTemplate !== undefined) return facts.reported ?? input.initial;
  return inSeveral(input) ? countedSums(facts) : countedStatus(facts);
}

/** Divided, or on its way from one cluster to another. */
function inSeveral({ decision, members }: WholeInput): boolean {
  const live = members.filter(({ binding }) => binding.tombstone === undefined).length;
  return live > 1 || (decision !== undefined && decision.pods === undefined);
}

/** The live one; else one that is leaving. */
function standing(members: readonly Member[]): Member | undefined {
  const sorted = byName(members);
  return sorted.find(({ binding }) => binding.tombstone === undefined) ?? sorted[0];
}

function goneFor({ decision }: WholeInput, member: Member | undefined, report: Report | undefined): WholeFacts["gone"] {
  if (decision?.lost !== undefined)
    return { reason: "ClusterGone", message: `cluster ${decision.lost} left the federation with it` };
  if (report?.failure?.reason === GONE)
    return { reason: GONE, message: `${member?.cluster}: ${report.failure.message}` };
  return undefined;
}
