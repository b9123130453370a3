// The JSONPath of printer columns and selectable fields (client-go util/jsonpath): fields, ['x.y'], [n], [a:b], [*], ..name and filters. What is
// missing has no result; what cannot be read as a path is undefined.
import type { JsonValue } from "../object.ts";
import { isObject } from "./jsonschema.ts";

type Step = (values: readonly JsonValue[]) => JsonValue[];

/** What the path finds in a value, in order. */
export type JsonPath = (value: JsonValue) => JsonValue[];

export function parseJsonPath(path: string): JsonPath | undefined {
  const steps: Step[] = [];
  let rest = path.startsWith("$") ? path.slice(1) : path;
  while (rest !== "") {
    const read = readStep(rest);
    if (read === undefined) return undefined;
    steps.push(read.step);
    rest = rest.slice(read.length);
  }
  return (value) => steps.reduce<JsonValue[]>((values, step) => step(values), [value]);
}

function readStep(text: string): { step: Step; length: number } | undefined {
  if (text.startsWith("[")) {
    const end = closing(text);
    const step = end < 0 ? undefined : readBracket(text.slice(1, end));
    return step && { step, length: end + 1 };
  }
  const deep = /^\.\.((?:[^.[\]\s\\]|\\.)+)/.exec(text);
  if (deep !== null) return { step: descend(plain(deep[1]!)), length: deep[0].length };
  const field = /^\.?((?:[^.[\]\s\\]|\\.)+)/.exec(text);
  if (field !== null) {
    const name = plain(field[1]!);
    return {
      step: name === "*" ? every : (values) => values.flatMap((value) => fieldOf(value, name)),
      length: field[0].length,
    };
  }
  // A dot before a bracket, or at the end, says nothing more.
  return text === "." || text.startsWith(".[") ? { step: (values) => [...values], length: 1 } : undefined;
}

const plain = (name: string): string => name.replace(/\\(.)/g, "$1");

/** Where the bracket that opens the text closes, quotes heeded. */
function closing(text: string): number {
  let quote = "";
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (quote !== "") {
      if (one === "\\") at++;
      else if (one === quote) quote = "";
    } else if (one === "'" || one === '"') quote = one;
    else if (one === "[") depth++;
    else if (one === "]" && --depth === 0) return at;
  }
  return -1;
}

function readBracket(inside: string): Step | undefined {
  if (inside === "*") return every;
  const filter = /^\?\(([\s\S]*)\)$/.exec(inside);
  if (filter !== null) return readFilter(filter[1]!.trim());
  const quoted = /^'((?:[^'\\]|\\.)*)'$/.exec(inside);
  if (quoted !== null) {
    const name = plain(quoted[1]!);
    return (values) => values.flatMap((value) => fieldOf(value, name));
  }
  const range = /^(-?\d*)(?::(-?\d*))?(?::(\d*))?$/.exec(inside);
  if (range === null || inside === "") return undefined;
  const [, from = "", to, by = ""] = range;
  return (values) => values.flatMap((value) => (Array.isArray(value) ? slice(value, from, to, by) : []));
}

function slice(list: JsonValue[], from: string, to: string | undefined, by: string): JsonValue[] {
  const start = from === "" ? 0 : Number(from);
  if (to === undefined) return list.slice(start, start === -1 ? undefined : start + 1);
  const step = by === "" || by === "0" ? 1 : Number(by);
  return list.slice(start, to === "" ? undefined : Number(to)).filter((_, index) => index % step === 0);
}

const every: Step = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []));

function fieldOf(value: JsonValue, name: string): JsonValue[] {
  return isObject(value) && Object.hasOwn(value, name) ? [value[name]!] : [];
}

function descend(name: string): Step {
  const within = (value: JsonValue): JsonValue[] => [
    ...(name === "*" ? [value] : fieldOf(value, name)),
    ...every([value]).flatMap(within),
  ];
  return (values) => values.flatMap(within);
}

const COMPARED = /^([\s\S]*?)\s*(==|!=|<=|>=|<|>)\s*([\s\S]*)$/;

function readFilter(text: string): Step | undefined {
  const found = COMPARED.exec(text);
  const left = operand(found === null ? text : found[1]!);
  if (left === undefined) return undefined;
  const items =
    (holds: (item: JsonValue) => boolean): Step =>
    (values) =>
      values.flatMap((value) => (Array.isArray(value) ? value.filter(holds) : []));
  if (found === null) return items((item) => left(item).length > 0);
  const right = operand(found[3]!);
  if (right === undefined) return undefined;
  return items((item) => {
    const [a] = left(item);
    const [b] = right(item);
    return a !== undefined && b !== undefined && compare(a, found[2]!, b);
  });
}

function operand(text: string): JsonPath | undefined {
  if (text.startsWith("@")) return text === "@" ? (value) => [value] : parseJsonPath(text.slice(1));
  const quoted = /^'((?:[^'\\]|\\.)*)'$|^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (quoted !== null) return () => [plain(quoted[1] ?? quoted[2] ?? "")];
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return () => [Number(text)];
  return text === "true" || text === "false" ? () => [text === "true"] : undefined;
}

function compare(a: JsonValue, operator: string, b: JsonValue): boolean {
  if (typeof a !== typeof b || (typeof a === "object" && a !== null) || a === null || b === null) return false;
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  if (typeof a === "boolean") return false;
  if (operator === "<") return a < b;
  if (operator === ">") return a > b;
  return operator === "<=" ? a <= b : a >= b;
}
