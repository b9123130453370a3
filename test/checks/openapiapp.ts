// The whole application over the memory store, as the tests of openapi.yaml ask it: no network, no controllers.
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import { createApp } from "../../worker/app.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { createJoinToken, hashToken, memoryCredentials } from "../../worker/store/credentials.ts";
import { openMemory } from "../../worker/store/memory.ts";

const ADMIN = "the-admin-token-of-this-test";

/** `fetch` answers as the federation does; `headers` make the caller an admin, `agentHeaders` the agent of a cluster. */
export async function openApp(openapi: () => string) {
  const store = openMemory();
  const credentials = memoryCredentials();
  await credentials.setAdminToken(await hashToken(ADMIN));
  const seams = { clock: Date.now, uid: () => crypto.randomUUID(), random: Math.random };
  await bootstrap({ store, ...seams });
  const app = createApp({
    store,
    credentials,
    kinds: { all: ROOT_KINDS },
    projections: ROOT_PROJECTIONS,
    presence: { seen: () => {} },
    ...seams,
    openapi: async () => openapi(),
  });
  async function agentHeaders(cluster: string): Promise<Record<string, string>> {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
    const { x } = await exportJWK(publicKey);
    const token = await createJoinToken(credentials, { cluster, ttlMs: 60_000, now: Date.now() });
    await credentials.spendJoinToken({ hash: await hashToken(token), publicKey: x!, now: Date.now() });
    const jwt = new SignJWT().setProtectedHeader({ alg: "EdDSA" }).setIssuer(cluster).setSubject(cluster);
    const signed = await jwt.setAudience("hanse").setIssuedAt().setExpirationTime("60s").sign(privateKey);
    return { authorization: `Bearer ${signed}` };
  }
  return {
    agentHeaders,
    fetch: (input: string | URL | Request, init?: RequestInit) => app.fetch(new Request(input, init)),
    headers: { authorization: `Bearer ${ADMIN}` },
  };
}
