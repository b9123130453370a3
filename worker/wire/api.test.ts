import { describe, expect, test } from "vitest";
import { MEMBER_KINDS, ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import { openTrial } from "./trial.ts";

const MAPS = "/api/v1/namespaces/default/configmaps";

describe("who may come in", () => {
  const anonymous = { authorization: "none" };
  test.each([
    ["/healthz", 200],
    ["/livez", 200],
    ["/readyz", 200],
    ["/version", 200],
    ["/readyz/ping", 200],
    ["/", 401],
    ["/api", 401],
    ["/openapi/v3", 401],
    [MAPS, 401],
    ["/healthzz", 401],
    ["/nothing", 401],
  ])("%s without a token: %i", async (path, status) => {
    const { call } = await openTrial(MEMBER_KINDS);
    expect((await call("GET", path, undefined, anonymous)).status).toBe(status);
  });

  test("a wrong token is told nothing but that", async () => {
    const { call } = await openTrial(MEMBER_KINDS);
    const { body } = await call("GET", MAPS, undefined, { authorization: "Bearer bad" });
    expect(body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "Unauthorized",
      reason: "Unauthorized",
      code: 401,
    });
  });

  test("the authorizer hears verb, resource and name, and its no is a 403", async () => {
    const asked: string[] = [];
    const { call } = await openTrial(MEMBER_KINDS, {
      authorize: async (user, a) => {
        asked.push(`${user.name} ${a.verb} ${a.resource}/${a.subresource} ${a.namespace}/${a.name}`);
        return { allowed: a.verb === "create" };
      },
    });
    const { body } = await call("PATCH", "/apis/apps/v1/namespaces/default/deployments/web/scale", {});
    expect(asked.at(-1)).toBe("admin patch deployments/scale default/web");
    expect(body.message).toBe(
      'deployments.apps "web" is forbidden: User "admin" cannot patch resource "deployments/scale" in API group "apps" in the namespace "default"',
    );
  });
});

describe("health", () => {
  test("failing checks are named and make readyz fail", async () => {
    const { call } = await openTrial(MEMBER_KINDS, { readyz: async () => ["store"] });
    expect(await call("GET", "/readyz")).toMatchObject({
      status: 500,
      text: expect.stringContaining("[-]store failed"),
    });
    expect((await call("GET", "/livez")).status).toBe(200);
    expect((await call("GET", "/readyz?exclude=store")).status).toBe(200);
  });

  test("verbose lists the checks", async () => {
    const { call } = await openTrial(MEMBER_KINDS);
    expect((await call("GET", "/readyz?verbose")).text).toBe("[+]ping ok\nreadyz check passed\n");
  });
});

describe("what only a cluster serves", () => {
  test.each([
    ["GET", "/api/v1/namespaces/default/pods/a/log", /^pods\/log is not served here: ask the cluster/],
    ["POST", "/api/v1/namespaces/default/pods/a/exec", /^pods\/exec is not served here/],
    ["POST", "/api/v1/namespaces/default/serviceaccounts/a/token", /^serviceaccounts\/token is not served here/],
    ["GET", "/api/v1/namespaces/default/pods/a/nothing", /^the server could not find the requested resource$/],
    ["GET", "/apis/apps/v1/namespaces/default/deployments/a/log", /^the server could not find the requested resource$/],
  ])("%s %s is a 404 that says so", async (method, path, message) => {
    const { call } = await openTrial(MEMBER_KINDS);
    const { body } = await call(method, path);
    expect(body).toMatchObject({ kind: "Status", reason: "NotFound", code: 404 });
    expect(body.message).toMatch(message);
  });
});

describe("a read-only view below a prefix", () => {
  const view = () => openTrial(MEMBER_KINDS, { prefix: "/clusters/paris", commit: undefined });
  test.each([
    ["GET", `/clusters/paris${MAPS}`, 200],
    ["GET", "/clusters/paris/version", 200],
    ["GET", MAPS, 404],
    ["GET", `/clusters/parisian${MAPS}`, 404],
    ["POST", `/clusters/paris${MAPS}`, 405],
    ["DELETE", `/clusters/paris${MAPS}/a`, 405],
    ["PATCH", `/clusters/paris${MAPS}/a`, 405],
    ["PUT", `/clusters/paris${MAPS}/a`, 405],
  ])("%s %s: %i", async (method, path, status) => {
    const { call } = await view();
    expect((await call(method, path, method === "GET" ? undefined : {})).status).toBe(status);
  });
});

describe("projections", () => {
  test("a Cluster is read as a Node under the same version, and cannot be made as one", async () => {
    const { call } = await openTrial(ROOT_KINDS, { projections: ROOT_PROJECTIONS });
    const cluster = await call("POST", "/apis/hanse.dev/v1alpha1/clusters", {
      apiVersion: "hanse.dev/v1alpha1",
      kind: "Cluster",
      metadata: { name: "paris" },
    });
    expect(cluster.status).toBe(201);
    const node = await call("GET", "/api/v1/nodes/paris");
    expect(node.body).toMatchObject({
      kind: "Node",
      metadata: { name: "paris", resourceVersion: cluster.body.metadata.resourceVersion },
    });
    const table = await call("GET", "/api/v1/nodes", undefined, {
      accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
    });
    expect(table.body.rows[0].cells[0]).toBe("paris");
    expect((await call("POST", "/api/v1/nodes", { metadata: { name: "x" } })).status).toBe(405);
  });
});

describe("answers", () => {
  test("carry an audit id, the client's own where it sent one", async () => {
    const { call } = await openTrial(MEMBER_KINDS);
    expect((await call("GET", MAPS)).headers.get("audit-id")).toMatch(/^0{8}-/);
    expect((await call("GET", MAPS, undefined, { "audit-id": "mine" })).headers.get("audit-id")).toBe("mine");
    expect((await call("GET", `${MAPS}/none`)).headers.get("cache-control")).toBe("no-cache, private");
  });

  test("are indented for people", async () => {
    const { call } = await openTrial(MEMBER_KINDS);
    expect((await call("GET", MAPS, undefined, { "user-agent": "curl/8" })).text).toContain('\n  "kind"');
    expect((await call("GET", `${MAPS}?pretty=false`, undefined, { "user-agent": "curl/8" })).text).not.toContain(
      "\n  ",
    );
  });

  test.each([
    ["application/vnd.kubernetes.protobuf,application/json", 200],
    ["application/vnd.kubernetes.protobuf, */*", 200],
    ["application/vnd.kubernetes.protobuf", 200],
    ["application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1", 406],
    ["text/html;q=0.9, application/json;q=0.1", 200],
    ["application/json;q=0", 406],
    ["application/json;as=Table;v=v2;g=meta.k8s.io,application/json", 200],
    ["application/json;as=Table;v=v2;g=meta.k8s.io", 406],
  ])("Accept: %s is answered with %i", async (accept, status) => {
    const { call } = await openTrial(MEMBER_KINDS);
    expect((await call("GET", MAPS, undefined, { accept })).status).toBe(status);
  });
});

describe("long answers are compressed", () => {
  const big = { metadata: { name: "big" }, data: { x: "a".repeat(200_000) } };
  const path = "/api/v1/namespaces/default/configmaps";
  test.each([
    ["for who asks", "big", "gzip, deflate", "gzip"],
    ["not for who does not", "big", "br", null],
    ["not when short", "small", "gzip", null],
  ])("%s", async (_name, name, accepted, encoding) => {
    const { call, request } = await openTrial(MEMBER_KINDS);
    await call("POST", path, big);
    await call("POST", path, { metadata: { name: "small" } });
    const plain = await call("GET", `${path}/${name}`);
    const answer = await request(`${path}/${name}`, { headers: { "accept-encoding": accepted } });
    expect(answer.headers.get("content-encoding")).toBe(encoding);
    const body = encoding === null ? answer.body! : answer.body!.pipeThrough(new DecompressionStream("gzip"));
    expect(await new Response(body).text()).toBe(plain.text);
  });
});

test("what takes longer than the client gave it is answered with 504", async () => {
  const trial = await openTrial(MEMBER_KINDS);
  trial.store.list = () => new Promise(() => {});
  const { body } = await trial.call("GET", "/api/v1/configmaps?timeout=1ms");
  expect(body).toMatchObject({ code: 504, reason: "Timeout" });
});

test.each(["impersonate-user", "impersonate-group", "impersonate-uid"])(
  "%s is refused, not ignored",
  async (header) => {
    const { call } = await openTrial(MEMBER_KINDS);
    const { status, body } = await call("GET", MAPS, undefined, { [header]: "jane" });
    expect([status, body.reason]).toEqual([403, "Forbidden"]);
    expect(body.message).toContain('cannot impersonate "jane"');
  },
);
