// CustomResourceDefinition (apiextensions.k8s.io/v1): brings a kind along (kinds/custom/). Refuses what kube-apiserver refuses, and conversion by
// webhook: the federation calls nobody while it answers. Which names it gets is a controller's business (worker/controllers/definitions.ts).
import type { DefinitionVersion } from "./custom/kinds.ts";
import { parseJsonPath } from "./custom/jsonpath.ts";
import { itemsOf, type Props } from "./custom/props.ts";
import { selectableErrors, structuralErrors } from "./custom/structure.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { CREATED_AT, NAME } from "./rules/columns.ts";
import { forbidden, invalid, invalidPrinted, notSupported, required, tooMany } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dns1035Label, dns1123Subdomain } from "./rules/names.ts";

export const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";
const APPROVED = "api-approved.kubernetes.io";
const MAX_SELECTABLE = 8;

/** Under which name of the store its objects lie. */
export function storageResource({ spec }: KubeObject): string {
  return `${spec.names.plural}.${spec.group}`;
}

function setDefaults(object: KubeObject): void {
  const { spec, status } = object;
  if (!spec?.names) return;
  if (!status?.storedVersions?.length) rememberStorage(object);
  spec.names.singular ||= String(spec.names.kind ?? "").toLowerCase();
  if (spec.names.kind) spec.names.listKind ||= `${spec.names.kind}List`;
  spec.conversion ??= { strategy: "None" };
}

/** Every version that ever was the storage version is remembered until somebody says that nothing of it is left. */
function rememberStorage(object: KubeObject): void {
  const storage = (object.spec?.versions as DefinitionVersion[] | undefined)?.find((version) => version.storage)?.name;
  const known: string[] = object.status?.storedVersions ?? [];
  if (storage !== undefined && !known.includes(storage))
    object.status = { ...object.status, storedVersions: [...known, storage] };
}

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { spec } = object;
  const errors = validateMetadata(customResourceDefinition, object, old);
  if (!spec) return [...errors, required("spec")];
  if (old === undefined && object.metadata.name !== storageResource(object))
    errors.push(invalid("metadata.name", object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  errors.push(...specErrors(spec));
  if (old !== undefined) errors.push(...changeErrors(spec, old.spec, isEstablished(old)));
  return [...errors, ...storedErrors(object), ...approvalErrors(object, old)];
}

function isEstablished({ status }: KubeObject): boolean {
  return status?.conditions?.some(({ type, status: is }: Loose) => type === "Established" && is === "True") === true;
}

function specErrors(spec: Loose): FieldError[] {
  const errors: FieldError[] = [];
  const { group = "", scope = "", names = {}, versions = [] } = spec;
  if (group === "") errors.push(required("spec.group"));
  else if (dns1123Subdomain(group).length > 0)
    errors.push(invalid("spec.group", group, dns1123Subdomain(group).join(",")));
  else if (!group.includes(".")) errors.push(invalid("spec.group", group, "should be a domain with at least one dot"));
  const scopes = ["Cluster", "Namespaced"];
  if (scope === "") errors.push(required("spec.scope"));
  else if (!scopes.includes(scope)) errors.push(notSupported("spec.scope", scope, scopes));
  const all = versions as DefinitionVersion[];
  for (const [index, version] of all.entries())
    if (version.schema?.openAPIV3Schema === undefined)
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
  for (const [index, version] of all.entries()) {
    const at = `spec.versions[${index}]`;
    const wrong = dns1035Label(version.name ?? "");
    if (wrong.length > 0) errors.push(invalid(`${at}.name`, version.name ?? "", wrong.join(",")));
    if (version.deprecationWarning !== undefined && !version.deprecated)
      errors.push(
        invalid(`${at}.deprecationWarning`, version.deprecationWarning, "can only be set for deprecated versions"),
      );
  }
  errors.push(...partErrors(all));
  if (new Set(all.map(({ name }) => name)).size !== all.length)
    errors.push(invalidPrinted("spec.versions", shown(all), "must contain unique version names"));
  if (all.filter(({ storage }) => storage).length !== 1)
    errors.push(invalidPrinted("spec.versions", shown(all), "must have exactly one version marked as storage version"));
  const first = all[0]?.name ?? "";
  if (first !== "" && dns1035Label(first).length > 0)
    errors.push(invalid("spec.version", first, dns1035Label(first).join(",")));
  errors.push(...nameErrors(names));
  if (spec.preserveUnknownFields === true)
    errors.push(
      invalid(
        "spec.preserveUnknownFields",
        true,
        "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
      ),
    );
  const strategy = spec.conversion?.strategy ?? "None";
  if (strategy === "Webhook")
    errors.push(
      forbidden(
        "spec.conversion.strategy",
        "conversion by webhook is not served here: the federation calls nobody while it answers; use None, with versions that differ in what their schemas keep",
      ),
    );
  else if (strategy !== "None") errors.push(notSupported("spec.conversion.strategy", strategy, ["None", "Webhook"]));
  return errors;
}

/** As Go prints its internal type; what versions say alike stands elsewhere there. */
function shown(versions: readonly DefinitionVersion[]): string {
  return JSON.stringify(
    versions.map(({ name, served, storage, deprecated, deprecationWarning }) => ({
      Name: name,
      Served: served,
      Storage: storage,
      Deprecated: deprecated ?? false,
      DeprecationWarning: deprecationWarning ?? null,
      Schema: null,
      Subresources: null,
      AdditionalPrinterColumns: null,
      SelectableFields: null,
    })),
  );
}

/** What all versions say alike is one thing to kube-apiserver, and named as such. */
function partErrors(versions: readonly DefinitionVersion[]): FieldError[] {
  const alike = (part: (version: DefinitionVersion) => unknown): boolean =>
    versions.every((version) => sameJson(part(version), part(versions[0]!)));
  const once = <T>(
    part: (version: DefinitionVersion) => T,
    name: string,
  ): { value: T; at: string; version: DefinitionVersion }[] =>
    versions.length > 0 && alike(part)
      ? [{ value: part(versions[0]!), at: `spec.${name}`, version: versions[0]! }]
      : versions.map((version, index) => ({
          value: part(version),
          at: `spec.versions[${index}].${name === "validation" ? "schema" : name}`,
          version,
        }));
  return [
    ...once(({ schema }) => schema, "validation").flatMap(({ value, at }) =>
      value?.openAPIV3Schema === undefined ? [] : structuralErrors(value.openAPIV3Schema, `${at}.openAPIV3Schema`),
    ),
    ...once(({ subresources }) => subresources, "subresources").flatMap(({ value, at }) =>
      value?.scale === undefined ? [] : scaleErrors(value.scale, `${at}.scale`),
    ),
    ...once(({ additionalPrinterColumns }) => additionalPrinterColumns, "additionalPrinterColumns").flatMap(
      ({ value, at }) => (value ?? []).flatMap((column, index) => columnErrors(column, `${at}[${index}]`)),
    ),
    ...once(({ selectableFields }) => selectableFields, "selectableFields").flatMap(({ value, at, version }) => {
      if (!value?.length) return [];
      const typeAt = (path: readonly string[]) => path.reduce(stepInto, version.schema?.openAPIV3Schema);
      const found = selectableErrors(value, typeAt, (text) => parseJsonPath(text)?.fields, at);
      return value.length > MAX_SELECTABLE ? [...found, tooMany(at, value.length, MAX_SELECTABLE)] : found;
    }),
  ];
}

const stepInto = (props: Props | undefined, key: string): Props | undefined =>
  props?.properties?.[key] ?? (props && itemsOf(props))?.properties?.[key];

function scaleErrors(scale: Loose, at: string): FieldError[] {
  const one = (field: string, starts: readonly string[], needed: boolean): FieldError[] => {
    const path: string = scale[field] ?? "";
    if (path === "") return needed ? [required(`${at}.${field}`)] : [];
    if (parseJsonPath(path) === undefined)
      return [invalid(`${at}.${field}`, path, "is an invalid path: it cannot be read here")];
    if (starts.some((start) => path.startsWith(start))) return [];
    return [
      invalid(
        `${at}.${field}`,
        path,
        `should be a json path under ${starts.map((start) => start.slice(0, -1)).join(" or ")}`,
      ),
    ];
  };
  return [
    ...one("specReplicasPath", [".spec."], true),
    ...one("statusReplicasPath", [".status."], true),
    ...one("labelSelectorPath", [".spec.", ".status."], false),
  ];
}

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

function columnErrors({ name = "", type, format, jsonPath = "" }: Loose, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const types = `must be one of ${COLUMN_TYPES.join(",")}`;
  if (name === "") errors.push(required(`${at}.name`));
  if (!type) errors.push(required(`${at}.type`, types));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalid(`${at}.type`, type, types));
  if (format && !COLUMN_FORMATS.includes(format))
    errors.push(invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(",")}`));
  if (jsonPath === "") errors.push(required(`${at}.JSONPath`));
  else if (parseJsonPath(jsonPath) === undefined)
    errors.push(invalid(`${at}.JSONPath`, jsonPath, "is an invalid path: it cannot be read here"));
  return errors;
}

function nameErrors(names: Loose): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["plural", "singular", "kind", "listKind"])
    if (!names[field]) errors.push(required(`spec.names.${field}`));
  const rule = (field: string, value: string, mixed = false): void => {
    const wrong = dns1035Label(mixed ? value.toLowerCase() : value);
    const text = wrong.join(",");
    if (wrong.length > 0)
      errors.push(
        invalid(
          `spec.names.${field}`,
          value,
          mixed ? `may have mixed case, but should otherwise match: ${text}` : text,
        ),
      );
  };
  if (names.plural) rule("plural", names.plural);
  if (names.singular) rule("singular", names.singular);
  if (names.kind) rule("kind", names.kind, true);
  if (names.listKind) rule("listKind", names.listKind, true);
  for (const [index, name] of (names.shortNames ?? []).entries()) rule(`shortNames[${index}]`, name);
  if (names.kind && names.kind === names.listKind)
    errors.push(invalid("spec.names.listKind", names.listKind, "kind and listKind may not be the same"));
  for (const [index, name] of (names.categories ?? []).entries()) rule(`categories[${index}]`, name);
  return errors;
}

function changeErrors(spec: Loose, old: Loose, established: boolean): FieldError[] {
  const fixed = (field: string, is: unknown, was: unknown): FieldError[] =>
    is === was ? [] : [invalid(`spec.${field}`, is, "field is immutable")];
  return [
    ...(established
      ? [...fixed("scope", spec.scope, old.scope), ...fixed("names.kind", spec.names?.kind, old.names?.kind)]
      : []),
    ...fixed("group", spec.group, old.group),
    ...fixed("names.plural", spec.names?.plural, old.names?.plural),
  ];
}

function storedErrors({ spec, status }: KubeObject): FieldError[] {
  const at = "status.storedVersions";
  const stored: string[] = status?.storedVersions ?? [];
  const versions = (spec.versions ?? []) as DefinitionVersion[];
  if (stored.length === 0) return [invalid(at, undefined, "must have at least one stored version")];
  const errors: FieldError[] = [];
  for (const { name, storage } of versions)
    if (storage && !stored.includes(name)) errors.push(invalid(at, stored, `must have the storage version ${name}`));
  for (const [index, name] of stored.entries())
    if (!versions.some((version) => version.name === name))
      errors.push(
        invalid(
          `${at}[${index}]`,
          name,
          `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
        ),
      );
  return errors;
}

/** Groups of Kubernetes itself need a pointer to who approved them (KEP-1111). */
function approvalErrors({ metadata, spec }: KubeObject, old?: KubeObject): FieldError[] {
  const group: string = spec.group ?? "";
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return [];
  const said = metadata.annotations?.[APPROVED];
  if (old !== undefined && old.metadata.annotations?.[APPROVED] === said) return [];
  if (said === undefined || said === "")
    return [
      required(
        `metadata.annotations[${APPROVED}]`,
        'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ),
    ];
  if (said.startsWith("unapproved") || /^https?:\/\/[^/]+/.test(said)) return [];
  return [
    invalid(
      `metadata.annotations[${APPROVED}]`,
      said,
      'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111',
    ),
  ];
}

function marks(object: KubeObject, now: string): void {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(CLEANUP_FINALIZER)) object.metadata.finalizers = [...finalizers, CLEANUP_FINALIZER];
  const terminating = {
    lastTransitionTime: now,
    message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    reason: "InstanceDeletionPending",
    status: "True",
    type: "Terminating",
  };
  const others = (object.status?.conditions ?? []).filter(({ type }: Loose) => type !== "Terminating");
  object.status = { ...object.status, conditions: [...others, terminating] };
}

export const customResourceDefinition: Kind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  resource: "customresourcedefinitions",
  singular: "customresourcedefinition",
  namespaced: false,
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
  generation: true,
  unconditionalUpdate: false,
  columns: [NAME, CREATED_AT],
  setDefaults,
  prepareCreate: (object) => {
    object.status = { acceptedNames: { kind: "", plural: "" } };
    rememberStorage(object);
  },
  prepareUpdate: (object) => rememberStorage(object),
  marks,
  validate,
  federation: { rule: "root" },
};
