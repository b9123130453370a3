// The revisions of a Deployment, as part of its decision's commit: the ReplicaSets that change and the template's revision annotation.
// The template is always named in the commit with the version that was read, so no decision ever answers another generation (P7).
import { kindKey, type Kind } from "../../kinds/kind.ts";
import type { KubeObject } from "../../kinds/object.ts";
import type { Decision, Revision } from "../../core/schedule/decision.ts";
import { planReplicaSets, REPLICASETS, replicaSetNames } from "../../core/schedule/replicasets.ts";
import { REVISION_ANNOTATION } from "../../core/schedule/revision.ts";
import type { Op } from "../store/store.ts";
import { rfc3339, type Context } from "./context.ts";
import { readRows } from "./recent.ts";
import { readObject, writeObject, type Stored } from "./rows.ts";

export interface Revising {
  template: Stored<KubeObject>;
  replicas: number;
  before: Decision | undefined;
  kind: Kind;
}

export async function revise({ template, replicas, before, kind }: Revising, context: Context): Promise<{ ops: Op[]; revisions: Revision[] }> {
  const object = template.value;
  const resource = kindKey(kind);
  const namespace = object.metadata.namespace ?? "";
  const key = { resource, namespace, name: object.metadata.name };
  // Only this kind has revisions that clients read as ReplicaSets.
  if (resource !== "deployments.apps" || !context.kindOf.has(REPLICASETS)) {
    return { ops: [{ op: "require", key, expect: template.version }], revisions: [] };
  }
  const names = new Set([...replicaSetNames(object), ...(before?.revisions ?? []).map((revision) => revision.replicaSet)]);
  const rows = await readRows([...names].map((name) => ({ resource: REPLICASETS, namespace, name })), context);
  const versions = new Map(rows.map((row) => [row.name, row.version]));
  const plan = planReplicaSets({
    deployment: object, replicas, revisions: before?.revisions ?? [], existing: new Map(rows.map((row) => [row.name, readObject(row).value])),
    uid: context.uid, now: rfc3339(context.clock()),
  });
  const ops: Op[] = [];
  for (const [name, replicaSet] of plan.write) {
    const version = versions.get(name);
    ops.push(writeObject(REPLICASETS, replicaSet, version === undefined ? undefined : { version }));
  }
  for (const name of plan.remove) ops.push({ op: "delete", key: { resource: REPLICASETS, namespace, name }, expect: versions.get(name) ?? 0 });
  const number = String(plan.current.number);
  if (object.metadata.annotations?.[REVISION_ANNOTATION] === number) ops.push({ op: "require", key, expect: template.version });
  else {
    const annotations = { ...object.metadata.annotations, [REVISION_ANNOTATION]: number };
    ops.push(writeObject(resource, { ...object, metadata: { ...object.metadata, annotations } }, template));
  }
  return { ops, revisions: plan.revisions };
}
