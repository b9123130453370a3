// What users asked of pods at the root, done here: deleted or evicted, each once, and never another pod than the one that was meant (its uid is a
// precondition). An eviction that the member's PodDisruptionBudgets refuse is tried again until it is out of date.
import { ACT_TTL_MS } from "../kinds/binding.ts";
import type { MemberAct } from "../kinds/protocol.ts";
import type { Observations } from "./observed.ts";
import type { Parts } from "./parts.ts";
import { pause } from "./pause.ts";

const AGAIN_MS = 5_000;
const REMEMBERED = 1_000;

export function createActs(parts: Parts, observations: Observations): (acts: readonly MemberAct[]) => void {
  const begun = new Set<string>();
  const one = (act: MemberAct): string => `${act.uid} ${act.op} ${act.graceSeconds ?? ""}`;
  return (acts) => {
    for (const act of acts) {
      if (begun.has(one(act))) continue;
      if (begun.size >= REMEMBERED) begun.delete(begun.values().next().value ?? "");
      begun.add(one(act));
      void perform(parts, act).then(() => observations.acted(act.uid));
    }
  };
}

async function perform({ member, sameMember, signal, clock, log }: Parts, act: MemberAct): Promise<void> {
  const key = { apiVersion: "v1", kind: "Pod", resource: act.resource, namespace: act.namespace, name: act.name };
  const how = { graceSeconds: act.graceSeconds };
  const until = clock() + ACT_TTL_MS;
  while (!signal.aborted && clock() < until) {
    const result =
      (await sameMember()) ??
      (act.op === "delete" ? await member.remove(key, act.uid, how) : await member.evict(key, act.uid, how));
    if (result.ok) log("acted", { op: act.op, namespace: act.namespace, name: act.name });
    if (result.ok || !result.transient) return;
    await pause(Math.max(AGAIN_MS, result.retryAfterMs ?? 0), signal);
  }
}
