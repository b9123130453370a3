// Validation of what a container mounts (kk:pkg/apis/core/validation ValidateVolumeMounts, ValidateVolumeDevices). Paths of some errors
// lack the index, as upstream's do.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, notFound, notSupported, required } from "../rules/errors.ts";
import { descending, noBacksteps } from "./paths.ts";

/** Valid volumes by name. */
export type Volumes = ReadonlyMap<string, Loose>;

const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];
const RECURSIVE = ["Disabled", "Enabled", "IfPossible"];

export function validateMounts(container: Loose, volumes: Volumes, field: string): FieldError[] {
  const points = new Set<string>();
  const devices: Loose[] = container.volumeDevices ?? [];
  return ((container.volumeMounts ?? []) as Loose[]).flatMap((mount, index) => {
    const { name = "", mountPath = "", subPath, subPathExpr, mountPropagation: propagation } = mount;
    const path = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${path}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${path}.name`, name));
    if (mountPath === "") errors.push(required(`${path}.mountPath`));
    if (points.has(mountPath)) errors.push(invalid(`${path}.mountPath`, mountPath, "must be unique"));
    points.add(mountPath);
    if (devices.some((device) => (device.name ?? "") === name))
      errors.push(invalid(`${path}.name`, name, "must not already exist in volumeDevices"));
    if (devices.some((device) => (device.devicePath ?? "") === mountPath))
      errors.push(invalid(`${path}.mountPath`, mountPath, "must not already exist as a path in volumeDevices"));
    errors.push(...descending(`${field}.subPath`, subPath));
    if (subPathExpr && subPath)
      errors.push(invalid(`${path}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"));
    errors.push(...descending(`${field}.subPathExpr`, subPathExpr));
    if (propagation !== undefined) {
      if (!PROPAGATIONS.includes(propagation))
        errors.push(notSupported(`${field}.mountPropagation`, propagation, PROPAGATIONS));
      if (propagation === "Bidirectional" && container.securityContext?.privileged !== true) {
        const detail = "Bidirectional mount propagation is available only to privileged containers";
        errors.push(forbidden(`${field}.mountPropagation`, detail));
      }
    }
    return [...errors, ...validateRecursive(mount, `${field}.recursiveReadOnly`)];
  });
}

function validateRecursive({ recursiveReadOnly, readOnly, mountPropagation }: Loose, field: string): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === "Disabled") return [];
  if (!RECURSIVE.includes(recursiveReadOnly)) return [notSupported(field, recursiveReadOnly, RECURSIVE)];
  const errors: FieldError[] = readOnly ? [] : [forbidden(field, "may only be specified when readOnly is true")];
  if (mountPropagation !== undefined && mountPropagation !== "None")
    errors.push(forbidden(field, "may only be specified when mountPropagation is None or not specified"));
  return errors;
}

const ONLY_CLAIMS = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";

export function validateDevices(container: Loose, volumes: Volumes, field: string): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts: Loose[] = container.volumeMounts ?? [];
  return ((container.volumeDevices ?? []) as Loose[]).flatMap(({ name = "", devicePath = "" }, index) => {
    const path = `${field}[${index}]`;
    const volume = volumes.get(name);
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${path}.name`));
    if (names.has(name)) errors.push(invalid(`${path}.name`, name, "must be unique"));
    if (volume === undefined) errors.push(notFound(`${path}.name`, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(invalid(`${path}.name`, name, ONLY_CLAIMS));
    if (devicePath === "") errors.push(required(`${path}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${path}.devicePath`, devicePath, "must be unique"));
    if (noBacksteps("", devicePath).length > 0)
      errors.push(invalid(`${path}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => (mount.name ?? "") === name))
      errors.push(invalid(`${path}.name`, name, "must not already exist in volumeMounts"));
    if (mounts.some((mount) => (mount.mountPath ?? "") === devicePath))
      errors.push(invalid(`${path}.devicePath`, devicePath, "must not already exist as a path in volumeMounts"));
    if (name !== "") names.add(name);
    return errors;
  });
}
