// A value against a JSON schema with kube-apiserver's verdicts and words (kube-openapi pkg/validation/validate; apiextensions-apiserver
// pkg/apiserver/validation). On an update what has not changed is let be, where old and new belong together (ratcheting.go).
import type { FieldError } from "../kind.ts";
import type { JsonValue } from "../object.ts";
import { correlateIndex, correlateKey, type Correlated, sameValue } from "./correlate.ts";
import { hasFormat, isFormat } from "./formats.ts";
import { isObject, type JsonSchema, own, valuesOf } from "./jsonschema.ts";
import { isInt, isWhole, validateNumber } from "./numbers.ts";
import { goRegExp } from "./pattern.ts";
import {
  broken,
  general,
  missing,
  moreThan,
  noneOf,
  notAllowed,
  Result,
  single,
  tooLong,
  wrongType,
} from "./result.ts";

/** `field`: what the value is called; "" is an object's root. `old`: as it was before an update. */
export function validateBySchema(
  value: JsonValue,
  schema: JsonSchema,
  field = "",
  old?: { value: JsonValue },
): FieldError[] {
  const result = validate(value, schema, "", old && { value: old.value, root: field === "" });
  const named = (name: string | undefined): string => {
    const below = name === undefined || name === "." ? "" : name.replace(/^\./, "");
    if (field === "") return below === "" ? "<nil>" : below;
    return below === "" ? field : `${field}.${below}`;
  };
  return result.findings.map((finding) => finding.error(named));
}

function validate(value: JsonValue, schema: JsonSchema, path: string, old?: Correlated): Result {
  const result = run(value, schema, path, old);
  // What stood there before is not judged again.
  if (old === undefined || result.valid || !sameValue(value, old.value)) return result;
  const kept = new Result();
  kept.matches = result.matches;
  return kept;
}

function run(value: JsonValue, schema: JsonSchema, path: string, old: Correlated | undefined): Result {
  const result = new Result();
  const types = typesOf(schema);
  const format =
    schema.format !== undefined && isFormat(schema.format, types.length > 1 ? "" : schema.type) ? schema.format : "";
  if (value === null) {
    result.merge(validateType(value, schema, types, format, path));
    result.add(outsideEnum(value, schema, path));
    return result;
  }
  const apply = (one: Result): void => {
    result.merge(one);
    result.matches += 1;
  };
  if (types.length > 0 || format !== "") apply(validateType(value, schema, types, format, path));
  apply(validateCombined(value, schema, path, old));
  if (typeof value === "string") {
    apply(single(validateString(value, schema, path)));
    if (format !== "" && !types.includes("integer") && !types.includes("number"))
      apply(single(hasFormat(value, format) ? undefined : wrongType(path, format, value)));
  }
  if (typeof value === "number") apply(validateNumber(value, schema, path));
  if (Array.isArray(value)) apply(validateItems(value, schema, path, old));
  apply(single(outsideEnum(value, schema, path)));
  if (isObject(value)) apply(validateFields(value, schema, path, old));
  result.matches += 1;
  return result;
}

function typesOf(schema: JsonSchema): string[] {
  if (schema["x-kubernetes-int-or-string"]) return ["integer", "string"];
  return schema.type ? [schema.type] : [];
}

function validateType(value: JsonValue, schema: JsonSchema, types: string[], format: string, path: string): Result {
  const fits = new Result();
  fits.matches = 1;
  if (value === null)
    return types.length > 0 && !schema.nullable ? single(wrongType(path, types.join(","), "null")) : fits;
  const [type, own] = kindOf(value);
  const flat = typeof value === "string" || Array.isArray(value);
  const numeric = types.includes("number") || types.includes("integer");
  const near =
    (type === "number" && types.includes("integer") && isWhole(value as number)) ||
    (type === "integer" && types.includes("number"));
  if (!flat && format !== "" && !(types.includes(type) || own === format || near))
    return single(wrongType(path, format, own));
  if (!numeric && format !== "" && flat) return fits;
  return types.includes(type) || near || types.length === 0 ? fits : single(wrongType(path, types.join(","), type));
}

/** The type of a JSON value and the format that Go's has. */
function kindOf(value: NonNullable<JsonValue>): [type: string, format: string] {
  if (typeof value === "number") return isInt(value) ? ["integer", "int64"] : ["number", "float64"];
  if (Array.isArray(value)) return ["array", ""];
  return [typeof value, ""];
}

function outsideEnum(value: JsonValue, { enum: allowed = [] }: JsonSchema, path: string) {
  if (allowed.length === 0) return undefined;
  const same = (one: JsonValue): boolean =>
    value !== null &&
    (sameValue(value, one) ||
      // Go converts the number to the type of the allowed one before it compares.
      (typeof value === "number" && typeof one === "number" && Number.isInteger(one) && Math.trunc(value) === one));
  return allowed.some(same) ? undefined : noneOf(path, value, allowed);
}

function validateString(value: string, { maxLength, minLength, pattern }: JsonSchema, path: string) {
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) return tooLong(path, maxLength);
  if (minLength !== undefined && length < minLength)
    return broken(path, value, `should be at least ${minLength} chars long`);
  if (!pattern) return undefined;
  const compiled = goRegExp(pattern);
  if (typeof compiled === "string")
    return broken(path, value, `should match '${pattern}, but pattern is invalid: ${compiled}'`);
  return compiled.test(value) ? undefined : broken(path, value, `should match '${pattern}'`);
}

function validateItems(value: JsonValue[], schema: JsonSchema, path: string, old: Correlated | undefined): Result {
  const result = new Result();
  const { items, minItems, maxItems } = schema;
  if (items !== undefined)
    for (const [index, item] of value.entries())
      result.merge(validate(item, items, `${path}[${index}]`, correlateIndex(old, schema, item)));
  if (minItems !== undefined && value.length < minItems)
    result.add(broken(path, value.length, `should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) result.add(moreThan(path, value.length, maxItems, "items"));
  result.matches += 1;
  return result;
}

function validateFields(
  value: Record<string, JsonValue>,
  schema: JsonSchema,
  path: string,
  old: Correlated | undefined,
): Result {
  const result = new Result();
  const keys = Object.keys(value);
  const { minProperties, maxProperties, properties = {}, required = [], additionalProperties } = schema;
  if (minProperties !== undefined && keys.length < minProperties)
    result.add(broken(path, keys.length, `should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && keys.length > maxProperties)
    result.add(moreThan(path, keys.length, maxProperties, "properties"));
  const others = valuesOf(schema);
  for (const key of keys) {
    if (own(properties, key) !== undefined) continue;
    if (additionalProperties === false) result.add(notAllowed(path, key));
    else if (others !== undefined)
      result.merge(validate(value[key]!, others, `${path}.${key}`, correlateKey(old, key)));
  }
  for (const [key, field] of Object.entries(properties))
    if (Object.hasOwn(value, key))
      result.merge(validate(value[key]!, field, path === "" ? key : `${path}.${key}`, correlateKey(old, key)));
  for (const key of required) if (!Object.hasOwn(value, key)) result.add(missing(`${path}.${key}`));
  return result;
}

function validateCombined(value: JsonValue, schema: JsonSchema, path: string, old: Correlated | undefined): Result {
  const result = new Result();
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const quoted = JSON.stringify(path);
  // The alternative that got furthest is the one whose faults are told.
  const better = (best: Result | undefined, one: Result): Result =>
    best === undefined || one.matches > best.matches ? one : best;
  if (anyOf.length > 0) {
    let best: Result | undefined;
    let met: Result | undefined;
    for (const one of anyOf) {
      const found = run(value, one, path, old);
      if (found.valid) {
        met = found;
        break;
      }
      best = better(best, found);
    }
    if (met === undefined) result.add(general(`${quoted} must validate at least one schema (anyOf)`));
    result.merge((met ?? best)!);
  }
  if (oneOf.length > 0) {
    const found = oneOf.map((one) => run(value, one, path, old));
    const met = found.filter(({ valid }) => valid);
    if (met.length === 1) result.merge(met[0]!);
    else {
      const how = met.length === 0 ? "Found none valid" : `Found ${met.length} valid alternatives`;
      result.add(general(`${quoted} must validate one and only one schema (oneOf). ${how}`));
      if (met.length === 0) result.merge(found.reduce(better, undefined as Result | undefined)!);
    }
  }
  if (allOf.length > 0) {
    const found = allOf.map((one) => run(value, one, path, old));
    for (const one of found) result.merge(one);
    const met = found.filter(({ valid }) => valid).length;
    if (met !== allOf.length)
      result.add(general(`${quoted} must validate all the schemas (allOf)${met === 0 ? ". None validated" : ""}`));
  }
  if (not !== undefined && run(value, not, path, old).valid)
    result.add(general(`${quoted} must not validate the schema (not)`));
  result.matches += 1;
  return result;
}
