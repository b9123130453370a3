// HorizontalPodAutoscaler, PodDisruptionBudget, PriorityClass, Lease, Event: what must come back alike, be refused alike, and be updated alike by kube-apiserver and by us.
import type { Loose } from "../object.ts";
import * as events from "./events.ts";

const object = (apiVersion: string, kind: string, body: Loose, metadata: Loose = {}): Loose => ({
  apiVersion,
  kind,
  metadata: { name: "one", ...metadata },
  ...body,
});

const HPA = "HorizontalPodAutoscaler";
const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const hpa = (spec: Loose = {}, metadata: Loose = {}): Loose =>
  object("autoscaling/v2", HPA, { spec: { scaleTargetRef: target, maxReplicas: 10, ...spec } }, metadata);
const withMetrics = (...metrics: Loose[]): Loose => hpa({ metrics });
const withBehavior = (behavior: Loose): Loose => hpa({ behavior });
const withPolicy = (policy: Loose): Loose =>
  withBehavior({ scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 15, ...policy }] } });
const hpa1 = (spec: Loose = {}, annotations?: Loose): Loose =>
  object("autoscaling/v1", HPA, { spec: { scaleTargetRef: target, maxReplicas: 10, ...spec } }, { annotations });
const said = (annotations: Record<string, Loose>): Loose =>
  Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [
      `autoscaling.alpha.kubernetes.io/${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

const cpu = (name = "cpu", goal: Loose = { type: "Utilization", averageUtilization: 50 }): Loose => ({
  type: "Resource",
  resource: { name, target: goal },
});
const selector = { matchLabels: { b: "1", a: "2" }, matchExpressions: [{ key: "k", operator: "In", values: ["v"] }] };
const pods = (metric: Loose = { name: "rps" }, goal: Loose = { type: "AverageValue", averageValue: "100" }): Loose => ({
  type: "Pods",
  pods: { metric, target: goal },
});
const external = (goal: Loose, metric: Loose = { name: "queue" }): Loose => ({
  type: "External",
  external: { metric, target: goal },
});
const described = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "main" };
const ofObject = (goal: Loose, describedObject: Loose = described, metric: Loose = { name: "hits" }): Loose => ({
  type: "Object",
  object: { metric, describedObject, target: goal },
});
const inContainer = (source: Loose = {}): Loose => ({
  type: "ContainerResource",
  containerResource: {
    name: "memory",
    container: "app",
    target: { type: "AverageValue", averageValue: "100Mi" },
    ...source,
  },
});

const pdb = (spec: Loose = {}, metadata: Loose = {}): Loose =>
  object(
    "policy/v1",
    "PodDisruptionBudget",
    { spec: { selector: { matchLabels: { app: "web" } }, ...spec } },
    metadata,
  );
const pc = (body: Loose = {}, metadata: Loose = {}): Loose =>
  object("scheduling.k8s.io/v1", "PriorityClass", { value: 1000, ...body }, metadata);
const lease = (spec?: Loose, metadata: Loose = {}): Loose =>
  object("coordination.k8s.io/v1", "Lease", spec === undefined ? {} : { spec }, metadata);
const V1BETA1 = "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match";

export const valid: [string, Loose][] = [
  [`${HPA}, least`, hpa()],
  [`${HPA}, minReplicas`, hpa({ minReplicas: 3 })],
  [`${HPA}, no metrics`, hpa({ metrics: [] })],
  [`${HPA}, null metrics`, hpa({ metrics: null, minReplicas: null, behavior: null })],
  [`${HPA}, CPU`, withMetrics(cpu())],
  [`${HPA}, raw memory`, withMetrics(cpu("memory", { type: "AverageValue", averageValue: "0.5Gi" }))],
  [`${HPA}, any resource`, withMetrics(cpu("example.com/gpu"))],
  [`${HPA}, pods`, withMetrics(pods({ name: "rps", selector }, { type: "AverageValue", averageValue: "1500m" }))],
  [`${HPA}, external value`, withMetrics(external({ type: "Value", value: "1000m" }, { name: "q", selector }))],
  [`${HPA}, external average`, withMetrics(external({ type: "AverageValue", averageValue: "30" }))],
  [`${HPA}, object value`, withMetrics(ofObject({ type: "Value", value: "10k" }))],
  [`${HPA}, object average`, withMetrics(ofObject({ type: "AverageValue", averageValue: "1e3", value: "5" }))],
  [`${HPA}, object without group`, withMetrics(ofObject({ type: "Value", value: 7 }, { kind: "Pod", name: "p" }))],
  [`${HPA}, container resource`, withMetrics(inContainer())],
  [
    `${HPA}, container utilization`,
    withMetrics(inContainer({ name: "cpu", target: { type: "Utilization", averageUtilization: 70 } })),
  ],
  [`${HPA}, three metrics`, withMetrics(cpu(), pods(), external({ type: "Value", value: "1" }))],
  [`${HPA}, empty behavior`, withBehavior({})],
  [`${HPA}, scaleDown alone`, withBehavior({ scaleDown: { stabilizationWindowSeconds: 0 } })],
  [
    `${HPA}, whole behavior`,
    withBehavior({
      scaleUp: {
        stabilizationWindowSeconds: 3600,
        selectPolicy: "Disabled",
        policies: [{ type: "Percent", value: 10, periodSeconds: 1800 }],
        tolerance: "0.050",
      },
      scaleDown: { selectPolicy: "Min", policies: [{ type: "Pods", value: 1, periodSeconds: 1 }], tolerance: "0" },
    }),
  ],
  [
    `${HPA}, ReplicationController`,
    hpa({ scaleTargetRef: { apiVersion: "v1", kind: "ReplicationController", name: "rc" } }),
  ],
  [`${HPA}, odd target`, hpa({ scaleTargetRef: { apiVersion: "a.b/v1", kind: "A:b", name: "A_b c" } })],
  [`${HPA}, status sent`, { ...hpa(), status: { currentReplicas: 3, desiredReplicas: 3, currentMetrics: [] } }],
  [`${HPA}, annotations of v1 in v2`, hpa({}, { annotations: { a: "b", ...said({ metrics: [], behavior: {} }) } })],
  [`${HPA}, only annotations of v1`, hpa({}, { annotations: said({ conditions: "x" }) })],
  [`${HPA} v1, least`, hpa1()],
  [`${HPA} v1, CPU`, hpa1({ targetCPUUtilizationPercentage: 65, minReplicas: 2 })],
  [
    `${HPA} v1, metrics`,
    hpa1({}, said({ metrics: [{ type: "Pods", pods: { metricName: "rps", targetAverageValue: "1500m", selector } }] })),
  ],
  [
    `${HPA} v1, CPU and metrics`,
    hpa1(
      { targetCPUUtilizationPercentage: 65 },
      {
        mine: "kept",
        ...said({
          metrics: [
            { type: "Object", object: { target: described, metricName: "hits", targetValue: "10k" } },
            { type: "Object", object: { target: described, metricName: "hits", targetValue: "0", averageValue: "3" } },
            { type: "External", external: { metricName: "q", targetAverageValue: "0.5", metricSelector: selector } },
            { type: "External", external: { metricName: "q", targetValue: 5 } },
            { type: "Resource", resource: { name: "memory", targetAverageUtilization: 40 } },
            { type: "Resource", resource: { name: "memory", targetAverageValue: "1Gi" } },
            {
              type: "ContainerResource",
              containerResource: { name: "cpu", container: "c", targetAverageUtilization: 4 },
            },
          ],
        }),
      },
    ),
  ],
  [
    `${HPA} v1, behavior`,
    hpa1(
      {},
      said({
        behavior: {
          ScaleUp: {
            StabilizationWindowSeconds: 10,
            SelectPolicy: "Min",
            Policies: [{ Type: "Pods", Value: 2, PeriodSeconds: 30 }],
            Tolerance: "0.1",
          },
          ScaleDown: { SelectPolicy: "Max", Policies: [{ Type: "Percent", Value: 2, PeriodSeconds: 30 }] },
        },
      }),
    ),
  ],
  [`${HPA} v1, empty behavior`, hpa1({}, said({ behavior: {} }))],
  [`${HPA} v1, metrics that are no JSON`, hpa1({}, said({ metrics: "[{", behavior: "nonsense" }))],
  [`${HPA} v1, metrics of another type`, hpa1({ targetCPUUtilizationPercentage: 1 }, said({ metrics: [{ type: 7 }] }))],
  [`${HPA} v1, no metrics said`, hpa1({}, said({ metrics: [] }))],
  [
    `${HPA} v1, status said`,
    hpa1({}, said({ "current-metrics": [], conditions: [{ type: "AbleToScale", status: "True" }] })),
  ],
  ["PodDisruptionBudget, least", pdb()],
  ["PodDisruptionBudget, no spec", object("policy/v1", "PodDisruptionBudget", {})],
  ["PodDisruptionBudget, empty selector", pdb({ selector: {} })],
  ["PodDisruptionBudget, minAvailable", pdb({ minAvailable: 0 })],
  ["PodDisruptionBudget, minAvailable percent", pdb({ minAvailable: "100%" })],
  ["PodDisruptionBudget, maxUnavailable", pdb({ maxUnavailable: 1 })],
  ["PodDisruptionBudget, maxUnavailable percent", pdb({ maxUnavailable: "0%" })],
  ["PodDisruptionBudget, AlwaysAllow", pdb({ unhealthyPodEvictionPolicy: "AlwaysAllow" })],
  ["PodDisruptionBudget, IfHealthyBudget", pdb({ unhealthyPodEvictionPolicy: "IfHealthyBudget", minAvailable: 2 })],
  ["PodDisruptionBudget, expressions", pdb({ selector: { matchExpressions: selector.matchExpressions } })],
  [
    "PodDisruptionBudget, matches none as v1beta1",
    pdb({ selector: { matchExpressions: [{ key: V1BETA1, operator: "Exists" }] } }),
  ],
  [
    "PodDisruptionBudget, v1beta1 beside others",
    pdb({
      selector: {
        matchLabels: { app: "web" },
        matchExpressions: [
          { key: V1BETA1, operator: "Exists" },
          { key: "a", operator: "Exists" },
        ],
      },
    }),
  ],
  [
    "PodDisruptionBudget, v1beta1 beside labels",
    pdb({ selector: { matchLabels: { app: "web" }, matchExpressions: [{ key: V1BETA1, operator: "DoesNotExist" }] } }),
  ],
  ["PodDisruptionBudget, name with capitals", pdb({}, { name: "Web_1" })],
  ["PodDisruptionBudget, odd finalizer", pdb({}, { finalizers: ["odd"] })],
  ["PodDisruptionBudget, status sent", { ...pdb(), status: { disruptionsAllowed: 3 } }],
  ["PriorityClass, least", pc()],
  ["PriorityClass, no value", object("scheduling.k8s.io/v1", "PriorityClass", {})],
  ["PriorityClass, negative", pc({ value: -2147483648 })],
  ["PriorityClass, highest", pc({ value: 1000000000 })],
  ["PriorityClass, never preempts", pc({ preemptionPolicy: "Never", description: "text" })],
  ["PriorityClass, global default", pc({ globalDefault: true })],
  ["PriorityClass, empty values", pc({ globalDefault: false, description: "" })],
  ["Lease, least", lease()],
  ["Lease, empty spec", lease({})],
  [
    "Lease, everything",
    lease({
      holderIdentity: "me",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-02T03:04:05.000006Z",
      renewTime: "2026-01-02T03:04:05.123456Z",
      leaseTransitions: 0,
    }),
  ],
  ["Lease, empty holder", lease({ holderIdentity: "" })],
  ["Lease, gated fields", lease({ strategy: "OldestEmulationVersion", preferredHolder: "you" })],
  ["Lease, gated fields that are wrong", lease({ strategy: "a/b/c", preferredHolder: "you" })],
  ["Lease, odd finalizer", lease({}, { finalizers: ["odd"] })],
  ...events.valid,
];

const grow = (changes: Loose): Loose => withBehavior({ scaleUp: changes });

export const invalid: [string, Loose][] = [
  [`${HPA}, no spec`, object("autoscaling/v2", HPA, {})],
  [`${HPA}, name`, hpa({}, { name: "A" })],
  [`${HPA}, finalizer`, hpa({}, { finalizers: ["odd"] })],
  [`${HPA}, no maxReplicas`, hpa({ maxReplicas: undefined })],
  [`${HPA}, maxReplicas 0`, hpa({ maxReplicas: 0 })],
  [`${HPA}, maxReplicas negative`, hpa({ maxReplicas: -1 })],
  [`${HPA}, minReplicas above max`, hpa({ minReplicas: 11 })],
  [`${HPA}, minReplicas 0`, hpa({ minReplicas: 0 })],
  [
    `${HPA}, minReplicas 0 with an external metric`,
    hpa({ minReplicas: 0, metrics: [external({ type: "Value", value: "1" })] }),
  ],
  [`${HPA}, minReplicas negative`, hpa({ minReplicas: -1 })],
  [`${HPA}, target without name`, hpa({ scaleTargetRef: { ...target, name: "" } })],
  [`${HPA}, target without kind`, hpa({ scaleTargetRef: { ...target, kind: undefined } })],
  [`${HPA}, target's kind`, hpa({ scaleTargetRef: { ...target, kind: "a/b" } })],
  [`${HPA}, target's name`, hpa({ scaleTargetRef: { ...target, name: ".." } })],
  [`${HPA}, target's name twice wrong`, hpa({ scaleTargetRef: { ...target, name: "a/%" } })],
  [`${HPA}, target without group`, hpa({ scaleTargetRef: { ...target, apiVersion: "v1" } })],
  [`${HPA}, target without apiVersion`, hpa({ scaleTargetRef: { kind: "Deployment", name: "web" } })],
  [`${HPA}, target's apiVersion`, hpa({ scaleTargetRef: { ...target, apiVersion: "a/b/c" } })],
  [`${HPA}, target's apiVersion is a slash`, hpa({ scaleTargetRef: { ...target, apiVersion: "/" } })],
  [`${HPA}, target's group is empty`, hpa({ scaleTargetRef: { ...target, apiVersion: "/v1" } })],
  [`${HPA}, empty metric`, withMetrics({})],
  [`${HPA}, unknown metric`, withMetrics({ type: "Weather" })],
  [`${HPA}, metric without its source`, withMetrics({ type: "Pods" })],
  [`${HPA}, metric with another source`, withMetrics({ ...pods(), type: "Resource" })],
  [`${HPA}, metric with one source too many`, withMetrics({ ...cpu(), pods: pods().pods })],
  [`${HPA}, unknown metric with a source`, withMetrics({ ...cpu(), type: "Weather" })],
  [`${HPA}, resource without name`, withMetrics(cpu(""))],
  [`${HPA}, resource without target`, withMetrics({ type: "Resource", resource: { name: "cpu" } })],
  [`${HPA}, target's type`, withMetrics(cpu("cpu", { type: "Most", averageUtilization: 5 }))],
  [
    `${HPA}, target of both`,
    withMetrics(cpu("cpu", { type: "Utilization", averageUtilization: 5, averageValue: "1" })),
  ],
  [`${HPA}, utilization 0`, withMetrics(cpu("cpu", { type: "Utilization", averageUtilization: 0 }))],
  [`${HPA}, averageValue 0`, withMetrics(pods({ name: "a" }, { type: "AverageValue", averageValue: "0" }))],
  [`${HPA}, averageValue negative`, withMetrics(pods({ name: "a" }, { type: "AverageValue", averageValue: "-1k" }))],
  [`${HPA}, pods without averageValue`, withMetrics(pods({ name: "a" }, { type: "Value", value: "1" }))],
  [`${HPA}, metric without name`, withMetrics(pods({}))],
  [`${HPA}, metric's name`, withMetrics(pods({ name: "a/b" }))],
  [`${HPA}, external of both`, withMetrics(external({ type: "Value", value: "1", averageValue: "1" }))],
  [`${HPA}, external of none`, withMetrics(external({ type: "Value" }))],
  [`${HPA}, external value negative`, withMetrics(external({ type: "Value", value: "-5" }))],
  [`${HPA}, object of none`, withMetrics(ofObject({ type: "Value" }))],
  [`${HPA}, object undescribed`, withMetrics(ofObject({ type: "Value", value: "1" }, {}))],
  [
    `${HPA}, object's apiVersion`,
    withMetrics(ofObject({ type: "Value", value: "1" }, { ...described, apiVersion: "a/b/c" })),
  ],
  [`${HPA}, container without name`, withMetrics(inContainer({ container: "" }))],
  [`${HPA}, container's name`, withMetrics(inContainer({ container: "A.b" }))],
  [`${HPA}, container resource without name`, withMetrics(inContainer({ name: "" }))],
  [`${HPA}, container resource unknown`, withMetrics(inContainer({ name: "pods" }))],
  [`${HPA}, container resource nobody knows`, withMetrics(inContainer({ name: "gold" }))],
  [`${HPA}, container resource malformed`, withMetrics(inContainer({ name: "a b" }))],
  [`${HPA}, container resource of requests`, withMetrics(inContainer({ name: "requests.a/b" }))],
  [`${HPA}, container target of none`, withMetrics(inContainer({ target: { type: "Value" } }))],
  [`${HPA}, second metric wrong`, withMetrics(cpu(), { type: "Pods", pods: {} })],
  [`${HPA}, window negative`, grow({ stabilizationWindowSeconds: -1 })],
  [`${HPA}, window too long`, withBehavior({ scaleDown: { stabilizationWindowSeconds: 3601 } })],
  [`${HPA}, selectPolicy`, grow({ selectPolicy: "Best" })],
  [`${HPA}, selectPolicy empty`, grow({ selectPolicy: "" })],
  [`${HPA}, no policies`, grow({ policies: [] })],
  [`${HPA}, tolerance`, grow({ tolerance: "-0.1" })],
  [`${HPA}, policy's type`, withPolicy({ type: "Nodes" })],
  [`${HPA}, policy without type`, withPolicy({ type: undefined })],
  [`${HPA}, policy's value`, withPolicy({ value: 0 })],
  [`${HPA}, policy's period`, withPolicy({ periodSeconds: 0 })],
  [`${HPA}, policy's period too long`, withPolicy({ periodSeconds: 1801 })],
  [`${HPA}, empty policy`, grow({ policies: [{}] })],
  [`${HPA} v1, CPU 0`, hpa1({ targetCPUUtilizationPercentage: 0 })],
  [`${HPA} v1, no maxReplicas`, hpa1({ maxReplicas: 0 })],
  [`${HPA} v1, bad metric`, hpa1({}, said({ metrics: [{ type: "Weather" }] }))],
  [`${HPA} v1, bad behavior`, hpa1({}, said({ behavior: { scaleup: { policies: [{}] } } }))],
  [`${HPA} v1, pods metric of nothing`, hpa1({}, said({ metrics: [{ type: "Pods", pods: {} }] }))],
  ["PodDisruptionBudget, both", pdb({ minAvailable: 1, maxUnavailable: "10%" })],
  [
    "PodDisruptionBudget, both and more",
    pdb({ minAvailable: "10%", maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector }),
  ],
  ["PodDisruptionBudget, both and no selector", pdb({ minAvailable: 1, maxUnavailable: 1, selector: undefined })],
  ["PodDisruptionBudget, minAvailable negative", pdb({ minAvailable: -1 })],
  ["PodDisruptionBudget, minAvailable above 100%", pdb({ minAvailable: "101%" })],
  ["PodDisruptionBudget, minAvailable no percentage", pdb({ minAvailable: "many" })],
  ["PodDisruptionBudget, minAvailable a number as text", pdb({ minAvailable: "3" })],
  ["PodDisruptionBudget, maxUnavailable negative", pdb({ maxUnavailable: -5 })],
  ["PodDisruptionBudget, maxUnavailable negative percentage", pdb({ maxUnavailable: "-5%" })],
  ["PodDisruptionBudget, maxUnavailable above 100%", pdb({ maxUnavailable: "1000%" })],
  ["PodDisruptionBudget, operator", pdb({ selector: { matchExpressions: [{ key: "a", operator: "Near" }] } })],
  [
    "PodDisruptionBudget, selector without values",
    pdb({ selector: { matchExpressions: [{ key: "a", operator: "In" }] } }),
  ],
  ["PodDisruptionBudget, label value", pdb({ selector: { matchLabels: { a: "b c" } } })],
  ["PodDisruptionBudget, label key", pdb({ selector: { matchLabels: { "-": "b" } } })],
  ["PodDisruptionBudget, eviction policy", pdb({ unhealthyPodEvictionPolicy: "Never" })],
  ["PodDisruptionBudget, eviction policy empty", pdb({ unhealthyPodEvictionPolicy: "" })],
  ["PodDisruptionBudget, name", pdb({}, { name: "a%b" })],
  ["PodDisruptionBudget, label of its own", pdb({}, { labels: { a: "b c" } })],
  ["PodDisruptionBudget, spec before metadata", pdb({ minAvailable: -1 }, { labels: { a: "b c" } })],
  ["PriorityClass, above users' highest", pc({ value: 1000000001 })],
  ["PriorityClass, name", pc({}, { name: "A" })],
  ["PriorityClass, finalizer", pc({}, { finalizers: ["odd"] })],
  ["PriorityClass, system name", pc({}, { name: "system-mine" })],
  ["PriorityClass, system class of another value", pc({}, { name: "system-node-critical" })],
  [
    "PriorityClass, system class by default",
    pc({ value: 2000000000, globalDefault: true }, { name: "system-cluster-critical" }),
  ],
  ["PriorityClass, preemptionPolicy", pc({ preemptionPolicy: "Always" })],
  ["PriorityClass, preemptionPolicy empty", pc({ preemptionPolicy: "" })],
  ["PriorityClass, all wrong", pc({ value: 2000000000, preemptionPolicy: "Always" }, { name: "_" })],
  ["Lease, duration 0", lease({ leaseDurationSeconds: 0 })],
  ["Lease, duration negative", lease({ leaseDurationSeconds: -3 })],
  ["Lease, transitions negative", lease({ leaseTransitions: -1 })],
  ["Lease, name", lease({}, { name: "a b" })],
  ["Lease, finalizer", lease({}, { finalizers: ["a b"] })],
  ["Lease, all wrong", lease({ leaseDurationSeconds: 0, leaseTransitions: -1 }, { name: "A", labels: { "-": "" } })],
  ...events.invalid,
];

/** Before, after. */
export const updates: [string, Loose, Loose][] = [
  [`${HPA}, bounds`, hpa(), hpa({ minReplicas: 2, maxReplicas: 20 })],
  [`${HPA}, metrics left out`, withMetrics(pods()), hpa()],
  [
    `${HPA}, behavior comes`,
    hpa(),
    withBehavior({ scaleDown: { policies: [{ type: "Pods", value: 1, periodSeconds: 60 }] } }),
  ],
  [`${HPA}, behavior goes`, withBehavior({}), hpa()],
  [`${HPA}, maxReplicas 0`, hpa(), hpa({ maxReplicas: 0 })],
  [`${HPA}, minReplicas 0`, hpa(), hpa({ minReplicas: 0 })],
  [`${HPA}, target's group goes`, hpa(), hpa({ scaleTargetRef: { ...target, apiVersion: "v1" } })],
  [
    `${HPA}, target's kind with a bad group`,
    hpa(),
    hpa({ scaleTargetRef: { apiVersion: "v1", kind: "Foo", name: "web" } }),
  ],
  [`${HPA}, target's name alone`, hpa(), hpa({ scaleTargetRef: { ...target, name: "api" } })],
  [`${HPA}, finalizer`, hpa(), hpa({}, { finalizers: ["odd"] })],
  [`${HPA}, annotations of v1`, hpa(), hpa({}, { annotations: said({ metrics: [] }) })],
  [`${HPA} v1, CPU`, hpa1({ targetCPUUtilizationPercentage: 5 }), hpa1({ targetCPUUtilizationPercentage: 6 })],
  [`${HPA} v1, CPU goes`, hpa1({ targetCPUUtilizationPercentage: 5 }), hpa1()],
  [
    `${HPA} v1, metrics come`,
    hpa1(),
    hpa1({}, said({ metrics: [{ type: "Resource", resource: { name: "memory", targetAverageUtilization: 4 } }] })),
  ],
  [
    `${HPA} v1, metrics go`,
    hpa1({}, said({ metrics: [{ type: "Resource", resource: { name: "memory", targetAverageUtilization: 4 } }] })),
    hpa1(),
  ],
  [`${HPA} v1, bad metric`, hpa1(), hpa1({}, said({ metrics: [{ type: "Pods" }] }))],
  ["PodDisruptionBudget, minAvailable", pdb({ minAvailable: 1 }), pdb({ minAvailable: "50%" })],
  ["PodDisruptionBudget, from min to max", pdb({ minAvailable: 1 }), pdb({ maxUnavailable: 1 })],
  ["PodDisruptionBudget, both", pdb({ minAvailable: 1 }), pdb({ minAvailable: 1, maxUnavailable: 1 })],
  ["PodDisruptionBudget, other selector", pdb(), pdb({ selector: { matchLabels: { app: "api" } } })],
  ["PodDisruptionBudget, bad selector", pdb(), pdb({ selector: { matchLabels: { app: "a b" } } })],
  ["PodDisruptionBudget, bad label", pdb(), pdb({}, { labels: { a: "b c" } })],
  ["PodDisruptionBudget, odd finalizer", pdb(), pdb({}, { finalizers: ["odd"] })],
  ["PriorityClass, description", pc(), pc({ description: "new" })],
  ["PriorityClass, value", pc(), pc({ value: 5 })],
  ["PriorityClass, value left out", pc(), pc({ value: undefined })],
  ["PriorityClass, preemptionPolicy", pc(), pc({ preemptionPolicy: "Never" })],
  ["PriorityClass, preemptionPolicy nobody knows", pc(), pc({ preemptionPolicy: "Maybe" })],
  ["PriorityClass, global default", pc(), pc({ globalDefault: true })],
  [
    "PriorityClass, all",
    pc(),
    pc({ value: 5, preemptionPolicy: "Never" }, { labels: { a: "b c" }, finalizers: ["odd"] }),
  ],
  [
    "Lease, renewed",
    lease({ holderIdentity: "a" }),
    lease({ holderIdentity: "b", renewTime: "2026-01-02T03:04:05.123456Z" }),
  ],
  ["Lease, no spec", lease({ holderIdentity: "a" }), lease()],
  ["Lease, duration 0", lease(), lease({ leaseDurationSeconds: 0 })],
  ["Lease, odd finalizer", lease(), lease({}, { finalizers: ["odd"] })],
  ["Lease, bad label", lease(), lease({}, { labels: { a: "b c" } })],
  ["Lease, gated fields", lease(), lease({ strategy: "OldestEmulationVersion" })],
  ...events.updates,
];
