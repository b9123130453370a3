// Event (v1), as it is stored; events.k8s.io/v1 is another view of it (eventsv1.ts). Written by controllers and agents about other objects;
// they stay at the root and end after an hour.
import { columns } from "./event/columns.ts";
import { validateEvent } from "./event/validate.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { validateCommonMetadata } from "./rules/metadata.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

/** Fields without omitempty upstream: present in every answer, but nobody's in managedFields, so not defaults. */
function showAll(object: KubeObject): void {
  showZeros(object, event.schema);
}

/** No strategy looks at metadata here; what all kinds share is said only where nothing else is. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateEvent(object, "reportingComponent");
  if (old !== undefined) return [...validateCommonMetadata(event, object, old), ...errors];
  return errors.length > 0 ? errors : validateCommonMetadata(event, object);
}

export const INVOLVED = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;

export const event: Kind = {
  group: "",
  version: "v1",
  kind: "Event",
  resource: "events",
  singular: "event",
  namespaced: true,
  shortNames: ["ev"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.Event",
  nameRule: "path",
  createOnUpdate: true,
  dependents: "ignore",
  fields: {
    ...Object.fromEntries(
      INVOLVED.map((field) => [
        `involvedObject.${field}`,
        (object: KubeObject): string => object.involvedObject?.[field] ?? "",
      ]),
    ),
    reason: (object) => object.reason ?? "",
    reportingComponent: (object) => object.reportingComponent ?? "",
    source: (object) => object.source?.component || object.reportingComponent || "",
    type: (object) => object.type ?? "",
  },
  columns,
  prepareCreate: showAll,
  prepareUpdate: showAll,
  setDefaults: (object) => dropZeros(object, event.schema),
  validate,
  federation: { rule: "root" },
};
