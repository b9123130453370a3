// Validation of an EndpointSlice (kk:pkg/apis/discovery/validation), in upstream's order. Endpoints that did not change are not refused.
import type { FieldError } from "../kind.ts";
import type { KubeObject, Loose } from "../object.ts";
import { duplicate, invalid, invalidEach, notSupported, required, tooMany } from "../rules/errors.ts";
import { endpointIP, legacyIP, parseIP, strictIP } from "../rules/ip.ts";
import { sameJson } from "../rules/metadata.ts";
import { dns1123Label, dns1123Subdomain, labelValueErrors, qualifiedName } from "../rules/names.ts";

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const ADDRESSES_LIMIT = 100;
const PORTS_LIMIT = 20000;
const ENDPOINTS_LIMIT = 1000;
const HINTS_LIMIT = 8;

export function validateSlice(object: KubeObject, old?: KubeObject): FieldError[] {
  const type = object["addressType"] as string;
  const errors: FieldError[] = [];
  if (!type) errors.push(required("addressType"));
  else if (!ADDRESS_TYPES.includes(type)) errors.push(notSupported("addressType", type, ADDRESS_TYPES));
  errors.push(...validatePorts((object["ports"] as Loose[]) ?? []));
  const endpoints = validateEndpoints((object["endpoints"] as Loose[]) ?? [], type);
  const untouched = old !== undefined && endpoints.length > 0 && sameJson(old["endpoints"], object["endpoints"]);
  return untouched ? errors : [...errors, ...endpoints];
}

function validatePorts(ports: Loose[]): FieldError[] {
  if (ports.length > PORTS_LIMIT) return [tooMany("ports", ports.length, PORTS_LIMIT)];
  const names = new Set<string>();
  return ports.flatMap(({ name, protocol, appProtocol }, index) => {
    const field = `ports[${index}]`;
    const errors = name === "" ? [] : invalidEach(`${field}.name`, name, dns1123Label(name));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
    if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
    if (typeof appProtocol === "string")
      errors.push(...invalidEach(`${field}.appProtocol`, appProtocol, qualifiedName(appProtocol)));
    return errors;
  });
}

function validateEndpoints(endpoints: Loose[], type: string): FieldError[] {
  if (endpoints.length > ENDPOINTS_LIMIT) return [tooMany("endpoints", endpoints.length, ENDPOINTS_LIMIT)];
  return endpoints.flatMap(({ addresses, nodeName, hostname, hints }, index) => {
    const field = `endpoints[${index}]`;
    const list: string[] = addresses ?? [];
    const errors: FieldError[] = [];
    if (list.length === 0) errors.push(required(`${field}.addresses`, "must contain at least 1 address"));
    else if (list.length > ADDRESSES_LIMIT) errors.push(tooMany(`${field}.addresses`, list.length, ADDRESSES_LIMIT));
    for (const [at, text] of list.entries()) errors.push(...validateAddress(text, type, `${field}.addresses`, at));
    if (typeof nodeName === "string")
      errors.push(...invalidEach(`${field}.nodeName`, nodeName, dns1123Subdomain(nodeName)));
    if (typeof hostname === "string")
      errors.push(...invalidEach(`${field}.hostname`, hostname, dns1123Label(hostname)));
    return hints ? [...errors, ...validateHints(hints, `${field}.hints`)] : errors;
  });
}

/** A type that is not known is not checked. */
function validateAddress(text: string, type: string, list: string, at: number): FieldError[] {
  const field = `${list}[${at}]`;
  if (type === "FQDN") return validateFqdn(text, field);
  if (type !== "IPv4" && type !== "IPv6") return [];
  const wrong = type === "IPv4" ? legacyIP(field, text) : invalidEach(field, text, strictIP(text));
  if (wrong.length > 0) return wrong;
  const other = parseIP(text)?.family === type ? [] : [invalid(list, text, `must be an ${type} address`)];
  return [...other, ...endpointIP(field, text)];
}

/** validation.IsFullyQualifiedDomainName. */
function validateFqdn(text: string, field: string): FieldError[] {
  if (text === "") return [required(field)];
  const name = text.replace(/\.$/, "");
  const wrong = dns1123Subdomain(name);
  if (wrong.length > 0) return [invalid(field, name, wrong.join(","))];
  const labels = name.split(".");
  if (labels.length < 2)
    return [invalid(field, name, "should be a domain with at least two segments separated by dots")];
  const bad = labels.find((label) => dns1123Label(label).length > 0);
  return bad === undefined ? [] : [invalid(field, bad, dns1123Label(bad).join(","))];
}

function validateHints({ forZones, forNodes }: Loose, field: string): FieldError[] {
  const zones = validateNames(forZones ?? [], `${field}.forZones`, labelValueErrors);
  if ((forZones ?? []).length > HINTS_LIMIT) return zones;
  return [...zones, ...validateNames(forNodes ?? [], `${field}.forNodes`, dns1123Subdomain)];
}

function validateNames(list: Loose[], field: string, rule: (name: string) => string[]): FieldError[] {
  if (list.length > HINTS_LIMIT) return [tooMany(field, list.length, HINTS_LIMIT)];
  const seen = new Set<string>();
  return list.flatMap(({ name = "" }, index) => {
    const path = `${field}[${index}].name`;
    const again = seen.has(name) ? [duplicate(path, name)] : [];
    seen.add(name);
    return [...again, ...invalidEach(path, name, rule(name))];
  });
}
