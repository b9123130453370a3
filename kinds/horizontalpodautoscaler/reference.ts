// References to an object by kind, name and apiVersion: what is scaled, and what a metric describes.
import type { FieldError } from "../kind.ts";
import { type Loose, parseApiVersion } from "../object.ts";
import { invalid, invalidEach, required } from "../rules/errors.ts";
import { objectName } from "../rules/names.ts";

/** How strictly the apiVersion of a reference is read: "any" not at all, "core" also without a group. */
export type ApiVersions = "any" | "core" | "grouped";

export function apiVersionError(apiVersion: string | undefined, allowed: ApiVersions): string | undefined {
  const text = apiVersion ?? "";
  if (allowed === "any") return undefined;
  if (text.split("/").length > 2) return `unexpected GroupVersion string: ${text}`;
  if (allowed === "core" || parseApiVersion(text).group !== "") return undefined;
  return "apiVersion must specify API group";
}

export function validateReference(reference: Loose, field: string, allowed: ApiVersions): FieldError[] {
  const errors = ["kind", "name"].flatMap((part) =>
    reference[part]
      ? invalidEach(`${field}.${part}`, reference[part], objectName("path", reference[part]))
      : [required(`${field}.${part}`)],
  );
  const message = apiVersionError(reference.apiVersion, allowed);
  if (message !== undefined) errors.push(invalid(`${field}.apiVersion`, reference.apiVersion ?? "", message));
  return errors;
}
