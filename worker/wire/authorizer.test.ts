// Rights as requests meet them: stored Roles and bindings decide, nobody grants more than he holds, and reviews say what requests will meet.
import type { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT_KINDS } from "../../kinds/all.ts";
import type { Loose } from "../../kinds/object.ts";
import { BOOTSTRAP_ROLES } from "../../kinds/rbac/bootstrap.ts";
import { openMemory } from "../store/memory.ts";
import { createApi } from "./api.ts";
import { rbacAuthorizer } from "./authorizer.ts";

const USERS: Record<string, string[]> = {
  admin: ["system:masters"],
  alice: ["team"],
  bob: [],
  "system:serviceaccount:default:robot": [],
};
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const IN_DEFAULT = `${RBAC}/namespaces/default`;

let app: Hono;
let stopping: AbortController;

beforeEach(async () => {
  stopping = new AbortController();
  const store = openMemory();
  const authorizer = rbacAuthorizer({ reader: store, signal: stopping.signal });
  app = createApi({
    kinds: { all: ROOT_KINDS },
    reader: store,
    commit: (commit) => store.commit(commit),
    clock: Date.now,
    uid: () => crypto.randomUUID(),
    random: Math.random,
    documents: { handle: async (_request, path) => (path.startsWith("/openapi") ? new Response("{}") : undefined) },
    authenticate: async (request) => {
      const name = request.headers.get("authorization")?.slice(7) ?? "";
      const groups = USERS[name];
      return groups && { name, groups: [...groups, "system:authenticated"] };
    },
    authorize: authorizer.authorize,
    authorizer,
    version: { major: "1", minor: "36" } as Loose,
  });
  await authorizer.ready;
  await as("admin", "POST", "/api/v1/namespaces", { metadata: { name: "default" } });
  await as("admin", "POST", "/api/v1/namespaces", { metadata: { name: "other" } });
  for (const name of ["view", "system:aggregate-to-view"])
    await as(
      "admin",
      "POST",
      `${RBAC}/clusterroles`,
      BOOTSTRAP_ROLES.find(({ metadata }) => metadata.name === name),
    );
});
afterEach(() => stopping.abort());

async function as(user: string, method: string, path: string, body?: unknown): Promise<Loose> {
  const response = await app.request(path, {
    method,
    headers: { authorization: `Bearer ${user}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { code: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

/** As admin; then until it is in force. */
async function grant(path: string, object: object, ready: () => Promise<boolean>): Promise<void> {
  expect((await as("admin", "POST", path, object)).code).toBe(201);
  for (let tries = 0; !(await ready()) && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 2));
}

const role = (name: string, ...rules: object[]): object => ({ metadata: { name }, rules });
const rule = (resources: string[], verbs: string[], apiGroups: string[] = [""]): object => ({
  apiGroups,
  resources,
  verbs,
});
const binding = (name: string, kind: string, of: string, subject: object): object => ({
  metadata: { name },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: of },
  subjects: [subject],
});
const user = (name: string): object => ({ kind: "User", apiGroup: "rbac.authorization.k8s.io", name });
const may = async (who: string, verb: string, resource: string, namespace = "", group = ""): Promise<boolean> =>
  (
    await as(who, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
      spec: { resourceAttributes: { verb, resource, namespace, group } },
    })
  ).body.status?.allowed === true;

/** Reviews are for everybody who is known (system:basic-user upstream). */
async function basics(): Promise<void> {
  await grant(
    `${RBAC}/clusterroles`,
    role("asks", rule(["*"], ["create"], ["authorization.k8s.io"])),
    async () => true,
  );
  await grant(
    `${RBAC}/clusterrolebindings`,
    binding("asks", "ClusterRole", "asks", {
      kind: "Group",
      apiGroup: "rbac.authorization.k8s.io",
      name: "system:authenticated",
    }),
    async () =>
      (
        await as("bob", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
          spec: { nonResourceAttributes: { path: "/", verb: "get" } },
        })
      ).code === 201,
  );
}

test("without a binding nothing, in Kubernetes' words", async () => {
  const text = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { code, body: status } = await as("bob", method, path, body);
    return [code, status.message];
  };
  expect(await text("GET", "/api/v1/namespaces/default/pods")).toEqual([
    403,
    'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"',
  ]);
  expect(await text("GET", "/apis/apps/v1/namespaces/default/deployments/web/scale")).toEqual([
    403,
    'deployments.apps "web" is forbidden: User "bob" cannot get resource "deployments/scale" in API group "apps" in the namespace "default"',
  ]);
  expect(await text("GET", "/api/v1/nodes")).toEqual([
    403,
    'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
  ]);
  expect(await text("GET", "/openapi/v2")).toEqual([403, 'forbidden: User "bob" cannot get path "/openapi/v2"']);
  expect((await as("nobody", "GET", "/api/v1/nodes")).code).toBe(401);
});

test("a RoleBinding to a ClusterRole holds in its namespace, a ClusterRoleBinding everywhere, a ServiceAccount and a group are subjects", async () => {
  await basics();
  await grant(`${IN_DEFAULT}/rolebindings`, binding("b", "ClusterRole", "system:aggregate-to-view", user("bob")), () =>
    may("bob", "list", "pods", "default"),
  );
  expect((await as("bob", "GET", "/api/v1/namespaces/default/pods")).code).toBe(200);
  expect((await as("bob", "GET", "/api/v1/namespaces/other/pods")).code).toBe(403);
  expect((await as("bob", "GET", "/api/v1/pods")).code).toBe(403);
  expect((await as("bob", "GET", "/api/v1/namespaces/default/secrets")).code).toBe(403);
  await grant(
    `${RBAC}/clusterrolebindings`,
    binding("team", "ClusterRole", "system:aggregate-to-view", {
      kind: "Group",
      apiGroup: "rbac.authorization.k8s.io",
      name: "team",
    }),
    () => may("alice", "list", "pods"),
  );
  expect((await as("alice", "GET", "/api/v1/pods")).code).toBe(200);
  const robot = "system:serviceaccount:default:robot";
  await grant(
    `${IN_DEFAULT}/rolebindings`,
    binding("r", "ClusterRole", "system:aggregate-to-view", {
      kind: "ServiceAccount",
      name: "robot",
      namespace: "default",
    }),
    () => may(robot, "list", "pods", "default"),
  );
  expect((await as(robot, "GET", "/api/v1/namespaces/default/pods")).code).toBe(200);
});

test("nobody writes a role that says more than he holds, nor binds one, without escalate and bind", async () => {
  await basics();
  await grant(
    `${IN_DEFAULT}/roles`,
    role("writer", rule(["roles", "rolebindings"], ["*"], ["rbac.authorization.k8s.io"]), rule(["pods"], ["get"])),
    async () => true,
  );
  // Verbs that "*" would cover.
  await as("admin", "DELETE", `${IN_DEFAULT}/roles/writer`);
  await grant(
    `${IN_DEFAULT}/roles`,
    role(
      "writer",
      rule(["roles", "rolebindings"], ["create", "update", "patch", "get"], ["rbac.authorization.k8s.io"]),
      rule(["pods"], ["get"]),
    ),
    async () => true,
  );
  await grant(`${IN_DEFAULT}/rolebindings`, binding("writer", "Role", "writer", user("bob")), () =>
    may("bob", "get", "pods", "default"),
  );
  expect((await as("bob", "POST", `${IN_DEFAULT}/roles`, role("held", rule(["pods"], ["get"])))).code).toBe(201);
  const more = await as(
    "bob",
    "POST",
    `${IN_DEFAULT}/roles?dryRun=All`,
    role("more", rule(["pods", "secrets"], ["get", "list"])),
  );
  expect([more.code, more.body.message]).toEqual([
    403,
    'roles.rbac.authorization.k8s.io "more" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
      '{APIGroups:[""], Resources:["pods"], Verbs:["list"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
  ]);
  const changed = await as("bob", "PUT", `${IN_DEFAULT}/roles/held`, role("held", rule(["secrets"], ["get"])));
  expect(changed.code).toBe(403);
  expect((await as("bob", "PUT", `${IN_DEFAULT}/roles/made`, role("made", rule(["secrets"], ["get"])))).code).toBe(403);
  const bound = await as(
    "bob",
    "POST",
    `${IN_DEFAULT}/rolebindings`,
    binding("self", "ClusterRole", "system:aggregate-to-view", user("bob")),
  );
  expect([bound.code, bound.body.message]).toEqual([
    403,
    expect.stringContaining("is attempting to grant RBAC permissions not currently held"),
  ]);
  expect(
    (await as("bob", "POST", `${IN_DEFAULT}/rolebindings`, binding("ok", "Role", "held", user("alice")))).code,
  ).toBe(201);
  const none = await as("bob", "POST", `${IN_DEFAULT}/rolebindings`, binding("none", "Role", "none", user("bob")));
  expect([none.code, none.body.message]).toEqual([404, 'role.rbac.authorization.k8s.io "none" not found']);
  await grant(
    `${IN_DEFAULT}/roles`,
    role("trusted", rule(["roles"], ["escalate"], ["rbac.authorization.k8s.io"]), {
      ...rule(["clusterroles"], ["bind"], ["rbac.authorization.k8s.io"]),
      resourceNames: ["system:aggregate-to-view"],
    }),
    async () => true,
  );
  await grant(`${IN_DEFAULT}/rolebindings`, binding("trusted", "Role", "trusted", user("bob")), () =>
    may("bob", "escalate", "roles", "default", "rbac.authorization.k8s.io"),
  );
  expect((await as("bob", "POST", `${IN_DEFAULT}/roles`, role("more", rule(["secrets"], ["get"])))).code).toBe(201);
  expect(
    (
      await as(
        "bob",
        "POST",
        `${IN_DEFAULT}/rolebindings`,
        binding("self", "ClusterRole", "system:aggregate-to-view", user("bob")),
      )
    ).code,
  ).toBe(201);
  expect(
    (await as("bob", "POST", `${IN_DEFAULT}/rolebindings`, binding("all", "Role", "more", user("bob")))).code,
  ).toBe(403);
});

test("an aggregationRule gathers anything, so it needs everything", async () => {
  await grant(
    `${RBAC}/clusterroles`,
    role("roles", rule(["clusterroles"], ["create"], ["rbac.authorization.k8s.io"])),
    async () => true,
  );
  await basics();
  await grant(`${RBAC}/clusterrolebindings`, binding("roles", "ClusterRole", "roles", user("bob")), () =>
    may("bob", "create", "clusterroles", "", "rbac.authorization.k8s.io"),
  );
  const gathering = {
    metadata: { name: "g" },
    rules: [],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
  };
  const { code, body } = await as("bob", "POST", `${RBAC}/clusterroles`, gathering);
  expect([code, body.message]).toEqual([
    403,
    'clusterroles.rbac.authorization.k8s.io "g" is forbidden: must have cluster-admin privileges to use the aggregationRule',
  ]);
  expect((await as("admin", "POST", `${RBAC}/clusterroles`, gathering)).code).toBe(201);
});

test("what a binding refers to never changes", async () => {
  await as("admin", "POST", `${IN_DEFAULT}/rolebindings`, binding("b", "ClusterRole", "view", user("bob")));
  const { code, body } = await as(
    "admin",
    "PUT",
    `${IN_DEFAULT}/rolebindings/b`,
    binding("b", "ClusterRole", "edit", user("bob")),
  );
  expect([code, body.details.causes.map(({ message }: Loose) => message)]).toEqual([
    422,
    [
      'Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
    ],
  ]);
});

test("reviews: others' rights, in one namespace, one's rules, oneself", async () => {
  await basics();
  await grant(`${IN_DEFAULT}/roles`, role("get", rule(["pods"], ["get"])), async () => true);
  await grant(`${IN_DEFAULT}/rolebindings`, binding("get", "Role", "get", user("bob")), () =>
    may("bob", "get", "pods", "default"),
  );
  const AUTH = "/apis/authorization.k8s.io/v1";
  const asked = { verb: "get", resource: "pods", namespace: "default" };
  const other = await as("admin", "POST", `${AUTH}/subjectaccessreviews`, {
    spec: { user: "bob", resourceAttributes: asked },
  });
  expect([other.code, other.body.status]).toEqual([
    201,
    { allowed: true, reason: 'RBAC: allowed by RoleBinding "get/default" of Role "get" to User "bob"' },
  ]);
  const local = (namespace: string): Promise<Loose> =>
    as("admin", "POST", `${AUTH}/namespaces/${namespace}/localsubjectaccessreviews`, {
      spec: { user: "bob", resourceAttributes: asked },
    });
  expect((await local("default")).body.status.allowed).toBe(true);
  expect((await local("other")).body.details.causes[0].field).toBe("spec.resourceAttributes.namespace");
  expect(
    (await as("admin", "POST", `${AUTH}/subjectaccessreviews`, { spec: { resourceAttributes: asked } })).code,
  ).toBe(422);
  const rules = await as("bob", "POST", `${AUTH}/selfsubjectrulesreviews`, { spec: { namespace: "default" } });
  expect(rules.body.status.resourceRules).toContainEqual({ verbs: ["get"], apiGroups: [""], resources: ["pods"] });
  expect(
    (await as("admin", "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})).body.status.userInfo,
  ).toEqual({
    username: "admin",
    groups: ["system:masters", "system:authenticated"],
  });
});
