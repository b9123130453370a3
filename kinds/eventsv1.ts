// Event as events.k8s.io/v1 shows it: the same objects under other field names (kk:pkg/apis/events/v1/conversion.go), and stricter rules for
// who writes: the deprecated fields stay unset, and of what was said only the series goes on.
import { columns } from "./event/columns.ts";
import { event, INVOLVED } from "./event.ts";
import { validateEvent, validateStrictCreate, validateStrictUpdate } from "./event/validate.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

/** Here and in core/v1; every other field is called the same. */
const RENAMED: Readonly<Record<string, string>> = {
  regarding: "involvedObject",
  note: "message",
  reportingController: "reportingComponent",
  deprecatedSource: "source",
  deprecatedFirstTimestamp: "firstTimestamp",
  deprecatedLastTimestamp: "lastTimestamp",
  deprecatedCount: "count",
};
const BACK = Object.fromEntries(Object.entries(RENAMED).map(([here, there]) => [there, here]));

function renamed(
  { apiVersion: _, kind, metadata, ...fields }: KubeObject,
  apiVersion: string,
  names: Readonly<Record<string, string>>,
): KubeObject {
  const object: KubeObject = { apiVersion, kind, metadata: { ...metadata } };
  for (const [field, value] of Object.entries(fields)) object[names[field] ?? field] = value;
  return object;
}

function toStored(object: KubeObject): KubeObject {
  const stored = renamed(object, "v1", RENAMED);
  dropZeros(stored, event.schema);
  showZeros(stored, event.schema);
  return stored;
}

function fromStored(stored: KubeObject): KubeObject {
  const object = renamed(stored, "events.k8s.io/v1", BACK);
  // What core/v1 always writes may be left out here.
  dropZeros(object, eventsV1.schema);
  showZeros(object, eventsV1.schema);
  return object;
}

/** The whole of it: the stored kind's own rules are among these, and name one field otherwise. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const stored = toStored(object);
  const errors = validateEvent(stored, "reportingController");
  if (old === undefined) {
    return [...errors, ...validateMetadata({ namespaced: true }, object), ...validateStrictCreate(stored)];
  }
  const [common, own] = [validateMetadata(event, object, old, []), validateMetadata(event, object, old)];
  return [...common, ...errors, ...own.slice(common.length), ...validateStrictUpdate(stored, toStored(old))];
}

export const eventsV1: Kind = {
  ...event,
  group: "events.k8s.io",
  version: "v1",
  schema: "io.k8s.api.events.v1.Event",
  nameRule: "subdomain",
  fields: {
    ...Object.fromEntries(
      INVOLVED.map((field) => [`regarding.${field}`, (object: KubeObject): string => object.regarding?.[field] ?? ""]),
    ),
    reason: (object) => object.reason ?? "",
    reportingController: (object) => object.reportingController ?? "",
    type: (object) => object.type ?? "",
  },
  columns: columns.map((column) => ({ ...column, cell: (object, now) => column.cell(toStored(object), now) })),
  setDefaults: (object) => dropZeros(object, eventsV1.schema),
  prepareCreate: undefined,
  prepareUpdate: undefined,
  validate,
  conversion: { stored: event, toStored, fromStored },
};
