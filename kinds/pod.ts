// Pod (v1). Served by members; at the root pods will be what agents observed (a later issue).
import type { FieldError, Kind } from "./kind.ts";
import type { KubeObject } from "./object.ts";
import { podReady, podRestarts, podStatus } from "./pod/columns.ts";
import { defaultPodSpec } from "./podspec/defaults.ts";
import { validatePodSpec } from "./podspec/validate.ts";
import { AGE, NAME } from "./rules/columns.ts";
import { forbidden } from "./rules/errors.ts";
import { sameJson, validateMetadata } from "./rules/metadata.ts";
import { dropZeros } from "./rules/zeros.ts";

export const PODS = "pods";

function setDefaults(object: KubeObject): void {
  dropZeros(object, pod.schema);
  object.spec ??= {};
  defaultPodSpec(object.spec);
  object.status ??= {};
  object.status.phase ||= "Pending";
}

const MUTABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

function validate(object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = [...validateMetadata(pod, object, old), ...validatePodSpec(object.spec, "spec")];
  if (old !== undefined && !sameJson(fixed(object.spec), fixed(old.spec))) errors.push(forbidden("spec", MUTABLE));
  return errors;
}

/** A spec without the fields that an update may change; nodeName is set once by the scheduler. */
function fixed(spec: KubeObject["spec"]): unknown {
  const withoutImage = (containers: { image?: string }[] | undefined): unknown =>
    containers?.map(({ image: _, ...rest }) => rest);
  const { containers, initContainers, activeDeadlineSeconds: _, tolerations: __, nodeName: ___, ...rest } = spec ?? {};
  return { ...rest, containers: withoutImage(containers), initContainers: withoutImage(initContainers) };
}

const UNHEALTHY_NODE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** kk:pkg/registry/core/pod/strategy.go, and what the admission plugins Priority and DefaultTolerationSeconds add. */
function prepareCreate(object: KubeObject): void {
  object.status = { phase: "Pending", qosClass: qosClass(object) };
  const { spec } = object;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
  const tolerations: { key?: string; effect?: string }[] = spec.tolerations ?? [];
  for (const key of UNHEALTHY_NODE) {
    const tolerated = tolerations.some(
      (one) => (one.key === key || !one.key) && (one.effect === "NoExecute" || !one.effect),
    );
    if (!tolerated)
      spec.tolerations = [
        ...(spec.tolerations ?? []),
        { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      ];
  }
}

/** kk:pkg/apis/core/v1/helper/qos. */
function qosClass({ spec }: KubeObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const lists = containers.map(({ resources }) => ({
    limits: resources?.limits ?? {},
    requests: resources?.requests ?? {},
  }));
  const asks = lists.some(({ limits, requests }) =>
    [limits, requests].some((list) => "cpu" in list || "memory" in list),
  );
  if (!asks) return "BestEffort";
  const guaranteed = lists.every(({ limits, requests }) =>
    ["cpu", "memory"].every((name) => name in limits && (requests[name] ?? limits[name]) === limits[name]),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
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
    "status.podIP": ({ status }) => status?.podIP ?? "",
    "status.podIPs": ({ status }) => status?.podIPs?.[0]?.ip ?? "",
    "status.nominatedNodeName": ({ status }) => status?.nominatedNodeName ?? "",
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
  validate,
  federation: { rule: "root" },
};
