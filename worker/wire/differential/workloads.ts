// Job, CronJob, StatefulSet, DaemonSet, ReplicaSet, ControllerRevision over HTTP: warnings, /status with its rules, /scale, apply, tables, selectors.
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
  TABLE,
} from "./script.ts";

type Body = Received["body"];

const generation: Step["facts"] = (now) => now.body?.metadata?.generation;
const template = (spec: object = {}): object => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "c", image: "nginx" }], ...spec },
});
const object = (apiVersion: string, kind: string, name: string, spec: object, metadata: object = {}): object => ({
  apiVersion,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const job = (name: string, spec: object = {}, metadata: object = {}): object =>
  object("batch/v1", "Job", name, { template: template({ restartPolicy: "Never" }), ...spec }, metadata);
const selector = { matchLabels: { app: "web" } };
const condition = (type: string, status = "True"): object => ({ type, status });

/** Whoever updated the object and still owns its Scale stands twice in managedFields, until the next write of the object. */
function scaleOwnership(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/replicasets`;
  const one = `${all}/a`;
  const scale = (replicas: number): object => object("autoscaling/v1", "Scale", "a", { replicas });
  return [
    ["create", post(all, object("apps/v1", "ReplicaSet", "a", { selector, template: template() }))],
    ["put the same number", put(`${one}/scale`, scale(1))],
    ["twice", get(one)],
    ["apply to the Scale", patch(`${one}/scale?fieldManager=m1`, APPLY, scale(4))],
    ["a status that is none", patch(`${one}/status`, MERGE, { status: {} }), generation],
    ["once", get(one)],
    ["patch the same number", patch(`${one}/scale`, MERGE, { spec: { replicas: 1 } })],
    ["apply by force", patch(`${one}/scale?fieldManager=m1&force=true`, APPLY, scale(4))],
    ["owned by force", get(one), generation],
    ["another number", put(`${one}/scale`, scale(2))],
    ["owned by the Scale", get(one), generation],
    ["to nothing", put(`${one}/scale`, scale(0))],
    ["owned by nobody", get(one), generation],
  ];
}

function jobs(ns: string): Script {
  const all = `/apis/batch/v1/namespaces/${ns}/jobs`;
  const one = `${all}/pi`;
  return [
    ["create", post(all, job("pi")), generation],
    ["get", get(one)],
    ["table", get(one, TABLE)],
    ["label", patch(one, MERGE, { metadata: { labels: { a: "b" } } }), generation],
    [
      "other image",
      patch(one, STRATEGIC, { spec: { template: { spec: { containers: [{ name: "c", image: "x" }] } } } }),
    ],
    ["parallelism", patch(one, MERGE, { spec: { parallelism: 3 } }), generation],
    ["suspend", patch(one, MERGE, { spec: { suspend: true } }), generation],
    ["put it back", change(one, "get", (o: Body) => delete o.metadata.resourceVersion), generation],
    ["successful", get(`${all}?fieldSelector=status.successful%3D0`)],
    ["not successful", get(`${all}?fieldSelector=status.successful%3D1`)],
    ["unknown field", get(`${all}?fieldSelector=status.failed%3D1`)],
    ["name with dots", post(all, job("a.b"))],
    ["very large", post(all, job("large", { completionMode: "Indexed", completions: 100001, parallelism: 10001 }))],
    ["generated name", post(all, job("", {}, { name: undefined, generateName: "gen-" }))],
    ["apply", patch(`${all}/applied?fieldManager=me`, APPLY, job("applied", { completions: 2 }))],
    ["apply again", patch(`${all}/applied?fieldManager=me`, APPLY, job("applied", { completions: 2 })), generation],
    ["apply more", patch(`${all}/applied?fieldManager=me`, APPLY, job("applied", { completions: 2, suspend: true }))],
    ["apply another length", patch(`${all}/applied?fieldManager=me`, APPLY, job("applied", { completions: 3 }))],
    ["delete by default", del(`${all}/applied`)],
    ["delete in the background", del(one, { propagationPolicy: "Background" })],
  ];
}

function jobStatus(ns: string): Script {
  const all = `/apis/batch/v1/namespaces/${ns}/jobs`;
  const status = (name: string, changes: object): ReturnType<typeof patch> =>
    patch(`${all}/${name}/status`, MERGE, { status: changes });
  const start = "2026-01-01T00:00:00Z";
  const end = "2026-01-01T00:01:00Z";
  const complete = [condition("SuccessCriteriaMet"), condition("Complete")];
  return [
    ["create", post(all, job("a"))],
    ["spec through status", patch(`${all}/a/status`, MERGE, { spec: { suspend: true } }), generation],
    ["negative", status("a", { active: -1, ready: -1, terminating: -1, failed: -1, succeeded: -1 })],
    ["more ready than active", status("a", { active: 1, ready: 2 })],
    ["uncounted twice", status("a", { uncountedTerminatedPods: { succeeded: ["x", ""], failed: ["x"] } })],
    ["complete at once", status("a", { conditions: [condition("Complete")] })],
    ["failed at once", status("a", { conditions: [condition("Failed")] })],
    ["criteria and failed", status("a", { conditions: [condition("SuccessCriteriaMet"), condition("Failed")] })],
    ["criteria and target", status("a", { conditions: [condition("SuccessCriteriaMet"), condition("FailureTarget")] })],
    ["completion without condition", status("a", { startTime: start, completionTime: end })],
    ["completed before it began", status("a", { startTime: end, completionTime: start, conditions: complete })],
    ["complete without times", status("a", { conditions: complete })],
    ["complete and active", status("a", { active: 1, startTime: start, completionTime: end, conditions: complete })],
    [
      "complete and terminating",
      status("a", { terminating: 1, startTime: start, completionTime: end, conditions: complete }),
    ],
    [
      "complete and uncounted",
      status("a", {
        startTime: start,
        completionTime: end,
        conditions: complete,
        uncountedTerminatedPods: { succeeded: ["x"] },
      }),
    ],
    ["completed indexes of none", status("a", { completedIndexes: "0" })],
    ["failed indexes of none", status("a", { failedIndexes: "0" })],
    ["begin", status("a", { startTime: start, active: 1, ready: 1 }), generation],
    ["begin anew", status("a", { startTime: end })],
    ["count", status("a", { active: 0, ready: 0, succeeded: 1, failed: 2 })],
    ["count back", status("a", { succeeded: 0, failed: 1 })],
    ["criteria", status("a", { conditions: [condition("SuccessCriteriaMet")] })],
    ["criteria gone", status("a", { conditions: [] })],
    ["complete", status("a", { conditions: complete, completionTime: end })],
    ["table", get(`${all}/a`, TABLE)],
    ["not complete", status("a", { conditions: [condition("SuccessCriteriaMet")], completionTime: null })],
    ["completed later", status("a", { completionTime: "2026-01-01T00:02:00Z" })],
    ["complete and failed", status("a", { conditions: [...complete, condition("Failed")] })],
    ["create failing", post(all, job("b"))],
    ["target", status("b", { startTime: start, conditions: [condition("FailureTarget")] })],
    ["table of target", get(`${all}/b`, TABLE)],
    ["target gone", status("b", { conditions: [] })],
    ["failed", status("b", { conditions: [condition("FailureTarget"), condition("Failed")] })],
    ["table of failed", get(`${all}/b`, TABLE)],
    ["not failed", status("b", { conditions: [condition("FailureTarget")] })],
    [
      "create indexed",
      post(all, job("c", { completionMode: "Indexed", completions: 5, parallelism: 5, backoffLimitPerIndex: 1 })),
    ],
    ["indexes too large", status("c", { completedIndexes: "0,5", failedIndexes: "9" })],
    ["indexes disordered", status("c", { completedIndexes: "3,1", failedIndexes: "x" })],
    ["indexes overlap", status("c", { completedIndexes: "0-2", failedIndexes: "2,4" })],
    ["indexes", status("c", { completedIndexes: "0-2", failedIndexes: "4", succeeded: 3 })],
    ["fewer succeeded", status("c", { completedIndexes: "0", succeeded: 1 })],
    ["create suspended", post(all, job("d", { suspend: true }))],
    ["suspended", status("d", { conditions: [condition("Suspended")] })],
    ["table of suspended", get(`${all}/d`, TABLE)],
    ["nothing to do", status("d", { conditions: [condition("Suspended")] })],
    ["status label", patch(`${all}/d/status`, JSON_PATCH, [{ op: "add", path: "/metadata/labels/x", value: "y" }])],
  ];
}

function cronJobs(ns: string): Script {
  const all = `/apis/batch/v1/namespaces/${ns}/cronjobs`;
  const one = `${all}/nightly`;
  const cron = (name: string, spec: object = {}): object =>
    object("batch/v1", "CronJob", name, {
      schedule: "0 3 * * *",
      jobTemplate: { spec: { template: template({ restartPolicy: "OnFailure" }) } },
      ...spec,
    });
  return [
    ["create", post(all, cron("nightly")), generation],
    ["table", get(one, TABLE)],
    ["list", get(all)],
    ["bad schedule", post(all, cron("bad", { schedule: "61 * * * *" }))],
    ["name with dots", post(all, cron("a.b"))],
    ["suspend", patch(one, MERGE, { spec: { suspend: true } }), generation],
    ["TZ", patch(one, MERGE, { spec: { schedule: "TZ=UTC 0 0 * * *" } })],
    ["fired", patch(`${one}/status`, MERGE, { status: { lastScheduleTime: "2026-01-01T00:00:00Z" } }), generation],
    ["apply", patch(`${one}?fieldManager=me`, APPLY, cron("nightly", { timeZone: "UTC" }))],
    ["delete", del(one)],
  ];
}

function statefulSets(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/statefulsets`;
  const one = `${all}/db`;
  const claim = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  const set = (name: string, spec: object = {}): object =>
    object("apps/v1", "StatefulSet", name, {
      selector,
      serviceName: "db",
      template: template(),
      volumeClaimTemplates: [claim],
      ...spec,
    });
  const status = (changes: object): ReturnType<typeof patch> => patch(`${one}/status`, MERGE, { status: changes });
  return [
    ["create", post(all, set("db")), generation],
    ["table", get(one, TABLE)],
    ["endless history", post(all, set("endless", { revisionHistoryLimit: -1 }))],
    ["scale", get(`${one}/scale`)],
    ["scale up", patch(`${one}/scale`, MERGE, { spec: { replicas: 3 } })],
    ["scaled", get(one), generation],
    ["service name", patch(one, MERGE, { spec: { serviceName: "other" } })],
    [
      "image",
      patch(one, STRATEGIC, { spec: { template: { spec: { containers: [{ name: "c", image: "x" }] } } } }),
      generation,
    ],
    ["status", status({ replicas: 3, readyReplicas: 2, currentReplicas: 3, updatedReplicas: 1, availableReplicas: 2 })],
    ["status beyond", status({ replicas: 1, readyReplicas: 2, availableReplicas: 3 })],
    ["status negative", status({ replicas: -1, observedGeneration: -1, collisionCount: -1 })],
    ["collisions", status({ collisionCount: 2 })],
    ["fewer collisions", status({ collisionCount: 1 })],
    ["table of status", get(one, TABLE)],
    ["apply", patch(`${one}?fieldManager=me&force=true`, APPLY, set("db", { replicas: 5 }))],
    ["apply again", patch(`${one}?fieldManager=me&force=true`, APPLY, set("db", { replicas: 5 })), generation],
    ["apply a larger claim", patch(`${one}?fieldManager=me`, APPLY, set("db", { volumeClaimTemplates: [] }))],
    ["unknown field", get(`${all}?fieldSelector=status.replicas%3D1`)],
    ["delete", del(one)],
  ];
}

function daemonSets(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/daemonsets`;
  const one = `${all}/agent`;
  const set = (spec: object = {}): object =>
    object("apps/v1", "DaemonSet", "agent", { selector, template: template(), ...spec });
  const status = (changes: object): ReturnType<typeof patch> => patch(`${one}/status`, MERGE, { status: changes });
  return [
    ["create", post(all, set()), generation],
    ["table", get(one, TABLE)],
    ["no scale", get(`${one}/scale`)],
    [
      "image",
      patch(one, STRATEGIC, { spec: { template: { spec: { containers: [{ name: "c", image: "x" }] } } } }),
      generation,
    ],
    [
      "strategy",
      patch(one, MERGE, { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } }),
      generation,
    ],
    ["annotation", patch(one, MERGE, { metadata: { annotations: { a: "b" } } }), generation],
    [
      "status",
      status({ desiredNumberScheduled: 3, currentNumberScheduled: 2, numberReady: 1, updatedNumberScheduled: 2 }),
    ],
    ["status negative", status({ numberReady: -1, numberMisscheduled: -1 })],
    ["table of status", get(one, TABLE)],
    ["apply", patch(`${one}?fieldManager=me&force=true`, APPLY, set({ minReadySeconds: 5 })), generation],
    ["apply again", patch(`${one}?fieldManager=me&force=true`, APPLY, set({ minReadySeconds: 5 })), generation],
    ["delete", del(one)],
  ];
}

function replicaSets(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/replicasets`;
  const one = `${all}/web`;
  const set = (name: string): object => object("apps/v1", "ReplicaSet", name, { selector, template: template() });
  const status = (changes: object): ReturnType<typeof patch> => patch(`${one}/status`, MERGE, { status: changes });
  return [
    ["create", post(all, set("web")), generation],
    ["name with dots", post(all, set("a.b"))],
    ["scale up", patch(`${one}/scale`, MERGE, { spec: { replicas: 3 } })],
    ["status", status({ replicas: 3, readyReplicas: 2, availableReplicas: 1, fullyLabeledReplicas: 3 })],
    ["status beyond", status({ replicas: 1, readyReplicas: 2, availableReplicas: 3, fullyLabeledReplicas: 2 })],
    ["status negative", status({ replicas: -1, observedGeneration: -1, terminatingReplicas: -1 })],
    ["table", get(one, TABLE)],
    ["delete", del(one)],
  ];
}

function controllerRevisions(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/controllerrevisions`;
  const one = `${all}/db-1`;
  const revision = { apiVersion: "apps/v1", kind: "ControllerRevision", metadata: { name: "db-1" }, data: { a: [1] } };
  return [
    ["create", post(all, { ...revision, revision: 1 }), generation],
    ["table", get(one, TABLE)],
    ["no status", get(`${one}/status`)],
    ["newer", patch(one, MERGE, { revision: 2 })],
    ["data", patch(one, MERGE, { data: { a: [2] } })],
    ["list", get(all)],
    ["delete", del(one)],
  ];
}

export function workloads(): Record<string, Step[]> {
  return stepsOf({
    Jobs: jobs,
    JobStatus: jobStatus,
    CronJobs: cronJobs,
    StatefulSets: statefulSets,
    DaemonSets: daemonSets,
    ReplicaSets: replicaSets,
    ScaleOwnership: scaleOwnership,
    ControllerRevisions: controllerRevisions,
  });
}
