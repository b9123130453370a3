// A warning of a member as an Event at the root: about the object that stands there for the member's, its message begins with the cluster, its source is
// the cluster. Its name is derived, so that a warning said twice is one, counted as its cluster counts it.
import type { KubeObject } from "../../kinds/object.ts";
import type { MemberEvent } from "../../kinds/protocol.ts";
import { podTemplateHash } from "../schedule/revision.ts";

const MESSAGE_MAX = 1024;

/** What stands at the root for the object that the warning is about. */
export interface About {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
}

export function memberEventName(cluster: string, about: About, { involved, reason, message }: MemberEvent): string {
  return `${about.name.slice(0, 230)}.${podTemplateHash([cluster, involved.uid, reason, message])}`;
}

/** Undefined: it was said before. */
export function memberEvent(
  cluster: string,
  about: About,
  event: MemberEvent,
  before: KubeObject | undefined,
  uid: () => string,
): KubeObject | undefined {
  const seconds = (time: string): string => `${time.slice(0, 19)}Z`;
  const last = seconds(event.last);
  if (before !== undefined && before["count"] === event.count && String(before["lastTimestamp"]) >= last)
    return undefined;
  const { apiVersion, kind, namespace, name } = about;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: memberEventName(cluster, about, event),
      namespace: namespace === "" ? "default" : namespace,
      uid: before?.metadata.uid ?? uid(),
      creationTimestamp: before?.metadata.creationTimestamp ?? last,
    },
    involvedObject: {
      apiVersion,
      kind,
      name,
      ...(namespace === "" ? {} : { namespace }),
      uid: about.uid,
      ...(event.involved.fieldPath === undefined ? {} : { fieldPath: event.involved.fieldPath }),
    },
    reason: event.reason,
    message: `${cluster}: ${event.message}`.slice(0, MESSAGE_MAX),
    source: { component: event.component, host: cluster },
    firstTimestamp: seconds(event.first),
    lastTimestamp: last,
    count: event.count,
    type: "Warning",
    eventTime: null,
    reportingComponent: event.component,
    reportingInstance: cluster,
  };
}
