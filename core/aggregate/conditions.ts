// Conditions as Kubernetes keeps them: one per type, its transition time moves only with its status, its update time (which only
// Deployments have) with anything it says.
import type { Condition } from "../../kinds/object.ts";

export type Said = Pick<Condition, "type" | "status" | "reason" | "message">;

/** Replaces, adds or (said undefined) removes the condition of one type; the others keep their place. `now` in RFC 3339. */
export function setCondition(
  conditions: readonly Condition[],
  type: string,
  said: Omit<Said, "type"> | undefined,
  now: string,
  updateTime = true,
): Condition[] {
  const before = conditions.find((condition) => condition.type === type);
  if (said === undefined) return conditions.filter((condition) => condition !== before);
  if (
    before !== undefined &&
    before.status === said.status &&
    before.reason === said.reason &&
    before.message === said.message
  )
    return [...conditions];
  const next: Condition = {
    type,
    status: said.status,
    ...(updateTime ? { lastUpdateTime: now } : {}),
    lastTransitionTime: before?.status === said.status ? (before.lastTransitionTime ?? now) : now,
    reason: said.reason,
    message: said.message,
  };
  return before === undefined
    ? [...conditions, next]
    : conditions.map((condition) => (condition === before ? next : condition));
}

/** As the agent sent them: a member's nonsense is left out. */
export function conditionsOf(conditions: unknown): Condition[] {
  return Array.isArray(conditions)
    ? conditions.filter((condition): condition is Condition => typeof condition?.type === "string")
    : [];
}

const SHOWN = 10;

/** "a; b; c and 4 more": messages stay readable with hundreds of clusters. */
export function joined(parts: readonly string[]): string {
  return parts.length <= SHOWN
    ? parts.join("; ")
    : `${parts.slice(0, SHOWN).join("; ")} and ${parts.length - SHOWN} more`;
}
