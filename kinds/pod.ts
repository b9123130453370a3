// Pod (v1): the kind itself. What it is made of stands in kinds/pod/ and kinds/podspec/. At the root a pod that somebody creates is a
// workload of its own, placed whole in one cluster and run once.
import type { Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { observedOf } from "./observed.ts";
import { admit, looksUp } from "./pod/admit.ts";
import { podReady, podRestarts, podStatus } from "./pod/columns.ts";
import { prepareCreate } from "./pod/create.ts";
import { ephemeralContainers, resize } from "./pod/parts.ts";
import { prepareStatus } from "./pod/status.ts";
import { validate } from "./pod/validate.ts";
import { dropOldAnnotations } from "./podspec/annotations.ts";
import { defaultPodSpec } from "./podspec/defaults.ts";
import { podWarnings } from "./podspec/warnings.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { hostNameWarnings } from "./rules/names.ts";
import { controlled } from "./rules/owners.ts";
import { dropZeros, showZeros } from "./rules/zeros.ts";

export const PODS = "pods";

const STATUSES = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"];
const CONTAINER_STATUS = "io.k8s.api.core.v1.ContainerStatus";

function setDefaults(object: KubeObject): void {
  dropZeros(object, pod.schema);
  dropOldAnnotations(object.metadata);
  object.spec ??= {};
  defaultPodSpec(object.spec);
  object.status ??= {};
  const { status } = object;
  for (const list of STATUSES) for (const one of status[list] ?? []) showZeros(one, CONTAINER_STATUS);
  // Times that Go always writes, and that whoever writes the condition therefore owns.
  for (const condition of status.conditions ?? []) {
    condition.lastProbeTime ??= null;
    condition.lastTransitionTime ??= null;
  }
  // podIP is the first of podIPs; of two that differ it counts (kk:pkg/apis/core/v1/conversion.go).
  if (status.podIP && status.podIPs?.[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
  else if (status.podIPs?.[0]?.ip) status.podIP = status.podIPs[0].ip;
}

/** kk:pkg/registry/core/pod/strategy.go CheckGracefulDelete: whoever runs the pod has this long to end it. */
function grace({ spec, status }: KubeObject, asked: number | undefined): number {
  if (!spec?.nodeName || status?.phase === "Failed" || status?.phase === "Succeeded") return 0;
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

export const pod: Kind = {
  group: "",
  version: "v1",
  kind: "Pod",
  resource: "pods",
  singular: "pod",
  namespaced: true,
  shortNames: ["po"],
  categories: ["all"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
  status: true,
  statusKeepsOwners: true,
  posts: ["binding", "eviction"],
  schema: "io.k8s.api.core.v1.Pod",
  generation: true,
  returnsDeleted: true,
  fields: {
    "spec.nodeName": ({ spec }) => spec?.nodeName ?? "",
    "spec.restartPolicy": ({ spec }) => spec?.restartPolicy ?? "",
    "spec.schedulerName": ({ spec }) => spec?.schedulerName ?? "",
    "spec.serviceAccountName": ({ spec }) => spec?.serviceAccountName ?? "",
    "spec.hostNetwork": ({ spec }) => String(spec?.hostNetwork ?? false),
    "status.phase": ({ status }) => status?.phase ?? "",
    "status.podIP": ({ status }) => status?.podIPs?.[0]?.ip ?? "",
    "status.podIPs": ({ status }) => status?.podIPs?.[0]?.ip ?? "",
    "status.nominatedNodeName": ({ status }) => status?.nominatedNodeName ?? "",
  },
  completed: ({ status }) => {
    if (status?.phase === "Failed") return { reason: "Failed", message: "The pod failed." };
    return status?.phase === "Succeeded"
      ? { reason: "Succeeded", message: "The pod has completed successfully." }
      : undefined;
  },
  columns: [
    NAME,
    { name: "Ready", type: "string", description: "Ready containers of all", cell: podReady },
    { name: "Status", type: "string", description: "What its containers do", cell: podStatus },
    {
      name: "Restarts",
      type: "string",
      description: "Restarts of its containers, and the last one's age",
      cell: podRestarts,
    },
    AGE,
    {
      name: "IP",
      type: "string",
      priority: 1,
      description: "Its address",
      cell: ({ status }) => status?.podIPs?.[0]?.ip || "<none>",
    },
    {
      name: "Node",
      type: "string",
      priority: 1,
      description: "Where it runs",
      cell: ({ spec }) => spec?.nodeName || "<none>",
    },
    {
      name: "Nominated Node",
      type: "string",
      priority: 1,
      description: "Where it may run after preemption",
      cell: ({ status }) => status?.nominatedNodeName || "<none>",
    },
    {
      name: "Readiness Gates",
      type: "string",
      priority: 1,
      description: "Conditions that hold of those asked for",
      cell: ({ spec, status }) => {
        const gates: { conditionType: string }[] = spec?.readinessGates ?? [];
        const conditions: { type: string; status: string }[] = status?.conditions ?? [];
        const met = gates.filter(
          (gate) => conditions.find(({ type }) => type === gate.conditionType)?.status === "True",
        );
        return gates.length > 0 ? `${met.length}/${gates.length}` : "<none>";
      },
    },
  ],
  setDefaults,
  prepareCreate,
  prepareStatus,
  looksUp,
  admit,
  validate,
  // Not of updates: people seldom write pods themselves.
  warnings: (object, old) =>
    old === undefined ? [...hostNameWarnings(object.metadata.name), ...podWarnings(object)] : [],
  grace,
  parts: { ephemeralcontainers: ephemeralContainers, resize },
  federation: { rule: "workload", divided: [], once: true },
  propagates: (object) => !controlled(object) && observedOf(object) === undefined,
};
