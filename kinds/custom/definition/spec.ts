// The spec of a CustomResourceDefinition (apiextensions-apiserver pkg/apis/apiextensions/validation): group, names, versions, conversion, and what an
// update may not change.
import type { FieldError } from "../../kind.ts";
import type { KubeObject, Loose } from "../../object.ts";
import { forbidden, invalid, invalidPrinted, notSupported, required } from "../../rules/errors.ts";
import { dns1123Subdomain } from "../../rules/names.ts";
import { someSchema } from "../jsonschema.ts";
import type { InternalSpec, InternalVersion } from "./internal.ts";
import { label1035, validateDefinitionNames } from "./names.ts";
import { validateColumn } from "./columns.ts";
import { validateSchema } from "./schema.ts";
import { printedVersions } from "./print.ts";
import { validateSelectableFields } from "./selectable.ts";
import { validateSubresources } from "./subresources.ts";

const SCOPES = ["Cluster", "Namespaced"];

export function validateSpec(spec: InternalSpec): FieldError[] {
  const errors = [...validateGroup(spec.group ?? "")];
  if (!spec.scope) errors.push(required("spec.scope"));
  else if (!SCOPES.includes(spec.scope)) errors.push(notSupported("spec.scope", spec.scope, SCOPES));
  if (spec.validation?.openAPIV3Schema === undefined)
    for (const [index, { schema }] of spec.versions.entries())
      if (schema?.openAPIV3Schema === undefined)
        errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
  if (spec.preserveUnknownFields === true && hasDefaults(spec))
    errors.push(invalid("spec.preserveUnknownFields", true, "must be false in order to use defaults in the schema"));
  for (const [index, version] of spec.versions.entries())
    errors.push(...validateVersion(spec, version, `spec.versions[${index}]`));
  errors.push(...validateVersions(spec.versions));
  if (spec.version !== "") errors.push(...label1035("spec.version", spec.version));
  errors.push(...validateNames(spec));
  const status = [spec, ...spec.versions].some(({ subresources }) => subresources?.status !== undefined);
  errors.push(...validateSchema(spec.validation, status, "spec.validation"));
  errors.push(...validateSubresources(spec.subresources, "spec.subresources"));
  for (const [index, column] of (spec.additionalPrinterColumns ?? []).entries())
    errors.push(...validateColumn(column, `spec.additionalPrinterColumns[${index}]`));
  errors.push(
    ...validateSelectableFields(spec.selectableFields, spec.validation?.openAPIV3Schema, "spec.selectableFields"),
  );
  return [...errors, ...validateConversion(spec)];
}

function validateGroup(group: string): FieldError[] {
  if (group === "") return [required("spec.group")];
  const found = dns1123Subdomain(group);
  if (found.length > 0) return [invalid("spec.group", group, found.join(","))];
  return group.includes(".") ? [] : [invalid("spec.group", group, "should be a domain with at least one dot")];
}

function hasDefaults(spec: InternalSpec): boolean {
  return [spec.validation, ...spec.versions.map(({ schema }) => schema)].some(
    (one) => one?.openAPIV3Schema && someSchema(one.openAPIV3Schema, (schema) => schema.default !== undefined),
  );
}

function validateVersion(spec: InternalSpec, version: InternalVersion, field: string): FieldError[] {
  const errors = label1035(`${field}.name`, version.name);
  errors.push(...validateDeprecation(version, `${field}.deprecationWarning`));
  const perVersion = spec.versions.some(({ subresources }) => subresources !== undefined);
  const status = (perVersion ? version : spec).subresources?.status !== undefined;
  errors.push(...validateSchema(version.schema, status, `${field}.schema`));
  errors.push(...validateSubresources(version.subresources, `${field}.subresources`));
  for (const [index, column] of (version.additionalPrinterColumns ?? []).entries())
    errors.push(...validateColumn(column, `${field}.additionalPrinterColumns[${index}]`));
  const fields = version.selectableFields ?? [];
  const schema = version.schema?.openAPIV3Schema;
  if (fields.length > 0 && schema === undefined) {
    const when = "may only be set when `version.schema.openAPIV3Schema` is not included";
    errors.push(invalid(`${field}.selectableFields`, "", when));
  } else errors.push(...validateSelectableFields(fields, schema, `${field}.selectableFields`));
  return errors;
}

function validateDeprecation({ deprecated, deprecationWarning: text }: InternalVersion, field: string): FieldError[] {
  if (text === undefined) return [];
  if (!deprecated) return [invalid(field, text, "can only be set for deprecated versions")];
  const errors: FieldError[] = [];
  if (text.length > 256) errors.push(invalid(field, text, "must be <= 256 characters long"));
  if (text === "") errors.push(invalid(field, text, "must not be an empty string"));
  const odd = text.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (odd >= 0) {
    const what = `must only contain printable UTF-8 characters; non-printable character found at index ${odd}`;
    errors.push(invalid(field, text, what));
  }
  return errors;
}

function validateVersions(versions: readonly InternalVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (detail: string): number =>
    errors.push(invalidPrinted("spec.versions", printedVersions(versions), detail));
  if (new Set(versions.map(({ name }) => name)).size < versions.length) wrong("must contain unique version names");
  if (versions.filter(({ storage }) => storage).length !== 1)
    wrong("must have exactly one version marked as storage version");
  return errors;
}

function validateNames({ names }: InternalSpec): FieldError[] {
  const missing = (["plural", "singular", "kind", "listKind"] as const).filter((name) => !names[name]);
  return [...missing.map((name) => required(`spec.names.${name}`)), ...validateDefinitionNames(names, "spec.names")];
}

const STRATEGIES = ["None", "Webhook"];

/** Webhooks are not called here: a strategy that needs one is refused, since its objects could not be converted. */
function validateConversion({ conversion, preserveUnknownFields }: InternalSpec): FieldError[] {
  const field = "spec.conversion";
  const { strategy = "", webhook } = conversion as Loose;
  const errors: FieldError[] = [];
  if (strategy !== "None" && preserveUnknownFields)
    errors.push(invalid(`${field}.strategy`, strategy, "must be None if spec.preserveUnknownFields is true"));
  if (strategy === "Webhook")
    return [invalid(`${field}.strategy`, strategy, "conversion webhooks are not supported, must be None")];
  if (strategy === "") errors.push(required(`${field}.strategy`));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(`${field}.strategy`, strategy, STRATEGIES));
  const unused = "should not be set when strategy is not set to Webhook";
  if (webhook?.clientConfig !== undefined) errors.push(forbidden(`${field}.webhookClientConfig`, unused));
  if (webhook?.conversionReviewVersions?.length) errors.push(forbidden(`${field}.conversionReviewVersions`, unused));
  return errors;
}

function isEstablished({ status }: KubeObject): boolean {
  return ((status?.conditions ?? []) as Loose[]).some(
    ({ type, status: is }) => type === "Established" && is === "True",
  );
}

export function validateSpecUpdate(spec: InternalSpec, before: InternalSpec, old: KubeObject): FieldError[] {
  const errors = validateSpec(spec);
  const unchanged = (field: string, value: unknown, was: unknown): void => {
    if ((value ?? "") !== (was ?? "")) errors.push(invalid(field, value ?? "", "field is immutable"));
  };
  if (isEstablished(old)) {
    unchanged("spec.scope", spec.scope, before.scope);
    unchanged("spec.names.kind", spec.names.kind, before.names.kind);
  }
  unchanged("spec.group", spec.group, before.group);
  unchanged("spec.names.plural", spec.names.plural, before.names.plural);
  return errors;
}

export function validateStoredVersions(
  stored: string[] | null | undefined,
  versions: readonly InternalVersion[],
): FieldError[] {
  const field = "status.storedVersions";
  if (!stored?.length) return [invalid(field, stored ?? null, "must have at least one stored version")];
  const storage = versions.filter((version) => version.storage && !stored.includes(version.name));
  const errors = storage.map(({ name }) => invalid(field, stored, `must have the storage version ${name}`));
  for (const [index, name] of stored.entries()) {
    if (stored.lastIndexOf(name) !== index || versions.some((version) => version.name === name)) continue;
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${field}[${index}]`, name, why));
  }
  return errors;
}
