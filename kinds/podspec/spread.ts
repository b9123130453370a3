// Validation of topology spread constraints and of the label keys that they and pod affinity take from the pod itself
// (kk:pkg/apis/core/validation validateTopologySpreadConstraints, ValidateMatchLabelKeysAndMismatchLabelKeys).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { validateLabelSelector } from "../rules/metadata.ts";
import { qualifiedName } from "../rules/names.ts";

const ACTIONS = ["DoNotSchedule", "ScheduleAnyway"];
const POLICIES = ["Honor", "Ignore"];

export function validateSpread(constraints: Loose[], field: string): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const path = `${field}[${index}]`;
    const { maxSkew = 0, topologyKey = "", whenUnsatisfiable: action = "", minDomains } = constraint;
    const errors: FieldError[] = positive(`${path}.maxSkew`, maxSkew);
    if (topologyKey === "") errors.push(required(`${path}.topologyKey`, "can not be empty"));
    if (!ACTIONS.includes(action)) errors.push(notSupported(`${path}.whenUnsatisfiable`, action, ACTIONS));
    const again = constraints
      .slice(index + 1)
      .some((other) => (other.topologyKey ?? "") === topologyKey && (other.whenUnsatisfiable ?? "") === action);
    if (again) errors.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`));
    if (minDomains !== undefined) {
      errors.push(...positive(`${path}.minDomains`, minDomains));
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
      if (action !== "DoNotSchedule") errors.push(invalid(`${path}.minDomains`, minDomains, detail));
    }
    for (const name of ["nodeAffinityPolicy", "nodeTaintsPolicy"]) {
      const policy = constraint[name];
      if (policy !== undefined && !POLICIES.includes(policy))
        errors.push(notSupported(`${path}.${name}`, policy, POLICIES));
    }
    return [
      ...errors,
      ...validateMatchKeys(constraint, path),
      ...validateLabelSelector(constraint.labelSelector, `${path}.labelSelector`),
    ];
  });
}

function positive(field: string, value: number): FieldError[] {
  return value > 0 ? [] : [invalid(field, value, "must be greater than zero")];
}

/** Keys whose values the pod's own labels give; they stand in no selector of the user's besides. */
export function validateMatchKeys(term: Loose, path: string): FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  const errors = [
    ...labelKeyErrors(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`),
    ...labelKeyErrors(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`),
  ];
  if (labelSelector) {
    const seen = new Set(Object.keys(labelSelector.matchLabels ?? {}));
    for (const { key } of labelSelector.matchExpressions ?? []) {
      // The strategy has added its own requirement already: a second one is the user's.
      const index = (matchLabelKeys as string[]).lastIndexOf(key);
      if (index >= 0 && seen.has(key))
        errors.push(invalid(`${path}[${index}]`, key, "exists in both matchLabelKeys and labelSelector"));
      seen.add(key);
    }
  }
  for (const [index, key] of (matchLabelKeys as string[]).entries()) {
    if (mismatchLabelKeys.includes(key)) {
      const detail = "exists in both matchLabelKeys and mismatchLabelKeys";
      errors.push(invalid(`${path}.matchLabelKeys[${index}]`, key, detail));
    }
  }
  return errors;
}

function labelKeyErrors(keys: string[], selector: Loose, field: string): FieldError[] {
  if (keys.length === 0) return [];
  if (!selector) return [forbidden(field, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, index) => invalidEach(`${field}[${index}]`, key, qualifiedName(key)));
}
