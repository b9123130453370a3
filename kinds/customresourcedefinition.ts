// CustomResourceDefinition (apiextensions.k8s.io/v1): a kind that users bring. What kinds it makes: kinds/custom/kinds.ts. It is there in a member
// before the first of its objects, and stays what it is where the member has its own.
import { internalSpec } from "./custom/definition/internal.ts";
import { validateDefinitionNames } from "./custom/definition/names.ts";
import { normalizeSchema } from "./custom/definition/normalize.ts";
import { validateSpec, validateSpecUpdate, validateStoredVersions } from "./custom/definition/spec.ts";
import { approvalErrors } from "./custom/definition/approval.ts";
import { formatWarnings } from "./custom/definition/warnings.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { invalid } from "./rules/errors.ts";
import { validateCommonMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

export const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** Set when its deletion begins; who runs the CustomResourceDefinition takes it away once its objects are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

/** Under which name of the store its objects lie. */
export function storageResource({ spec }: KubeObject): string {
  return `${spec.names.plural}.${spec.group}`;
}

function setDefaults(object: KubeObject): void {
  dropZeros(object, customResourceDefinition.schema);
  const spec = (object.spec ??= {});
  spec.group ??= "";
  spec.scope ??= "";
  spec.versions ??= null;
  if (spec.preserveUnknownFields === false) delete spec.preserveUnknownFields;
  for (const version of (spec.versions ?? []) as Loose[]) {
    version.name ??= "";
    version.served ??= false;
    version.storage ??= false;
    if (version.schema?.openAPIV3Schema) normalizeSchema(version.schema.openAPIV3Schema);
  }
  const names = (spec.names ??= {});
  names.plural ??= "";
  names.kind ??= "";
  if (!names.singular && names.kind) names.singular = names.kind.toLowerCase();
  if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: "None" };
  const service = spec.conversion.webhook?.clientConfig?.service;
  if (service) service.port ??= 443;
  const status = (object.status ??= {});
  status.conditions ??= null;
  const accepted = (status.acceptedNames ??= {});
  accepted.plural ??= "";
  accepted.kind ??= "";
  if (!status.storedVersions?.length) {
    const storage = ((spec.versions ?? []) as Loose[]).find((version) => version.storage);
    status.storedVersions = storage ? [storage.name] : null;
  }
}

function storesVersion(object: KubeObject): void {
  const storage = ((object.spec.versions ?? []) as Loose[]).find((version) => version.storage);
  if (storage === undefined) return;
  const stored = (object.status.storedVersions ?? []) as string[];
  if (!stored.includes(storage.name)) object.status.storedVersions = [...stored, storage.name];
}

function prepareCreate(object: KubeObject): void {
  object.status = { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: null };
  storesVersion(object);
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const spec = internalSpec(object.spec);
  const errors = validateCommonMetadata(customResourceDefinition, object, old, ["update"]);
  if (old === undefined) {
    for (const field of ["generateName", "name"] as const) {
      const name = object.metadata[field];
      if (name && name !== `${spec.names.plural}.${spec.group}`)
        errors.push(invalid(`metadata.${field}`, name, 'must be spec.names.plural+"."+spec.group'));
    }
    errors.push(...validateSpec(spec));
  } else errors.push(...validateSpecUpdate(spec, internalSpec(old.spec), old));
  errors.push(...validateDefinitionNames(object.status?.acceptedNames ?? {}, "status.acceptedNames"));
  errors.push(...validateStoredVersions(object.status?.storedVersions, spec.versions));
  errors.push(...approvalErrors(object, old));
  if (spec.preserveUnknownFields === true && old?.spec.preserveUnknownFields !== true) {
    const instead = "set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    errors.push(invalid("spec.preserveUnknownFields", true, `cannot set to true, ${instead}`));
  }
  return errors;
}

function marks(object: KubeObject, now: string): void {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(CLEANUP_FINALIZER)) object.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
  const terminating = {
    lastTransitionTime: now,
    message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    reason: "InstanceDeletionPending",
    status: "True",
    type: "Terminating",
  };
  const others = (object.status?.conditions ?? []).filter(({ type }: Loose) => type !== "Terminating");
  object.status = { ...object.status, conditions: [...others, terminating] };
}

export const customResourceDefinition: Kind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  resource: "customresourcedefinitions",
  singular: "customresourcedefinition",
  namespaced: false,
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  generation: true,
  unconditionalUpdate: false,
  columns: [NAME, CREATED_AT],
  setDefaults,
  prepareCreate,
  prepareUpdate: storesVersion,
  marks,
  validate,
  warnings: formatWarnings,
  federation: { rule: "root" },
};
