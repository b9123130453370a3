// Deletions: options from body and query, what waits for whom, collections, owners, and objects that somebody has to finish.
import { container, deployment, map } from "./badinput.ts";
import type { Received, Step } from "./run.ts";
import { del, get, MERGE, patch, post, put, type Script, STRATEGIC, stepsOf } from "./script.ts";

const marked: Step["facts"] = ({ body }) => [
  body?.metadata?.deletionTimestamp !== undefined,
  body?.metadata?.deletionGracePeriodSeconds,
  body?.metadata?.finalizers,
  body?.metadata?.generation,
];
const names: Step["facts"] = ({ body }: Received) => body?.items?.map((o: Received["body"]) => o.metadata.name);
/** Tens of seconds between the object's birth and its deletion's end: the two sides' clocks differ. */
const secondsLeft: Step["facts"] = ({ body }) => {
  const { creationTimestamp, deletionTimestamp } = body?.metadata ?? {};
  return Math.round((Date.parse(deletionTimestamp) - Date.parse(creationTimestamp)) / 10_000);
};

function deleteOptions(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const held = (name: string) => post(all, map(name, { metadata: { name, finalizers: ["example.com/x"] } }));
  const steps: Script = [];
  const each = (name: string, options: unknown, query = ""): void => {
    steps.push(
      [`create ${name}`, post(all, map(name))],
      [`delete ${name}`, del(`${all}/${name}${query}`, options), marked],
      [`after ${name}`, get(`${all}/${name}`), marked],
      [`again ${name}`, del(`${all}/${name}`), marked],
      [`after again ${name}`, get(`${all}/${name}`), marked],
      [`background ${name}`, del(`${all}/${name}`, { propagationPolicy: "Background" }), marked],
      [`after background ${name}`, get(`${all}/${name}`), marked],
    );
  };
  each("foreground", { propagationPolicy: "Foreground" });
  each("orphan", { propagationPolicy: "Orphan" });
  each("background", { propagationPolicy: "Background" });
  each("orphaned", { orphanDependents: true });
  each("unorphaned", { orphanDependents: false });
  each("query-foreground", undefined, "?propagationPolicy=Foreground");
  each("query-orphan", undefined, "?propagationPolicy=Orphan");
  each("query-orphaned", undefined, "?orphanDependents=true");
  each("query-unorphaned", undefined, "?orphanDependents=false");
  each("query-empty", undefined, "?orphanDependents=");
  each("grace", { gracePeriodSeconds: 30 });
  each("negative", { gracePeriodSeconds: -5 });
  each("dry", { dryRun: ["All"] });
  each("dry-foreground", { dryRun: ["All"], propagationPolicy: "Foreground" });
  each("query-dry", undefined, "?dryRun=All");
  each("body-and-query", {}, "?propagationPolicy=Foreground");
  const bad = (name: string, options: unknown, query = ""): void => {
    steps.push([`bad ${name}`, del(`${all}/bad${query}`, options)]);
  };
  steps.push(["bad", post(all, map("bad"))]);
  bad("policy", { propagationPolicy: "Other" });
  bad("empty policy", { propagationPolicy: "" });
  bad("both", { propagationPolicy: "Orphan", orphanDependents: false });
  bad("dryRun", { dryRun: ["Some"] });
  bad("dryRun twice", { dryRun: ["All", "Some"] });
  bad("grace", undefined, "?gracePeriodSeconds=x");
  bad("grace too large", undefined, "?gracePeriodSeconds=99999999999999999999");
  bad("grace type", { gracePeriodSeconds: "x" });
  bad("orphan", undefined, "?orphanDependents=maybe&dryRun=All");
  bad("query policy", undefined, "?propagationPolicy=Other");
  bad("query empty policy", undefined, "?propagationPolicy=&dryRun=All");
  bad("kind", { kind: "Other", apiVersion: "v1" });
  bad("apiVersion", { kind: "DeleteOptions", apiVersion: "apps/v1", dryRun: ["All"] });
  bad("meta version", { kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1", dryRun: ["All"] });
  bad("unknown field", { other: 1, dryRun: ["All"] });
  bad("body", "{");
  bad("list", []);
  bad("uid", { preconditions: { uid: "x" } });
  bad("version", { preconditions: { resourceVersion: "1" } });
  bad("dry uid", { preconditions: { uid: "x" }, dryRun: ["All"] });
  steps.push(
    ["bad still there", get(`${all}/bad`), marked],
    [
      "yaml",
      {
        method: "DELETE",
        path: `${all}/bad`,
        body: "dryRun: [All]\n",
        headers: { "content-type": "application/yaml" },
      },
    ],
    ["media type", { method: "DELETE", path: `${all}/bad`, body: "{}", headers: { "content-type": "text/plain" } }],
    [
      "right preconditions",
      (past) => {
        const { uid, resourceVersion } = past["bad"]!.body.metadata;
        return del(`${all}/bad`, { preconditions: { uid, resourceVersion } });
      },
    ],
    ["held", held("held")],
    ["delete held dry", del(`${all}/held?dryRun=All`), marked],
    ["delete held", del(`${all}/held`), marked],
    ["delete held unorphaned", del(`${all}/held`, { orphanDependents: false }), marked],
    ["delete held foreground", del(`${all}/held`, { propagationPolicy: "Foreground" }), marked],
    ["delete held orphan", del(`${all}/held`, { propagationPolicy: "Orphan" }), marked],
    ["delete held background", del(`${all}/held`, { propagationPolicy: "Background" }), marked],
    ["release", patch(`${all}/held`, MERGE, { metadata: { finalizers: null } }), marked],
    ["released", get(`${all}/held`)],
    ["named foreground", post(all, map("f", { metadata: { name: "f", finalizers: ["foregroundDeletion"] } }))],
    ["delete named foreground", del(`${all}/f`), marked],
    ["both finalizers", post(all, map("g", { metadata: { name: "g", finalizers: ["foregroundDeletion", "orphan"] } }))],
    ["event", post(`/api/v1/namespaces/${ns}/events`, { metadata: { name: "e" }, involvedObject: { namespace: ns } })],
    ["event orphan", del(`/api/v1/namespaces/${ns}/events/e`, { propagationPolicy: "Orphan" })],
    ["event gone", get(`/api/v1/namespaces/${ns}/events/e`)],
  );
  return steps;
}

function deleteCollections(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const labelled = (name: string, label: string) => post(all, map(name, { metadata: { name, labels: { l: label } } }));
  const fill = (round: string): Script => [
    [`${round} a`, labelled("a", "1")],
    [`${round} b`, labelled("b", "1")],
    [`${round} c`, labelled("c", "2")],
    [`${round} d`, post(all, map("d", { metadata: { name: "d", finalizers: ["example.com/x"] } }))],
  ];
  return [
    ...fill("1"),
    ["dry", del(`${all}?dryRun=All`), names],
    ["all there", get(all), names],
    ["by label", del(`${all}?labelSelector=l%3D1`), names],
    ["two left", get(all), names],
    ["by field", del(`${all}?fieldSelector=metadata.name%3Dc`), names],
    ["one left", get(all), names],
    ["held", del(all), names],
    ["held is marked", get(`${all}/d`), marked],
    ["held again", del(all), names],
    ["release", patch(`${all}/d`, MERGE, { metadata: { finalizers: null } })],
    ["none", del(all), names],
    ...fill("2"),
    ["limited", del(`${all}?limit=2`), (r) => [names(r, {}), r.body?.metadata?.continue !== undefined]],
    ["after limit", get(all), names],
    ["foreground", del(all, { propagationPolicy: "Foreground" }), names],
    ["after foreground", get(all), (r) => r.body.items.map((o: Received["body"]) => o.metadata.finalizers)],
    ["precondition", del(all, { preconditions: { uid: "x" } })],
    ["bad selector", del(`${all}?labelSelector=%3D%3D`)],
    ["bad field", del(`${all}?fieldSelector=data.a%3Db`)],
    ["bad limit", del(`${all}?limit=x`)],
    ["bad options", del(all, { propagationPolicy: "Other" })],
    ["in all namespaces", del("/api/v1/configmaps")],
    ["as a table", { ...del(all), headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" } }],
    ["names are not namespaces", del("/api/v1/namespaces")],
  ];
}

function owners(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/configmaps`;
  const uid = "11111111-1111-4111-8111-111111111111";
  const owner = (more: object = {}) => ({ apiVersion: "v1", kind: "ConfigMap", name: "o", uid, ...more });
  const owned = (name: string, ownerReferences: object[]) => map(name, { metadata: { name, ownerReferences } });
  return [
    ["twice", post(all, owned("twice", [owner(), owner()]))],
    ["thrice", post(all, owned("thrice", [owner(), owner(), owner()]))],
    ["same uid, other fields", post(all, owned("other", [owner(), owner({ controller: true })]))],
    ["put twice", put(`${all}/twice`, owned("twice", [owner(), owner({ name: "p" }), owner()]))],
    ["patch twice", patch(`${all}/twice`, MERGE, { metadata: { ownerReferences: [owner(), owner()] } })],
    ["strategic", patch(`${all}/twice`, STRATEGIC, { metadata: { ownerReferences: [owner({ controller: true })] } })],
    ["two controllers", post(all, owned("two", [owner({ controller: true }), owner({ controller: true, uid: "x" })]))],
    ["no uid", post(all, owned("none", [{ apiVersion: "v1", kind: "ConfigMap", name: "o" }]))],
    ["no version", post(all, owned("none", [owner({ apiVersion: "" })]))],
    ["an event", post(all, owned("none", [owner({ kind: "Event" })]))],
    ["none at all", patch(`${all}/twice`, MERGE, { metadata: { ownerReferences: null } })],
  ];
}

function podDeletion(ns: string): Script {
  const all = `/api/v1/namespaces/${ns}/pods`;
  const pod = (name: string, spec: object = {}) =>
    post(all, { metadata: { name }, spec: { containers: [container], ...spec } });
  const bound = { nodeName: "none" };
  const left: Step["facts"] = (r, past) => [marked(r, past), secondsLeft(r, past)];
  return [
    ["unscheduled", pod("a")],
    ["delete unscheduled", del(`${all}/a`), marked],
    ["unscheduled gone", get(`${all}/a`)],
    ["scheduled", pod("b", bound)],
    ["delete dry", del(`${all}/b?dryRun=All`), marked],
    ["delete scheduled", del(`${all}/b`), left],
    ["again", del(`${all}/b`), left],
    ["longer", del(`${all}/b?gracePeriodSeconds=100`), left],
    ["shorter", del(`${all}/b?gracePeriodSeconds=10`), left],
    ["negative", del(`${all}/b?gracePeriodSeconds=-1`), left],
    ["now", del(`${all}/b?gracePeriodSeconds=0`), marked],
    ["gone", get(`${all}/b`)],
    ["own grace", pod("c", { ...bound, terminationGracePeriodSeconds: 100 })],
    ["delete with own grace", del(`${all}/c`), left],
    ["status while going", patch(`${all}/c/status`, MERGE, { status: { phase: "Running" } }), left],
    ["label while going", patch(`${all}/c`, MERGE, { metadata: { labels: { a: "b" } } }), left],
    ["delete in body", del(`${all}/c`, { gracePeriodSeconds: 0 }), marked],
    ["finished", pod("d", bound)],
    ["finish", patch(`${all}/d/status`, MERGE, { status: { phase: "Succeeded" } })],
    ["delete finished", del(`${all}/d`), marked],
    ["finished gone", get(`${all}/d`)],
    [
      "held",
      post(all, {
        metadata: { name: "e", finalizers: ["example.com/x"] },
        spec: { containers: [container], ...bound },
      }),
    ],
    ["delete held", del(`${all}/e`), left],
    ["release held", patch(`${all}/e`, MERGE, { metadata: { finalizers: null } }), left],
    ["still has grace", get(`${all}/e`), left],
    ["end it", del(`${all}/e?gracePeriodSeconds=0`), marked],
    [
      "held now",
      post(all, {
        metadata: { name: "f", finalizers: ["example.com/x"] },
        spec: { containers: [container], ...bound },
      }),
    ],
    ["delete held now", del(`${all}/f?gracePeriodSeconds=0`), marked],
    ["release held now", patch(`${all}/f`, MERGE, { metadata: { finalizers: null } }), marked],
    ["released", get(`${all}/f`)],
    ["foreground", pod("g", bound)],
    ["delete foreground", del(`${all}/g`, { propagationPolicy: "Foreground" }), left],
    ["end foreground", del(`${all}/g`, { gracePeriodSeconds: 0 }), marked],
    ["collection 1", pod("h", bound)],
    ["collection 2", pod("i")],
    ["delete collection", del(`${all}?gracePeriodSeconds=5`), (r) => r.body.items.length],
    ["what is left", get(all), (r) => r.body.items.map((o: Received["body"]) => o.metadata.name)],
    ["preconditions", del(`${all}/h`, { preconditions: { uid: "x" }, gracePeriodSeconds: 0 })],
  ];
}

function namespaceDeletion(ns: string): Script {
  const one = `/api/v1/namespaces/${ns}-y`;
  const create = post("/api/v1/namespaces", { metadata: { name: `${ns}-y` } });
  return [
    ["create", create],
    ["wrong uid", del(one, { preconditions: { uid: "x" } })],
    ["wrong version", del(one, { preconditions: { resourceVersion: "1" } })],
    ["dry", del(`${one}?dryRun=All`), marked],
    ["foreground", del(one, { propagationPolicy: "Foreground" }), marked],
    ["again", del(one, { propagationPolicy: "Background" }), marked],
    ["terminating", get(one), marked],
    ["system", del("/api/v1/namespaces/kube-system?dryRun=All")],
  ];
}

function workloadDeletion(ns: string): Script {
  const all = `/apis/apps/v1/namespaces/${ns}/deployments`;
  return [
    ["create", post(all, deployment("web"))],
    ["orphan", del(`${all}/web`, { propagationPolicy: "Orphan" }), marked],
    ["get", get(`${all}/web`), marked],
    ["change while going", patch(`${all}/web`, MERGE, { spec: { replicas: 3 } }), marked],
    ["collected", patch(`${all}/web`, MERGE, { metadata: { finalizers: null } }), marked],
    ["gone", get(`${all}/web`)],
  ];
}

export function deletions(): Record<string, Step[]> {
  return stepsOf({ deleteOptions, deleteCollections, owners, podDeletion, namespaceDeletion, workloadDeletion });
}
