// DaemonSets.
import type { Loose } from "../../object.ts";
import { container, template } from "../manifests.ts";

function daemonSet(spec: Loose = {}, metadata: Loose = {}): Loose {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent", ...metadata },
    spec: { selector: { matchLabels: { app: "web" } }, template: template(), ...spec },
  };
}

const rolling = (rollingUpdate: Loose): Loose => ({ updateStrategy: { type: "RollingUpdate", rollingUpdate } });
const pods = (spec: Loose, metadata: Loose = {}): Loose => ({ template: template(spec, metadata) });
const GENERATION = "deprecated.daemonset.template.generation";

export const valid: [string, Loose][] = [
  ["DaemonSet", daemonSet()],
  ["DaemonSet, name with dots", daemonSet({}, { name: "a.b" })],
  ["DaemonSet, empty strategy", daemonSet({ updateStrategy: {} })],
  ["DaemonSet, OnDelete", daemonSet({ updateStrategy: { type: "OnDelete" } })],
  [
    "DaemonSet, OnDelete with rollingUpdate",
    daemonSet({ updateStrategy: { type: "OnDelete", rollingUpdate: { maxSurge: 1 } } }),
  ],
  ["DaemonSet, half at a time", daemonSet(rolling({ maxUnavailable: "50%" }))],
  ["DaemonSet, surge", daemonSet(rolling({ maxSurge: "30%", maxUnavailable: 0 }))],
  ["DaemonSet, all at a time", daemonSet(rolling({ maxUnavailable: "100%" }))],
  ["DaemonSet, no history", daemonSet({ revisionHistoryLimit: 0, minReadySeconds: 5 })],
  ["DaemonSet, generation given", daemonSet({}, { annotations: { [GENERATION]: "7", a: "b" } })],
  [
    "DaemonSet, expressions",
    daemonSet({ selector: { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] } }),
  ],
  [
    "DaemonSet, everything",
    daemonSet(
      {
        ...rolling({ maxUnavailable: 2 }),
        minReadySeconds: 3,
        revisionHistoryLimit: 4,
        ...pods({
          nodeSelector: { disk: "ssd", "a.b/c": "d" },
          hostNetwork: true,
          hostPID: true,
          dnsPolicy: "ClusterFirstWithHostNet",
          tolerations: [{ operator: "Exists" }],
          priorityClassName: "system-node-critical",
          containers: [
            container({ ports: [{ containerPort: 9100, hostPort: 9100 }] }),
            container({ name: "d", image: "busybox:1" }),
          ],
          volumes: [{ name: "root", hostPath: { path: "/" } }],
        }),
      },
      { labels: { a: "b" } },
    ),
  ],
];

export const invalid: [string, Loose][] = [
  ["DaemonSet, name", daemonSet({}, { name: "A" })],
  ["DaemonSet, no selector", daemonSet({ selector: undefined })],
  ["DaemonSet, empty selector", daemonSet({ selector: {} })],
  ["DaemonSet, selector does not match", daemonSet({ selector: { matchLabels: { app: "api" } } })],
  ["DaemonSet, selector operator", daemonSet({ selector: { matchExpressions: [{ key: "app", operator: "Near" }] } })],
  ["DaemonSet, selector value", daemonSet({ selector: { matchLabels: { app: "a b" } } })],
  ["DaemonSet, no template", daemonSet({ template: undefined })],
  ["DaemonSet, template without labels", daemonSet(pods({}, { labels: undefined }))],
  ["DaemonSet, restarts never", daemonSet(pods({ restartPolicy: "Never" }))],
  ["DaemonSet, restart policy unknown", daemonSet(pods({ restartPolicy: "Maybe" }))],
  ["DaemonSet, deadline", daemonSet(pods({ activeDeadlineSeconds: 5 }))],
  ["DaemonSet, no containers", daemonSet(pods({ containers: [] }))],
  ["DaemonSet, template label", daemonSet(pods({}, { labels: { app: "web", "b c": "d" } }))],
  ["DaemonSet, template annotation", daemonSet(pods({}, { annotations: { "a b": "" } }))],
  ["DaemonSet, negative minReadySeconds", daemonSet({ minReadySeconds: -1 })],
  ["DaemonSet, negative history", daemonSet({ revisionHistoryLimit: -1 })],
  ["DaemonSet, strategy", daemonSet({ updateStrategy: { type: "Slow" } })],
  [
    "DaemonSet, strategy with rollingUpdate",
    daemonSet({ updateStrategy: { type: "Slow", rollingUpdate: { maxSurge: 1 } } }),
  ],
  ["DaemonSet, nothing at a time", daemonSet(rolling({ maxUnavailable: 0 }))],
  ["DaemonSet, 0%", daemonSet(rolling({ maxUnavailable: "0%", maxSurge: "0%" }))],
  ["DaemonSet, surge and unavailable", daemonSet(rolling({ maxUnavailable: 1, maxSurge: 1 }))],
  ["DaemonSet, surge alone", daemonSet(rolling({ maxSurge: 1 }))],
  ["DaemonSet, negative", daemonSet(rolling({ maxUnavailable: -1 }))],
  ["DaemonSet, no percentage", daemonSet(rolling({ maxUnavailable: "some" }))],
  ["DaemonSet, above 100%", daemonSet(rolling({ maxUnavailable: "101%" }))],
  ["DaemonSet, surge above 100%", daemonSet(rolling({ maxUnavailable: 0, maxSurge: "101%" }))],
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["DaemonSet, nothing", daemonSet(), daemonSet()],
  ["DaemonSet, image", daemonSet(), daemonSet(pods({ containers: [container({ image: "nginx:2" })] }))],
  [
    "DaemonSet, image and generation given",
    daemonSet(),
    daemonSet(pods({ hostNetwork: true }), { annotations: { [GENERATION]: "9" } }),
  ],
  ["DaemonSet, generation alone", daemonSet(), daemonSet({}, { annotations: { [GENERATION]: "9" } })],
  ["DaemonSet, strategy", daemonSet(), daemonSet({ updateStrategy: { type: "OnDelete" } })],
  ["DaemonSet, bad strategy", daemonSet(), daemonSet(rolling({ maxSurge: 1 }))],
  ["DaemonSet, minReadySeconds", daemonSet(), daemonSet({ minReadySeconds: 5 })],
  ["DaemonSet, labels", daemonSet(), daemonSet({}, { labels: { a: "b" }, annotations: { c: "d" } })],
  ["DaemonSet, bad label", daemonSet(), daemonSet({}, { labels: { "-": "b" } })],
  [
    "DaemonSet, selector",
    daemonSet(),
    daemonSet({ selector: { matchLabels: { app: "web", b: "c" } }, ...pods({}, { labels: { app: "web", b: "c" } }) }),
  ],
  ["DaemonSet, selector that does not match", daemonSet(), daemonSet({ selector: { matchLabels: { app: "api" } } })],
  ["DaemonSet, restarts never", daemonSet(), daemonSet(pods({ restartPolicy: "Never" }))],
];
