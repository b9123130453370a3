// Validation of projected volumes and of files that hold a pod's own fields (kk:pkg/apis/core/validation validateProjectionSources,
// validateDownwardAPIVolumeFile). Bundles and certificates of the cluster are off in 1.36 and dropped before (drop.ts).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, required } from "../rules/errors.ts";
import { validateFieldRef, validateResourceFieldRef } from "./env.ts";
import { unreserved } from "./paths.ts";
import { validateKeyToPath, validateMode } from "./keys.ts";

/** Fields that a file may hold. */
const FILE_FIELDS = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

export function validateDownwardFile({ path, fieldRef, resourceFieldRef, mode }: Loose, field: string): FieldError[] {
  const errors: FieldError[] = path ? [] : [required(`${field}.path`)];
  errors.push(...unreserved(`${field}.path`, path));
  if (fieldRef) {
    errors.push(...validateFieldRef(fieldRef, FILE_FIELDS, `${field}.fieldRef`));
    const detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
    if (resourceFieldRef) errors.push(invalid(field, "resource", detail));
  } else if (resourceFieldRef)
    errors.push(...validateResourceFieldRef(resourceFieldRef, true, `${field}.resourceFieldRef`));
  else errors.push(required(field, "one of fieldRef and resourceFieldRef is required"));
  return [...errors, ...validateMode(mode, `${field}.mode`)];
}

const MIN_SECONDS = 10 * 60;
const MAX_SECONDS = 2 ** 32;

export function validateProjected({ defaultMode, sources = [] }: Loose, field: string): FieldError[] {
  const errors = validateMode(defaultMode, `${field}.defaultMode`);
  const paths = new Set<string>();
  /** `shown` is what upstream quotes: a source's name, or the path. */
  const claim = (path: string | undefined, shown: string): void => {
    if (!path) return;
    if (paths.has(path)) errors.push(invalid(field, shown, "conflicting duplicate paths"));
    paths.add(path);
  };
  for (const [index, { secret, configMap, downwardAPI, serviceAccountToken: token }] of (
    sources as Loose[]
  ).entries()) {
    const at = `${field}.sources[${index}]`;
    for (const [type, source] of Object.entries({ secret, configMap })) {
      if (!source) continue;
      if (!source.name) errors.push(required(`${at}.${type}.name`));
      for (const [number, item] of ((source.items ?? []) as Loose[]).entries()) {
        errors.push(...validateKeyToPath(item, `${at}.${type}.items[${number}]`));
        claim(item.path, source.name ?? "");
      }
    }
    for (const file of downwardAPI?.items ?? []) {
      errors.push(...validateDownwardFile(file, `${at}.downwardAPI`));
      claim(file.path, file.path);
    }
    if (token) {
      const seconds = token.expirationSeconds ?? 0;
      const path = `${at}.serviceAccountToken.expirationSeconds`;
      if (seconds < MIN_SECONDS) errors.push(invalid(path, seconds, "may not specify a duration less than 10 minutes"));
      if (seconds > MAX_SECONDS)
        errors.push(invalid(path, seconds, "may not specify a duration larger than 2^32 seconds"));
      errors.push(...(token.path ? unreserved(`${field}.path`, token.path) : [required(`${field}.path`)]));
    }
    const given = [secret, configMap, downwardAPI, token].filter((source) => source !== undefined && source !== null);
    if (given.length > 1) errors.push(forbidden(at, "may not specify more than 1 volume type per source"));
  }
  return errors;
}
