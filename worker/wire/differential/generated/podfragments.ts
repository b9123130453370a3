// Pieces of a pod's spec: every list that patches and server-side apply merge by key, and scalars with defaults.
import type { Loose } from "../../../../kinds/object.ts";

const c = (more: Loose): Loose => ({ containers: [{ name: "c", image: "nginx:1", ...more }] });

export const POD_FRAGMENTS: readonly Loose[] = [
  c({ env: [{ name: "A", value: "1" }] }),
  c({
    env: [
      { name: "A", value: "2" },
      { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
  }),
  c({ ports: [{ containerPort: 80 }] }),
  c({ ports: [{ containerPort: 80, protocol: "UDP", name: "dns" }, { containerPort: 443 }] }),
  c({ image: "nginx:latest" }),
  c({ command: ["a", "b"], args: ["c"] }),
  c({ resources: { limits: { cpu: "1000m", memory: "1Gi" }, requests: { cpu: "0.5" } } }),
  c({ livenessProbe: { httpGet: { path: "/", port: 80 } } }),
  { containers: [{ name: "d", image: "busybox" }] },
  { containers: [{ name: "d", image: "busybox", env: [{ name: "A", value: "" }] }] },
  { initContainers: [{ name: "i", image: "busybox" }] },
  { volumes: [{ name: "v", emptyDir: {} }] },
  { volumes: [{ name: "v", configMap: { name: "m" } }] },
  { volumes: [{ name: "w", secret: { secretName: "s", items: [{ key: "k", path: "p" }] } }] },
  { tolerations: [{ key: "a", operator: "Exists" }] },
  { tolerations: [{ key: "b", value: "1", effect: "NoSchedule" }] },
  { imagePullSecrets: [{ name: "a" }] },
  { imagePullSecrets: [{ name: "b" }, { name: "a" }] },
  { hostAliases: [{ ip: "1.1.1.1", hostnames: ["a"] }] },
  {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "web" } },
      },
    ],
  },
  { nodeSelector: { disk: "ssd" } },
  { serviceAccountName: "robot" },
  { securityContext: { runAsUser: 1, sysctls: [] } },
  { terminationGracePeriodSeconds: 5 },
  {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: "z", labelSelector: {} } },
        ],
      },
    },
  },
  { hostNetwork: true, dnsPolicy: "Default" },
  { readinessGates: [{ conditionType: "x" }] },
  { enableServiceLinks: false, priority: 0 },
];
