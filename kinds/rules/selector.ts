// Label selectors as requirements, and what they match (apimachinery pkg/labels). The text form is parsed in core/query/selector.ts.
import type { Loose } from "../object.ts";

export type Operator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";

export interface Requirement {
  key: string;
  operator: Operator;
  values: readonly string[];
}

/** All must hold; none: everything matches. Sorted by key. */
export type Selector = readonly Requirement[];

export type Labels = Readonly<Record<string, string>>;

export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => holds(requirement, labels?.[requirement.key]));
}

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case ">":
    case "<":
      return value !== undefined && compares(operator, value, values[0] ?? "");
  }
}

/** Both sides must be whole 64-bit numbers, else nothing matches. */
function compares(operator: ">" | "<", value: string, bound: string): boolean {
  if (!isInteger(value) || !isInteger(bound)) return false;
  return operator === ">" ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

export function isInteger(text: string): boolean {
  if (!/^[-+]?[0-9]+$/.test(text)) return false;
  const value = BigInt(text.replace("+", ""));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

export function sortSelector(requirements: Requirement[]): Selector {
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

const OPERATORS: Record<string, Operator> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" };

/**
 * A metav1.LabelSelector object. Absent selects nothing (undefined is returned), empty selects everything; an unknown operator
 * makes it invalid (undefined).
 */
export function selectorFromObject(object: Loose): Selector | undefined {
  if (object === undefined || object === null) return undefined;
  const requirements: Requirement[] = Object.entries((object.matchLabels ?? {}) as Labels).map(([key, value]) => ({
    key,
    operator: "=",
    values: [value],
  }));
  for (const { key, operator, values } of object.matchExpressions ?? []) {
    const known = OPERATORS[operator];
    if (known === undefined) return undefined;
    requirements.push({ key, operator: known, values: [...(values ?? [])].sort() });
  }
  return sortSelector(requirements);
}

/** labels.Selector.String(): "a=b,c in (d,e),!f". */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(",");
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${list})`;
    default:
      return `${key}${operator}${list}`;
  }
}

/** metav1.FormatLabelSelector: what tables show. */
export function formatLabelSelector(object: Loose): string {
  if (object === undefined || object === null) return "<none>";
  const selector = selectorFromObject(object);
  if (selector === undefined) return "<error>";
  return selector.length === 0 ? "<none>" : formatSelector(selector);
}

/** labels.FormatLabels of a plain map. */
export function formatLabels(labels: Labels | undefined): string {
  const text = Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`)
    .join(",");
  return text === "" ? "<none>" : text;
}

/** A LabelSelector object as Go writes it, keys and labels in its order: it becomes text. */
export function inGoOrder(selector: Loose): Loose {
  if (!selector) return selector;
  const { matchLabels, matchExpressions } = selector;
  const labels = matchLabels && Object.entries(matchLabels as Labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    matchLabels: labels && Object.fromEntries(labels),
    matchExpressions: matchExpressions?.map(({ key = "", operator = "", values }: Loose) => ({
      key,
      operator,
      values,
    })),
  };
}
