// Validation of volumes (kk:pkg/apis/core/validation ValidateVolumes): unique names and one source each. Sources are visited in
// upstream's order, so that of two the same one is refused.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, required } from "../rules/errors.ts";
import { byteLength, dns1123Label, dns1123Subdomain } from "../rules/names.ts";
import type { Volumes } from "./mounts.ts";
import { type PodOfVolumes, VALIDATE_SOURCE } from "./volumesources.ts";

/** The valid volumes, which mounts may use. */
export function validateVolumes(volumes: Loose[], field: string, pod: PodOfVolumes): [Volumes, FieldError[]] {
  const valid = new Map<string, Loose>();
  const errors: FieldError[] = [];
  const podName = pod.meta?.name;
  const created = new Set(
    podName ? volumes.filter(({ ephemeral }) => ephemeral).map(({ name = "" }) => `${podName}-${name}`) : [],
  );
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}]`;
    const { name = "" } = volume;
    const found = [
      ...validateSources(volume, path, pod),
      ...(name === "" ? [required(`${path}.name`)] : invalidEach(`${path}.name`, name, dns1123Label(name))),
      ...(valid.has(name) ? [duplicate(`${path}.name`, name)] : []),
    ];
    if (found.length === 0) valid.set(name, volume);
    errors.push(...found);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && created.has(claim)) {
      const detail = "must not reference a PVC that gets created for an ephemeral volume";
      errors.push(invalid(`${path}.persistentVolumeClaim.claimName`, claim, detail));
    }
  }
  return [valid, errors];
}

/** Path that upstream gives a second source where it is not the field's name. */
const SECOND: Record<string, string> = { cephfs: "cephFS", downwardAPI: "downwarAPI" };

function validateSources(volume: Loose, path: string, pod: PodOfVolumes): FieldError[] {
  const errors: FieldError[] = [];
  let first = true;
  for (const [source, validate] of Object.entries(VALIDATE_SOURCE)) {
    const value = volume[source];
    if (value === undefined || value === null) continue;
    if (first) errors.push(...validate(value, `${path}.${source}`, pod));
    else errors.push(forbidden(`${path}.${SECOND[source] ?? source}`, "may not specify more than 1 volume type"));
    if (source === "iscsi") errors.push(...portalTooLong(volume, path));
    if (source === "ephemeral" && first) errors.push(...claimNameErrors(volume, path, pod));
    first = false;
  }
  return first ? [required(path, "must specify a volume type")] : errors;
}

function portalTooLong({ name = "", iscsi }: Loose, path: string): FieldError[] {
  if (iscsi.initiatorName === undefined || byteLength(`${name}:${iscsi.targetPortal ?? ""}`) <= 64) return [];
  const detail =
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
  return [invalid(`${path}.name`, name, detail)];
}

/** A generic ephemeral volume makes a claim of the pod's and its own name. */
function claimNameErrors({ name = "" }: Loose, path: string, { meta }: PodOfVolumes): FieldError[] {
  if (!meta?.name || name === "") return [];
  const claim = `${meta.name}-${name}`;
  return dns1123Subdomain(claim).map((text) =>
    invalid(`${path}.name`, name, `PVC name ${JSON.stringify(claim)}: ${text}`),
  );
}
