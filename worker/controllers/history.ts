// The ControllerRevisions of a StatefulSet or DaemonSet, as part of its decision's commit. Deleted with their owner by the garbage collector.
import type { Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { ownerRef } from "../../kinds/rules/owners.ts";
import { CONTROLLERREVISIONS, hasHistory, historyNames, planHistory } from "../../core/schedule/history.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { readObject, writeObject } from "./rows.ts";

export async function historyOps(object: KubeObject, kind: Kind, context: Context): Promise<Op[]> {
  if (!hasHistory(kind) || !context.kindOf.has(CONTROLLERREVISIONS)) return [];
  const { uid = "", namespace = "" } = object.metadata;
  const key = (name: string) => ({ resource: CONTROLLERREVISIONS, namespace, name });
  // Straight from the store: who makes two of one number shows two histories.
  const [own, named] = await Promise.all([
    context.store.listByRef(CONTROLLERREVISIONS, ownerRef(uid)),
    context.store.getMany(historyNames(object).map(key)),
  ]);
  const existing = new Map([...own, ...named].map((row) => [row.name, readObject(row)]));
  const plan = planHistory({
    template: object,
    existing: [...existing.values()].map(({ value }) => value),
    uid: context.uid,
    now: rfc3339(context.clock()),
  });
  return [
    ...plan.write.map((next) => writeObject(CONTROLLERREVISIONS, next, existing.get(next.metadata.name))),
    ...plan.remove.map((name): Op => ({ op: "delete", key: key(name), expect: existing.get(name)?.version ?? 0 })),
  ];
}
