// Pods through their endpoints: binding, eviction and its budgets, ephemeral containers, resizing, and what others may see of it.
import { container } from "./badinput.ts";
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
  type Script,
  STRATEGIC,
  stepsOf,
} from "./script.ts";

const spec = { containers: [container] };
const pod = (name: string, more: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: { ...spec, ...more },
});
const RUNNING = {
  status: {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }],
  },
};
const seen: Step["facts"] = ({ body }) => [
  body?.metadata?.generation,
  body?.metadata?.deletionTimestamp !== undefined,
  body?.status?.conditions?.map((one: Received["body"]) => [one.type, one.status, one.reason]),
];

function binding(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const bind = (name: string, target: unknown = { kind: "Node", name: "n" }, metadata: object = {}) =>
    post(`${all}/${name}/binding`, { apiVersion: "v1", kind: "Binding", metadata: { name, ...metadata }, target });
  return [
    ["pod", post(all, pod("a"))],
    ["dry", { ...bind("a"), path: `${all}/a/binding?dryRun=All` }],
    ["not yet", get(`${all}/a`), (r) => r.body.spec.nodeName],
    ["wrong kind", bind("a", { kind: "Pod", name: "n" })],
    ["no name", bind("a", { kind: "Node" })],
    ["nothing", bind("a", {})],
    ["wrong kind and no name", bind("a", { kind: "Pod" })],
    ["other name", bind("a", undefined, { name: "b" })],
    ["other namespace", bind("a", undefined, { namespace: "other" })],
    ["other uid", bind("a", undefined, { uid: "x" })],
    ["other version", bind("a", undefined, { resourceVersion: "1" })],
    ["other object", post(`${all}/a/binding`, { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } })],
    ["missing", bind("missing")],
    ["bind", bind("a", undefined, { annotations: { x: "y" }, labels: { l: "m" } })],
    ["bound", get(`${all}/a`), (r, past) => [r.body.spec.nodeName, seen(r, past)]],
    ["again", bind("a")],
    ["get", get(`${all}/a/binding`)],
    ["put", put(`${all}/a/binding`, {})],
    ["patch", patch(`${all}/a/binding`, MERGE, {})],
    ["delete", del(`${all}/a/binding`)],
    ["gated", post(all, pod("g", { schedulingGates: [{ name: "example.com/x" }] }))],
    ["bind gated", bind("g")],
    ["held", post(all, pod("h", {}, { finalizers: ["example.com/x"] }))],
    ["delete held", del(`${all}/h`)],
    ["bind deleted", bind("h")],
    ["table", { ...bind("g"), headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" } }],
    [
      "unknown field",
      post(`${all}/g/binding?fieldValidation=Strict`, { metadata: { name: "g" }, target: { name: "n" }, x: 1 }),
    ],
  ];
}

function eviction(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const budgets = `/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets`;
  const evict = (name: string, more: object = {}, query = "") =>
    post(`${all}/${name}/eviction${query}`, { apiVersion: "policy/v1", kind: "Eviction", metadata: { name }, ...more });
  const running = (name: string, labels: object = {}): Script => [
    [`make ${name}`, post(all, pod(name, { nodeName: "n" }, { labels }))],
    [`run ${name}`, patch(`${all}/${name}/status`, STRATEGIC, RUNNING)],
  ];
  const status = (name: string, state: object): Script[number] => [
    `status ${name} ${JSON.stringify(state)}`,
    patch(`${budgets}/${name}/status`, MERGE, {
      status: {
        observedGeneration: 1,
        disruptionsAllowed: 0,
        currentHealthy: 0,
        desiredHealthy: 0,
        expectedPods: 0,
        ...state,
      },
    }),
  ];
  const budget = (name: string, app: string, more: object = {}): Script[number] => [
    `budget ${name}`,
    post(budgets, { metadata: { name }, spec: { minAvailable: 1, selector: { matchLabels: { app } }, ...more } }),
  ];
  return [
    ["unscheduled", post(all, pod("u"))],
    ["evict dry", evict("u", {}, "?dryRun=All")],
    ["evict dry in body", evict("u", { deleteOptions: { dryRun: ["All"] } })],
    ["other name", evict("u", { metadata: { name: "v" } })],
    ["other namespace", evict("u", { metadata: { name: "u", namespace: "x" } })],
    ["bad policy", evict("u", { deleteOptions: { propagationPolicy: "x" } })],
    ["other uid", evict("u", { deleteOptions: { preconditions: { uid: "x" } } })],
    ["other version", evict("u", { deleteOptions: { preconditions: { resourceVersion: "1" } } })],
    ["wrong apiVersion", evict("u", { apiVersion: "v1" })],
    ["there", get(`${all}/u`), seen],
    ["evict unscheduled", evict("u")],
    ["gone", get(`${all}/u`)],
    ["evict missing", evict("u")],
    ...running("r"),
    ["evict running", evict("r")],
    ["going", get(`${all}/r`), seen],
    ["evict again", evict("r", { deleteOptions: { gracePeriodSeconds: 0 } })],
    ["gone too", get(`${all}/r`)],
    ...running("b", { app: "b" }),
    budget("b", "b"),
    ["not observed", evict("b")],
    status("b", { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 }),
    ["refused", evict("b")],
    status("b", { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 1, expectedPods: 1 }),
    ["refused without a reason", evict("b")],
    status("b", {
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 1,
      conditions: [
        {
          type: "DisruptionAllowed",
          status: "False",
          reason: "SyncFailed",
          message: "m",
          lastTransitionTime: "2026-01-01T00:00:00Z",
        },
      ],
    }),
    ["refused for sync", evict("b")],
    status("b", { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, conditions: null }),
    ["allowed dry", evict("b", {}, "?dryRun=All")],
    ["untouched", get(`${budgets}/b`), (r) => r.body.status.disruptionsAllowed],
    ["allowed", evict("b")],
    [
      "charged",
      get(`${budgets}/b`),
      (r) => [
        r.body.status.disruptionsAllowed,
        Object.keys(r.body.status.disruptedPods ?? {}),
        r.body.metadata.generation,
      ],
    ],
    ["b is going", get(`${all}/b`), seen],
    ...running("c", { app: "c" }),
    [
      "c not ready",
      patch(`${all}/c/status`, STRATEGIC, { status: { conditions: [{ type: "Ready", status: "False" }] } }),
    ],
    budget("c", "c"),
    status("c", { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 }),
    ["unhealthy refused", evict("c")],
    ["always allow", patch(`${budgets}/c`, MERGE, { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } })],
    ["unhealthy allowed", evict("c")],
    ...running("d", { app: "d" }),
    budget("d1", "d"),
    budget("d2", "d"),
    ["two budgets", evict("d")],
  ];
}

function podParts(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const debug = { name: "debug", image: "busybox:1" };
  return [
    ["pod", post(all, pod("a", { nodeName: "n" }))],
    ["get ephemeral containers", get(`${all}/a/ephemeralcontainers`)],
    ["debug", patch(`${all}/a/ephemeralcontainers`, STRATEGIC, { spec: { ephemeralContainers: [debug] } }), seen],
    [
      "label there",
      patch(`${all}/a/ephemeralcontainers`, STRATEGIC, {
        metadata: { labels: { a: "b" }, annotations: { c: "d" } },
        spec: { containers: [{ name: "c", image: "other" }] },
        status: { phase: "Running" },
      }),
      seen,
    ],
    [
      "change it",
      patch(`${all}/a/ephemeralcontainers`, STRATEGIC, { spec: { ephemeralContainers: [{ ...debug, image: "x" }] } }),
    ],
    [
      "remove it",
      patch(`${all}/a/ephemeralcontainers`, JSON_PATCH, [{ op: "remove", path: "/spec/ephemeralContainers" }]),
    ],
    [
      "put",
      change(`${all}/a/ephemeralcontainers`, "get ephemeral containers", (o) => {
        o.metadata.resourceVersion = undefined;
        o.spec.ephemeralContainers = [debug, { ...debug, name: "two" }];
        o.spec.nodeName = "m";
      }),
      seen,
    ],
    [
      "through the front door",
      patch(`${all}/a`, STRATEGIC, { spec: { ephemeralContainers: [{ name: "x", image: "y" }] } }),
    ],
    ["missing", get(`${all}/missing/ephemeralcontainers`)],
    ["delete", del(`${all}/a/ephemeralcontainers`)],
    [
      "apply",
      patch(`${all}/a/ephemeralcontainers?fieldManager=m&force=true`, APPLY, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "a", labels: { applied: "yes" } },
        spec: { ephemeralContainers: [{ name: "three", image: "busybox:1" }] },
      }),
      seen,
    ],
    ["resize get", get(`${all}/a/resize`)],
    ["after", get(`${all}/a`), seen],
  ];
}

export function podSequences(): Record<string, Step[]> {
  return stepsOf({ binding, eviction, podParts });
}
