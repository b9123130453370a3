// Agents prove who they are with a short-lived JWT signed by their own Ed25519 key (kinds/protocol.ts). Promises (P10): a token
// names exactly one cluster, opens nothing but that cluster's paths, and is worth nothing 120 s after it was made.
import { decodeJwt, importJWK, jwtVerify } from "jose";
import type { Credentials } from "../store/credentials.ts";
import { ApiError, unauthorized } from "./status.ts";
import { bearerToken } from "./users.ts";

const AGENT_AUDIENCE = "hanse";
/** Seconds a token may live, and how far two clocks may be apart. */
const MAX_LIFE_S = 120;
const SKEW_S = 30;
/** How long a key is used without asking again: also how long a revoked agent may go on. */
const KEY_TTL_MS = 5_000;
/** A token that fails under a key older than this is tried once more with the key read anew: the agent may just have joined again. */
const KEY_FRESH_MS = 500;
const MAX_KEYS = 10_000;
/** RFC 1123 label, as Cluster's names are. */
const CLUSTER_NAME = /^[a-z0-9-]{1,63}$/;

export interface AgentAuthOptions {
  credentials: Pick<Credentials, "agentKey">;
  /** Milliseconds since the epoch. */
  clock: () => number;
}

/** The name of the cluster whose agent signed the request; undefined when it carries no valid token of an agent. */
export type AuthenticateAgent = (request: Request) => Promise<string | undefined>;

type Key = Awaited<ReturnType<typeof importJWK>>;

export function createAgentAuth({ credentials, clock }: AgentAuthOptions): AuthenticateAgent {
  const keys = new Map<string, { x: string; key: Key; at: number }>();

  async function keyOf(cluster: string, maxAgeMs: number): Promise<Key | undefined> {
    const known = keys.get(cluster);
    if (known !== undefined && clock() - known.at < maxAgeMs) return known.key;
    const x = await credentials.agentKey(cluster);
    if (x === undefined) {
      keys.delete(cluster);
      return undefined;
    }
    const key = known?.x === x ? known.key : await importJWK({ kty: "OKP", crv: "Ed25519", x }, "EdDSA");
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(cluster, { x, key, at: clock() });
    return key;
  }

  return async (request) => {
    const token = bearerToken(request);
    // A JWT has two dots; join and admin tokens have none or one.
    if (token === undefined || token.length > 2048 || token.split(".").length !== 3) return undefined;
    let cluster: unknown;
    try {
      cluster = decodeJwt(token).sub;
    } catch {
      return undefined;
    }
    // Nobody has proved anything yet: what is no cluster's name does not get to the database.
    if (typeof cluster !== "string" || !CLUSTER_NAME.test(cluster)) return undefined;
    // The store's own errors (Unavailable) are not the agent's fault: they go up and become 429 or 504.
    const key = await keyOf(cluster, KEY_TTL_MS);
    if (key === undefined) return undefined;
    if (await verifies(token, cluster, key, clock())) return cluster;
    const newer = await keyOf(cluster, KEY_FRESH_MS);
    return newer !== undefined && newer !== key && (await verifies(token, cluster, newer, clock()))
      ? cluster
      : undefined;
  };
}

async function verifies(token: string, cluster: string, key: Key, nowMs: number): Promise<boolean> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ["EdDSA"],
      audience: AGENT_AUDIENCE,
      issuer: cluster,
      subject: cluster,
      requiredClaims: ["iat", "exp"],
      clockTolerance: SKEW_S,
      currentDate: new Date(nowMs),
    });
    const { iat = 0, exp = 0 } = payload;
    return exp - iat <= MAX_LIFE_S && iat * 1000 <= nowMs + SKEW_S * 1000;
  } catch {
    return false;
  }
}

/** Throws 401 without a valid agent token, 403 when it is another cluster's. */
export async function requireAgent(authenticate: AuthenticateAgent, request: Request, cluster: string): Promise<void> {
  const agent = await authenticate(request);
  if (agent === undefined) throw unauthorized();
  if (agent !== cluster) {
    throw new ApiError(
      403,
      "Forbidden",
      `clusters.hanse.dev "${cluster}" is forbidden: agent "${agent}" has its own cluster only`,
    );
  }
}
