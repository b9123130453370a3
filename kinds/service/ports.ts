// Validation of a Service's ports (kk:pkg/apis/core/validation validateServicePort and what validateService says of ports that meet).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { portNumber } from "../podspec/containers.ts";
import { portNumberOrName } from "../podspec/probes.ts";
import { duplicate, forbidden, invalidEach, notSupported, required } from "../rules/errors.ts";
import { dns1123Label, qualifiedName } from "../rules/names.ts";

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

export function validatePorts(ports: Loose[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => validatePort(port, ports.length > 1, names, `spec.ports[${index}]`));
}

function validatePort(port: Loose, nameRequired: boolean, names: Set<string>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (port.name) {
    errors.push(...invalidEach(`${path}.name`, port.name, dns1123Label(port.name)));
    if (names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    names.add(port.name);
  } else if (nameRequired) {
    errors.push(required(`${path}.name`));
  }
  errors.push(...portNumber(`${path}.port`, port.port ?? 0));
  if (!PROTOCOLS.includes(port.protocol)) errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
  errors.push(...portNumberOrName(`${path}.targetPort`, port.targetPort));
  if (typeof port.appProtocol === "string")
    errors.push(...invalidEach(`${path}.appProtocol`, port.appProtocol, qualifiedName(port.appProtocol)));
  return errors;
}

export function validateRepeatedPorts(type: string, ports: Loose[]): FieldError[] {
  const errors: FieldError[] = [];
  const nodePorts = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, { nodePort }] of ports.entries()) {
    if (type === "ClusterIP" && nodePort)
      errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  }
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    if (nodePorts.has(`${protocol}/${nodePort}`)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    nodePorts.add(`${protocol}/${nodePort}`);
  }
  for (const [index, { port, protocol }] of ports.entries()) {
    // The bad value is upstream's internal ServicePort, all of its fields in Go's spelling.
    const key = { Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (numbers.has(`${protocol}/${port}`)) errors.push(duplicate(`spec.ports[${index}]`, key));
    numbers.add(`${protocol}/${port}`);
  }
  return errors;
}
