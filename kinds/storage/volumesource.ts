// Where a PersistentVolume's bytes are: defaults and validation of every source upstream knows (kk:pkg/apis/core/validation
// validate…VolumeSource, kk:pkg/apis/core/v1/zz_generated.defaults.go). SOURCES stand in the order in which upstream looks at them.
import type { FieldError } from "../kind.ts";
import type { Loose } from "../object.ts";
import { noBacksteps } from "../podspec/paths.ts";
import { invalid, invalidEach, notSupported, required, tooManyBytes } from "../rules/errors.ts";
import { byteLength, dns1123Label, dns1123Subdomain, inRange } from "../rules/names.ts";

type Check = (source: Loose, path: string, volume: string) => FieldError[];

interface Source {
  check: Check;
  /** Where errors are said to be, if not at the field. */
  says?: string;
  defaults?: Record<string, string | boolean>;
}

/** Fields that may not be empty, each where it is said to be. */
function needs(...fields: string[]): Check {
  return (source, path) =>
    fields.filter((field) => !source[field]?.length).map((field) => required(`${path}.${field}`));
}

function all(...checks: Check[]): Check {
  return (source, path, volume) => checks.flatMap((check) => check(source, path, volume));
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

const hostPath: Check = ({ path: text, type }, path) => {
  if (!text) return [required(`${path}.path`)];
  const errors = noBacksteps(`${path}.path`, text);
  return type === undefined || HOST_PATH_TYPES.includes(type)
    ? errors
    : [...errors, notSupported(`${path}.type`, type, HOST_PATH_TYPES)];
};

const partition: Check = ({ partition: number = 0 }, path) =>
  number < 0 || number > 255 ? [invalid(`${path}.partition`, number, inRange(1, 255))] : [];

const secretRef =
  (...fields: string[]): Check =>
  (source, path) =>
    source.secretRef ? needs(...fields)(source.secretRef, `${path}.secretRef`, "") : [];

const glusterfs: Check = ({ endpointsNamespace: namespace }, path) => {
  if (namespace === undefined) return [];
  const field = `${path}.endpointsNamespace`;
  return namespace === ""
    ? [invalid(field, namespace, "if the endpointnamespace is set, it must be a valid namespace name")]
    : invalidEach(field, namespace, dns1123Label(namespace));
};

const flocker: Check = ({ datasetName = "", datasetUUID = "" }, path) => {
  const errors: FieldError[] = [];
  if (!datasetName && !datasetUUID) errors.push(required(path, "one of datasetName and datasetUUID is required"));
  if (datasetName && datasetUUID)
    errors.push(invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
  if (datasetName.includes("/")) errors.push(invalid(`${path}.datasetName`, datasetName, "must not contain '/'"));
  return errors;
};

const nfs: Check = ({ path: text = "" }, path) =>
  text.startsWith("/") ? [] : [invalid(`${path}.path`, text, "must be an absolute path")];

const HOST_PORT = /^(\[[^[\]]*\]|[^[\]:]*):[^[\]:]*$/;
const PAIRS = "must be a host:port pair or multiple pairs separated by commas";

const quobyte: Check = ({ registry = "", tenant = "" }, path) => {
  if (registry === "") return [required(`${path}.registry`, PAIRS)];
  if (byteLength(tenant) >= 65)
    return [required(`${path}.tenant`, "must be a UUID and may not exceed a length of 64 characters")];
  return registry
    .split(",")
    .filter((pair: string) => !HOST_PORT.test(pair))
    .map(() => invalid(`${path}.registry`, registry, PAIRS));
};

const INITIATORS: Record<string, RegExp> = {
  iqn: /iqn\.\d{4}-\d{2}\.[A-Za-z0-9\-.]+:[^,;*&$|\s]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function initiatorErrors(field: string, name: string): FieldError[] {
  return INITIATORS[name.slice(0, 3)]?.test(name) ? [] : [invalid(field, name, "must be valid format")];
}

const iscsi: Check = (source, path, volume) => {
  const { targetPortal = "", initiatorName, iqn = "", lun = 0 } = source;
  const errors: FieldError[] = targetPortal === "" ? [required(`${path}.targetPortal`)] : [];
  if (initiatorName !== undefined && byteLength(`${volume}:${targetPortal}`) > 64) {
    const text =
      "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.";
    errors.push(invalid(`${path}.targetportal`, targetPortal, text));
  }
  errors.push(...(iqn === "" ? [required(`${path}.iqn`)] : initiatorErrors(`${path}.iqn`, iqn)));
  if (lun < 0 || lun > 255) errors.push(invalid(`${path}.lun`, lun, inRange(0, 255)));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef)
    errors.push(required(`${path}.secretRef`));
  errors.push(...secretRef("name")(source, path, volume));
  if (initiatorName !== undefined) errors.push(...initiatorErrors(`${path}.initiatorname`, initiatorName));
  return errors;
};

const fc: Check = ({ targetWWNs = [], wwids = [], lun }, path) => {
  const errors: FieldError[] = [];
  const field = `${path}.targetWWNs`;
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(field, "must specify either targetWWNs or wwids, but not both"));
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalid(field, targetWWNs, "targetWWNs and wwids can not be specified simultaneously"));
  if (targetWWNs.length === 0) return errors;
  if (lun === undefined) errors.push(required(`${path}.lun`, "lun is required if targetWWNs is specified"));
  else if (lun < 0 || lun > 255) errors.push(invalid(`${path}.lun`, lun, inRange(0, 255)));
  return errors;
};

const flexVolume: Check = ({ driver, options }, path) => {
  const errors: FieldError[] = driver ? [] : [required(`${path}.driver`)];
  for (const key of Object.keys(options ?? {}).sort()) {
    if (/(^|\.)(kubernetes|k8s)\.io$/i.test(key.split("/")[0] ?? ""))
      errors.push(invalid(`${path}.options[${key}]`, key, "kubernetes.io and k8s.io namespaces are reserved"));
  }
  return errors;
};

const CACHING = ["None", "ReadOnly", "ReadWrite"];
const DISKS = ["Dedicated", "Managed", "Shared"];
const MANAGED_URI = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
const BLOB_URI = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";

const azureDisk: Check = ({ cachingMode, diskURI = "", kind }, path) => {
  const errors: FieldError[] = [];
  if (!CACHING.includes(cachingMode)) errors.push(notSupported(`${path}.cachingMode`, cachingMode, CACHING));
  if (!DISKS.includes(kind)) errors.push(notSupported(`${path}.kind`, kind, DISKS));
  if (kind === "Managed" && !diskURI.startsWith("/subscriptions/"))
    errors.push(notSupported(`${path}.diskURI`, diskURI, [MANAGED_URI]));
  if (kind !== "Managed" && !diskURI.startsWith("https://"))
    errors.push(notSupported(`${path}.diskURI`, diskURI, [BLOB_URI]));
  return errors;
};

const azureFile: Check = ({ secretNamespace }, path) =>
  secretNamespace === "" ? [required(`${path}.secretNamespace`)] : [];

const local: Check = ({ path: text = "" }, path) => (text === "" ? [] : noBacksteps(`${path}.path`, text));

const storageos: Check = ({ volumeName = "", volumeNamespace = "" }, path) => [
  ...(volumeName === "" ? [] : invalidEach(`${path}.volumeName`, volumeName, dns1123Label(volumeName))),
  ...(volumeNamespace === ""
    ? []
    : invalidEach(`${path}.volumeNamespace`, volumeNamespace, dns1123Label(volumeNamespace))),
];

export function driverNameErrors(field: string, driver: string): FieldError[] {
  if (driver === "") return [required(field)];
  const errors: FieldError[] = byteLength(driver) > 63 ? [tooManyBytes(field, 63)] : [];
  return [...errors, ...invalidEach(field, driver, dns1123Subdomain(driver.toLowerCase()))];
}

/** nodeStageSecretRef is not looked at by upstream. */
const CSI_SECRETS = [
  "controllerPublishSecretRef",
  "controllerExpandSecretRef",
  "nodePublishSecretRef",
  "nodeExpandSecretRef",
];

const csi: Check = (source, path) => {
  const errors = driverNameErrors(`${path}.driver`, source.driver ?? "");
  if (!source.volumeHandle) errors.push(required(`${path}.volumeHandle`));
  for (const field of CSI_SECRETS) {
    if (!source[field]) continue;
    const { name, namespace } = source[field];
    const at = `${path}.${field}`;
    errors.push(...(name ? invalidEach(`${at}.name`, name, dns1123Subdomain(name)) : [required(`${at}.name`)]));
    errors.push(
      ...(namespace
        ? invalidEach(`${at}.namespace`, namespace, dns1123Label(namespace))
        : [required(`${at}.namespace`)]),
    );
  }
  return errors;
};

export const SOURCES: Readonly<Record<string, Source>> = {
  hostPath: { check: hostPath, defaults: { type: "" } },
  gcePersistentDisk: { check: all(needs("pdName"), partition), says: "persistentDisk" },
  awsElasticBlockStore: { check: all(needs("volumeID"), partition) },
  glusterfs: { check: all(needs("endpoints", "path"), glusterfs) },
  flocker: { check: flocker },
  nfs: { check: all(needs("server", "path"), nfs) },
  rbd: {
    check: needs("monitors", "image"),
    defaults: { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" },
  },
  quobyte: { check: all(quobyte, needs("volume")) },
  cephfs: { check: needs("monitors") },
  iscsi: { check: iscsi, defaults: { iscsiInterface: "default" } },
  cinder: { check: all(needs("volumeID"), secretRef("name", "namespace")) },
  fc: { check: fc },
  flexVolume: { check: flexVolume },
  azureFile: { check: all(needs("secretName", "shareName"), azureFile) },
  vsphereVolume: { check: needs("volumePath") },
  photonPersistentDisk: { check: needs("pdID") },
  portworxVolume: { check: needs("volumeID") },
  azureDisk: {
    check: all(needs("diskName", "diskURI"), azureDisk),
    defaults: { cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" },
  },
  scaleIO: {
    check: needs("gateway", "system", "volumeName"),
    defaults: { storageMode: "ThinProvisioned", fsType: "xfs" },
  },
  local: { check: all(needs("path"), local) },
  storageos: { check: all(needs("volumeName"), storageos, secretRef("name", "namespace")) },
  csi: { check: csi },
};

/** In place. Pointers count as said when they are empty, plain strings do not. */
export function defaultVolumeSource(spec: Loose): void {
  for (const [name, { defaults }] of Object.entries(SOURCES)) {
    if (!spec[name] || defaults === undefined) continue;
    const pointers = name === "hostPath" || name === "azureDisk";
    for (const [field, value] of Object.entries(defaults)) {
      if (spec[name][field] === undefined || (!pointers && spec[name][field] === "")) spec[name][field] = value;
    }
  }
}
