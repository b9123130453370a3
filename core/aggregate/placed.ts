// The two conditions every workload of the common shape carries beside its own: hanse.dev/Placed (was room found, and where) and
// hanse.dev/Applied (does every cluster hold what it should, and if not, why). Refusals are told in the member's own words.
import type { ReportFailure } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Decision } from "../schedule/decision.ts";
import { explainUnplaced } from "../schedule/schedule.ts";
import { joined, type Said } from "./conditions.ts";
import { observed, type Member } from "./member.ts";

export const PLACED = "hanse.dev/Placed";
export const APPLIED = "hanse.dev/Applied";

export interface AggregateInput {
  template: KubeObject;
  decision: Decision | undefined;
  /** Bindings of this template, tombstones included. */
  members: readonly Member[];
  /** Failures of followers that it needs: "configmaps/default/web" in a cluster. */
  followerFailures: readonly { cluster: string; follower: string; failure: ReportFailure }[];
  /** RFC 3339. */
  now: string;
}

/** The decision answers the template as it is (P7). */
export function isDecided(template: KubeObject, decision: Decision | undefined): decision is Decision {
  return decision !== undefined && decision.templateGeneration === (template.metadata.generation ?? 1);
}

/** observedGeneration may rise (P12): it is decided, and every reachable cluster has seen what it was given. Unreachable ones are not waited for. */
export function isObserved({ template, decision, members }: AggregateInput): boolean {
  return (
    isDecided(template, decision) &&
    members.every(
      ({ binding, report, reachable }) => binding.tombstone !== undefined || !reachable || observed(binding, report),
    )
  );
}

/** `wanted`: replicas; nothing to place when 0. */
export function placement(template: KubeObject, decision: Decision | undefined, wanted: number): Omit<Said, "type"> {
  if (!isDecided(template, decision))
    return { status: "Unknown", reason: "Deciding", message: "No decision for this generation yet." };
  const { frozen } = decision;
  if (frozen !== undefined) {
    const stands = decision.unplaced === 0 && decision.verdicts.some(({ share }) => share > 0);
    return { status: stands ? "True" : "False", reason: frozen.reason, message: frozen.message };
  }
  if (decision.unplaced > 0) return { status: "False", reason: "Unplaced", message: explainUnplaced(decision) };
  const shares = decision.verdicts
    .filter((verdict) => verdict.share > 0)
    .map((verdict) => (decision.pods === undefined ? `${verdict.cluster}: ${verdict.share}` : verdict.cluster));
  return { status: "True", reason: "Placed", message: wanted === 0 ? "Nothing to place." : joined(shares) };
}

/** Refusals and silences, first those of the workload itself; True once every cluster holds what it should. */
export function application(
  { members, followerFailures }: Pick<AggregateInput, "members" | "followerFailures">,
  wanted: number,
): Omit<Said, "type"> {
  const said: { reason: string; text: string }[] = [];
  let waiting = 0;
  for (const { cluster, binding, report, reachable } of members) {
    const failure = report?.failure;
    if (!reachable) said.push({ reason: "ClusterNotReady", text: `${cluster}: ClusterNotReady: no sign of life` });
    else if (failure !== undefined)
      said.push({ reason: failure.reason, text: `${cluster}: ${failure.reason}: ${failure.message}` });
    else if ((report?.generation ?? 0) < binding.generation) waiting += 1;
  }
  for (const { cluster, follower, failure } of sorted(followerFailures))
    said.push({ reason: failure.reason, text: `${cluster}: ${follower}: ${failure.reason}: ${failure.message}` });
  if (said.length > 0)
    return { status: "False", reason: said[0]?.reason ?? "Failed", message: joined(said.map(({ text }) => text)) };
  if (members.length === 0 && wanted > 0)
    return { status: "Unknown", reason: "NotPlaced", message: "No cluster holds it." };
  if (waiting > 0)
    return {
      status: "Unknown",
      reason: "Applying",
      message: `${waiting} of ${members.length} clusters have not applied it yet.`,
    };
  return { status: "True", reason: "Applied", message: "All clusters hold what they should." };
}

function sorted(failures: AggregateInput["followerFailures"]): AggregateInput["followerFailures"] {
  const name = ({ cluster, follower }: (typeof failures)[number]): string => `${cluster}/${follower}`;
  return [...failures].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
