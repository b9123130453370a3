// Lists of resources and their amounts ("cpu": "500m") outside of containers: volumes, claims, quotas, limits, overheads.
// Defaulting as kk:pkg/apis/core/v1/defaults.go SetDefaults_ResourceList, in place; comparisons by amount, not by text.
import type { FieldError } from "../kind.ts";
import { invalid } from "./errors.ts";
import { qualifiedName } from "./names.ts";
import { formatQuantity, parseQuantity, type Quantity, roundUpMilli } from "./quantity.ts";

export type ResourceList = Record<string, string | number>;

const UNIT = 1_000_000_000n;
const ZERO: Quantity = { nano: 0n, format: "DecimalSI" };

/** Amounts in canonical text, rounded up to milli-units. */
export function defaultResourceList(list: ResourceList | undefined | null): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text);
    if (quantity !== undefined && list) list[name] = formatQuantity(roundUpMilli(quantity));
  }
}

/** An absent amount is 0, as a Go map answers. */
export function amount(list: ResourceList | undefined | null, name: string): Quantity {
  const text = list?.[name];
  return (text === undefined ? undefined : parseQuantity(text)) ?? ZERO;
}

/** Whole units, a part of one rounded up (resource.Quantity.Value). */
export function wholeUnits({ nano }: Quantity): bigint {
  const down = nano / UNIT;
  return nano > 0n && nano % UNIT !== 0n ? down + 1n : down;
}

const isWhole = ({ nano }: Quantity): boolean => nano % UNIT === 0n;

/** Said of an amount with parts of a byte. `path` is that of the list. */
export function fractionWarnings(list: ResourceList | undefined | null, name: string, path: string): string[] {
  const quantity = amount(list, name);
  // Upstream counts in thousandths of 64 bits: from 8Pi on they run over, and what is left may look like a part.
  const thousandths = BigInt.asIntN(64, BigInt.asIntN(64, wholeUnits(quantity)) * 1000n);
  const overrun = quantity.format === "BinarySI" && thousandths % 1000n !== 0n;
  if (isWhole(quantity) && !overrun) return [];
  return [`${path}[${name}]: fractional byte value "${formatQuantity(quantity)}" is invalid, must be an integer`];
}

/** Resource names in sorted order: upstream walks a Go map, which has none. */
export function namesOf(...lists: (ResourceList | undefined | null)[]): string[] {
  const names: string[] = [];
  for (const list of lists) if (list) for (const name in list) if (!names.includes(name)) names.push(name);
  return names.length < 2 ? names : names.sort();
}

/** Same names and same amounts, whatever the text. */
export function sameResources(a: ResourceList | undefined | null, b: ResourceList | undefined | null): boolean {
  return namesOf(a, b).every(
    (name) => (a?.[name] === undefined) === (b?.[name] === undefined) && amount(a, name).nano === amount(b, name).nano,
  );
}

export const isHugePages = (name: string): boolean => name.startsWith("hugepages-");
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith("requests.hugepages-");
/** Unprefixed names belong to kubernetes.io too. */
export const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith("requests.") && qualifiedName(`requests.${name}`).length === 0;
}

const COUNTED = [
  "pods",
  "resourcequotas",
  "services",
  "replicationcontrollers",
  "secrets",
  "configmaps",
  "persistentvolumeclaims",
  "services.nodeports",
  "services.loadbalancers",
];
const QUOTA = new Set([
  ...["cpu", "memory", "ephemeral-storage"].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  "requests.storage",
  ...COUNTED,
]);
const CONTAINER = new Set(["cpu", "memory", "ephemeral-storage"]);

export const isStandardQuota = (name: string): boolean => QUOTA.has(name) || isQuotaHugePages(name);
const isStandard = (name: string): boolean => name === "storage" || isStandardQuota(name);
/** Measured in whole numbers. */
const isCounted = (name: string): boolean => COUNTED.includes(name) || isExtended(name);

/** validateResourceName. */
export function resourceNameErrors(name: string, field: string): FieldError[] {
  const messages = qualifiedName(name);
  if (messages.length > 0) return messages.map((message) => invalid(field, name, message));
  return name.includes("/") || isStandard(name)
    ? []
    : [invalid(field, name, "must be a standard resource type or fully qualified")];
}

/** validateContainerResourceName. */
export function containerResourceNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field);
  if (!name.includes("/")) {
    return CONTAINER.has(name) || isHugePages(name)
      ? errors
      : [...errors, invalid(field, name, "must be a standard resource for containers")];
  }
  return isNative(name) || isExtended(name)
    ? errors
    : [...errors, invalid(field, name, "doesn't follow extended resource name standard")];
}

/** ValidateResourceQuotaResourceName. */
export function quotaResourceNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field);
  return name.includes("/") || isStandardQuota(name)
    ? errors
    : [...errors, invalid(field, name, "must be a standard resource for quota")];
}

/** ValidateResourceQuantityValue: not negative, whole where it counts things. */
export function quantityValueErrors(name: string, text: string | number, field: string): FieldError[] {
  const quantity = parseQuantity(text);
  if (quantity === undefined) return [];
  const errors: FieldError[] =
    quantity.nano < 0n ? [invalid(field, formatQuantity(quantity), "must be greater than or equal to 0")] : [];
  return isCounted(name) && !isWhole(quantity)
    ? [...errors, invalid(field, formatQuantity(quantity), "must be an integer")]
    : errors;
}

/** validateBasicResource: not below zero, told in whole units. */
export function basicResourceErrors(text: string | number, field: string): FieldError[] {
  const quantity = parseQuantity(text);
  const value = quantity === undefined ? 0n : wholeUnits(quantity);
  return value < 0n ? [invalid(field, Number(value), "must be a valid resource quantity")] : [];
}

/** ValidatePositiveQuantityValue. */
export function positiveErrors(text: string | number, field: string): FieldError[] {
  const quantity = parseQuantity(text);
  return quantity !== undefined && quantity.nano <= 0n
    ? [invalid(field, formatQuantity(quantity), "must be greater than zero")]
    : [];
}
