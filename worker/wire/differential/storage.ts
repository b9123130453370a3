// Claims, volumes, classes and quotas as clients and their controllers use them. Protection finalizers are sent along, since the real server sets them
// by itself and nothing here would take them away (kinds/persistentvolumeclaim.ts).
import type { Received, Sent, Step } from "./run.ts";
import {
  APPLY,
  change,
  del,
  get,
  JSON_PATCH,
  MERGE,
  PARTIALS,
  patch,
  post,
  put,
  type Script,
  sameVersionAs,
  stepsOf,
  STRATEGIC,
  TABLE,
} from "./script.ts";

const finalizers = ["kubernetes.io/pvc-protection"];
const STORAGE = "/apis/storage.k8s.io/v1";
const generation = (r: Received): number | undefined => r.body.metadata?.generation;
const unprotect = (path: string): Sent => patch(path, MERGE, { metadata: { finalizers: null } });

function claims(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/persistentvolumeclaims`;
  const one = `${all}/data`;
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const claim = (name: string, more: object = {}): object => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, finalizers },
    spec: { ...spec, ...more },
  });
  const status = (body: object): Sent => patch(`${one}/status`, MERGE, { status: body });
  return [
    ["create", post(all, claim("data", { volumeAttributesClassName: "gold" })), generation],
    ["again", post(all, claim("data"))],
    ["without a name", post(all, { metadata: { finalizers }, spec })],
    ["generated", post(`${all}?dryRun=All`, { metadata: { generateName: "gen-", finalizers }, spec })],
    ["unknown field", post(`${all}?fieldValidation=Strict`, claim("more", { size: "1Gi" }))],
    ["size of a wrong type", post(all, claim("more", { resources: { requests: { storage: {} } } }))],
    ["size that is none", post(all, claim("more", { resources: { requests: { storage: "much" } } }))],
    [
      "annotation of old",
      post(`${all}?dryRun=All`, {
        metadata: { name: "o", finalizers, annotations: { "volume.beta.kubernetes.io/storage-class": "a" } },
        spec,
      }),
    ],
    ["part of a byte", post(`${all}?dryRun=All`, claim("part", { resources: { requests: { storage: "1500m" } } }))],
    ["table", get(all, TABLE)],
    ["by field of old", get(`${all}?fieldSelector=name%3Ddata`)],
    ["metadata", get(all, PARTIALS)],
    [
      "applied as it is",
      patch(`${one}?fieldManager=a`, APPLY, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec,
      }),
    ],
    ["grows unbound", patch(one, MERGE, { spec: { resources: { requests: { storage: "2Gi" } } } })],
    ["bind", patch(one, MERGE, { spec: { volumeName: "pv-1" } }), generation],
    ["bound", status({ phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "1024Mi" } })],
    ["table of a bound one", get(one, TABLE)],
    ["status twice", status({ phase: "Bound" }), sameVersionAs("bound")],
    ["negative capacity", status({ capacity: { storage: "-1Gi" } })],
    [
      "resizing",
      status({ allocatedResources: { storage: "2Gi" }, allocatedResourceStatuses: { storage: "NodeResizePending" } }),
    ],
    ["resizing, not known", status({ allocatedResourceStatuses: { storage: "Hopeless" } })],
    [
      "resizing something else",
      status({ allocatedResources: { cpu: "1" }, allocatedResourceStatuses: { "a b": "NodeResizePending" } }),
    ],
    [
      "condition",
      patch(`${one}/status`, STRATEGIC, {
        status: { conditions: [{ type: "Resizing", status: "True", lastTransitionTime: null }] },
      }),
    ],
    [
      "condition twice",
      patch(`${one}/status`, STRATEGIC, {
        status: {
          conditions: [
            { type: "Resizing", status: "False" },
            { type: "Other", status: "True" },
          ],
        },
      }),
    ],
    [
      "spec by status",
      patch(`${one}/status`, MERGE, { spec: { volumeName: "pv-2" } }),
      sameVersionAs("condition twice"),
    ],
    ["shrinks", patch(one, JSON_PATCH, [{ op: "replace", path: "/spec/resources/requests/storage", value: "1Mi" }])],
    ["another volume", patch(one, MERGE, { spec: { volumeName: "pv-2" } })],
    ["another class of attributes", patch(one, MERGE, { spec: { volumeAttributesClassName: "silver" } })],
    ["put as it was", change(one, "create", (object) => delete object.metadata.resourceVersion)],
    [
      "labelled by apply",
      patch(`${one}?fieldManager=a&force=true`, APPLY, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", labels: { a: "b" } },
      }),
    ],
    ["status by put", change(`${one}/status`, "labelled by apply", (object) => (object.status.phase = "Lost"))],
    ["delete", del(one)],
    ["terminating", get(one, TABLE)],
    ["unprotect", unprotect(one)],
    ["gone", get(one)],
  ];
}

function volumes(ns: string): Script {
  const all = "/api/v1/persistentvolumes";
  const one = `${all}/${ns}-pv`;
  const volume = (spec: object): object => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${ns}-pv`, finalizers: ["kubernetes.io/pv-protection"], labels: { ns } },
    spec: { capacity: { storage: "5Gi" }, accessModes: ["ReadWriteMany", "ReadWriteOnce"], ...spec },
  });
  const selected = `${all}?labelSelector=ns%3D${ns}`;
  return [
    ["create", post(all, volume({ hostPath: { path: "/a" }, storageClassName: "slow" })), generation],
    ["two sources", post(all, volume({ hostPath: { path: "/a" }, nfs: { server: "s", path: "/b" } }))],
    [
      "deprecated",
      post(
        `${all}?dryRun=All`,
        volume({ glusterfs: { endpoints: "e", path: "p" }, persistentVolumeReclaimPolicy: "Recycle" }),
      ),
    ],
    ["table", get(selected, TABLE)],
    ["claimed", patch(one, STRATEGIC, { spec: { claimRef: { namespace: "a", name: "b" } } })],
    ["bound", patch(`${one}/status`, MERGE, { status: { phase: "Bound", reason: "r" } })],
    ["table of a bound one", get(selected, TABLE)],
    [
      "status by apply",
      patch(`${one}/status?fieldManager=c&force=true`, APPLY, {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `${ns}-pv` },
        status: { message: "m" },
      }),
    ],
    ["source", patch(one, MERGE, { spec: { hostPath: { path: "/b" } } })],
    ["source by retaining keys", patch(one, STRATEGIC, { spec: { hostPath: null, nfs: { server: "s", path: "/b" } } })],
    ["capacity", patch(one, MERGE, { spec: { capacity: { storage: "6Gi" } } })],
    ["by field", get(`${all}?fieldSelector=metadata.name%3D${ns}-pv`)],
    ["delete", del(one)],
    ["terminating", get(selected, TABLE)],
    ["unprotect", unprotect(one)],
    ["gone", get(one)],
  ];
}

function classes(ns: string): Script {
  const all = `${STORAGE}/storageclasses`;
  const one = `${all}/${ns}-sc`;
  const metadata = { name: `${ns}-sc`, labels: { ns } };
  const drivers = `${STORAGE}/csidrivers`;
  const driver = { metadata, spec: { tokenRequests: [{ audience: "a" }] } };
  const runtimes = "/apis/node.k8s.io/v1/runtimeclasses";
  return [
    ["create", post(all, { metadata, provisioner: "a.b/c", parameters: { a: "b" } }), generation],
    ["table", get(`${all}?labelSelector=ns%3D${ns}`, TABLE)],
    ["parameters", patch(one, MERGE, { parameters: { a: "c" } })],
    ["expandable", patch(one, MERGE, { allowVolumeExpansion: true }), generation],
    [
      "applied",
      patch(`${one}?fieldManager=a`, APPLY, {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: `${ns}-sc` },
        provisioner: "a.b/c",
        mountOptions: ["a"],
      }),
    ],
    [
      "labels of old",
      post(`${all}?dryRun=All`, {
        metadata: { name: "old" },
        provisioner: "a",
        allowedTopologies: [
          { matchLabelExpressions: [{ key: "failure-domain.beta.kubernetes.io/zone", values: ["a"] }] },
        ],
      }),
    ],
    [
      "capacity by labels of old",
      post(`${STORAGE}/namespaces/${ns}/csistoragecapacities?dryRun=All`, {
        metadata,
        storageClassName: "a",
        nodeTopology: {
          matchLabels: { "beta.kubernetes.io/os": "a" },
          matchExpressions: [{ key: "beta.kubernetes.io/arch", operator: "Exists" }],
        },
      }),
    ],
    [
      "runtime by labels of old",
      post(`${runtimes}?dryRun=All`, {
        metadata,
        handler: "a",
        scheduling: { nodeSelector: { "node-role.kubernetes.io/master": "" } },
      }),
    ],
    ["put without a version", put(one, { metadata, provisioner: "a.b/c", parameters: { a: "b" } })],
    ["put a missing one", put(`${all}/${ns}-none`, { metadata: { name: `${ns}-none` }, provisioner: "a" })],
    ["delete", del(one)],
    ["driver", post(drivers, driver), generation],
    ["driver put without a version", put(`${drivers}/${ns}-sc`, driver)],
    ["driver changed", patch(`${drivers}/${ns}-sc`, MERGE, { spec: { podInfoOnMount: true } }), generation],
    ["driver's labels", patch(`${drivers}/${ns}-sc`, MERGE, { metadata: { labels: { a: "b" } } }), generation],
    [
      "driver's audiences",
      patch(`${drivers}/${ns}-sc`, MERGE, { spec: { tokenRequests: [{ audience: "b" }] } }),
      generation,
    ],
    ["driver delete", del(`${drivers}/${ns}-sc`)],
    [
      "attributes",
      post(`${STORAGE}/volumeattributesclasses`, {
        metadata: { ...metadata, finalizers: ["kubernetes.io/vac-protection"] },
        driverName: "d",
        parameters: { a: "b" },
      }),
    ],
    ["attributes changed", patch(`${STORAGE}/volumeattributesclasses/${ns}-sc`, MERGE, { driverName: "e" })],
    ["attributes unprotected", unprotect(`${STORAGE}/volumeattributesclasses/${ns}-sc`)],
    ["attributes delete", del(`${STORAGE}/volumeattributesclasses/${ns}-sc`)],
    ["csi node", post(`${STORAGE}/csinodes`, { metadata, spec: { drivers: [{ name: "d", nodeID: "n" }] } })],
    [
      "csi node by merge",
      patch(`${STORAGE}/csinodes/${ns}-sc`, STRATEGIC, { spec: { drivers: [{ name: "e", nodeID: "n" }] } }),
    ],
    ["csi node delete", del(`${STORAGE}/csinodes/${ns}-sc`)],
    [
      "capacity",
      post(`${STORAGE}/namespaces/${ns}/csistoragecapacities`, { metadata, storageClassName: "a", capacity: "1Gi" }),
    ],
    [
      "capacity table",
      get(`${STORAGE}/csistoragecapacities?labelSelector=ns%3D${ns}`, TABLE),
      (r) => r.body.rows.length,
    ],
    ["capacity delete", del(`${STORAGE}/namespaces/${ns}/csistoragecapacities/${ns}-sc`)],
    [
      "attachment",
      post(`${STORAGE}/volumeattachments`, {
        metadata,
        spec: { attacher: "d", nodeName: "n", source: { persistentVolumeName: "p" } },
      }),
    ],
    [
      "attached",
      patch(`${STORAGE}/volumeattachments/${ns}-sc/status`, MERGE, {
        status: { attached: true, attachmentMetadata: { a: "b" }, attachError: { message: "m", errorCode: 5 } },
      }),
    ],
    [
      "attachment error",
      patch(`${STORAGE}/volumeattachments/${ns}-sc/status`, MERGE, { status: { detachError: { errorCode: -1 } } }),
    ],
    ["attachment table", get(`${STORAGE}/volumeattachments/${ns}-sc`, TABLE)],
    ["attachment delete", del(`${STORAGE}/volumeattachments/${ns}-sc`)],
    [
      "runtime",
      put(`${runtimes}/${ns}-sc`, {
        metadata,
        handler: "runc",
        scheduling: { tolerations: [{ key: "a", operator: "Exists" }] },
      }),
    ],
    [
      "runtime by merge",
      patch(`${runtimes}/${ns}-sc`, STRATEGIC, { scheduling: { tolerations: [{ key: "b", operator: "Exists" }] } }),
    ],
    ["runtime's handler", patch(`${runtimes}/${ns}-sc`, MERGE, { handler: "kata" })],
    ["runtime delete", del(`${runtimes}/${ns}-sc`)],
  ];
}

function quotas(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/resourcequotas`;
  const one = `${all}/q`;
  const limits = `/api/v1/namespaces/${ns}/limitranges`;
  return [
    [
      "create",
      post(all, { metadata: { name: "q" }, spec: { hard: { pods: "3", "requests.cpu": "2", "limits.cpu": "1000m" } } }),
      generation,
    ],
    ["table", get(all, TABLE)],
    ["hard", patch(one, MERGE, { spec: { hard: { "limits.cpu": "4" } } }), generation],
    [
      "status",
      patch(`${one}/status`, MERGE, {
        status: { hard: { pods: "3", "limits.cpu": "4" }, used: { pods: "1", "limits.cpu": "0.5" } },
      }),
    ],
    ["table of a used one", get(all, TABLE)],
    [
      "status of nothing known",
      patch(`${one}/status`, MERGE, { status: { hard: { gpu: "3" }, used: { pods: "-1" } } }),
    ],
    ["scopes", patch(one, MERGE, { spec: { scopes: ["BestEffort"] } })],
    ["delete", del(one)],
    [
      "limits",
      put(`${limits}/l`, { metadata: { name: "l" }, spec: { limits: [{ type: "Container", max: { cpu: "2" } }] } }),
      generation,
    ],
    ["limits without a name", post(`${limits}?dryRun=All`, { spec: { limits: [{ type: "Pod" }] } })],
    ["limits table", get(limits, TABLE), (r) => r.body.rows.length],
    ["limits by merge", patch(`${limits}/l`, STRATEGIC, { spec: { limits: [{ type: "Pod", max: { cpu: "3" } }] } })],
    ["limits delete", del(`${limits}/l`)],
  ];
}

function components(): Script {
  return [
    ["a missing one", get("/api/v1/componentstatuses/nobody")],
    ["create", post("/api/v1/componentstatuses", { metadata: { name: "a" } })],
    ["delete", del("/api/v1/componentstatuses/a")],
  ];
}

export function storageSequences(): Record<string, Step[]> {
  return stepsOf({ claims, volumes, classes, quotas, components });
}
