// Endpoints (v1), deprecated by EndpointSlice and still written by leader elections and hand-made Services. The root makes none of its own.
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { portNumber } from "./podspec/containers.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { invalidEach, notSupported, required } from "./rules/errors.ts";
import { endpointIP, legacyIP, warnIP } from "./rules/ip.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dns1123Label, dns1123Subdomain, qualifiedName } from "./rules/names.ts";
import { dropZeros } from "./rules/zeros.ts";

const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const SHOWN = 3;
const LISTS = ["addresses", "notReadyAddresses"] as const;
const MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const CONTROLLER = "endpoint-controller";

const subsetsOf = (object: KubeObject): Loose[] => (object["subsets"] as Loose[] | undefined) ?? [];

function setDefaults(object: KubeObject): void {
  dropZeros(object, endpoints.schema);
  for (const subset of subsetsOf(object)) for (const port of subset.ports ?? []) port.protocol ||= "TCP";
}

function validateSubset(subset: Loose, field: string): FieldError[] {
  const errors = LISTS.every((list) => !subset[list]?.length)
    ? [required(field, "must specify `addresses` or `notReadyAddresses`")]
    : [];
  for (const list of LISTS) {
    for (const [at, address] of ((subset[list] ?? []) as Loose[]).entries())
      errors.push(...validateAddress(address, `${field}.${list}[${at}]`));
  }
  const ports: Loose[] = subset.ports ?? [];
  for (const [at, port] of ports.entries())
    errors.push(...validatePort(port, ports.length > 1, `${field}.ports[${at}]`));
  return errors;
}

function validateAddress({ ip = "", hostname, nodeName }: Loose, field: string): FieldError[] {
  return [
    ...legacyIP(`${field}.ip`, ip),
    ...(hostname ? invalidEach(`${field}.hostname`, hostname, dns1123Label(hostname)) : []),
    ...(typeof nodeName === "string" ? invalidEach(`${field}.nodeName`, nodeName, dns1123Subdomain(nodeName)) : []),
    ...endpointIP(`${field}.ip`, ip),
  ];
}

function validatePort({ name, port = 0, protocol, appProtocol }: Loose, named: boolean, field: string): FieldError[] {
  return [
    ...(name ? invalidEach(`${field}.name`, name, dns1123Label(name)) : named ? [required(`${field}.name`)] : []),
    ...portNumber(`${field}.port`, port),
    ...(PROTOCOLS.includes(protocol) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]),
    ...(typeof appProtocol === "string"
      ? invalidEach(`${field}.appProtocol`, appProtocol, qualifiedName(appProtocol))
      : []),
  ];
}

/** Subsets that did not change are not refused. */
function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = subsetsOf(object).flatMap((subset, index) => validateSubset(subset, `subsets[${index}]`));
  const untouched = old !== undefined && sameJson(old["subsets"], object["subsets"]);
  return [...validateMetadata(endpoints, object, old, ["update", "meta"]), ...(untouched ? [] : errors)];
}

function warnings(object: KubeObject): string[] {
  if (object.metadata.labels?.[MANAGED_BY] === CONTROLLER) return [];
  return subsetsOf(object).flatMap((subset, index) =>
    LISTS.flatMap((list) =>
      ((subset[list] ?? []) as Loose[]).flatMap(({ ip }, at) => warnIP(`subsets[${index}].${list}[${at}].ip`, ip)),
    ),
  );
}

function cell(object: KubeObject): string {
  const subsets = subsetsOf(object);
  if (subsets.length === 0) return "<none>";
  const all = subsets.flatMap(({ addresses, ports }) => {
    const ips: string[] = (addresses ?? []).map(({ ip }: Loose) => ip);
    if (!ports?.length) return ips;
    return ports.flatMap(({ port }: Loose) =>
      ips.map((ip) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`)),
    );
  });
  const text = all.slice(0, SHOWN).join(",");
  return all.length > SHOWN ? `${text} + ${all.length - SHOWN} more...` : text;
}

export const endpoints: Kind = {
  group: "",
  version: "v1",
  kind: "Endpoints",
  resource: "endpoints",
  singular: "endpoints",
  namespaced: true,
  shortNames: ["ep"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  schema: "io.k8s.api.core.v1.Endpoints",
  createOnUpdate: true,
  columns: [NAME, { name: "Endpoints", type: "string", description: "Addresses and ports", cell }, AGE],
  setDefaults,
  validate,
  warnings,
  deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  federation: { rule: "root" },
};
