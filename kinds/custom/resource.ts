// What kube-apiserver asks of a custom resource beside its metadata, in its order (apiextensions-apiserver pkg/registry/customresource strategy.go,
// validator.go): the schema, the numbers that scale reads, embedded resources, lists.
import type { FieldError } from "../kind.ts";
import type { JsonObject, JsonValue, KubeObject } from "../object.ts";
import { invalid } from "../rules/errors.ts";
import { validateEmbedded } from "./embedded.ts";
import { hasRules, isObject, type JsonSchema } from "./jsonschema.ts";
import { validateLists } from "./lists.ts";
import { validateBySchema } from "./validate.ts";

interface Scale {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

const MAX_INT32 = 2 ** 31 - 1;

export function validateCustomResource(
  object: KubeObject,
  root: JsonSchema,
  scale: Scale | undefined,
  old?: KubeObject,
): FieldError[] {
  const value = asJson(object);
  const before = old && asJson(old);
  const errors = validateBySchema(value, root, "", before && { value: before });
  if (scale !== undefined) errors.push(...validateScale(value, scale));
  errors.push(...validateEmbedded(value, root));
  // Lists that broke the rule before are let be.
  if (before === undefined || validateLists(before, root).length === 0) errors.push(...validateLists(value, root));
  if (errors.some(blocks) && hasRules(root)) errors.push(unchecked());
  return errors;
}

/** A field that was taken out in place may still be there without a value. */
const asJson = (object: KubeObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject;

const BLOCKING: readonly FieldError["reason"][] = [
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
];
const blocks = ({ reason }: FieldError): boolean => BLOCKING.includes(reason);

const unchecked = (): FieldError =>
  invalid(
    "<nil>",
    null,
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
  );

function validateScale(object: JsonObject, scale: Scale): FieldError[] {
  const errors: FieldError[] = [];
  for (const path of [scale.specReplicasPath, scale.statusReplicasPath]) {
    const { value, wrong } = find(object, path, "int64");
    if (wrong !== undefined) errors.push(invalid(path, 0, wrong));
    else if (typeof value === "number" && value < 0)
      errors.push(invalid(path, value, "should be a non-negative integer"));
    else if (typeof value === "number" && value > MAX_INT32)
      errors.push(invalid(path, value, `should be less than or equal to ${MAX_INT32}`));
  }
  if (scale.labelSelectorPath !== undefined) {
    const { wrong } = find(object, scale.labelSelectorPath, "string");
    if (wrong !== undefined) errors.push(invalid(scale.labelSelectorPath, "", wrong));
  }
  return errors;
}

/** unstructured.NestedInt64 and NestedString. */
function find(object: JsonObject, path: string, type: "int64" | "string"): { value?: JsonValue; wrong?: string } {
  const steps = path.replace(/^\./, "").split(".");
  let value: JsonValue = object;
  for (const [at, step] of steps.entries()) {
    if (value === null) return {};
    if (!isObject(value)) {
      const here = `.${steps.slice(0, at + 1).join(".")}`;
      return {
        wrong: `${here} accessor error: ${shown(value)} is of the type ${goName(value)}, expected map[string]interface{}`,
      };
    }
    if (!Object.hasOwn(value, step)) return {};
    value = value[step]!;
  }
  if (goName(value) === type) return { value };
  return {
    wrong: `.${steps.join(".")} accessor error: ${shown(value)} is of the type ${goName(value)}, expected ${type}`,
  };
}

function goName(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (Array.isArray(value)) return "[]interface {}";
  return typeof value === "object" ? "map[string]interface {}" : typeof value === "boolean" ? "bool" : "string";
}

/** Go's %v. */
function shown(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(shown).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, inner]) => `${key}:${shown(inner)}`).join(" ")}]`;
}
