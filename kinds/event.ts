// Event (v1). Written by controllers and agents about other objects; they stay at the root and end after an hour.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { age } from "./rules/duration.ts";
import { invalid, invalidEach, required } from "./rules/errors.ts";
import { validateMetadata } from "./rules/metadata.ts";
import { byteLength, qualifiedName } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

/** Fields without omitempty upstream: present in every answer, but nobody's in managedFields, so not defaults. */
function showAll(object: KubeObject): void {
  object.involvedObject ??= {};
  object.source ??= {};
  object.firstTimestamp ??= null;
  object.lastTimestamp ??= null;
  object.eventTime ??= null;
  object.reportingComponent ??= "";
  object.reportingInstance ??= "";
}

/** kk:pkg/apis/core/validation/events.go legacyValidateEvent. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { namespace = "" } = object.metadata;
  const involved: string = object.involvedObject?.namespace ?? "";
  const mismatch = (): FieldError[] => [
    invalid("involvedObject.namespace", involved, "does not match event.namespace"),
  ];
  const errors = validateMetadata(event, object, old);
  if (!object.eventTime) {
    const fits = involved === "" ? namespace === "" || namespace === "default" : namespace === involved;
    return fits ? errors : [...errors, ...mismatch()];
  }
  if (involved === "" && namespace !== "default" && namespace !== "kube-system") errors.push(...mismatch());
  if (!object.reportingComponent) errors.push(required("reportingComponent"));
  errors.push(
    ...invalidEach("reportingComponent", object.reportingComponent, qualifiedName(object.reportingComponent ?? "")),
  );
  for (const [field, limit] of [
    ["reportingInstance", 128],
    ["action", 128],
    ["reason", 128],
  ] as const) {
    if (!object[field]) errors.push(required(field));
    else if (byteLength(object[field]) > limit) errors.push(invalid(field, "", `can have at most ${limit} characters`));
  }
  if (byteLength(object.message ?? "") > 1024) errors.push(invalid("message", "", "can have at most 1024 characters"));
  return errors;
}

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

const INVOLVED = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"];

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
  createOnUpdate: true,
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
  columns: [
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
      cell: (object) => object.series?.count ?? (object.count || 1),
    },
    {
      name: "Name",
      type: "string",
      format: "name",
      priority: 1,
      description: "Name of the event",
      cell: (object) => object.metadata.name,
    },
  ],
  prepareCreate: showAll,
  prepareUpdate: showAll,
  setDefaults: (object) => dropZeros(object, event.schema),
  validate,
  federation: { rule: "root" },
};
