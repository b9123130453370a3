// The rules of each volume source (kk:pkg/apis/core/validation validate…VolumeSource), in the order in which upstream visits them.
import type { FieldError } from "../kind.ts";
import type { Loose, ObjectMeta } from "../object.ts";
import { validateClaimSpec } from "../storage/claimspec.ts";
import { forbidden, invalid, invalidEach, notSupported, required, tooManyBytes } from "../rules/errors.ts";
import { validateAnnotations, validateLabels } from "../rules/metadata.ts";
import { byteLength, dns1123Label, dns1123Subdomain, inRange } from "../rules/names.ts";
import { parseQuantity } from "../rules/quantity.ts";
import { validatePullPolicy } from "./containers.ts";
import { descending, noBacksteps } from "./paths.ts";
import { validateKeyToPath, validateMode } from "./keys.ts";
import { validateDownwardFile, validateProjected } from "./projected.ts";

/** What a volume's pod is, as far as it is known: a template has no name of its own. */
export interface PodOfVolumes {
  meta?: ObjectMeta;
  isPod: boolean;
}

type Validate = (source: Loose, field: string, pod: PodOfVolumes) => FieldError[];

/** Fields that must be there. */
function needs(...names: string[]): Validate {
  return (source, field) => names.flatMap((name) => (source[name] ? [] : [required(`${field}.${name}`)]));
}

function needsSome(name: string): Validate {
  return (source, field) => ((source[name] ?? []).length > 0 ? [] : [required(`${field}.${name}`)]);
}

/** ConfigMap and Secret volumes. */
function keyed(name: string): Validate {
  return (source, field) => [
    ...(source[name] ? [] : [required(`${field}.${name}`)]),
    ...validateMode(source.defaultMode, `${field}.defaultMode`),
    ...((source.items ?? []) as Loose[]).flatMap((item, index) => validateKeyToPath(item, `${field}.items[${index}]`)),
  ];
}

function disk(name: string): Validate {
  return ({ partition = 0, ...source }, field) => [
    ...(source[name] ? [] : [required(`${field}.${name}`)]),
    // Zero passes although the text says otherwise.
    ...(partition < 0 || partition > 255 ? [invalid(`${field}.partition`, partition, inRange(1, 255))] : []),
  ];
}

function withSecret(validate: Validate): Validate {
  return (source, field, pod) => [
    ...validate(source, field, pod),
    ...(source.secretRef && !source.secretRef.name ? [required(`${field}.secretRef.name`)] : []),
  ];
}

const HOST_PATH_TYPES = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];
const IQN = /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/;
const EUI = /^eui.[A-Za-z0-9]{16}$/;
const NAA = /^naa.[A-Za-z0-9]{32}$/;

function iscsiName(name: string, field: string): FieldError[] {
  const prefix = name.slice(0, 3);
  if (!["iqn", "eui", "naa"].includes(prefix))
    return [invalid(field, name, "must be valid format starting with iqn, eui, or naa")];
  const rule = prefix === "iqn" ? IQN : prefix === "eui" ? EUI : NAA;
  return rule.test(name) ? [] : [invalid(field, name, "must be valid format")];
}

const validateIscsi: Validate = (source, field) => {
  const { targetPortal, iqn, lun = 0, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source;
  const errors: FieldError[] = targetPortal ? [] : [required(`${field}.targetPortal`)];
  errors.push(...(iqn ? iscsiName(iqn, `${field}.iqn`) : [required(`${field}.iqn`)]));
  if (lun < 0 || lun > 255) errors.push(invalid(`${field}.lun`, lun, inRange(0, 255)));
  if ((chapAuthDiscovery || chapAuthSession) && !secretRef) errors.push(required(`${field}.secretRef`));
  return initiatorName === undefined ? errors : [...errors, ...iscsiName(initiatorName, `${field}.initiatorname`)];
};

const validateNfs: Validate = ({ server, path = "" }, field) => [
  ...(server ? [] : [required(`${field}.server`)]),
  ...(path === "" ? [required(`${field}.path`)] : []),
  ...(path.startsWith("/") ? [] : [invalid(`${field}.path`, path, "must be an absolute path")]),
];

const validateFlocker: Validate = ({ datasetName = "", datasetUUID = "" }, field) => [
  ...(datasetName || datasetUUID ? [] : [required(field, "one of datasetName and datasetUUID is required")]),
  ...(datasetName && datasetUUID
    ? [invalid(field, "resource", "datasetName and datasetUUID can not be specified simultaneously")]
    : []),
  ...(datasetName.includes("/") ? [invalid(`${field}.datasetName`, datasetName, "must not contain '/'")] : []),
];

const HOST_PORTS = "must be a host:port pair or multiple pairs separated by commas";

const validateQuobyte: Validate = ({ registry = "", tenant = "", volume }, field) => {
  const errors: FieldError[] = [];
  if (registry === "") errors.push(required(`${field}.registry`, HOST_PORTS));
  else if (byteLength(tenant) >= 65)
    errors.push(required(`${field}.tenant`, "must be a UUID and may not exceed a length of 64 characters"));
  else {
    for (const pair of registry.split(","))
      if (!/^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair))
        errors.push(invalid(`${field}.registry`, registry, HOST_PORTS));
  }
  return volume ? errors : [...errors, required(`${field}.volume`)];
};

const validateFC: Validate = ({ targetWWNs = [], wwids = [], lun }, field) => {
  const at = `${field}.targetWWNs`;
  const errors: FieldError[] = [];
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(at, "must specify either targetWWNs or wwids, but not both"));
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalid(at, targetWWNs, "targetWWNs and wwids can not be specified simultaneously"));
  if (targetWWNs.length === 0) return errors;
  if (lun === undefined) errors.push(required(`${field}.lun`, "lun is required if targetWWNs is specified"));
  else if (lun < 0 || lun > 255) errors.push(invalid(`${field}.lun`, lun, inRange(0, 255)));
  return errors;
};

const validateFlex: Validate = ({ driver, options = {} }, field) => [
  ...(driver ? [] : [required(`${field}.driver`)]),
  ...Object.keys(options)
    .sort()
    .filter((key) => /\.(kubernetes|k8s)\.io$/.test(`.${key.split("/")[0]?.toLowerCase()}`))
    .map((key) => invalid(`${field}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved")),
];

const validateAzureDisk: Validate = ({ diskName, diskURI = "", cachingMode, kind }, field) => {
  const errors: FieldError[] = diskName ? [] : [required(`${field}.diskName`)];
  if (diskURI === "") errors.push(required(`${field}.diskURI`));
  const caching = ["None", "ReadOnly", "ReadWrite"];
  const kinds = ["Dedicated", "Managed", "Shared"];
  if (cachingMode !== undefined && !caching.includes(cachingMode))
    errors.push(notSupported(`${field}.cachingMode`, cachingMode, caching));
  if (kind !== undefined && !kinds.includes(kind)) errors.push(notSupported(`${field}.kind`, kind, kinds));
  const managed = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
  const blob = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
  if (kind === "Managed" && !diskURI.startsWith("/subscriptions/"))
    errors.push(notSupported(`${field}.diskURI`, diskURI, [managed]));
  if (kind !== undefined && kind !== "Managed" && !diskURI.startsWith("https://"))
    errors.push(notSupported(`${field}.diskURI`, diskURI, [blob]));
  return errors;
};

const validateStorageOS: Validate = ({ volumeName = "", volumeNamespace = "" }, field) => [
  ...(volumeName === ""
    ? [required(`${field}.volumeName`)]
    : invalidEach(`${field}.volumeName`, volumeName, dns1123Label(volumeName))),
  ...(volumeNamespace === ""
    ? []
    : invalidEach(`${field}.volumeNamespace`, volumeNamespace, dns1123Label(volumeNamespace))),
];

const validateCsi: Validate = ({ driver = "", nodePublishSecretRef: secret }, field) => {
  const errors: FieldError[] = [];
  if (driver === "") errors.push(required(`${field}.driver`));
  else {
    if (byteLength(driver) > 63) errors.push(tooManyBytes(`${field}.driver`, 63));
    errors.push(...invalidEach(`${field}.driver`, driver, dns1123Subdomain(driver.toLowerCase())));
  }
  if (secret && !secret.name) errors.push(required(`${field}.nodePublishSecretRef.name`));
  else if (secret) errors.push(...invalidEach(`${field}.name`, secret.name, dns1123Subdomain(secret.name)));
  return errors;
};

const validateEphemeral: Validate = ({ volumeClaimTemplate: template }, field) => {
  const path = `${field}.volumeClaimTemplate`;
  if (!template) return [required(path)];
  const { annotations, labels, ...others } = template.metadata ?? {};
  return [
    ...validateAnnotations(annotations, `${path}.metadata.annotations`),
    ...validateLabels(labels, `${path}.metadata.labels`),
    ...OTHER_METADATA.filter((name) => isSet(others[name])).map((name) =>
      forbidden(`${path}.metadata.${name}`, "cannot be set"),
    ),
    ...validateClaimSpec(template.spec ?? {}, `${path}.spec`),
  ];
};

/** In Go's order. */
const OTHER_METADATA = [
  "name",
  "generateName",
  "namespace",
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "ownerReferences",
  "finalizers",
  "managedFields",
];

const isSet = (value: Loose): boolean => Boolean(value) && (typeof value !== "object" || Object.keys(value).length > 0);

const validateDownward: Validate = ({ defaultMode, items = [] }, field) => [
  ...validateMode(defaultMode, `${field}.defaultMode`),
  // Without the index, as upstream.
  ...(items as Loose[]).flatMap((item) => validateDownwardFile(item, field)),
];

export const VALIDATE_SOURCE: Readonly<Record<string, Validate>> = {
  emptyDir: ({ sizeLimit }, field) =>
    (parseQuantity(sizeLimit ?? "0")?.nano ?? 0n) < 0n
      ? [forbidden(`${field}.sizeLimit`, "SizeLimit field must be a valid resource quantity")]
      : [],
  hostPath: ({ path, type }, field) =>
    path
      ? [
          ...noBacksteps(`${field}.path`, path),
          ...(type === undefined || HOST_PATH_TYPES.includes(type)
            ? []
            : [notSupported(`${field}.type`, type, HOST_PATH_TYPES)]),
        ]
      : [required(`${field}.path`)],
  gitRepo: ({ repository, directory }, field) => [
    ...(repository ? [] : [required(`${field}.repository`)]),
    ...descending(`${field}.directory`, directory),
  ],
  // The path is upstream's.
  gcePersistentDisk: (source, field, pod) =>
    disk("pdName")(source, field.replace(/gcePersistentDisk$/, "persistentDisk"), pod),
  awsElasticBlockStore: disk("volumeID"),
  secret: keyed("secretName"),
  nfs: validateNfs,
  iscsi: validateIscsi,
  glusterfs: needs("endpoints", "path"),
  flocker: validateFlocker,
  persistentVolumeClaim: needs("claimName"),
  rbd: (source, field, pod) => [...needsSome("monitors")(source, field, pod), ...needs("image")(source, field, pod)],
  cinder: withSecret(needs("volumeID")),
  cephfs: needsSome("monitors"),
  quobyte: validateQuobyte,
  downwardAPI: validateDownward,
  fc: validateFC,
  flexVolume: validateFlex,
  configMap: keyed("name"),
  azureFile: needs("secretName", "shareName"),
  vsphereVolume: needs("volumePath"),
  photonPersistentDisk: needs("pdID"),
  portworxVolume: needs("volumeID"),
  azureDisk: validateAzureDisk,
  storageos: withSecret(validateStorageOS),
  projected: validateProjected,
  scaleIO: needs("gateway", "system", "volumeName"),
  csi: validateCsi,
  ephemeral: validateEphemeral,
  image: ({ reference, pullPolicy }, field, { isPod }) => [
    ...(isPod && !reference ? [required(`${field}.reference`)] : []),
    ...validatePullPolicy(pullPolicy, `${field}.pullPolicy`),
  ],
};
