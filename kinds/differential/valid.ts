// Manifests as users write them, from the least to the most: they must come back alike from kube-apiserver and from here.
import type { Loose } from "../object.ts";
import { container, core, deployment, service, withContainer, withPodSpec } from "./manifests.ts";

const full = withPodSpec({
  serviceAccountName: "robot",
  nodeSelector: { disk: "ssd" },
  tolerations: [
    { key: "a", operator: "Exists" },
    { key: "b", value: "c", effect: "NoExecute", tolerationSeconds: 5 },
  ],
  hostNetwork: true,
  initContainers: [
    { name: "init", image: "busybox:1", command: ["true"] },
    {
      name: "side",
      image: "busybox@sha256:0123456789012345678901234567890123456789012345678901234567890123",
      restartPolicy: "Always",
    },
  ],
  containers: [
    {
      name: "c",
      image: "registry:5000/nginx:latest",
      args: ["-a"],
      ports: [
        { containerPort: 80, name: "http" },
        { containerPort: 53, protocol: "UDP" },
      ],
      env: [
        { name: "A", value: "1" },
        { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "C", valueFrom: { configMapKeyRef: { name: "cm", key: "k" } } },
        { name: "D", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } },
        { name: "E", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
      ],
      envFrom: [{ configMapRef: { name: "cm" }, prefix: "P_" }, { secretRef: { name: "s" } }],
      resources: { limits: { cpu: "0.5", memory: "1024Mi" }, requests: { cpu: 0.1, "ephemeral-storage": "1.5Gi" } },
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { tcpSocket: { port: "http" }, periodSeconds: 3 },
      startupProbe: { exec: { command: ["true"] } },
      lifecycle: { preStop: { httpGet: { port: 8080, path: "/bye" } }, postStart: { exec: { command: ["true"] } } },
      volumeMounts: [
        { name: "cm", mountPath: "/cm" },
        { name: "tmp", mountPath: "/tmp", readOnly: true, subPath: "a/b" },
      ],
      securityContext: { runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
    },
    { name: "grpc", image: "a/b/c", livenessProbe: { grpc: { port: 90 } } },
  ],
  volumes: [
    { name: "cm", configMap: { name: "cm", items: [{ key: "a", path: "b" }] } },
    { name: "secret", secret: { secretName: "s" } },
    { name: "tmp", emptyDir: { sizeLimit: "1000Mi" } },
    { name: "host", hostPath: { path: "/var" } },
    {
      name: "down",
      downwardAPI: {
        items: [
          { path: "x", fieldRef: { fieldPath: "metadata.labels" } },
          { path: "y", resourceFieldRef: { containerName: "c", resource: "limits.memory", divisor: "1024Ki" } },
        ],
      },
    },
    {
      name: "all",
      projected: {
        sources: [
          { serviceAccountToken: { path: "t" } },
          { configMap: { name: "cm" } },
          { downwardAPI: { items: [{ path: "z", fieldRef: { fieldPath: "metadata.name" } }] } },
        ],
      },
    },
    { name: "claim", persistentVolumeClaim: { claimName: "c" } },
    {
      name: "eph",
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
        },
      },
    },
    { name: "bare" },
  ],
  imagePullSecrets: [{ name: "pull" }],
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: "web" } },
    },
  ],
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: "zone", labelSelector: { matchLabels: { app: "web" } } } },
      ],
    },
  },
});

export const valid: [string, Loose][] = [
  ["Deployment, least", deployment()],
  ["Deployment, Recreate", deployment({ strategy: { type: "Recreate" }, replicas: 0, minReadySeconds: 5 })],
  ["Deployment, surge only", deployment({ strategy: { rollingUpdate: { maxSurge: 1 } } })],
  ["Deployment, everything", full],
  [
    "Deployment, metadata",
    deployment(
      {},
      {
        labels: { a: "b" },
        annotations: { "x/y": "z" },
        finalizers: ["a.b/c"],
        ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "u" }],
      },
    ),
  ],
  [
    "Deployment, expressions",
    deployment({ selector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] } }),
  ],
  [
    "Deployment, zero values",
    withContainer(
      { env: [{ name: "A", value: "" }], tty: false, stdin: false, ports: [], command: [] },
      { hostNetwork: false, hostPID: false, nodeName: "", volumes: [], nodeSelector: {}, securityContext: {} },
    ),
  ],
  ["Deployment, nulls", deployment({ replicas: null, paused: false, minReadySeconds: 0, strategy: null })],
  ["ReplicaSet, least", { ...deployment(), kind: "ReplicaSet" }],
  ["Pod, least", { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [container()] } }],
  [
    "Pod, limits",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: {
        containers: [container({ resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } } })],
      },
    },
  ],
  [
    "Pod, guaranteed",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [container({ resources: { limits: { cpu: "1", memory: "1Gi" } } })] },
    },
  ],
  [
    "Pod, host network",
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { hostNetwork: true, containers: [container({ ports: [{ containerPort: 80 }] })] },
    },
  ],
  ["Service, least", service()],
  [
    "Service, several ports",
    service({
      ports: [
        { name: "a", port: 80, targetPort: "http" },
        { name: "b", port: 53, protocol: "UDP", targetPort: 5353 },
      ],
    }),
  ],
  ["Service, headless", service({ clusterIP: "None" })],
  [
    "Service, headless without selector",
    { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { clusterIP: "None", ports: [{ port: 1 }] } },
  ],
  [
    "Service, ExternalName",
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { type: "ExternalName", externalName: "a.example" },
    },
  ],
  ["Service, ClientIP", service({ sessionAffinity: "ClientIP" })],
  ["Service, NodePort", service({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] })],
  ["Service, LoadBalancer", service({ type: "LoadBalancer", ports: [{ port: 80, nodePort: 30081 }] })],
  ["Service, external IPs", service({ externalIPs: ["1.2.3.4"] })],
  ["ConfigMap", core("ConfigMap", { data: { a: "1" }, binaryData: { b: "AAE=" } })],
  ["ConfigMap, empty", core("ConfigMap")],
  ["ConfigMap, immutable", core("ConfigMap", { immutable: true, data: { a: "" } })],
  ["Secret", core("Secret", { data: { a: "YQ==" }, stringData: { b: "é€𝄞" } })],
  ["Secret, TLS", core("Secret", { type: "kubernetes.io/tls", data: { "tls.crt": "YQ==", "tls.key": "YQ==" } })],
  [
    "Secret, docker",
    core("Secret", { type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": "{}" } }),
  ],
  [
    "ServiceAccount",
    core("ServiceAccount", {
      imagePullSecrets: [{ name: "a" }],
      secrets: [{ name: "t", namespace: "x" }],
      automountServiceAccountToken: false,
    }),
  ],
  ["Namespace", core("Namespace", {}, { name: "shop" })],
  ["Namespace, finalizers", core("Namespace", { spec: { finalizers: ["a.b/c"] } }, { name: "shop" })],
  [
    "Event",
    core("Event", {
      involvedObject: { kind: "Pod", name: "p", namespace: "default" },
      reason: "R",
      message: "m",
      type: "Normal",
    }),
  ],
];
