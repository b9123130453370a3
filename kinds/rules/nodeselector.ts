// Validation of a NodeSelector (kk:pkg/apis/core/validation ValidateNodeSelector): node affinity of pods and of volumes.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { forbidden, invalid, invalidEach, required } from "./errors.ts";
import { dns1123Subdomain, labelValueErrors, qualifiedName } from "./names.ts";

export function validateNodeSelector(selector: Loose, field: string, anyValue = false): FieldError[] {
  const terms: Loose[] = selector?.nodeSelectorTerms ?? [];
  const path = `${field}.nodeSelectorTerms`;
  if (terms.length === 0) return [required(path, "must have at least one node selector term")];
  return terms.flatMap((term, index) => validateNodeSelectorTerm(term, `${path}[${index}]`, anyValue));
}

export function validateNodeSelectorTerm(term: Loose, path: string, anyValue = false): FieldError[] {
  const expressions: Loose[] = term.matchExpressions ?? [];
  const fields: Loose[] = term.matchFields ?? [];
  return [
    ...expressions.flatMap((one, index) => validateExpression(one, `${path}.matchExpressions[${index}]`, anyValue)),
    ...fields.flatMap((one, index) => validateField(one, `${path}.matchFields[${index}]`)),
  ];
}

function validateExpression({ key = "", operator = "", values }: Loose, path: string, anyValue: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const count = values?.length ?? 0;
  switch (operator) {
    case "In":
    case "NotIn":
      if (count === 0) errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case "Exists":
    case "DoesNotExist":
      if (count > 0)
        errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case "Gt":
    case "Lt":
      if (count !== 1)
        errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
  }
  errors.push(...invalidEach(`${path}.key`, key, qualifiedName(key)));
  if (!anyValue) {
    for (const [at, value] of ((values ?? []) as string[]).entries())
      errors.push(...invalidEach(`${path}.values[${at}]`, value, labelValueErrors(value)));
  }
  return errors;
}

/** Only metadata.name can be asked for. */
function validateField({ key = "", operator = "", values }: Loose, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn")
    errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
  else if (values?.length !== 1)
    errors.push(
      required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    );
  if (key !== "metadata.name") errors.push(invalid(`${path}.key`, key, "not a valid field selector key"));
  else {
    for (const [at, value] of ((values ?? []) as string[]).entries())
      errors.push(...invalidEach(`${path}.values[${at}]`, value, dns1123Subdomain(value)));
  }
  return errors;
}
