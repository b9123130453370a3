// One object, two served versions: what autoscaling/v1 writes autoscaling/v2 reads, and the same for Events of both groups.
import type { Received, Step } from "./run.ts";
import {
  APPLY,
  change,
  del,
  get,
  JSON_PATCH,
  MERGE,
  patch,
  post,
  put,
  sameVersionAs,
  type Script,
  STRATEGIC,
  stepsOf,
  TABLE,
} from "./script.ts";

/** They stand in the order of their seconds, of which a script may see one or two: here in any order. */
const managers: Step["facts"] = ({ body }) =>
  body?.metadata?.managedFields
    ?.map((one: Received["body"]) => [one.manager, one.apiVersion, one.operation, one.subresource])
    .sort((a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function autoscalers(ns: string): Script {
  const v1 = `/apis/autoscaling/v1/namespaces/${ns}/horizontalpodautoscalers`;
  const v2 = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  const old = (name: string, more: object = {}, metadata: object = {}) => ({
    metadata: { name, ...metadata },
    spec: { scaleTargetRef, maxReplicas: 5, ...more },
  });
  const memory = {
    type: "Resource",
    resource: { name: "memory", target: { type: "AverageValue", averageValue: "1Gi" } },
  };
  const applied = (apiVersion: string, more: object) => ({
    apiVersion,
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "s" },
    spec: { scaleTargetRef, maxReplicas: 3, ...more },
  });
  return [
    ["create v1", post(v1, old("a", { targetCPUUtilizationPercentage: 50 })), managers],
    ["get v1", get(`${v1}/a`), sameVersionAs("create v1")],
    ["get v2", get(`${v2}/a`), sameVersionAs("create v1")],
    ["create v1 without a target", post(v1, old("plain"))],
    ["plain in v2", get(`${v2}/plain`)],
    [
      "create v2",
      post(v2, old("b", { metrics: [memory], behavior: { scaleDown: { stabilizationWindowSeconds: 10 } } })),
    ],
    ["b in v1", get(`${v1}/b`), sameVersionAs("create v2")],
    ["put nothing new in v1", change(`${v1}/b`, "b in v1", () => {}), sameVersionAs("create v2")],
    [
      "put in v1",
      change(`${v1}/b`, "b in v1", (o) => {
        o.spec.maxReplicas = 7;
        o.spec.targetCPUUtilizationPercentage = 60;
      }),
      managers,
    ],
    ["b after in v2", get(`${v2}/b`), managers],
    ["put stale in v1", change(`${v1}/b`, "b in v1", () => {})],
    ["merge in v1", patch(`${v1}/a`, MERGE, { spec: { maxReplicas: 6 } }), managers],
    ["merge in v2", patch(`${v2}/a`, MERGE, { spec: { minReplicas: 2 } }), managers],
    ["strategic in v1", patch(`${v1}/a`, STRATEGIC, { metadata: { labels: { x: "y" } } })],
    [
      "json in v1",
      patch(`${v1}/a`, JSON_PATCH, [{ op: "replace", path: "/spec/targetCPUUtilizationPercentage", value: 70 }]),
    ],
    [
      "json in v2",
      patch(`${v2}/a`, JSON_PATCH, [
        { op: "test", path: "/spec/metrics/0/resource/target/averageUtilization", value: 70 },
      ]),
    ],
    ["nothing in v1", patch(`${v1}/a`, MERGE, { spec: { maxReplicas: 6 } }), sameVersionAs("json in v2")],
    ["status in v1", patch(`${v1}/a/status`, MERGE, { status: { currentReplicas: 3, desiredReplicas: 4 } }), managers],
    ["status in v2", get(`${v2}/a/status`)],
    [
      "conditions in v2",
      patch(`${v2}/a/status`, MERGE, {
        status: {
          currentReplicas: 3,
          desiredReplicas: 4,
          conditions: [
            {
              type: "AbleToScale",
              status: "True",
              reason: "R",
              message: "m",
              lastTransitionTime: "2026-01-01T00:00:00Z",
            },
          ],
          currentMetrics: [
            { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 12, averageValue: "100m" } } },
          ],
        },
      }),
    ],
    ["conditions in v1", get(`${v1}/a`)],
    ["list v1", get(v1)],
    ["list v2", get(v2)],
    ["list v1 by label", get(`${v1}?labelSelector=x%3Dy`), (r) => r.body.items.length],
    ["list v1 by name", get(`${v1}?fieldSelector=metadata.name%3Db`), (r) => r.body.items.length],
    ["table v1", get(v1, TABLE)],
    ["table v2", get(v2, TABLE)],
    ["one in a table", get(`${v1}/a`, TABLE)],
    ["metadata", get(`${v1}/a`, { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" })],
    ["page", get(`${v1}?limit=1`), (r) => [r.body.items.length, r.body.metadata.remainingItemCount]],
    ["watch", get(`${v1}?watch=true&resourceVersion=0&timeoutSeconds=1`), (r) => [r.body].flat().length],
    ["wrong version in v1", post(v1, { ...old("w"), apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" })],
    ["wrong version in v2", post(v2, { ...old("w"), apiVersion: "autoscaling/v1", kind: "HorizontalPodAutoscaler" })],
    ["unknown field", post(`${v1}?fieldValidation=Strict`, old("w", { metrics: [] }))],
    ["invalid v1", post(v1, old("w", { maxReplicas: 0 }))],
    ["invalid target v1", post(v1, old("w", { targetCPUUtilizationPercentage: 0 }))],
    ["invalid put", patch(`${v1}/a`, MERGE, { spec: { minReplicas: 10 } })],
    ["dry v1", post(`${v1}?dryRun=All`, old("dry"))],
    ["dry put v1", patch(`${v1}/a?dryRun=All`, MERGE, { spec: { maxReplicas: 9 } })],
    ["put to a missing one", put(`${v1}/none`, old("none"))],
    ["generated", post(v1, { ...old("x"), metadata: { generateName: "gen-" } })],
    ["exists", post(v1, old("a"))],
    ["finalizer", patch(`${v1}/a`, MERGE, { metadata: { finalizers: ["example.com/x"] } })],
    ["delete held", del(`${v1}/a`)],
    ["deleting in v2", get(`${v2}/a`)],
    ["release", patch(`${v1}/a`, MERGE, { metadata: { finalizers: null } })],
    ["gone in v2", get(`${v2}/a`)],
    ["gone in v1", get(`${v1}/a`)],
    ["apply v1", patch(`${v1}/s?fieldManager=one`, APPLY, applied("autoscaling/v1", { minReplicas: 1 })), managers],
    [
      "apply v1 again",
      patch(`${v1}/s?fieldManager=one`, APPLY, applied("autoscaling/v1", { minReplicas: 1 })),
      sameVersionAs("apply v1"),
    ],
    ["apply v2 against it", patch(`${v2}/s?fieldManager=two`, APPLY, applied("autoscaling/v2", { minReplicas: 2 }))],
    [
      "apply v2 by force",
      patch(`${v2}/s?fieldManager=two&force=true`, APPLY, applied("autoscaling/v2", { minReplicas: 2 })),
      managers,
    ],
    ["apply v2 in v1", patch(`${v1}/s?fieldManager=two`, APPLY, applied("autoscaling/v2", { minReplicas: 2 }))],
    ["delete v1", del(`${v1}/s`)],
    ["delete all v1", del(v1), (r) => r.body.items.length],
    ["none in v2", get(v2), (r) => r.body.items.length],
  ];
}

function events(ns: string): Script {
  const core = `/api/v1/namespaces/${ns}/events`;
  const group = `/apis/events.k8s.io/v1/namespaces/${ns}/events`;
  const regarding = { kind: "Pod", name: "p", namespace: ns };
  const eventTime = "2026-01-01T00:00:00.123456Z";
  const made = (name: string, more: object = {}) => ({
    metadata: { name },
    regarding,
    reason: "R",
    note: "said",
    type: "Normal",
    action: "Doing",
    reportingController: "example.com/c",
    reportingInstance: "i",
    eventTime,
    ...more,
  });
  return [
    ["create", post(group, made("a")), managers],
    ["in core", get(`${core}/a`), sameVersionAs("create")],
    [
      "create in core",
      post(core, {
        metadata: { name: "b" },
        involvedObject: regarding,
        reason: "Q",
        message: "m",
        count: 2,
        type: "Warning",
        source: { component: "c", host: "h" },
      }),
    ],
    ["in the group", get(`${group}/b`), sameVersionAs("create in core")],
    ["list", get(group)],
    ["list in core", get(core)],
    ["table", get(group, TABLE)],
    ["by object", get(`${group}?fieldSelector=regarding.name%3Dp`), (r) => r.body.items?.length],
    ["by reason", get(`${group}?fieldSelector=reason%3DR`), (r) => r.body.items?.length],
    ["by old name", get(`${group}?fieldSelector=involvedObject.name%3Dp`), (r) => r.body.items?.length],
    ["without action", post(group, made("w", { action: undefined }))],
    ["without time", post(group, made("w", { eventTime: undefined }))],
    ["series", patch(`${group}/a`, MERGE, { series: { count: 2, lastObservedTime: eventTime } }), managers],
    ["series in core", get(`${core}/a`)],
    ["change what is fixed", patch(`${group}/a`, MERGE, { note: "other" })],
    ["core body in the group", post(group, { apiVersion: "v1", kind: "Event", metadata: { name: "w" } })],
    ["delete", del(`${group}/a`)],
    ["gone in core", get(`${core}/a`)],
    ["delete all", del(group), (r) => r.body.items.length],
    ["none", get(core), (r) => r.body.items.length],
  ];
}

export function versions(): Record<string, Step[]> {
  return stepsOf({ autoscalers, events });
}
