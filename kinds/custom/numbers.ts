// Numbers as upstream's validator sees them: JSON's whole numbers are int64, the rest float64, and so are spelt as Go spells them
// (kube-openapi pkg/validation/validate values.go, go-openapi/swag convert.go).
import { invalidPrinted } from "../rules/errors.ts";
import { broken, general, goFloat, Result } from "./result.ts";
import type { JsonSchema } from "./jsonschema.ts";

const MAX_INT64 = 2 ** 63;
const MAX_INT32 = 2 ** 31;
const MAX_JSON = 2 ** 53 - 1;
const EPSILON = 1e-9;
const MAX_FLOAT32 = 3.4028235677973366e38;

export function isInt(value: number): boolean {
  return Number.isInteger(value) && value >= -MAX_INT64 && value < MAX_INT64;
}

/** Whether a float stands for a whole number (swag.IsFloat64AJSONInteger). */
export function isWhole(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > MAX_JSON) return false;
  const whole = Math.trunc(value);
  if (whole === value) return true;
  if (whole === 0) return false;
  return Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < EPSILON;
}

interface NumberType {
  name: string;
  format: string;
}

/** A format counts only where it is one of the type's own. */
function typeOf({ type = "", format = "", ...schema }: JsonSchema): NumberType {
  if (schema["x-kubernetes-int-or-string"]) return { name: "", format: "" };
  const known = type === "integer" ? ["int32", "int64"] : type === "number" ? ["float", "double"] : [];
  return { name: known.length === 0 ? "" : type, format: known.includes(format) ? format : "" };
}

function outOfRange(value: number, { name, format }: NumberType, what: string, path: string): string | undefined {
  const fits =
    name === "integer"
      ? Number.isInteger(value) && (format === "int32" ? value >= -MAX_INT32 && value < MAX_INT32 : isInt(value))
      : format !== "float" || Math.abs(value) < MAX_FLOAT32;
  if (fits) return undefined;
  return format === ""
    ? `${what} value must be of type ${name} (default format) in ${path}`
    : `${what} value must be of type ${name} with format ${format} in ${path}`;
}

/** The bounds and the factor of a number; `path` names it. */
export function validateNumber(value: number, schema: JsonSchema, path: string): Result {
  const result = new Result();
  const type = typeOf(schema);
  const note = (text: string | undefined): boolean => {
    if (text !== undefined) result.add(general(text));
    return text === undefined;
  };
  note(outOfRange(value, type, "Checked", path));
  const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  // Where a bound fits the type and the value is whole, both are compared as whole numbers.
  const bound = (limit: number, what: string): number =>
    note(outOfRange(limit, type, what, path)) && isInt(value) ? Math.trunc(limit) : limit;
  if (multipleOf !== undefined) {
    const factor = bound(multipleOf, "MultipleOf");
    if (factor <= 0) {
      const text = `factor MultipleOf declared for ${path} must be positive: ${goFloat(factor)}`;
      result.add({ text, error: (field) => invalidPrinted(field(path), goFloat(factor), text) });
    } else if (!isWhole(factor < 1 ? (1 / factor) * value : value / factor))
      result.add(broken(path, value, `should be a multiple of ${goFloat(factor)}`));
  }
  if (minimum !== undefined) {
    const least = bound(minimum, "Minimum boundary");
    if (exclusiveMinimum ? value <= least : value < least)
      result.add(
        broken(path, value, `should be greater than ${exclusiveMinimum ? "" : "or equal to "}${goFloat(least)}`),
      );
  }
  if (maximum !== undefined) {
    const most = bound(maximum, "Maximum boundary");
    if (exclusiveMaximum ? value >= most : value > most)
      result.add(broken(path, value, `should be less than ${exclusiveMaximum ? "" : "or equal to "}${goFloat(most)}`));
  }
  result.matches += 1;
  return result;
}
