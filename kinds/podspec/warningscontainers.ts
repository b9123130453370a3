// Warnings about containers (kk:pkg/api/pod/warnings.go): parts of a byte, variables that hide others, ports that meet.
import type { Loose } from "../object.ts";
import { fractionWarnings, type ResourceList } from "../rules/resourcelist.ts";
import { eachContainer } from "./visit.ts";

/** `path` is that of the spec. */
export function containerWarnings(spec: Loose, path: string): string[] {
  const found: string[] = [];
  eachContainer(spec, path, ({ resources, env }, field) => {
    for (const list of ["limits", "requests"])
      if (resources?.[list]) found.push(...bytesWarnings(resources[list], `${field}.resources.${list}`));
    found.push(...hiddenVariables(env ?? [], `${field}.env`));
  });
  const ports = portsOf(spec, path);
  return [...found, ...portWarnings(ports), ...portNameWarnings(ports)];
}

/** Of memory and local storage. */
export function bytesWarnings(list: ResourceList | undefined, path: string): string[] {
  return list ? ["memory", "ephemeral-storage"].flatMap((name) => fractionWarnings(list, name, path)) : [];
}

/** A second definition is fine where it refers to the first: A="$(A),more". */
function hiddenVariables(env: Loose[], path: string): string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name = "", value = "", valueFrom }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const reference = `$(${name})`;
    if (!valueFrom && value !== reference && value.includes(reference)) return [];
    const which = JSON.stringify(name);
    return [`${path}[${index}]: hides previous definition of ${which}, which may be dropped when using apply`];
  });
}

interface Port {
  field: string;
  name: string;
  hostPort: number;
  containerPort: number;
  protocol: string;
  hostIP: string;
}

function portsOf(spec: Loose, path: string): Port[] {
  const found: Port[] = [];
  eachContainer(spec, path, ({ ports }, field) => {
    for (const [index, port] of ((ports ?? []) as Loose[]).entries()) {
      const { name = "", hostPort = 0, containerPort = 0, protocol = "", hostIP = "" } = port;
      found.push({ field: `${field}.ports[${index}]`, name, hostPort, containerPort, protocol, hostIP });
    }
  });
  return found;
}

function portWarnings(ports: Port[]): string[] {
  return ports.flatMap((port, index) => {
    const { field, name, hostPort, containerPort, protocol, hostIP } = port;
    const printed = (): string =>
      `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
    const alone = hostIP !== "" && hostPort === 0 ? [`${field}: hostIP set without hostPort: ${printed()}`] : [];
    if (index === 0) return alone;
    const others = ports
      .slice(0, index)
      .filter((other) => other.containerPort === containerPort && other.protocol === protocol);
    return [...alone, ...others.flatMap((other) => meeting(port, other))];
  });
}

/** Two of one number and protocol. */
function meeting(port: Port, other: Port): string[] {
  const say = (what: string): string[] => [`${port.field}: ${what} port definition with ${other.field}`];
  if (port.hostIP === other.hostIP && port.hostPort === other.hostPort) return say("duplicate");
  if (port.hostPort === 0 || other.hostPort === 0) return say("overlapping");
  const oneForAll = (port.hostIP === "") !== (other.hostIP === "");
  return port.hostPort === other.hostPort && oneForAll ? say("dangerously ambiguous") : [];
}

function portNameWarnings(ports: Port[]): string[] {
  const first = new Map<string, string>();
  return ports.flatMap(({ name, field }) => {
    const other = first.get(name);
    if (name === "") return [];
    if (other === undefined) {
      first.set(name, field);
      return [];
    }
    const use = `services and probes that select ports by name will use ${other}`;
    return [`${field}: duplicate port name ${JSON.stringify(name)} with ${other}, ${use}`];
  });
}
