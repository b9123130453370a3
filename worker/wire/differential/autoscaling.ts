// Budgets, priorities and leases over the wire: patches of selectors, status, names nobody may delete, leader election.
import type { Step } from "./run.ts";
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
  stepsOf,
  STRATEGIC,
  TABLE,
} from "./script.ts";

/** They stand in the order of their seconds, of which a script may see one or two: here in any order. */
const managers: Step["facts"] = (r) =>
  r.body?.metadata?.managedFields
    ?.map((one: object) => ({ ...one, time: 0 }))
    .sort((a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function budgets(ns: string): Script {
  const base = `/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets`;
  const make = {
    metadata: { name: "a" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "web", a: "b" } } },
  };
  return [
    ["create", post(base, make), managers],
    [
      "a selector is replaced as a whole",
      patch(`${base}/a`, STRATEGIC, { spec: { selector: { matchLabels: { c: "d" } } } }),
      managers,
    ],
    ["but merged by a merge patch", patch(`${base}/a`, MERGE, { spec: { selector: { matchLabels: { e: "f" } } } })],
    [
      "status",
      patch(`${base}/a/status`, MERGE, { status: { disruptionsAllowed: 3, observedGeneration: 1 } }),
      managers,
    ],
    ["status of less than nothing", patch(`${base}/a/status`, MERGE, { status: { currentHealthy: -1 } })],
    ["status with half a condition", patch(`${base}/a/status`, MERGE, { status: { conditions: [{ type: "A" }] } })],
    [
      "status with a condition",
      patch(`${base}/a/status`, STRATEGIC, {
        status: {
          conditions: [
            { type: "A", status: "True", reason: "R", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
          ],
        },
      }),
      managers,
    ],
    ["status does not change the spec", change(`${base}/a/status`, "status", (o) => (o.spec.minAvailable = 9))],
    ["PUT without a version", put(`${base}/a`, make)],
    ["both", patch(`${base}/a`, MERGE, { spec: { maxUnavailable: 1 } })],
    ["from one to the other", patch(`${base}/a`, MERGE, { spec: { maxUnavailable: "10%", minAvailable: null } })],
    ["table", get(base, TABLE)],
    [
      "apply",
      patch(`${base}/b?fieldManager=me`, APPLY, {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "b" },
        spec: { maxUnavailable: 0, selector: { matchLabels: { app: "web" } } },
      }),
      managers,
    ],
    [
      "apply of another selector by another",
      patch(`${base}/b?fieldManager=you`, APPLY, {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "b" },
        spec: { selector: { matchLabels: { app: "api" } } },
      }),
    ],
    ["delete", del(`${base}/a`)],
  ];
}

function priorities(ns: string): Script {
  const base = "/apis/scheduling.k8s.io/v1/priorityclasses";
  const name = `${ns}-a`;
  return [
    ["create", post(base, { metadata: { name }, value: 7 }), managers],
    ["without a value", post(base, { metadata: { name: `${ns}-b` } }), managers],
    ["description", patch(`${base}/${name}`, STRATEGIC, { description: "text" }), managers],
    ["value", patch(`${base}/${name}`, MERGE, { value: 8 })],
    ["value, as JSON", patch(`${base}/${name}`, JSON_PATCH, [{ op: "remove", path: "/value" }])],
    ["system", post(base, { metadata: { name: "system-mine" }, value: 7 })],
    ["table", get(`${base}/${name}`, TABLE)],
    ["delete", del(`${base}/${name}`)],
    ["delete the other", del(`${base}/${ns}-b`)],
  ];
}

function leases(ns: string): Script {
  const base = `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`;
  const body = (spec: object, metadata: object = {}) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "a", ...metadata },
    spec,
  });
  return [
    [
      "PUT creates",
      put(
        `${base}/a`,
        body({ holderIdentity: "me", leaseDurationSeconds: 15, acquireTime: "2026-01-01T02:00:00.000001+02:00" }),
      ),
      managers,
    ],
    ["PUT without a version", put(`${base}/a`, body({ holderIdentity: "you" }))],
    [
      "renewed",
      change(`${base}/a`, "PUT creates", (o) => (o.spec.renewTime = "2026-01-01T00:00:01.500000Z")),
      managers,
    ],
    ["renewed by one that is late", change(`${base}/a`, "PUT creates", (o) => (o.spec.holderIdentity = "you"))],
    ["a time of whole seconds", patch(`${base}/a`, MERGE, { spec: { renewTime: "2026-01-01T00:00:02Z" } })],
    ["a time of nanoseconds", patch(`${base}/a`, MERGE, { spec: { renewTime: "2026-01-01T00:00:02.123456789Z" } })],
    ["duration", patch(`${base}/a`, MERGE, { spec: { leaseDurationSeconds: 0 } })],
    ["gated fields", patch(`${base}/a`, MERGE, { spec: { strategy: "OldestEmulationVersion", preferredHolder: "x" } })],
    ["given up", patch(`${base}/a`, MERGE, { spec: { holderIdentity: "", leaseTransitions: 1 } })],
    ["table", get(base, TABLE)],
    ["list", get(base)],
    ["delete", del(`${base}/a`)],
  ];
}

export function autoscaling(): Record<string, Step[]> {
  return stepsOf({ budgets, priorities, leases });
}
