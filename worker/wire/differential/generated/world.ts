// What the generated sequences are made of: a few kinds, for each the least that is valid and fragments that are merged into it at random.
// Most fragments are valid, so that most requests succeed; the field errors themselves are compared in kinds/differential.
import type { Loose } from "../../../../kinds/object.ts";
import { POD_FRAGMENTS } from "./podfragments.ts";

export interface World {
  apiVersion: string;
  kind: string;
  resource: string;
  base: Loose;
  fragments: readonly Loose[];
  /** Only sent to /status. */
  status?: readonly Loose[];
  scale?: boolean;
}

const labels = { app: "web" };
const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx:1" }] } };
const selector = { matchLabels: labels };
const inTemplate = (fragment: Loose): Loose => ({ spec: { template: fragment } });
const TEMPLATES: readonly Loose[] = [
  ...POD_FRAGMENTS.map((spec) => inTemplate({ spec })),
  inTemplate({ metadata: { labels: { tier: "front" } } }),
  inTemplate({ metadata: { annotations: { restartedAt: "now" } } }),
];
const condition = (type: string, status = "True"): Loose => ({ type, status, reason: "R", message: "m" });
const AT = "2026-01-01T00:00:00Z";

/** For every kind. */
export const METADATA: readonly Loose[] = [
  { labels: { x: "y" } },
  { labels: { x: "z" } },
  { labels: { w: "1", v: "" } },
  { annotations: { n: "1" } },
  { annotations: { n: "2", "example.com/m": "[1,2]" } },
  { finalizers: ["example.com/a"] },
  { finalizers: ["example.com/b"] },
  { finalizers: ["example.com/a", "example.com/b"] },
  {
    ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "11111111-0000-4000-8000-000000000001" }],
  },
  {
    ownerReferences: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        name: "p",
        uid: "11111111-0000-4000-8000-000000000002",
        controller: true,
      },
    ],
  },
].map((metadata) => ({ metadata }));

const world = (
  apiVersion: string,
  kind: string,
  resource: string,
  body: Loose,
  fragments: readonly Loose[],
  more: Partial<World> = {},
): World => ({
  apiVersion,
  kind,
  resource,
  base: { apiVersion, kind, metadata: {}, ...body },
  fragments,
  ...more,
});

export const WORLDS: readonly World[] = [
  world("v1", "ConfigMap", "configmaps", { data: { a: "1" } }, [
    { data: { a: "2" } },
    { data: { b: "1", c: "3" } },
    { data: { "d.e": "text\nof lines\n" } },
    { binaryData: { x: "aGVsbG8=" } },
    { binaryData: { a: "aGVsbG8=" } },
    { immutable: false },
    { immutable: true },
  ]),
  world("v1", "Secret", "secrets", { data: { a: "MQ==" } }, [
    { data: { a: "Mg==" } },
    { data: { b: "MQ==" } },
    { stringData: { a: "3" } },
    { stringData: { c: "plain" } },
    { type: "Opaque" },
    { type: "kubernetes.io/basic-auth" },
    { immutable: false },
  ]),
  world(
    "apps/v1",
    "Deployment",
    "deployments",
    { spec: { selector, template } },
    [
      { spec: { replicas: 2 } },
      { spec: { replicas: 0 } },
      { spec: { paused: true } },
      { spec: { minReadySeconds: 5 } },
      { spec: { minReadySeconds: 0, revisionHistoryLimit: 3 } },
      { spec: { strategy: { type: "Recreate" } } },
      { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "10%" } } } },
      { spec: { strategy: { rollingUpdate: { maxSurge: "50%" } } } },
      { spec: { progressDeadlineSeconds: 60 } },
      ...TEMPLATES,
    ],
    {
      scale: true,
      status: [
        { replicas: 2, updatedReplicas: 2 },
        { readyReplicas: 1, availableReplicas: 1, replicas: 1 },
        { observedGeneration: 1 },
        { conditions: [condition("Available")] },
        { conditions: [condition("Available", "False"), condition("Progressing")] },
        { collisionCount: 1 },
      ],
    },
  ),
  world(
    "apps/v1",
    "StatefulSet",
    "statefulsets",
    { spec: { serviceName: "s", selector, template } },
    [
      { spec: { replicas: 3 } },
      { spec: { ordinals: { start: 2 } } },
      { spec: { podManagementPolicy: "Parallel" } },
      { spec: { updateStrategy: { type: "OnDelete" } } },
      { spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } },
      { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } } },
      {
        spec: {
          volumeClaimTemplates: [
            {
              metadata: { name: "d" },
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
            },
          ],
        },
      },
      ...TEMPLATES,
    ],
    {
      scale: true,
      status: [
        { replicas: 1, currentRevision: "a" },
        { replicas: 2, readyReplicas: 2, collisionCount: 0 },
        { conditions: [condition("A")] },
      ],
    },
  ),
  world(
    "apps/v1",
    "DaemonSet",
    "daemonsets",
    { spec: { selector, template } },
    [
      { spec: { updateStrategy: { type: "OnDelete" } } },
      { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } } },
      { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
      { spec: { minReadySeconds: 3, revisionHistoryLimit: 0 } },
      ...TEMPLATES,
    ],
    {
      status: [
        { currentNumberScheduled: 1, numberMisscheduled: 0, desiredNumberScheduled: 1, numberReady: 1 },
        { conditions: [condition("A")] },
      ],
    },
  ),
  world(
    "batch/v1",
    "Job",
    "jobs",
    { spec: { template: { spec: { ...template.spec, restartPolicy: "Never" } } } },
    [
      { spec: { parallelism: 2 } },
      { spec: { completions: 3, parallelism: 0 } },
      { spec: { suspend: true } },
      { spec: { suspend: false, backoffLimit: 2 } },
      { spec: { activeDeadlineSeconds: 9, ttlSecondsAfterFinished: 10 } },
      { spec: { completionMode: "Indexed", completions: 2 } },
      { spec: { podFailurePolicy: { rules: [{ action: "Ignore", onPodConditions: [{ type: "D" }] }] } } },
      ...TEMPLATES.slice(0, 12),
    ],
    {
      status: [
        { active: 1, startTime: AT },
        { conditions: [condition("Suspended")] },
        { succeeded: 1, uncountedTerminatedPods: {} },
      ],
    },
  ),
  world(
    "batch/v1",
    "CronJob",
    "cronjobs",
    {
      spec: {
        schedule: "* * * * *",
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: "OnFailure" } } } },
      },
    },
    [
      { spec: { schedule: "0 3 * * 1" } },
      { spec: { suspend: true, timeZone: "Etc/UTC" } },
      { spec: { concurrencyPolicy: "Forbid", startingDeadlineSeconds: 5 } },
      { spec: { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 2 } },
      { spec: { jobTemplate: { metadata: { labels: { j: "1" } }, spec: { backoffLimit: 1 } } } },
      ...POD_FRAGMENTS.slice(0, 8).map((spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } })),
    ],
    { status: [{ lastScheduleTime: AT }, { active: [{ kind: "Job", name: "j", namespace: "n" }] }] },
  ),
  world(
    "v1",
    "Pod",
    "pods",
    { spec: template.spec },
    [
      ...POD_FRAGMENTS.map((spec) => ({ spec })),
      { spec: { nodeName: "n1" } },
      { spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 0 } },
      { spec: { containers: [{ name: "c", image: "nginx:2" }] } },
      { spec: { tolerations: [{ key: "later", operator: "Exists" }] } },
    ],
    {
      status: [
        { phase: "Running", podIP: "10.1.2.3", podIPs: [{ ip: "10.1.2.3" }] },
        { conditions: [{ type: "Ready", status: "True" }] },
        {
          conditions: [
            { type: "Ready", status: "False", reason: "R" },
            { type: "ContainersReady", status: "False" },
          ],
        },
        {
          containerStatuses: [
            {
              name: "c",
              ready: true,
              restartCount: 1,
              image: "nginx:1",
              imageID: "i",
              state: { running: { startedAt: AT } },
            },
          ],
        },
        { startTime: AT, hostIP: "10.0.0.1", qosClass: "BestEffort" },
      ],
    },
  ),
  world(
    "v1",
    "Service",
    "services",
    { spec: { ports: [{ port: 80 }] } },
    [
      { spec: { selector: labels } },
      { spec: { selector: { tier: "front" } } },
      { spec: { ports: [{ port: 80, name: "http", targetPort: "web" }] } },
      { spec: { ports: [{ port: 443, name: "https" }] } },
      { spec: { ports: [{ port: 53, name: "dns", protocol: "UDP" }] } },
      { spec: { ports: [{ port: 80, name: "udp", protocol: "UDP", appProtocol: "x" }] } },
      { spec: { clusterIP: "None" } },
      { spec: { sessionAffinity: "ClientIP" } },
      { spec: { type: "ExternalName", externalName: "example.com" } },
      { spec: { type: "NodePort" } },
      { spec: { externalIPs: ["1.2.3.4"] } },
      { spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"] } },
      { spec: { publishNotReadyAddresses: true, internalTrafficPolicy: "Local" } },
    ],
    {
      status: [
        { loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } },
        { loadBalancer: { ingress: [{ hostname: "a.b" }] } },
        { conditions: [{ ...condition("A"), lastTransitionTime: AT }] },
      ],
    },
  ),
  world(
    "networking.k8s.io/v1",
    "Ingress",
    "ingresses",
    { spec: { defaultBackend: { service: { name: "s", port: { number: 80 } } } } },
    [
      { spec: { ingressClassName: "nginx" } },
      { spec: { tls: [{ hosts: ["a.example"], secretName: "t" }] } },
      {
        spec: {
          rules: [
            {
              host: "a.example",
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { name: "http" } } } }],
              },
            },
          ],
        },
      },
      { spec: { rules: [{ host: "b.example" }] } },
      { spec: { defaultBackend: { service: { name: "t" } } } },
    ],
    { status: [{ loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } }, { loadBalancer: {} }] },
  ),
  world("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", { spec: { podSelector: {} } }, [
    { spec: { podSelector: { matchLabels: labels } } },
    { spec: { ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] } },
    { spec: { egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }] }] } },
    { spec: { policyTypes: ["Egress"] } },
    { spec: { policyTypes: ["Ingress", "Egress"] } },
    { spec: { ingress: [{}] } },
  ]),
  ...(["v2", "v1"] as const).map((version) =>
    world(
      `autoscaling/${version}`,
      "HorizontalPodAutoscaler",
      "horizontalpodautoscalers",
      { spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "web", apiVersion: "apps/v1" } } },
      [
        { spec: { minReplicas: 2 } },
        { spec: { maxReplicas: 9 } },
        ...(version === "v1"
          ? [{ spec: { targetCPUUtilizationPercentage: 50 } }]
          : [
              {
                spec: {
                  metrics: [
                    {
                      type: "Resource",
                      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } },
                    },
                  ],
                },
              },
              {
                spec: {
                  metrics: [
                    {
                      type: "Pods",
                      pods: { metric: { name: "m" }, target: { type: "AverageValue", averageValue: "1500m" } },
                    },
                  ],
                },
              },
              { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } },
              { spec: { behavior: { scaleUp: { policies: [{ type: "Pods", value: 4, periodSeconds: 60 }] } } } },
            ]),
        { spec: { scaleTargetRef: { name: "other" } } },
      ],
      {
        status: [
          { currentReplicas: 1, desiredReplicas: 2 },
          { observedGeneration: 1, lastScaleTime: AT },
        ],
      },
    ),
  ),
  world(
    "policy/v1",
    "PodDisruptionBudget",
    "poddisruptionbudgets",
    { spec: { selector } },
    [
      { spec: { minAvailable: 1 } },
      { spec: { maxUnavailable: "10%" } },
      { spec: { selector: { matchLabels: { tier: "front" } } } },
      { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } },
    ],
    {
      status: [
        { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 },
        { disruptedPods: { p: AT }, disruptionsAllowed: 1 },
        { conditions: [{ ...condition("A"), lastTransitionTime: AT }] },
      ],
    },
  ),
  world("coordination.k8s.io/v1", "Lease", "leases", { spec: { holderIdentity: "me" } }, [
    { spec: { holderIdentity: "you", leaseTransitions: 1 } },
    { spec: { leaseDurationSeconds: 15 } },
    { spec: { renewTime: "2026-01-01T00:00:00.123456Z" } },
    { spec: { acquireTime: "2026-01-01T01:00:00+01:00" } },
    { spec: { holderIdentity: "" } },
  ]),
  world("v1", "ServiceAccount", "serviceaccounts", {}, [
    { secrets: [{ name: "a" }] },
    { secrets: [{ name: "b", namespace: "n" }] },
    { imagePullSecrets: [{ name: "a" }] },
    { imagePullSecrets: [{ name: "b" }] },
    { automountServiceAccountToken: false },
  ]),
  world("v1", "Endpoints", "endpoints", { subsets: [{ addresses: [{ ip: "10.0.0.1" }], ports: [{ port: 80 }] }] }, [
    { subsets: [{ notReadyAddresses: [{ ip: "10.0.0.2", hostname: "h" }], ports: [{ port: 81, name: "x" }] }] },
    { subsets: [] },
  ]),
  world(
    "v1",
    "PersistentVolumeClaim",
    "persistentvolumeclaims",
    { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
    [
      { spec: { resources: { requests: { storage: "2048Mi" } } } },
      { spec: { storageClassName: "fast" } },
      { spec: { volumeMode: "Block" } },
      { spec: { accessModes: ["ReadOnlyMany"] } },
      { spec: { selector } },
    ],
    { status: [{ phase: "Bound", capacity: { storage: "1Gi" } }, { conditions: [condition("Resizing")] }] },
  ),
  world("v1", "LimitRange", "limitranges", { spec: { limits: [{ type: "Container", default: { cpu: "1" } }] } }, [
    { spec: { limits: [{ type: "Pod", max: { cpu: "2" } }] } },
    { spec: { limits: [{ type: "Container", min: { memory: "1000Ki" } }] } },
  ]),
  world(
    "v1",
    "ReplicationController",
    "replicationcontrollers",
    { spec: { selector: labels, template } },
    [
      { spec: { replicas: 2 } },
      { spec: { minReadySeconds: 1 } },
      { spec: { selector: { tier: "front" } } },
      ...TEMPLATES.slice(0, 10),
    ],
    { scale: true, status: [{ replicas: 1 }, { conditions: [condition("A")] }] },
  ),
  world(
    "apps/v1",
    "ReplicaSet",
    "replicasets",
    { spec: { selector, template } },
    [{ spec: { replicas: 2 } }, { spec: { minReadySeconds: 1 } }, ...TEMPLATES],
    { scale: true, status: [{ replicas: 1 }, { replicas: 2, conditions: [condition("A")] }] },
  ),
];
