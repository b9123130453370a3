// PersistentVolume (v1): stored at the root and never sent to a member, where volumes belong to the cluster's own storage. Nothing binds
// claims here, so that its phase stays Pending, and no protection finalizer is set, since nothing would take it away again.
import { goStruct } from "./facts/gotypes.ts";
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject, Loose } from "./object.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden, invalid } from "./rules/errors.ts";
import { goDiff, goValue } from "./rules/gojson.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { expressionWarnings } from "./rules/nodelabels.ts";
import { validateNodeSelector } from "./rules/nodeselector.ts";
import { formatQuantity } from "./rules/quantity.ts";
import { amount } from "./rules/resourcelist.ts";
import { dropZeros } from "./rules/zeros.ts";
import { shortAccessModes, STORAGE_CLASS_ANNOTATION, storageClassOf } from "./storage/accessmodes.ts";
import { SOURCES } from "./storage/volumesource.ts";
import { defaultVolumeSpec, validateVolumeSpec } from "./storage/volumespec.ts";

function setDefaults(object: KubeObject): void {
  dropZeros(object, persistentVolume.schema);
  object.spec ??= {};
  object.spec.persistentVolumeReclaimPolicy ||= "Retain";
  object.spec.volumeMode ??= "Filesystem";
  defaultVolumeSpec(object.spec);
  object.status ??= {};
  object.status.phase ||= "Pending";
}

function prepareCreate(object: KubeObject): void {
  const now = object.metadata.creationTimestamp;
  object.status = { phase: "Pending", ...(now === undefined ? {} : { lastPhaseTransitionTime: now }) };
}

const MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options";
/** Sources that take mount options (kk:pkg/volume/validation). */
const MOUNTABLE = [
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "glusterfs",
  "nfs",
  "rbd",
  "quobyte",
  "iscsi",
  "cinder",
  "cephfs",
  "azureFile",
  "vsphereVolume",
  "azureDisk",
  "photonPersistentDisk",
];

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const { metadata, spec } = object;
  if (old !== undefined && !sameJson(object.status, old.status)) return validateMetadata(persistentVolume, object, old);
  const anyAffinityValue = old !== undefined && hasOddValues(old.spec?.nodeAffinity);
  const own = validateVolumeSpec(spec, metadata.name, "spec", { anyAffinityValue });
  const plugins: FieldError[] =
    metadata.annotations?.[MOUNT_OPTIONS] !== undefined && !MOUNTABLE.some((source) => spec[source])
      ? [forbidden(`metadata.annotations.${MOUNT_OPTIONS}`, "may not specify mount options for this volume type")]
      : [];
  if (old === undefined) return [...validateMetadata(persistentVolume, object), ...own, ...plugins];
  // Upstream's update looks at the whole volume twice.
  return [
    ...validateMetadata(persistentVolume, object, old, ["meta"]),
    ...own,
    ...plugins,
    ...validateMetadata(persistentVolume, object),
    ...own,
    ...validateChange(spec, old.spec ?? {}),
  ];
}

function hasOddValues(affinity: Loose): boolean {
  return (
    affinity?.required !== undefined &&
    validateNodeSelector(affinity.required, "").some(({ field }) => /\.matchExpressions\[\d+\]\.values\[/.test(field))
  );
}

const sourceOf = (spec: Loose): Loose => Object.fromEntries(Object.keys(SOURCES).map((name) => [name, spec[name]]));

function validateChange(spec: Loose, before: Loose): FieldError[] {
  const errors: FieldError[] = [];
  let source = sourceOf(spec);
  const was = sourceOf(before);
  // This one may be added later.
  if (was.csi && !was.csi.controllerExpandSecretRef && source.csi?.controllerExpandSecretRef)
    source = { ...source, csi: { ...source.csi, controllerExpandSecretRef: undefined } };
  if (!sameJson(source, was)) {
    const text = `spec.persistentvolumesource is immutable after creation\n${goDiff(goStruct("PersistentVolumeSource"), was, source)}`;
    errors.push(forbidden("spec.persistentvolumesource", text));
  }
  if (spec.volumeMode !== before.volumeMode) errors.push(invalid("volumeMode", spec.volumeMode, "field is immutable"));
  if (before.nodeAffinity && !sameAffinity(spec.nodeAffinity, before.nodeAffinity)) {
    const value = spec.nodeAffinity ? goValue(goStruct("VolumeNodeAffinity"), spec.nodeAffinity) : undefined;
    errors.push(invalid("nodeAffinity", value, "field is immutable, except for updating from beta label to GA"));
  }
  if (before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    errors.push(forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden"));
  return errors;
}

const GA_LABELS: Record<string, string> = {
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
};

/** Labels of old may become their successors. */
function sameAffinity(affinity: Loose, before: Loose): boolean {
  const terms = before.required?.nodeSelectorTerms ?? [];
  const wanted = affinity?.required?.nodeSelectorTerms ?? [];
  const upgraded = terms.map((term: Loose, at: number) => {
    const upgrade = (field: string): Loose =>
      term[field]?.map((one: Loose, index: number) => {
        const key = wanted[at]?.[field]?.[index]?.key;
        return key !== undefined && GA_LABELS[one.key] === key ? { ...one, key } : one;
      });
    return { ...term, matchExpressions: upgrade("matchExpressions"), matchFields: upgrade("matchFields") };
  });
  return sameJson(affinity?.required && { nodeSelectorTerms: wanted }, { nodeSelectorTerms: upgraded });
}

const PLUGINS: Record<string, string> = {
  cephfs: "spec.cephfs: deprecated in v1.28, non-functional in v1.31+",
  photonPersistentDisk: "spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+",
  scaleIO: "spec.scaleIO: deprecated in v1.16, non-functional in v1.22+",
  storageos: "spec.storageOS: deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "spec.glusterfs: deprecated in v1.25, non-functional in v1.26+",
  rbd: "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
};

/** kk:pkg/api/persistentvolume/util.go. */
function warnings({ metadata, spec }: KubeObject): string[] {
  const found: string[] = [];
  for (const [key, since, field] of [
    [STORAGE_CLASS_ANNOTATION, "v1.8", "storageClassName"],
    [MOUNT_OPTIONS, "v1.31", "mountOptions"],
  ] as const) {
    if (metadata.annotations?.[key] !== undefined)
      found.push(`metadata.annotations[${key}]: deprecated since ${since}; use "${field}" attribute instead`);
  }
  if (spec.persistentVolumeReclaimPolicy === "Recycle") {
    const instead = "Instead, the recommended approach is to use dynamic provisioning.";
    found.push(`spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. ${instead}`);
  }
  const terms: Loose[] = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  for (const [index, term] of terms.entries())
    found.push(...expressionWarnings(term.matchExpressions, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`));
  return [...found, ...Object.entries(PLUGINS).flatMap(([source, warning]) => (spec[source] ? [warning] : []))];
}

export const persistentVolume: Kind = {
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  resource: "persistentvolumes",
  singular: "persistentvolume",
  namespaced: false,
  shortNames: ["pv"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  schema: "io.k8s.api.core.v1.PersistentVolume",
  returnsDeleted: true,
  columns: [
    NAME,
    {
      name: "Capacity",
      type: "string",
      description: "Its size",
      cell: ({ spec }) => formatQuantity(amount(spec?.capacity, "storage")),
    },
    {
      name: "Access Modes",
      type: "string",
      description: "How it can be mounted",
      cell: ({ spec }) => shortAccessModes(spec?.accessModes),
    },
    {
      name: "Reclaim Policy",
      type: "string",
      description: "What becomes of it without its claim",
      cell: ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? "",
    },
    {
      name: "Status",
      type: "string",
      description: "Its phase, or Terminating",
      cell: ({ metadata, status }) => (metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? "")),
    },
    {
      name: "Claim",
      type: "string",
      description: "Who claimed it",
      cell: ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace ?? ""}/${spec.claimRef.name ?? ""}` : ""),
    },
    { name: "StorageClass", type: "string", description: "Its storage class", cell: storageClassOf },
    {
      name: "VolumeAttributesClass",
      type: "string",
      description: "Its class of volume attributes",
      cell: ({ spec }) => spec?.volumeAttributesClassName ?? "<unset>",
    },
    { name: "Reason", type: "string", description: "Why it failed", cell: ({ status }) => status?.reason ?? "" },
    AGE,
    {
      name: "VolumeMode",
      type: "string",
      priority: 1,
      description: "Filesystem or Block",
      cell: ({ spec }) => spec?.volumeMode ?? "<unset>",
    },
  ],
  setDefaults,
  prepareCreate,
  warnings,
  validate,
  federation: { rule: "root" },
};
