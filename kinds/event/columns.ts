// Columns of an Event (kk:pkg/printers/internalversion/printers.go printEvent), of objects as core/v1 has them.
import type { Column } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { age } from "../rules/duration.ts";

function firstSeen(object: KubeObject, now: number): string {
  return age(object.firstTimestamp ?? object.eventTime, now);
}

function lastSeen(object: KubeObject, now: number): string {
  if (object.series) return age(object.series.lastObservedTime, now);
  return object.lastTimestamp ? age(object.lastTimestamp, now) : firstSeen(object, now);
}

function target({ involvedObject }: KubeObject): string {
  const kind = (involvedObject?.kind ?? "").toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function source({ source: from, reportingComponent, reportingInstance }: KubeObject): string {
  const component = from?.component || reportingComponent || "";
  const instance = from?.host || reportingInstance || "";
  return instance === "" ? component : `${component}, ${instance}`;
}

export const columns: readonly Column[] = [
  { name: "Last Seen", type: "string", description: "When it last happened", cell: lastSeen },
  { name: "Type", type: "string", description: "Normal or Warning", cell: (object) => object.type ?? "" },
  { name: "Reason", type: "string", description: "Why, in one word", cell: (object) => object.reason ?? "" },
  { name: "Object", type: "string", description: "What it is about", cell: target },
  {
    name: "Subobject",
    type: "string",
    priority: 1,
    description: "Part of the object",
    cell: (object) => object.involvedObject?.fieldPath ?? "",
  },
  { name: "Source", type: "string", priority: 1, description: "Who says so", cell: source },
  { name: "Message", type: "string", description: "What happened", cell: (object) => (object.message ?? "").trim() },
  { name: "First Seen", type: "string", priority: 1, description: "When it first happened", cell: firstSeen },
  {
    name: "Count",
    type: "string",
    priority: 1,
    description: "How often",
    cell: ({ series, count }) => (series ? (series.count ?? 0) : count || 1),
  },
  {
    name: "Name",
    type: "string",
    format: "name",
    priority: 1,
    description: "Name of the event",
    cell: (object) => object.metadata.name,
  },
];
