// ControllerRevision (apps/v1): one state of a StatefulSet or DaemonSet, kept by the controller that made it for `rollout history` and
// `undo`. Stays where it is made; its data never changes.
import type { FieldError, Kind } from "./kind.ts";
import { parseApiVersion, type KubeObject } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalid, nonNegative, required } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, controllerRevision.schema);
  object.revision ??= 0;
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { data, revision } = object;
  const errors = validateMetadata(controllerRevision, object, old, ["update", "meta"]);
  errors.push(...nonNegative("revision", revision));
  if (old !== undefined)
    return sameJson(data, old.data) ? errors : [...errors, invalid("data", data ?? null, "field is immutable")];
  if (data === undefined || data === null) errors.push(required("data", "data is mandatory"));
  else if (typeof data !== "object" || Array.isArray(data))
    errors.push(required("data", "data must be a valid JSON object"));
  return errors;
}

/** "statefulset.apps/db" */
function controllerOf({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return "<none>";
  const { group } = parseApiVersion(owner.apiVersion);
  return `${owner.kind}${group === "" ? "" : `.${group}`}`.toLowerCase() + `/${owner.name}`;
}

export const controllerRevision: Kind = {
  group: "apps",
  version: "v1",
  kind: "ControllerRevision",
  resource: "controllerrevisions",
  singular: "controllerrevision",
  namespaced: true,
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.apps.v1.ControllerRevision",
  columns: [
    NAME,
    { name: "Controller", type: "string", description: "Who keeps it", cell: controllerOf },
    {
      name: "Revision",
      type: "string",
      description: "The higher, the newer",
      cell: ({ revision }) => revision ?? 0,
    },
    AGE,
  ],
  setDefaults,
  validate,
  federation: { rule: "root" },
};
