// Validation that every kind shares: ObjectMeta (apimachinery pkg/api/validation/objectmeta.go) and LabelSelector objects.
// Each kind's `validate` calls validateMetadata itself, so whoever calls Kind.validate need not.
import type { FieldError, Kind } from "../kind.ts";
import type { KubeObject, Loose, ObjectMeta, OwnerReference } from "../object.ts";
import { forbidden, invalid, invalidEach, nonNegative, required, tooManyBytes } from "./errors.ts";
import { byteLength, dns1123Label, kubeFinalizer, labelValueErrors, objectName, qualifiedName } from "./names.ts";

const ANNOTATIONS_LIMIT = 256 * 1024;

type Named = Pick<Kind, "namespaced" | "nameRule">;

/** Which of upstream's two checks of metadata a kind's own ValidateUpdate makes, in its order. */
type OwnChecks = readonly ("meta" | "update")[];

/**
 * On update what may not change is compared with `old`; every error comes as often as upstream says it: once from what all kinds share
 * (apiserver registry/rest/update.go validateCommonFields), once from each of the kind's own checks.
 */
export function validateMetadata(
  kind: Named,
  object: KubeObject,
  old?: KubeObject,
  own: OwnChecks = ["update"],
): FieldError[] {
  const { metadata } = object;
  const finalizers = standardFinalizers(metadata.finalizers);
  if (old === undefined) return [...validateObjectMeta(kind, metadata), ...finalizers];
  const update = validateMetadataUpdate(metadata, old.metadata);
  return [
    ...validateObjectMeta({ namespaced: kind.namespaced, nameRule: "path" }, metadata),
    ...update,
    ...own.flatMap((check) => [...(check === "meta" ? validateObjectMeta(kind, metadata) : update), ...finalizers]),
  ];
}

/**
 * The same without what only core's own validation adds (names of finalizers), for strategies that do not call it: PodDisruptionBudget and
 * core Events check no metadata themselves (`own` empty), Leases do. Upstream says these errors of a creation only where there are no others.
 */
export function validateCommonMetadata(
  kind: Named,
  object: KubeObject,
  old?: KubeObject,
  own: OwnChecks = [],
): FieldError[] {
  if (old === undefined) return validateObjectMeta(kind, object.metadata);
  const update = validateMetadataUpdate(object.metadata, old.metadata);
  return [
    ...validateObjectMeta({ namespaced: kind.namespaced, nameRule: "path" }, object.metadata),
    ...update,
    ...own.flatMap((check) => (check === "meta" ? validateObjectMeta(kind, object.metadata) : update)),
  ];
}

function validateObjectMeta(kind: Named, meta: ObjectMeta): FieldError[] {
  const rule = kind.nameRule ?? "subdomain";
  return [
    ...invalidEach(
      "metadata.generateName",
      meta.generateName,
      meta.generateName ? objectName(rule, meta.generateName, true) : [],
    ),
    ...(meta.name
      ? invalidEach("metadata.name", meta.name, objectName(rule, meta.name))
      : [required("metadata.name", "name or generateName is required")]),
    ...validateNamespace(kind.namespaced, meta.namespace),
    ...nonNegative("metadata.generation", meta.generation),
    ...validateLabels(meta.labels, "metadata.labels"),
    ...validateAnnotations(meta.annotations, "metadata.annotations"),
    ...validateOwners(meta.ownerReferences, "metadata.ownerReferences"),
    ...validateFinalizers(meta.finalizers, "metadata.finalizers"),
  ];
}

function standardFinalizers(finalizers: string[] | undefined): FieldError[] {
  return (finalizers ?? []).flatMap((name, index) =>
    invalidEach(`metadata.finalizers[${index}]`, name, kubeFinalizer(name)),
  );
}

function validateNamespace(namespaced: boolean, namespace: string | undefined): FieldError[] {
  if (!namespaced) return namespace ? [forbidden("metadata.namespace", "not allowed on this type")] : [];
  return namespace
    ? invalidEach("metadata.namespace", namespace, dns1123Label(namespace))
    : [required("metadata.namespace")];
}

function validateMetadataUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) {
    const before = new Set(old.finalizers);
    const added = [...new Set(meta.finalizers)].filter((finalizer) => !before.has(finalizer)).sort();
    if (added.length > 0) {
      const list = added.map((finalizer) => JSON.stringify(finalizer)).join(", ");
      errors.push(
        forbidden(
          "metadata.finalizers",
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
        ),
      );
    }
  }
  for (const field of ["name", "namespace", "uid"] as const) {
    if ((meta[field] ?? "") !== (old[field] ?? ""))
      errors.push(invalid(`metadata.${field}`, meta[field] ?? "", "field is immutable"));
  }
  errors.push(
    ...validateLabels(meta.labels, "metadata.labels"),
    ...validateAnnotations(meta.annotations, "metadata.annotations"),
    ...validateOwners(meta.ownerReferences, "metadata.ownerReferences"),
  );
  return errors;
}

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...invalidEach(field, key, qualifiedName(key)), ...invalidEach(field, value, labelValueErrors(value)));
  }
  return errors;
}

export function validateAnnotations(annotations: Record<string, string> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...invalidEach(field, key, qualifiedName(key.toLowerCase())));
    size += byteLength(key) + byteLength(value);
  }
  if (size > ANNOTATIONS_LIMIT) errors.push(tooManyBytes(field, ANNOTATIONS_LIMIT));
  return errors;
}

function validateOwners(owners: OwnerReference[] | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller = "";
  for (const owner of owners ?? []) {
    if (!owner.apiVersion)
      errors.push(invalid(`${field}.apiVersion`, owner.apiVersion ?? "", "version must not be empty"));
    if (!owner.kind) errors.push(invalid(`${field}.kind`, owner.kind ?? "", "must not be empty"));
    if (!owner.name) errors.push(invalid(`${field}.name`, owner.name ?? "", "must not be empty"));
    if (!owner.uid) errors.push(invalid(`${field}.uid`, owner.uid ?? "", "must not be empty"));
    if (owner.apiVersion === "v1" && owner.kind === "Event") {
      errors.push(invalid(field, owner, "/v1, Kind=Event is disallowed from being an owner"));
    }
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller === "") controller = name;
    else {
      errors.push(
        invalid(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
    }
  }
  return errors;
}

function validateFinalizers(finalizers: string[] | undefined, field: string): FieldError[] {
  const errors = (finalizers ?? []).flatMap((finalizer) => invalidEach(field, finalizer, qualifiedName(finalizer)));
  if (finalizers?.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(invalid(field, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

/** A metav1.LabelSelector inside a spec. */
export function validateLabelSelector(selector: Loose, field: string): FieldError[] {
  if (selector === undefined || selector === null) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${index}]`;
    const count = values?.length ?? 0;
    if (operator === "In" || operator === "NotIn") {
      if (count === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (count > 0)
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else {
      errors.push(invalid(`${path}.operator`, operator ?? "", "not a valid selector operator"));
    }
    errors.push(...invalidEach(`${path}.key`, key ?? "", qualifiedName(key ?? "")));
    for (const [at, value] of (values ?? []).entries())
      errors.push(...invalidEach(`${path}.values[${at}]`, value, labelValueErrors(value)));
  }
  return errors;
}

/** Whether upstream could make a selector of it (metav1.LabelSelectorAsSelector); absent can be: it selects nothing. */
export function isSelector(selector: Loose): boolean {
  return validateLabelSelector(selector, "").length === 0;
}

/** Deep equality of JSON values, absent and empty alike (apimachinery's Semantic.DeepEqual). */
export function sameJson(a: Loose, b: Loose): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) if (!sameJson(a[key], b[key])) return false;
  return true;
}

function isEmpty(value: Loose): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
