// Printer columns of a CustomResourceDefinition, and what counts as a simple path (apiextensions-apiserver pkg/apis/apiextensions/validation).
import type { FieldError } from "../../kind.ts";
import { invalid, required } from "../../rules/errors.ts";
import type { PrinterColumn } from "../columns.ts";

const TYPES = ["boolean", "date", "integer", "number", "string"];
const FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

export function validateColumn(column: Partial<PrinterColumn>, field: string): FieldError[] {
  const { name, type, format, jsonPath } = column;
  const errors: FieldError[] = [];
  const types = `must be one of ${TYPES.join(",")}`;
  if (!name) errors.push(required(`${field}.name`));
  if (!type) errors.push(required(`${field}.type`, types));
  else if (!TYPES.includes(type)) errors.push(invalid(`${field}.type`, type, types));
  if (format && !FORMATS.includes(format))
    errors.push(invalid(`${field}.format`, format, `must be one of ${FORMATS.join(",")}`));
  if (!jsonPath) errors.push(required(`${field}.JSONPath`));
  else errors.push(...validateSimplePath(jsonPath, `${field}.JSONPath`));
  return errors;
}

export function validateSimplePath(path: string, field: string): FieldError[] {
  return path.startsWith(".") ? [] : [invalid(field, path, "must be a simple json path starting with .")];
}
