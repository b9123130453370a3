// Manifests that must be refused by kube-apiserver and here for the same causes, each wrong in one way.
import type { Loose } from "../object.ts";
import { core, deployment, service, template, withContainer, withPodSpec } from "./manifests.ts";

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
