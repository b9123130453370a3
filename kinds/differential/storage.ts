// PersistentVolume, PersistentVolumeClaim, StorageClass and its kin, ResourceQuota, LimitRange, RuntimeClass: what must come back alike, be refused
// alike, and be updated alike by kube-apiserver and by us.
import type { Loose } from "../object.ts";

type Make = (fields: Loose, metadata?: Loose) => Loose;

const kind =
  (apiVersion: string, name: string): Make =>
  (fields, metadata = {}) => ({ apiVersion, kind: name, metadata: { name: "x", ...metadata }, ...fields });

const claimOf = kind("v1", "PersistentVolumeClaim");
const volumeOf = kind("v1", "PersistentVolume");
const quotaOf = kind("v1", "ResourceQuota");
const limitsOf = kind("v1", "LimitRange");
const storageClass = kind("storage.k8s.io/v1", "StorageClass");
const attributes = kind("storage.k8s.io/v1", "VolumeAttributesClass");
const driverOf = kind("storage.k8s.io/v1", "CSIDriver");
const csiNodeOf = kind("storage.k8s.io/v1", "CSINode");
const capacity = kind("storage.k8s.io/v1", "CSIStorageCapacity");
const attachmentOf = kind("storage.k8s.io/v1", "VolumeAttachment");
const runtimeClass = kind("node.k8s.io/v1", "RuntimeClass");

const claim = (spec: Loose = {}, metadata?: Loose): Loose =>
  claimOf({ spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec } }, metadata);
const volume = (spec: Loose = {}, metadata?: Loose): Loose =>
  volumeOf({ spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, ...spec } }, metadata);
const onDisk = { hostPath: { path: "/data" } };
const quota = (hard: Loose, spec: Loose = {}): Loose => quotaOf({ spec: { hard, ...spec } });
const limits = (...items: Loose[]): Loose => limitsOf({ spec: { limits: items } });
const driver = (spec: Loose = {}, metadata?: Loose): Loose => driverOf({ spec }, metadata);
const csiNode = (...drivers: Loose[]): Loose => csiNodeOf({ spec: { drivers } });
const attachment = (spec: Loose = {}, metadata?: Loose): Loose =>
  attachmentOf(
    { spec: { attacher: "csi.example.com", nodeName: "n", source: { persistentVolumeName: "pv" }, ...spec } },
    metadata,
  );

const zone = (values: string[], key = "topology.kubernetes.io/zone"): Loose => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In", values }] }] },
});
const topology = (...expressions: Loose[]): Loose => ({ matchLabelExpressions: expressions });
const secretRef = { name: "s", namespace: "ns" };
const inline = { accessModes: ["ReadWriteOnce"], csi: { driver: "d.example.com", volumeHandle: "h" } };
const snapshot = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "s" };

/** Every source, whole. */
const SOURCES: Record<string, Loose> = {
  gcePersistentDisk: { pdName: "d", fsType: "ext4", partition: 1, readOnly: true },
  awsElasticBlockStore: { volumeID: "v", fsType: "ext4", partition: 2, readOnly: true },
  hostPath: { path: "/a", type: "DirectoryOrCreate" },
  glusterfs: { endpoints: "e", path: "p", readOnly: true, endpointsNamespace: "ns" },
  nfs: { server: "s", path: "/p", readOnly: true },
  rbd: { monitors: ["m"], image: "i", fsType: "xfs", secretRef, readOnly: true },
  quobyte: { registry: "a:1,[::1]:2", volume: "v", user: "u", group: "g", tenant: "t" },
  iscsi: {
    targetPortal: "1.2.3.4:3260",
    iqn: "iqn.2001-04.com.example:storage.disk1",
    lun: 3,
    portals: ["1.2.3.5"],
    chapAuthDiscovery: true,
    secretRef,
    initiatorName: "iqn.2001-04.com.example:client",
  },
  flexVolume: { driver: "k/d", fsType: "ext4", secretRef, options: { a: "b" } },
  cinder: { volumeID: "v", fsType: "ext4", secretRef },
  cephfs: { monitors: ["m"], path: "/p", user: "u", secretFile: "/f", secretRef },
  fc: { targetWWNs: ["w"], lun: 0, fsType: "ext4" },
  flocker: { datasetName: "d" },
  azureFile: { secretName: "s", shareName: "n", secretNamespace: "ns" },
  vsphereVolume: { volumePath: "p", storagePolicyName: "n", storagePolicyID: "i" },
  azureDisk: { diskName: "d", diskURI: "https://a.blob.core.windows.net/c/d.vhd" },
  photonPersistentDisk: { pdID: "p" },
  portworxVolume: { volumeID: "v", readOnly: true },
  scaleIO: { gateway: "g", system: "s", volumeName: "v", secretRef, sslEnabled: true },
  storageos: { volumeName: "v", volumeNamespace: "n", secretRef: { name: "s", namespace: "n" } },
  csi: {
    driver: "d.example.com",
    volumeHandle: "h",
    readOnly: true,
    fsType: "ext4",
    volumeAttributes: { a: "b" },
    controllerPublishSecretRef: secretRef,
    nodeStageSecretRef: secretRef,
    nodePublishSecretRef: secretRef,
    controllerExpandSecretRef: secretRef,
    nodeExpandSecretRef: secretRef,
  },
};

export const valid: [string, Loose][] = [
  ["LimitRange, empty", limitsOf({ spec: { limits: [] } })],
  ["LimitRange, no limits", limitsOf({ spec: {} })],
  ["LimitRange, container", limits({ type: "Container", max: { cpu: "2", memory: "1Gi" }, min: { cpu: "100m" } })],
  [
    "LimitRange, container, every field",
    limits({
      type: "Container",
      max: { cpu: "4", memory: "2Gi", "a.b/gpu": "2" },
      min: { cpu: "0.1", memory: "64Mi" },
      default: { cpu: "1000m", memory: "1024Mi" },
      defaultRequest: { cpu: "250m" },
      maxLimitRequestRatio: { cpu: "10", memory: "1.5" },
    }),
  ],
  ["LimitRange, container, default alone", limits({ type: "Container", default: { cpu: "1" } })],
  ["LimitRange, container, only a type", limits({ type: "Container" })],
  [
    "LimitRange, pod and claim",
    limits(
      { type: "Pod", max: { cpu: "4" }, maxLimitRequestRatio: { memory: "2" } },
      { type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "10Gi" } },
    ),
  ],
  ["LimitRange, a type of one's own", limits({ type: "example.com/image", max: { storage: "1G" } })],
  ["ResourceQuota, empty", quotaOf({ spec: {} })],
  ["ResourceQuota, no spec", quotaOf({})],
  ["ResourceQuota, compute", quota({ "requests.cpu": "1.5", "limits.memory": "2048Mi", cpu: "1000m", memory: "1e3" })],
  [
    "ResourceQuota, counts",
    quota({
      pods: "10",
      services: "5",
      "services.nodeports": "0",
      "services.loadbalancers": "1",
      configmaps: "7",
      secrets: "8",
      persistentvolumeclaims: "3",
      replicationcontrollers: "1",
      resourcequotas: "2",
      "count/deployments.apps": "4",
    }),
  ],
  [
    "ResourceQuota, storage and extended",
    quota({
      "requests.storage": "100Gi",
      "gold.storageclass.storage.k8s.io/requests.storage": "1Gi",
      "requests.nvidia.com/gpu": "4",
      "hugepages-2Mi": "4Mi",
      "requests.hugepages-1Gi": "1Gi",
      "requests.ephemeral-storage": "1Gi",
      "limits.ephemeral-storage": "1Gi",
    }),
  ],
  ["ResourceQuota, half of what is asked for", quota({ "requests.a.b/c": "0.5" })],
  ["ResourceQuota, scopes", quota({ pods: "1" }, { scopes: ["BestEffort", "Terminating"] })],
  [
    "ResourceQuota, scope selector",
    quota(
      { pods: "1", cpu: "1" },
      {
        scopeSelector: {
          matchExpressions: [
            { scopeName: "PriorityClass", operator: "In", values: ["high"] },
            { scopeName: "NotTerminating", operator: "Exists" },
            { scopeName: "PriorityClass", operator: "DoesNotExist" },
            { scopeName: "CrossNamespacePodAffinity", operator: "Exists" },
          ],
        },
      },
    ),
  ],
  [
    "ResourceQuota, volume attributes",
    quota(
      { "requests.storage": "1Gi" },
      {
        scopeSelector: { matchExpressions: [{ scopeName: "VolumeAttributesClass", operator: "NotIn", values: ["a"] }] },
      },
    ),
  ],
  [
    "ResourceQuota, status is not for clients",
    quotaOf({ spec: { hard: { pods: "1" } }, status: { hard: { pods: "9" } } }),
  ],

  ["PersistentVolumeClaim, smallest", claim()],
  ["PersistentVolumeClaim, no class", claim({ storageClassName: "" })],
  [
    "PersistentVolumeClaim, odd amounts",
    claim({ resources: { requests: { storage: "1500m" }, limits: { storage: "2048Ki" } } }),
  ],
  ["PersistentVolumeClaim, more resources", claim({ resources: { requests: { storage: "1Gi", "a.b/iops": "5" } } })],
  [
    "PersistentVolumeClaim, every field",
    claim(
      {
        accessModes: ["ReadWriteMany", "ReadOnlyMany", "ReadWriteOnce"],
        selector: { matchLabels: { a: "b" }, matchExpressions: [{ key: "c", operator: "NotIn", values: ["d"] }] },
        volumeName: "pv",
        storageClassName: "fast.ssd",
        volumeMode: "Block",
        dataSource: { kind: "PersistentVolumeClaim", name: "old" },
        volumeAttributesClassName: "gold",
      },
      {
        labels: { app: "db" },
        annotations: { "volume.beta.kubernetes.io/storage-provisioner": "p" },
        finalizers: ["a.b/c"],
      },
    ),
  ],
  ["PersistentVolumeClaim, once per pod", claim({ accessModes: ["ReadWriteOncePod"] })],
  ["PersistentVolumeClaim, snapshot", claim({ dataSource: snapshot })],
  ["PersistentVolumeClaim, snapshot by reference", claim({ dataSourceRef: snapshot })],
  ["PersistentVolumeClaim, both sources", claim({ dataSource: snapshot, dataSourceRef: snapshot })],
  [
    "PersistentVolumeClaim, any source by reference",
    claim({ dataSourceRef: { apiGroup: "a.b", kind: "Image", name: "i" } }),
  ],
  [
    "PersistentVolumeClaim, source that is dropped",
    claim({ dataSource: { apiGroup: "a.b", kind: "Image", name: "i" } }),
  ],
  [
    "PersistentVolumeClaim, source elsewhere is dropped",
    claim({ dataSourceRef: { apiGroup: "a.b", kind: "Image", name: "i", namespace: "other" } }),
  ],
  ["PersistentVolumeClaim, empty selector", claim({ selector: {} })],
  [
    "PersistentVolumeClaim, annotation of old",
    claim({}, { annotations: { "volume.beta.kubernetes.io/storage-class": "slow" } }),
  ],
  [
    "PersistentVolumeClaim, status is not for clients",
    { ...claim(), status: { phase: "Bound", capacity: { storage: "5Gi" } } },
  ],
  ["PersistentVolumeClaim, empty attributes class", claim({ volumeAttributesClassName: "" })],

  ...Object.entries(SOURCES).map(([name, source]): [string, Loose] => [
    `PersistentVolume, ${name}`,
    volume({ [name]: source }),
  ]),
  ["PersistentVolume, smallest", volume(onDisk)],
  ["PersistentVolume, local", volume({ local: { path: "/mnt", fsType: "ext4" }, nodeAffinity: zone(["a"]) })],
  [
    "PersistentVolume, managed disk",
    volume({ azureDisk: { diskName: "d", diskURI: "/subscriptions/x", kind: "Managed" } }),
  ],
  [
    "PersistentVolume, defaults not taken",
    volume({ rbd: { monitors: ["m"], image: "i", pool: "p", user: "u", keyring: "/k" }, volumeMode: "Block" }),
  ],
  [
    "PersistentVolume, small iscsi",
    volume({ iscsi: { targetPortal: "1.2.3.4", iqn: "eui.0123456789abcdef", lun: 0 } }),
  ],
  ["PersistentVolume, wwids", volume({ fc: { wwids: ["w"] } })],
  [
    "PersistentVolume, every field",
    volume(
      {
        csi: SOURCES["csi"],
        accessModes: ["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"],
        capacity: { storage: "1.5Gi" },
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "default", name: "c", uid: "u" },
        persistentVolumeReclaimPolicy: "Delete",
        storageClassName: "fast",
        mountOptions: ["hard", "nfsvers=4.1"],
        volumeMode: "Filesystem",
        volumeAttributesClassName: "gold",
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: "a", operator: "Exists" }],
                matchFields: [{ key: "metadata.name", operator: "In", values: ["n"] }],
              },
              { matchExpressions: [{ key: "cpus", operator: "Gt", values: ["4"] }] },
            ],
          },
        },
      },
      { labels: { a: "b" } },
    ),
  ],
  [
    "PersistentVolume, annotations of old",
    volume(
      { nfs: SOURCES["nfs"] },
      {
        annotations: {
          "volume.beta.kubernetes.io/mount-options": "hard",
          "volume.beta.kubernetes.io/storage-class": "slow",
        },
      },
    ),
  ],
  ["PersistentVolume, once per pod", volume({ ...onDisk, accessModes: ["ReadWriteOncePod"] })],
  ["PersistentVolume, status is not for clients", { ...volume(onDisk), status: { phase: "Bound", reason: "r" } }],

  ["StorageClass, smallest", storageClass({ provisioner: "kubernetes.io/no-provisioner" })],
  [
    "StorageClass, every field",
    storageClass({
      provisioner: "Csi.Example.com",
      parameters: { type: "gp3", "csi.storage.k8s.io/fstype": "ext4" },
      reclaimPolicy: "Retain",
      mountOptions: ["discard"],
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
      allowedTopologies: [
        topology({ key: "topology.kubernetes.io/zone", values: ["a", "b"] }),
        topology({ key: "x/y", values: ["c"] }),
      ],
    }),
  ],
  ["StorageClass, not expandable", storageClass({ provisioner: "a.b", allowVolumeExpansion: false, parameters: {} })],
  [
    "StorageClass, the default",
    storageClass({ provisioner: "a.b" }, { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }),
  ],
  [
    "StorageClass, the default of old",
    storageClass(
      { provisioner: "a.b" },
      { annotations: { "storageclass.beta.kubernetes.io/is-default-class": "true" } },
    ),
  ],
  ["StorageClass, empty reclaim policy", storageClass({ provisioner: "a.b", reclaimPolicy: "" })],
  ["StorageClass, generated name", storageClass({ provisioner: "a.b" }, { name: "sc-generated", generateName: "sc-" })],

  ["VolumeAttributesClass, smallest", attributes({ driverName: "csi.example.com", parameters: { iops: "100" } })],
  ["VolumeAttributesClass, capitals", attributes({ driverName: "CSI.Example.com", parameters: { a: "", b: "c" } })],

  ["CSIDriver, smallest", driver()],
  [
    "CSIDriver, every field",
    driver(
      {
        attachRequired: false,
        podInfoOnMount: true,
        storageCapacity: true,
        fsGroupPolicy: "File",
        volumeLifecycleModes: ["Persistent", "Ephemeral"],
        tokenRequests: [{ audience: "" }, { audience: "vault", expirationSeconds: 600 }],
        requiresRepublish: true,
        seLinuxMount: true,
        nodeAllocatableUpdatePeriodSeconds: 10,
        serviceAccountTokenInSecrets: true,
      },
      { name: "csi.example.com" },
    ),
  ],
  ["CSIDriver, empty modes", driver({ volumeLifecycleModes: [], tokenRequests: [] })],
  ["CSIDriver, alpha field is dropped", driver({ preventPodSchedulingIfMissing: true })],
  ["CSINode, smallest", csiNode()],
  ["CSINode, no drivers", csiNodeOf({ spec: {} })],
  [
    "CSINode, drivers",
    csiNode(
      {
        name: "a.example.com",
        nodeID: "n1",
        topologyKeys: ["topology.kubernetes.io/zone", "x"],
        allocatable: { count: 5 },
      },
      { name: "b.example.com", nodeID: "n2" },
      { name: "c.example.com", nodeID: "n2", topologyKeys: [], allocatable: {} },
    ),
  ],
  ["CSIStorageCapacity, smallest", capacity({ storageClassName: "fast" })],
  [
    "CSIStorageCapacity, every field",
    capacity({
      storageClassName: "fast",
      nodeTopology: { matchLabels: { zone: "a" }, matchExpressions: [{ key: "b", operator: "Exists" }] },
      capacity: "1024Mi",
      maximumVolumeSize: "0.5Gi",
    }),
  ],
  ["CSIStorageCapacity, none left", capacity({ storageClassName: "fast", capacity: "0", nodeTopology: {} })],
  ["VolumeAttachment, by name", attachment()],
  ["VolumeAttachment, inline", attachment({ source: { inlineVolumeSpec: inline } })],
  [
    "VolumeAttachment, inline, more",
    attachment({
      source: {
        inlineVolumeSpec: {
          ...inline,
          persistentVolumeReclaimPolicy: "Retain",
          volumeMode: "Filesystem",
          mountOptions: ["a"],
        },
      },
    }),
  ],
  ["VolumeAttachment, status is not for clients", { ...attachment(), status: { attached: true } }],
  ["RuntimeClass, smallest", runtimeClass({ handler: "runc" })],
  [
    "RuntimeClass, every field",
    runtimeClass({
      handler: "kata-qemu",
      overhead: { podFixed: { cpu: "0.25", memory: "128Mi", "a.b/c": "1" } },
      scheduling: {
        nodeSelector: { "katacontainers.io/runtime": "true" },
        tolerations: [
          { key: "a", operator: "Exists", effect: "NoSchedule" },
          { key: "a", operator: "Equal", value: "b", effect: "NoExecute", tolerationSeconds: 5 },
          { operator: "Exists" },
        ],
      },
    }),
  ],
  ["RuntimeClass, empty parts", runtimeClass({ handler: "a", overhead: {}, scheduling: {} })],
];

const wrongClaims: Record<string, Loose> = {
  "no access modes": { accessModes: [] },
  "access mode": { accessModes: ["ReadWriteSometimes"] },
  "two unknown access modes": { accessModes: ["A", "ReadWriteOnce", "B"] },
  "once per pod and more": { accessModes: ["ReadWriteOncePod", "ReadWriteOnce"] },
  "no resources": { resources: undefined },
  "no size": { resources: { requests: { cpu: "1" } } },
  "size 0": { resources: { requests: { storage: "0" } } },
  "negative size": { resources: { requests: { storage: "-1Gi" } } },
  "selector key": { selector: { matchLabels: { "a b": "c" } } },
  "selector operator": { selector: { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] } },
  "class name": { storageClassName: "Fast_SSD" },
  "volume mode": { volumeMode: "Tape" },
  "attributes class": { volumeAttributesClassName: "A_b" },
  "source without name": { dataSource: { kind: "PersistentVolumeClaim", name: "" } },
  "reference without kind": { dataSourceRef: { apiGroup: "a.b", kind: "", name: "n" } },
  "reference to the default group": { dataSourceRef: { kind: "Secret", name: "n" } },
  "reference's group": { dataSourceRef: { apiGroup: "A_b", kind: "K", name: "n" } },
  "sources differ": { dataSource: snapshot, dataSourceRef: { ...snapshot, name: "t" } },
  "source that is kept beside a reference": {
    dataSource: { apiGroup: "a.b", kind: "Image", name: "i" },
    dataSourceRef: { apiGroup: "a.b", kind: "Image", name: "j" },
  },
};

const wrongVolumes: Record<string, Loose> = {
  "no source": {},
  "two sources": { ...onDisk, nfs: SOURCES["nfs"] },
  "three sources": { ...onDisk, flexVolume: { driver: "" }, cephfs: { monitors: [] } },
  "no access modes": { ...onDisk, accessModes: undefined },
  "access mode": { ...onDisk, accessModes: ["Once"] },
  "once per pod and more": { ...onDisk, accessModes: ["ReadWriteMany", "ReadWriteOncePod"] },
  "no capacity": { ...onDisk, capacity: undefined },
  "capacity of something else": { ...onDisk, capacity: { cpu: "1" } },
  "capacity of more": { ...onDisk, capacity: { storage: "1Gi", "a.b/c": "1" } },
  "capacity 0": { ...onDisk, capacity: { storage: "0" } },
  "negative capacity": { ...onDisk, capacity: { storage: "-5" } },
  "reclaim policy": { ...onDisk, persistentVolumeReclaimPolicy: "Burn" },
  "recycle the root": { hostPath: { path: "/./" }, persistentVolumeReclaimPolicy: "Recycle" },
  "storage class": { ...onDisk, storageClassName: "A" },
  "volume mode": { ...onDisk, volumeMode: "Tape" },
  "attributes class without csi": { ...onDisk, volumeAttributesClassName: "a" },
  "empty attributes class": { csi: SOURCES["csi"], volumeAttributesClassName: "" },
  "attributes class": { csi: SOURCES["csi"], volumeAttributesClassName: "A_" },
  "affinity without requirement": { ...onDisk, nodeAffinity: {} },
  "affinity without terms": { ...onDisk, nodeAffinity: { required: { nodeSelectorTerms: [] } } },
  "affinity operator": {
    ...onDisk,
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Near" }] }] } },
  },
  "affinity without values": { ...onDisk, nodeAffinity: zone([]) },
  "affinity with values": {
    ...onDisk,
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] }] },
    },
  },
  "affinity, two bounds": {
    ...onDisk,
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Lt", values: ["1", "2"] }] }] },
    },
  },
  "affinity key": { ...onDisk, nodeAffinity: zone(["a"], "a b") },
  "affinity value": { ...onDisk, nodeAffinity: zone(["a b"]) },
  "affinity field": {
    ...onDisk,
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchFields: [{ key: "metadata.uid", operator: "In", values: ["n"] }] }] },
    },
  },
  "affinity field operator": {
    ...onDisk,
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "Exists" }] }] },
    },
  },
  "affinity field values": {
    ...onDisk,
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["n", "M"] }] }],
      },
    },
  },
  "host path without path": { hostPath: { path: "" } },
  "host path backwards": { hostPath: { path: "/a/../b" } },
  "host path type": { hostPath: { path: "/a", type: "Door" } },
  "gce without name": { gcePersistentDisk: { pdName: "" } },
  "gce partition": { gcePersistentDisk: { pdName: "a", partition: 256 } },
  "aws without id": { awsElasticBlockStore: { volumeID: "", partition: -1 } },
  "glusterfs empty": { glusterfs: { endpoints: "", path: "" } },
  "glusterfs namespace": { glusterfs: { endpoints: "e", path: "p", endpointsNamespace: "" } },
  "glusterfs namespace's name": { glusterfs: { endpoints: "e", path: "p", endpointsNamespace: "A.b" } },
  "nfs empty": { nfs: { server: "", path: "" } },
  "nfs relative": { nfs: { server: "s", path: "p" } },
  "rbd empty": { rbd: { monitors: [], image: "" } },
  "quobyte empty": { quobyte: { registry: "", volume: "" } },
  "quobyte without port": { quobyte: { registry: "a:1,b,c:d:e", volume: "v" } },
  "quobyte tenant": { quobyte: { registry: "a:1", volume: "v", tenant: "t".repeat(65) } },
  "iscsi empty": { iscsi: { targetPortal: "", iqn: "", lun: -1 } },
  "iscsi name": { iscsi: { targetPortal: "a", iqn: "iqn.2001-4.com:a", lun: 256 } },
  "iscsi other name": { iscsi: { targetPortal: "a", iqn: "foo", lun: 0, initiatorName: "eui.1" } },
  "iscsi without secret": {
    iscsi: { targetPortal: "a", iqn: "naa.0123456789abcdef0123456789abcdef", lun: 0, chapAuthSession: true },
  },
  "iscsi secret without name": { iscsi: { targetPortal: "a", iqn: "eui.0123456789abcdef", lun: 0, secretRef: {} } },
  "iscsi, too long": {
    iscsi: {
      targetPortal: "a".repeat(63),
      iqn: "eui.0123456789abcdef",
      lun: 0,
      initiatorName: "iqn.2001-04.com.example:c",
    },
  },
  "flex without driver": {
    flexVolume: { driver: "", options: { "kubernetes.io/a": "b", "x.K8s.io/c": "d", "my.io/e": "f" } },
  },
  "cinder empty": { cinder: { volumeID: "", secretRef: { name: "", namespace: "" } } },
  "cephfs empty": { cephfs: { monitors: [] } },
  "fc empty": { fc: {} },
  "fc both": { fc: { targetWWNs: ["a"], wwids: ["b"], lun: 300 } },
  "fc without lun": { fc: { targetWWNs: ["a"] } },
  "flocker empty": { flocker: {} },
  "flocker both": { flocker: { datasetName: "a/b", datasetUUID: "c" } },
  "azure file empty": { azureFile: { secretName: "", shareName: "", secretNamespace: "" } },
  "vsphere empty": { vsphereVolume: { volumePath: "" } },
  "photon empty": { photonPersistentDisk: { pdID: "" } },
  "portworx empty": { portworxVolume: { volumeID: "" } },
  "azure disk empty": { azureDisk: { diskName: "", diskURI: "", cachingMode: "All", kind: "Floppy" } },
  "azure disk's address": { azureDisk: { diskName: "d", diskURI: "https://a", kind: "Managed" } },
  "scaleio empty": { scaleIO: { gateway: "", system: "", secretRef: {}, volumeName: "" } },
  "local without affinity": { local: { path: "" } },
  "local backwards": { local: { path: "../a" }, nodeAffinity: zone(["a"]) },
  "storageos empty": { storageos: { volumeNamespace: "A", secretRef: {} } },
  "storageos name": { storageos: { volumeName: "a.b" } },
  "csi empty": { csi: { driver: "", volumeHandle: "" } },
  "csi driver": { csi: { driver: "a_b", volumeHandle: "h", nodeStageSecretRef: {}, nodePublishSecretRef: {} } },
  "csi driver, too long": { csi: { driver: "a".repeat(64), volumeHandle: "h" } },
  "csi secrets": {
    csi: {
      driver: "d",
      volumeHandle: "h",
      controllerPublishSecretRef: { name: "A_", namespace: "a.b" },
      nodeExpandSecretRef: { name: "a" },
    },
  },
};

const wrongQuotas: Record<string, Loose> = {
  "unknown resource": quota({ gpu: "1" }),
  "storage is no quota": quota({ storage: "1" }),
  "bad name": quota({ "a b": "1" }),
  "bad name with a slash": quota({ "a/b/c": "1" }),
  negative: quota({ pods: "-1" }),
  "half a pod": quota({ pods: "1500m" }),
  "half an extended resource": quota({ "a.b/c": "0.5" }),
  scope: quota({ pods: "1" }, { scopes: ["Sometimes"] }),
  "scope for other resources": quota({ pods: "1", cpu: "1", services: "1" }, { scopes: ["BestEffort"] }),
  "scopes against each other": quota(
    { pods: "1" },
    { scopes: ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort"] },
  ),
  "selector scope": quota({}, { scopeSelector: { matchExpressions: [{ scopeName: "X", operator: "Exists" }] } }),
  "selector operator": quota(
    {},
    { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Near" }] } },
  ),
  "selector without values": quota(
    {},
    { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In" }] } },
  ),
  "selector with values": quota(
    {},
    { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists", values: ["a"] }] } },
  ),
  "selector that may only exist": quota(
    { pods: "1" },
    { scopeSelector: { matchExpressions: [{ scopeName: "Terminating", operator: "In", values: ["a"] }] } },
  ),
  "selector for other resources": quota(
    { services: "1", "requests.storage": "1" },
    { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists" }] } },
  ),
  "selectors against each other": quota(
    { pods: "1" },
    {
      scopeSelector: {
        matchExpressions: [
          { scopeName: "BestEffort", operator: "Exists" },
          { scopeName: "NotBestEffort", operator: "Exists" },
        ],
      },
    },
  ),
  "storage with a scope of pods": quota(
    { "requests.storage": "1" },
    { scopes: ["VolumeAttributesClass", "PriorityClass"] },
  ),
};

const wrongLimits: Record<string, Loose> = {
  "no type": limits({ max: { cpu: "1" } }),
  type: limits({ type: "Node" }),
  "type's name": limits({ type: "a b" }),
  "type twice": limits({ type: "Pod" }, { type: "Pod" }),
  resource: limits({ type: "Container", max: { gpu: "1" } }),
  "resource not of containers": limits({ type: "Pod", min: { storage: "1" } }),
  "extended resource's name": limits({ type: "Container", min: { "requests.a.b/c": "1" } }),
  "pod with default": limits({ type: "Pod", default: { cpu: "1" }, defaultRequest: { cpu: "2" } }),
  "claim without storage": limits({ type: "PersistentVolumeClaim", max: { cpu: "1" } }),
  "min above max": limits({ type: "Pod", min: { cpu: "2" }, max: { cpu: "1" } }),
  "min above default request": limits({
    type: "Container",
    min: { cpu: "2" },
    defaultRequest: { cpu: "1" },
    default: { cpu: "3" },
  }),
  "default request above max": limits({ type: "Container", max: { cpu: "1" }, defaultRequest: { cpu: "1500m" } }),
  "default request above default": limits({
    type: "Container",
    default: { memory: "1Gi" },
    defaultRequest: { memory: "2Gi" },
  }),
  "min above default": limits({ type: "Container", min: { cpu: "2" }, default: { cpu: "1" } }),
  "default above max": limits({ type: "Container", max: { cpu: "1" }, default: { cpu: "2" } }),
  "ratio below 1": limits({ type: "Pod", maxLimitRequestRatio: { cpu: "0.5" } }),
  "ratio above what is possible": limits({
    type: "Pod",
    min: { cpu: "3" },
    max: { cpu: "4" },
    maxLimitRequestRatio: { cpu: "1.5" },
  }),
  "no overcommitment": limits({ type: "Container", default: { "a.b/gpu": "2" }, defaultRequest: { "a.b/gpu": "1" } }),
  "no overcommitment of huge pages": limits({
    type: "Container",
    default: { "hugepages-2Mi": "4Mi" },
    defaultRequest: { "hugepages-2Mi": "2Mi" },
  }),
};

const wrongClasses: Record<string, Loose> = {
  "StorageClass, no provisioner": storageClass({}),
  "StorageClass, provisioner": storageClass({ provisioner: "a b" }),
  "StorageClass, provisioner's slashes": storageClass({ provisioner: "a/B/c" }),
  "StorageClass, empty parameter": storageClass({ provisioner: "a", parameters: { "": "b" } }),
  "StorageClass, parameters too large": storageClass({ provisioner: "a", parameters: { a: "x".repeat(262144) } }),
  "StorageClass, too many parameters": storageClass({
    provisioner: "a",
    parameters: Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`p${index}`, ""])),
  }),
  "StorageClass, reclaim policy": storageClass({ provisioner: "a", reclaimPolicy: "Recycle" }),
  "StorageClass, binding mode": storageClass({ provisioner: "a", volumeBindingMode: "Later" }),
  "StorageClass, empty binding mode": storageClass({ provisioner: "a", volumeBindingMode: "" }),
  "StorageClass, topology without values": storageClass({
    provisioner: "a",
    allowedTopologies: [topology({ key: "a", values: [] })],
  }),
  "StorageClass, topology value twice": storageClass({
    provisioner: "a",
    allowedTopologies: [topology({ key: "a", values: ["b", "b"] })],
  }),
  "StorageClass, topology key": storageClass({
    provisioner: "a",
    allowedTopologies: [topology({ key: "a b", values: ["b"] })],
  }),
  "StorageClass, topology key twice": storageClass({
    provisioner: "a",
    allowedTopologies: [topology({ key: "a", values: ["b"] }, { key: "a", values: ["c"] })],
  }),
  "StorageClass, topology twice": storageClass({
    provisioner: "a",
    allowedTopologies: [topology({ key: "a", values: ["b", "c"] }), topology({ key: "a", values: ["c", "b"] })],
  }),
  "StorageClass, empty topology": storageClass({
    provisioner: "a",
    allowedTopologies: [{}, topology({ key: "a", values: ["c"] })],
  }),
  "StorageClass, name": storageClass({ provisioner: "a" }, { name: "A_b" }),
  "VolumeAttributesClass, empty": attributes({}),
  "VolumeAttributesClass, no parameters": attributes({ driverName: "a", parameters: {} }),
  "VolumeAttributesClass, driver": attributes({ driverName: "a b", parameters: { a: "b" } }),
  "VolumeAttributesClass, empty parameter": attributes({ driverName: "a", parameters: { "": "b" } }),
  "CSIDriver, name": driver({}, { name: "A" }),
  "CSIDriver, policy": driver({ fsGroupPolicy: "All" }),
  "CSIDriver, lifecycle": driver({ volumeLifecycleModes: ["Persistent", "Eternal"] }),
  "CSIDriver, audience twice": driver({ tokenRequests: [{ audience: "a" }, { audience: "a" }] }),
  "CSIDriver, short token": driver({ tokenRequests: [{ audience: "a", expirationSeconds: 599 }] }),
  "CSIDriver, long token": driver({ tokenRequests: [{ audience: "a", expirationSeconds: 4294967297 }] }),
  "CSIDriver, update period": driver({ nodeAllocatableUpdatePeriodSeconds: 9 }),
  "CSIDriver, secrets without tokens": driver({ serviceAccountTokenInSecrets: false }),
  "CSINode, driver without name": csiNode({ name: "", nodeID: "n" }),
  "CSINode, driver's name": csiNode({ name: "a_b", nodeID: "n" }),
  "CSINode, driver's name too long": csiNode({ name: "a".repeat(64), nodeID: "n" }),
  "CSINode, no id": csiNode({ name: "a", nodeID: "" }),
  "CSINode, id too long": csiNode({ name: "a", nodeID: "n".repeat(257) }),
  "CSINode, negative count": csiNode({ name: "a", nodeID: "n", allocatable: { count: -1 } }),
  "CSINode, driver twice": csiNode({ name: "a", nodeID: "n" }, { name: "a", nodeID: "n" }),
  "CSINode, topology keys": csiNode({ name: "a", nodeID: "n", topologyKeys: ["a", "a", "b c", ""] }),
  "CSIStorageCapacity, class": capacity({ storageClassName: "A_" }),
  "CSIStorageCapacity, no class": capacity({}),
  "CSIStorageCapacity, negative": capacity({ storageClassName: "a", capacity: "-1Gi" }),
  "CSIStorageCapacity, topology": capacity({ storageClassName: "a", nodeTopology: { matchLabels: { "a b": "c d" } } }),
  "VolumeAttachment, empty": attachmentOf({ spec: {} }),
  "VolumeAttachment, attacher": attachment({ attacher: "a_b" }),
  "VolumeAttachment, attacher too long": attachment({ attacher: `${"a".repeat(40)}.${"b".repeat(40)}` }),
  "VolumeAttachment, node": attachment({ nodeName: "N" }),
  "VolumeAttachment, both sources": attachment({ source: { persistentVolumeName: "a", inlineVolumeSpec: inline } }),
  "VolumeAttachment, empty source": attachment({ source: { persistentVolumeName: "" } }),
  "VolumeAttachment, source name": attachment({ source: { persistentVolumeName: "A_" } }),
  "VolumeAttachment, inline volume of a disk": attachment({
    source: {
      inlineVolumeSpec: {
        ...onDisk,
        capacity: { storage: "1" },
        claimRef: { name: "a" },
        persistentVolumeReclaimPolicy: "Delete",
        nodeAffinity: zone(["a"]),
        storageClassName: "a",
        volumeMode: "Block",
      },
    },
  }),
  "RuntimeClass, no handler": runtimeClass({}),
  "RuntimeClass, handler": runtimeClass({ handler: "a.b" }),
  "RuntimeClass, overhead": runtimeClass({ handler: "a", overhead: { podFixed: { cpu: "-1", gpu: "1" } } }),
  "RuntimeClass, node selector": runtimeClass({ handler: "a", scheduling: { nodeSelector: { "a b": "c d" } } }),
  "RuntimeClass, toleration": runtimeClass({ handler: "a", scheduling: { tolerations: [{ operator: "Equal" }] } }),
  "RuntimeClass, toleration twice": runtimeClass({
    handler: "a",
    scheduling: {
      tolerations: [
        { key: "a", operator: "Exists", effect: "NoExecute" },
        { key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 3 },
      ],
    },
  }),
};

const all = (prefix: string, cases: Record<string, Loose>, make: Make = (one) => one): [string, Loose][] =>
  Object.entries(cases).map(([name, one]) => [`${prefix}${name}`, make(one)]);

export const invalid: [string, Loose][] = [
  ...all("PersistentVolumeClaim, ", wrongClaims, claim),
  ["PersistentVolumeClaim, name", claim({}, { name: "A" })],
  ["PersistentVolumeClaim, finalizer", claim({}, { finalizers: ["mine"] })],
  ...all("PersistentVolume, ", wrongVolumes, volume),
  [
    "PersistentVolume, mount options",
    volume(onDisk, { annotations: { "volume.beta.kubernetes.io/mount-options": "hard" } }),
  ],
  ...all("ResourceQuota, ", wrongQuotas),
  ...all("LimitRange, ", wrongLimits),
  ...all("", wrongClasses),
];

const sized = (storage: string): Loose => ({ resources: { requests: { storage } } });
const withClass = (name: string): Loose => ({ annotations: { "volume.beta.kubernetes.io/storage-class": name } });

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["PersistentVolumeClaim, nothing", claim(), claim()],
  ["PersistentVolumeClaim, labels", claim(), claim({}, { labels: { a: "b" }, annotations: { c: "d" } })],
  ["PersistentVolumeClaim, grows unbound", claim(), claim(sized("2Gi"))],
  ["PersistentVolumeClaim, shrinks", claim(sized("2Gi")), claim(sized("1Gi"))],
  ["PersistentVolumeClaim, same size in other words", claim(sized("1Gi")), claim(sized("1024Mi"))],
  ["PersistentVolumeClaim, same size in another unit", claim(sized("1Gi")), claim(sized("1073741824"))],
  ["PersistentVolumeClaim, access modes", claim(), claim({ accessModes: ["ReadWriteMany", "ReadOnlyMany"] })],
  ["PersistentVolumeClaim, class from none", claim(), claim({ storageClassName: "a" })],
  ["PersistentVolumeClaim, class", claim({ storageClassName: "a" }), claim({ storageClassName: "b" })],
  ["PersistentVolumeClaim, class to none", claim({ storageClassName: "a" }), claim()],
  [
    "PersistentVolumeClaim, class from the annotation",
    claim({}, withClass("a")),
    claim({ storageClassName: "a" }, withClass("a")),
  ],
  ["PersistentVolumeClaim, annotation", claim({}, withClass("a")), claim({}, withClass("b"))],
  ["PersistentVolumeClaim, volume", claim(), claim({ volumeName: "pv" })],
  ["PersistentVolumeClaim, another volume", claim({ volumeName: "pv" }), claim({ volumeName: "pw" })],
  ["PersistentVolumeClaim, mode", claim(), claim({ volumeMode: "Block" })],
  [
    "PersistentVolumeClaim, selector",
    claim({ selector: { matchLabels: { a: "b" } } }),
    claim({ selector: { matchLabels: { a: "<c>" } } }),
  ],
  ["PersistentVolumeClaim, source", claim({ dataSource: snapshot }), claim({ dataSource: { ...snapshot, name: "t" } })],
  ["PersistentVolumeClaim, source in one field", claim({ dataSource: snapshot }), claim({ dataSourceRef: snapshot })],
  [
    "PersistentVolumeClaim, attributes class",
    claim({ volumeAttributesClassName: "a" }),
    claim({ volumeAttributesClassName: "b" }),
  ],
  [
    "PersistentVolumeClaim, limits",
    claim(),
    claim({ resources: { requests: { storage: "1Gi" }, limits: { storage: "3Gi" } } }),
  ],
  ["PersistentVolumeClaim, invalid too", claim(), claim({ accessModes: undefined })],
  ["PersistentVolume, nothing", volume(onDisk), volume(onDisk)],
  [
    "PersistentVolume, what may change",
    volume(onDisk),
    volume({
      ...onDisk,
      capacity: { storage: "5Gi" },
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: "b",
      mountOptions: ["a"],
      accessModes: ["ReadOnlyMany"],
    }),
  ],
  ["PersistentVolume, path", volume(onDisk), volume({ hostPath: { path: "/other" } })],
  ["PersistentVolume, source", volume(onDisk), volume({ csi: SOURCES["csi"] })],
  [
    "PersistentVolume, csi",
    volume({ csi: SOURCES["csi"] }),
    volume({ csi: { ...SOURCES["csi"], volumeHandle: "i", readOnly: false } }),
  ],
  [
    "PersistentVolume, expand secret",
    volume({ csi: { driver: "d", volumeHandle: "h" } }),
    volume({ csi: { driver: "d", volumeHandle: "h", controllerExpandSecretRef: secretRef } }),
  ],
  [
    "PersistentVolume, another expand secret",
    volume({ csi: { driver: "d", volumeHandle: "h", controllerExpandSecretRef: secretRef } }),
    volume({ csi: { driver: "d", volumeHandle: "h", controllerExpandSecretRef: { name: "t", namespace: "ns" } } }),
  ],
  ["PersistentVolume, mode", volume(onDisk), volume({ ...onDisk, volumeMode: "Block" })],
  ["PersistentVolume, affinity", volume(onDisk), volume({ ...onDisk, nodeAffinity: zone(["a"]) })],
  [
    "PersistentVolume, another affinity",
    volume({ ...onDisk, nodeAffinity: zone(["a"]) }),
    volume({ ...onDisk, nodeAffinity: zone(["b"]) }),
  ],
  ["PersistentVolume, no affinity", volume({ ...onDisk, nodeAffinity: zone(["a"]) }), volume(onDisk)],
  [
    "PersistentVolume, label of old",
    volume({ ...onDisk, nodeAffinity: zone(["a"], "failure-domain.beta.kubernetes.io/zone") }),
    volume({ ...onDisk, nodeAffinity: zone(["a"]) }),
  ],
  [
    "PersistentVolume, attributes class",
    volume({ csi: SOURCES["csi"], volumeAttributesClassName: "a" }),
    volume({ csi: SOURCES["csi"] }),
  ],
  ["PersistentVolume, invalid too", volume(onDisk), volume({ ...onDisk, accessModes: [] }, { labels: { "a b": "c" } })],
  ["ResourceQuota, hard", quota({ pods: "1" }), quota({ pods: "2", cpu: "1" })],
  [
    "ResourceQuota, scopes",
    quota({ pods: "1" }, { scopes: ["BestEffort"] }),
    quota({ pods: "1" }, { scopes: ["Terminating"] }),
  ],
  ["ResourceQuota, scopes gone", quota({ pods: "1" }, { scopes: ["BestEffort"] }), quota({ pods: "1" })],
  [
    "ResourceQuota, order of scopes",
    quota({ pods: "1" }, { scopes: ["BestEffort", "Terminating"] }),
    quota({ pods: "1" }, { scopes: ["Terminating", "BestEffort"] }),
  ],
  ["ResourceQuota, invalid", quota({ pods: "1" }), quota({ pods: "-1" })],
  ["LimitRange, another", limits({ type: "Pod", max: { cpu: "1" } }), limits({ type: "Container", max: { cpu: "1" } })],
  [
    "LimitRange, invalid",
    limits({ type: "Pod", max: { cpu: "1" } }),
    limits({ type: "Pod", max: { cpu: "1" }, min: { cpu: "2" } }),
  ],
  [
    "StorageClass, what may change",
    storageClass({ provisioner: "a" }),
    storageClass({
      provisioner: "a",
      allowVolumeExpansion: true,
      mountOptions: ["b"],
      allowedTopologies: [topology({ key: "a", values: ["b"] })],
    }),
  ],
  [
    "StorageClass, what may not",
    storageClass({ provisioner: "a", parameters: { a: "b" } }),
    storageClass({
      provisioner: "b",
      parameters: { b: "c", a: "b" },
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
    }),
  ],
  [
    "StorageClass, parameters gone",
    storageClass({ provisioner: "a", parameters: { a: "b" } }),
    storageClass({ provisioner: "a" }),
  ],
  [
    "VolumeAttributesClass, nothing",
    attributes({ driverName: "a", parameters: { a: "b" } }),
    attributes({ driverName: "a", parameters: { a: "b" } }, { labels: { a: "b" } }),
  ],
  [
    "VolumeAttributesClass, all",
    attributes({ driverName: "a", parameters: { a: "b" } }),
    attributes({ driverName: "b", parameters: { a: "c" } }),
  ],
  [
    "CSIDriver, what may change",
    driver(),
    driver({ podInfoOnMount: true, storageCapacity: true, requiresRepublish: true, fsGroupPolicy: "None" }),
  ],
  ["CSIDriver, what may not", driver(), driver({ attachRequired: false, volumeLifecycleModes: ["Ephemeral"] })],
  [
    "CSINode, a driver more",
    csiNode({ name: "a", nodeID: "n" }),
    csiNode({ name: "a", nodeID: "n", allocatable: { count: 3 } }, { name: "b", nodeID: "n" }),
  ],
  [
    "CSINode, another id",
    csiNode({ name: "a", nodeID: "n" }),
    csiNode({ name: "a", nodeID: "m", topologyKeys: ["z"] }),
  ],
  [
    "CSIStorageCapacity, capacity",
    capacity({ storageClassName: "a", capacity: "1Gi" }),
    capacity({ storageClassName: "a", capacity: "2Gi" }),
  ],
  [
    "CSIStorageCapacity, what may not",
    capacity({ storageClassName: "a", nodeTopology: { matchLabels: { a: "b" } } }),
    capacity({ storageClassName: "b", nodeTopology: { matchLabels: { a: "c" } } }),
  ],
  ["VolumeAttachment, labels", attachment(), attachment({}, { labels: { a: "b" } })],
  ["VolumeAttachment, spec", attachment(), attachment({ nodeName: "m" })],
  [
    "VolumeAttachment, inline",
    attachment({ source: { inlineVolumeSpec: inline } }),
    attachment({ source: { inlineVolumeSpec: { ...inline, accessModes: ["ReadOnlyMany"] } } }),
  ],
  [
    "RuntimeClass, scheduling",
    runtimeClass({ handler: "a" }),
    runtimeClass({ handler: "a", scheduling: { nodeSelector: { a: "b" } }, overhead: { podFixed: { cpu: "1" } } }),
  ],
  ["RuntimeClass, handler", runtimeClass({ handler: "a" }), runtimeClass({ handler: "b" })],
];
