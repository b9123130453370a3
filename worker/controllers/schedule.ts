// Templates to decisions: one reconcile reads the template and its bindings, and either has it decided (decide.ts) or, when it is gone or may
// not leave, released (release.ts). Never deletes a binding but of a cluster that left (its objects stay, P3).
import { BINDINGS, templateName } from "../../kinds/binding.ts";
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { DECISIONS, type Decision } from "../../core/schedule/decision.ts";
import { isReady } from "../../core/schedule/schedule.ts";
import { MEASURED_AFTER_MS } from "./assumed.ts";
import { Busy, type Context, type Controller, type Outcome } from "./context.ts";
import { decide } from "./decide.ts";
import { isFound } from "./decideread.ts";
import { propagates, withoutOwners } from "./followers.ts";
import { readRows } from "./recent.ts";
import { ownRef } from "./refs.ts";
import { forget, releaseAll } from "./release.ts";
import { keyOf, readBinding, readDecision, readObject, type Stored } from "./rows.ts";
import { eachRow } from "./scan.ts";
import { mayLeave, wakes } from "./schedulewake.ts";
import { isFailing, stopOthers } from "./stop.ts";

/** Timers take no longer time (setTimeout's own limit is 24.8 days). */
const LONGEST_WAIT_MS = 24 * 3600_000;

export const scheduleController: Controller = {
  name: "schedule",
  // More would share its two cores and Postgres with those who are waiting for an answer: measured, 4 lets 1.7 times the creates through.
  concurrency: 4,
  calmConcurrency: 24,
  wakes,
  async *resync({ store, kinds }) {
    for (const kind of kinds)
      if (kind.federation.rule === "workload")
        for await (const row of eachRow(store, kindKey(kind))) if (mayLeave(kind, row.value)) yield templateName(row);
    // Bindings of templates that went while nobody looked.
    for await (const row of eachRow(store, DECISIONS)) yield templateName(readDecision(row).value.template);
  },
  // Tolerations that end: by the clock, so nothing in the log tells.
  async *start({ store, world, kindOf }) {
    for (const [name, cluster] of world.clusters) {
      if (isReady(cluster) && !(cluster.spec?.taints ?? []).some(({ effect }) => effect === "NoExecute")) continue;
      for await (const row of eachRow(store, BINDINGS, name)) {
        const { template, tombstone } = readBinding(row).value;
        if (tombstone === undefined && kindOf.get(template.resource)?.federation.rule === "workload")
          yield templateName(template);
      }
    }
  },
  reconcile,
};

/** What was placed stays so when a controller adopts it later: nothing that runs ends by that, and nothing runs again when it is let go. */
function isAdopted(object: KubeObject, kind: Kind, decisions: readonly Stored<Decision>[], context: Context): boolean {
  const placed = decisions.some(
    ({ value }) =>
      value.template.uid === object.metadata.uid &&
      (value.lost !== undefined || value.verdicts.some(({ share }) => share > 0)),
  );
  return placed && propagates(withoutOwners(object), kind, context);
}

async function reconcile(name: string, context: Context): Promise<Outcome | void> {
  const { store, world } = context;
  const key = keyOf(name);
  const [[row], placed] = await Promise.all([readRows([key], context), store.referring(ownRef(name))]);
  const kind = context.kindOf.get(key.resource);
  const template = row === undefined ? undefined : readObject(row);
  const bindings = placed.filter(({ resource }) => resource === BINDINGS).map(readBinding);
  const decisions = placed.filter(({ resource }) => resource === DECISIONS).map(readDecision);
  const { membership, room } = world;
  const { changes } = world.policies;
  const gone = bindings.filter(({ cluster }) => !world.clusters.has(cluster));
  const standing = bindings.filter((binding) => !gone.includes(binding));
  const uid = template?.value.metadata.uid;
  const stays =
    kind !== undefined &&
    template !== undefined &&
    (propagates(template.value, kind, context) || isAdopted(template.value, kind, decisions, context));
  if (kind?.federation.rule !== "workload" || !stays) {
    // What was read beside its absence may be of one that was made since: looked at after them, it tells.
    if (template === undefined && bindings.length + decisions.length > 0 && (await store.get(key)) !== undefined)
      throw new Busy(`made again: ${name}`);
    await releaseAll({ kind, template, bindings: standing, decisions, gone }, context);
    return;
  }
  const stale = standing.filter((binding) => binding.value.template.uid !== uid);
  if (gone.length > 0 || stale.some((binding) => binding.value.tombstone === undefined))
    await forget({ gone, stale }, context);
  const deciding = {
    kind,
    rule: kind.federation,
    template,
    decisions,
    bindings: standing.filter((binding) => !stale.includes(binding)),
  };
  if (isFailing(deciding)) return stopOthers(deciding, context);
  const { decision, dueMs } = await decide(deciding, context);
  // What a cluster's change wakes was listed while this decision was not in the log yet: then nobody else looks at it again.
  if (
    world.membership !== membership ||
    world.policies.changes !== changes ||
    (decision.unplaced > 0 && world.room !== room) ||
    (decision.missing !== undefined && (await isFound(template.value, decision.missing, context)))
  )
    return { wake: [{ controller: "schedule", key: name }] };
  // Assumptions also end by the clock, which no change in the log tells; so do tolerations.
  const waits = [
    ...(decision.unplaced > 0 && world.assumed.ending ? [MEASURED_AFTER_MS] : []),
    ...(dueMs === undefined ? [] : [Math.min(LONGEST_WAIT_MS, Math.max(0, dueMs - context.clock()) + 1)]),
  ];
  if (waits.length > 0) return { againMs: Math.min(...waits) };
}
