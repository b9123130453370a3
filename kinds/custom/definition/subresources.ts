// Where the scale subresource of a custom kind finds its numbers (ValidateCustomResourceDefinitionSubresources).
import type { FieldError } from "../../kind.ts";
import { invalid, required } from "../../rules/errors.ts";
import { validateSimplePath } from "./columns.ts";
import type { Subresources } from "./internal.ts";

export function validateSubresources(subresources: Subresources | undefined, field: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  const check = (name: keyof typeof scale, roots: string[], where: string): void => {
    const path = scale[name];
    const at = `${field}.scale.${name}`;
    if (!path) {
      if (name !== "labelSelectorPath") errors.push(required(at));
      return;
    }
    const simple = validateSimplePath(path, at);
    if (simple.length > 0) errors.push(...simple);
    else if (!roots.some((root) => path.startsWith(root)))
      errors.push(invalid(at, path, `should be a json path under ${where}`));
  };
  check("specReplicasPath", [".spec."], ".spec");
  check("statusReplicasPath", [".status."], ".status");
  check("labelSelectorPath", [".spec.", ".status."], "either .spec or .status");
  return errors;
}
