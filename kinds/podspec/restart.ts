// Validation of a container's own restart policy and rules, and of what a resize restarts (kk:pkg/apis/core/validation
// validateContainerRestartPolicy, validateResizePolicy).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, invalid, notSupported, required, tooMany } from "../rules/errors.ts";

const POLICIES = ["Always", "Never", "OnFailure"];
const ACTIONS = ["Restart", "RestartAllContainers"];
const OPERATORS = ["In", "NotIn"];

/** Sidecars are init containers that always restart; any other container may have a policy of its own too. */
export const isSidecar = (container: Loose): boolean => container?.restartPolicy === "Always";

/** An init container's rules count only beside a policy. */
export function validateInitRestart(container: Loose, path: string): FieldError[] {
  if (container.restartPolicy !== undefined) return validateRestart(container, path);
  return (container.restartPolicyRules ?? []).length > 0
    ? [required(`${path}.restartPolicy`, "must specify restartPolicy when restart rules are used")]
    : [];
}

export function validateRestart({ restartPolicy: policy, restartPolicyRules }: Loose, path: string): FieldError[] {
  const rules: Loose[] = restartPolicyRules ?? [];
  const field = `${path}.restartPolicy`;
  const errors: FieldError[] = [];
  if (policy === undefined) {
    if (rules.length === 0) return [];
    errors.push(required(field, "must specify restartPolicy when restart rules are used"));
  } else if (!POLICIES.includes(policy)) errors.push(notSupported(field, policy, POLICIES));
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20));
  for (const [index, { action = "", exitCodes }] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${index}]`;
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS));
    if (!exitCodes) errors.push(required(`${at}.exitCodes`, "must be specified"));
    else {
      const { operator = "", values = [] } = exitCodes;
      if (!OPERATORS.includes(operator)) errors.push(notSupported(`${at}.exitCodes.operator`, operator, OPERATORS));
      if (values.length > 255) errors.push(tooMany(`${at}.exitCodes.values`, values.length, 255));
    }
  }
  return errors;
}

const RESIZABLE = ["cpu", "memory"];
const RESIZES = ["NotRequired", "RestartContainer"];

export function validateResizePolicy(policies: Loose[], podRestart: string, field: string): FieldError[] {
  const seen = new Set<string>();
  return policies.flatMap(({ resourceName = "", restartPolicy = "" }, index) => {
    const errors: FieldError[] = [];
    if (seen.has(resourceName)) errors.push(duplicate(`${field}[${index}]`, resourceName));
    seen.add(resourceName);
    if (resourceName === "") errors.push(required(field));
    else if (!RESIZABLE.includes(resourceName)) errors.push(notSupported(field, resourceName, RESIZABLE));
    if (restartPolicy === "") errors.push(required(field));
    else if (!RESIZES.includes(restartPolicy)) errors.push(notSupported(field, restartPolicy, RESIZES));
    if (podRestart === "Never" && restartPolicy !== "NotRequired")
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    return errors;
  });
}
