// The names of a custom kind (apiextensions-apiserver pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionNames).
import type { FieldError } from "../../kind.ts";
import type { Loose } from "../../object.ts";
import { invalid } from "../../rules/errors.ts";
import { objectName } from "../../rules/names.ts";

const MIXED = "may have mixed case, but should otherwise match: ";

export function label1035(field: string, value: string, prefix = "", checked = value): FieldError[] {
  const found = objectName("dns1035", checked);
  return found.length === 0 ? [] : [invalid(field, value, prefix + found.join(","))];
}

export function validateDefinitionNames(names: Loose, field: string): FieldError[] {
  const { plural = "", singular = "", kind = "", listKind = "", shortNames = [], categories = [] } = names;
  const errors: FieldError[] = [];
  if (plural !== "") errors.push(...label1035(`${field}.plural`, plural));
  if (singular !== "") errors.push(...label1035(`${field}.singular`, singular));
  if (kind !== "") errors.push(...label1035(`${field}.kind`, kind, MIXED, kind.toLowerCase()));
  if (listKind !== "") errors.push(...label1035(`${field}.listKind`, listKind, MIXED, listKind.toLowerCase()));
  for (const [index, name] of shortNames.entries()) errors.push(...label1035(`${field}.shortNames[${index}]`, name));
  if (kind !== "" && kind === listKind)
    errors.push(invalid(`${field}.listKind`, listKind, "kind and listKind may not be the same"));
  for (const [index, name] of categories.entries()) errors.push(...label1035(`${field}.categories[${index}]`, name));
  return errors;
}
