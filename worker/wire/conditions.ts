// Conditions that the wire itself writes into a status: the transition time moves only when the status does (meta.SetStatusCondition).
import type { Loose } from "../../kinds/object.ts";

export function findCondition(conditions: Loose[] | undefined, type: string): Loose {
  return conditions?.find((one) => one.type === type);
}

/** The list with this condition in it. `now`: RFC 3339. */
export function setCondition(conditions: Loose[] | undefined, condition: Loose, now: string): Loose[] {
  const known = findCondition(conditions, condition.type);
  const since = known?.status === condition.status ? known.lastTransitionTime : now;
  const next = { ...condition, lastTransitionTime: since };
  return known === undefined ? [...(conditions ?? []), next] : conditions!.map((one) => (one === known ? next : one));
}
