// Pods, PodTemplates and ReplicationControllers that must come back alike.
import type { Loose } from "../object.ts";
import { container } from "./manifests.ts";
import { affinity, pod, podTemplate, podVolume, podWith, podSecurity, rc } from "./podmanifests.ts";

const term = (changes: Loose = {}): Loose => ({
  topologyKey: "zone",
  labelSelector: { matchLabels: { app: "web" } },
  ...changes,
});

export const valid: [string, Loose][] = [
  ["Pod, minimal", pod()],
  [
    "Pod, latest, digest, port and bad reference",
    pod({
      containers: [
        "a:latest",
        "a:1",
        `a@sha256:${"0".repeat(64)}`,
        "h:5000/a",
        "h:5000/a:2",
        "A/b",
        "localhost/A",
        "-",
        `a:1@sha256:${"0".repeat(64)}`,
      ].map((image, index) => ({ name: `c${index}`, image })),
    }),
  ],
  ["Pod, limits alone", podWith({ resources: { limits: { cpu: "500m", memory: "1Gi" } } })],
  [
    "Pod, some requests",
    podWith({
      resources: { limits: { cpu: 1, memory: "1000Ki" }, requests: { cpu: "0.1", "ephemeral-storage": "1.5Gi" } },
    }),
  ],
  ["Pod, init limits", pod({ initContainers: [container({ name: "i", resources: { limits: { cpu: "0.5" } } })] })],
  ["Pod, zero limits", podWith({ resources: { limits: { cpu: "0" } } })],
  ["Pod, pod-level limits", podWith({}, { resources: { limits: { cpu: "1", memory: "1Gi" } } })],
  [
    "Pod, pod-level with containers",
    podWith(
      { resources: { requests: { cpu: "200m" } } },
      {
        resources: { limits: { cpu: "1", memory: "1Gi" } },
        initContainers: [
          container({ name: "s", restartPolicy: "Always", resources: { requests: { cpu: "100m", memory: "1Mi" } } }),
          container({ name: "i", resources: { requests: { cpu: "700m" } } }),
        ],
      },
    ),
  ],
  ["Pod, pod-level requests alone", podWith({}, { resources: { requests: { cpu: "1" } } })],
  [
    "Pod, pod-level huge pages",
    podWith({ resources: { limits: { "hugepages-2Mi": "4Mi", cpu: "1" } } }, { resources: { limits: { cpu: "2" } } }),
  ],
  [
    "Pod, extended resource and claim",
    podWith(
      { resources: { limits: { "a.b/gpu": "2" }, claims: [{ name: "d" }, { name: "e", request: "r" }] } },
      {
        resourceClaims: [
          { name: "d", resourceClaimName: "x" },
          { name: "e", resourceClaimTemplateName: "y" },
        ],
      },
    ),
  ],
  [
    "Pod, host network",
    podWith(
      { ports: [{ containerPort: 80 }, { containerPort: 53, protocol: "UDP", name: "dns" }] },
      { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" },
    ),
  ],
  [
    "Pod, false and empty",
    pod({
      hostNetwork: false,
      hostPID: false,
      hostIPC: false,
      volumes: [],
      tolerations: [],
      nodeSelector: {},
      enableServiceLinks: false,
      shareProcessNamespace: false,
      hostUsers: true,
      setHostnameAsFQDN: false,
      automountServiceAccountToken: false,
      serviceAccount: "",
      schedulerName: "",
      hostname: "",
    }),
  ],
  ["Pod, service account", pod({ serviceAccountName: "robot" })],
  ["Pod, deprecated service account", pod({ serviceAccount: "robot" })],
  ["Pod, negative grace", pod({ terminationGracePeriodSeconds: -5 })],
  ["Pod, no grace", pod({ terminationGracePeriodSeconds: 0 })],
  ["Pod, system priority", pod({ priorityClassName: "system-node-critical" })],
  [
    "Pod, system cluster priority",
    pod({ priorityClassName: "system-cluster-critical", preemptionPolicy: "PreemptLowerPriority" }),
  ],
  ["Pod, priority said", pod({ priority: 0 })],
  [
    "Pod, own tolerations",
    pod({
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 },
        { key: "a", operator: "Equal", value: "b", effect: "NoSchedule" },
      ],
    }),
  ],
  ["Pod, tolerates all", pod({ tolerations: [{ operator: "Exists" }] })],
  ["Pod, gated", pod({ schedulingGates: [{ name: "a.b/c" }, { name: "d" }] })],
  ["Pod, readiness gates", pod({ readinessGates: [{ conditionType: "a.b/c" }] })],
  // Of a name of its own: it is deleted with a delay.
  ["Pod, bound", pod({ nodeName: "n1" }, { name: "bound" })],
  [
    "Pod, dns",
    pod({
      dnsPolicy: "None",
      dnsConfig: {
        nameservers: ["1.1.1.1", "2001:db8::1"],
        searches: ["a.b.", "_x.y", "."],
        options: [{ name: "ndots", value: "2" }, { name: "edns0" }],
      },
    }),
  ],
  [
    "Pod, host aliases and names",
    pod({ hostAliases: [{ ip: "10.0.0.1", hostnames: ["a.b", "c"] }], hostname: "h", subdomain: "s" }),
  ],
  ["Pod, hostname override", pod({ hostnameOverride: "a.example" })],
  ["Pod, linux", pod({ os: { name: "linux" } })],
  [
    "Pod, windows",
    podSecurity(
      { windowsOptions: { runAsUserName: "DOM\\user", gmsaCredentialSpecName: "spec" } },
      { os: { name: "windows" } },
    ),
  ],
  [
    "Pod, host process",
    pod({
      os: { name: "windows" },
      hostNetwork: true,
      securityContext: { windowsOptions: { hostProcess: true, runAsUserName: "NT AUTHORITY\\SYSTEM" } },
    }),
  ],
  [
    "Pod, security of the pod",
    pod({
      securityContext: {
        runAsUser: 1000,
        runAsGroup: 0,
        runAsNonRoot: true,
        fsGroup: 2000,
        fsGroupChangePolicy: "OnRootMismatch",
        supplementalGroups: [1, 2],
        supplementalGroupsPolicy: "Strict",
        seLinuxChangePolicy: "Recursive",
        seLinuxOptions: { level: "s0" },
        seccompProfile: { type: "RuntimeDefault" },
        appArmorProfile: { type: "Localhost", localhostProfile: "p" },
        sysctls: [
          { name: "net.core.somaxconn", value: "1024" },
          { name: "kernel/shm_rmid_forced", value: "0" },
        ],
      },
    }),
  ],
  [
    "Pod, security of a container",
    podSecurity({
      capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      runAsUser: 0,
      procMount: "Default",
      seccompProfile: { type: "Localhost", localhostProfile: "a/b.json" },
      appArmorProfile: { type: "Unconfined" },
    }),
  ],
  ["Pod, unmasked proc", podSecurity({ procMount: "Unmasked" }, { hostUsers: false })],
  [
    "Pod, AppArmor by annotation",
    pod({}, { annotations: { "container.apparmor.security.beta.kubernetes.io/c": "localhost/x" } }),
  ],
  [
    "Pod, AppArmor of the pod by annotation",
    pod(
      { securityContext: { appArmorProfile: { type: "RuntimeDefault" } } },
      { annotations: { "container.apparmor.security.beta.kubernetes.io/c": "runtime/default" } },
    ),
  ],
  [
    "Pod, seccomp by annotation",
    pod(
      {},
      {
        annotations: {
          "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
          "container.seccomp.security.alpha.kubernetes.io/c": "localhost/a",
        },
      },
    ),
  ],
  [
    "Pod, deletion cost, old annotations",
    pod(
      {},
      {
        annotations: {
          "controller.kubernetes.io/pod-deletion-cost": "-5",
          "pod.beta.kubernetes.io/init-containers": "[]",
        },
      },
    ),
  ],
  [
    "Pod, node affinity",
    pod(
      affinity("nodeAffinity", {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: "a", operator: "In", values: ["b"] },
              { key: "n", operator: "Gt", values: ["3"] },
              { key: "x", operator: "DoesNotExist" },
            ],
            matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }],
          },
        ],
      }),
    ),
  ],
  [
    "Pod, preferred affinity",
    pod({
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 5, preference: { matchExpressions: [{ key: "a", operator: "Exists" }] } },
          ],
        },
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 100, podAffinityTerm: term({ namespaces: ["a"], namespaceSelector: {} }) },
          ],
        },
      },
    }),
  ],
  [
    "Pod, anti-affinity with label keys",
    pod(affinity("podAntiAffinity", [term({ matchLabelKeys: ["v", "none"], mismatchLabelKeys: ["t"] })]), {
      labels: { v: "1", t: "2" },
    }),
  ],
  [
    "Pod, spread with label keys",
    pod(
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "zone",
            whenUnsatisfiable: "DoNotSchedule",
            minDomains: 2,
            labelSelector: { matchLabels: { app: "web" } },
            matchLabelKeys: ["v"],
            nodeAffinityPolicy: "Honor",
            nodeTaintsPolicy: "Ignore",
          },
          { maxSkew: 2, topologyKey: "host", whenUnsatisfiable: "ScheduleAnyway" },
        ],
      },
      { labels: { v: "1" } },
    ),
  ],
  [
    "Pod, probes and hooks",
    podWith({
      livenessProbe: { grpc: { port: 1 } },
      readinessProbe: { httpGet: { port: "web", httpHeaders: [{ name: "X-A", value: "b" }] }, successThreshold: 3 },
      startupProbe: { exec: { command: ["a"] }, terminationGracePeriodSeconds: 3, initialDelaySeconds: 0 },
      lifecycle: {
        postStart: { sleep: { seconds: 3 } },
        preStop: { httpGet: { port: 80, scheme: "HTTPS", path: "/x", host: "h" } },
      },
    }),
  ],
  ["Pod, stop signal", podWith({ lifecycle: { stopSignal: "SIGUSR1" } }, { os: { name: "linux" } })],
  [
    "Pod, env",
    podWith({
      env: [
        { name: "A", value: "" },
        { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.labels['a']" } } },
        { name: "C", valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Mi" } } },
        { name: "D", valueFrom: { resourceFieldRef: { resource: "requests.hugepages-2Mi" } } },
        { name: "e.f-g h", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } },
        { name: "H", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
      ],
      envFrom: [{ prefix: "P_", configMapRef: { name: "c" } }, { secretRef: { name: "s", optional: false } }],
    }),
  ],
  [
    "Pod, env from a file",
    podWith(
      { env: [{ name: "A", valueFrom: { fileKeyRef: { volumeName: "v", path: "a/b.env", key: "K" } } }] },
      { volumes: [{ name: "v", emptyDir: {} }] },
    ),
  ],
  [
    "Pod, sidecar",
    pod({
      initContainers: [
        container({
          name: "s",
          restartPolicy: "Always",
          livenessProbe: { tcpSocket: { port: 1 } },
          lifecycle: { preStop: { exec: { command: ["a"] } } },
          resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }],
        }),
      ],
    }),
  ],
  [
    "Pod, restart rules",
    podWith(
      {
        restartPolicy: "Never",
        restartPolicyRules: [
          { action: "Restart", exitCodes: { operator: "In", values: [42] } },
          { action: "RestartAllContainers", exitCodes: { operator: "NotIn", values: [1, 2] } },
        ],
      },
      { restartPolicy: "OnFailure" },
    ),
  ],
  [
    "Pod, resize policy",
    podWith({
      resizePolicy: [
        { resourceName: "cpu", restartPolicy: "NotRequired" },
        { resourceName: "memory", restartPolicy: "RestartContainer" },
      ],
    }),
  ],
  [
    "Pod, terminal, working directory",
    podWith({
      stdin: true,
      stdinOnce: true,
      tty: true,
      workingDir: "/w",
      command: ["a"],
      args: ["b"],
      terminationMessagePath: "/x",
      terminationMessagePolicy: "FallbackToLogsOnError",
    }),
  ],
  [
    "Pod, mounts",
    podWith(
      {
        volumeMounts: [
          {
            name: "v",
            mountPath: "/a",
            subPath: "b/c",
            readOnly: true,
            recursiveReadOnly: "IfPossible",
            mountPropagation: "None",
          },
          { name: "v", mountPath: "/b", subPathExpr: "$(A)", mountPropagation: "HostToContainer" },
        ],
        volumeDevices: [{ name: "p", devicePath: "/dev/x" }],
      },
      {
        volumes: [
          { name: "v", emptyDir: { medium: "Memory", sizeLimit: "1.5Gi" } },
          { name: "p", persistentVolumeClaim: { claimName: "c", readOnly: false } },
        ],
      },
    ),
  ],
  ["Pod, volume without source", podVolume({})],
  [
    "Pod, projected volume",
    podVolume({
      projected: {
        sources: [
          { secret: { name: "s", items: [{ key: "k", path: "p", mode: 256 }] } },
          { configMap: { name: "c", optional: true } },
          {
            downwardAPI: {
              items: [
                { path: "l", fieldRef: { fieldPath: "metadata.labels" } },
                { path: "m", resourceFieldRef: { containerName: "c", resource: "limits.cpu", divisor: "1m" } },
              ],
            },
          },
        ],
      },
    }),
  ],
  [
    "Pod, token volume",
    pod({
      serviceAccountName: "a",
      volumes: [{ name: "v", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }],
    }),
  ],
  [
    "Pod, features that are off",
    pod({
      schedulingGroup: { podGroupName: "g" },
      volumes: [
        {
          name: "v",
          projected: {
            sources: [
              { clusterTrustBundle: { name: "x", path: "p" } },
              { podCertificate: { signerName: "a.b/c", keyType: "ED25519", keyPath: "k" } },
            ],
          },
        },
      ],
    }),
  ],
  [
    "Pod, ephemeral volume",
    podVolume({
      ephemeral: {
        volumeClaimTemplate: {
          metadata: { labels: { a: "b" } },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      },
    }),
  ],
  [
    "Pod, many volumes",
    pod({
      volumes: [
        { awsElasticBlockStore: { volumeID: "v" } },
        { azureDisk: { diskName: "d", diskURI: "https://x" } },
        { azureFile: { secretName: "s", shareName: "t" } },
        { cephfs: { monitors: ["m"] } },
        { cinder: { volumeID: "v" } },
        { csi: { driver: "a.b", volumeAttributes: { x: "y" }, nodePublishSecretRef: { name: "s" } } },
        { fc: { targetWWNs: ["w"], lun: 2 } },
        { flexVolume: { driver: "a/b", options: { x: "y" } } },
        { flocker: { datasetName: "d" } },
        { gcePersistentDisk: { pdName: "p" } },
        { gitRepo: { repository: "r" } },
        { glusterfs: { endpoints: "e", path: "p" } },
        { hostPath: { path: "/x" } },
        { hostPath: { path: "/x", type: "Socket" } },
        { image: { reference: "a:1" } },
        { image: { reference: "a" } },
        { iscsi: { targetPortal: "1.2.3.4", iqn: "iqn.2020-01.com.example:x", lun: 0 } },
        { nfs: { server: "s", path: "/" } },
        { photonPersistentDisk: { pdID: "p" } },
        { portworxVolume: { volumeID: "v" } },
        { quobyte: { registry: "a:1,b:2", volume: "v" } },
        { rbd: { monitors: ["m"], image: "i" } },
        { scaleIO: { gateway: "g", system: "s", volumeName: "v", secretRef: { name: "x" } } },
        { storageos: { volumeName: "v" } },
        { vsphereVolume: { volumePath: "p" } },
        { secret: { secretName: "s", defaultMode: 0 } },
        { downwardAPI: { items: [{ path: "a", fieldRef: { fieldPath: "metadata.annotations['x']" } }] } },
      ].map((source, index) => ({ name: `v${index}`, ...source })),
    }),
  ],
  ["PodTemplate, minimal", podTemplate()],
  [
    "PodTemplate, labels",
    podTemplate(
      { runtimeClassName: "x", priorityClassName: "y", overhead: { cpu: "0.25" } },
      { labels: { b: "c", a: "b" }, annotations: { x: "y" } },
    ),
  ],
  [
    "PodTemplate, negative grace, image spaces",
    podTemplate({ terminationGracePeriodSeconds: -1, containers: [container({ image: " a" })] }),
  ],
  ["ReplicationController, minimal", rc()],
  [
    "ReplicationController, every field",
    rc({ replicas: 0, minReadySeconds: 5, selector: { app: "web" } }, { labels: { x: "y" } }),
  ],
  ["ReplicationController, empty selector and labels", rc({ selector: {} }, { labels: {} })],
];
