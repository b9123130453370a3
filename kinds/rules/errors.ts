// Field errors in kube-apiserver's words (apimachinery pkg/util/validation/field/errors.go): one maker per reason, so that a
// validation reads as a list of rules. `message` is the text after "<field>: ".
import type { FieldError } from "../kind.ts";

/** A bad value as Go prints it: strings quoted, numbers and booleans bare, anything else as JSON, maps of strings by key. */
function printed(value: unknown): string {
  return value === undefined ? "null" : JSON.stringify(value, sortedMaps);
}

function sortedMaps(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (!entries.every(([, one]) => typeof one === "string")) return value;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { reason: "FieldValueInvalid", field, message: withDetail(`Invalid value: ${printed(value)}`, detail) };
}

export function required(field: string, detail = ""): FieldError {
  return { reason: "FieldValueRequired", field, message: withDetail("Required value", detail) };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { reason: "FieldValueDuplicate", field, message: `Duplicate value: ${printed(value)}` };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail =
    supported.length === 0 ? "" : `supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}`;
  return {
    reason: "FieldValueNotSupported",
    field,
    message: withDetail(`Unsupported value: ${printed(value)}`, detail),
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: "FieldValueForbidden", field, message: withDetail("Forbidden", detail) };
}

export function notFound(field: string, value: unknown): FieldError {
  return { reason: "FieldValueNotFound", field, message: `Not found: ${printed(value)}` };
}

export function tooManyBytes(field: string, limit: number): FieldError {
  return { reason: "FieldValueTooLong", field, message: `Too long: may not be more than ${limit} bytes` };
}

export function tooMany(field: string, actual: number, limit: number): FieldError {
  const message = `Too many: ${actual}: must have at most ${limit} items`;
  return { reason: "FieldValueTooMany", field, message };
}

/** As `invalid`, with the value as text already: kube-apiserver prints the internal types of some values, which are not the ones sent. */
export function invalidPrinted(field: string, text: string, detail: string): FieldError {
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${text}: ${detail}` };
}

/** Invalid as a whole, its value not shown (field.OmitValueType). */
export function invalidWhole(field: string, detail: string): FieldError {
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${detail}` };
}

/** One error per message about the same value. */
export function invalidEach(field: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => invalid(field, value, message));
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, "must be greater than or equal to 0")] : [];
}
