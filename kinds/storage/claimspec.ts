// The spec of a claim, in a PersistentVolumeClaim and in volumeClaimTemplates: defaults, what its strategy does with data sources,
// and validation (kk:pkg/apis/core/validation ValidatePersistentVolumeClaimSpec, kk:pkg/api/persistentvolumeclaim/util.go).
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { invalid, invalidEach, notSupported, required } from "../rules/errors.ts";
import { validateLabelSelector } from "../rules/metadata.ts";
import { dns1123Label, dns1123Subdomain } from "../rules/names.ts";
import { defaultResourceList, fractionWarnings, positiveErrors } from "../rules/resourcelist.ts";
import { accessModeErrors, VOLUME_MODES } from "./accessmodes.ts";

export function defaultClaimSpec(spec: Loose): void {
  spec.volumeMode ??= "Filesystem";
  spec.resources ??= {};
  defaultResourceList(spec.resources.limits);
  defaultResourceList(spec.resources.requests);
  // The one field of theirs that Go writes even where there is none.
  for (const source of [spec.dataSource, spec.dataSourceRef]) if (source) source.apiGroup ??= null;
}

/** Only claims and snapshots may stand in dataSource; the same source is said in both fields. In place. */
export function normalizeDataSources(spec: Loose, old?: Loose): void {
  // CrossNamespaceVolumeDataSource is alpha and off.
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef;
  if (!old?.dataSource && !old?.dataSourceRef && !spec.dataSourceRef && !isClaimOrSnapshot(spec.dataSource))
    delete spec.dataSource;
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    const { apiGroup, kind, name } = spec.dataSourceRef;
    spec.dataSource = { apiGroup, kind, name };
  }
}

function isClaimOrSnapshot(source: Loose): boolean {
  const group = source?.apiGroup ?? "";
  return (
    (source?.kind === "PersistentVolumeClaim" && group === "") ||
    (source?.kind === "VolumeSnapshot" && group === "snapshot.storage.k8s.io")
  );
}

/** Parts of a byte (kk:pkg/api/persistentvolumeclaim/util.go). */
export function claimSpecWarnings(spec: Loose, path: string): string[] {
  return ["requests", "limits"].flatMap((list) =>
    fractionWarnings(spec.resources?.[list], "storage", `${path}.resources.${list}`),
  );
}

/** `path` is that of the spec; `old` the spec it replaces, whose invalid API groups stay allowed. */
export function validateClaimSpec(spec: Loose, path: string, old?: Loose): FieldError[] {
  const modes: string[] = spec.accessModes ?? [];
  const errors: FieldError[] =
    modes.length === 0 ? [required(`${path}.accessModes`, "at least 1 access mode is required")] : [];
  errors.push(...validateLabelSelector(spec.selector, `${path}.selector`));
  errors.push(...accessModeErrors(modes, `${path}.accessModes`));
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else errors.push(...positiveErrors(storage, `${path}.resources[storage]`));
  errors.push(...classErrors(`${path}.storageClassName`, spec.storageClassName));
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode))
    errors.push(notSupported(`${path}.volumeMode`, spec.volumeMode, VOLUME_MODES));
  errors.push(...validateDataSources(spec, path, hasInvalidGroup(old)));
  return [...errors, ...classErrors(`${path}.volumeAttributesClassName`, spec.volumeAttributesClassName)];
}

function classErrors(field: string, name: string | undefined): FieldError[] {
  return name ? invalidEach(field, name, dns1123Subdomain(name)) : [];
}

function hasInvalidGroup(old: Loose): boolean {
  return [old?.dataSource, old?.dataSourceRef].some(
    (source) => source?.apiGroup && dns1123Subdomain(source.apiGroup).length > 0,
  );
}

function validateDataSources(spec: Loose, path: string, anyGroup: boolean): FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const errors: FieldError[] = [];
  if (dataSource) errors.push(...validateSource(dataSource, `${path}.dataSource`, anyGroup));
  if (dataSourceRef) {
    errors.push(...validateSource(dataSourceRef, `${path}.dataSourceRef`, anyGroup));
    const { namespace } = dataSourceRef;
    if (namespace) errors.push(...invalidEach(`${path}.dataSourceRef.namespace`, namespace, dns1123Label(namespace)));
  }
  if (!dataSource || !dataSourceRef) return errors;
  if (dataSourceRef.namespace)
    errors.push(invalid(path, {}, "may not be specified when dataSourceRef.namespace is specified"));
  else if (["apiGroup", "kind", "name"].some((part) => (dataSource[part] ?? "") !== (dataSourceRef[part] ?? "")))
    errors.push(invalid(path, {}, "must match dataSourceRef"));
  return errors;
}

function validateSource({ apiGroup, kind, name }: Loose, path: string, anyGroup: boolean): FieldError[] {
  const errors: FieldError[] = name ? [] : [required(`${path}.name`)];
  if (!kind) errors.push(required(`${path}.kind`));
  if (!apiGroup && kind !== "PersistentVolumeClaim")
    errors.push(invalid(path, kind ?? "", "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (apiGroup && !anyGroup) errors.push(...invalidEach(`${path}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup)));
  return errors;
}
