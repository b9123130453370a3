// The spec of a PersistentVolume, and of the inline volume of a VolumeAttachment (kk:pkg/apis/core/validation
// ValidatePersistentVolumeSpec), in upstream's order.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalidEach, notSupported, required } from "../rules/errors.ts";
import { dns1123Subdomain } from "../rules/names.ts";
import { validateNodeSelector } from "../rules/nodeselector.ts";
import { basicResourceErrors, defaultResourceList, namesOf, positiveErrors } from "../rules/resourcelist.ts";
import { accessModeErrors, VOLUME_MODES } from "./accessmodes.ts";
import { defaultVolumeSource, SOURCES } from "./volumesource.ts";

const RECLAIM_POLICIES = ["Delete", "Recycle", "Retain"];
const INLINE = "may not be specified in the context of inline volumes";

/** What a volume and an inline volume get alike, in place. */
export function defaultVolumeSpec(spec: Loose): void {
  defaultResourceList(spec.capacity);
  defaultVolumeSource(spec);
}

export interface VolumeOptions {
  inline?: boolean;
  /** Values that are no label values stay allowed where they stood before. */
  anyAffinityValue?: boolean;
}

export function validateVolumeSpec(spec: Loose, name: string, path: string, options: VolumeOptions = {}): FieldError[] {
  const inline = options.inline === true;
  const errors: FieldError[] = [];
  if (inline) {
    for (const field of ["claimRef", "capacity"])
      if (namesOf(spec[field]).length > 0 || (field === "claimRef" && spec[field]))
        errors.push(forbidden(`${path}.${field}`, INLINE));
    if (!spec.csi) errors.push(required(`${path}.csi`, "has to be specified in the context of inline volumes"));
  }
  const modes: string[] = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required(`${path}.accessModes`));
  errors.push(...accessModeErrors(modes, `${path}.accessModes`));
  if (!inline) errors.push(...validateCapacity(spec.capacity, `${path}.capacity`));
  errors.push(
    ...validateReclaimPolicy(spec.persistentVolumeReclaimPolicy, `${path}.persistentVolumeReclaimPolicy`, inline),
  );
  if (spec.nodeAffinity) errors.push(...validateAffinity(spec.nodeAffinity, `${path}.nodeAffinity`, options));
  errors.push(...validateSources(spec, name, path, inline));
  if (isRoot(spec.hostPath?.path) && spec.persistentVolumeReclaimPolicy === "Recycle") {
    errors.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (spec.storageClassName) {
    const field = `${path}.storageClassName`;
    if (inline) errors.push(forbidden(field, INLINE));
    else errors.push(...invalidEach(field, spec.storageClassName, dns1123Subdomain(spec.storageClassName)));
  }
  errors.push(...validateMode(spec.volumeMode, `${path}.volumeMode`, inline));
  return [...errors, ...validateAttributesClass(spec, path)];
}

function validateCapacity(capacity: Loose, path: string): FieldError[] {
  const names = namesOf(capacity);
  const errors: FieldError[] = names.length === 0 ? [required(path)] : [];
  // A nil map prints as null, as here.
  if (!names.includes("storage") || names.length > 1) errors.push(notSupported(path, capacity, ["storage"]));
  for (const name of names) {
    errors.push(...basicResourceErrors(capacity[name], `${path}[${name}]`));
    errors.push(...positiveErrors(capacity[name], `${path}[${name}]`));
  }
  return errors;
}

function validateReclaimPolicy(policy: string | undefined, field: string, inline: boolean): FieldError[] {
  if (!policy) return [];
  if (!inline) return RECLAIM_POLICIES.includes(policy) ? [] : [notSupported(field, policy, RECLAIM_POLICIES)];
  return policy === "Retain" ? [] : [forbidden(field, "may only be Retain in the context of inline volumes")];
}

function validateAffinity(affinity: Loose, path: string, { inline, anyAffinityValue }: VolumeOptions): FieldError[] {
  if (inline) return [forbidden(path, INLINE)];
  return affinity.required
    ? validateNodeSelector(affinity.required, `${path}.required`, anyAffinityValue)
    : [required(`${path}.required`, "must specify required node constraints")];
}

function validateSources(spec: Loose, name: string, path: string, inline: boolean): FieldError[] {
  const errors: FieldError[] = [];
  let found = 0;
  for (const [field, { check, says }] of Object.entries(SOURCES)) {
    const source = spec[field];
    if (!source) continue;
    // flexVolume is looked at even when it is the second, and cephfs is misspelt where it is refused.
    if (found > 0 && field !== "flexVolume") {
      errors.push(
        forbidden(`${path}.${field === "cephfs" ? "cephFS" : field}`, "may not specify more than 1 volume type"),
      );
      continue;
    }
    found++;
    errors.push(...check(source, `${path}.${says ?? field}`, name));
    if (field === "local" && (inline || !spec.nodeAffinity))
      errors.push(required(`${path}.nodeAffinity`, "Local volume requires node affinity"));
  }
  return found === 0 ? [...errors, required(path, "must specify a volume type")] : errors;
}

/** What path.Clean makes "/" of. */
function isRoot(path: string | undefined): boolean {
  return (
    path?.startsWith("/") === true && path.split("/").every((part) => part === "" || part === "." || part === "..")
  );
}

function validateMode(mode: string | undefined, field: string, inline: boolean): FieldError[] {
  if (mode === undefined) return [];
  if (!inline) return VOLUME_MODES.includes(mode) ? [] : [notSupported(field, mode, VOLUME_MODES)];
  return mode === "Filesystem"
    ? []
    : [forbidden(field, "may not specify volumeMode other than Filesystem in the context of inline volumes")];
}

function validateAttributesClass({ csi, volumeAttributesClassName: name }: Loose, path: string): FieldError[] {
  if (name === undefined) return [];
  const field = `${path}.volumeAttributesClassName`;
  const errors =
    name === "" ? [required(field, "an empty string is disallowed")] : invalidEach(field, name, dns1123Subdomain(name));
  return csi
    ? errors
    : [...errors, required(`${path}.csi`, "has to be specified when using volumeAttributesClassName")];
}
