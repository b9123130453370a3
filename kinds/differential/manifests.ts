// Manifests for the differential test: what users write, from the least to the most, as JSON. `valid` ones must come back alike from
// kube-apiserver and from here; `invalid` ones must fail for the same causes.
import type { Loose } from "../object.ts";

const container = (changes: Loose = {}): Loose => ({ name: "c", image: "nginx", ...changes });
export const template = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  metadata: { labels: { app: "web" }, ...metadata },
  spec: { containers: [container()], ...spec },
});

export function deployment(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", ...metadata },
    spec: { selector: { matchLabels: { app: "web" } }, template: template(), ...spec },
  };
}

/** A Deployment with one container. */
export const withContainer = (changes: Loose, spec: Loose = {}): Loose =>
  deployment({ template: template({ containers: [container(changes)], ...spec }) });
export const withPodSpec = (spec: Loose): Loose => deployment({ template: template(spec) });

export function service(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", ...metadata },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
  };
}

export const core = (kind: string, body: Loose = {}, metadata: Loose = {}): Loose => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "one", ...metadata },
  ...body,
});

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

const long = "a".repeat(64);

export const invalid: [string, Loose][] = [
  ["name, capitals", deployment({}, { name: "Web" })],
  ["name, too long", deployment({}, { name: "a".repeat(254) })],
  ["no name", deployment({}, { name: undefined })],
  ["label key", deployment({}, { labels: { "-a": "b" } })],
  ["label value", deployment({}, { labels: { a: "b c" } })],
  ["label value, too long", deployment({}, { labels: { a: long } })],
  ["label prefix", deployment({}, { labels: { "A_/a": "b" } })],
  ["label slashes", deployment({}, { labels: { "a/b/c": "b" } })],
  ["annotation key", deployment({}, { annotations: { "a b": "" } })],
  ["annotations, too large", core("ConfigMap", {}, { annotations: { a: "x".repeat(262145) } })],
  ["finalizer", deployment({}, { finalizers: ["a b"] })],
  [
    "owner without uid",
    core("ConfigMap", {}, { ownerReferences: [{ apiVersion: "v1", kind: "X", name: "o", uid: "" }] }),
  ],
  [
    "two controllers",
    core(
      "ConfigMap",
      {},
      {
        ownerReferences: [
          { apiVersion: "v1", kind: "X", name: "o", uid: "1", controller: true },
          { apiVersion: "v1", kind: "X", name: "p", uid: "2", controller: true },
        ],
      },
    ),
  ],
  [
    "owned by an event",
    core("ConfigMap", {}, { ownerReferences: [{ apiVersion: "v1", kind: "Event", name: "o", uid: "1" }] }),
  ],
  ["no selector", deployment({ selector: undefined })],
  ["empty selector", deployment({ selector: {} })],
  ["selector does not match", deployment({ selector: { matchLabels: { app: "api" } } })],
  ["selector operator", deployment({ selector: { matchExpressions: [{ key: "app", operator: "Near" }] } })],
  ["selector without values", deployment({ selector: { matchExpressions: [{ key: "app", operator: "In" }] } })],
  [
    "selector with values",
    deployment({ selector: { matchExpressions: [{ key: "app", operator: "Exists", values: ["a"] }] } }),
  ],
  ["negative replicas", deployment({ replicas: -1 })],
  ["strategy", deployment({ strategy: { type: "Slow" } })],
  ["Recreate with rollingUpdate", deployment({ strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } })],
  ["neither surge nor unavailable", deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } })],
  ["unavailable above 100%", deployment({ strategy: { rollingUpdate: { maxUnavailable: "101%" } } })],
  ["surge is no percentage", deployment({ strategy: { rollingUpdate: { maxSurge: "many" } } })],
  ["deadline before readiness", deployment({ minReadySeconds: 700 })],
  ["no template", deployment({ template: undefined })],
  ["no containers", withPodSpec({ containers: [] })],
  ["container without name", withContainer({ name: undefined })],
  ["container name", withContainer({ name: "a.b" })],
  ["container without image", withContainer({ image: undefined })],
  [
    "two containers of a name",
    withPodSpec({
      containers: [
        { name: "c", image: "a" },
        { name: "c", image: "b" },
      ],
    }),
  ],
  ["init container of a container's name", withPodSpec({ initContainers: [{ name: "c", image: "a" }] })],
  [
    "init container with a probe",
    withPodSpec({ initContainers: [{ name: "i", image: "a", livenessProbe: { tcpSocket: { port: 1 } } }] }),
  ],
  ["port 0", withContainer({ ports: [{ containerPort: 0 }] })],
  ["port 70000", withContainer({ ports: [{ containerPort: 70000 }] })],
  ["port name", withContainer({ ports: [{ containerPort: 80, name: "-Http-is-far-too-long" }] })],
  [
    "two ports of a name",
    withContainer({
      ports: [
        { containerPort: 80, name: "a" },
        { containerPort: 81, name: "a" },
      ],
    }),
  ],
  ["port protocol", withContainer({ ports: [{ containerPort: 80, protocol: "QUIC" }] })],
  [
    "host ports twice",
    withContainer({
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 80 },
      ],
    }),
  ],
  ["env without name", withContainer({ env: [{ name: "" }] })],
  ["env name", withContainer({ env: [{ name: "a=b" }] })],
  [
    "env value and source",
    withContainer({ env: [{ name: "a", value: "x", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
  ],
  ["env without source", withContainer({ env: [{ name: "a", valueFrom: {} }] })],
  ["env field path", withContainer({ env: [{ name: "a", valueFrom: { fieldRef: { fieldPath: "spec.x" } } }] })],
  [
    "env field path not for env",
    withContainer({ env: [{ name: "a", valueFrom: { fieldRef: { fieldPath: "metadata.labels" } } }] }),
  ],
  ["env key", withContainer({ env: [{ name: "a", valueFrom: { configMapKeyRef: { name: "x", key: "a b" } } }] })],
  ["envFrom of nothing", withContainer({ envFrom: [{}] })],
  ["mount of no volume", withContainer({ volumeMounts: [{ name: "x", mountPath: "/a" }] })],
  [
    "mounts at one path",
    withContainer(
      {
        volumeMounts: [
          { name: "x", mountPath: "/a" },
          { name: "x", mountPath: "/a" },
        ],
      },
      { volumes: [{ name: "x", emptyDir: {} }] },
    ),
  ],
  [
    "two volumes of a name",
    withPodSpec({
      volumes: [
        { name: "x", emptyDir: {} },
        { name: "x", emptyDir: {} },
      ],
    }),
  ],
  ["volume of two types", withPodSpec({ volumes: [{ name: "x", emptyDir: {}, configMap: { name: "a" } }] })],
  ["volume without Secret name", withPodSpec({ volumes: [{ name: "x", secret: {} }] })],
  ["volume name", withPodSpec({ volumes: [{ name: "X", emptyDir: {} }] })],
  ["requests above limits", withContainer({ resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } })],
  ["negative request", withContainer({ resources: { requests: { cpu: "-1" } } })],
  ["unknown resource", withContainer({ resources: { requests: { gpu: "1" } } })],
  ["extended resource without limit", withContainer({ resources: { requests: { "a.b/gpu": "1" } } })],
  ["half an extended resource", withContainer({ resources: { limits: { "a.b/gpu": "500m" } } })],
  ["pull policy", withContainer({ imagePullPolicy: "Sometimes" })],
  ["probe without handler", withContainer({ livenessProbe: { periodSeconds: 1 } })],
  ["probe with two handlers", withContainer({ livenessProbe: { tcpSocket: { port: 1 }, exec: { command: ["a"] } } })],
  ["liveness successThreshold", withContainer({ livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } })],
  ["probe port name", withContainer({ readinessProbe: { httpGet: { port: "a_b" } } })],
  ["restart policy of a Deployment", withPodSpec({ restartPolicy: "Never" })],
  ["restart policy unknown", withPodSpec({ restartPolicy: "Maybe" })],
  ["DNS policy", withPodSpec({ dnsPolicy: "Magic" })],
  ["node selector", withPodSpec({ nodeSelector: { "a b": "c" } })],
  ["toleration without key", withPodSpec({ tolerations: [{ operator: "Equal" }] })],
  ["toleration operator", withPodSpec({ tolerations: [{ key: "a", operator: "Near" }] })],
  ["toleration effect", withPodSpec({ tolerations: [{ key: "a", operator: "Exists", effect: "Maybe" }] })],
  ["toleration seconds", withPodSpec({ tolerations: [{ key: "a", operator: "Exists", tolerationSeconds: 1 }] })],
  ["active deadline", withPodSpec({ activeDeadlineSeconds: 5 })],
  ["service account name", withPodSpec({ serviceAccountName: "A" })],
  ["template labels", deployment({ template: template({}, { labels: { app: "web", "b c": "d" } }) })],
  ["Service name", service({}, { name: "a.b" })],
  ["Service without ports", service({ ports: [] })],
  ["Service ports without names", service({ ports: [{ port: 80 }, { port: 81 }] })],
  [
    "Service ports of a name",
    service({
      ports: [
        { name: "a", port: 80 },
        { name: "a", port: 81 },
      ],
    }),
  ],
  [
    "Service port twice",
    service({
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 80 },
      ],
    }),
  ],
  ["Service port 0", service({ ports: [{ port: 0 }] })],
  ["Service type", service({ type: "Magic" })],
  ["Service affinity", service({ sessionAffinity: "Magic" })],
  ["Service target port", service({ ports: [{ port: 80, targetPort: "a_b" }] })],
  ["Service protocol", service({ ports: [{ port: 80, protocol: "QUIC" }] })],
  ["Service clusterIP", service({ clusterIP: "300.1.1.1" })],
  ["Service nodePort of a ClusterIP", service({ ports: [{ port: 80, nodePort: 30000 }] })],
  ["Service selector", service({ selector: { "a b": "c" } })],
  ["ExternalName without name", service({ type: "ExternalName" })],
  ["external policy of a ClusterIP", service({ externalTrafficPolicy: "Local" })],
  ["internal policy", service({ internalTrafficPolicy: "Magic" })],
  ["ConfigMap key", core("ConfigMap", { data: { "a b": "" } })],
  ["ConfigMap key ..", core("ConfigMap", { data: { "..": "" } })],
  ["ConfigMap key twice", core("ConfigMap", { data: { a: "" }, binaryData: { a: "" } })],
  ["ConfigMap, too large", core("ConfigMap", { data: { a: "x".repeat(1048577) } })],
  ["Secret key", core("Secret", { data: { "a/b": "" } })],
  ["Secret, too large", core("Secret", { stringData: { a: "x".repeat(1048577) } })],
  ["TLS Secret without data", core("Secret", { type: "kubernetes.io/tls" })],
  ["docker Secret without data", core("Secret", { type: "kubernetes.io/dockerconfigjson" })],
  ["basic auth without data", core("Secret", { type: "kubernetes.io/basic-auth" })],
  ["token Secret without account", core("Secret", { type: "kubernetes.io/service-account-token" })],
  ["Namespace name", core("Namespace", {}, { name: "a.b" })],
  ["Namespace finalizer", core("Namespace", { spec: { finalizers: ["a b"] } }, { name: "shop" })],
  ["Event elsewhere", core("Event", { involvedObject: { kind: "Pod", name: "p", namespace: "other" } })],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Deployment, other image", deployment(), withContainer({ image: "nginx:2" })],
  [
    "Deployment, other selector",
    deployment(),
    deployment({
      selector: { matchLabels: { app: "web", a: "b" } },
      template: template({}, { labels: { app: "web", a: "b" } }),
    }),
  ],
  ["Deployment, bad finalizer", deployment(), deployment({}, { finalizers: ["x"] })],
  [
    "ConfigMap, immutable, other data",
    core("ConfigMap", { immutable: true, data: { a: "1" } }),
    core("ConfigMap", { immutable: true, data: { a: "2" } }),
  ],
  ["ConfigMap, no longer immutable", core("ConfigMap", { immutable: true }), core("ConfigMap")],
  ["ConfigMap, bad label", core("ConfigMap"), core("ConfigMap", {}, { labels: { "-": "" } })],
  ["Secret, other type", core("Secret"), core("Secret", { type: "a/b" })],
  ["Secret, type left out", core("Secret", { type: "a/b" }), core("Secret", { stringData: { a: "b" } })],
  [
    "Secret, immutable",
    core("Secret", { immutable: true, data: { a: "YQ==" } }),
    core("Secret", { immutable: true, data: { a: "Yg==" } }),
  ],
  ["Service, clusterIP left out", service(), service({ ports: [{ port: 81 }] })],
  ["Service, other clusterIP", service(), service({ clusterIP: "10.96.7.7" })],
  [
    "Service, becomes ExternalName",
    service(),
    { ...service(), spec: { type: "ExternalName", externalName: "a.example" } },
  ],
  ["Service, NodePort and back", service({ type: "NodePort", ports: [{ port: 80, nodePort: 30090 }] }), service()],
  ["Service, was ExternalName", { ...service(), spec: { type: "ExternalName", externalName: "a.example" } }, service()],
  [
    "ServiceAccount, secrets",
    core("ServiceAccount"),
    core("ServiceAccount", { secrets: [{ name: "a", namespace: "b" }] }),
  ],
  [
    "Namespace, finalizers",
    core("Namespace", {}, { name: "shop" }),
    core("Namespace", { spec: { finalizers: ["a/b"] } }, { name: "shop" }),
  ],
  [
    "ReplicaSet, selector",
    { ...deployment(), kind: "ReplicaSet" },
    {
      ...deployment({
        selector: { matchLabels: { app: "web", a: "b" } },
        template: template({}, { labels: { app: "web", a: "b" } }),
      }),
      kind: "ReplicaSet",
    },
  ],
];
