// Fields that a member's API server hands out itself: rendering the federation's own values would fail there or take
// another object's address. A row per resource; a resource without a row loses nothing. Mutates the copy it is given.
import type { KubeObject, Loose } from "../../kinds/object.ts";

type Strip = (object: KubeObject) => void;

/** Service: k8s.io/kubernetes pkg/registry/core/service/storage/alloc.go. `None` is the user's choice, any other IP is ours. */
function stripService(object: KubeObject): void {
  const spec = object["spec"] as Loose;
  if (spec === undefined) return;
  const headless = spec.clusterIP === "None";
  const { clusterIPs: _ips, healthCheckNodePort: _health, clusterIP: _ip, ...kept } = spec;
  if (headless) kept.clusterIP = "None";
  // Families follow the member's own addresses unless the user asked for two.
  if (kept.ipFamilyPolicy === undefined || kept.ipFamilyPolicy === "SingleStack") {
    delete kept.ipFamilies;
    delete kept.ipFamilyPolicy;
  }
  if (Array.isArray(kept.ports)) kept.ports = kept.ports.map(({ nodePort: _port, ...port }: Loose) => port);
  object["spec"] = kept;
}

/** Token Secrets are made by the member's own token controller. */
function stripServiceAccount(object: KubeObject): void {
  delete object["secrets"];
}

/** Finalizers of a namespace belong to the namespace controller of the cluster it lives in. */
function stripNamespace(object: KubeObject): void {
  delete object["spec"];
}

/** Labels and selector that the member's own API server gives a Job by the uid it has there (pkg/registry/batch/job/strategy.go). */
const JOB_LABELS = ["controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name"];

function stripJob(object: KubeObject): void {
  const { ttlSecondsAfterFinished: _ttl, ...spec } = (object["spec"] ?? {}) as Loose;
  // The root deletes a Job when its time is up, and with it the member's: the other way round it would be missed here.
  object["spec"] = spec;
  if (spec.manualSelector === true) return;
  delete spec.selector;
  const labels = without(spec.template?.metadata?.labels, JOB_LABELS);
  spec.template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
}

/** Computed from the member's own priority classes, which refuses any other number. */
function stripPod(object: KubeObject): void {
  const { nodeName: _node, priority: _priority, preemptionPolicy: _policy, ...spec } = (object["spec"] ?? {}) as Loose;
  object["spec"] = spec;
}

/** Written when a claim is bound: they name a volume of one cluster. */
const BOUND = [
  "pv.kubernetes.io/bind-completed",
  "pv.kubernetes.io/bound-by-controller",
  "volume.kubernetes.io/selected-node",
  "volume.kubernetes.io/storage-provisioner",
  "volume.beta.kubernetes.io/storage-provisioner",
];

/** A volume that the user named stays: it is there, or it is not. */
function stripClaim(object: KubeObject): void {
  const { annotations } = object.metadata;
  if (annotations === undefined) return;
  if (annotations["pv.kubernetes.io/bind-completed"] !== undefined) {
    const { volumeName: _volume, ...spec } = (object["spec"] ?? {}) as Loose;
    object["spec"] = spec;
  }
  const kept = without(annotations, BOUND);
  object.metadata = { ...object.metadata, annotations: kept };
  if (Object.keys(kept).length === 0) delete object.metadata.annotations;
}

/** Counted by each cluster's own daemon set controller. */
function stripDaemonSet(object: KubeObject): void {
  const { annotations } = object.metadata;
  if (annotations === undefined) return;
  object.metadata = {
    ...object.metadata,
    annotations: without(annotations, ["deprecated.daemonset.template.generation"]),
  };
}

function without(map: Record<string, string> | undefined, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)));
}

/** What pods without a class get is each cluster's own affair: set there, it would reach pods that are not ours. */
function stripPriorityClass(object: KubeObject): void {
  delete object["globalDefault"];
}

const ALLOCATED: Readonly<Record<string, Strip>> = {
  "priorityclasses.scheduling.k8s.io": stripPriorityClass,
  services: stripService,
  pods: stripPod,
  persistentvolumeclaims: stripClaim,
  "jobs.batch": stripJob,
  "daemonsets.apps": stripDaemonSet,
  serviceaccounts: stripServiceAccount,
  namespaces: stripNamespace,
};

export function stripAllocated(resource: string, object: KubeObject): void {
  ALLOCATED[resource]?.(object);
}
