// Pods in a cluster that gives no sign of life are not Ready, whatever was heard last; their phase stays, since nobody knows better
// (kk:pkg/controller/util/node MarkPodsNotReady). Heard again they are as they were, until their cluster says otherwise.
import type { Condition, KubeObject } from "../../kinds/object.ts";
import { conditionsOf } from "./conditions.ts";

const TYPES = new Set(["Ready", "ContainersReady"]);
const SILENT_REASON = "NodeNotReady";

/** Undefined: it says so already. `now` in RFC 3339. */
export function withReadiness(pod: KubeObject, cluster: string, heard: boolean, now: string): KubeObject | undefined {
  let changed = false;
  const conditions = conditionsOf(pod["status"]?.conditions).map((condition): Condition => {
    if (!TYPES.has(condition.type)) return condition;
    if (heard ? condition.reason !== SILENT_REASON : condition.status !== "True") return condition;
    changed = true;
    const { reason: _reason, message: _message, ...rest } = condition;
    return (
      heard
        ? { ...rest, status: "True", lastTransitionTime: now }
        : {
            ...rest,
            status: "False",
            lastTransitionTime: now,
            reason: SILENT_REASON,
            message: `cluster ${cluster} gives no sign of life`,
          }
    ) as Condition;
  });
  return changed ? { ...pod, status: { ...pod["status"], conditions } } : undefined;
}
