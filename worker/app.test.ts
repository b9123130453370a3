// Who may go where, over the whole application: every kind of caller against every kind of path.
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import { type App, createApp } from "./app.ts";
import { createJoinToken, hashToken, memoryCredentials } from "./store/credentials.ts";
import { openMemory } from "./store/memory.ts";
import type { Store } from "./store/store.ts";

const ADMIN = "the-admin-token-of-this-test";
const now = Date.parse("2026-11-23T12:00:00Z");
const credentials = memoryCredentials();
const seen: string[] = [];
let store: Store;
let app: App;
const tokens: Record<string, string | undefined> = { anonymous: undefined, wrong: "no-such-token", admin: ADMIN };

beforeAll(async () => {
  store = openMemory();
  app = createApp({
    store,
    credentials,
    kinds: ROOT_KINDS,
    projections: ROOT_PROJECTIONS,
    presence: { seen: (cluster) => void seen.push(cluster) },
    clock: () => now,
    uid: () => crypto.randomUUID(),
    random: Math.random,
    openapi: async () => "openapi: 3.1.0\n",
  });
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
