// Pod, PodTemplate, ReplicationController: what must come back alike, be refused alike, and be updated alike by kube-apiserver and by us.
import type { Loose } from "../object.ts";
import { container } from "./manifests.ts";
import { pod, podTemplate, podWith, rc } from "./podmanifests.ts";

export { invalid } from "./podsinvalid.ts";
export { valid } from "./podsvalid.ts";

const gated = (spec: Loose): Loose => pod({ schedulingGates: [{ name: "a" }, { name: "b" }], ...spec });
const required = (...matchExpressions: Loose[]): Loose => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  },
});
const isA = { key: "a", operator: "In", values: ["b"] };
const exists = { key: "c", operator: "Exists" };

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  ["Pod, other image", pod(), podWith({ image: "nginx:2" })],
  ["Pod, image with spaces", pod(), podWith({ image: "nginx " })],
  ["Pod, labels and annotations", pod(), pod({}, { labels: { a: "b" }, annotations: { c: "d" } })],
  ["Pod, bad label", pod(), pod({}, { labels: { a: "b c" } })],
  ["Pod, command", pod(), podWith({ command: ["a"] })],
  [
    "Pod, resources",
    podWith({ resources: { requests: { cpu: "1" } } }),
    podWith({ resources: { requests: { cpu: "2" } } }),
  ],
  [
    "Pod, env and ports",
    podWith({ env: [{ name: "A", value: "1" }], ports: [{ containerPort: 80 }] }),
    podWith({ env: [{ name: "A", value: "<2>" }], ports: [{ containerPort: 81, name: "x" }] }),
  ],
  [
    "Pod, volumes",
    pod({ volumes: [{ name: "v", emptyDir: {} }] }),
    pod({ volumes: [{ name: "v", emptyDir: { sizeLimit: "1Gi" } }] }),
  ],
  ["Pod, node name", pod(), pod({ nodeName: "n" })],
  ["Pod, host network", pod(), pod({ hostNetwork: true, securityContext: { runAsUser: 5 } })],
  ["Pod, another container", pod(), pod({ containers: [container(), container({ name: "d" })] })],
  ["Pod, init container gone", pod({ initContainers: [container({ name: "i" })] }), pod()],
  [
    "Pod, init image",
    pod({ initContainers: [container({ name: "i" })] }),
    pod({ initContainers: [container({ name: "i", image: "b:1" })] }),
  ],
  ["Pod, deadline set", pod(), pod({ activeDeadlineSeconds: 5 })],
  ["Pod, deadline later", pod({ activeDeadlineSeconds: 5 }), pod({ activeDeadlineSeconds: 6 })],
  ["Pod, deadline sooner", pod({ activeDeadlineSeconds: 5 }), pod({ activeDeadlineSeconds: 4 })],
  ["Pod, deadline gone", pod({ activeDeadlineSeconds: 5 }), pod()],
  ["Pod, deadline negative", pod(), pod({ activeDeadlineSeconds: -1 })],
  ["Pod, toleration added", pod(), pod({ tolerations: [{ key: "a", operator: "Exists" }] })],
  [
    "Pod, toleration changed",
    pod({ tolerations: [{ key: "a", operator: "Exists" }] }),
    pod({ tolerations: [{ key: "b", operator: "Exists" }] }),
  ],
  [
    "Pod, toleration seconds",
    pod({ tolerations: [{ key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 1 }] }),
    pod({ tolerations: [{ key: "a", operator: "Exists", effect: "NoExecute", tolerationSeconds: 2 }] }),
  ],
  ["Pod, grace", pod(), pod({ terminationGracePeriodSeconds: 5 })],
  ["Pod, service account", pod(), pod({ serviceAccountName: "a" })],
  ["Pod, gate removed", gated({}), pod({ schedulingGates: [{ name: "b" }] })],
  // One alone: upstream tells of several in the order of a Go map.
  ["Pod, gate added", pod(), pod({ schedulingGates: [{ name: "b" }] })],
  ["Pod, gated, selector added", gated({ nodeSelector: { a: "b" } }), gated({ nodeSelector: { a: "b", c: "d" } })],
  ["Pod, gated, selector changed", gated({ nodeSelector: { a: "b" } }), gated({ nodeSelector: { a: "c" } })],
  ["Pod, gated, affinity set", gated({}), gated(required(isA))],
  ["Pod, gated, affinity narrowed", gated(required(isA)), gated(required(isA, exists))],
  ["Pod, gated, affinity changed", gated(required(isA)), gated(required(exists))],
  ["Pod, gated, affinity gone", gated(required(isA)), gated({})],
  ["Pod, not gated, selector", pod(), pod({ nodeSelector: { a: "b" } })],
  [
    "Pod, AppArmor annotation",
    pod(),
    pod({}, { annotations: { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" } }),
  ],
  ["Pod, ephemeral container", pod(), pod({ ephemeralContainers: [{ name: "e", image: "a" }] })],
  [
    "Pod, many fields",
    podWith({ livenessProbe: { httpGet: { port: 80 } } }, { hostAliases: [{ ip: "1.2.3.4", hostnames: ["a"] }] }),
    podWith(
      {
        livenessProbe: { tcpSocket: { port: "x" } },
        securityContext: { runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
      },
      { dnsConfig: { nameservers: ["1.1.1.1"] }, priorityClassName: "x", subdomain: "s" },
    ),
  ],
  ["PodTemplate, other image", podTemplate(), podTemplate({ containers: [container({ image: "b" })] })],
  ["PodTemplate, no image", podTemplate(), podTemplate({ containers: [{ name: "c" }] })],
  ["ReplicationController, other replicas", rc(), rc({ replicas: 3 })],
  [
    "ReplicationController, other selector",
    rc(),
    rc({
      selector: { app: "web", x: "y" },
      template: { metadata: { labels: { app: "web", x: "y" } }, spec: { containers: [container()] } },
    }),
  ],
  ["ReplicationController, negative", rc(), rc({ replicas: -1 })],
];
