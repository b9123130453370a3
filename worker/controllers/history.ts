// The ControllerRevisions of a StatefulSet or DaemonSet, as part of its decision's commit. Deleted with it by the garbage collector, and
// adopted again by a workload of the same selector where they were orphaned.
import type { KubeObject } from "../../kinds/object.ts";
import { controlled, ownerRef } from "../../kinds/rules/owners.ts";
import {
  CONTROLLERREVISIONS,
  historyNames,
  keepsHistory,
  planHistory,
  prefixOf,
} from "../../core/schedule/controllerrevisions.ts";
import type { Decision, HistoryEntry } from "../../core/schedule/decision.ts";
import type { Op, Row } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { readObject, writeObject } from "./rows.ts";

export interface Recorded {
  history: HistoryEntry[];
  lingering: boolean;
  ops: Op[];
}

/** Orphans are looked for among so many names of the same beginning. */
const ORPHANS_MAX = 200;

/** undefined: this kind keeps no such history. */
export async function record(
  workload: KubeObject,
  before: Decision | undefined,
  context: Context,
): Promise<Recorded | undefined> {
  if (!keepsHistory(workload) || !context.kindOf.has(CONTROLLERREVISIONS)) return undefined;
  const { uid = "", namespace = "" } = workload.metadata;
  const key = (name: string) => ({ resource: CONTROLLERREVISIONS, namespace, name });
  const rows = await Promise.all([
    context.store.listByRef(CONTROLLERREVISIONS, ownerRef(uid)),
    context.store.getMany(historyNames(workload).map(key)),
    before?.history === undefined ? orphans(workload, context) : [],
  ]);
  const existing = new Map(
    rows
      .flat()
      .filter((row) => row.namespace === namespace)
      .map((row) => [row.name, readObject(row)]),
  );
  const plan = planHistory({
    workload,
    existing: [...existing.values()].map(({ value }) => value),
    uid: context.uid,
    now: rfc3339(context.clock()),
  });
  const ops: Op[] = plan.write.map((revision) =>
    writeObject(CONTROLLERREVISIONS, revision, existing.get(revision.metadata.name)),
  );
  for (const name of plan.remove) ops.push({ op: "delete", key: key(name), expect: existing.get(name)?.version ?? 0 });
  return { history: plan.history, lingering: plan.lingering, ops };
}

/** Left by an earlier workload of this name. */
async function orphans(workload: KubeObject, { store }: Context): Promise<Row[]> {
  const { namespace = "" } = workload.metadata;
  const prefix = prefixOf(workload);
  const { rows } = await store.list({
    resource: CONTROLLERREVISIONS,
    namespace,
    after: { namespace, name: prefix },
    limit: ORPHANS_MAX,
  });
  return rows.filter((row) => row.name.startsWith(prefix) && !controlled(readObject(row).value));
}
