// StatefulSets.
import type { Loose } from "../../object.ts";
import { container, template } from "../manifests.ts";

function statefulSet(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", ...metadata },
    spec: { selector: { matchLabels: { app: "web" } }, serviceName: "db", template: template(), ...spec },
  };
}

const pods = (spec: Loose, metadata: Loose = {}): Loose => ({ template: template(spec, metadata) });
const rolling = (rollingUpdate: Loose): Loose => ({ updateStrategy: { type: "RollingUpdate", rollingUpdate } });
const claim = (spec: Loose = {}, metadata: Loose = {}): Loose => ({
  metadata: { name: "data", ...metadata },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
});
const claims = (...volumeClaimTemplates: Loose[]): Loose => ({ volumeClaimTemplates });
const mounted = pods({ containers: [container({ volumeMounts: [{ name: "data", mountPath: "/data" }] })] });

export const valid: [string, Loose][] = [
  ["StatefulSet", statefulSet()],
  ["StatefulSet, no service", statefulSet({ serviceName: undefined })],
  ["StatefulSet, none", statefulSet({ replicas: 0, minReadySeconds: 5 })],
  ["StatefulSet, parallel", statefulSet({ podManagementPolicy: "Parallel", replicas: 3 })],
  ["StatefulSet, OnDelete", statefulSet({ updateStrategy: { type: "OnDelete" } })],
  ["StatefulSet, rolling without more", statefulSet({ updateStrategy: { type: "RollingUpdate" } })],
  ["StatefulSet, empty strategy", statefulSet({ updateStrategy: {} })],
  ["StatefulSet, partition", statefulSet(rolling({ partition: 2 }))],
  ["StatefulSet, maxUnavailable is dropped", statefulSet(rolling({ maxUnavailable: 2 }))],
  ["StatefulSet, ordinals", statefulSet({ ordinals: { start: 1000 } })],
  ["StatefulSet, ordinals from 0", statefulSet({ ordinals: {} })],
  ["StatefulSet, retention", statefulSet({ persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } })],
  ["StatefulSet, negative history", statefulSet({ revisionHistoryLimit: -1 })],
  ["StatefulSet, claim", statefulSet({ ...claims(claim()), ...mounted })],
  [
    "StatefulSet, claim that says what it is",
    statefulSet(claims({ apiVersion: "v9", kind: "Claim", ...claim(), status: { phase: "Bound" } })),
  ],
  [
    "StatefulSet, claim, everything",
    statefulSet(
      claims(
        claim(
          {
            storageClassName: "fast",
            volumeMode: "Block",
            selector: { matchLabels: { a: "b" } },
            resources: { requests: { storage: "0.5Gi" }, limits: { storage: "1000Mi" } },
          },
          { labels: { x: "y" }, annotations: { c: "d" } },
        ),
        claim({}, { name: "more" }),
      ),
    ),
  ],
  [
    "StatefulSet, claim over a volume",
    statefulSet({
      ...claims(claim()),
      ...pods({
        containers: [container({ volumeMounts: [{ name: "data", mountPath: "/data" }] })],
        volumes: [
          { name: "data", emptyDir: {} },
          { name: "other", emptyDir: {} },
        ],
      }),
    }),
  ],
  ["StatefulSet, hostname", statefulSet(pods({ hostname: "Not.Valid", subdomain: "-neither-" }))],
  [
    "StatefulSet, everything",
    statefulSet(
      {
        replicas: 3,
        minReadySeconds: 10,
        podManagementPolicy: "OrderedReady",
        revisionHistoryLimit: 3,
        ordinals: { start: 5 },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Delete" },
        ...rolling({ partition: 1 }),
        ...claims(claim()),
        ...pods({
          terminationGracePeriodSeconds: 10,
          containers: [
            container({
              ports: [{ containerPort: 5432, name: "pg" }],
              readinessProbe: { tcpSocket: { port: "pg" } },
              volumeMounts: [{ name: "data", mountPath: "/data" }],
            }),
          ],
        }),
      },
      { labels: { a: "b" } },
    ),
  ],
];

export const invalid: [string, Loose][] = [
  ["StatefulSet, name with dots", statefulSet({}, { name: "a.b" })],
  ["StatefulSet, name too long", statefulSet({}, { name: "a".repeat(64) })],
  ["StatefulSet, service name", statefulSet({ serviceName: "A.b" })],
  ["StatefulSet, negative replicas", statefulSet({ replicas: -1 })],
  ["StatefulSet, negative minReadySeconds", statefulSet({ minReadySeconds: -1 })],
  ["StatefulSet, negative ordinals", statefulSet({ ordinals: { start: -1 } })],
  ["StatefulSet, pod management", statefulSet({ podManagementPolicy: "Chaos" })],
  ["StatefulSet, strategy", statefulSet({ updateStrategy: { type: "Slow" } })],
  [
    "StatefulSet, strategy with rollingUpdate",
    statefulSet({ updateStrategy: { type: "Slow", rollingUpdate: { partition: 1 } } }),
  ],
  [
    "StatefulSet, OnDelete with rollingUpdate",
    statefulSet({ updateStrategy: { type: "OnDelete", rollingUpdate: { partition: 1 } } }),
  ],
  ["StatefulSet, negative partition", statefulSet(rolling({ partition: -1 }))],
  [
    "StatefulSet, retention",
    statefulSet({ persistentVolumeClaimRetentionPolicy: { whenDeleted: "Maybe", whenScaled: "Never" } }),
  ],
  ["StatefulSet, no selector", statefulSet({ selector: undefined })],
  ["StatefulSet, empty selector", statefulSet({ selector: {} })],
  ["StatefulSet, selector does not match", statefulSet({ selector: { matchLabels: { app: "api" } } })],
  [
    "StatefulSet, selector operator",
    statefulSet({ selector: { matchExpressions: [{ key: "app", operator: "Near" }] } }),
  ],
  ["StatefulSet, no template", statefulSet({ template: undefined })],
  ["StatefulSet, template labels", statefulSet(pods({}, { labels: { app: "web", "b c": "d" } }))],
  ["StatefulSet, template annotations", statefulSet(pods({}, { annotations: { "a b": "" } }))],
  ["StatefulSet, restarts never", statefulSet(pods({ restartPolicy: "Never" }))],
  ["StatefulSet, deadline", statefulSet(pods({ activeDeadlineSeconds: 5 }))],
  ["StatefulSet, no containers", statefulSet(pods({ containers: [] }))],
  ["StatefulSet, mount without claim", statefulSet(mounted)],
  ["StatefulSet, claim without modes", statefulSet(claims(claim({ accessModes: [] })))],
  ["StatefulSet, claim, mode", statefulSet(claims(claim({ accessModes: ["WriteNever"] })))],
  ["StatefulSet, claim without size", statefulSet(claims(claim({ resources: {} })))],
  ["StatefulSet, claim, negative size", statefulSet(claims(claim({ resources: { requests: { storage: "-1" } } })))],
  ["StatefulSet, claim, volume mode", statefulSet(claims(claim({ volumeMode: "Tape" })))],
  ["StatefulSet, claim, class", statefulSet(claims(claim({ storageClassName: "A b" })))],
  ["StatefulSet, second claim", statefulSet(claims(claim(), { metadata: { name: "b" } }))],
  ["StatefulSet, claim, name", statefulSet(claims(claim({}, { name: "A_b" })))],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["StatefulSet, nothing", statefulSet(claims(claim())), statefulSet(claims(claim()))],
  ["StatefulSet, replicas", statefulSet(), statefulSet({ replicas: 4 })],
  ["StatefulSet, image", statefulSet(), statefulSet(pods({ containers: [container({ image: "nginx:2" })] }))],
  [
    "StatefulSet, all that may change",
    statefulSet(),
    statefulSet({
      replicas: 2,
      ordinals: { start: 3 },
      minReadySeconds: 4,
      revisionHistoryLimit: 5,
      persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" },
      updateStrategy: { type: "OnDelete" },
      ...pods({ hostNetwork: true }),
    }),
  ],
  ["StatefulSet, maxUnavailable", statefulSet(), statefulSet(rolling({ maxUnavailable: 3 }))],
  ["StatefulSet, service name", statefulSet(), statefulSet({ serviceName: "other" })],
  ["StatefulSet, bad service name", statefulSet(), statefulSet({ serviceName: "A.b" })],
  ["StatefulSet, pod management", statefulSet(), statefulSet({ podManagementPolicy: "Parallel" })],
  [
    "StatefulSet, selector",
    statefulSet(),
    statefulSet({ selector: { matchLabels: { app: "web", b: "c" } }, ...pods({}, { labels: { app: "web", b: "c" } }) }),
  ],
  [
    "StatefulSet, larger claim",
    statefulSet(claims(claim())),
    statefulSet(claims(claim({ resources: { requests: { storage: "2Gi" } } }))),
  ],
  [
    "StatefulSet, same size, otherwise written",
    statefulSet(claims(claim())),
    statefulSet(claims(claim({ resources: { requests: { storage: "1024Mi" } } }))),
  ],
  ["StatefulSet, a claim more", statefulSet(claims(claim())), statefulSet(claims(claim(), claim({}, { name: "b" })))],
  ["StatefulSet, claim without modes", statefulSet(), statefulSet(claims(claim({ accessModes: [] })))],
  ["StatefulSet, labels", statefulSet(), statefulSet({}, { labels: { a: "b" } })],
  ["StatefulSet, bad label", statefulSet(), statefulSet({}, { labels: { "-": "b" } })],
  ["StatefulSet, negative replicas", statefulSet(), statefulSet({ replicas: -1 })],
  ["StatefulSet, bad template", statefulSet(), statefulSet(pods({ containers: [container({ image: undefined })] }))],
];
