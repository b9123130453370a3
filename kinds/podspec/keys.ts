// Files of volumes that are made of keys: their modes and paths (kk:pkg/apis/core/validation validateKeyToPath).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, required } from "../rules/errors.ts";
import { unreserved } from "./paths.ts";

const MODE = "must be a number between 0 and 0777 (octal), both inclusive";

export function validateMode(mode: number | undefined, field: string): FieldError[] {
  return mode !== undefined && (mode > 0o777 || mode < 0) ? [invalid(field, mode, MODE)] : [];
}

export function validateKeyToPath({ key, path, mode }: Loose, at: string): FieldError[] {
  return [
    ...(key ? [] : [required(`${at}.key`)]),
    ...(path ? [] : [required(`${at}.path`)]),
    ...unreserved(`${at}.path`, path),
    ...validateMode(mode, `${at}.mode`),
  ];
}
