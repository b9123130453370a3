// What classes of storage share: who provisions, and with which parameters (kk:pkg/apis/storage/validation).
import type { FieldError } from "../kind.ts";
import { invalid, invalidEach, required, tooManyBytes } from "../rules/errors.ts";
import { byteLength, qualifiedName } from "../rules/names.ts";

const MAX_PARAMETERS = 512;
const MAX_BYTES = 256 * 1024;

export function provisionerErrors(field: string, name = ""): FieldError[] {
  const lower = name.toLowerCase();
  return name === "" ? [required(field)] : invalidEach(field, lower, qualifiedName(lower));
}

export function parameterErrors(
  field: string,
  parameters: Record<string, string> = {},
  allowEmpty: boolean,
): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooManyBytes(field, MAX_PARAMETERS)];
  const errors: FieldError[] = entries
    .filter(([key]) => key === "")
    .map(([key]) => invalid(field, key, "field can not be empty."));
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (bytes > MAX_BYTES) errors.push(tooManyBytes(field, MAX_BYTES));
  if (!allowEmpty && entries.length === 0) errors.push(required(field, "must contain at least one key/value pair"));
  return errors;
}
