// Ordinary sequences of requests: what clients do all day. Each starts in a namespace of its own.
import { container, deployment, map } from "./badinput.ts";
import type { Past, Received, Sent, Step } from "./run.ts";
import {
  APPLY,
  change,
  del,
  get,
  JSON_PATCH,
  MERGE,
  PARTIALS,
  patch,
  post,
  put,
  sameVersionAs,
  type Script,
  STRATEGIC,
  stepsOf,
  TABLE,
  version,
} from "./script.ts";

const PARTIAL = { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json" };
const generation: Step["facts"] = (now) => now.body?.metadata?.generation;

function configMaps(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const one = `${all}/a`;
  return [
    ["create", post(all, map("a"))],
    ["get", get(one), sameVersionAs("create")],
    ["get any version", get(`${one}?resourceVersion=0`)],
    ["list", get(all)],
    ["put nothing new", change(one, "get", () => {}), sameVersionAs("create")],
    ["put without a version", put(one, map("a", { data: { a: "2" } }))],
    [
      "put stale",
      change(one, "get", (o) => {
        o.data.b = "1";
      }),
    ],
    ["put unconditionally the same", put(one, map("a", { data: { a: "2" } })), sameVersionAs("put without a version")],
    ["label", patch(one, MERGE, { metadata: { labels: { x: "y" } } })],
    ["label again", patch(one, MERGE, { metadata: { labels: { x: "y" } } }), sameVersionAs("label")],
    ["label badly", patch(one, MERGE, { metadata: { labels: { x: "y z" } } })],
    ["unlabel", patch(one, MERGE, { metadata: { labels: { x: null } } })],
    ["json patch", patch(one, JSON_PATCH, [{ op: "add", path: "/data/c", value: "3" }])],
    ["strategic patch", patch(one, STRATEGIC, { data: { c: null, d: "4" } })],
    ["dry patch", patch(`${one}?dryRun=All`, MERGE, { data: { e: "5" } })],
    ["dry put", put(`${one}?dryRun=All`, map("a", { data: { e: "5" } }))],
    ["dry delete", del(`${one}?dryRun=All`)],
    ["still there", get(one), sameVersionAs("strategic patch")],
    ["set immutable", patch(one, MERGE, { immutable: true })],
    ["change immutable", patch(one, MERGE, { data: { a: "9" } })],
    ["table", get(one, TABLE)],
    ["table of a list", get(all, TABLE)],
    ["table with objects", get(`${all}?includeObject=Object`, TABLE)],
    ["table without objects", get(`${all}?includeObject=None`, TABLE)],
    ["metadata", get(one, PARTIAL)],
    ["metadata of a list", get(all, PARTIALS)],
    ["yaml", get(one, { accept: "application/yaml" }), (r) => [r.status, typeof r.body]],
    ["finalizer", patch(one, MERGE, { metadata: { finalizers: ["example.com/a"] } })],
    ["delete held", del(one)],
    ["delete held again", del(one)],
    ["deleting", get(one)],
    ["add a finalizer too late", patch(one, MERGE, { metadata: { finalizers: ["example.com/a", "example.com/b"] } })],
    ["release", patch(one, MERGE, { metadata: { finalizers: null } })],
    ["gone", get(one)],
    ["delete gone", del(one)],
    ["create generated", post(all, { metadata: { generateName: "gen-" } })],
    [
      "create with server fields",
      post(all, {
        metadata: { name: "s", uid: "x", generation: 7, creationTimestamp: "2001-01-01T00:00:00Z", selfLink: "/x" },
      }),
    ],
    [
      "create with null fields",
      post(all, { metadata: { name: "n", labels: null, creationTimestamp: null }, data: null }),
    ],
    [
      "create with owner",
      (past) =>
        post(all, {
          metadata: {
            name: "o",
            ownerReferences: [
              {
                apiVersion: "v1",
                kind: "ConfigMap",
                name: "s",
                uid: past["create with server fields"]?.body.metadata.uid,
              },
            ],
          },
        }),
    ],
    ["create with binary", post(all, { metadata: { name: "b" }, binaryData: { x: "aGVsbG8=" } })],
    [
      "delete by uid",
      (past) => del(`${all}/s`, { preconditions: { uid: past["create with server fields"]?.body.metadata.uid } }),
    ],
    [
      "delete with options",
      del(`${all}/n`, {
        kind: "DeleteOptions",
        apiVersion: "v1",
        propagationPolicy: "Background",
        gracePeriodSeconds: 5,
      }),
    ],
    ["delete all", del(all)],
    ["empty", get(all)],
  ];
}

function paging(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const next =
    (from: string, limit: number) =>
    (past: Past): Sent =>
      get(`${all}?limit=${limit}&continue=${past[from]?.body.metadata.continue}`);
  const names: Step["facts"] = (r) => r.body.items?.map((o: Received["body"]) => o.metadata.name);
  return [
    ...["e", "b", "a", "d", "c"].map((name): Script[number] => [
      `create ${name}`,
      post(all, map(name, { metadata: { name, labels: { odd: String("ace".includes(name)) } } })),
    ]),
    ["page 1", get(`${all}?limit=2`), names],
    ["change between", patch(`${all}/d`, MERGE, { data: { late: "1" } })],
    ["page 2", next("page 1", 2), names],
    ["page 3", next("page 2", 2), names],
    ["exact page", get(`${all}?limit=5`), names],
    [
      "first version",
      (past) => get(`${all}?resourceVersion=${version(past["create e"])}&resourceVersionMatch=Exact`),
      names,
    ],
    [
      "not older",
      (past) => get(`${all}?resourceVersion=${version(past["create e"])}&resourceVersionMatch=NotOlderThan`),
      names,
    ],
    ["legacy exact", (past) => get(`${all}?resourceVersion=${version(past["create b"])}&limit=5`), names],
    [
      "continue with a version",
      (past) => get(`${all}?limit=2&continue=${past["page 1"]?.body.metadata.continue}&resourceVersion=5`),
    ],
    ["selected", get(`${all}?labelSelector=odd%3Dtrue`), names],
    ["selected page 1", get(`${all}?labelSelector=odd%3Dtrue&limit=2`), names],
    [
      "selected page 2",
      (past) =>
        get(`${all}?labelSelector=odd%3Dtrue&limit=2&continue=${past["selected page 1"]?.body.metadata.continue}`),
      names,
    ],
    ["not selected", get(`${all}?labelSelector=odd!%3Dtrue`), names],
    ["set selector", get(`${all}?labelSelector=odd%20in%20(true%2Cfalse)%2C!none`), names],
    ["by name", get(`${all}?fieldSelector=metadata.name%3Dc`), names],
    ["by namespace", get(`/api/v1/configmaps?fieldSelector=metadata.namespace%3D${ns}`), names],
    ["by name negated", get(`${all}?fieldSelector=metadata.name!%3Dc`), names],
    ["table page", get(`${all}?limit=2`, TABLE)],
    ["delete selected", del(`${all}?labelSelector=odd%3Dtrue`)],
    ["left", get(all), names],
  ];
}

function watching(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const after = (past: Past): string => `watch=true&timeoutSeconds=1&resourceVersion=${version(past["start"])}`;
  return [
    ["start", get(all)],
    ["create a", post(all, map("a", { metadata: { name: "a", labels: { x: "1" } } }))],
    ["create b", post(all, map("b"))],
    ["relabel a", patch(`${all}/a`, MERGE, { metadata: { labels: { x: "2" } } })],
    ["relabel b", patch(`${all}/b`, MERGE, { metadata: { labels: { x: "1" } } })],
    ["delete a", del(`${all}/a`)],
    ["watch all", (past) => get(`${all}?${after(past)}`)],
    ["watch one label", (past) => get(`${all}?${after(past)}&labelSelector=x%3D1`)],
    ["watch one name", (past) => get(`${all}?${after(past)}&fieldSelector=metadata.name%3Da`)],
    ["watch as table", (past) => get(`${all}?${after(past)}`, TABLE)],
    ["watch metadata", (past) => get(`${all}?${after(past)}`, PARTIAL)],
    ["watch from now", get(`${all}?watch=1&timeoutSeconds=1`)],
    ["watch from any", get(`${all}?watch=1&timeoutSeconds=1&resourceVersion=0`)],
    [
      "watch list",
      get(
        `${all}?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      ),
      ends,
    ],
    [
      "watch no state",
      get(`${all}?watch=1&timeoutSeconds=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`),
    ],
    ["deprecated path", get(`/api/v1/watch/namespaces/${ns}/configmaps?timeoutSeconds=1`)],
    ["deprecated path of one", get(`/api/v1/watch/namespaces/${ns}/configmaps/b?timeoutSeconds=1`)],
  ];
}

/** The bookmark that ends the initial state is there, exactly once, after the objects. */
const ends: Step["facts"] = (r) => {
  const events = Array.isArray(r.body) ? r.body : [r.body];
  return events
    .map((e: Received["body"]) => [e.type, e.object.metadata.annotations?.["k8s.io/initial-events-end"]])
    .slice(0, 2);
};

function deployments(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const one = `${all}/web`;
  const image = (tag: string): object => ({
    spec: { template: { spec: { containers: [{ name: "c", image: `nginx:${tag}` }] } } },
  });
  return [
    ["create", post(`${all}?fieldManager=tester`, deployment("web"))],
    ["get", get(one), generation],
    ["table", get(all, TABLE)],
    ["scale", get(`${one}/scale`)],
    [
      "scale up",
      put(`${one}/scale`, {
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { name: "web", namespace: ns },
        spec: { replicas: 3 },
      }),
    ],
    ["scaled", get(one), generation],
    ["scale by merge patch", patch(`${one}/scale`, MERGE, { spec: { replicas: 4 } })],
    ["scale by json patch", patch(`${one}/scale`, JSON_PATCH, [{ op: "replace", path: "/spec/replicas", value: 5 }])],
    [
      "scale to the same",
      patch(`${one}/scale`, MERGE, { spec: { replicas: 5 } }),
      sameVersionAs("scale by json patch"),
    ],
    ["scale to none", patch(`${one}/scale`, MERGE, { spec: { replicas: 0 } })],
    ["scale none", get(`${one}/scale`)],
    ["scale as table", get(`${one}/scale`, TABLE)],
    ["scale metadata", get(`${one}/scale`, PARTIAL)],
    [
      "scale up as table",
      { ...patch(`${one}/scale`, MERGE, { spec: { replicas: 0 } }), headers: { "content-type": MERGE, ...TABLE } },
    ],
    ["scale of another life", patch(`${one}/scale`, MERGE, { metadata: { uid: "x" }, spec: { replicas: 2 } })],
    ["set image", patch(one, STRATEGIC, image("2")), generation],
    ["annotate", patch(one, MERGE, { metadata: { annotations: { a: "b" } } }), generation],
    [
      "status by PUT",
      (past) =>
        put(`${one}/status`, {
          ...past["annotate"]?.body,
          spec: { replicas: 9 },
          status: { observedGeneration: 2, replicas: 1 },
        }),
      generation,
    ],
    [
      "status by merge patch",
      patch(`${one}/status`, MERGE, { status: { readyReplicas: 1 }, spec: { replicas: 9 } }),
      generation,
    ],
    [
      "status by strategic patch",
      patch(`${one}/status`, STRATEGIC, {
        status: {
          conditions: [
            {
              type: "Available",
              status: "True",
              reason: "r",
              message: "m",
              lastUpdateTime: "2026-01-01T00:00:00Z",
              lastTransitionTime: "2026-01-01T00:00:00Z",
            },
          ],
        },
      }),
    ],
    ["status read", get(`${one}/status`)],
    [
      "status by the main endpoint",
      patch(one, MERGE, { status: { replicas: 77 } }),
      sameVersionAs("status by strategic patch"),
    ],
    ["status invalid", patch(`${one}/status`, MERGE, { status: { replicas: -1 } })],
    ["selector changed", patch(one, MERGE, { spec: { selector: { matchLabels: { y: "z" } } } })],
    ["put the same", change(one, "status by strategic patch", () => {}), sameVersionAs("status by strategic patch")],
    ["put reverted", put(one, deployment("web")), generation],
    ["recreate strategy", patch(one, STRATEGIC, { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } })],
    [
      "add a container",
      patch(one, STRATEGIC, { spec: { template: { spec: { containers: [{ name: "d", image: "busybox" }] } } } }),
    ],
    [
      "reorder containers",
      patch(one, STRATEGIC, {
        spec: {
          template: {
            spec: {
              "$setElementOrder/containers": [{ name: "d" }, { name: "c" }],
              containers: [{ name: "d", image: "busybox:2" }],
            },
          },
        },
      }),
    ],
    [
      "remove a container",
      patch(one, STRATEGIC, { spec: { template: { spec: { containers: [{ name: "d", $patch: "delete" }] } } } }),
    ],
    ["pause", patch(one, MERGE, { spec: { paused: true } })],
    ["delete foreground dry", del(`${one}?dryRun=All`)],
    ["delete", del(one, { propagationPolicy: "Background" })],
    ["create strict", post(`${all}?fieldValidation=Strict`, deployment("strict"))],
    ["create dry", post(`${all}?dryRun=All`, deployment("dry"))],
    ["list", get(all)],
    ["list everywhere", get(`/apis/apps/v1/deployments?fieldSelector=metadata.namespace%3D${ns}`)],
    ["delete collection", del(all, { propagationPolicy: "Background" })],
  ];
}

function applying(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const one = `${all}/web`;
  const apply = (manager: string, body: unknown, more = ""): Sent =>
    patch(`${one}?fieldManager=${manager}${more}`, APPLY, body);
  const replicas = (n: number): object => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas: n },
  });
  return [
    ["apply creates", apply("a", deployment("web", { replicas: 2 }))],
    ["apply again", apply("a", deployment("web", { replicas: 2 })), sameVersionAs("apply creates")],
    ["apply changes", apply("a", deployment("web", { replicas: 3 })), generation],
    ["other manager shares", apply("b", replicas(3))],
    ["other manager conflicts", apply("b", replicas(4))],
    ["other manager forces", apply("b", replicas(4), "&force=true"), generation],
    ["first conflicts now", apply("a", deployment("web", { replicas: 3 }))],
    ["first lets go", apply("a", deployment("web"))],
    ["other lets go", apply("b", { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } })],
    ["update takes", patch(`${one}?fieldManager=u`, MERGE, { spec: { replicas: 7 } })],
    ["apply against an update", apply("a", deployment("web", { replicas: 8 }))],
    ["apply dry", apply("a", deployment("web", { replicas: 8 }), "&force=true&dryRun=All")],
    [
      "apply with version",
      (past) =>
        apply("a", { ...deployment("web"), metadata: { name: "web", resourceVersion: version(past["update takes"]) } }),
    ],
    [
      "apply with uid",
      (past) =>
        apply("a", { ...deployment("web"), metadata: { name: "web", uid: past["update takes"]?.body.metadata.uid } }),
    ],
    [
      "apply status",
      patch(`${one}/status?fieldManager=s`, APPLY, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        status: { replicas: 1 },
      }),
    ],
    [
      "apply status of a missing one",
      patch(`${all}/none/status?fieldManager=s`, APPLY, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "none" },
        status: { replicas: 1 },
      }),
    ],
    [
      "apply YAML",
      { ...apply("y", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    from: yaml\n") },
    ],
    [
      "apply duplicate key",
      { ...apply("y", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  name: web\n") },
    ],
    [
      "apply duplicate key strict",
      {
        ...apply(
          "y",
          "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  name: web\n",
          "&fieldValidation=Strict",
        ),
      },
    ],
    ["forget managers", patch(one, MERGE, { metadata: { managedFields: [] } })],
    ["apply after forgetting", apply("a", deployment("web", { replicas: 9 }), "&force=true")],
    [
      "apply a sidecar",
      apply(
        "side",
        deployment("web", {
          template: {
            metadata: { labels: { app: "web" } },
            spec: { containers: [{ name: "side", image: "busybox:1", ports: [{ containerPort: 80 }] }] },
          },
        }),
        "&force=true",
      ),
    ],
    ["drop the sidecar", apply("side", { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } })],
    ["container kept", { ...get(one) }],
    ["apply by another", patch(`/api/v1/namespaces/${ns}/configmaps/m?fieldManager=a`, APPLY, map("m"))],
    ["delete applied", del(one)],
  ];
}

function otherKinds(ns: string): Script {
  const base = `/api/v1/namespaces/${ns}`;
  const service = (name: string, spec: object): object => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec,
  });
  return [
    ["service", post(`${base}/services`, service("web", { selector: { app: "web" }, ports: [{ port: 80 }] }))],
    ["service table", get(`${base}/services`, TABLE)],
    [
      "headless service",
      post(`${base}/services`, service("headless", { clusterIP: "None", ports: [{ port: 80, name: "http" }] })),
    ],
    [
      "external service",
      post(`${base}/services`, service("external", { type: "ExternalName", externalName: "example.com" })),
    ],
    ["put a new service", put(`${base}/services/new`, service("new", { ports: [{ port: 80 }] }))],
    ["service without ports", post(`${base}/services`, service("none", {}))],
    ["service delete", del(`${base}/services/web`)],
    ["secret", post(`${base}/secrets`, { metadata: { name: "s" }, stringData: { a: "b" }, data: { c: "ZA==" } })],
    ["secrets by type", get(`${base}/secrets?fieldSelector=type%3DOpaque`)],
    ["secret table", get(`${base}/secrets`, TABLE)],
    ["secret type changed", patch(`${base}/secrets/s`, MERGE, { type: "other" })],
    ["service account", post(`${base}/serviceaccounts`, { metadata: { name: "sa" } })],
    ["service account delete", del(`${base}/serviceaccounts/sa`)],
    [
      "event",
      post(`${base}/events`, {
        metadata: { name: "e" },
        involvedObject: { kind: "Pod", name: "p", namespace: ns },
        reason: "R",
        message: "m",
        type: "Normal",
      }),
    ],
    ["events by object", get(`${base}/events?fieldSelector=involvedObject.name%3Dp`)],
    [
      "put a new event",
      put(`${base}/events/e2`, {
        metadata: { name: "e2" },
        involvedObject: { kind: "Pod", name: "p", namespace: ns },
        reason: "R",
      }),
    ],
    ["pod", post(`${base}/pods`, { metadata: { name: "p" }, spec: { containers: [container], nodeName: "none" } })],
    ["pod table", get(`${base}/pods`, TABLE)],
    ["pods by node", get(`${base}/pods?fieldSelector=spec.nodeName%3Dnone`), (r) => r.body.items.length],
    ["pod status", patch(`${base}/pods/p/status`, MERGE, { status: { phase: "Running" } })],
    ["pod image", patch(`${base}/pods/p`, STRATEGIC, { spec: { containers: [{ name: "c", image: "nginx:2" }] } })],
    ["pod delete now", del(`${base}/pods/p?gracePeriodSeconds=0`)],
    [
      "replica set",
      post(`/apis/apps/v1/namespaces/${ns}/replicasets`, {
        metadata: { name: "rs" },
        spec: {
          replicas: 1,
          selector: { matchLabels: { a: "b" } },
          template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } },
        },
      }),
    ],
    ["replica set table", get(`/apis/apps/v1/namespaces/${ns}/replicasets`, TABLE)],
    ["replica set scale", get(`/apis/apps/v1/namespaces/${ns}/replicasets/rs/scale`)],
  ];
}

function namespaces(ns: string): Script {
  const one = `/api/v1/namespaces/${ns}-x`;
  return [
    ["create", post("/api/v1/namespaces", { metadata: { name: `${ns}-x` } })],
    ["table", get(one, TABLE)],
    ["by phase", get(`/api/v1/namespaces?fieldSelector=status.phase%3DActive%2Cmetadata.name%3D${ns}-x`)],
    ["label", patch(one, MERGE, { metadata: { labels: { a: "b" } } })],
    ["unlabel its name", patch(one, MERGE, { metadata: { labels: { "kubernetes.io/metadata.name": null } } })],
    ["fill", post(`${one}/configmaps`, map("a"))],
    ["delete", del(one)],
    ["terminating", get(one)],
    ["create in it", post(`${one}/configmaps`, map("b"))],
    ["create in it, dry", post(`${one}/configmaps?dryRun=All`, map("b"))],
    ["change in it", patch(`${one}/configmaps/a`, MERGE, { data: { b: "c" } })],
    ["empty", del(`${one}/configmaps/a`)],
    ["delete again", del(one)],
    [
      "finalize",
      (past) =>
        put(`${one}/finalize`, {
          ...past["terminating"]?.body,
          metadata: { ...past["terminating"]?.body.metadata, resourceVersion: undefined },
          spec: {},
        }),
    ],
    ["gone", get(one)],
  ];
}

/** Server-side apply of a Scale: who owns the number is mapped from the Deployment and back. */
function scaleByApply(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const one = `${all}/web`;
  const apply = (manager: string, body: object, { force = false, metadata = {}, dryRun = false } = {}): Sent =>
    patch(`${one}/scale?fieldManager=${manager}&force=${force}${dryRun ? "&dryRun=All" : ""}`, APPLY, {
      apiVersion: "autoscaling/v1",
      kind: "Scale",
      metadata: { name: "web", ...metadata },
      ...body,
    });
  const four = { spec: { replicas: 4 } };
  return [
    ["create", post(`${all}?fieldManager=tester`, deployment("web"))],
    ["conflict", apply("m1", { spec: { replicas: 3 } })],
    ["dry", apply("m1", { spec: { replicas: 3 } }, { force: true, dryRun: true })],
    ["force", apply("m1", four, { force: true })],
    ["owned by the Scale", get(one), generation],
    ["again", apply("m1", four), sameVersionAs("force")],
    ["conflict of Scales", apply("m2", { spec: { replicas: 5 } })],
    ["share", apply("m2", four)],
    ["owned by both", get(one)],
    ["leave", apply("m1", {})],
    ["owned by the other", get(one)],
    ["patched over", patch(`${one}/scale?fieldManager=m3`, MERGE, { spec: { replicas: 6 } })],
    ["owned by the patch", get(one)],
    ["take back", apply("m2", four, { force: true })],
    ["leave it to nobody", apply("m2", {})],
    ["none is left", get(one), generation],
    ["from nothing", apply("m3", { spec: { replicas: 0 } }, { force: true })],
    ["owned from nothing", get(one)],
    ["no number, a status", apply("m3", { status: { replicas: 1 } }, { force: true })],
    ["a status is nobody's", get(one)],
    ["a string", apply("m3", { spec: { replicas: "x" } })],
    ["negative", apply("m3", { spec: { replicas: -1 } })],
    ["unknown field", apply("m3", { spec: { nope: 1 } })],
    ["another kind", apply("m3", { apiVersion: "apps/v1", kind: "Deployment" })],
    ["another name", apply("m3", four, { metadata: { name: "other" } })],
    ["another namespace", apply("m3", four, { metadata: { namespace: "default" } })],
    ["another life", apply("m3", four, { metadata: { uid: "x" } })],
    ["stale", apply("m3", four, { metadata: { resourceVersion: "1" } })],
    [
      "no manager",
      patch(`${one}/scale`, APPLY, { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "web" }, ...four }),
    ],
    [
      "missing",
      patch(`${all}/nope/scale?fieldManager=m`, APPLY, {
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { name: "nope" },
        ...four,
      }),
    ],
    [
      "the Deployment applied over it",
      patch(`${one}?fieldManager=m4`, APPLY, {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: { replicas: 2 },
      }),
    ],
    ["owned in the end", get(one)],
  ];
}

const SCRIPTS = { configMaps, paging, watching, deployments, scaleByApply, applying, otherKinds, namespaces };

export function sequences(): Record<string, Step[]> {
  return stepsOf(SCRIPTS);
}
