// What a CronJob's Events say. One Event per (CronJob, reason, message), counted up when it happens again; whoever tells the same
// occurrence a second time changes nothing, since `at` names it.
import type { KubeObject } from "../../kinds/object.ts";
import { podTemplateHash } from "../schedule/revision.ts";
import { rfc3339 } from "./job.ts";

export interface Told {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
  /** When it happened (ms): the scheduled time where there is one, else now. */
  at: number;
}

const COMPONENT = "cronjob-controller";
const MESSAGE_MAX = 1024;

export function cronEventName({ metadata }: KubeObject, { reason, message }: Told): string {
  return `${metadata.name}.${podTemplateHash([metadata.uid, reason, message])}`;
}

/** undefined: said already. */
export function cronEvent(
  cronJob: KubeObject,
  told: Told,
  before: KubeObject | undefined,
  uid: () => string,
): KubeObject | undefined {
  const { name, namespace = "", uid: of = "" } = cronJob.metadata;
  const at = rfc3339(told.at);
  if (before !== undefined && String(before["lastTimestamp"]) >= at) return undefined;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: cronEventName(cronJob, told),
      namespace,
      uid: before?.metadata.uid ?? uid(),
      creationTimestamp: before?.metadata.creationTimestamp ?? at,
    },
    involvedObject: { apiVersion: cronJob.apiVersion, kind: cronJob.kind, name, namespace, uid: of },
    reason: told.reason,
    message: told.message.slice(0, MESSAGE_MAX),
    source: { component: COMPONENT },
    firstTimestamp: before?.["firstTimestamp"] ?? at,
    lastTimestamp: at,
    count: (before?.["count"] ?? 0) + 1,
    type: told.type,
    eventTime: null,
    reportingComponent: COMPONENT,
    reportingInstance: "",
  };
}
