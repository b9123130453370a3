// Validation of metav1.Condition lists in a status (apimachinery pkg/apis/meta/v1/validation ValidateConditions).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, invalid, invalidEach, notSupported, required, tooManyBytes } from "./errors.ts";
import { byteLength, qualifiedName, regexMessage } from "./names.ts";

const REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
const reasonPattern = new RegExp(`^${REASON}$`);
const REASON_LIMIT = 1024;
const MESSAGE_LIMIT = 32 * 1024;

export function validateConditions(conditions: readonly Loose[], field: string): FieldError[] {
  const seen = new Set<string>();
  return conditions.flatMap((condition, index) => {
    const path = `${field}[${index}]`;
    const again = seen.has(condition.type) ? [duplicate(`${path}.type`, condition.type)] : [];
    seen.add(condition.type);
    return [...again, ...validateCondition(condition, path)];
  });
}

function validateCondition(condition: Loose, field: string): FieldError[] {
  const { type = "", status = "", observedGeneration = 0, lastTransitionTime, reason = "", message = "" } = condition;
  const errors = invalidEach(`${field}.type`, type, qualifiedName(type));
  if (!["True", "False", "Unknown"].includes(status))
    errors.push(notSupported(`${field}.status`, status, ["False", "True", "Unknown"]));
  if (observedGeneration < 0) {
    const what = "must be greater than or equal to zero";
    errors.push(invalid(`${field}.observedGeneration`, observedGeneration, what));
  }
  if (!lastTransitionTime) errors.push(required(`${field}.lastTransitionTime`));
  if (reason === "") errors.push(required(`${field}.reason`));
  else if (!reasonPattern.test(reason)) errors.push(invalid(`${field}.reason`, reason, reasonMessage()));
  if (byteLength(reason) > REASON_LIMIT) errors.push(tooManyBytes(`${field}.reason`, REASON_LIMIT));
  if (byteLength(message) > MESSAGE_LIMIT) errors.push(tooManyBytes(`${field}.message`, MESSAGE_LIMIT));
  return errors;
}

function reasonMessage(): string {
  return regexMessage(
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
    REASON,
    "my_name",
    "MY_NAME",
    "MyName",
    "ReasonA,ReasonB",
    "ReasonA:ReasonB",
  );
}
