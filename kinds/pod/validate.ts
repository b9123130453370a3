// A pod as a whole (kk:pkg/apis/core/validation validatePodMetadataAndSpec, ValidatePodCreate): what its template may not be refused for, it may.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { validatePodAnnotations, validateProfilesMatch } from "../podspec/annotations.ts";
import { imageSpaces } from "../podspec/containers.ts";
import { validatePodSpec } from "../podspec/validate.ts";
import { forbidden } from "../rules/errors.ts";
import { sameJson, validateMetadata } from "../rules/metadata.ts";
import { validateStatus } from "./status.ts";
import { validateUpdate } from "./update.ts";

const NAMED = { namespaced: true } as const;

export function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  if (old === undefined) return [...validateWhole(object), ...validateNew(object)];
  if (!sameJson(object.status, old.status))
    return [...validateMetadata(NAMED, object, old), ...validateStatus(object, old)];
  return [...validateWhole(object, old), ...validateUpdate(object, old)];
}

/** Metadata and spec. An update says what is wrong with the metadata once more for the pod itself. */
export function validateWhole(object: KubeObject, old?: KubeObject): FieldError[] {
  const { metadata, spec } = object;
  const errors = old === undefined ? [] : validateMetadata(NAMED, object, old);
  errors.push(
    ...validateMetadata(NAMED, object),
    ...validatePodAnnotations(metadata.annotations, spec, "metadata.annotations"),
    ...validatePodSpec(spec, "spec", metadata),
  );
  if (!spec.serviceAccountName) {
    for (const [index, { projected }] of ((spec.volumes ?? []) as Loose[]).entries()) {
      for (const [at, source] of ((projected?.sources ?? []) as Loose[]).entries()) {
        const path = `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`;
        if (source.serviceAccountToken)
          errors.push(forbidden(path, "must not be specified when serviceAccountName is not set"));
      }
    }
  }
  for (const list of ["containers", "initContainers"]) {
    for (const [index, container] of ((spec[list] ?? []) as Loose[]).entries())
      errors.push(...imageSpaces(container, `spec.${list}[${index}]`));
  }
  return errors;
}

function validateNew({ metadata, spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0)
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  return [...errors, ...validateProfilesMatch(metadata.annotations, spec, "spec")];
}
