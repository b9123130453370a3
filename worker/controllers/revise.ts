// The revisions of a Deployment, as part of its decision's commit: the ReplicaSets that change, and the template itself with its revision
// annotation and status. The template is always named in the commit with the version that was read, so no decision ever answers another
// generation (P7), and its status never lags behind its decision.
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { DeploymentStatus } from "../../core/aggregate/deployment.ts";
import { replicaSetStatuses } from "../../core/aggregate/replicaset.ts";
import { equalJson } from "../../core/schedule/canonical.ts";
import type { Decision } from "../../core/schedule/decision.ts";
import { planReplicaSets, REPLICASETS, replicaSetNames, type ReplicaSetPlan } from "../../core/schedule/replicasets.ts";
import { REVISION_ANNOTATION } from "../../core/schedule/revision.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { readRows } from "./recent.ts";
import { readObject, writeObject, type Stored } from "./rows.ts";
import { writeStatus } from "./status.ts";

export interface Revising {
  template: Stored<KubeObject>;
  replicas: number;
  before: Decision | undefined;
  kind: Kind;
}

export interface Revised {
  plan: ReplicaSetPlan;
  existing: ReadonlyMap<string, Stored<KubeObject>>;
}

/** Only Deployments have revisions that clients read as ReplicaSets, and a status that is added up. */
export function isRevised(kind: Kind, context: Context): boolean {
  return kindKey(kind) === "deployments.apps" && context.kindOf.has(REPLICASETS);
}

export async function revise(
  { template, replicas, before, kind }: Revising,
  context: Context,
): Promise<Revised | undefined> {
  if (!isRevised(kind, context)) return undefined;
  const object = template.value;
  const namespace = object.metadata.namespace ?? "";
  const names = new Set([
    ...replicaSetNames(object),
    ...(before?.revisions ?? []).map((revision) => revision.replicaSet),
  ]);
  // Of what was never decided there is none, as a rule: if there is, its creation fails, and the next attempt looks.
  const first = before === undefined && !context.fresh;
  const rows = await readRows(
    first ? [] : [...names].map((name) => ({ resource: REPLICASETS, namespace, name })),
    context,
  );
  const existing = new Map(rows.map((row) => [row.name, readObject(row)]));
  const plan = planReplicaSets({
    deployment: object,
    replicas,
    revisions: before?.revisions ?? [],
    existing: new Map([...existing].map(([name, { value }]) => [name, value])),
    uid: context.uid,
    now: rfc3339(context.clock()),
  });
  return { plan, existing };
}

export function revisionOps(
  template: Stored<KubeObject>,
  kind: Kind,
  { plan, existing }: Revised,
  status: DeploymentStatus,
  now: string,
): Op[] {
  const object = template.value;
  const namespace = object.metadata.namespace ?? "";
  const ops: Op[] = [];
  const standing = plan.revisions.flatMap(
    ({ replicaSet }) => plan.write.get(replicaSet) ?? existing.get(replicaSet)?.value ?? [],
  );
  replicaSetStatuses(standing, status).forEach((next, index) => {
    const replicaSet = standing[index];
    if (replicaSet === undefined) return;
    const before = existing.get(replicaSet.metadata.name);
    const after = { ...replicaSet, status: next };
    if (before === undefined || !equalJson(before.value, after)) ops.push(writeObject(REPLICASETS, after, before));
    else
      ops.push({
        op: "require",
        key: { resource: REPLICASETS, namespace, name: replicaSet.metadata.name },
        expect: before.version,
      });
  });
  for (const name of plan.remove)
    ops.push({
      op: "delete",
      key: { resource: REPLICASETS, namespace, name },
      expect: existing.get(name)?.version ?? 0,
    });
  const annotations = { ...object.metadata.annotations, [REVISION_ANNOTATION]: String(plan.current.number) };
  const next = { ...object, metadata: { ...object.metadata, annotations }, status };
  if (!equalJson(object, next)) ops.push(writeStatus(kind, next, template, now));
  return ops;
}
