// Validation of containers: kk:pkg/apis/core/validation validateContainers, validateInitContainers and what they share.
// Errors come in upstream's order, since clients read the first one.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, notFound, notSupported, required } from "../rules/errors.ts";
import { configMapKey, dns1123Label, dns1123Subdomain, envVarName, inRange, portName } from "../rules/names.ts";
import { validateHandler, validateProbes } from "./probes.ts";
import { validateResources } from "./resources.ts";

export function validateContainers(containers: Loose[], volumes: ReadonlySet<string>, field: string): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = container.name ?? "";
    errors.push(...validateCommon(container, volumes, path));
    if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    seen.add(name);
    errors.push(...validateLifecycle(container.lifecycle, `${path}.lifecycle`), ...validateProbes(container, path));
  }
  return [...errors, ...hostPortConflicts(containers, field)];
}

const NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always";

export function validateInitContainers(
  containers: Loose[],
  regular: Loose[],
  volumes: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const seen = new Set<string>(regular.map(({ name }) => name ?? ""));
  const errors: FieldError[] = [];
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = container.name ?? "";
    errors.push(...validateCommon(container, volumes, path));
    if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    else if (name !== "") seen.add(name);
    errors.push(...hostPortConflicts([container], field));
    if (container.restartPolicy === "Always") {
      errors.push(...validateLifecycle(container.lifecycle, `${path}.lifecycle`), ...validateProbes(container, path));
      continue;
    }
    for (const part of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]) {
      if (container[part]) errors.push(forbidden(`${path}.${part}`, NOT_FOR_INIT));
    }
  }
  return errors;
}

const TERMINATION = ["File", "FallbackToLogsOnError"];
const PULL = ["Always", "IfNotPresent", "Never"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function validateCommon(container: Loose, volumes: ReadonlySet<string>, path: string): FieldError[] {
  const { name, image, terminationMessagePolicy, imagePullPolicy } = container;
  const errors: FieldError[] = name
    ? invalidEach(`${path}.name`, name, dns1123Label(name))
    : [required(`${path}.name`)];
  if (!image) errors.push(required(`${path}.image`));
  if (!TERMINATION.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, terminationMessagePolicy, TERMINATION));
  }
  errors.push(
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateMounts(container.volumeMounts ?? [], volumes, `${path}.volumeMounts`),
  );
  if (!PULL.includes(imagePullPolicy)) errors.push(notSupported(`${path}.imagePullPolicy`, imagePullPolicy, PULL));
  return [...errors, ...validateResources(container.resources ?? {}, `${path}.resources`)];
}

export function portNumber(field: string, port: number): FieldError[] {
  return port >= 1 && port <= 65535 ? [] : [invalid(field, port, inRange(1, 65535))];
}

function validatePorts(ports: Loose[], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const messages = portName(port.name);
      if (messages.length > 0) errors.push(...invalidEach(`${path}.name`, port.name, messages));
      else if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
      else names.add(port.name);
    }
    if (port.containerPort) errors.push(...portNumber(`${path}.containerPort`, port.containerPort));
    else errors.push(required(`${path}.containerPort`));
    if (port.hostPort) errors.push(...portNumber(`${path}.hostPort`, port.hostPort));
    if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    return errors;
  });
}

function hostPortConflicts(containers: Loose[], field: string): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, container] of containers.entries()) {
    for (const [at, port] of ((container.ports ?? []) as Loose[]).entries()) {
      if (!port.hostPort) continue;
      const text = `${port.protocol}/${port.hostIP ?? ""}/${port.hostPort}`;
      if (seen.has(text)) errors.push(duplicate(`${field}[${index}].ports[${at}].hostPort`, text));
      seen.add(text);
    }
  }
  return errors;
}

const ENV_SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
/** EnvFiles is on in 1.36, so fileKeyRef belongs to the text. */
const ENV_ONE_OF =
  "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
const DOWNWARD_FIELDS = [
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

function validateEnv(variables: Loose[], field: string): FieldError[] {
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
  if (valueFrom.fieldRef) errors.push(...validateFieldRef(valueFrom.fieldRef.fieldPath ?? "", `${path}.fieldRef`));
  if (valueFrom.resourceFieldRef && !valueFrom.resourceFieldRef.resource)
    errors.push(required(`${path}.resourceFieldRef.resource`));
  for (const source of ["configMapKeyRef", "secretKeyRef"]) {
    const reference = valueFrom[source];
    if (!reference) continue;
    errors.push(...invalidEach(`${path}.${source}.name`, reference.name ?? "", dns1123Subdomain(reference.name ?? "")));
    if (!reference.key) errors.push(required(`${path}.${source}.key`));
    else errors.push(...invalidEach(`${path}.${source}.key`, reference.key, configMapKey(reference.key)));
  }
  if (sources === 0) errors.push(invalid(path, "", ENV_ONE_OF));
  else if (value) errors.push(invalid(path, "", "may not be specified when `value` is not empty"));
  else if (sources > 1) errors.push(invalid(path, "", "may not have more than one field specified at a time"));
  return errors;
}

function validateFieldRef(fieldPath: string, path: string): FieldError[] {
  if (fieldPath === "") return [required(`${path}.fieldPath`)];
  if (/^metadata\.(labels|annotations)\['.*'\]$/.test(fieldPath) || DOWNWARD_FIELDS.includes(fieldPath)) return [];
  if (
    fieldPath === "spec.host" ||
    fieldPath === "status.phase" ||
    fieldPath === "metadata.labels" ||
    fieldPath === "metadata.annotations"
  ) {
    return [notSupported(`${path}.fieldPath`, fieldPath, DOWNWARD_FIELDS)];
  }
  return [
    invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
  ];
}

function validateEnvFrom(sources: Loose[], field: string): FieldError[] {
  return sources.flatMap((source, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = source.prefix
      ? invalidEach(`${path}.prefix`, source.prefix, envVarName(source.prefix))
      : [];
    const given = ["configMapRef", "secretRef"].filter((name) => source[name]);
    for (const name of given) {
      const reference = source[name].name ?? "";
      if (reference === "") errors.push(required(`${path}.${name}.name`));
      else errors.push(...invalidEach(`${path}.${name}.name`, reference, dns1123Subdomain(reference)));
    }
    if (given.length === 0) errors.push(invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (given.length > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
    return errors;
  });
}

function validateMounts(mounts: Loose[], volumes: ReadonlySet<string>, field: string): FieldError[] {
  const points = new Set<string>();
  return mounts.flatMap(({ name = "", mountPath = "", subPath, subPathExpr }, index) => {
    const path = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${path}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${path}.name`, name));
    if (mountPath === "") errors.push(required(`${path}.mountPath`));
    if (points.has(mountPath)) errors.push(invalid(`${path}.mountPath`, mountPath, "must be unique"));
    points.add(mountPath);
    if (subPath && subPathExpr)
      errors.push(invalid(`${path}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"));
    for (const [part, text] of Object.entries({ subPath, subPathExpr }))
      errors.push(...descending(`${field}.${part}`, text));
    return errors;
  });
}

/** A relative path that never climbs (validateLocalDescendingPath). */
export function descending(field: string, path: string | undefined): FieldError[] {
  if (!path) return [];
  const errors: FieldError[] = path.startsWith("/") ? [invalid(field, path, "must be a relative path")] : [];
  return path.split("/").includes("..") ? [...errors, invalid(field, path, "must not contain '..'")] : errors;
}

function validateLifecycle(lifecycle: Loose, path: string): FieldError[] {
  return ["postStart", "preStop"].flatMap((hook) =>
    lifecycle?.[hook] ? validateHandler(lifecycle[hook], `${path}.${hook}`) : [],
  );
}
