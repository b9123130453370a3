// The two tables of kinds: what the federation's root serves and what a simulated member serves. A further kind is one file beside
// this one and one line here.
import { cluster } from "./clusterkind.ts";
import { clusterRole } from "./clusterrole.ts";
import { clusterRoleBinding } from "./clusterrolebinding.ts";
import { role } from "./role.ts";
import { roleBinding } from "./rolebinding.ts";
import { selfSubjectAccessReview } from "./selfsubjectaccessreview.ts";
import { subjectAccessReview } from "./subjectaccessreview.ts";
import { localSubjectAccessReview } from "./localsubjectaccessreview.ts";
import { selfSubjectRulesReview } from "./selfsubjectrulesreview.ts";
import { selfSubjectReview } from "./selfsubjectreview.ts";
import { componentStatus } from "./componentstatus.ts";
import { configMap } from "./configmap.ts";
import { controllerRevision } from "./controllerrevision.ts";
import { cronJob } from "./cronjob.ts";
import { csiDriver } from "./csidriver.ts";
import { csiNode } from "./csinode.ts";
import { csiStorageCapacity } from "./csistoragecapacity.ts";
import { customResourceDefinition } from "./customresourcedefinition.ts";
import { daemonSet } from "./daemonset.ts";
import { deployment } from "./deployment.ts";
import { endpoints } from "./endpoints.ts";
import { endpointSlice } from "./endpointslice.ts";
import { event } from "./event.ts";
import { eventsV1 } from "./eventsv1.ts";
import { horizontalPodAutoscaler } from "./horizontalpodautoscaler.ts";
import { horizontalPodAutoscalerV1 } from "./horizontalpodautoscalerv1.ts";
import { ingress } from "./ingress.ts";
import { ingressClass } from "./ingressclass.ts";
import { ipAddress } from "./ipaddress.ts";
import { job } from "./job.ts";
import type { Kind, Projection } from "./kind.ts";
import { lease } from "./lease.ts";
import { limitRange } from "./limitrange.ts";
import { namespace } from "./namespace.ts";
import { networkPolicy } from "./networkpolicy.ts";
import { clusterNode, node } from "./node.ts";
import { nodeProjection } from "./nodewrite.ts";
import { clusterOverride, override } from "./overridekind.ts";
import { persistentVolume } from "./persistentvolume.ts";
import { persistentVolumeClaim } from "./persistentvolumeclaim.ts";
import { clusterPlacement, placement } from "./placementkind.ts";
import { pod } from "./pod.ts";
import { admitServiceAccount } from "./pod/admit.ts";
import { podDisruptionBudget } from "./poddisruptionbudget.ts";
import { podTemplate } from "./podtemplate.ts";
import { priorityClass } from "./priorityclass.ts";
import { replicaSet } from "./replicaset.ts";
import { replicationController } from "./replicationcontroller.ts";
import { resourceQuota } from "./resourcequota.ts";
import { runtimeClass } from "./runtimeclass.ts";
import { secret } from "./secret.ts";
import { service } from "./service.ts";
import { serviceAccount } from "./serviceaccount.ts";
import { serviceCIDR } from "./servicecidr.ts";
import { statefulSet } from "./statefulset.ts";
import { storageClass } from "./storageclass.ts";
import { volumeAttachment } from "./volumeattachment.ts";
import { volumeAttributesClass } from "./volumeattributesclass.ts";

const SHARED: readonly Kind[] = [
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  persistentVolume,
  persistentVolumeClaim,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  service,
  serviceAccount,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  controllerRevision,
  job,
  cronJob,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  lease,
  endpointSlice,
  eventsV1,
  ingress,
  ingressClass,
  ipAddress,
  networkPolicy,
  podDisruptionBudget,
  priorityClass,
  serviceCIDR,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  runtimeClass,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
];

/**
 * Pods at the root are those that somebody creates there, each placed whole in one cluster, and those that workloads make in the clusters,
 * as agents observe them (kinds/observed.ts).
 */
const rootPod: Kind = {
  ...pod,
  // A class that the root does not know is left to the cluster, whose own counts there; so is the default one.
  looksUp: (object) => (object.spec?.priorityClassName ? pod.looksUp?.(object) : undefined),
  admit: (object, old, found) => {
    admitServiceAccount(object, old);
    return pod.admit?.(object, old, found?.length ? found : undefined);
  },
};

export const ROOT_KINDS: readonly Kind[] = [
  ...SHARED,
  customResourceDefinition,
  role,
  roleBinding,
  clusterRole,
  clusterRoleBinding,
  selfSubjectAccessReview,
  subjectAccessReview,
  localSubjectAccessReview,
  selfSubjectRulesReview,
  selfSubjectReview,
  clusterNode,
  cluster,
  placement,
  clusterPlacement,
  override,
  clusterOverride,
  rootPod,
];

/** Kinds of the root that are computed from another kind, by resource name. */
export const ROOT_PROJECTIONS: Readonly<Record<string, Projection>> = { nodes: nodeProjection };

export const MEMBER_KINDS: readonly Kind[] = [...SHARED, node, pod];
