// What PersistentVolumes and their claims share: access modes, volume modes, storage classes.
import type { FieldError } from "../kind.ts";
import type { KubeObject } from "../object.ts";
import { forbidden, notSupported } from "../rules/errors.ts";

export const STORAGE_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
export const VOLUME_MODES = ["Block", "Filesystem"];

const SUPPORTED = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const SHORT: Record<string, string> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

export function accessModeErrors(modes: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = modes
    .filter((mode) => !SUPPORTED.includes(mode))
    .map((mode) => notSupported(field, mode, SUPPORTED));
  const known = new Set(modes.filter((mode) => SUPPORTED.includes(mode)));
  return known.has("ReadWriteOncePod") && known.size > 1
    ? [...errors, forbidden(field, "may not use ReadWriteOncePod with other access modes")]
    : errors;
}

/** "RWO,RWX", always in the same order. */
export function shortAccessModes(modes: readonly string[] | undefined): string {
  return Object.keys(SHORT)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => SHORT[mode])
    .join(",");
}

/** The annotation of old comes first. */
export function storageClassOf({ metadata, spec }: KubeObject): string {
  return metadata.annotations?.[STORAGE_CLASS_ANNOTATION] ?? spec?.storageClassName ?? "";
}
