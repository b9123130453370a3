import { describe, expect, test } from "vitest";
import { MEMBER_KINDS } from "../../kinds/all.ts";
import { type CommitResult, Unavailable } from "../store/store.ts";
import { openTrial } from "./trial.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const MERGE = { "content-type": "application/merge-patch+json" };
const APPLY = { "content-type": "application/apply-patch+yaml" };

const deployment = (name: string, image = "nginx:1") => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "c", image }] } },
  },
});

test("an object goes from create to deletion", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  const created = await call("POST", MAPS, { metadata: { name: "a" }, data: { k: "v" } });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "default" },
    data: { k: "v" },
  });
  const read = await call("GET", `${MAPS}/a`);
  expect(read.body).toEqual(created.body);
  const listed = await call("GET", MAPS);
  expect(listed.body).toMatchObject({
    kind: "ConfigMapList",
    metadata: { resourceVersion: read.body.metadata.resourceVersion },
  });
  expect(listed.body.items).toHaveLength(1);
  expect(listed.body.items[0]).not.toHaveProperty("kind");
  const updated = await call("PUT", `${MAPS}/a`, { ...read.body, data: { k: "w" } });
  expect(updated.body.data).toEqual({ k: "w" });
  const stale = await call("PUT", `${MAPS}/a`, { ...read.body, data: { k: "x" } });
  expect(stale.body).toMatchObject({ code: 409, reason: "Conflict" });
  const deleted = await call("DELETE", `${MAPS}/a`);
  expect(deleted.body).toMatchObject({ kind: "Status", status: "Success", details: { name: "a", kind: "configmaps" } });
  expect((await call("GET", `${MAPS}/a`)).status).toBe(404);
});

test("patches without a version all land, however many meet", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  await call("POST", MAPS, { metadata: { name: "a" } });
  const keys = Array.from({ length: 15 }, (_, i) => `k${i}`);
  const answers = await Promise.all(keys.map((k) => call("PATCH", `${MAPS}/a`, { data: { [k]: "1" } }, MERGE)));
  expect(answers.map((a) => a.status)).toEqual(keys.map(() => 200));
  expect(Object.keys((await call("GET", `${MAPS}/a`)).body.data).sort()).toEqual([...keys].sort());
});

test("a retried server-side apply does not own what the first try defaulted", async () => {
  let lose = 1;
  const trial = await openTrial(MEMBER_KINDS, {});
  const { store } = trial;
  const commit = store.commit.bind(store);
  store.commit = async (c): Promise<CommitResult> => {
    if (c.ops[0]?.op === "update" && lose-- > 0) return { ok: false, index: 0, reason: "conflict" };
    return commit(c);
  };
  await trial.call("POST", DEPLOYMENTS, deployment("web"));
  const config = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { template: { spec: { containers: [{ name: "d", image: "nginx:2" }] } } },
  };
  const applied = await trial.call("PATCH", `${DEPLOYMENTS}/web?fieldManager=m`, config, APPLY);
  expect(applied.status).toBe(200);
  expect(lose).toBe(-1);
  const mine = applied.body.metadata.managedFields.find((e: { manager: string }) => e.manager === "m");
  const containers = mine.fieldsV1["f:spec"]["f:template"]["f:spec"]["f:containers"];
  expect(containers).toEqual({ 'k:{"name":"d"}': { ".": {}, "f:image": {}, "f:name": {} } });
});

test("an apply that says the same in other words changes nothing", async () => {
  const { call, clock } = await openTrial(MEMBER_KINDS);
  const config = deployment("web");
  Object.assign(config.spec.template.spec.containers[0]!, { resources: { limits: { cpu: "1000m" } } });
  const first = await call("PATCH", `${DEPLOYMENTS}/web?fieldManager=m`, config, APPLY);
  expect(first.body.spec.template.spec.containers[0].resources.limits).toEqual({ cpu: "1" });
  clock.now += 60_000;
  const again = await call("PATCH", `${DEPLOYMENTS}/web?fieldManager=m`, config, APPLY);
  expect(again.body).toEqual(first.body);
});

test("a write that changes nothing keeps its version", async () => {
  const { call, clock } = await openTrial(MEMBER_KINDS);
  const first = await call("PATCH", `${DEPLOYMENTS}/web?fieldManager=m`, deployment("web"), APPLY);
  expect(first.status).toBe(201);
  clock.now += 60_000;
  const again = await call("PATCH", `${DEPLOYMENTS}/web?fieldManager=m`, deployment("web"), APPLY);
  expect(again.body).toEqual(first.body);
  expect((await call("PUT", `${DEPLOYMENTS}/web`, again.body)).body).toEqual(first.body);
});

test("generated names that are taken are tried again", async () => {
  // Three times the same random numbers, then others.
  let n = 0;
  const { call } = await openTrial(MEMBER_KINDS, { random: () => (n++ < 15 ? 0 : 0.5) });
  const names = [];
  for (let i = 0; i < 2; i++)
    names.push((await call("POST", MAPS, { metadata: { generateName: "x-" } })).body.metadata.name);
  expect(names).toEqual(["x-bbbbb", expect.stringMatching(/^x-[^b]{5}$/)]);
});

test("finalizers hold an object until the last one goes", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  await call("POST", MAPS, { metadata: { name: "a", finalizers: ["example.com/x"] } });
  expect((await call("DELETE", `${MAPS}/a`)).body.metadata.deletionTimestamp).toBeDefined();
  expect((await call("GET", `${MAPS}/a`)).status).toBe(200);
  await call("PATCH", `${MAPS}/a`, { metadata: { finalizers: [] } }, MERGE);
  expect((await call("GET", `${MAPS}/a`)).status).toBe(404);
});

test("nothing is created in a namespace that is being deleted", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  await call("POST", "/api/v1/namespaces", { metadata: { name: "n" } });
  await call("DELETE", "/api/v1/namespaces/n");
  const { body } = await call("POST", "/api/v1/namespaces/n/configmaps", { metadata: { name: "a" } });
  expect(body).toMatchObject({ code: 403, details: { causes: [{ reason: "NamespaceTerminating" }] } });
});

test("pages show the first page's version, whatever is written meanwhile", async () => {
  const { call } = await openTrial(MEMBER_KINDS);
  for (const name of ["a", "b", "c"]) await call("POST", MAPS, { metadata: { name } });
  const first = await call("GET", `${MAPS}?limit=2`);
  expect(first.body.metadata.remainingItemCount).toBe(1);
  await call("DELETE", `${MAPS}/c`);
  const second = await call("GET", `${MAPS}?limit=2&continue=${first.body.metadata.continue}`);
  expect(second.body.items.map((o: { metadata: { name: string } }) => o.metadata.name)).toEqual(["c"]);
  expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
});

test("a page of a compacted version is refused with a token for an inconsistent rest", async () => {
  const { call, store } = await openTrial(MEMBER_KINDS);
  for (const name of ["a", "b", "c"]) await call("POST", MAPS, { metadata: { name } });
  const first = await call("GET", `${MAPS}?limit=2`);
  await call("POST", MAPS, { metadata: { name: "d" } });
  await store.compact(await store.version());
  const { body } = await call("GET", `${MAPS}?limit=2&continue=${first.body.metadata.continue}`);
  expect(body).toMatchObject({ code: 410, reason: "Expired" });
  const rest = await call("GET", `${MAPS}?continue=${body.metadata.continue}`);
  expect(rest.body.items.map((o: { metadata: { name: string } }) => o.metadata.name)).toEqual(["c", "d"]);
});

describe("P11: a store that does not answer", () => {
  test.each([
    ["refused before it happened", false, 429, "1"],
    ["lost on the way: nobody knows", true, 504, null],
  ])("%s", async (_name, unknown, code, retryAfter) => {
    const trial = await openTrial(MEMBER_KINDS);
    trial.store.commit = async () => {
      throw new Unavailable("the queue is full", unknown);
    };
    const answer = await trial.call("POST", MAPS, { metadata: { name: "a" } });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([code, retryAfter]);
  });
});

test.each([
  [{ propagationPolicy: "Orphan" }, ["orphan"]],
  [{ orphanDependents: true }, ["orphan"]],
  [{ propagationPolicy: "Foreground" }, ["foregroundDeletion"]],
  [{ propagationPolicy: "Background" }, undefined],
  [{ orphanDependents: false }, undefined],
  [{}, undefined],
])("a deletion tells the garbage collector what becomes of dependents: %j", async (options, finalizers) => {
  const { call, store } = await openTrial(MEMBER_KINDS);
  const { body: made } = await call("POST", DEPLOYMENTS, deployment("web"));
  await call("DELETE", `${DEPLOYMENTS}/web`, options);
  const { status, body } = await call("GET", `${DEPLOYMENTS}/web`);
  expect(finalizers === undefined ? status : body.metadata.finalizers).toEqual(finalizers ?? 404);
  const waiting = await store.listByRef("deployments.apps", `collecting ${made.metadata.uid}`);
  expect(waiting).toHaveLength(finalizers === undefined ? 0 : 1);
});

test("without a garbage collector nothing waits for one", async () => {
  const { call } = await openTrial(MEMBER_KINDS, { garbageCollector: false });
  await call("POST", DEPLOYMENTS, deployment("web"));
  await call("DELETE", `${DEPLOYMENTS}/web`, { propagationPolicy: "Foreground" });
  expect((await call("GET", `${DEPLOYMENTS}/web`)).status).toBe(404);
});

test("an owner is found by its uid, and said twice counts once", async () => {
  const { call, store } = await openTrial(MEMBER_KINDS);
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "x", uid: "u1" };
  const made = await call("POST", MAPS, { metadata: { name: "a", ownerReferences: [owner, { ...owner }] } });
  expect(made.body.metadata.ownerReferences).toEqual([owner]);
  expect(made.headers.get("warning")).toContain("duplicate UID(s) observed: u1");
  expect(await store.listByRef("configmaps", "owner u1")).toHaveLength(1);
  await call("PATCH", `${MAPS}/a`, { metadata: { ownerReferences: null } }, MERGE);
  expect(await store.listByRef("configmaps", "owner u1")).toHaveLength(0);
});
