// PersistentVolumeClaim (v1). At the root it is a wish: it follows the pods that name it, and a member's own storage fulfils it there.
// Its protection finalizer is not set here, since no volume controller runs at the root to take it away again; each member sets its own.
import { goStruct } from "./facts/gotypes.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { defaultClass } from "./rules/classes.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid, invalidEach, notSupported } from "./rules/errors.ts";
import { goDiff } from "./rules/gojson.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { qualifiedName } from "./rules/names.ts";
import { formatQuantity } from "./rules/quantity.ts";
import {
  amount,
  basicResourceErrors,
  defaultResourceList,
  isNative,
  namesOf,
  quantityValueErrors,
  sameResources,
} from "./rules/resourcelist.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";
import { DEFAULT_STORAGE_CLASS, STORAGE_CLASSES } from "./storageclass.ts";
import { shortAccessModes, STORAGE_CLASS_ANNOTATION, storageClassOf } from "./storage/accessmodes.ts";
import { claimSpecWarnings, defaultClaimSpec, normalizeDataSources, validateClaimSpec } from "./storage/claimspec.ts";

const CONDITION = "io.k8s.api.core.v1.PersistentVolumeClaimCondition";

function setDefaults(object: KubeObject): void {
  dropZeros(object, persistentVolumeClaim.schema);
  object.spec ??= {};
  defaultClaimSpec(object.spec);
  object.status ??= {};
  object.status.phase ||= "Pending";
  for (const condition of object.status.conditions ?? []) showZeros(condition, CONDITION);
  defaultResourceList(object.status.capacity);
  defaultResourceList(object.status.allocatedResources);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = validateMetadata(persistentVolumeClaim, object, old);
  if (old !== undefined && !sameJson(object.status, old.status)) return [...errors, ...validateStatus(object.status)];
  errors.push(...validateClaimSpec(object.spec, "spec", old?.spec));
  return old === undefined ? errors : [...errors, ...validateChange(object, old)];
}

const IMMUTABLE =
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

function validateChange(object: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const { spec } = object;
  const before = old.spec ?? {};
  const now = object.metadata.annotations?.[STORAGE_CLASS_ANNOTATION];
  const was = old.metadata.annotations?.[STORAGE_CLASS_ANNOTATION];
  const allowed = { ...spec };
  // The annotation of old may become the field of the same value, and what had no class may get one.
  const upgraded =
    was !== undefined &&
    !before.storageClassName &&
    spec.storageClassName === was &&
    (now === undefined || now === was);
  if (upgraded) delete allowed.storageClassName;
  else {
    if ((now ?? "") !== (was ?? ""))
      errors.push(invalid(`metadata.annotations.${STORAGE_CLASS_ANNOTATION}`, now ?? "", "field is immutable"));
    if (before.storageClassName === undefined && (was === undefined || spec.storageClassName === was))
      delete allowed.storageClassName;
  }
  // Set once, by whoever binds.
  if (!before.volumeName) allowed.volumeName = before.volumeName;
  const bound = object.status?.phase === "Bound";
  if (bound) allowed.volumeAttributesClassName = before.volumeAttributesClassName;
  if (!sameClaimSpec(allowed, before, bound))
    errors.push(forbidden("spec", `${IMMUTABLE}\n${difference(allowed, before, bound)}`));
  const size = amount(spec.resources?.requests, "storage").nano;
  if (size < amount(before.resources?.requests, "storage").nano && size <= amount(old.status?.capacity, "storage").nano)
    errors.push(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
  if (spec.volumeMode !== before.volumeMode) errors.push(invalid("volumeMode", spec.volumeMode, "field is immutable"));
  if (old.status?.currentVolumeAttributesClassName !== undefined) {
    const name = spec.volumeAttributesClassName;
    const detail = "is forbidden when status.currentVolumeAttributesClassName is not nil";
    if (before.volumeAttributesClassName !== name && !name)
      errors.push(
        forbidden(
          "spec.volumeAttributesClassName",
          `update to ${name === undefined ? "nil" : "empty string"} ${detail}`,
        ),
      );
  }
  return errors;
}

/** Of a bound claim upstream compares with the old size. */
function difference(spec: Loose, before: Loose, bound: boolean): string {
  const { resources = {} } = spec;
  const requests = { ...resources.requests, storage: before.resources?.requests?.storage };
  return goDiff(
    goStruct("PersistentVolumeClaimSpec"),
    before,
    bound ? { ...spec, resources: { ...resources, requests } } : spec,
  );
}

function sameClaimSpec(a: Loose, b: Loose, anySize: boolean): boolean {
  const rest = ({ resources: _, ...others }: Loose): Loose => others;
  const requests = (spec: Loose): Loose =>
    anySize ? { ...spec.resources?.requests, storage: 0 } : spec.resources?.requests;
  return (
    sameJson(rest(a), rest(b)) &&
    sameResources(a.resources?.limits, b.resources?.limits) &&
    sameResources(requests(a), requests(b))
  );
}

/** "" is a class too: none. */
const hasClass = ({ metadata, spec }: KubeObject): boolean =>
  metadata.annotations?.[STORAGE_CLASS_ANNOTATION] !== undefined || typeof spec.storageClassName === "string";

function warnings({ metadata, spec }: KubeObject): string[] {
  const old =
    metadata.annotations?.[STORAGE_CLASS_ANNOTATION] === undefined
      ? []
      : [
          `metadata.annotations[${STORAGE_CLASS_ANNOTATION}]: deprecated since v1.8; use "storageClassName" attribute instead`,
        ];
  return [...old, ...claimSpecWarnings(spec, "spec")];
}

const RESIZES = [
  "ControllerResizeInProgress",
  "ControllerResizeInfeasible",
  "NodeResizeInProgress",
  "NodeResizeInfeasible",
  "NodeResizePending",
];

/** ValidatePersistentVolumeClaimStatusUpdate. */
function validateStatus(status: Loose = {}): FieldError[] {
  const errors = namesOf(status.capacity).flatMap((name) =>
    basicResourceErrors(status.capacity[name], `status.capacity[${name}]`),
  );
  for (const [name, state] of Object.entries((status.allocatedResourceStatuses ?? {}) as Record<string, string>)) {
    errors.push(...resourceKeyErrors(name, "status.allocatedResourceStatuses"));
    if (!RESIZES.includes(state)) errors.push(notSupported("status.allocatedResourceStatuses", name, RESIZES));
  }
  for (const name of namesOf(status.allocatedResources)) {
    const path = `status.allocatedResources[${name}]`;
    const text = status.allocatedResources[name];
    const found = [...resourceKeyErrors(name, "status.allocatedResources")];
    if (found.length === 0) found.push(...basicResourceErrors(text, path));
    if (found.length === 0) found.push(...quantityValueErrors("storage", text, path));
    errors.push(...found);
  }
  return errors;
}

function resourceKeyErrors(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, qualifiedName(name));
  if (errors.length > 0 || !isNative(name) || name === "storage") return errors;
  return [notSupported(field, name, ["storage"])];
}

export const persistentVolumeClaim: Kind = {
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  resource: "persistentvolumeclaims",
  singular: "persistentvolumeclaim",
  namespaced: true,
  shortNames: ["pvc"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.PersistentVolumeClaim",
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "Status",
      type: "string",
      description: "Pending, Bound, Lost or Terminating",
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? "")),
    },
    { name: "Volume", type: "string", description: "Its volume", cell: ({ spec }) => spec?.volumeName ?? "" },
    {
      name: "Capacity",
      type: "string",
      description: "Size of its volume",
      cell: ({ spec, status }) => (spec?.volumeName ? formatQuantity(amount(status?.capacity, "storage")) : ""),
    },
    {
      name: "Access Modes",
      type: "string",
      description: "How its volume can be mounted",
      cell: ({ spec, status }) => (spec?.volumeName ? shortAccessModes(status?.accessModes) : ""),
    },
    { name: "StorageClass", type: "string", description: "Its storage class", cell: storageClassOf },
    {
      name: "VolumeAttributesClass",
      type: "string",
      description: "Its class of volume attributes",
      cell: ({ spec }) => spec?.volumeAttributesClassName ?? "<unset>",
    },
    AGE,
    {
      name: "VolumeMode",
      type: "string",
      priority: 1,
      description: "Filesystem or Block",
      cell: ({ spec }) => spec?.volumeMode ?? "<unset>",
    },
  ],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { phase: "Pending" };
    normalizeDataSources(object.spec);
  },
  looksUp: (object) => (hasClass(object) ? undefined : { resource: STORAGE_CLASSES }),
  admit: ({ spec }, _old, classes) => {
    const name = defaultClass(classes, DEFAULT_STORAGE_CLASS);
    if (name !== undefined) spec.storageClassName = name;
  },
  prepareUpdate: (object, old) => normalizeDataSources(object.spec, old.spec),
  warnings,
  validate,
  federation: { rule: "follower", keeps: true },
};
