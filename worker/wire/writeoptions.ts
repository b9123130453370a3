// CreateOptions, UpdateOptions and PatchOptions: the query parameters that every write shares (apimachinery meta/v1/validation).
import type { FieldError } from "../../kinds/kind.ts";
import type { FieldValidation } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { quote } from "./quote.ts";
import { invalidOptions } from "./status.ts";

export interface WriteOptions {
  dryRun: boolean;
  /** fieldManager, else the user agent up to its first "/". */
  manager: string;
  validation: FieldValidation;
  force: boolean;
}

const MANAGER_MAX = 128;

export function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === "All")) return [];
  const shown = `[${values.map((v) => JSON.stringify(v)).join(",")}]`;
  return [
    {
      reason: "FieldValueNotSupported",
      field: "dryRun",
      message: `Unsupported value: ${shown}: supported values: "All"`,
    },
  ];
}

function managerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (new TextEncoder().encode(manager).length > MANAGER_MAX) {
    errors.push({
      reason: "FieldValueTooLong",
      field: "fieldManager",
      message: `Too long: may not be more than ${MANAGER_MAX} bytes`,
    });
  }
  let at = 0;
  for (const c of manager) {
    if (!printable(c)) {
      const code = c.codePointAt(0) as number;
      const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
      errors.push({
        reason: "FieldValueInvalid",
        field: "fieldManager",
        message: `Invalid value: ${quote(manager)}: invalid character ${hex} (at position ${at})`,
      });
    }
    at += new TextEncoder().encode(c).length;
  }
  return errors;
}

/** Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and of the spaces only U+0020. */
function printable(c: string): boolean {
  return c === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c);
}

function validationErrors(value: string): FieldError[] {
  if (value === "" || value === "Ignore" || value === "Warn" || value === "Strict") return [];
  return [
    {
      reason: "FieldValueNotSupported",
      field: "fieldValidation",
      message: `Unsupported value: ${quote(value)}: supported values: "", "Ignore", "Strict", "Warn"`,
    },
  ];
}

function managerOrAgent(manager: string, request: Request): string {
  if (manager !== "") return manager;
  const agent = (request.headers.get("user-agent") ?? "").split("/", 1)[0] ?? "";
  let name = "";
  for (const c of agent) if (name.length < MANAGER_MAX && printable(c)) name += c;
  return name === "" ? "unknown" : name;
}

/** @throws ApiError 422 */
export function writeOptionsOf(
  x: Exchange,
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
  apply = false,
): WriteOptions {
  const { query } = x;
  if (query.size === 0 && !apply) {
    return { dryRun: false, manager: managerOrAgent("", x.request), validation: "Warn", force: false };
  }
  const manager = query.get("fieldManager") ?? "";
  const dryRun = query.getAll("dryRun");
  const validation = query.get("fieldValidation") ?? "";
  const force = query.get("force");
  const errors: FieldError[] = [];
  if (apply && manager === "") {
    errors.push({
      reason: "FieldValueRequired",
      field: "fieldManager",
      message: "Required value: is required for apply patch",
    });
  }
  if (kind === "PatchOptions" && !apply && force !== null && force !== "") {
    errors.push({
      reason: "FieldValueForbidden",
      field: "force",
      message: "Forbidden: may not be specified for non-apply patch",
    });
  }
  errors.push(...managerErrors(manager), ...dryRunErrors(dryRun), ...validationErrors(validation));
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    manager: managerOrAgent(manager, x.request),
    validation: validation === "" ? "Warn" : (validation as FieldValidation),
    force: force !== null && force !== "" && force !== "false" && force !== "0",
  };
}
