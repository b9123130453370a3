// A controller in a cluster cannot make pods (a quota, an admission that refuses): said at the root in the words of each cluster that says so.
// Who is not heard of says nothing.
import type { Condition, Loose } from "../../kinds/object.ts";
import { joined, type Said } from "./conditions.ts";
import type { Member } from "./member.ts";

export const REPLICA_FAILURE = "ReplicaFailure";

export function replicaFailure(members: readonly Member[]): Omit<Said, "type"> | undefined {
  const failing = members.flatMap((member) => {
    const condition = member.reachable ? memberCondition(member, REPLICA_FAILURE) : undefined;
    return condition?.status === "True" ? [{ ...condition, message: `${member.cluster}: ${condition.message}` }] : [];
  });
  if (failing.length === 0) return undefined;
  return {
    status: "True",
    reason: failing[0]?.reason ?? "FailedCreate",
    message: joined(failing.map((condition) => condition.message)),
  };
}

export function memberCondition({ report }: Member, type: string): Condition | undefined {
  // As the agent sent it: one member's nonsense must not keep the others' status from being added up.
  const conditions: unknown = (report?.status as Loose)?.conditions;
  return Array.isArray(conditions)
    ? ((conditions as (Condition | null)[]).find((condition) => condition?.type === type) ?? undefined)
    : undefined;
}
