// Which workloads of the member are scaled by an autoscaler there: their spec.replicas is left to it (P4). One list of all autoscalers
// every 30 s, and one before a drift is healed: a scale by an autoscaler that is new to us looks like drift.
import { AGENT_MANAGER } from "../kinds/binding.ts";
import type { JsonObject, KubeObject, Loose } from "../kinds/object.ts";
import type { Entry } from "./inventory.ts";
import type { Member, Served } from "./member.ts";
import { pause } from "./pause.ts";

const AUTOSCALERS: Served = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  resource: "horizontalpodautoscalers",
};
const EVERY_MS = 30_000;

export interface Scaled {
  /** `fresh`: ask the member first. */
  scaled(entry: Entry, fresh: boolean): Promise<boolean>;
  run(): Promise<void>;
}

export function createScaled(member: Pick<Member, "list">, signal: AbortSignal): Scaled {
  let targets = new Set<string>();
  async function refresh(): Promise<void> {
    targets = (await readTargets(member).catch(() => undefined)) ?? targets;
  }
  return {
    async scaled({ key }, fresh) {
      if (fresh) await refresh();
      return targets.has(`${key.namespace}/${key.kind}/${key.name}`);
    },
    async run() {
      while (!signal.aborted) {
        await refresh();
        await pause(EVERY_MS, signal);
      }
    },
  };
}

/**
 * What we say about the replicas of an autoscaled object, in place: nothing once somebody else has set them. As long as we are their only owner
 * they stay as they are: leaving them out would drop the field, and the default is 1.
 */
export function leaveReplicas(desired: KubeObject, live: KubeObject): void {
  const spec = desired["spec"] as JsonObject | undefined;
  if (spec?.["replicas"] === undefined) return;
  const others = live.metadata.managedFields?.some((entry) => {
    const owned = entry.fieldsV1?.["f:spec"] as JsonObject | undefined;
    return entry.manager !== AGENT_MANAGER && owned?.["f:replicas"] !== undefined;
  });
  if (others === true) delete spec["replicas"];
  else spec["replicas"] = live["spec"]?.replicas;
}

async function readTargets(member: Pick<Member, "list">): Promise<Set<string> | undefined> {
  const found = new Set<string>();
  let more: string | undefined;
  do {
    const listed = await member.list(AUTOSCALERS, { limit: "500", ...(more === undefined ? {} : { continue: more }) });
    if (!listed.ok) return listed.code === 404 ? found : undefined;
    for (const { metadata, spec } of listed.page.items as Loose[]) {
      found.add(`${metadata.namespace}/${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`);
    }
    more = listed.page.continue;
  } while (more !== undefined);
  return found;
}
