// Validation of a container's environment (kk:pkg/apis/core/validation ValidateEnv, ValidateEnvFrom) and of the references to the
// pod's own fields and resources that env and downwardAPI volumes share.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, invalidEach, notFound, notSupported, required } from "../rules/errors.ts";
import { configMapKey, dns1123Label, dns1123Subdomain, envVarName, objectName, qualifiedName } from "../rules/names.ts";
import { parseQuantity } from "../rules/quantity.ts";
import { eachContainer } from "./visit.ts";
import { noBacksteps } from "./paths.ts";

const ENV_SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
/** EnvFiles is on in 1.36, so fileKeyRef belongs to the text. */
const ENV_ONE_OF =
  "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
const ENV_FIELDS = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
/** What the downward API knows at all; env and volumes each take a part of it. */
const KNOWN_FIELDS = [
  ...ENV_FIELDS,
  "metadata.annotations",
  "metadata.labels",
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
];

export function validateEnv(variables: Loose[], field: string): FieldError[] {
  return variables.flatMap((variable, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = variable.name
      ? invalidEach(`${path}.name`, variable.name, envVarName(variable.name))
      : [required(`${path}.name`)];
    return variable.valueFrom ? [...errors, ...validateValueFrom(variable, `${path}.valueFrom`)] : errors;
  });
}

function validateValueFrom({ value, valueFrom }: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const sources = ENV_SOURCES.filter((source) => valueFrom[source]).length;
  if (valueFrom.fieldRef) errors.push(...validateFieldRef(valueFrom.fieldRef, ENV_FIELDS, `${path}.fieldRef`));
  if (valueFrom.resourceFieldRef)
    errors.push(...validateResourceFieldRef(valueFrom.resourceFieldRef, false, `${path}.resourceFieldRef`));
  for (const source of ["configMapKeyRef", "secretKeyRef"]) {
    const reference = valueFrom[source];
    if (!reference) continue;
    errors.push(...invalidEach(`${path}.${source}.name`, reference.name ?? "", dns1123Subdomain(reference.name ?? "")));
    if (!reference.key) errors.push(required(`${path}.${source}.key`));
    else errors.push(...invalidEach(`${path}.${source}.key`, reference.key, configMapKey(reference.key)));
  }
  if (valueFrom.fileKeyRef) errors.push(...validateFileKey(valueFrom.fileKeyRef, `${path}.fileKeyRef`));
  if (sources === 0) errors.push(invalid(path, "", ENV_ONE_OF));
  else if (value) errors.push(invalid(path, "", "may not be specified when `value` is not empty"));
  else if (sources > 1) errors.push(invalid(path, "", "may not have more than one field specified at a time"));
  return errors;
}

function validateFileKey({ key = "", volumeName = "", path = "" }: Loose, field: string): FieldError[] {
  return [
    ...(key === "" ? [required(`${field}.key`)] : invalidEach(`${field}.key`, key, envVarName(key))),
    ...(volumeName === ""
      ? [required(`${field}.volumeName`)]
      : invalidEach(`${field}.volumeName`, volumeName, dns1123Label(volumeName))),
    ...(path === "" ? [required(`${field}.path`)] : noBacksteps(`${field}.path`, path)),
  ];
}

/** `allowed`: fields that this place may read, sorted. */
export function validateFieldRef(reference: Loose, allowed: readonly string[], field: string): FieldError[] {
  const { apiVersion = "", fieldPath = "" } = reference;
  if (apiVersion === "") return [required(`${field}.apiVersion`)];
  if (fieldPath === "") return [required(`${field}.fieldPath`)];
  const wrong = (detail: string): FieldError[] => [
    invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${detail}`),
  ];
  if (apiVersion !== "v1") return wrong(`unsupported pod version: ${apiVersion}`);
  const [, path = "", key = ""] = /^([^']+?)\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (path !== "") {
    if (path === "metadata.annotations") return invalidEach(field, key.toLowerCase(), qualifiedName(key.toLowerCase()));
    if (path === "metadata.labels") return invalidEach(field, key, qualifiedName(key));
    return wrong(`field label does not support subscript: ${fieldPath}`);
  }
  // The name that spec.nodeName had in the beginning.
  const label = fieldPath === "spec.host" ? "spec.nodeName" : fieldPath;
  if (!KNOWN_FIELDS.includes(label)) return wrong(`field label not supported: ${fieldPath}`);
  return allowed.includes(label) ? [] : [notSupported(`${field}.fieldPath`, label, allowed)];
}

const RESOURCE_FIELDS = ["limits", "requests"].flatMap((list) =>
  ["cpu", "ephemeral-storage", "memory"].map((name) => `${list}.${name}`),
);
const SIZES = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
const DIVISORS: readonly [RegExp, readonly string[], string][] = [
  [/\.cpu$/, ["1m", "1"], "1m and 1 are supported with the cpu resource"],
  [/\.memory$/, SIZES, `${SIZES.join(", ")} are supported with the memory resource`],
  [/\.ephemeral-storage$/, SIZES, `${SIZES.join(", ")} are supported with the local ephemeral storage resource`],
  [/^(requests|limits)\.hugepages-/, SIZES, `${SIZES.join(", ")} are supported with the hugepages resource`],
];

export function validateResourceFieldRef(reference: Loose, inVolume: boolean, field: string): FieldError[] {
  const { containerName = "", resource = "", divisor = "0" } = reference;
  const errors: FieldError[] = [];
  if (inVolume && containerName === "") errors.push(required(`${field}.containerName`));
  else if (resource === "") errors.push(required(`${field}.resource`));
  else if (!RESOURCE_FIELDS.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource))
    errors.push(notSupported(`${field}.resource`, resource, RESOURCE_FIELDS));
  if (parseQuantity(divisor)?.nano === 0n) return errors;
  const rule = DIVISORS.find(([pattern]) => /^(requests|limits)\./.test(resource) && pattern.test(resource));
  if (rule !== undefined && !rule[1].includes(divisor))
    errors.push(invalid(`${field}.divisor`, resource, `only divisor's values ${rule[2]}`));
  return errors;
}

export function validateEnvFrom(sources: Loose[], field: string): FieldError[] {
  return sources.flatMap((source, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = source.prefix
      ? invalidEach(`${path}.prefix`, source.prefix, envVarName(source.prefix))
      : [];
    const given = ["configMapRef", "secretRef"].filter((name) => source[name]);
    for (const name of given) {
      const reference = source[name].name ?? "";
      if (reference === "") errors.push(required(`${path}.${name}.name`));
      else errors.push(...invalidEach(`${path}.${name}.name`, reference, objectName("subdomain", reference, true)));
    }
    if (given.length === 0) errors.push(invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (given.length > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
    return errors;
  });
}

/** Files of variables live in emptyDirs of the pod. */
export function validateFileKeyVolumes(spec: Loose, path: string): FieldError[] {
  const volumes = new Map<string, Loose>((spec.volumes ?? []).map((volume: Loose) => [volume.name ?? "", volume]));
  const errors: FieldError[] = [];
  eachContainer(spec, path, (container, field) => {
    for (const [index, { valueFrom }] of ((container.env ?? []) as Loose[]).entries()) {
      if (!valueFrom?.fileKeyRef) continue;
      const name = valueFrom.fileKeyRef.volumeName ?? "";
      const at = `${field}.env[${index}].valueFrom.fileKeyRef.volumeName`;
      const volume = volumes.get(name);
      if (volume === undefined) errors.push(notFound(at, name));
      else if (!volume.emptyDir) errors.push(invalid(at, name, "referenced volume must be of type emptyDir"));
    }
  });
  return errors;
}
