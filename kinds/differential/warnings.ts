// What is valid and yet worth a Warning: both sides must say the same of it. Names begin with the kind and "warned".
import type { Loose } from "../object.ts";
import { container, core, deployment, service, template } from "./manifests.ts";
import { affinity, pod, podTemplate, podWith, preferred, rc } from "./podmanifests.ts";

const volume = (source: Loose, name = "v"): Loose => pod({ volumes: [{ name, ...source }] });
const items = (...paths: string[]): Loose[] => paths.map((path, index) => ({ key: `k${index}`, path }));
const env = (...list: Loose[]): Loose => podWith({ env: list });
const ports = (...list: Loose[]): Loose => podWith({ ports: list });
const annotated = (annotations: Loose, spec: Loose = {}): Loose => pod(spec, { annotations });
const projected = (...sources: Loose[]): Loose => volume({ projected: { sources } });
const down = (path: string): Loose => ({ path, fieldRef: { fieldPath: "metadata.name" } });
const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
const zone = "failure-domain.beta.kubernetes.io/zone";
const fraction = { memory: "1.5", "ephemeral-storage": "100m" };

const apps = (kind: string, spec: Loose = {}, metadata: Loose = {}): Loose => ({
  ...deployment(spec, { name: kind.toLowerCase(), ...metadata }),
  kind,
});
const batch = (kind: string, spec: Loose, metadata: Loose = {}): Loose => ({
  apiVersion: "batch/v1",
  kind,
  metadata: { name: "job", ...metadata },
  spec,
});
/** A template with much to say about. */
const loud = {
  terminationGracePeriodSeconds: -1,
  nodeSelector: { [zone]: "a", "beta.kubernetes.io/os": "linux" },
  imagePullSecrets: [{ name: "a" }, { name: "a" }],
};
const jobTemplate = (spec: Loose = {}): Loose => ({ template: template({ restartPolicy: "Never", ...spec }) });
const claim = (storage: string): Loose => ({
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage }, limits: { storage } } },
});

export const valid: [string, Loose][] = [
  ["Pod, warned: name is no label", pod({}, { name: "a.b" })],
  ["Pod, warned: long name", pod({}, { name: "a".repeat(64) })],
  [
    "Pod, warned: old node labels",
    pod({ nodeSelector: { [zone]: "a", "beta.kubernetes.io/arch": "amd64", "node-role.kubernetes.io/master": "" } }),
  ],
  [
    "Pod, warned: old node labels in affinity",
    pod(affinity("nodeAffinity", { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: "Exists" }] }] })),
  ],
  [
    "Pod, warned: values of a preference",
    pod(
      preferred("nodeAffinity", [
        { weight: 1, preference: { matchExpressions: [{ key: zone, operator: "In", values: ["a", "b c", "-"] }] } },
      ]),
    ),
  ],
  [
    "Pod, warned: topology of an old label, no selector",
    pod({
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "DoNotSchedule" },
        { maxSkew: 1, topologyKey: "b", whenUnsatisfiable: "ScheduleAnyway", labelSelector: {} },
      ],
    }),
  ],
  ["Pod, warned: affinity without selector", pod(affinity("podAffinity", [{ topologyKey: "a" }]))],
  [
    "Pod, warned: preferred anti-affinity without selector",
    pod(preferred("podAntiAffinity", [{ weight: 1, podAffinityTerm: { topologyKey: "a" } }])),
  ],
  [
    "Pod, warned: annotations of long ago",
    annotated({
      "scheduler.alpha.kubernetes.io/critical-pod": "",
      "security.alpha.kubernetes.io/sysctls": "a=b",
      "security.alpha.kubernetes.io/unsafe-sysctls": "a=b",
    }),
  ],
  ["Pod, warned: gitRepo", volume({ gitRepo: { repository: "https://example.com" } })],
  ["Pod, warned: glusterfs", volume({ glusterfs: { endpoints: "a", path: "b" } })],
  ["Pod, warned: rbd", volume({ rbd: { monitors: ["a"], image: "b" } })],
  ["Pod, warned: cephfs", volume({ cephfs: { monitors: ["a"] } })],
  ["Pod, warned: quobyte", volume({ quobyte: { registry: "a:1", volume: "b" } })],
  ["Pod, warned: storageos", volume({ storageos: { volumeName: "a" } })],
  ["Pod, warned: flocker", volume({ flocker: { datasetName: "a" } })],
  ["Pod, warned: photon", volume({ photonPersistentDisk: { pdID: "a" } })],
  [
    "Pod, warned: scaleIO",
    volume({ scaleIO: { gateway: "a", system: "b", secretRef: { name: "c" }, volumeName: "d" } }),
  ],
  [
    "Pod, warned: claim of parts of a byte",
    volume({ ephemeral: { volumeClaimTemplate: { spec: claim("1.5").spec } } }),
  ],
  ["Pod, warned: same path twice", volume({ configMap: { name: "cm", items: items("a", "a") } })],
  ["Pod, warned: path below another", volume({ secret: { secretName: "s", items: items("a/b", "a", "a/b/c", "ab") } })],
  ["Pod, warned: path with a slash at its end", volume({ configMap: { name: "cm", items: items("a/", "a") } })],
  ["Pod, warned: downward paths", volume({ downwardAPI: { items: [down("a"), down("a/b")] } })],
  [
    "Pod, warned: projected paths",
    projected(
      { configMap: { name: "cm", items: items("a", "b") } },
      { secret: { name: "s", items: items("a/b") } },
      { downwardAPI: { items: [down("a/b/c")] } },
      { secret: { name: "t", items: items("b/") } },
      { clusterTrustBundle: { name: "b", path: "a/c" } },
    ),
  ],
  [
    "Pod, warned: projected signer",
    projected(
      { clusterTrustBundle: { signerName: "a.b/c", labelSelector: {}, path: "x" } },
      { configMap: { name: "cm", items: items("x/y") } },
    ),
  ],
  ["Pod, warned: nothing projected", projected({}, { configMap: { name: "cm" } })],
  [
    "Pod, warned: aliases",
    pod({
      hostAliases: [{ ip: "1.2.3.4" }, { ip: "1.2.3.4", hostnames: ["a"] }, { ip: "FD00::1" }],
    }),
  ],
  ["Pod, warned: pull secrets", pod({ imagePullSecrets: [{ name: "a" }, { name: "a" }, { name: "a" }, {}, {}] })],
  ["Pod, warned: seccomp of a pod", annotated({ "seccomp.security.alpha.kubernetes.io/pod": "runtime/default" })],
  ["Pod, warned: seccomp of a container", annotated({ [`${SECCOMP}c`]: "unconfined", [`${SECCOMP}x`]: "unconfined" })],
  [
    "Pod, warned: seccomp said in the field too",
    annotated(
      { "seccomp.security.alpha.kubernetes.io/pod": "runtime/default", [`${SECCOMP}c`]: "unconfined" },
      { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
    ),
  ],
  ["Pod, warned: AppArmor", annotated({ [`${APPARMOR}c`]: "runtime/default" })],
  [
    "Pod, warned: AppArmor as the pod has it",
    annotated({ [`${APPARMOR}c`]: "unconfined" }, { securityContext: { appArmorProfile: { type: "Unconfined" } } }),
  ],
  [
    "Pod, warned: AppArmor said in the field too",
    annotated(
      { [`${APPARMOR}c`]: "unconfined" },
      { containers: [container({ securityContext: { appArmorProfile: { type: "Unconfined" } } })] },
    ),
  ],
  ["Pod, warned: AppArmor of no meaning", annotated({ [`${APPARMOR}c`]: "localhost/" })],
  ["Pod, warned: AppArmor on windows", annotated({ [`${APPARMOR}c`]: "unconfined" }, { os: { name: "windows" } })],
  [
    "Pod, warned: parts of a byte",
    podWith({ resources: { requests: fraction, limits: { memory: "2500m", "ephemeral-storage": "1" } } }),
  ],
  ["Pod, warned: great amounts", podWith({ resources: { limits: { memory: "16Pi" } } })],
  [
    "Pod, warned: hidden variables",
    env(
      { name: "A", value: "1" },
      { name: "A", value: "2" },
      { name: "B", value: "1" },
      { name: "B", value: "$(B),2" },
      { name: "C", value: "1" },
      { name: "C", value: "$(C)" },
      { name: "D", value: "1" },
      { name: "D", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "A", value: "3" },
    ),
  ],
  [
    "Pod, warned: variables of an init container",
    pod({ initContainers: [container({ name: "i", env: [{ name: "A" }, { name: "A" }] })] }),
  ],
  [
    "Pod, warned: same port twice",
    ports({ containerPort: 80 }, { containerPort: 80 }, { containerPort: 80, protocol: "UDP" }),
  ],
  ["Pod, warned: port with and without a host's", ports({ containerPort: 80, hostPort: 80 }, { containerPort: 80 })],
  [
    "Pod, warned: ambiguous ports",
    ports(
      { containerPort: 80, hostPort: 80, hostIP: "1.2.3.4" },
      { containerPort: 80, hostPort: 80 },
      { containerPort: 80, hostPort: 81 },
    ),
  ],
  ["Pod, warned: hostIP alone", ports({ name: "http", containerPort: 80, hostIP: "1.2.3.4" })],
  [
    "Pod, warned: ports of several containers",
    pod({
      initContainers: [container({ name: "i", restartPolicy: "Always", ports: [{ containerPort: 80, name: "http" }] })],
      containers: [
        container({ ports: [{ containerPort: 80, name: "http" }] }),
        container({
          name: "d",
          ports: [
            { containerPort: 8080, name: "http" },
            { containerPort: 80, protocol: "TCP" },
          ],
        }),
      ],
    }),
  ],
  ["Pod, warned: grace below zero", pod({ terminationGracePeriodSeconds: -5 })],
  ["Pod, warned: name servers", pod({ dnsPolicy: "None", dnsConfig: { nameservers: ["2001:DB8::1"] } })],
  ["PodTemplate, warned", podTemplate(loud, { annotations: { [`${APPARMOR}c`]: "unconfined" } })],
  ["PodTemplate, warned: overhead", podTemplate({ overhead: fraction, runtimeClassName: "x" })],
  [
    "PodTemplate, warned: AppArmor as the pod has it",
    podTemplate(
      { securityContext: { appArmorProfile: { type: "Unconfined" } } },
      { annotations: { [`${APPARMOR}c`]: "unconfined" } },
    ),
  ],
  ["ReplicationController, warned", rc({ template: template(loud) }, { name: "a.b" })],
  ["Deployment, warned", deployment({ template: template(loud) }, { name: "a.b" })],
  [
    "Deployment, warned: much",
    deployment({
      template: template({
        containers: [container({ env: Array.from({ length: 20 }, (_, i) => ({ name: `A_VARIABLE_${i % 5}` })) })],
      }),
    }),
  ],
  ["ReplicaSet, warned", apps("ReplicaSet", { template: template(loud) }, { name: "a.b" })],
  ["DaemonSet, warned", apps("DaemonSet", { template: template(loud) }, { name: "a.b" })],
  ["StatefulSet, warned", apps("StatefulSet", { template: template(loud), revisionHistoryLimit: -1 })],
  ["StatefulSet, warned: claims", apps("StatefulSet", { volumeClaimTemplates: [claim("1.5")] })],
  ["Job, warned", batch("Job", jobTemplate(loud), { name: "a.b" })],
  [
    "CronJob, warned",
    batch("CronJob", { schedule: "* * * * *", jobTemplate: { spec: jobTemplate(loud) } }, { name: "a.b" }),
  ],
  [
    "ServiceAccount, warned",
    core("ServiceAccount", {}, { annotations: { "kubernetes.io/enforce-mountable-secrets": "" } }),
  ],
  ["PersistentVolumeClaim, warned", { ...core("PersistentVolumeClaim"), spec: claim("1.5").spec }],
  ["Service, warned", service({ externalIPs: ["1.2.3.4"], trafficDistribution: "PreferClose" })],
];

export const invalid: [string, Loose][] = [];

const loudly = (make: (spec: Loose) => Loose, spec: Loose = {}): Loose => make({ ...spec, template: template(loud) });
const rs = (spec: Loose = {}, metadata: Loose = {}): Loose => apps("ReplicaSet", spec, metadata);
const ds = (spec: Loose = {}, metadata: Loose = {}): Loose => apps("DaemonSet", spec, metadata);
const sts = (spec: Loose = {}, metadata: Loose = {}): Loose => apps("StatefulSet", spec, metadata);
const cron = (spec: Loose, schedule = "* * * * *"): Loose => batch("CronJob", { schedule, jobTemplate: { spec } });

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Pod, warned: update", pod(), pod({ terminationGracePeriodSeconds: -1 })],
  ["Pod, warned: update of a label", pod(loud), pod(loud, { labels: { a: "b" } })],
  ["PodTemplate, warned: update", podTemplate(), podTemplate(loud)],
  [
    "PodTemplate, warned: same",
    podTemplate(loud),
    { ...podTemplate(loud), metadata: { name: "template", labels: { a: "b" } } },
  ],
  ["Deployment, warned: update", deployment(), loudly(deployment)],
  ["Deployment, warned: scaled", loudly(deployment), loudly(deployment, { replicas: 3 })],
  ["Deployment, warned: label", loudly(deployment), deployment({ template: template(loud) }, { labels: { a: "b" } })],
  [
    "Deployment, warned: annotation",
    loudly(deployment),
    deployment({ template: template(loud) }, { annotations: { a: "b" } }),
  ],
  ["ReplicaSet, warned: update", rs(), loudly(rs)],
  ["ReplicaSet, warned: label", loudly(rs), rs({ template: template(loud) }, { labels: { a: "b" } })],
  ["ReplicationController, warned: better", loudly(rc), rc({ template: template() })],
  ["ReplicationController, warned: worse", rc({ template: template() }), loudly(rc)],
  ["DaemonSet, warned: update", ds(), loudly(ds)],
  ["DaemonSet, warned: other spec", loudly(ds), loudly(ds, { minReadySeconds: 3 })],
  ["StatefulSet, warned: update", sts(), loudly(sts)],
  [
    "StatefulSet, warned: claims",
    sts({ volumeClaimTemplates: [claim("1.5")], revisionHistoryLimit: -1 }),
    sts({ volumeClaimTemplates: [claim("1.5")], revisionHistoryLimit: -1, replicas: 2 }),
  ],
  ["Job, warned: update", batch("Job", jobTemplate(loud)), batch("Job", { ...jobTemplate(loud), parallelism: 2 })],
  ["CronJob, warned: update", cron(jobTemplate()), cron(jobTemplate(loud))],
  [
    "CronJob, warned: label",
    cron(jobTemplate(loud)),
    { ...cron(jobTemplate(loud)), metadata: { name: "job", labels: { a: "b" } } },
  ],
];
