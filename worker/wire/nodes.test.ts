// A Node is written through to its Cluster: what kubectl label, annotate, taint, cordon and apply send, and what is refused.
import { describe, expect, it } from "vitest";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import type { KubeObject } from "../../kinds/object.ts";
import { openTrial, type Trial } from "./trial.ts";

const NODE = "/api/v1/nodes/paris";
const CLUSTER = "/apis/hanse.dev/v1alpha1/clusters/paris";
const MERGE = { "content-type": "application/merge-patch+json" };
const STRATEGIC = { "content-type": "application/strategic-merge-patch+json" };
const JSON_PATCH = { "content-type": "application/json-patch+json" };
const APPLY = { "content-type": "application/apply-patch+yaml" };
const CORDONED = "node.kubernetes.io/unschedulable";
const SILENT = "node.kubernetes.io/unreachable";

async function open(cluster: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): Promise<Trial> {
  const trial = await openTrial(ROOT_KINDS, { projections: ROOT_PROJECTIONS });
  const made = await trial.call("POST", "/apis/hanse.dev/v1alpha1/clusters?fieldManager=maker", {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "Cluster",
    metadata: { name: "paris", ...metadata },
    ...cluster,
  });
  expect(made.status).toBe(201);
  const conditions = [{ type: "Ready", status: "True", reason: "Heard", message: "" }];
  const { body } = await trial.call("GET", CLUSTER);
  const ready = await trial.call("PUT", `${CLUSTER}/status?fieldManager=agent`, { ...body, status: { conditions } });
  expect(ready.status).toBe(200);
  return trial;
}

const cluster = async ({ call }: Trial): Promise<KubeObject> => (await call("GET", CLUSTER)).body;
const fields = (object: KubeObject, manager: string) =>
  object.metadata.managedFields?.filter((one) => one.manager === manager).map((one) => one.fieldsV1);

describe("what is written of a node is written to its cluster", () => {
  it.each([
    [
      "kubectl label",
      STRATEGIC,
      { metadata: { labels: { tier: "gold" } } },
      (c: KubeObject) => expect(c.metadata.labels).toEqual({ tier: "gold" }),
    ],
    [
      "kubectl annotate",
      MERGE,
      { metadata: { annotations: { note: "x" } } },
      (c: KubeObject) => expect(c.metadata.annotations).toEqual({ note: "x" }),
    ],
    [
      "kubectl cordon",
      STRATEGIC,
      { spec: { unschedulable: true } },
      (c: KubeObject) => expect(c.spec).toEqual({ unschedulable: true }),
    ],
    [
      "kubectl taint",
      STRATEGIC,
      { spec: { taints: [{ key: "gpu", value: "yes", effect: "NoSchedule" }] } },
      (c: KubeObject) => expect(c.spec.taints).toEqual([{ key: "gpu", value: "yes", effect: "NoSchedule" }]),
    ],
    [
      "kubectl taint, NoExecute",
      MERGE,
      { spec: { taints: [{ key: "out", effect: "NoExecute" }] } },
      (c: KubeObject) =>
        expect(c.spec.taints).toEqual([{ key: "out", effect: "NoExecute", timeAdded: "2026-01-01T00:00:00Z" }]),
    ],
    [
      "a JSON patch",
      JSON_PATCH,
      [{ op: "add", path: "/metadata/labels/tier", value: "gold" }],
      (c: KubeObject) => expect(c.metadata.labels).toEqual({ tier: "gold" }),
    ],
    [
      "server-side apply",
      APPLY,
      { apiVersion: "v1", kind: "Node", metadata: { name: "paris", labels: { tier: "gold" } } },
      (c: KubeObject) => expect(c.metadata.labels).toEqual({ tier: "gold" }),
    ],
  ])("%s", async (_what, headers, body, check) => {
    const trial = await open();
    const before = await cluster(trial);
    const answer = await trial.call("PATCH", `${NODE}?fieldManager=me`, body, headers);
    expect(answer.text).toContain('"kind":"Node"');
    expect(answer.status).toBe(200);
    const after = await cluster(trial);
    check(after);
    expect(after.metadata.resourceVersion).toBe(answer.body.metadata.resourceVersion);
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.status).toEqual(before.status);
    expect(answer.body).toEqual((await trial.call("GET", NODE)).body);
  });

  it("a cordon shows its taint, which sent back is fine and goes with the uncordon", async () => {
    const trial = await open();
    const cordoned = await trial.call("PATCH", NODE, { spec: { unschedulable: true } }, STRATEGIC);
    expect(cordoned.body.spec.taints).toEqual([{ key: CORDONED, effect: "NoSchedule" }]);
    const put = await trial.call("PUT", NODE, cordoned.body);
    expect([put.status, put.body.metadata.resourceVersion]).toEqual([200, cordoned.body.metadata.resourceVersion]);
    const free = await trial.call("PATCH", NODE, { spec: { unschedulable: null } }, STRATEGIC);
    expect(free.body.spec).toEqual({});
    expect((await cluster(trial)).spec).toEqual({});
  });

  it("a NoExecute taint keeps the time at which it came, on the Cluster too", async () => {
    const trial = await open({ spec: { taints: [{ key: "out", effect: "NoExecute" }] } });
    expect((await cluster(trial)).spec.taints[0].timeAdded).toBe("2026-01-01T00:00:00Z");
    trial.clock.now += 60_000;
    const both = [
      { key: "out", effect: "NoExecute" },
      { key: "new", effect: "NoExecute" },
    ];
    await trial.call("PATCH", NODE, { spec: { taints: both } }, MERGE);
    expect((await cluster(trial)).spec.taints).toEqual([
      { key: "out", effect: "NoExecute", timeAdded: "2026-01-01T00:00:00Z" },
      { key: "new", effect: "NoExecute", timeAdded: "2026-01-01T00:01:00Z" },
    ]);
  });

  it("a PUT compares versions, and writes what a stale one would have overwritten not at all", async () => {
    const trial = await open();
    const { body: stale } = await trial.call("GET", NODE);
    await trial.call("PATCH", NODE, { metadata: { labels: { a: "1" } } }, MERGE);
    stale.metadata.labels.b = "2";
    const refused = await trial.call("PUT", NODE, stale);
    expect([refused.status, refused.body.message]).toEqual([
      409,
      'Operation cannot be fulfilled on nodes "paris": the object has been modified; please apply your changes to the latest version and try again',
    ]);
    stale.metadata.resourceVersion = undefined;
    expect((await trial.call("PUT", NODE, stale)).status).toBe(200);
    expect((await cluster(trial)).metadata.labels).toEqual({ b: "2" });
  });

  it("a dry run writes nothing", async () => {
    const trial = await open();
    const before = await cluster(trial);
    const answer = await trial.call("PATCH", `${NODE}?dryRun=All`, { spec: { unschedulable: true } }, MERGE);
    expect(answer.body.spec.taints).toEqual([{ key: CORDONED, effect: "NoSchedule" }]);
    expect(await cluster(trial)).toEqual(before);
  });
});

describe("managers", () => {
  it("are the same ones for what both have, and what only the Cluster has stays theirs", async () => {
    const trial = await open({ spec: { unschedulable: true } }, { labels: { tier: "gold" }, finalizers: ["a.io/b"] });
    const { body: node } = await trial.call("GET", NODE);
    expect(fields(node, "maker")).toEqual([
      { "f:metadata": { "f:labels": { ".": {}, "f:tier": {} } }, "f:spec": { "f:unschedulable": {} } },
    ]);
    expect(node.metadata.managedFields.every((one: { apiVersion: string }) => one.apiVersion === "v1")).toBe(true);
    const taken = { metadata: { labels: { tier: "silver" } } };
    await trial.call("PATCH", `${NODE}?fieldManager=me`, taken, MERGE);
    const after = await cluster(trial);
    expect(fields(after, "me")).toEqual([{ "f:metadata": { "f:labels": { "f:tier": {} } } }]);
    expect(fields(after, "maker")).toEqual([
      {
        "f:metadata": { "f:finalizers": { ".": {}, 'v:"a.io/b"': {} }, "f:labels": {} },
        "f:spec": { ".": {}, "f:unschedulable": {} },
      },
    ]);
    expect(after.metadata.managedFields?.map((one) => one.apiVersion)).toEqual(
      after.metadata.managedFields?.map(() => "hanse.dev/v1alpha1"),
    );
    expect(fields(after, "agent")).toEqual([{ "f:status": { "f:conditions": {} } }]);
  });

  it("of an apply conflict, and lose what a later apply leaves out", async () => {
    const trial = await open({}, { labels: { tier: "gold" } });
    const config = (labels: object) => ({ apiVersion: "v1", kind: "Node", metadata: { name: "paris", labels } });
    const send = (labels: object, force = "") =>
      trial.call("PATCH", `${NODE}?fieldManager=gitops${force}`, config(labels), APPLY);
    const refused = await send({ tier: "silver" });
    expect([refused.status, refused.body.details.causes[0].field]).toEqual([409, ".metadata.labels.tier"]);
    // Computed ones may be named, and are owned by nobody.
    const forced = await send({ tier: "silver", extra: "1", "kubernetes.io/hostname": "paris" }, "&force=true");
    expect(forced.status).toBe(200);
    expect(fields(await cluster(trial), "gitops")).toEqual([
      { "f:metadata": { "f:labels": { "f:extra": {}, "f:tier": {} } } },
    ]);
    expect((await send({ tier: "silver" })).status).toBe(200);
    expect((await cluster(trial)).metadata.labels).toEqual({ tier: "silver" });
  });

  it("kubectl apply's own annotation of the node and of the cluster are two", async () => {
    const key = "kubectl.kubernetes.io/last-applied-configuration";
    const trial = await open({}, { annotations: { [key]: "of the cluster" } });
    expect((await trial.call("GET", NODE)).body.metadata.annotations).toBeUndefined();
    const node = await trial.call("PATCH", NODE, { metadata: { annotations: { [key]: "of the node" } } }, MERGE);
    expect(node.body.metadata.annotations).toEqual({ [key]: "of the node" });
    const stored = await cluster(trial);
    expect(stored.metadata.annotations?.[key]).toBe("of the cluster");
    await trial.call("PATCH", NODE, { metadata: { annotations: { [key]: null } } }, MERGE);
    expect((await cluster(trial)).metadata.annotations).toEqual({ [key]: "of the cluster" });
    expect(fields(await cluster(trial), "maker")).toEqual([
      { "f:metadata": { "f:annotations": { [`f:${key}`]: {} } }, "f:spec": {} },
    ]);
  });
});

describe("refused", () => {
  it.each([
    [
      "a computed label",
      { metadata: { labels: { "kubernetes.io/hostname": "x" } } },
      "metadata.labels[kubernetes.io/hostname]",
    ],
    [
      "its removal",
      { metadata: { labels: { "node-role.kubernetes.io/cluster": null } } },
      "metadata.labels[node-role.kubernetes.io/cluster]",
    ],
    ["a computed taint", { spec: { taints: [{ key: SILENT, effect: "NoSchedule" }] } }, "spec.taints[0]"],
    ["what a node's own kubelet would say", { spec: { podCIDR: "10.0.0.0/24" } }, "spec.podCIDR"],
    ["finalizers", { metadata: { finalizers: ["a.io/b"] } }, "metadata.finalizers"],
    [
      "owners",
      { metadata: { ownerReferences: [{ apiVersion: "v1", kind: "X", name: "x", uid: "u" }] } },
      "metadata.ownerReferences",
    ],
  ])("%s", async (_what, patch, field) => {
    const trial = await open();
    const before = await cluster(trial);
    const { status, body } = await trial.call("PATCH", NODE, patch, MERGE);
    expect([status, body.details?.kind, body.details?.causes?.map((one: { field: string }) => one.field)]).toEqual([
      422,
      "Node",
      [field],
    ]);
    expect(await cluster(trial)).toEqual(before);
  });

  it("the taint of a cordon, while it stands; apply need not name it", async () => {
    const trial = await open({ spec: { unschedulable: true } });
    const without = { spec: { taints: [] } };
    const { status, body } = await trial.call("PATCH", NODE, without, MERGE);
    expect([status, body.details.causes]).toEqual([
      422,
      [
        {
          reason: "FieldValueForbidden",
          message: `Forbidden: ${CORDONED}:NoSchedule is computed: it stands while the cluster is cordoned (spec.unschedulable)`,
          field: "spec.taints",
        },
      ],
    ]);
    const taints = [{ key: "gpu", effect: "NoSchedule" }];
    const config = { apiVersion: "v1", kind: "Node", metadata: { name: "paris" }, spec: { taints } };
    const applied = await trial.call("PATCH", `${NODE}?fieldManager=g&force=true`, config, APPLY);
    expect(applied.status).toBe(200);
    expect((await cluster(trial)).spec).toEqual({ unschedulable: true, taints });
    expect(applied.body.spec.taints).toEqual([...taints, { key: CORDONED, effect: "NoSchedule" }]);
  });

  it.each([
    ["POST", "/api/v1/nodes", { metadata: { name: "x" } }, {}, "hanse join"],
    ["DELETE", NODE, undefined, {}, "kubectl delete cluster"],
    ["DELETE", "/api/v1/nodes", undefined, {}, "kubectl delete cluster"],
    ["PUT", `${NODE}/status`, {}, {}, "reports"],
    ["PATCH", `${NODE}/status`, {}, MERGE, "reports"],
    [
      "PATCH",
      "/api/v1/nodes/rome?fieldManager=g",
      { apiVersion: "v1", kind: "Node", metadata: { name: "rome" } },
      APPLY,
      "hanse join",
    ],
  ])("%s %s with 405, and the way to do it", async (method, path, body, headers, words) => {
    const trial = await open();
    const answer = await trial.call(method, path, body, headers as Record<string, string>);
    expect([answer.status, answer.body.reason]).toEqual([405, "MethodNotAllowed"]);
    expect(answer.body.message).toContain(words);
    expect((await trial.call("GET", `${NODE}/status`)).status).toBe(200);
  });

  it("a PUT of a node that is not there with 404", async () => {
    const { call } = await open();
    expect((await call("PUT", "/api/v1/nodes/rome", { metadata: { name: "rome" } })).status).toBe(404);
  });
});
