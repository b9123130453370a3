// What autoscalers in the clusters made of a workload's replicas, written into its template at the root, as an autoscaler of one cluster writes the
// /scale of what it targets. So `kubectl get`, rollout status and kstatus see one number on both sides. Shares do not follow it (the autoscalers'
// bounds are divided by them), and it is no word of people: the decision keeps theirs (core/schedule/counted.ts).
import type { Kind } from "../../kinds/kind.ts";
import { kindKey } from "../../kinds/kind.ts";
import { schemaFor } from "../../kinds/facts/schema.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { trackUpdate } from "../../core/patch/apply/update.ts";
import { isObserved } from "../../core/aggregate/placed.ts";
import { shareOf, type Member } from "../../core/aggregate/member.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { setNumber } from "../../core/schedule/share.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { writeDecision, writeObject, type Stored } from "./rows.ts";

/** kube-controller-manager in one cluster. */
const MANAGER = "hanse";
const REPLICAS = "spec.replicas";

/** What runs in all, by the will of people and autoscalers; undefined where that cannot be told now, or no autoscaler has a say. */
function scaledTo(template: KubeObject, decision: Decision, members: readonly Member[]): number | undefined {
  const { count, everywhere, leaving } = decision;
  const live = members.filter(({ binding }) => binding.tombstone === undefined);
  const moving = leaving !== undefined || decision.templateGeneration !== template.metadata.generation;
  if (count === undefined || everywhere === true || moving) return undefined;
  if (!live.some(({ report }) => report?.scaled !== undefined)) return undefined;
  if (!isObserved({ template, decision, members, followerFailures: [], now: "" })) return undefined;
  return live.reduce(
    (sum, { binding, report }) => sum + (report?.scaled ?? shareOf(binding)) - shareOf(binding),
    count,
  );
}

/** Undefined: the template says so already. In one commit with the decision, which tells this number from people's. */
export function autoscaledOps(
  kind: Kind,
  template: Stored<KubeObject>,
  decision: Stored<Decision>,
  members: readonly Member[],
  context: Context,
): Op[] | undefined {
  const { value } = template;
  const replicas = scaledTo(value, decision.value, members);
  if (replicas === undefined || replicas === (value["spec"]?.replicas as unknown)) return undefined;
  const { generation = 1 } = value.metadata;
  const scaled = setNumber(
    { ...value, metadata: { ...value.metadata, generation: generation + 1 } },
    REPLICAS,
    replicas,
  );
  const managedFields = trackUpdate({
    old: value,
    next: scaled,
    schema: schemaFor(kind),
    manager: MANAGER,
    apiVersion: value.apiVersion,
    subresource: "scale",
    now: rfc3339(context.clock()),
  });
  const next = managedFields === undefined ? scaled : { ...scaled, metadata: { ...scaled.metadata, managedFields } };
  const { autoscaled: _, ...said } = decision.value;
  const follower = members.some(({ binding }) => context.world.finders.scales(binding));
  const autoscaled = { replicas, ...(follower ? { follower } : {}) };
  return [
    writeObject(kindKey(kind), next, template),
    writeDecision(replicas === decision.value.count ? said : { ...said, autoscaled }, decision),
  ];
}
