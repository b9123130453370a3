// Go's internal types of volumes and claims, for the errors that quote them (kk:pkg/apis/core/types.go; rules/gojson.ts says how).
import type { Loose } from "../object.ts";
import { unifiedDiff } from "../rules/diff.ts";
import { goPretty, goValue, type GoStruct } from "../rules/gojson.ts";

const SECRET: GoStruct = { Name: ["name", ""], Namespace: ["namespace", ""] };

const OBJECT: GoStruct = {
  Kind: ["kind", ""],
  Namespace: ["namespace", ""],
  Name: ["name", ""],
  UID: ["uid", ""],
  APIVersion: ["apiVersion", ""],
  ResourceVersion: ["resourceVersion", ""],
  FieldPath: ["fieldPath", ""],
};

const DISK: GoStruct = {
  FSType: ["fsType", ""],
  Partition: ["partition", 0],
  ReadOnly: ["readOnly", false],
};

export const VOLUME_SOURCE: GoStruct = {
  GCEPersistentDisk: ["gcePersistentDisk", null, { PDName: ["pdName", ""], ...DISK }],
  AWSElasticBlockStore: ["awsElasticBlockStore", null, { VolumeID: ["volumeID", ""], ...DISK }],
  HostPath: ["hostPath", null, { Path: ["path", ""], Type: ["type", null] }],
  Glusterfs: [
    "glusterfs",
    null,
    {
      EndpointsName: ["endpoints", ""],
      Path: ["path", ""],
      ReadOnly: ["readOnly", false],
      EndpointsNamespace: ["endpointsNamespace", null],
    },
  ],
  NFS: ["nfs", null, { Server: ["server", ""], Path: ["path", ""], ReadOnly: ["readOnly", false] }],
  RBD: [
    "rbd",
    null,
    {
      CephMonitors: ["monitors", null],
      RBDImage: ["image", ""],
      FSType: ["fsType", ""],
      RBDPool: ["pool", ""],
      RadosUser: ["user", ""],
      Keyring: ["keyring", ""],
      SecretRef: ["secretRef", null, SECRET],
      ReadOnly: ["readOnly", false],
    },
  ],
  Quobyte: [
    "quobyte",
    null,
    {
      Registry: ["registry", ""],
      Volume: ["volume", ""],
      ReadOnly: ["readOnly", false],
      User: ["user", ""],
      Group: ["group", ""],
      Tenant: ["tenant", ""],
    },
  ],
  ISCSI: [
    "iscsi",
    null,
    {
      TargetPortal: ["targetPortal", ""],
      IQN: ["iqn", ""],
      Lun: ["lun", 0],
      ISCSIInterface: ["iscsiInterface", ""],
      FSType: ["fsType", ""],
      ReadOnly: ["readOnly", false],
      Portals: ["portals", null],
      DiscoveryCHAPAuth: ["chapAuthDiscovery", false],
      SessionCHAPAuth: ["chapAuthSession", false],
      SecretRef: ["secretRef", null, SECRET],
      InitiatorName: ["initiatorName", null],
    },
  ],
  FlexVolume: [
    "flexVolume",
    null,
    {
      Driver: ["driver", ""],
      FSType: ["fsType", ""],
      SecretRef: ["secretRef", null, SECRET],
      ReadOnly: ["readOnly", false],
      Options: ["options", null],
    },
  ],
  Cinder: [
    "cinder",
    null,
    {
      VolumeID: ["volumeID", ""],
      FSType: ["fsType", ""],
      ReadOnly: ["readOnly", false],
      SecretRef: ["secretRef", null, SECRET],
    },
  ],
  CephFS: [
    "cephfs",
    null,
    {
      Monitors: ["monitors", null],
      Path: ["path", ""],
      User: ["user", ""],
      SecretFile: ["secretFile", ""],
      SecretRef: ["secretRef", null, SECRET],
      ReadOnly: ["readOnly", false],
    },
  ],
  FC: [
    "fc",
    null,
    {
      TargetWWNs: ["targetWWNs", null],
      Lun: ["lun", null],
      FSType: ["fsType", ""],
      ReadOnly: ["readOnly", false],
      WWIDs: ["wwids", null],
    },
  ],
  Flocker: ["flocker", null, { DatasetName: ["datasetName", ""], DatasetUUID: ["datasetUUID", ""] }],
  AzureFile: [
    "azureFile",
    null,
    {
      SecretName: ["secretName", ""],
      ShareName: ["shareName", ""],
      ReadOnly: ["readOnly", false],
      SecretNamespace: ["secretNamespace", null],
    },
  ],
  VsphereVolume: [
    "vsphereVolume",
    null,
    {
      VolumePath: ["volumePath", ""],
      FSType: ["fsType", ""],
      StoragePolicyName: ["storagePolicyName", ""],
      StoragePolicyID: ["storagePolicyID", ""],
    },
  ],
  AzureDisk: [
    "azureDisk",
    null,
    {
      DiskName: ["diskName", ""],
      DataDiskURI: ["diskURI", ""],
      CachingMode: ["cachingMode", null],
      FSType: ["fsType", null],
      ReadOnly: ["readOnly", null],
      Kind: ["kind", null],
    },
  ],
  PhotonPersistentDisk: ["photonPersistentDisk", null, { PdID: ["pdID", ""], FSType: ["fsType", ""] }],
  PortworxVolume: [
    "portworxVolume",
    null,
    { VolumeID: ["volumeID", ""], FSType: ["fsType", ""], ReadOnly: ["readOnly", false] },
  ],
  ScaleIO: [
    "scaleIO",
    null,
    {
      Gateway: ["gateway", ""],
      System: ["system", ""],
      SecretRef: ["secretRef", null, SECRET],
      SSLEnabled: ["sslEnabled", false],
      ProtectionDomain: ["protectionDomain", ""],
      StoragePool: ["storagePool", ""],
      StorageMode: ["storageMode", ""],
      VolumeName: ["volumeName", ""],
      FSType: ["fsType", ""],
      ReadOnly: ["readOnly", false],
    },
  ],
  Local: ["local", null, { Path: ["path", ""], FSType: ["fsType", null] }],
  StorageOS: [
    "storageos",
    null,
    {
      VolumeName: ["volumeName", ""],
      VolumeNamespace: ["volumeNamespace", ""],
      FSType: ["fsType", ""],
      ReadOnly: ["readOnly", false],
      SecretRef: ["secretRef", null, OBJECT],
    },
  ],
  CSI: [
    "csi",
    null,
    {
      Driver: ["driver", ""],
      VolumeHandle: ["volumeHandle", ""],
      ReadOnly: ["readOnly", false],
      FSType: ["fsType", ""],
      VolumeAttributes: ["volumeAttributes", null],
      ControllerPublishSecretRef: ["controllerPublishSecretRef", null, SECRET],
      NodeStageSecretRef: ["nodeStageSecretRef", null, SECRET],
      NodePublishSecretRef: ["nodePublishSecretRef", null, SECRET],
      ControllerExpandSecretRef: ["controllerExpandSecretRef", null, SECRET],
      NodeExpandSecretRef: ["nodeExpandSecretRef", null, SECRET],
    },
  ],
};

const REQUIREMENT: GoStruct = { Key: ["key", ""], Operator: ["operator", ""], Values: ["values", null] };

const NODE_SELECTOR: GoStruct = {
  NodeSelectorTerms: [
    "nodeSelectorTerms",
    null,
    { MatchExpressions: ["matchExpressions", null, REQUIREMENT], MatchFields: ["matchFields", null, REQUIREMENT] },
  ],
};

export const NODE_AFFINITY: GoStruct = { Required: ["required", null, NODE_SELECTOR] };

const SOURCE: GoStruct = { APIGroup: ["apiGroup", null], Kind: ["kind", ""], Name: ["name", ""] };

export const CLAIM_SPEC: GoStruct = {
  AccessModes: ["accessModes", null],
  Selector: ["selector", null],
  Resources: ["resources", {}, { Limits: ["limits", null], Requests: ["requests", null] }],
  VolumeName: ["volumeName", ""],
  StorageClassName: ["storageClassName", null],
  VolumeMode: ["volumeMode", null],
  DataSource: ["dataSource", null, SOURCE],
  DataSourceRef: ["dataSourceRef", null, { ...SOURCE, Namespace: ["namespace", null] }],
  VolumeAttributesClassName: ["volumeAttributesClassName", null],
};

/** PersistentVolumeSource is embedded, so its fields stand among the spec's. */
export const VOLUME_SPEC: GoStruct = {
  Capacity: ["capacity", null],
  ...VOLUME_SOURCE,
  AccessModes: ["accessModes", null],
  ClaimRef: ["claimRef", null, OBJECT],
  PersistentVolumeReclaimPolicy: ["persistentVolumeReclaimPolicy", ""],
  StorageClassName: ["storageClassName", ""],
  MountOptions: ["mountOptions", null],
  VolumeMode: ["volumeMode", null],
  NodeAffinity: ["nodeAffinity", null, NODE_AFFINITY],
  VolumeAttributesClassName: ["volumeAttributesClassName", null],
};

/** What upstream appends to an error about a change: a diff of the internal values' JSON. */
export function goDiff(struct: GoStruct, before: Loose, after: Loose): string {
  return unifiedDiff(goPretty(goValue(struct, before)), goPretty(goValue(struct, after)));
}
