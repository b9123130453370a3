// POST /apis/hanse.dev/v1alpha1/clusters/<name>/jointoken: a one-off token with which an agent registers as cluster <name>.
// Promises to create the token and nothing else: a cluster that does not exist is 404. The token is in the answer only; the
// store keeps its hash (P10).
import { CLUSTERS } from "../../kinds/cluster.ts";
import { JOIN_TOKEN_TTL_SECONDS, type JoinToken, JoinTokenRequestSchema } from "../../kinds/jointoken.ts";
import type { Reader } from "../store/store.ts";
import { readBody } from "./agentbody.ts";
import { methodNotAllowed, notFound } from "./status.ts";

const MAX_BODY_BYTES = 16 * 1024;
const CLUSTER = { group: "hanse.dev", resource: "clusters" };

export interface JoinOptions {
  reader: Reader;
  /** Keeps the hash of a new token that `cluster` may spend within `ttlMs`; returns the token. */
  createJoinToken(cluster: string, ttlMs: number): Promise<string>;
  /** Milliseconds since the epoch. */
  clock: () => number;
}

/** The caller has authenticated an admin. @throws ApiError */
export async function answerJoinToken(options: JoinOptions, request: Request, cluster: string): Promise<Response> {
  if (request.method !== "POST") throw methodNotAllowed();
  const wanted = await readBody(request, JoinTokenRequestSchema, MAX_BODY_BYTES);
  const row = await options.reader.get({ resource: CLUSTERS, namespace: "", name: cluster });
  if (row === undefined) throw notFound(CLUSTER, cluster);
  const seconds = wanted.spec?.expirationSeconds ?? JOIN_TOKEN_TTL_SECONDS;
  const now = options.clock();
  const answer: JoinToken = {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "JoinToken",
    metadata: { name: cluster, creationTimestamp: timestamp(now) },
    spec: { expirationSeconds: seconds },
    status: {
      token: await options.createJoinToken(cluster, seconds * 1000),
      expirationTimestamp: timestamp(now + seconds * 1000),
    },
  };
  return Response.json(answer, { status: 201, headers: { "cache-control": "no-store" } });
}

function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
