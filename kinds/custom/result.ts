// What one schema found in one value, counted as upstream's validator counts (kube-openapi pkg/validation/validate result.go): of alternatives that
// all fail, the one with the most matches is told. The same text is told once.
import type { FieldError } from "../kind.ts";
import { invalid, invalidPrinted, notSupported, required, tooMany, tooManyBytes } from "../rules/errors.ts";

export interface Finding {
  text: string;
  /** As a field error below a path; what belongs to no field stands under "<nil>" at the root. */
  error(field: (name: string | undefined) => string): FieldError;
}

export class Result {
  readonly findings: Finding[] = [];
  matches = 0;

  get valid(): boolean {
    return this.findings.length === 0;
  }

  add(finding: Finding | undefined): void {
    if (finding === undefined || this.findings.some(({ text }) => text === finding.text)) return;
    this.findings.push(finding);
  }

  merge(other: Result): void {
    for (const finding of other.findings) this.add(finding);
    this.matches += other.matches;
  }
}

export function single(finding: Finding | undefined): Result {
  const result = new Result();
  result.add(finding);
  return result;
}

/** A value that breaks a rule: "<path> in body <what>". */
export function broken(path: string, value: unknown, what: string): Finding {
  const text = `${path} in body ${what}`;
  const shown = typeof value === "number" ? goFloat(value) : undefined;
  return {
    text,
    error: (field) =>
      shown === undefined ? invalid(field(path), value ?? "", text) : invalidPrinted(field(path), shown, text),
  };
}

/** Go's %v of a number. */
export function goFloat(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const whole = Number.isInteger(value) && size < 2 ** 63;
  const text = !whole && (size < 1e-4 || size >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

export function wrongType(path: string, wanted: string, found: string): Finding {
  const text = `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
  return {
    text,
    error: (field) => ({ ...invalid(field(path), found, text), reason: "FieldValueTypeInvalid" }),
  };
}

export function missing(path: string): Finding {
  return { text: `${path} in body is required`, error: (field) => required(field(path)) };
}

export function noneOf(path: string, value: unknown, values: readonly unknown[]): Finding {
  const supported = values.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return {
    text: `${path} in body should be one of [${supported.join(" ")}]`,
    error: (field) => notSupported(field(path), value, supported),
  };
}

export function tooLong(path: string, limit: number): Finding {
  return {
    text: `${path} in body should be at most ${limit} chars long`,
    error: (field) =>
      limit === 1
        ? { reason: "FieldValueTooLong", field: field(path), message: "Too long: may not be more than 1 byte" }
        : tooManyBytes(field(path), limit),
  };
}

export function moreThan(path: string, actual: number, limit: number, what: "items" | "properties"): Finding {
  return {
    text: `${path} in body should have at most ${limit} ${what}`,
    error: (field) => {
      const error = tooMany(field(path), actual, limit);
      return limit === 1 ? { ...error, message: error.message.replace(/items$/, "item") } : error;
    },
  };
}

export function notAllowed(path: string, key: string): Finding {
  const text = `${path}.${key} in body is a forbidden property`;
  return { text, error: (field) => invalid(field(path), key, text) };
}

/** Said of the object as a whole. */
export function general(text: string): Finding {
  return { text, error: (field) => invalid(field(undefined), "", text) };
}
