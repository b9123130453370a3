// Pods, PodTemplates and ReplicationControllers that must be refused for the same causes, each wrong in one way.
import type { Loose } from "../object.ts";
import { container } from "./manifests.ts";
import { affinity, pod, podSecurity, podTemplate, podVolume, podWith, preferred, rc } from "./podmanifests.ts";

const cases = (kind: string, list: [string, Loose][]): [string, Loose][] =>
  list.map(([name, manifest]) => [`${kind}, ${name}`, manifest]);
const term = (changes: Loose): Loose =>
  pod(affinity("podAffinity", [{ topologyKey: "z", labelSelector: {}, ...changes }]));
const spread = (changes: Loose): Loose =>
  pod({
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "z", whenUnsatisfiable: "DoNotSchedule", ...changes }],
  });
const node = (requirement: Loose): Loose =>
  pod(affinity("nodeAffinity", { nodeSelectorTerms: [{ matchExpressions: [requirement] }] }));
const nodeField = (requirement: Loose): Loose =>
  pod(affinity("nodeAffinity", { nodeSelectorTerms: [{ matchFields: [requirement] }] }));
const env = (valueFrom: Loose): Loose => podWith({ env: [{ name: "a", valueFrom }] });
const mount = (changes: Loose, volume: Loose = { emptyDir: {} }): Loose =>
  podWith({ volumeMounts: [{ name: "v", mountPath: "/a", ...changes }] }, { volumes: [{ name: "v", ...volume }] });
const probe = (changes: Loose): Loose => podWith({ livenessProbe: { tcpSocket: { port: 1 }, ...changes } });
const windows = (user: string): Loose => podSecurity({ windowsOptions: { runAsUserName: user } });
const projected = (...sources: Loose[]): Loose => podVolume({ projected: { sources } });
const init = (changes: Loose): Loose => pod({ initContainers: [container({ name: "i", ...changes })] });
const annotated = (annotations: Loose, spec: Loose = {}): Loose => pod(spec, { annotations });

export const invalid: [string, Loose][] = [
  ...cases("Pod", [
    ["name", pod({}, { name: "A" })],
    ["label", pod({}, { labels: { a: "b c" } })],
    ["no containers", pod({ containers: [] })],
    ["ephemeral container", pod({ ephemeralContainers: [{ name: "e", image: "a" }] })],
    [
      "ephemeral container with probe, port and target",
      pod({
        ephemeralContainers: [
          {
            name: "c",
            image: "a",
            ports: [{ containerPort: 1 }],
            livenessProbe: { tcpSocket: { port: 1 } },
            targetContainerName: "x",
            resources: { limits: { cpu: "1" } },
          },
        ],
      }),
    ],
    ["image with spaces", podWith({ image: " a " })],
    ["node and gates", pod({ nodeName: "n", schedulingGates: [{ name: "a" }] })],
    ["node name", pod({ nodeName: "N" })],
    ["gate twice", pod({ schedulingGates: [{ name: "a" }, { name: "a" }] })],
    ["gate name", pod({ schedulingGates: [{ name: "a b" }] })],
    ["readiness gate", pod({ readinessGates: [{ conditionType: "a b" }] })],
    ["restart policy", pod({ restartPolicy: "Maybe" })],
    ["DNS policy", pod({ dnsPolicy: "Magic" })],
    ["DNS None", pod({ dnsPolicy: "None" })],
    ["DNS None without servers", pod({ dnsPolicy: "None", dnsConfig: { searches: ["a"] } })],
    ["nameservers", pod({ dnsConfig: { nameservers: ["1.1.1.1", "x", "01.1.1.1", "::ffff:1.2.3.4"] } })],
    ["searches", pod({ dnsConfig: { searches: ["A_b"] } })],
    ["too many searches", pod({ dnsConfig: { searches: Array.from({ length: 33 }, (_, at) => `a${at}`) } })],
    ["DNS option", pod({ dnsConfig: { options: [{ value: "x" }] } })],
    ["host alias", pod({ hostAliases: [{ ip: "1.2.3", hostnames: ["A"] }] })],
    ["hostname and subdomain", pod({ hostname: "a.b", subdomain: "A" })],
    ["hostname override", pod({ hostnameOverride: "A", setHostnameAsFQDN: true })],
    ["hostname override in the host's network", pod({ hostnameOverride: "a".repeat(65), hostNetwork: true })],
    ["deadline", pod({ activeDeadlineSeconds: 0 })],
    ["service account", pod({ serviceAccountName: "A" })],
    ["preemption", podTemplate({ preemptionPolicy: "Maybe" })],
    ["priority class name", podTemplate({ priorityClassName: "A" })],
    ["runtime class name", podTemplate({ runtimeClassName: "A" })],
    ["overhead", podTemplate({ overhead: { cpu: "-1" } })],
    ["toleration operator", pod({ tolerations: [{ key: "a", operator: "Near" }] })],
    ["toleration comparison", pod({ tolerations: [{ key: "a", operator: "Lt", value: "5" }] })],
    [
      "toleration seconds",
      pod({ tolerations: [{ key: "a", operator: "Exists", effect: "NoSchedule", tolerationSeconds: 5 }] }),
    ],
    ["toleration without key", pod({ tolerations: [{ operator: "Equal", value: "a" }] })],
    ["OS", pod({ os: { name: "plan9" } })],
    ["OS without name", pod({ os: { name: "" } })],
    [
      "windows options on linux",
      podSecurity(
        { windowsOptions: {} },
        { os: { name: "linux" }, securityContext: { windowsOptions: { runAsUserName: "a" } } },
      ),
    ],
    [
      "linux fields on windows",
      podSecurity(
        { privileged: false, capabilities: {}, runAsUser: 1, seccompProfile: { type: "Unconfined" } },
        {
          os: { name: "windows" },
          hostPID: true,
          hostUsers: false,
          shareProcessNamespace: false,
          securityContext: { fsGroup: 1, sysctls: [{ name: "a", value: "b" }], supplementalGroups: [1], runAsUser: 2 },
        },
      ),
    ],
    ["pod resources on windows", pod({ os: { name: "windows" }, resources: { limits: { cpu: "1" } } })],
    ["host process without network", pod({ securityContext: { windowsOptions: { hostProcess: true } } })],
    [
      "host process of one",
      pod({
        hostNetwork: true,
        containers: [
          container({ securityContext: { windowsOptions: { hostProcess: true } } }),
          container({ name: "d" }),
        ],
      }),
    ],
    [
      "host process of the pod alone",
      pod({
        hostNetwork: true,
        securityContext: { windowsOptions: { hostProcess: true } },
        containers: [container({ securityContext: { windowsOptions: { hostProcess: false } } })],
      }),
    ],
    ["windows user empty", windows("")],
    ["windows user, control character", windows("a\tb")],
    ["windows user, backslashes", windows("a\\b\\c")],
    ["windows user, characters", windows("a<b")],
    ["windows user, dots", windows("..")],
    ["windows user, domain", windows("-a_b-c:d\\u")],
    ["windows user, no user", windows("dom\\")],
    ["windows user, long", windows("a".repeat(105))],
    ["gMSA", podSecurity({ windowsOptions: { gmsaCredentialSpecName: "A", gmsaCredentialSpec: "" } })],
    [
      "user ids",
      pod({ securityContext: { runAsUser: -1, runAsGroup: 2147483648, fsGroup: -1, supplementalGroups: [1, -2] } }),
    ],
    ["user ids of a container", podSecurity({ runAsUser: -1, runAsGroup: -1 })],
    [
      "group policies",
      pod({
        securityContext: {
          fsGroupChangePolicy: "x",
          supplementalGroupsPolicy: "y",
          seLinuxChangePolicy: "MountOption",
        },
      }),
    ],
    ["seccomp type", podSecurity({ seccompProfile: { type: "x" } })],
    ["seccomp without type", podSecurity({ seccompProfile: {} })],
    ["seccomp without profile", podSecurity({ seccompProfile: { type: "Localhost" } })],
    ["seccomp profile climbs", podSecurity({ seccompProfile: { type: "Localhost", localhostProfile: "/../a" } })],
    ["seccomp profile of default", podSecurity({ seccompProfile: { type: "RuntimeDefault", localhostProfile: "a" } })],
    ["AppArmor type", podSecurity({ appArmorProfile: { type: "x" } })],
    ["AppArmor without profile", podSecurity({ appArmorProfile: { type: "Localhost" } })],
    ["AppArmor profile padded", podSecurity({ appArmorProfile: { type: "Localhost", localhostProfile: " a" } })],
    [
      "AppArmor profile of default",
      podSecurity({ appArmorProfile: { type: "RuntimeDefault", localhostProfile: "a" } }),
    ],
    ["AppArmor annotation of nobody", annotated({ "container.apparmor.security.beta.kubernetes.io/x": "foo" })],
    [
      "AppArmor annotation and field",
      {
        ...podSecurity({ appArmorProfile: { type: "RuntimeDefault" } }),
        metadata: { name: "pod", annotations: { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" } },
      },
    ],
    [
      "AppArmor annotation and profile",
      {
        ...podSecurity({ appArmorProfile: { type: "Localhost", localhostProfile: "a" } }),
        metadata: { name: "pod", annotations: { "container.apparmor.security.beta.kubernetes.io/c": "localhost/b" } },
      },
    ],
    ["seccomp annotation", annotated({ "seccomp.security.alpha.kubernetes.io/pod": "x" })],
    [
      "seccomp annotation and field",
      annotated(
        { "seccomp.security.alpha.kubernetes.io/pod": "unconfined" },
        { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      ),
    ],
    ["deletion cost", annotated({ "controller.kubernetes.io/pod-deletion-cost": "+5" })],
    ["mirror without node", annotated({ "kubernetes.io/config.mirror": "x" })],
    ["proc mount", podSecurity({ procMount: "x" })],
    ["unmasked proc", podSecurity({ procMount: "Unmasked" })],
    [
      "escalation and CAP_SYS_ADMIN",
      podSecurity({ allowPrivilegeEscalation: false, capabilities: { add: ["CAP_SYS_ADMIN"] } }),
    ],
    [
      "sysctls",
      pod({
        securityContext: {
          sysctls: [
            { name: "", value: "" },
            { name: "A", value: "" },
            { name: "a.b", value: "" },
            { name: "a.b", value: "" },
          ],
        },
      }),
    ],
    [
      "sysctls of the host",
      pod({
        hostNetwork: true,
        hostIPC: true,
        securityContext: {
          sysctls: [
            { name: "net.x", value: "1" },
            { name: "kernel.sem", value: "1" },
            { name: "net/a.b", value: "1" },
          ],
        },
      }),
    ],
    ["host PID and shared processes", pod({ hostPID: true, shareProcessNamespace: true })],
    ["own users and host namespaces", pod({ hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true })],
    ["host ports differ", podWith({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true })],
    ["node selector label", pod({ nodeSelector: { "a b": "c d" } })],
    ["node affinity without terms", pod(affinity("nodeAffinity", { nodeSelectorTerms: [] }))],
    ["node affinity operator", node({ key: "a", operator: "Near" })],
    ["node affinity values", node({ key: "a", operator: "In" })],
    ["node affinity Exists with values", node({ key: "a b", operator: "Exists", values: ["x"] })],
    ["node affinity Gt", node({ key: "a", operator: "Gt", values: ["1", "2"] })],
    ["node affinity value", node({ key: "a", operator: "In", values: ["a b"] })],
    ["node field", nodeField({ key: "metadata.uid", operator: "In", values: ["a"] })],
    ["node field operator", nodeField({ key: "metadata.name", operator: "Exists", values: ["A"] })],
    ["node field values", nodeField({ key: "metadata.name", operator: "In", values: ["a", "b"] })],
    ["node preference weight", pod(preferred("nodeAffinity", [{ weight: 0, preference: {} }]))],
    [
      "pod preference weight",
      pod(preferred("podAntiAffinity", [{ weight: 101, podAffinityTerm: { topologyKey: "a" } }])),
    ],
    ["pod affinity without key", term({ topologyKey: "" })],
    ["pod affinity key", term({ topologyKey: "a b" })],
    ["pod affinity namespaces", term({ namespaces: ["A"] })],
    [
      "pod affinity selector",
      term({
        labelSelector: { matchExpressions: [{ key: "a", operator: "In" }] },
        namespaceSelector: { matchLabels: { "a b": "" } },
      }),
    ],
    ["pod affinity label keys without selector", term({ labelSelector: undefined, matchLabelKeys: ["a"] })],
    [
      "pod affinity label keys both",
      pod(
        affinity("podAffinity", [
          {
            topologyKey: "z",
            labelSelector: { matchLabels: { a: "b" } },
            matchLabelKeys: ["a", "b"],
            mismatchLabelKeys: ["b"],
          },
        ]),
        { labels: { a: "b" } },
      ),
    ],
    ["spread skew", spread({ maxSkew: 0 })],
    ["spread action", spread({ whenUnsatisfiable: "x" })],
    ["spread key", spread({ topologyKey: "" })],
    ["spread domains", spread({ minDomains: 0, whenUnsatisfiable: "ScheduleAnyway" })],
    ["spread policies", spread({ nodeAffinityPolicy: "x", nodeTaintsPolicy: "y" })],
    [
      "spread twice",
      pod({
        topologySpreadConstraints: [1, 2].map((maxSkew) => ({
          maxSkew,
          topologyKey: "z",
          whenUnsatisfiable: "DoNotSchedule",
        })),
      }),
    ],
    ["spread label keys", spread({ matchLabelKeys: ["a"] })],
    ["spread selector", spread({ labelSelector: { matchLabels: { a: "b c" } } })],
    [
      "claims",
      pod({
        resourceClaims: [
          { name: "a" },
          { name: "a", resourceClaimName: "x", resourceClaimTemplateName: "Y" },
          { resourceClaimName: "X" },
        ],
      }),
    ],
    ["claims unknown", podWith({ resources: { claims: [{ name: "a" }] } })],
    [
      "claims repeated",
      podWith(
        { resources: { claims: [{ name: "a" }, { name: "a" }, { name: "b", request: "R" }, { name: "c" }] } },
        {
          resourceClaims: [
            { name: "a", resourceClaimName: "a" },
            { name: "b", resourceClaimName: "a" },
          ],
        },
      ),
    ],
    ["huge pages alone", podWith({ resources: { limits: { "hugepages-2Mi": "2Mi" } } })],
    ["huge pages in part", podWith({ resources: { limits: { "hugepages-2Mi": "3Mi", cpu: "1" } } })],
    ["extended request below limit", podWith({ resources: { limits: { "a.b/c": "2" }, requests: { "a.b/c": "1" } } })],
    ["resource name", podWith({ resources: { limits: { pods: "1" } } })],
    ["pod-level name", pod({ resources: { limits: { "ephemeral-storage": "1Gi" } } })],
    [
      "pod-level below containers",
      podWith(
        { resources: { requests: { cpu: "2" }, limits: { memory: "2Gi" } } },
        { resources: { requests: { cpu: "1" }, limits: { cpu: "1", memory: "1Gi" } } },
      ),
    ],
    [
      "pod-level claims",
      pod({
        resources: { claims: [{ name: "a" }], limits: { cpu: "1" } },
        resourceClaims: [{ name: "a", resourceClaimName: "b" }],
      }),
    ],
    [
      "resize policy",
      podWith({
        resizePolicy: [
          { resourceName: "cpu", restartPolicy: "x" },
          { resourceName: "cpu", restartPolicy: "NotRequired" },
          { resourceName: "disk", restartPolicy: "NotRequired" },
        ],
      }),
    ],
    [
      "resize policy of Never",
      podWith(
        { resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }] },
        { restartPolicy: "Never" },
      ),
    ],
    ["resize policy of init", init({ resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }] })],
    [
      "restart rules without policy",
      podWith({ restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [1] } }] }),
    ],
    [
      "restart rules",
      podWith({
        restartPolicy: "Sometimes",
        restartPolicyRules: [{ action: "x" }, { action: "Restart", exitCodes: { operator: "Near", values: [1] } }],
      }),
    ],
    [
      "too many restart rules",
      podWith({
        restartPolicy: "Never",
        restartPolicyRules: Array.from({ length: 21 }, () => ({
          action: "Restart",
          exitCodes: { operator: "In", values: [1] },
        })),
      }),
    ],
    [
      "init restart rules",
      init({ restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [1] } }] }),
    ],
    [
      "init probe",
      init({ readinessProbe: { tcpSocket: { port: 1 } }, lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
    ],
    ["sleep beyond grace", podWith({ lifecycle: { preStop: { sleep: { seconds: 31 } } } })],
    ["hook of two kinds", podWith({ lifecycle: { preStop: { sleep: { seconds: 3 }, exec: { command: [] } } } })],
    ["hook of none", podWith({ lifecycle: { postStart: {} } })],
    ["probe numbers", probe({ periodSeconds: -1, initialDelaySeconds: -2, failureThreshold: -1, timeoutSeconds: -5 })],
    ["probe grace", probe({ terminationGracePeriodSeconds: 0 })],
    [
      "probe of grpc and http",
      podWith({
        readinessProbe: { grpc: { port: 0 } },
        startupProbe: { httpGet: { port: 0, scheme: "FTP", httpHeaders: [{ name: "a b", value: "" }] } },
      }),
    ],
    ["readiness grace", podWith({ readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 5 } })],
    ["env field path", env({ fieldRef: { fieldPath: "spec.x" } })],
    ["env field version", env({ fieldRef: { apiVersion: "v2", fieldPath: "metadata.name" } })],
    ["env field subscript", env({ fieldRef: { fieldPath: "metadata.name['a']" } })],
    ["env label subscript", env({ fieldRef: { fieldPath: "metadata.labels['a b']" } })],
    ["env restart policy", env({ fieldRef: { fieldPath: "spec.restartPolicy" } })],
    ["env resource", env({ resourceFieldRef: { resource: "limits.gpu" } })],
    ["env resource missing", env({ resourceFieldRef: { resource: "" } })],
    ["env divisor", env({ resourceFieldRef: { resource: "limits.cpu", divisor: "2" } })],
    ["env memory divisor", env({ resourceFieldRef: { resource: "requests.memory", divisor: "1m" } })],
    ["env file", env({ fileKeyRef: { volumeName: "", path: "", key: "" } })],
    [
      "env file elsewhere",
      podWith(
        { env: [{ name: "a", valueFrom: { fileKeyRef: { volumeName: "v", path: "../a", key: "K" } } }] },
        { volumes: [{ name: "v", configMap: { name: "c" } }] },
      ),
    ],
    ["envFrom", podWith({ envFrom: [{ prefix: "=", configMapRef: { name: "A" }, secretRef: {} }, {}] })],
    ["mount propagation", mount({ mountPropagation: "x" })],
    ["mount bidirectional", mount({ mountPropagation: "Bidirectional" })],
    ["mount recursive", mount({ recursiveReadOnly: "Enabled" })],
    ["mount recursive unknown", mount({ recursiveReadOnly: "x" })],
    [
      "mount recursive and propagation",
      mount({ readOnly: true, recursiveReadOnly: "Enabled", mountPropagation: "HostToContainer" }),
    ],
    ["mount sub path", mount({ subPath: "/a/.." })],
    ["mount without path and name", mount({ name: "", mountPath: "" })],
    [
      "device of no claim",
      podWith(
        {
          volumeDevices: [
            { name: "v", devicePath: "/a/../b" },
            { name: "x", devicePath: "" },
          ],
        },
        { volumes: [{ name: "v", emptyDir: {} }] },
      ),
    ],
    [
      "device and mount",
      podWith(
        {
          volumeMounts: [{ name: "v", mountPath: "/a" }],
          volumeDevices: [
            { name: "v", devicePath: "/a" },
            { name: "v", devicePath: "/a" },
          ],
        },
        { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] },
      ),
    ],
    [
      "devices and own users",
      podWith(
        { volumeDevices: [{ name: "v", devicePath: "/a" }] },
        { hostUsers: false, volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] },
      ),
    ],
    ["emptyDir size", podVolume({ emptyDir: { sizeLimit: "-1" } })],
    ["hostPath", podVolume({ hostPath: { path: "/a/../b", type: "x" } })],
    [
      "two sources",
      podVolume({ downwardAPI: { items: [] }, cephfs: { monitors: ["m"] }, secret: { secretName: "s" } }),
    ],
    [
      "secret items",
      podVolume({
        secret: {
          secretName: "s",
          defaultMode: 512,
          items: [
            { path: "..a", key: "", mode: -1 },
            { key: "k", path: "/a" },
          ],
        },
      }),
    ],
    [
      "claim of an ephemeral volume",
      pod({
        volumes: [
          { name: "v", persistentVolumeClaim: { claimName: "pod-w" } },
          {
            name: "w",
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1" } } },
              },
            },
          },
        ],
      }),
    ],
    ["ephemeral volume", podVolume({ ephemeral: {} })],
    [
      "ephemeral volume template",
      podVolume({ ephemeral: { volumeClaimTemplate: { metadata: { name: "x", labels: { a: "b c" } }, spec: {} } } }),
    ],
    ["image volume", podVolume({ image: {} })],
    ["csi", podVolume({ csi: { driver: "a_b", nodePublishSecretRef: {} } })],
    ["csi secret", podVolume({ csi: { driver: "", nodePublishSecretRef: { name: "A" } } })],
    [
      "iscsi",
      podVolume({ iscsi: { targetPortal: "", iqn: "x", lun: 256, chapAuthSession: true, initiatorName: "iqn" } }),
    ],
    [
      "iscsi portal",
      podVolume({
        iscsi: { targetPortal: "a".repeat(70), iqn: "iqn.2020-01.a:b", lun: 1, initiatorName: "eui.0123456789abcdef" },
      }),
    ],
    ["nfs", podVolume({ nfs: { server: "", path: "a" } })],
    ["flocker", podVolume({ flocker: { datasetName: "a/b", datasetUUID: "c" } })],
    ["flocker empty", podVolume({ flocker: {} })],
    ["quobyte", podVolume({ quobyte: { registry: "a,b:1", volume: "" } })],
    ["fc", podVolume({ fc: { targetWWNs: ["a"], wwids: ["b"] } })],
    ["fc empty", podVolume({ fc: {} })],
    ["flex", podVolume({ flexVolume: { driver: "", options: { "a.kubernetes.io/x": "y" } } })],
    ["azure disk", podVolume({ azureDisk: { diskName: "", diskURI: "x", kind: "Managed", cachingMode: "x" } })],
    ["azure disk kind", podVolume({ azureDisk: { diskName: "d", diskURI: "x", kind: "y" } })],
    ["azure file", podVolume({ azureFile: { secretName: "", shareName: "" } })],
    ["rbd", podVolume({ rbd: { monitors: [], image: "" } })],
    ["scaleIO", podVolume({ scaleIO: { gateway: "", system: "", volumeName: "", secretRef: null } })],
    ["storageos", podVolume({ storageos: { volumeName: "A", volumeNamespace: "B", secretRef: {} } })],
    [
      "gce and aws",
      pod({
        volumes: [
          { name: "a", gcePersistentDisk: { pdName: "", partition: 256 } },
          { name: "b", awsElasticBlockStore: { volumeID: "", partition: -1 } },
        ],
      }),
    ],
    [
      "glusterfs, cinder, vsphere",
      pod({
        volumes: [
          { name: "a", glusterfs: { endpoints: "", path: "" } },
          { name: "b", cinder: { volumeID: "", secretRef: {} } },
          { name: "c", vsphereVolume: { volumePath: "" } },
          { name: "d", gitRepo: { repository: "", directory: "../a" } },
          { name: "e", portworxVolume: { volumeID: "" } },
          { name: "f", photonPersistentDisk: { pdID: "" } },
          { name: "g", cephfs: { monitors: [] } },
        ],
      }),
    ],
    [
      "projected modes and paths",
      podVolume({
        projected: {
          defaultMode: -1,
          sources: [
            { secret: { name: "", items: [{ key: "a", path: "x" }] } },
            { configMap: { name: "c", items: [{ key: "b", path: "x" }] } },
          ],
        },
      }),
    ],
    ["projected two", projected({ secret: { name: "a" }, configMap: { name: "b" } })],
    ["projected token", projected({ serviceAccountToken: { path: "", expirationSeconds: 5 } })],
    [
      "projected downward",
      projected({
        downwardAPI: {
          items: [
            { path: "a", fieldRef: { fieldPath: "spec.nodeName" } },
            { path: "b" },
            { path: "c", fieldRef: { fieldPath: "metadata.name" }, resourceFieldRef: { resource: "limits.cpu" } },
            { path: "d", resourceFieldRef: { resource: "limits.cpu" } },
          ],
        },
      }),
    ],
  ]),
  ...cases("PodTemplate", [
    ["no template", { apiVersion: "v1", kind: "PodTemplate", metadata: { name: "t" } }],
    ["ephemeral container", podTemplate({ ephemeralContainers: [{ name: "e", image: "a" }] })],
    ["label", podTemplate({}, { labels: { a: "b c" }, annotations: { "a b": "" } })],
    [
      "profiles differ",
      podTemplate(
        { securityContext: { seccompProfile: { type: "Unconfined" } } },
        { annotations: { "seccomp.security.alpha.kubernetes.io/pod": "localhost/a" } },
      ),
    ],
  ]),
  ...cases("ReplicationController", [
    ["no template", rc({ template: undefined })],
    ["selector does not match", rc({ selector: { a: "b" } })],
    ["no labels", rc({ template: { spec: { containers: [container()] } } })],
    ["negative", rc({ replicas: -1, minReadySeconds: -1 })],
    [
      "restart policy and deadline",
      rc({
        template: {
          metadata: { labels: { a: "b" } },
          spec: { restartPolicy: "Never", activeDeadlineSeconds: 5, containers: [container()] },
        },
      }),
    ],
  ]),
];
