// Validation of an Ingress' spec and status (kk:pkg/apis/networking/validation), in upstream's order. What an old object already had wrong
// may stay wrong where upstream lets it: secret names, and rules of wildcard hosts.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { portNumber } from "../podspec/containers.ts";
import { invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { legacyIP, parseIP } from "../rules/ip.ts";
import { dns1123Label, dns1123Subdomain, pathSegment, portName, wildcardSubdomain } from "../rules/names.ts";

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const BAD_PARTS = ["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDS = ["/..", "/."];

export function validateIngressSpec(spec: Loose, old?: Loose): FieldError[] {
  const rules: Loose[] = spec.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length === 0 && !spec.defaultBackend)
    errors.push(invalid("spec", null, "either `defaultBackend` or `rules` must be specified"));
  if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, "spec.defaultBackend"));
  const lenient = badWildcardRule(old);
  for (const [index, rule] of rules.entries()) errors.push(...validateRule(rule, `spec.rules[${index}]`, lenient));
  const keepSecrets = (old?.tls ?? []).some(({ secretName }: Loose) => secretErrors(secretName).length > 0);
  for (const [index, tls] of ((spec.tls ?? []) as Loose[]).entries()) {
    for (const [at, host] of ((tls.hosts ?? []) as string[]).entries())
      errors.push(...hostErrors(`spec.tls[${index}].hosts[${at}]`, host));
    if (!keepSecrets)
      errors.push(...invalidEach(`spec.tls[${index}].secretName`, tls.secretName, secretErrors(tls.secretName)));
  }
  if (typeof spec.ingressClassName === "string") {
    const name: string = spec.ingressClassName;
    errors.push(...invalidEach("spec.ingressClassName", name, dns1123Subdomain(name)));
  }
  return errors;
}

const secretErrors = (name: string | undefined): string[] => (name ? dns1123Subdomain(name) : []);

const hostErrors = (field: string, host: string): FieldError[] =>
  invalidEach(field, host, host.includes("*") ? wildcardSubdomain(host) : dns1123Subdomain(host));

function badWildcardRule(old: Loose): boolean {
  return ((old?.rules ?? []) as Loose[]).some(
    (rule) => rule.host?.includes("*") && validateHttp(rule.http, "").length > 0,
  );
}

function validateRule({ host, http }: Loose, field: string, lenient: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (host) {
    if (parseIP(host) !== undefined)
      errors.push(invalid(`${field}.host`, host, "must be a DNS name, not an IP address"));
    errors.push(...hostErrors(`${field}.host`, host));
  }
  if (host?.includes("*") && lenient) return errors;
  return [...errors, ...validateHttp(http, `${field}.http`)];
}

function validateHttp(http: Loose, field: string): FieldError[] {
  if (!http) return [];
  const paths: Loose[] = http.paths ?? [];
  return paths.length === 0
    ? [required(`${field}.paths`)]
    : paths.flatMap((path, index) => validatePath(path, `${field}.paths[${index}]`));
}

function validatePath({ path = "", pathType, backend }: Loose, field: string): FieldError[] {
  if (typeof pathType !== "string") return [required(`${field}.pathType`, "pathType must be specified")];
  const errors: FieldError[] = [];
  const absolute = path.startsWith("/");
  if (pathType === "Exact" || pathType === "Prefix") {
    if (!absolute) errors.push(invalid(`${field}.path`, path, "must be an absolute path"));
    for (const part of BAD_PARTS)
      if (path.includes(part)) errors.push(invalid(`${field}.path`, path, `must not contain '${part}'`));
    for (const end of BAD_ENDS)
      if (path.endsWith(end)) errors.push(invalid(`${field}.path`, path, `cannot end with '${end}'`));
  } else if (pathType === "ImplementationSpecific") {
    if (path !== "" && !absolute) errors.push(invalid(`${field}.path`, path, "must be an absolute path"));
  } else {
    errors.push(notSupported(`${field}.pathType`, pathType, PATH_TYPES));
  }
  return [...errors, ...validateBackend(backend ?? {}, `${field}.backend`)];
}

function validateBackend({ service, resource }: Loose, field: string): FieldError[] {
  if (resource && service) return [invalid(field, "", "cannot set both resource and service backends")];
  if (resource) return validateReference(resource, `${field}.resource`);
  if (!service) return [invalid(field, "", "resource or service backend is required")];
  const { name } = service;
  const { name: port, number } = service.port ?? {};
  return [
    ...(name ? invalidEach(`${field}.service.name`, name, dns1123Label(name)) : [required(`${field}.service.name`)]),
    ...(port && number
      ? [invalid(field, "", "cannot set both port name & port number")]
      : port
        ? invalidEach(`${field}.service.port.name`, port, portName(port))
        : number
          ? portNumber(`${field}.service.port.number`, number)
          : [required(field, "port name or number is required")]),
  ];
}

function validateReference({ apiGroup, kind, name }: Loose, field: string): FieldError[] {
  return [
    ...(typeof apiGroup === "string" ? invalidEach(`${field}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup)) : []),
    ...(kind ? invalidEach(`${field}.kind`, kind, pathSegment(kind)) : [required(`${field}.kind`)]),
    ...(name ? invalidEach(`${field}.name`, name, pathSegment(name)) : [required(`${field}.name`)]),
  ];
}

export function validateIngressStatus(loadBalancer: Loose, old: Loose): FieldError[] {
  const known = ((old?.ingress ?? []) as Loose[]).map(({ ip }) => ip);
  return ((loadBalancer?.ingress ?? []) as Loose[]).flatMap(({ ip, hostname }, index) => {
    const field = `status.loadBalancer.ingress[${index}]`;
    return [...(ip ? legacyIP(`${field}.ip`, ip, known) : []), ...hostnameErrors(`${field}.hostname`, hostname)];
  });
}

/** Of a load balancer's point, a Service's or an Ingress'. */
export function hostnameErrors(field: string, hostname: string | undefined): FieldError[] {
  if (!hostname) return [];
  return [
    ...invalidEach(field, hostname, dns1123Subdomain(hostname)),
    ...(parseIP(hostname) === undefined ? [] : [invalid(field, hostname, "must be a DNS name, not an IP address")]),
  ];
}
