// What a Placement may not say although its shape allows it: selectors that select nothing on purpose, weights without sense, pointers that are
// none. What it names need not exist yet.
import type { FieldError } from "../kind.ts";
import type { PlacementSpec } from "../placement.ts";
import { validateTolerations } from "../podspec/scheduling.ts";
import { duplicate, forbidden, invalid, invalidEach, required } from "../rules/errors.ts";
import { qualifiedName } from "../rules/names.ts";
import { parsePointer, pointerRefusal } from "../rules/pointer.ts";
import { duplicates, validateClusterSelector, validateClusterSelectors, validateObjectSelectors } from "./selectors.ts";

export function validatePlacementSpec(spec: PlacementSpec, namespaced: boolean): FieldError[] {
  return [
    ...validateObjectSelectors(spec.selectors, "spec.selectors", namespaced),
    ...validateClusterSelectors(spec.clusters, "spec.clusters"),
    ...validateGroups(spec.groups ?? []),
    ...validateWeights(spec),
    ...validateSpread(spec.spread ?? []),
    ...validateTolerations(spec.tolerations ?? [], "spec.tolerations"),
    ...validateIgnored(spec.ignoreFields ?? []),
  ];
}

function validateGroups(groups: NonNullable<PlacementSpec["groups"]>): FieldError[] {
  return groups.flatMap(({ name, clusters }, index) => {
    const path = `spec.groups[${index}]`;
    const first = name === undefined ? index : groups.findIndex((other) => other.name === name);
    return [
      ...(first < index ? [duplicate(`${path}.name`, name)] : []),
      ...validateClusterSelectors(clusters, `${path}.clusters`),
    ];
  });
}

function validateWeights({ weighing, weights = [] }: PlacementSpec): FieldError[] {
  const errors = weights.flatMap(({ clusters, min, max }, index) => {
    const path = `spec.weights[${index}]`;
    const wrong = validateClusterSelector(clusters, `${path}.clusters`);
    if (min !== undefined && max !== undefined && min > max)
      wrong.push(invalid(`${path}.min`, min, "must be less than or equal to max"));
    return wrong;
  });
  if (weighing !== "Static") return errors;
  if (weights.length === 0)
    errors.push(required("spec.weights", "Static weighing gives nothing to whom they do not name"));
  else if (weights.every(({ weight }) => weight === 0))
    errors.push(invalid("spec.weights[0].weight", 0, "one of them must be greater than 0 where weighing is Static"));
  return errors;
}

function validateSpread(spread: NonNullable<PlacementSpec["spread"]>): FieldError[] {
  return spread.flatMap(({ topologyKey, whenUnsatisfiable, minDomains }, index) => {
    const path = `spec.spread[${index}]`;
    const errors = invalidEach(`${path}.topologyKey`, topologyKey, qualifiedName(topologyKey));
    if (minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule")
      errors.push(forbidden(`${path}.minDomains`, "counts only where whenUnsatisfiable is DoNotSchedule"));
    const first = spread.findIndex(
      (other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable,
    );
    if (first < index)
      errors.push(duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    return errors;
  });
}

function validateIgnored(pointers: readonly string[]): FieldError[] {
  const errors = duplicates(pointers, "spec.ignoreFields");
  for (const [index, pointer] of pointers.entries()) {
    const field = `spec.ignoreFields[${index}]`;
    const wrong =
      parsePointer(pointer) === undefined ? 'must be a JSON pointer, as "/spec/replicas"' : pointerRefusal(pointer);
    if (wrong !== undefined) errors.push(invalid(field, pointer, wrong));
  }
  return errors;
}
