// Validation of resource requirements of containers and of whole pods (kk:pkg/apis/core/validation validateResourceRequirements,
// validatePodResources), and of the resource claims they name.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { dns1123Label, dns1123Subdomain } from "../rules/names.ts";
import { formatQuantity, parseQuantity } from "../rules/quantity.ts";
import {
  amount,
  containerResourceNameErrors,
  isHugePages,
  isNative,
  namesOf,
  quantityValueErrors,
  resourceNameErrors,
  wholeUnits,
} from "../rules/resourcelist.ts";
import { aggregate } from "./aggregate.ts";

type NameErrors = (name: string, field: string) => FieldError[];

/** Requests may lie below limits. */
export const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);
/** Resources that a whole pod may ask for (component-helpers resource SupportedPodLevelResources). */
export const isPodLevel = (name: string): boolean => name === "cpu" || name === "memory" || isHugePages(name);

export function validateResources(
  requirements: Loose,
  field: string,
  claimNames: ReadonlySet<string> = new Set(),
  nameErrors: NameErrors = containerResourceNameErrors,
): FieldError[] {
  const { limits = {}, requests = {}, claims = [] } = requirements ?? {};
  const errors: FieldError[] = [];
  for (const name of namesOf(limits)) errors.push(...validateAmount(limits, name, `${field}.limits`, nameErrors));
  for (const name of namesOf(requests)) {
    errors.push(...validateAmount(requests, name, `${field}.requests`, nameErrors, false));
    const request = amount(requests, name);
    const limit = amount(limits, name);
    if (limits[name] === undefined) {
      if (!mayOvercommit(name))
        errors.push(required(`${field}.limits`, "Limit must be set for non overcommitable resources"));
    } else if (request.nano !== limit.nano && !mayOvercommit(name)) {
      errors.push(
        invalid(
          `${field}.requests`,
          formatQuantity(request),
          `must be equal to ${name} limit of ${formatQuantity(limit)}`,
        ),
      );
    } else if (request.nano > limit.nano) {
      errors.push(
        invalid(
          `${field}.requests`,
          formatQuantity(request),
          `must be less than or equal to ${name} limit of ${formatQuantity(limit)}`,
        ),
      );
    }
    errors.push(...wholePages(requests, name, `${field}.requests`));
  }
  const names = namesOf(limits, requests);
  if (names.some(isHugePages) && !names.some((name) => name === "cpu" || name === "memory")) {
    errors.push(forbidden(field, "HugePages require cpu or memory"));
  }
  return [...errors, ...validateClaimUses(claims, claimNames, `${field}.claims`)];
}

function validateAmount(
  list: Record<string, string>,
  name: string,
  field: string,
  nameErrors: NameErrors,
  pages = true,
): FieldError[] {
  const path = `${field}[${name}]`;
  return [
    ...nameErrors(name, path),
    ...quantityValueErrors(name, list[name] ?? "0", path),
    ...(pages ? wholePages(list, name, field) : []),
  ];
}

/** Huge pages come in whole numbers of their size ("hugepages-2Mi"). */
function wholePages(list: Record<string, string>, name: string, field: string): FieldError[] {
  if (!isHugePages(name)) return [];
  const size = parseQuantity(name.slice("hugepages-".length));
  const quantity = amount(list, name);
  const divisible =
    size !== undefined &&
    size.nano > 0n &&
    size.nano % 1_000_000_000n === 0n &&
    wholeUnits(quantity) % wholeUnits(size) === 0n;
  if (divisible) return [];
  const text = formatQuantity(quantity);
  return [invalid(`${field}[${name}]`, text, `${text} is not positive integer multiple of ${name}`)];
}

/** validateResourceClaimNames: what containers use must be among the pod's claims. */
function validateClaimUses(claims: Loose[], known: ReadonlySet<string>, field: string): FieldError[] {
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, { name = "", request = "" }] of claims.entries()) {
    const path = `${field}[${index}]`;
    if (name === "") {
      errors.push(required(path));
      continue;
    }
    if (seen.has(name)) errors.push(duplicate(path, name));
    else {
      const key = request === "" ? name : `${name}/${request}`;
      if (request !== "") errors.push(...invalidEach(`${path}.request`, request, dns1123Label(request)));
      if (seen.has(key)) errors.push(duplicate(path, key));
      else if (request === "")
        for (const other of seen) if (other.startsWith(`${name}/`)) errors.push(duplicate(path, name));
      seen.add(key);
    }
    if (known.has(name)) continue;
    const list = known.size === 0 ? " which is empty" : `: ${[...known].sort().join(", ")}`;
    errors.push({
      reason: "FieldValueNotFound",
      field: path,
      message: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${list}`,
    });
  }
  return errors;
}

export function claimNamesOf(spec: Loose): ReadonlySet<string> {
  return new Set((spec.resourceClaims ?? []).map(({ name }: Loose) => name).filter(Boolean));
}

/** The pod's own list of claims. */
export function validateResourceClaims(claims: Loose[], field: string): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap((claim, index) => {
    const path = `${field}[${index}]`;
    const { name = "", resourceClaimName = null, resourceClaimTemplateName = null } = claim;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${path}.name`));
    else if (seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    else errors.push(...invalidEach(`${path}.name`, name, dns1123Label(name)));
    seen.add(name);
    // Upstream prints its internal struct.
    const whole = () => [name, resourceClaimName, resourceClaimTemplateName].map((one) => JSON.stringify(one));
    const badClaim = (detail: string): FieldError => {
      const [first, second, third] = whole();
      const text = `{"Name":${first},"ResourceClaimName":${second},"ResourceClaimTemplateName":${third}}`;
      return { reason: "FieldValueInvalid", field: path, message: `Invalid value: ${text}: ${detail}` };
    };
    if (resourceClaimName !== null && resourceClaimTemplateName !== null)
      errors.push(badClaim("at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"));
    if (resourceClaimName === null && resourceClaimTemplateName === null)
      errors.push(badClaim("must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
    for (const [part, text] of Object.entries({ resourceClaimName, resourceClaimTemplateName }))
      if (text !== null) errors.push(...invalidEach(`${path}.${part}`, text, dns1123Subdomain(text)));
    return errors;
  });
}

const podResourceNameErrors: NameErrors = (name, field) => {
  const errors = resourceNameErrors(name, field);
  if (errors.length > 0 || isPodLevel(name)) return errors;
  return [notSupported(field, name, ["cpu", "hugepages-", "memory"])];
};

/** spec.resources: requests that cover all containers, limits that none exceeds. */
export function validatePodResources(spec: Loose, claimNames: ReadonlySet<string>, path: string): FieldError[] {
  const { resources } = spec;
  if (!resources) return [];
  const field = `${path}.resources`;
  if (spec.os?.name === "windows") return [forbidden(field, "may not be set for a windows pod")];
  const errors: FieldError[] = resources.claims
    ? [forbidden(`${field}.claims`, "claims may not be set for Resources at pod-level")]
    : [];
  errors.push(...validateResources(resources, field, claimNames, podResourceNameErrors));
  for (const [name, sum] of aggregate(spec, "requests")) {
    if (resources.requests?.[name] === undefined) continue;
    const own = amount(resources.requests, name);
    if (sum.nano <= own.nano) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    errors.push(invalid(`${field}.requests[${name}]`, formatQuantity(own), detail));
  }
  for (const [name, sum] of aggregate(spec, "limits")) {
    if (!isHugePages(name) || resources.limits?.[name] === undefined) continue;
    const own = amount(resources.limits, name);
    if (sum.nano <= own.nano) continue;
    const detail = `must be greater than or equal to aggregate container limits of ${formatQuantity(sum)}`;
    errors.push(invalid(`${field}.limits[${name}]`, formatQuantity(own), detail));
  }
  for (const [index, container] of ((spec.containers ?? []) as Loose[]).entries()) {
    for (const name of namesOf(container.resources?.limits)) {
      if (resources.limits?.[name] === undefined) continue;
      const own = amount(resources.limits, name);
      const limit = amount(container.resources.limits, name);
      if (limit.nano <= own.nano) continue;
      const detail = `must be less than or equal to pod limits of ${formatQuantity(own)}`;
      errors.push(invalid(`${field}.containers[${index}][${name}].limits`, formatQuantity(limit), detail));
    }
  }
  return errors;
}
