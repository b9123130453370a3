// Validation of a pod's names and name resolution: dnsConfig, hostAliases, hostname, hostNetwork ports (kk:pkg/apis/core/validation
// validatePodDNSConfig, ValidateHostAliases, validatePodHostName, validatePodHostNetworkDeps).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, notSupported, required, tooManyBytes } from "../rules/errors.ts";
import { legacyIP } from "../rules/ip.ts";
import { byteLength, dns1123Subdomain, regexMessage } from "../rules/names.ts";

const POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

export function validateDnsPolicy(policy: string | undefined, field: string): FieldError[] {
  if (!policy) return [required(field)];
  return POLICIES.includes(policy) ? [] : [notSupported(field, policy, POLICIES)];
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_BYTES = 2048;

export function validateDnsConfig({ dnsPolicy, dnsConfig }: Loose, field: string): FieldError[] {
  const nameservers: string[] = dnsConfig?.nameservers ?? [];
  const searches: string[] = dnsConfig?.searches ?? [];
  if (dnsPolicy === "None") {
    if (!dnsConfig) return [required(field, "must provide `dnsConfig` when `dnsPolicy` is None")];
    const detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
    if (nameservers.length === 0) return [required(`${field}.nameservers`, detail)];
  }
  const errors: FieldError[] = [];
  if (nameservers.length > MAX_NAMESERVERS)
    errors.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  for (const [index, address] of nameservers.entries())
    errors.push(...legacyIP(`${field}.nameservers[${index}]`, address));
  if (searches.length > MAX_SEARCHES)
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if (byteLength(searches.join(" ")) > MAX_SEARCH_BYTES) {
    const detail = `must not have more than ${MAX_SEARCH_BYTES} characters (including spaces) in the search list`;
    errors.push(invalid(`${field}.searches`, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    const name = search === "." ? "a" : search.replace(/\.$/, "");
    errors.push(...invalidEach(`${field}.searches[${index}]`, name, searchErrors(name)));
  }
  for (const [index, { name }] of ((dnsConfig?.options ?? []) as Loose[]).entries())
    if (!name) errors.push(required(`${field}.options[${index}]`, "must not be empty"));
  return errors;
}

const LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SEARCH = `${LABEL}(\\.${LABEL})*`;

/** Search paths may have underscores (RelaxedDNSSearchValidation). */
function searchErrors(name: string): string[] {
  const errors = byteLength(name) > 253 ? ["must be no more than 253 characters"] : [];
  if (new RegExp(`^${SEARCH}$`).test(name)) return errors;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, regexMessage(rule, SEARCH, "example.com")];
}

export function validateHostAliases(aliases: Loose[], field: string): FieldError[] {
  return aliases.flatMap(({ ip = "", hostnames = [] }, index) => [
    ...legacyIP(`${field}[${index}].ip`, ip),
    ...(hostnames as string[]).flatMap((name, at) =>
      invalidEach(`${field}[${index}].hostnames[${at}]`, name, dns1123Subdomain(name)),
    ),
  ]);
}

export function validateHostname(spec: Loose, path: string): FieldError[] {
  const name: string | undefined = spec.hostnameOverride;
  if (name === undefined) return [];
  const field = `${path}.hostnameOverride`;
  const errors: FieldError[] = [];
  if (spec.setHostnameAsFQDN === true)
    errors.push(forbidden(field, "may not be specified when setHostnameAsFQDN is true"));
  if (spec.hostNetwork) errors.push(forbidden(field, "may not be specified when hostNetwork is true"));
  if (byteLength(name) > 64) errors.push(tooManyBytes(field, 64));
  return [...errors, ...invalidEach(field, name, dns1123Subdomain(name))];
}

/** In the host's network a port is the host's: always in a pod, in a template where it is said. */
export function validateHostPorts(spec: Loose, isPod: boolean, path: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return ((spec.containers ?? []) as Loose[]).flatMap((container, index) =>
    ((container.ports ?? []) as Loose[]).flatMap(({ hostPort = 0, containerPort = 0 }, at) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalid(
              `${path}.containers[${index}].ports[${at}].hostPort`,
              hostPort,
              "must match `containerPort` when `hostNetwork` is true",
            ),
          ]
        : [],
    ),
  );
}
