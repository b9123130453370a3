// The JSONPath of printer columns, scale and selectable fields (client-go util/jsonpath): fields, quoted fields, indexes, slices' "*", and filters
// that compare a field with a literal. What is not found is nothing; a path that cannot be read is undefined.
import type { JsonValue } from "../object.ts";
import { isObject } from "./props.ts";

type Step =
  | { field: string }
  | { index: number }
  | { each: true }
  | { path: readonly Step[]; operator: string; literal: JsonValue };

export interface JsonPath {
  /** Every value that it finds, in order. */
  find(root: JsonValue): JsonValue[];
  /** Fields alone: ["spec", "replicas"]; undefined where it has other steps. */
  fields: readonly string[] | undefined;
}

const FIELD = /^\.((?:[^.[\]\\(){}'"?@\s]|\\.)+)/;
const QUOTED = /^\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/;
const INDEX = /^\[\s*(-?\d+)\s*\]/;
const EACH = /^(?:\[\s*\*?\s*:?\s*\]|\.\*)/;
const FILTER =
  /^\[\?\(\s*@((?:\.(?:[^.[\]\\()=!<>\s]|\\.)+)*)\s*(?:(==|!=|<=|>=|<|>)\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?[\d.]+|true|false))?\s*\)\]/;

export function parseJsonPath(text: string): JsonPath | undefined {
  const plain = text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  const steps = parseSteps(plain.startsWith("$") ? plain.slice(1) : plain);
  if (steps === undefined) return undefined;
  const fields = steps.every((step) => "field" in step)
    ? steps.map((step) => (step as { field: string }).field)
    : undefined;
  return { find: (root) => walk([root], steps), fields };
}

function parseSteps(text: string): Step[] | undefined {
  const steps: Step[] = [];
  let rest = text === "." ? "" : text;
  while (rest !== "") {
    let match: RegExpExecArray | null;
    if ((match = EACH.exec(rest))) steps.push({ each: true });
    else if ((match = FIELD.exec(rest))) steps.push({ field: unescape(match[1]!) });
    else if ((match = QUOTED.exec(rest))) steps.push({ field: unescape(match[1] ?? match[2] ?? "") });
    else if ((match = INDEX.exec(rest))) steps.push({ index: Number(match[1]) });
    else if ((match = FILTER.exec(rest))) {
      const path = parseSteps(match[1] ?? "");
      if (path === undefined) return undefined;
      steps.push({ path, operator: match[2] ?? "", literal: match[3] === undefined ? null : literalOf(match[3]) });
    } else return undefined;
    rest = rest.slice(match[0].length);
  }
  return steps;
}

const unescape = (text: string): string => text.replaceAll(/\\(.)/g, "$1");

function literalOf(text: string): JsonValue {
  if (text.startsWith("'") || text.startsWith('"')) return unescape(text.slice(1, -1));
  return JSON.parse(text) as JsonValue;
}

function walk(values: readonly JsonValue[], steps: readonly Step[]): JsonValue[] {
  let found = [...values];
  for (const step of steps) found = found.flatMap((value) => take(value, step));
  return found;
}

function take(value: JsonValue, step: Step): JsonValue[] {
  if ("field" in step) {
    if (!isObject(value) || !Object.hasOwn(value, step.field)) return [];
    return [value[step.field]!];
  }
  if ("index" in step) {
    const one = Array.isArray(value) ? value.at(step.index) : undefined;
    return one === undefined ? [] : [one];
  }
  const all = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if ("each" in step) return all;
  return all.filter((one) => {
    const [found] = walk([one], step.path);
    if (step.operator === "") return found !== undefined;
    return found !== undefined && compare(found, step.operator, step.literal);
  });
}

function compare(a: JsonValue, operator: string, b: JsonValue): boolean {
  const less = (x: JsonValue, y: JsonValue): boolean => typeof x === typeof y && (x as string) < (y as string);
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return less(a, b);
    case ">":
      return less(b, a);
    case "<=":
      return a === b || less(a, b);
    default:
      return a === b || less(b, a);
  }
}
