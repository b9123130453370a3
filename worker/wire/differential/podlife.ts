// The status of pods as kubelets and controllers write it, and resizing: what is kept, what is refused.
import { container } from "./badinput.ts";
import type { Received, Step } from "./run.ts";
import { APPLY, del, get, MERGE, patch, post, type Script, STRATEGIC, stepsOf, TABLE } from "./script.ts";

const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: { containers: [container], ...spec },
});
const seen: Step["facts"] = ({ body }) => [
  body?.metadata?.generation,
  body?.status?.conditions?.map((one: Received["body"]) => [one.type, one.status, one.observedGeneration]),
];
const ended = (name: string, exitCode: number): object => ({ name, state: { terminated: { exitCode } } });
const runs = (name: string): object => ({ name, state: { running: {} } });

function status(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const write = (name: string, body: object, metadata: object = {}) =>
    patch(`${all}/${name}/status`, MERGE, { metadata, status: body });
  return [
    ["pod", post(all, pod("a", { nodeName: "n", restartPolicy: "OnFailure" }, { labels: { a: "b" } }))],
    [
      "conditions",
      write("a", {
        observedGeneration: 1,
        conditions: [
          { type: "Ready", status: "False", observedGeneration: 1 },
          { type: "a.b/c", status: "True" },
        ],
      }),
      seen,
    ],
    [
      "conditions without generation",
      write("a", {
        observedGeneration: null,
        conditions: [
          { type: "Ready", status: "True" },
          { type: "a.b/c", status: "True", observedGeneration: 2 },
        ],
      }),
      seen,
    ],
    ["condition type", write("a", { conditions: [{ type: "a b", status: "True", observedGeneration: -1 }] })],
    ["observed generation", write("a", { observedGeneration: -1 })],
    ["QoS", write("a", { qosClass: "Guaranteed" })],
    ["QoS left out", write("a", { qosClass: null, reason: "x" })],
    ["nominated", write("a", { nominatedNodeName: "n2" })],
    ["addresses", write("a", { podIP: "10.0.0.1", hostIP: "1.2.3.4", hostIPs: [{ ip: "1.2.3.4" }] })],
    ["other address", write("a", { podIP: "10.0.0.2" })],
    ["addresses alone", write("a", { podIP: null, podIPs: [{ ip: "10.0.0.3" }, { ip: "fd00::1" }] })],
    ["bad address", write("a", { podIP: null, podIPs: [{ ip: "x" }] })],
    ["two of a family", write("a", { podIP: null, podIPs: [{ ip: "10.0.0.3" }, { ip: "10.0.0.4" }] })],
    ["host addresses", write("a", { hostIPs: [{ ip: "1.2.3.5" }, { ip: "1.2.3.6" }] })],
    ["ended well", write("a", { containerStatuses: [ended("c", 0)] })],
    ["runs again", write("a", { containerStatuses: [runs("c")] })],
    ["ended badly", write("a", { containerStatuses: [ended("c", 1)] })],
    ["started again", write("a", { containerStatuses: [runs("c")] })],
    [
      "user",
      write("a", {
        containerStatuses: [{ ...runs("c"), user: { linux: { uid: -1, gid: 5, supplementalGroups: [-2] } } }],
      }),
    ],
    [
      "resources of it",
      write("a", {
        containerStatuses: [
          {
            ...runs("c"),
            allocatedResourcesStatus: [
              { name: "x/y", resources: [{ resourceID: "1", health: "x" }, { resourceID: "1" }] },
            ],
          },
        ],
      }),
    ],
    ["claims", write("a", { resourceClaimStatuses: [{ name: "x", resourceClaimName: "Y" }] })],
    [
      "labels there",
      write(
        "a",
        {},
        {
          labels: { a: "c" },
          annotations: { d: "e" },
          ownerReferences: [{ apiVersion: "v1", kind: "X", name: "x", uid: "1" }],
        },
      ),
      ({ body }) => body.metadata.ownerReferences,
    ],
    ["spec there", patch(`${all}/a/status`, STRATEGIC, { spec: { hostname: "x" }, status: { phase: "Running" } })],
    ["status at the front door", patch(`${all}/a`, STRATEGIC, { status: { phase: "Failed" } })],
    [
      "applied",
      patch(`${all}/a/status?fieldManager=k&force=true`, APPLY, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "a" },
        status: { conditions: [{ type: "Ready", status: "False" }] },
      }),
      seen,
    ],
    ["unbound", post(all, pod("b"))],
    ["nominate it", write("b", { nominatedNodeName: "N" })],
    ["nominate it well", write("b", { nominatedNodeName: "n" })],
    ["delete now", del(`${all}/a?gracePeriodSeconds=0`)],
  ];
}

function resizing(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const resources = (cpu: string, more: object = {}): object => ({
    requests: { cpu, ...more },
    limits: { cpu: "2", ...more },
  });
  const resize = (containers: object[], spec: object = {}) =>
    patch(`${all}/a/resize`, STRATEGIC, { spec: { containers, ...spec } });
  return [
    [
      "pod",
      post(
        all,
        pod("a", {
          containers: [{ ...container, resources: resources("1") }],
          initContainers: [{ name: "i", image: "x:1" }],
        }),
      ),
    ],
    ["get", get(`${all}/a/resize`)],
    [
      "front door",
      patch(`${all}/a`, STRATEGIC, { spec: { containers: [{ name: "c", resources: resources("1500m") }] } }),
    ],
    ["more", resize([{ name: "c", resources: { requests: { cpu: "1500m" } } }]), seen],
    [
      "other fields fall away",
      resize([{ name: "c", image: "y", resources: { requests: { cpu: "1" } } }], { hostname: "h" }),
      seen,
    ],
    [
      "QoS changes",
      resize([{ name: "c", resources: { requests: { cpu: "2", memory: "1Gi" }, limits: { memory: "1Gi" } } }]),
    ],
    ["request gone", resize([{ name: "c", resources: { requests: { cpu: null } } }])],
    ["limit gone", resize([{ name: "c", resources: { limits: null } }])],
    ["disk", resize([{ name: "c", resources: { requests: { "ephemeral-storage": "1Gi" } } }])],
    ["another container", resize([{ name: "d", image: "x" }])],
    ["above the limit", resize([{ name: "c", resources: { requests: { cpu: "3" } } }])],
    ["policy", resize([{ name: "c", resizePolicy: [{ resourceName: "cpu", restartPolicy: "NotRequired" }] }])],
    [
      "init",
      patch(`${all}/a/resize`, STRATEGIC, {
        spec: { initContainers: [{ name: "i", resources: { requests: { cpu: "1" } } }] },
      }),
    ],
    ["pod level", resize([{ name: "c" }], { resources: { limits: { cpu: "3" } } })],
    [
      "dry",
      patch(`${all}/a/resize?dryRun=All`, STRATEGIC, {
        spec: { containers: [{ name: "c", resources: { requests: { cpu: "1200m" } } }] },
      }),
    ],
    ["windows", post(all, pod("w", { os: { name: "windows" } }))],
    ["resize windows", patch(`${all}/w/resize`, MERGE, { metadata: { labels: { a: "b" } } })],
    ["extended", post(all, pod("x", { containers: [{ ...container, resources: { limits: { "a.b/c": "1" } } }] }))],
    [
      "resize extended",
      patch(`${all}/x/resize`, STRATEGIC, {
        spec: { containers: [{ name: "c", resources: { requests: { "a.b/c": "2" }, limits: { "a.b/c": "2" } } }] },
      }),
    ],
    ["missing", get(`${all}/missing/resize`)],
  ];
}

/** What `kubectl get pods` shows of every state of its containers. */
function table(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const waiting = (name: string, reason?: string): object => ({ name, state: { waiting: { reason } } });
  const over = (name: string, more: object): object => ({ name, state: { terminated: { exitCode: 0, ...more } } });
  const going = (name: string, more: object = {}): object => ({ ...runs(name), ready: true, started: true, ...more });
  const ready = { type: "Ready", status: "True" };
  const inits = { initContainerStatuses: [over("i", {}), going("s")] };
  const states: [string, object][] = [
    ["reason", { reason: "Evicted", phase: "Failed" }],
    ["first init", { initContainerStatuses: [waiting("i", "PodInitializing"), waiting("s")] }],
    ["init waits", { initContainerStatuses: [waiting("i", "ImagePullBackOff")] }],
    ["init failed", { initContainerStatuses: [over("i", { exitCode: 2, reason: "Error" })] }],
    ["init signal", { initContainerStatuses: [over("i", { exitCode: 2, signal: 9 })] }],
    ["init code", { initContainerStatuses: [{ ...over("i", { exitCode: 3 }), restartCount: 4 }] }],
    ["sidecar starts", { initContainerStatuses: [over("i", {}), { ...runs("s"), started: false, restartCount: 1 }] }],
    ["sidecar runs", { ...inits, containerStatuses: [waiting("c", "ContainerCreating")] }],
    [
      "initialized",
      {
        initContainerStatuses: [over("i", { exitCode: 1 })],
        conditions: [{ type: "Initialized", status: "True" }],
        containerStatuses: [going("c", { restartCount: 7 })],
      },
    ],
    [
      "runs",
      {
        ...inits,
        phase: "Running",
        containerStatuses: [going("c", { restartCount: 2 }), going("d")],
        conditions: [ready],
      },
    ],
    [
      "one completed",
      {
        ...inits,
        phase: "Running",
        containerStatuses: [over("c", { reason: "Completed" }), going("d")],
        conditions: [ready],
      },
    ],
    [
      "one completed, not ready",
      { ...inits, phase: "Running", containerStatuses: [over("c", { reason: "Completed" }), going("d")] },
    ],
    [
      "one completed, one failed",
      {
        ...inits,
        containerStatuses: [over("c", { reason: "Completed" }), over("d", { exitCode: 1, reason: "Error" })],
      },
    ],
    ["crash loop", { ...inits, containerStatuses: [waiting("c", "CrashLoopBackOff"), going("d")] }],
    ["signal", { ...inits, containerStatuses: [over("c", { exitCode: 137, signal: 9 })] }],
    ["code", { ...inits, containerStatuses: [over("c", { exitCode: 5 })] }],
    [
      "waits without reason",
      { ...inits, phase: "Pending", containerStatuses: [{ name: "c", state: { waiting: {} } }] },
    ],
    [
      "address and gates",
      {
        ...inits,
        podIP: "10.1.2.3",
        conditions: [
          { type: "a.b/c", status: "True" },
          { type: "a.b/d", status: "False" },
        ],
      },
    ],
    ["lost", { reason: "NodeLost", phase: "Running" }],
  ];
  const spec = {
    nodeName: "n",
    containers: [container, { ...container, name: "d" }],
    initContainers: [
      { name: "i", image: "x:1" },
      { name: "s", image: "x:1", restartPolicy: "Always" },
    ],
    readinessGates: [{ conditionType: "a.b/c" }, { conditionType: "a.b/d" }],
  };
  return states.flatMap(([name, body], index): Script => {
    const one = `${all}/p${index}`;
    const shown = { ...get(one), headers: TABLE };
    return [
      [`make ${name}`, post(all, pod(`p${index}`, spec))],
      [`set ${name}`, patch(`${one}/status`, MERGE, { status: body })],
      [`show ${name}`, shown],
      [`delete ${name}`, del(one)],
      [`deleted ${name}`, shown],
    ];
  });
}

export function podLife(): Record<string, Step[]> {
  return stepsOf({ podStatus: status, podResize: resizing, podTable: table });
}
