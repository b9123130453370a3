// Rules for paths inside containers and volumes (kk:pkg/apis/core/validation validateLocalDescendingPath and its kin).
import type { FieldError } from "../kind.ts";
import { invalid } from "../rules/errors.ts";

/** No element climbs. */
export function noBacksteps(field: string, path: string | undefined): FieldError[] {
  return path?.split("/").includes("..") ? [invalid(field, path, "must not contain '..'")] : [];
}

/** Relative, and never climbs. */
export function descending(field: string, path: string | undefined): FieldError[] {
  if (!path) return [];
  return path.startsWith("/")
    ? [invalid(field, path, "must be a relative path"), ...noBacksteps(field, path)]
    : noBacksteps(field, path);
}

/** Descending, and without names that a volume keeps for itself ("..data"). */
export function unreserved(field: string, path: string | undefined): FieldError[] {
  return path?.startsWith("..") && !path.startsWith("../")
    ? [...descending(field, path), invalid(field, path, "must not start with '..'")]
    : descending(field, path);
}
