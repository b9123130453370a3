// Validation of what a scheduler reads beside affinity: tolerations, gates, readiness gates (kk:pkg/apis/core/validation
// ValidateTolerations, validateSchedulingGates, validateReadinessGates).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, invalid, invalidEach, notSupported } from "../rules/errors.ts";
import { labelValueErrors, qualifiedName } from "../rules/names.ts";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

export function validateTolerations(tolerations: Loose[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const path = `${field}[${index}]`;
    const { key = "", operator = "", value = "", effect = "", tolerationSeconds } = toleration;
    const errors: FieldError[] = key === "" ? [] : invalidEach(`${path}.key`, key, qualifiedName(key));
    if (key === "" && operator !== "Exists") {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${path}.operator`, operator, detail));
    }
    if (typeof tolerationSeconds === "number" && effect !== "NoExecute") {
      errors.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    errors.push(...validateOperator(operator, value, path));
    if (effect !== "" && !EFFECTS.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, EFFECTS));
    return errors;
  });
}

function validateOperator(operator: string, value: string, path: string): FieldError[] {
  switch (operator) {
    case "":
    case "Equal": {
      const messages = labelValueErrors(value);
      return messages.length === 0 ? [] : [invalid(`${path}.operator`, value, messages.join(";"))];
    }
    case "Exists":
      return value === ""
        ? []
        : [invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")];
    case "Lt":
    case "Gt":
      // TaintTolerationComparisonOperators is alpha in 1.36.
      return [notSupported(`${path}.operator`, operator, ["Equal", "Exists", "Lt", "Gt"])];
    default:
      return [notSupported(`${path}.operator`, operator, ["Equal", "Exists"])];
  }
}

export function validateSchedulingGates(gates: Loose[], field: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap(({ name = "" }, index) => {
    const path = `${field}[${index}]`;
    const errors = invalidEach(path, name, qualifiedName(name));
    if (seen.has(name)) errors.push(duplicate(path, name));
    seen.add(name);
    return errors;
  });
}

export function validateReadinessGates(gates: Loose[], field: string): FieldError[] {
  return gates.flatMap(({ conditionType = "" }, index) =>
    invalidEach(`${field}[${index}].conditionType`, conditionType, qualifiedName(conditionType)),
  );
}
