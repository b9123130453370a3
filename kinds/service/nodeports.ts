// Node ports, in kk:pkg/registry/core/service/storage/alloc.go's steps but without an allocator: one that the user does not name is a hash of the
// Service's uid and the port's name, unlike the others of this Service. Other Services are not looked at: no node of the federation listens
// on it, each cluster gives its own Service ports of its own (core/render/allocated.ts), so two alike mislead nobody.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid } from "../rules/errors.ts";
import { hash32 } from "./hash.ts";
import { getsNodePorts, needsHealthCheckPort, needsNodePorts } from "./traits.ts";

export const FIRST_PORT = 30000;
export const LAST_PORT = 32767;
const OUT_OF_RANGE = `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`;
const TAKEN = "provided port is already allocated";

const portsOf = (spec: Loose): Loose[] => spec.ports ?? [];

const nodePortsOf = (spec: Loose): number[] => portsOf(spec).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []));

function derive(uid: string, name: string, taken: ReadonlySet<number>): number {
  const size = LAST_PORT - FIRST_PORT + 1;
  const start = hash32(`${uid}/${name}`) % size;
  for (let step = 0; step < size; step++) {
    const port = FIRST_PORT + ((start + step) % size);
    if (!taken.has(port)) return port;
  }
  return FIRST_PORT + start;
}

/** Node ports left out are those of the same name before, where no other port has them (patchAllocatedValues). */
export function keepNodePorts(spec: Loose, old: Loose): void {
  if (getsNodePorts(old) && getsNodePorts(spec)) {
    const now = new Set(nodePortsOf(spec));
    const used = new Set(nodePortsOf(old).filter((port) => now.has(port)));
    const byName = new Map<string, number>(portsOf(old).map(({ name, nodePort }) => [name ?? "", nodePort ?? 0]));
    for (const port of portsOf(spec)) {
      const known = byName.get(port.name ?? "") ?? 0;
      if (!port.nodePort && known !== 0 && !used.has(known)) port.nodePort = known;
    }
  }
  if (needsHealthCheckPort(old) && needsHealthCheckPort(spec)) spec.healthCheckNodePort ||= old.healthCheckNodePort;
}

/** In place. At creation ports of one number (DNS over TCP and UDP) share a node port, as upstream has it. */
export function allocateNodePorts(spec: Loose, uid: string, old?: Loose): void {
  const taken = new Set([...nodePortsOf(spec), spec.healthCheckNodePort ?? 0]);
  const give = (name: string): number => {
    const port = derive(uid, name, taken);
    taken.add(port);
    return port;
  };
  if (getsNodePorts(spec)) {
    const shared = new Map<number, number>();
    if (old === undefined)
      for (const { port, nodePort } of portsOf(spec)) if (nodePort && !shared.has(port)) shared.set(port, nodePort);
    for (const port of portsOf(spec)) {
      port.nodePort ||= shared.get(port.port) ?? give(port.name ?? "");
      if (old === undefined) shared.set(port.port, shared.get(port.port) ?? port.nodePort);
    }
  }
  if (needsHealthCheckPort(spec)) spec.healthCheckNodePort ||= give("/health");
}

/** Why a port that was asked for cannot be given: the first error alone, before all of validation. Holds before and after allocation. */
export function nodePortErrors(spec: Loose, old?: Loose): FieldError[] {
  const taken = new Set<number>();
  const refused = (port: number): string | undefined => {
    const why = port < FIRST_PORT || port > LAST_PORT ? OUT_OF_RANGE : taken.has(port) ? TAKEN : undefined;
    taken.add(port);
    return why;
  };
  if (needsNodePorts(spec)) {
    const had = new Set(old === undefined ? [] : nodePortsOf(old));
    const shared = new Map<number, number>();
    for (const [index, { port, nodePort }] of portsOf(spec).entries()) {
      if (!nodePort || had.has(nodePort)) continue;
      const known = old === undefined ? shared.get(port) === nodePort : taken.has(nodePort);
      const why = known ? undefined : refused(nodePort);
      if (why !== undefined) return [invalid(`spec.ports[${index}].nodePort`, nodePort, why)];
      if (!shared.has(port)) shared.set(port, nodePort);
    }
  }
  const health: number = spec.healthCheckNodePort ?? 0;
  if (health === 0 || !needsHealthCheckPort(spec) || (old !== undefined && needsHealthCheckPort(old))) return [];
  // Upstream answers 500 here, with the same words.
  const why = refused(health);
  return why === undefined ? [] : [invalid("spec.healthCheckNodePort", health, why)];
}

/** A Service that needs no node ports any more drops those it had, unless it asks for others too (then validation says so). */
export function dropNodePorts(spec: Loose, old: Loose): void {
  const had = new Set(nodePortsOf(old));
  if (needsNodePorts(old) && !needsNodePorts(spec) && nodePortsOf(spec).every((port) => had.has(port)))
    for (const port of portsOf(spec)) delete port.nodePort;
  const same = (spec.healthCheckNodePort ?? 0) === (old.healthCheckNodePort ?? 0);
  if (needsHealthCheckPort(old) && !needsHealthCheckPort(spec) && same) delete spec.healthCheckNodePort;
}
