// The form of validation rules (x-kubernetes-validations): what is said beside the expressions, which are kept and published and not run here.
import type { FieldError } from "../../kind.ts";
import { invalid, notSupported, required } from "../../rules/errors.ts";
import type { JsonSchema, ValidationRule } from "../jsonschema.ts";

const REASONS = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
const broken = (text: string): boolean => /[\n\r]/.test(text);

export function validateRules(schema: JsonSchema, field: string): FieldError[] {
  return (schema["x-kubernetes-validations"] ?? []).flatMap((rule, index) =>
    validateRule(rule, `${field}.x-kubernetes-validations[${index}]`),
  );
}

function validateRule(rule: ValidationRule, field: string): FieldError[] {
  const { message = "", messageExpression = "", reason, fieldPath = "" } = rule;
  const text = (rule.rule ?? "").trim();
  const errors: FieldError[] = [];
  if (text === "") errors.push(required(`${field}.rule`, "rule is not specified"));
  else if (message !== "" && message.trim() === "")
    errors.push(invalid(`${field}.message`, message, "must be non-empty if specified"));
  else if (broken(message.trim())) errors.push(invalid(`${field}.message`, message, "must not contain line breaks"));
  else if (broken(text) && message.trim() === "")
    errors.push(required(`${field}.message`, "message must be specified if rule contains line breaks"));
  if (messageExpression !== "" && messageExpression.trim() === "")
    errors.push(required(`${field}.messageExpression`, "messageExpression must be non-empty if specified"));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${field}.reason`, reason, REASONS));
  if (fieldPath !== "" && fieldPath.trim() === "")
    errors.push(invalid(`${field}.fieldPath`, fieldPath, "must be non-empty if specified"));
  if (broken(fieldPath)) errors.push(invalid(`${field}.fieldPath`, fieldPath, "must not contain line breaks"));
  return errors;
}
