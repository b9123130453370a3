// Validation of a container's resource requirements (kk:pkg/apis/core/validation validateResourceRequirements).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, required } from "../rules/errors.ts";
import { qualifiedName } from "../rules/names.ts";
import { parseQuantity } from "../rules/quantity.ts";

const CONTAINER_RESOURCES = new Set(["cpu", "memory", "ephemeral-storage"]);
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  "requests.cpu",
  "requests.memory",
  "requests.storage",
  "requests.ephemeral-storage",
  "limits.cpu",
  "limits.memory",
  "limits.ephemeral-storage",
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "storage",
  "services.nodeports",
  "services.loadbalancers",
]);

const isHugePages = (name: string): boolean => name.startsWith("hugepages-");
const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");
/** Overcommit: requests may lie below limits. */
const mayOvercommit = (name: string): boolean => isNative(name) && !isHugePages(name);

export function validateResources({ limits = {}, requests = {} }: Loose, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(limits))
    errors.push(...validateAmount(name, text as string, `${field}.limits[${name}]`));
  for (const [name, text] of Object.entries(requests)) {
    errors.push(...validateAmount(name, text as string, `${field}.requests[${name}]`));
    const request = parseQuantity(text as string);
    const limit = limits[name] === undefined ? undefined : parseQuantity(limits[name]);
    if (request === undefined) continue;
    if (limit === undefined) {
      if (!mayOvercommit(name))
        errors.push(required(`${field}.limits`, "Limit must be set for non overcommitable resources"));
    } else if (request.nano !== limit.nano && !mayOvercommit(name)) {
      errors.push(invalid(`${field}.requests`, text, `must be equal to ${name} limit of ${limits[name]}`));
    } else if (request.nano > limit.nano) {
      errors.push(invalid(`${field}.requests`, text, `must be less than or equal to ${name} limit of ${limits[name]}`));
    }
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.some((name) => name === "cpu" || name === "memory")) {
    errors.push(forbidden(field, "HugePages require cpu or memory"));
  }
  return errors;
}

function validateAmount(name: string, text: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  const quantity = parseQuantity(text);
  if (quantity === undefined) return errors;
  if (quantity.nano < 0n) errors.push(invalid(field, text, "must be greater than or equal to 0"));
  if (!isNative(name) && quantity.nano % 1_000_000_000n !== 0n) errors.push(invalid(field, text, "must be an integer"));
  return errors;
}

function validateResourceName(name: string, field: string): FieldError[] {
  const messages = qualifiedName(name);
  if (messages.length > 0) return invalidEach(field, name, messages);
  if (!name.includes("/")) {
    const errors: FieldError[] = [];
    if (!STANDARD_RESOURCES.has(name) && !isHugePages(name)) {
      errors.push(invalid(field, name, "must be a standard resource type or fully qualified"));
    }
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name))
      errors.push(invalid(field, name, "must be a standard resource for containers"));
    return errors;
  }
  return !isNative(name) && name.startsWith("requests.")
    ? [invalid(field, name, "doesn't follow extended resource name standard")]
    : [];
}
