// Jobs. An update that is to be taken needs a manual selector: without one a PUT must repeat the labels that the server generated.
import type { Loose } from "../../object.ts";
import { container, template } from "../manifests.ts";

export const jobTemplate = (spec: Loose = {}, metadata: Loose = {}): Loose =>
  template({ restartPolicy: "Never", ...spec }, metadata);

export function job(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "pi", ...metadata },
    spec: { template: jobTemplate(), ...spec },
  };
}

const manual = (spec: Loose = {}, metadata: Loose = {}): Loose =>
  job({ manualSelector: true, selector: { matchLabels: { app: "web" } }, ...spec }, metadata);
const indexed = (spec: Loose = {}): Loose => ({ completionMode: "Indexed", completions: 3, parallelism: 2, ...spec });
const failing = (...rules: Loose[]): Loose => ({ podFailurePolicy: { rules } });
const onExit = (changes: Loose = {}): Loose => ({
  action: "FailJob",
  onExitCodes: { operator: "In", values: [1, 2], ...changes },
});
const succeeding = (...rules: Loose[]): Loose => indexed({ successPolicy: { rules } });
const many = (count: number, one: Loose): Loose[] => Array.from({ length: count }, () => one);
const suspended = (spec: Loose = {}): Loose => manual({ suspend: true, ...spec });

export const valid: [string, Loose][] = [
  ["Job", job()],
  ["Job, labels of its own", job({}, { labels: { mine: "yes" }, annotations: { note: "kept" } })],
  ["Job, template without labels", job({ template: jobTemplate({}, { labels: undefined }) })],
  ["Job, template with empty labels", job({ template: jobTemplate({}, { labels: {} }) })],
  ["Job, no completions", job({ parallelism: 3 })],
  ["Job, completions", job({ completions: 5 })],
  ["Job, none", job({ completions: 0, parallelism: 0, backoffLimit: 0, ttlSecondsAfterFinished: 0 })],
  ["Job, suspended", job({ suspend: true, activeDeadlineSeconds: 60 })],
  ["Job, OnFailure", job({ template: jobTemplate({ restartPolicy: "OnFailure" }) })],
  ["Job, indexed", job(indexed())],
  ["Job, indexed, a limit per index", job(indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 2 }))],
  ["Job, indexed, a limit per index and of all", job(indexed({ backoffLimitPerIndex: 1, backoffLimit: 4 }))],
  ["Job, indexed, very many", job(indexed({ completions: 200000, backoffLimitPerIndex: 0, maxFailedIndexes: 10000 }))],
  [
    "Job, failure policy",
    job(
      failing(
        onExit({ containerName: "c" }),
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
        { action: "Count", onPodConditions: [{ type: "a.b/c", status: "Unknown" }] },
        onExit({ operator: "NotIn", values: [0, 5] }),
      ),
    ),
  ],
  ["Job, failure policy without rules", job(failing())],
  [
    "Job, failure policy of an index",
    job(indexed({ backoffLimitPerIndex: 2, ...failing({ ...onExit(), action: "FailIndex" }) })),
  ],
  [
    "Job, success policy",
    job(succeeding({ succeededIndexes: "0,2", succeededCount: 1 }, { succeededIndexes: "0-1" }, { succeededCount: 3 })),
  ],
  ["Job, success policy of no index", job(succeeding({ succeededIndexes: "" }))],
  ["Job, replacement when failed", job({ podReplacementPolicy: "Failed" })],
  ["Job, managed by another", job({ managedBy: "example.com/queue" })],
  ["Job, managed by the built-in controller", job({ managedBy: "kubernetes.io/job-controller" })],
  ["Job, manual selector", manual()],
  ["Job, name label given", job({ template: jobTemplate({}, { labels: { "job-name": "pi", app: "web" } }) })],
  [
    "Job, everything",
    job(
      {
        parallelism: 2,
        completions: 4,
        activeDeadlineSeconds: 600,
        backoffLimit: 3,
        ttlSecondsAfterFinished: 100,
        completionMode: "NonIndexed",
        suspend: false,
        podReplacementPolicy: "TerminatingOrFailed",
        template: jobTemplate(
          {
            initContainers: [container({ name: "before" })],
            containers: [
              container({
                command: ["perl", "-e", "print 1"],
                resources: { requests: { cpu: "0.5", memory: "1Gi" } },
              }),
            ],
            volumes: [{ name: "v", emptyDir: {} }],
            activeDeadlineSeconds: 30,
            terminationGracePeriodSeconds: 5,
          },
          { annotations: { a: "b" } },
        ),
      },
      { labels: { a: "b" }, finalizers: ["example.com/hold"] },
    ),
  ],
];

export const invalid: [string, Loose][] = [
  ["Job without a name", job({}, { name: undefined })],
  ["Job, name in capitals", job({}, { name: "Pi" })],
  ["Job, no template", { ...job(), spec: {} }],
  ["Job, restart policy left out", job({ template: jobTemplate({ restartPolicy: undefined }) })],
  ["Job, restarts always", job({ template: jobTemplate({ restartPolicy: "Always" }) })],
  ["Job, restart policy unknown", job({ template: jobTemplate({ restartPolicy: "Maybe" }) })],
  ["Job, name", job({}, { name: "Pi" })],
  ["Job, name too long for labels", job({}, { name: "a".repeat(64) })],
  ...[
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
  ].map((field): [string, Loose] => [`Job, negative ${field}`, job({ [field]: -1 })]),
  ["Job, selector without manualSelector", job({ selector: { matchLabels: { app: "other" } } })],
  ["Job, selector given and generated", job({ selector: { matchExpressions: [{ key: "app", operator: "Exists" }] } })],
  ["Job, manual without selector", job({ manualSelector: true })],
  ["Job, manual selector that does not match", manual({ selector: { matchLabels: { app: "api" } } })],
  ["Job, manual selector, bad key", manual({ selector: { matchLabels: { "-": "x" } } })],
  [
    "Job, selector operator",
    manual({ selector: { matchExpressions: [{ key: "app", operator: "Near", values: ["a"] }] } }),
  ],
  ["Job, other name label", job({ template: jobTemplate({}, { labels: { "job-name": "other" } }) })],
  [
    "Job, other uid label",
    job({
      template: jobTemplate({}, { labels: { "batch.kubernetes.io/controller-uid": "x", "controller-uid": "y" } }),
    }),
  ],
  ["Job, completion mode", job({ completionMode: "Sorted" })],
  ["Job, indexed without completions", job({ completionMode: "Indexed", parallelism: 1 })],
  ["Job, indexed, very parallel", job(indexed({ completions: 200000, parallelism: 100001 }))],
  ["Job, indexed, more failures than indexes", job(indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 4 }))],
  ["Job, indexed, failures without a limit per index", job(indexed({ maxFailedIndexes: 1 }))],
  [
    "Job, indexed, too many failures",
    job(indexed({ completions: 200000, backoffLimitPerIndex: 1, maxFailedIndexes: 100001 })),
  ],
  [
    "Job, indexed, very many, unlimited failures",
    job(indexed({ completions: 100001, backoffLimitPerIndex: 1, parallelism: 10001 })),
  ],
  ["Job, indexed, hostname too long", job(indexed({ completions: 100 }), { name: "a".repeat(61) })],
  ["Job, indexed, name with dots", job(indexed(), { name: "a.b" })],
  ["Job, not indexed, limit per index", job({ backoffLimitPerIndex: 1 })],
  ["Job, not indexed, failed indexes", job({ backoffLimitPerIndex: 1, maxFailedIndexes: 1 })],
  ["Job, managed by nobody", job({ managedBy: "" })],
  ["Job, managed by, no path", job({ managedBy: "queue" })],
  ["Job, managed by, empty path", job({ managedBy: "example.com/" })],
  ["Job, managed by, bad host", job({ managedBy: "Example_/queue" })],
  ["Job, managed by, bad path", job({ managedBy: "example.com/ä" })],
  ["Job, managed by, too long", job({ managedBy: `example.com/${"a".repeat(60)}` })],
  ["Job, replacement policy", job({ podReplacementPolicy: "Never" })],
  [
    "Job, replacement policy with failure policy",
    job({ ...failing(onExit()), podReplacementPolicy: "TerminatingOrFailed" }),
  ],
  [
    "Job, failure policy with OnFailure",
    job({ ...failing(onExit()), template: jobTemplate({ restartPolicy: "OnFailure" }) }),
  ],
  ["Job, failure policy, too many rules", job(failing(...many(21, onExit())))],
  ["Job, failure policy, no action", job(failing({ onExitCodes: { operator: "In", values: [1] } }))],
  ["Job, failure policy, action", job(failing({ ...onExit(), action: "Explode" }))],
  ["Job, failure policy, index without limit", job(failing({ ...onExit(), action: "FailIndex" }))],
  ["Job, failure policy, empty rule", job(failing({ action: "Count" }))],
  [
    "Job, failure policy, both",
    job(failing({ ...onExit(), onPodConditions: [{ type: "DisruptionTarget", status: "True" }] })),
  ],
  ["Job, failure policy, operator", job(failing(onExit({ operator: "Near" })))],
  ["Job, failure policy, no operator", job(failing(onExit({ operator: undefined })))],
  ["Job, failure policy, container", job(failing(onExit({ containerName: "x" })))],
  ["Job, failure policy, no values", job(failing(onExit({ values: [] })))],
  ["Job, failure policy, 0 in", job(failing(onExit({ values: [0, 1] })))],
  ["Job, failure policy, values twice and disordered", job(failing(onExit({ values: [3, 1, 1] })))],
  ["Job, failure policy, too many values", job(failing(onExit({ values: many(256, 0).map((_, index) => index + 1) })))],
  [
    "Job, failure policy, condition status",
    job(failing({ action: "Ignore", onPodConditions: [{ type: "A", status: "Maybe" }] })),
  ],
  ["Job, failure policy, condition type", job(failing({ action: "Ignore", onPodConditions: [{ type: "a b" }] }))],
  [
    "Job, failure policy, too many conditions",
    job(failing({ action: "Ignore", onPodConditions: many(21, { type: "A", status: "True" }) })),
  ],
  ["Job, success policy, not indexed", job({ successPolicy: { rules: [{ succeededCount: 1 }] } })],
  ["Job, success policy without rules", job(succeeding())],
  ["Job, success policy, too many rules", job(succeeding(...many(21, { succeededCount: 1 })))],
  ["Job, success policy, empty rule", job(succeeding({}))],
  ["Job, success policy, index too large", job(succeeding({ succeededIndexes: "0-3" }))],
  ["Job, success policy, index no number", job(succeeding({ succeededIndexes: "a" }))],
  ["Job, success policy, indexes disordered", job(succeeding({ succeededIndexes: "2,1" }))],
  ["Job, success policy, interval disordered", job(succeeding({ succeededIndexes: "2-1" }))],
  ["Job, success policy, interval of three", job(succeeding({ succeededIndexes: "0-1-2" }))],
  ["Job, success policy, interval open", job(succeeding({ succeededIndexes: "0-" }))],
  ["Job, success policy, count too high", job(succeeding({ succeededCount: 4 }))],
  ["Job, success policy, count above indexes", job(succeeding({ succeededCount: 2, succeededIndexes: "1" }))],
  ["Job, success policy, negative count", job(succeeding({ succeededCount: -1 }))],
  ["Job, container without image", job({ template: jobTemplate({ containers: [container({ image: undefined })] }) })],
  ["Job, template labels", job({ template: jobTemplate({}, { labels: { "a b": "c" } }) })],
];

const needs = (requests: Loose, more: Loose = {}): Loose => ({
  template: jobTemplate({ containers: [container({ resources: { requests }, ...more })] }),
});
const affinity = (key: string): Loose => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "Exists" }] }],
    },
  },
});

/** As much as a template can say: what is printed when it may not change. */
const rich = jobTemplate(
  {
    hostNetwork: true,
    shareProcessNamespace: true,
    securityContext: { runAsUser: 5, fsGroup: 6, seccompProfile: { type: "RuntimeDefault" } },
    serviceAccountName: "robot",
    imagePullSecrets: [{ name: "pull" }],
    nodeSelector: { Zone: "a", disk: "ssd" },
    dnsConfig: { nameservers: ["1.1.1.1"], options: [{ name: "ndots", value: "2" }] },
    hostAliases: [{ ip: "1.2.3.4", hostnames: ["a"] }],
    tolerations: [{ key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 3 }],
    affinity: {
      ...affinity("disk"),
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: "a/b", labelSelector: { matchLabels: { b: "2", a: "1" } } } },
        ],
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "web" } },
      },
    ],
    initContainers: [container({ name: "before", restartPolicy: "Always" })],
    containers: [
      container({
        image: "nginx:3",
        ports: [{ containerPort: 80, name: "web" }],
        env: [
          { name: "A", value: "b" },
          { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } },
        ],
        envFrom: [{ prefix: "X_", configMapRef: { name: "cm" } }],
        resources: { limits: { memory: "1Gi", cpu: "1" }, requests: { cpu: "500m" } },
        livenessProbe: { httpGet: { port: "web", httpHeaders: [{ name: "H", value: "v" }] }, periodSeconds: 5 },
        readinessProbe: { exec: { command: ["a"] } },
        lifecycle: { preStop: { sleep: { seconds: 1 } } },
        securityContext: { capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
        volumeMounts: [{ name: "v0", mountPath: "/v", readOnly: true }],
      }),
    ],
    volumes: [
      { emptyDir: { sizeLimit: "1Gi" } },
      { secret: { secretName: "s", items: [{ key: "a", path: "b" }] } },
      { configMap: { name: "cm" } },
      { persistentVolumeClaim: { claimName: "c" } },
      { hostPath: { path: "/x" } },
      { nfs: { server: "s", path: "/p" } },
      { rbd: { monitors: ["m"], image: "i" } },
      { iscsi: { targetPortal: "1.2.3.4:1", iqn: "iqn.2020-01.com.example:a", lun: 1 } },
      { glusterfs: { endpoints: "e", path: "p" } },
      { azureDisk: { diskName: "d", diskURI: "https://a/b" } },
      { csi: { driver: "d.example.com", volumeAttributes: { b: "2", a: "1" } } },
      { downwardAPI: { items: [{ path: "l", fieldRef: { fieldPath: "metadata.labels" } }] } },
      { projected: { sources: [{ serviceAccountToken: { path: "t" } }, { configMap: { name: "cm" } }] } },
      {
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        },
      },
    ].map((source, index) => ({ name: `v${index}`, ...source })),
  },
  { annotations: { b: "2", a: "1" } },
);

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Job, parallelism", manual({ completions: 3 }), manual({ completions: 3, parallelism: 5 })],
  ["Job, suspended later", manual(), manual({ suspend: true })],
  [
    "Job, deadline and limits",
    manual(),
    manual({ activeDeadlineSeconds: 5, backoffLimit: 1, ttlSecondsAfterFinished: 9 }),
  ],
  ["Job, labels and annotations", manual(), manual({}, { labels: { a: "b" }, annotations: { c: "d" } })],
  ["Job, bad label", manual(), manual({}, { labels: { "-": "b" } })],
  ["Job, bad finalizer", manual(), manual({}, { finalizers: ["x"] })],
  ["Job, negative parallelism", manual(), manual({ parallelism: -1 })],
  ["Job, completions", manual({ completions: 3 }), manual({ completions: 4 })],
  ["Job, completions left out", manual({ completions: 3 }), manual({ parallelism: 1 })],
  ["Job, indexed, completions alone", manual(indexed()), manual(indexed({ completions: 4 }))],
  ["Job, indexed, in tandem", manual(indexed()), manual(indexed({ completions: 4, parallelism: 4 }))],
  ["Job, completion mode", manual({ completions: 3 }), manual(indexed())],
  ["Job, selector", manual(), manual({ selector: { matchExpressions: [{ key: "app", operator: "Exists" }] } })],
  ["Job, generated labels left out", job(), job({ parallelism: 2 })],
  ["Job, failure policy", manual(failing(onExit())), manual(failing(onExit({ values: [3] })))],
  [
    "Job, failure policy of conditions",
    manual(),
    manual(failing({ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] })),
  ],
  ["Job, success policy", manual(succeeding({ succeededCount: 1 })), manual(succeeding({ succeededIndexes: "0" }))],
  ["Job, limit per index", manual(indexed({ backoffLimitPerIndex: 1 })), manual(indexed({ backoffLimitPerIndex: 2 }))],
  ["Job, managed by", manual(), manual({ managedBy: "example.com/queue" })],
  ["Job, replacement policy", manual(), manual({ podReplacementPolicy: "Failed" })],
  ["Job, other image", manual(), manual({ template: jobTemplate({ containers: [container({ image: "nginx:2" })] }) })],
  ["Job, everything else", manual(), manual({ template: rich })],
  ["Job, suspended, everything else", suspended(), suspended({ template: rich })],
  ["Job, other node selector", manual(), manual({ template: jobTemplate({ nodeSelector: { disk: "ssd" } }) })],
  [
    "Job, template labels",
    manual(),
    manual({ template: jobTemplate({}, { labels: { app: "web", more: "yes" }, annotations: { a: "b" } }) }),
  ],
  [
    "Job, suspended, node selector",
    suspended(),
    suspended({ template: jobTemplate({ nodeSelector: { disk: "ssd" } }) }),
  ],
  [
    "Job, suspended, affinity, tolerations, labels",
    suspended(),
    suspended({
      template: jobTemplate(
        { affinity: affinity("disk"), tolerations: [{ operator: "Exists" }] },
        { labels: { app: "web", more: "yes" } },
      ),
    }),
  ],
  [
    "Job, suspended, affinity gone",
    suspended({ template: jobTemplate({ affinity: affinity("disk") }) }),
    suspended({ template: jobTemplate() }),
  ],
  [
    "Job, suspended, other affinity",
    suspended({ template: jobTemplate({ affinity: affinity("disk") }) }),
    suspended({ template: jobTemplate({ affinity: affinity("gpu") }) }),
  ],
  ["Job, suspended, resources", suspended(), suspended(needs({ cpu: "2" }))],
  ["Job, suspended, image", suspended(), suspended(needs({ cpu: "2" }, { image: "nginx:2" }))],
  [
    "Job, resumed with another node selector",
    suspended(),
    manual({ suspend: false, template: jobTemplate({ nodeSelector: { disk: "ssd" } }) }),
  ],
];
