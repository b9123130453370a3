// Rows to objects and back: the one place that knows how bindings, reports and decisions stand in the log.
import { BINDINGS, REPORTS, type Binding, type Report, type TemplateRef } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { objectRefs } from "../../kinds/rules/owners.ts";
import { DECISIONS, UNPLACED_REF, WATCHING_REF, type Decision } from "../../core/schedule/decision.ts";
import type { Key, Op, Row } from "../store/store.ts";
import { bindingRefs, ownRef } from "./refs.ts";
import { templateName } from "../../kinds/binding.ts";

export interface Stored<T> {
  version: number;
  value: T;
}

/** A binding or report with the cluster it belongs to. */
export interface InCluster<T> extends Stored<T> {
  cluster: string;
}

export const readObject = (row: Row): Stored<KubeObject> => ({
  version: row.version,
  value: JSON.parse(row.value) as KubeObject,
});
export const readBinding = (row: Row): InCluster<Binding> => ({
  cluster: row.namespace,
  version: row.version,
  value: JSON.parse(row.value) as Binding,
});
export const readReport = (row: Row): InCluster<Report> => ({
  cluster: row.namespace,
  version: row.version,
  value: JSON.parse(row.value) as Report,
});
export const readDecision = (row: Row): Stored<Decision> => ({
  version: row.version,
  value: JSON.parse(row.value) as Decision,
});

export const bindingKey = (cluster: string, uid: string): Key => ({
  resource: BINDINGS,
  namespace: cluster,
  name: uid,
});
export const reportKey = (cluster: string, uid: string): Key => ({ resource: REPORTS, namespace: cluster, name: uid });
export const decisionKey = (uid: string): Key => ({ resource: DECISIONS, namespace: "", name: uid });

/** "deployments.apps/default/tomcat" -> its key; names hold no slash. */
export function keyOf(name: string): Key {
  const [resource = "", namespace = "", rest = ""] = name.split("/");
  return { resource, namespace, name: rest };
}

export function refOf(object: KubeObject, resource: string): TemplateRef {
  const { namespace = "", name, uid = "" } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, resource, namespace, name, uid };
}

/** Creates the binding, or replaces the version that was read. */
export function writeBinding(cluster: string, binding: Binding, before: { version: number } | undefined): Op {
  const key = bindingKey(cluster, binding.template.uid);
  const value = JSON.stringify(binding);
  const refs = bindingRefs(cluster, binding);
  return before === undefined
    ? { op: "create", key, value, refs }
    : { op: "update", key, value, refs, expect: before.version };
}

export function writeDecision(decision: Decision, before: Stored<Decision> | undefined): Op {
  const key = decisionKey(decision.template.uid);
  const watching = decision.everywhere ?? decision.seen ?? decision.expelled;
  const refs = [
    ownRef(templateName(decision.template)),
    ...(decision.unplaced > 0 ? [UNPLACED_REF] : []),
    ...(watching === undefined ? [] : [WATCHING_REF]),
  ];
  const value = JSON.stringify(decision);
  return before === undefined
    ? { op: "create", key, value, refs }
    : { op: "update", key, value, refs, expect: before.version };
}

export function writeObject(resource: string, object: KubeObject, before: { version: number } | undefined): Op {
  const key = { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
  const { apiVersion, kind, metadata, ...rest } = object;
  const { resourceVersion: _version, ...meta } = metadata;
  const value = JSON.stringify({ apiVersion, kind, metadata: meta, ...rest });
  const deleting = metadata.deletionTimestamp !== undefined;
  const refs = objectRefs(object);
  const found = refs === undefined ? {} : { refs };
  return before === undefined
    ? { op: "create", key, value, deleting, ...found }
    : { op: "update", key, value, deleting, ...found, expect: before.version };
}
