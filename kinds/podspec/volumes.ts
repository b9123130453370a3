// Validation of volumes (kk:pkg/apis/core/validation ValidateVolumes): unique names, one source each, and the sources that name
// followers. Sources of single providers are left to the member clusters.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, required } from "../rules/errors.ts";
import { dns1123Label } from "../rules/names.ts";
import { descending } from "./containers.ts";

/** The names of the valid volumes, which mounts may use. */
export function validateVolumes(volumes: Loose[], field: string): { volumes: Set<string>; errors: FieldError[] } {
  const names = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}]`;
    const found = [
      ...validateSources(volume, path),
      ...(volume.name
        ? invalidEach(`${path}.name`, volume.name, dns1123Label(volume.name))
        : [required(`${path}.name`)]),
      ...(names.has(volume.name) ? [duplicate(`${path}.name`, volume.name)] : []),
    ];
    if (found.length === 0) names.add(volume.name);
    errors.push(...found);
  }
  return { volumes: names, errors };
}

function validateSources(volume: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const sources = Object.keys(volume).filter(
    (key) => key !== "name" && volume[key] !== null && volume[key] !== undefined,
  );
  // Upstream visits emptyDir first, so that a second source is the one that is refused.
  sources.sort((a, b) => Number(b === "emptyDir") - Number(a === "emptyDir"));
  for (const [at, source] of sources.entries()) {
    if (at > 0) errors.push(forbidden(`${path}.${source}`, "may not specify more than 1 volume type"));
    else errors.push(...validateSource(source, volume[source], `${path}.${source}`));
  }
  return sources.length === 0 ? [required(path, "must specify a volume type")] : errors;
}

const MODE = "must be a number between 0 and 0777 (octal), both inclusive";

function validateSource(source: string, value: Loose, path: string): FieldError[] {
  switch (source) {
    case "configMap":
      return [
        ...(value.name ? [] : [required(`${path}.name`)]),
        ...validateMode(value, path),
        ...validateItems(value.items, path),
      ];
    case "secret":
      return [
        ...(value.secretName ? [] : [required(`${path}.secretName`)]),
        ...validateMode(value, path),
        ...validateItems(value.items, path),
      ];
    case "persistentVolumeClaim":
      return value.claimName ? [] : [required(`${path}.claimName`)];
    case "hostPath":
      if (!value.path) return [required(`${path}.path`)];
      return value.path.split("/").includes("..") ? [invalid(`${path}.path`, value.path, "must not contain '..'")] : [];
    case "nfs":
      return [
        ...(value.server ? [] : [required(`${path}.server`)]),
        ...(value.path ? [] : [required(`${path}.path`)]),
        ...(value.path && !value.path.startsWith("/")
          ? [invalid(`${path}.path`, value.path, "must be an absolute path")]
          : []),
      ];
    default:
      return [];
  }
}

function validateMode({ defaultMode }: Loose, path: string): FieldError[] {
  return typeof defaultMode === "number" && (defaultMode > 0o777 || defaultMode < 0)
    ? [invalid(`${path}.defaultMode`, defaultMode, MODE)]
    : [];
}

function validateItems(items: Loose[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap((item, index) => {
    const at = `${path}.items[${index}]`;
    const errors: FieldError[] = item.key ? [] : [required(`${at}.key`)];
    if (!item.path) errors.push(required(`${at}.path`));
    errors.push(...descending(`${at}.path`, item.path));
    if (item.path?.startsWith("..") && !item.path.split("/").includes(".."))
      errors.push(invalid(`${at}.path`, item.path, "must not start with '..'"));
    if (typeof item.mode === "number" && (item.mode > 0o777 || item.mode < 0))
      errors.push(invalid(`${at}.mode`, item.mode, MODE));
    return errors;
  });
}
