// Validation of a pod's lists of containers: kk:pkg/apis/core/validation validateContainers, validateInitContainers,
// validateEphemeralContainers and what they share. Errors come in upstream's order, since clients read the first one.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, notFound, notSupported, required } from "../rules/errors.ts";
import { dns1123Label, inRange, portName } from "../rules/names.ts";
import { validateEnv, validateEnvFrom } from "./env.ts";
import { validateDevices, validateMounts, type Volumes } from "./mounts.ts";
import { validateLifecycle, validateProbes } from "./probes.ts";
import { validateResources } from "./resources.ts";
import { isSidecar, validateInitRestart, validateResizePolicy, validateRestart } from "./restart.ts";
import { validateSecurityContext } from "./securitycontext.ts";

/** What the pod around the containers says. */
export interface Surroundings {
  spec: Loose;
  volumes: Volumes;
  claimNames: ReadonlySet<string>;
}

export function validateContainers(around: Surroundings, field: string): FieldError[] {
  const containers: Loose[] = around.spec.containers ?? [];
  if (containers.length === 0) return [required(field)];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, container] of containers.entries()) {
    const path = `${field}[${index}]`;
    const name = container.name ?? "";
    errors.push(...validateCommon(container, around, path));
    if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    seen.add(name);
    errors.push(
      ...validateLifecycle(container.lifecycle, around.spec.terminationGracePeriodSeconds, `${path}.lifecycle`),
      ...validateProbes(container, path),
      ...validateRestart(container, path),
    );
  }
  return [...errors, ...hostPortConflicts(containers, field)];
}

const NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always";

export function validateInitContainers(around: Surroundings, field: string): FieldError[] {
  const seen = new Set<string>((around.spec.containers ?? []).map(({ name }: Loose) => name ?? ""));
  const errors: FieldError[] = [];
  for (const [index, container] of ((around.spec.initContainers ?? []) as Loose[]).entries()) {
    const path = `${field}[${index}]`;
    const name = container.name ?? "";
    errors.push(...validateCommon(container, around, path), ...validateInitRestart(container, path));
    if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    else if (name !== "") seen.add(name);
    errors.push(...hostPortConflicts([container], field));
    if (isSidecar(container)) {
      const grace = around.spec.terminationGracePeriodSeconds;
      errors.push(
        ...validateLifecycle(container.lifecycle, grace, `${path}.lifecycle`),
        ...validateProbes(container, path),
      );
      continue;
    }
    for (const part of ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]) {
      if (container[part]) errors.push(forbidden(`${path}.${part}`, NOT_FOR_INIT));
    }
    for (const [at, { restartPolicy }] of ((container.resizePolicy ?? []) as Loose[]).entries()) {
      const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
      if (restartPolicy === "RestartContainer")
        errors.push(invalid(`${path}.resizePolicy[${at}].restartPolicy`, restartPolicy, detail));
    }
  }
  return errors;
}

/** Fields that a debugging container has none of, by upstream's order; `resources` is there after defaulting. */
const NOT_FOR_EPHEMERAL = [
  "ports",
  "resources",
  "resizePolicy",
  "restartPolicy",
  "restartPolicyRules",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
];
const CANNOT = "cannot be set for an Ephemeral Container";

export function validateEphemeralContainers(around: Surroundings, field: string): FieldError[] {
  const { spec } = around;
  const others = new Set<string>(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }: Loose) => name ?? ""),
  );
  const all = new Set(others);
  const errors: FieldError[] = [];
  for (const [index, container] of ((spec.ephemeralContainers ?? []) as Loose[]).entries()) {
    const path = `${field}[${index}]`;
    const { name = "", targetContainerName: target, volumeMounts = [] } = container;
    errors.push(...validateCommon(container, around, path), ...imageSpaces(container, path));
    if (all.has(name)) errors.push(duplicate(`${path}.name`, name));
    else all.add(name);
    if (target && !others.has(target)) errors.push(notFound(`${path}.targetContainerName`, target));
    for (const part of NOT_FOR_EPHEMERAL) if (isSet(container[part])) errors.push(forbidden(`${path}.${part}`, CANNOT));
    for (const [at, mount] of (volumeMounts as Loose[]).entries()) {
      for (const part of ["subPath", "subPathExpr"])
        if (mount[part]) errors.push(forbidden(`${path}.volumeMounts[${at}].${part}`, CANNOT));
    }
  }
  return errors;
}

const isSet = (value: Loose): boolean =>
  value !== undefined && value !== null && (typeof value !== "object" || Object.keys(value).length > 0);

/** Pods refuse what templates let pass: spaces around an image (validateContainerOnlyForPod). */
export function imageSpaces({ image = "" }: Loose, path: string): FieldError[] {
  return image.trim() === image
    ? []
    : [invalid(`${path}.image`, image, "must not have leading or trailing whitespace")];
}

const TERMINATION = ["File", "FallbackToLogsOnError"];
const PULL = ["Always", "IfNotPresent", "Never"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function validateCommon(container: Loose, { spec, volumes, claimNames }: Surroundings, path: string): FieldError[] {
  const { name, image, terminationMessagePolicy } = container;
  const errors: FieldError[] = name
    ? invalidEach(`${path}.name`, name, dns1123Label(name))
    : [required(`${path}.name`)];
  if (!image) errors.push(required(`${path}.image`));
  if (!TERMINATION.includes(terminationMessagePolicy)) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, terminationMessagePolicy, TERMINATION));
  }
  return [
    ...errors,
    ...validatePorts(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateMounts(container, volumes, `${path}.volumeMounts`),
    ...validateDevices(container, volumes, `${path}.volumeDevices`),
    ...validatePullPolicy(container.imagePullPolicy, `${path}.imagePullPolicy`),
    ...validateResources(container.resources, `${path}.resources`, claimNames),
    ...validateResizePolicy(container.resizePolicy ?? [], spec.restartPolicy, `${path}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, spec.hostUsers !== false, `${path}.securityContext`),
  ];
}

export function validatePullPolicy(policy: string | undefined, field: string): FieldError[] {
  if (!policy) return [required(field)];
  return PULL.includes(policy) ? [] : [notSupported(field, policy, PULL)];
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
