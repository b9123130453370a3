// Who may go where, over the whole application: every kind of caller against every kind of path.
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import { type App, type AppParts, createApp } from "./app.ts";
import { createJoinToken, hashToken, memoryCredentials } from "./store/credentials.ts";
import { openMemory } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const ADMIN = "the-admin-token-of-this-test";
const now = Date.parse("2026-11-23T12:00:00Z");
const credentials = memoryCredentials();
const seen: string[] = [];
let store: Store;
let app: App;
let parts: AppParts;
const tokens: Record<string, string | undefined> = { anonymous: undefined, wrong: "no-such-token", admin: ADMIN };

beforeAll(async () => {
  store = openMemory();
  parts = {
    store,
    credentials,
    kinds: { all: ROOT_KINDS },
    projections: ROOT_PROJECTIONS,
    presence: { seen: (cluster) => void seen.push(cluster) },
    clock: () => now,
    uid: () => crypto.randomUUID(),
    random: Math.random,
    openapi: async () => "openapi: 3.1.0\n",
  };
  app = createApp(parts);
  await credentials.setAdminToken(await hashToken(ADMIN));
  for (const cluster of ["paris", "tokyo"]) {
    await store.commit({
      ops: [
        {
          op: "put",
          key: { resource: "clusters.hanse.dev", namespace: "", name: cluster },
          value: JSON.stringify({
            apiVersion: "hanse.dev/v1alpha1",
            kind: "Cluster",
            metadata: { name: cluster, uid: cluster },
          }),
        },
      ],
    });
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
    const token = await createJoinToken(credentials, { cluster, ttlMs: 60_000, now });
    tokens[`join token of ${cluster}`] = await createJoinToken(credentials, { cluster, ttlMs: 60_000, now });
    await credentials.spendJoinToken({ hash: await hashToken(token), publicKey: (await exportJWK(publicKey)).x!, now });
    tokens[`agent of ${cluster}`] = await new SignJWT()
      .setProtectedHeader({ alg: "EdDSA" })
      .setIssuer(cluster)
      .setSubject(cluster)
      .setAudience("hanse")
      .setIssuedAt(now / 1000)
      .setExpirationTime(now / 1000 + 60)
      .sign(privateKey);
  }
});

async function ask(who: string, method: string, path: string, body?: string): Promise<number> {
  const headers: Record<string, string> = tokens[who] === undefined ? {} : { authorization: `Bearer ${tokens[who]}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await app.fetch(new Request(`https://fed${path}`, { method, headers, body }));
  await answer.text();
  return answer.status;
}

const JOIN = "/apis/hanse.dev/v1alpha1/clusters/paris/jointoken";
const CHANGES = "/clusters/paris/hanse/v1/changes?after=&wait=0";
const REPORTS = "/clusters/paris/hanse/v1/reports";
const REPORT = JSON.stringify({ items: [] });

describe("P10 who may go where", () => {
  it.each<[method: string, path: string, body: string | undefined, expected: Record<string, number>]>([
    ["GET", "/version", undefined, { anonymous: 200, wrong: 200, admin: 200, "agent of paris": 200 }],
    ["GET", "/readyz", undefined, { anonymous: 200, admin: 200 }],
    [
      "GET",
      "/api/v1/namespaces",
      undefined,
      { anonymous: 401, wrong: 401, admin: 200, "agent of paris": 401, "join token of paris": 401 },
    ],
    ["GET", "/api/v1/secrets", undefined, { anonymous: 401, admin: 200, "agent of paris": 401 }],
    ["GET", "/apis", undefined, { anonymous: 401, admin: 200, "agent of paris": 401 }],
    ["GET", "/openapi.yaml", undefined, { anonymous: 401, admin: 200, "agent of paris": 401 }],
    ["POST", JOIN, "{}", { anonymous: 401, wrong: 401, admin: 201, "agent of paris": 401, "join token of paris": 401 }],
    [
      "GET",
      "/clusters/paris/apis/apps/v1/deployments",
      undefined,
      { anonymous: 401, admin: 200, "agent of paris": 200, "agent of tokyo": 403, "join token of paris": 401 },
    ],
    [
      "DELETE",
      "/clusters/paris/apis/apps/v1/namespaces/default/deployments/x",
      undefined,
      { anonymous: 401, admin: 405, "agent of paris": 405, "agent of tokyo": 403 },
    ],
    [
      "GET",
      CHANGES,
      undefined,
      {
        anonymous: 401,
        wrong: 401,
        admin: 401,
        "agent of paris": 200,
        "agent of tokyo": 403,
        "join token of paris": 401,
      },
    ],
    [
      "POST",
      REPORTS,
      REPORT,
      { anonymous: 401, admin: 401, "agent of paris": 200, "agent of tokyo": 403, "join token of paris": 401 },
    ],
  ])("%s %s", async (method, path, body, expected) => {
    const got: Record<string, number> = {};
    for (const who of Object.keys(expected)) got[who] = await ask(who, method, path, body);
    expect(got).toEqual(expected);
  });

  it("counts a sign of life only for the agent's own cluster", async () => {
    seen.length = 0;
    await ask("agent of tokyo", "GET", CHANGES);
    await ask("agent of paris", "GET", CHANGES);
    expect(seen).toEqual(["paris"]);
  });
});

it.each([
  ["GET", "/clusters/nowhere/api/v1/configmaps", undefined, 404],
  ["POST", "/apis/hanse.dev/v1alpha1/clusters/nowhere/jointoken", "{}", 404],
  ["GET", JOIN, undefined, 405],
  ["POST", JOIN, "{", 400],
  ["POST", JOIN, JSON.stringify({ spec: { expirationSeconds: 1 } }), 422],
  ["POST", JOIN, JSON.stringify({ padding: "x".repeat(20_000) }), 413],
  ["GET", "/clusters/%zz/api/v1/configmaps", undefined, 400],
])("%s %s %s answers %i", async (method, path, body, expected) => {
  expect(await ask("admin", method, path, body)).toBe(expected);
});

it("P10: a cluster that is deleted takes its agent and its join tokens along; a new one of that name has neither", async () => {
  const clusters = "/apis/hanse.dev/v1alpha1/clusters";
  const view = "/clusters/paris/api/v1/configmaps";
  const object = { apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name: "paris" } };
  const spend = async () =>
    credentials.spendJoinToken({ hash: await hashToken(tokens["join token of paris"]!), publicKey: "x", now });
  expect(await ask("agent of paris", "GET", view)).toBe(200);
  // The remembered key outlives its revocation by a few seconds.
  const later = createApp({ ...parts, clock: () => now + 20_000 });
  const asked = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" };
    return (await later.fetch(new Request(`https://fed${path}`, { method, headers, body: JSON.stringify(body) })))
      .status;
  };
  const agents = async () =>
    (
      await later.fetch(
        new Request(`https://fed${CHANGES}`, { headers: { authorization: `Bearer ${tokens["agent of paris"]}` } }),
      )
    ).status;
  expect(await asked("DELETE", `${clusters}/paris`)).toBe(200);
  expect(await agents()).toBe(401);
  expect(await asked("POST", clusters, object)).toBe(201);
  expect(await agents()).toBe(401);
  expect(await spend()).toEqual({ ok: false });
});

it("P10: a process that died between a cluster's deletion and its agent's revocation leaves no key to the next of that name", async () => {
  const clusters = "https://fed/apis/hanse.dev/v1alpha1/clusters";
  await store.commit({
    ops: [{ op: "delete", key: { resource: "clusters.hanse.dev", namespace: "", name: "tokyo" } }],
  });
  expect(await credentials.agentKey("tokyo")).toBeDefined();
  const body = JSON.stringify({ apiVersion: "hanse.dev/v1alpha1", kind: "Cluster", metadata: { name: "tokyo" } });
  const headers = { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" };
  expect((await app.fetch(new Request(clusters, { method: "POST", headers, body }))).status).toBe(201);
  expect(await credentials.agentKey("tokyo")).toBeUndefined();
});

it.each([{ sub: 5 }, { sub: "" }, { sub: "pa\u0000ris" }, { sub: { a: 1 } }, { sub: "a".repeat(64) }, "no object"])(
  "P10: a token of nobody, %j, does not reach the database",
  async (claims) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const asked: unknown[] = [];
    const watched = { ...credentials, agentKey: async (cluster: string) => void asked.push(cluster) };
    const headers = { authorization: `Bearer ${part({ alg: "EdDSA" })}.${part(claims)}.x` };
    expect(
      (
        await createApp({ ...parts, credentials: watched as never }).fetch(
          new Request(`https://fed${CHANGES}`, { headers }),
        )
      ).status,
    ).toBe(401);
    expect(asked).toEqual([]);
  },
);
