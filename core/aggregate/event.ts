// A failure in a member as a Kubernetes Event beside its template: one Event per (template, cluster, reason, message), counted up when the
// failure is seen anew. Deterministic in name, so writing it twice changes nothing.
import type { ReportFailure, TemplateRef } from "../../kinds/binding.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { podTemplateHash } from "../schedule/revision.ts";

const MESSAGE_MAX = 1024;

export function failureEvent(template: TemplateRef, cluster: string, failure: ReportFailure, before: KubeObject | undefined, uid: () => string): KubeObject | undefined {
  // Kubernetes times have whole seconds; the failure's own time names the occurrence.
  const seen = `${failure.since.slice(0, 19)}Z`;
  if (before !== undefined && String(before["lastTimestamp"]) >= seen) return undefined;
  const namespace = eventNamespace(template);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: failureEventName(template, cluster, failure), namespace, uid: before?.metadata.uid ?? uid(),
      creationTimestamp: before?.metadata.creationTimestamp ?? seen,
    },
    involvedObject: { apiVersion: template.apiVersion, kind: template.kind, name: template.name, ...(template.namespace === "" ? {} : { namespace: template.namespace }), uid: template.uid },
    reason: failure.reason,
    message: `${cluster}: ${failure.message}`.slice(0, MESSAGE_MAX),
    source: { component: "hanse", host: cluster },
    firstTimestamp: before?.["firstTimestamp"] ?? seen,
    lastTimestamp: seen,
    count: (before?.["count"] ?? 0) + 1,
    type: "Warning",
    eventTime: null,
    reportingComponent: "hanse",
    reportingInstance: cluster,
  };
}

/** Events of cluster-scoped objects stand in "default", as upstream puts them. */
export function eventNamespace(template: TemplateRef): string {
  return template.namespace === "" ? "default" : template.namespace;
}

export function failureEventName(template: TemplateRef, cluster: string, failure: ReportFailure): string {
  return `${template.name.slice(0, 230)}.${podTemplateHash([template.uid, cluster, failure.reason, failure.message])}`;
}
