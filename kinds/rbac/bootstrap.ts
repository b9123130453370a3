// The ClusterRoles and bindings that every cluster is born with, as far as they mean something where no kubelet runs, and those of Hanse's own kinds.
// Facts of kk:plugin/pkg/auth/authorizer/rbac/bootstrappolicy (v1.36.3).
import type { KubeObject } from "../object.ts";
import { type PolicyRule, RBAC } from "./policyrule.ts";

interface BootstrapRole {
  name: string;
  /** Its rules are gathered into this role. */
  to?: string;
  /** Its rules are gathered from those whose `to` is one of these. */
  gathers?: readonly string[];
  rules: readonly PolicyRule[];
}

const on = (
  apiGroups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  ...resourceNames: string[]
): PolicyRule => ({ apiGroups, resources, verbs, ...(resourceNames.length > 0 ? { resourceNames } : {}) });
const at = (nonResourceURLs: readonly string[], verbs: readonly string[]): PolicyRule => ({ nonResourceURLs, verbs });

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

const ROLES: readonly BootstrapRole[] = [
  {
    name: "admin",
    gathers: ["admin"],
    rules: [],
  },
  {
    name: "cluster-admin",
    rules: [on(["*"], ["*"], ["*"]), at(["*"], ["*"])],
  },
  {
    name: "edit",
    to: "admin",
    gathers: ["edit"],
    rules: [],
  },
  {
    name: "system:aggregate-to-admin",
    to: "admin",
    rules: [
      on(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
      on(
        ["rbac.authorization.k8s.io"],
        ["rolebindings", "roles"],
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      ),
    ],
  },
  {
    name: "system:aggregate-to-edit",
    to: "edit",
    rules: [
      on([""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"], READ),
      on([""], ["serviceaccounts"], ["impersonate"]),
      on([""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], WRITE),
      on([""], ["pods/eviction"], ["create"]),
      on(
        [""],
        [
          "configmaps",
          "persistentvolumeclaims",
          "replicationcontrollers",
          "replicationcontrollers/scale",
          "secrets",
          "serviceaccounts",
          "services",
          "services/proxy",
        ],
        WRITE,
      ),
      on([""], ["serviceaccounts/token"], ["create"]),
      on(["", "events.k8s.io"], ["events"], WRITE),
      on(
        ["apps"],
        [
          "daemonsets",
          "deployments",
          "deployments/rollback",
          "deployments/scale",
          "replicasets",
          "replicasets/scale",
          "statefulsets",
          "statefulsets/scale",
        ],
        WRITE,
      ),
      on(["autoscaling"], ["horizontalpodautoscalers"], WRITE),
      on(["batch"], ["cronjobs", "jobs"], WRITE),
      on(
        ["extensions"],
        [
          "daemonsets",
          "deployments",
          "deployments/rollback",
          "deployments/scale",
          "ingresses",
          "networkpolicies",
          "replicasets",
          "replicasets/scale",
          "replicationcontrollers/scale",
        ],
        WRITE,
      ),
      on(["policy"], ["poddisruptionbudgets"], WRITE),
      on(["networking.k8s.io"], ["ingresses", "networkpolicies"], WRITE),
      on(
        ["coordination.k8s.io"],
        ["leases"],
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      ),
      on(["resource.k8s.io"], ["resourceclaims", "resourceclaimtemplates"], WRITE),
    ],
  },
  {
    name: "system:aggregate-to-view",
    to: "view",
    rules: [
      on(
        [""],
        [
          "configmaps",
          "endpoints",
          "persistentvolumeclaims",
          "persistentvolumeclaims/status",
          "pods",
          "replicationcontrollers",
          "replicationcontrollers/scale",
          "serviceaccounts",
          "services",
          "services/status",
        ],
        READ,
      ),
      on(
        [""],
        [
          "bindings",
          "limitranges",
          "namespaces/status",
          "pods/log",
          "pods/status",
          "replicationcontrollers/status",
          "resourcequotas",
          "resourcequotas/status",
        ],
        READ,
      ),
      on([""], ["namespaces"], READ),
      on(["", "events.k8s.io"], ["events"], READ),
      on(["discovery.k8s.io"], ["endpointslices"], READ),
      on(
        ["apps"],
        [
          "controllerrevisions",
          "daemonsets",
          "daemonsets/status",
          "deployments",
          "deployments/scale",
          "deployments/status",
          "replicasets",
          "replicasets/scale",
          "replicasets/status",
          "statefulsets",
          "statefulsets/scale",
          "statefulsets/status",
        ],
        READ,
      ),
      on(["autoscaling"], ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], READ),
      on(["batch"], ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], READ),
      on(
        ["extensions"],
        [
          "daemonsets",
          "daemonsets/status",
          "deployments",
          "deployments/scale",
          "deployments/status",
          "ingresses",
          "ingresses/status",
          "networkpolicies",
          "replicasets",
          "replicasets/scale",
          "replicasets/status",
          "replicationcontrollers/scale",
        ],
        READ,
      ),
      on(["policy"], ["poddisruptionbudgets", "poddisruptionbudgets/status"], READ),
      on(["networking.k8s.io"], ["ingresses", "ingresses/status", "networkpolicies"], READ),
      on(["resource.k8s.io"], ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"], READ),
    ],
  },
  {
    name: "system:auth-delegator",
    rules: [
      on(["authentication.k8s.io"], ["tokenreviews"], ["create"]),
      on(["authorization.k8s.io"], ["subjectaccessreviews"], ["create"]),
    ],
  },
  {
    name: "system:basic-user",
    rules: [
      on(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
      on(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
    ],
  },
  {
    name: "system:discovery",
    rules: [
      at(
        [
          "/api",
          "/api/*",
          "/apis",
          "/apis/*",
          "/healthz",
          "/livez",
          "/openapi",
          "/openapi/*",
          "/readyz",
          "/version",
          "/version/",
        ],
        ["get"],
      ),
    ],
  },
  {
    name: "system:monitoring",
    rules: [
      at(
        [
          "/flagz",
          "/healthz",
          "/healthz/*",
          "/livez",
          "/livez/*",
          "/metrics",
          "/metrics/slis",
          "/readyz",
          "/readyz/*",
          "/statusz",
        ],
        ["get"],
      ),
      on([""], ["nodes/metrics"], ["get"]),
    ],
  },
  {
    name: "system:public-info-viewer",
    rules: [at(["/healthz", "/livez", "/readyz", "/version", "/version/"], ["get"])],
  },
  {
    name: "system:service-account-issuer-discovery",
    rules: [
      at(
        [
          "/.well-known/openid-configuration",
          "/.well-known/openid-configuration/",
          "/openid/v1/jwks",
          "/openid/v1/jwks/",
        ],
        ["get"],
      ),
    ],
  },
  {
    name: "view",
    to: "edit",
    gathers: ["view"],
    rules: [],
  },
  {
    name: "hanse:aggregate-to-edit",
    to: "edit",
    rules: [on(["hanse.dev"], ["overrides", "placements"], WRITE)],
  },
  {
    name: "hanse:aggregate-to-view",
    to: "view",
    rules: [on(["hanse.dev"], ["overrides", "placements"], READ)],
  },
];

const BINDINGS: readonly { role: string; groups: readonly string[]; name?: string }[] = [
  { role: "cluster-admin", groups: ["system:masters"] },
  { role: "system:basic-user", groups: ["system:authenticated"] },
  { role: "system:discovery", groups: ["system:authenticated"] },
  { role: "system:monitoring", groups: ["system:monitoring"] },
  { role: "system:public-info-viewer", groups: ["system:authenticated", "system:unauthenticated"] },
  { role: "system:service-account-issuer-discovery", groups: ["system:serviceaccounts"] },
];

/** "false" there: what is missing is not put back at a start. */
export const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

const AGGREGATE = `${RBAC}/aggregate-to-`;
const metadata = (name: string): KubeObject["metadata"] => ({
  name,
  labels: { "kubernetes.io/bootstrapping": "rbac-defaults" },
  annotations: { [AUTOUPDATE]: "true" },
});

export const BOOTSTRAP_ROLES: readonly KubeObject[] = ROLES.map(({ name, to, gathers, rules }) => {
  const meta = metadata(name);
  if (to !== undefined) meta.labels = { ...meta.labels, [AGGREGATE + to]: "true" };
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRole",
    metadata: meta,
    ...(gathers === undefined
      ? {}
      : {
          aggregationRule: {
            clusterRoleSelectors: gathers.map((one) => ({ matchLabels: { [AGGREGATE + one]: "true" } })),
          },
        }),
    rules: [...rules],
  };
});

export const BOOTSTRAP_BINDINGS: readonly KubeObject[] = BINDINGS.map(({ role, groups, name = role }) => ({
  apiVersion: `${RBAC}/v1`,
  kind: "ClusterRoleBinding",
  metadata: metadata(name),
  roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
  subjects: groups.map((group) => ({ apiGroup: RBAC, kind: "Group", name: group })),
}));
