// Validates a value against a structural schema, in kube-apiserver's words (kube-openapi pkg/validation, apiextensions-apiserver
// pkg/apiserver/validation). Properties are looked at in the schema's order where upstream's is random.
import type { FieldError } from "../kind.ts";
import type { JsonValue } from "../object.ts";
import { invalid, notSupported, required, tooMany } from "../rules/errors.ts";
import { hasFormat } from "./formats.ts";
import { additionalOf, isObject, itemsOf, type Props } from "./props.ts";
import { ownProps } from "./prune.ts";

/** `path` without a leading dot; "" is the object itself. */
export function validateSchema(value: JsonValue | undefined, props: Props, path: string): FieldError[] {
  if (value === undefined) return [];
  if (value === null && props.nullable) return [];
  const wrong = typeError(value, props, path);
  if (wrong !== undefined) {
    const whole = props.type === "integer" && typeof value === "number";
    return whole ? [wrong, unnamed(`Checked value must be of type integer (default format) in ${path}`)] : [wrong];
  }
  return [
    ...junctorErrors(value, props, path),
    ...(typeof value === "string" ? stringErrors(value, props, path) : []),
    ...(typeof value === "number" ? numberErrors(value, props, path) : []),
    ...(Array.isArray(value) ? listErrors(value, props, path) : []),
    ...enumErrors(value, props, path),
    ...(isObject(value) ? objectErrors(value, props, path) : []),
  ];
}

/** Upstream loses the path of what several schemas say together. */
function unnamed(detail: string): FieldError {
  return invalid("<nil>", "", detail);
}

const body = (path: string): string => `${path} in body`;

function fail(path: string, value: unknown, why: string): FieldError {
  return invalid(path === "" ? "" : path, value, `${body(path)} ${why}`);
}

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function typeError(value: JsonValue, props: Props, path: string): FieldError | undefined {
  const wanted = props["x-kubernetes-int-or-string"] ? "integer,string" : props.type;
  if (wanted === undefined || (props["x-kubernetes-int-or-string"] === undefined && props.type === undefined))
    return undefined;
  const found = typeOf(value);
  if (wanted.split(",").includes(found) || (wanted === "number" && found === "integer")) return undefined;
  const text = `Invalid value: ${JSON.stringify(found)}: ${body(path)} must be of type ${wanted}: ${JSON.stringify(found)}`;
  return { reason: "FieldValueTypeInvalid", field: path === "" ? "" : path, message: text };
}

function stringErrors(value: string, props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const length = [...value].length;
  if (props.maxLength !== undefined && length > props.maxLength)
    errors.push({
      reason: "FieldValueTooLong",
      field: path,
      message: `Too long: may not be more than ${props.maxLength} bytes`,
    });
  if (props.minLength !== undefined && length < props.minLength)
    errors.push(fail(path, value, `should be at least ${props.minLength} chars long`));
  if (props.pattern !== undefined && !matches(value, props.pattern))
    errors.push(fail(path, value, `should match '${props.pattern}'`));
  if (props.format !== undefined && !hasFormat(value, props.format))
    errors.push({
      reason: "FieldValueTypeInvalid",
      field: path,
      message: `Invalid value: ${JSON.stringify(value)}: ${body(path)} must be of type ${props.format.replace("date-time", "datetime") === "datetime" ? "date-time" : props.format}: ${JSON.stringify(value)}`,
    });
  return errors;
}

const patterns = new Map<string, RegExp | undefined>();
const MAX_PATTERNS = 5_000;

/** RE2 and ECMAScript agree on what definitions use; a pattern that only RE2 knows matches anything. */
function matches(value: string, pattern: string): boolean {
  if (!patterns.has(pattern)) {
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(pattern, compilePattern(pattern));
  }
  return patterns.get(pattern)?.test(value) ?? true;
}

/** Undefined: not a regular expression. */
export function compilePattern(pattern: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const plain = (flags === null ? pattern : pattern.slice(flags[0].length))
    .replaceAll(String.raw`\A`, "^")
    .replaceAll(String.raw`\z`, "$")
    .replaceAll("(?P<", "(?<");
  for (const mode of ["u", ""]) {
    try {
      return new RegExp(plain, `${flags?.[1] ?? ""}${mode}`);
    } catch {
      // Some escapes are allowed only without "u".
    }
  }
  return undefined;
}

function numberErrors(value: number, props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum, multipleOf } = props;
  const text = (limit: number): string => (Number.isInteger(limit) ? String(limit) : String(limit));
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    errors.push(fail(path, value, `should be a multiple of ${text(multipleOf)}`));
  if (maximum !== undefined && (props.exclusiveMaximum ? value >= maximum : value > maximum))
    errors.push(
      fail(path, value, `should be less than ${props.exclusiveMaximum ? "" : "or equal to "}${text(maximum)}`),
    );
  if (minimum !== undefined && (props.exclusiveMinimum ? value <= minimum : value < minimum))
    errors.push(
      fail(path, value, `should be greater than ${props.exclusiveMinimum ? "" : "or equal to "}${text(minimum)}`),
    );
  if (props.format === "int32" && (value >= 2 ** 31 || value < -(2 ** 31)))
    return [...errors, unnamed(`Checked value must be of type integer with format int32 in ${path}`)];
  return errors;
}

function listErrors(value: JsonValue[], props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = itemsOf(props);
  if (items !== undefined)
    for (const [index, item] of value.entries()) errors.push(...validateSchema(item, items, `${path}[${index}]`));
  if (props.minItems !== undefined && value.length < props.minItems)
    errors.push(fail(path, value.length, `should have at least ${props.minItems} items`));
  if (props.maxItems !== undefined && value.length > props.maxItems)
    errors.push(tooMany(path, value.length, props.maxItems));
  return errors;
}

function enumErrors(value: JsonValue, props: Props, path: string): FieldError[] {
  if (props.enum === undefined) return [];
  const text = JSON.stringify(value);
  if (props.enum.some((one) => JSON.stringify(one) === text)) return [];
  return [
    notSupported(
      path,
      value,
      props.enum.map((one) => (typeof one === "string" ? one : JSON.stringify(one))),
    ),
  ];
}

function objectErrors(value: Record<string, JsonValue>, props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const keys = Object.keys(value);
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  if (props.minProperties !== undefined && keys.length < props.minProperties)
    errors.push(fail(path, keys.length, `should have at least ${props.minProperties} properties`));
  if (props.maxProperties !== undefined && keys.length > props.maxProperties)
    errors.push(tooMany(path, keys.length, props.maxProperties));
  const additional = additionalOf(props);
  for (const key of keys) {
    const own = ownProps(props, key);
    if (own !== undefined) errors.push(...validateSchema(value[key], own, at(key)));
    else if (additional !== undefined) errors.push(...validateSchema(value[key], additional, at(key)));
  }
  for (const key of props.required ?? []) if (!Object.hasOwn(value, key)) errors.push(required(at(key)));
  return errors;
}

function junctorErrors(value: JsonValue, props: Props, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const quoted = JSON.stringify(path);
  const valid = (one: Props): boolean => validateSchema(value, one, path).length === 0;
  if (props.anyOf?.length && !props["x-kubernetes-int-or-string"] && !props.anyOf.some(valid)) {
    errors.push(unnamed(`${quoted} must validate at least one schema (anyOf)`));
    errors.push(...best(value, props.anyOf, path));
  }
  if (props.oneOf?.length) {
    const count = props.oneOf.filter(valid).length;
    if (count === 0) {
      errors.push(unnamed(`${quoted} must validate one and only one schema (oneOf). Found none valid`));
      errors.push(...best(value, props.oneOf, path));
    } else if (count > 1)
      errors.push(
        unnamed(`${quoted} must validate one and only one schema (oneOf). Found ${count} valid alternatives`),
      );
  }
  if (props.allOf?.length) {
    const all = props.allOf.map((one) => validateSchema(value, one, path));
    errors.push(...all.flat());
    if (all.some((found) => found.length > 0)) errors.push(unnamed(`${quoted} must validate all the schemas (allOf)`));
  }
  if (props.not !== undefined && valid(props.not)) errors.push(unnamed(`${quoted} must not validate the schema (not)`));
  return errors;
}

/** The alternative that came nearest says what it misses. */
function best(value: JsonValue, alternatives: readonly Props[], path: string): FieldError[] {
  const tried = alternatives.map((one) => validateSchema(value, one, path));
  return tried.reduce((a, b) => (b.length < a.length ? b : a));
}
