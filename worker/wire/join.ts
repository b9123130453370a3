// POST /apis/hanse.dev/v1alpha1/clusters/<name>/jointoken: a one-off token with which an agent registers as cluster <name>.
// Promises to create the token and nothing else: a cluster that does not exist is 404. The token is in the answer only; the
// store keeps its hash (P10).
import { CLUSTERS } from "../../kinds/cluster.ts";
import { JOIN_TOKEN_TTL_SECONDS, type JoinToken, JoinTokenRequestSchema } from "../../kinds/jointoken.ts";
import type { Reader } from "../store/store.ts";
import { ApiError, badRequest, methodNotAllowed, notFound, tooLargeBody } from "./status.ts";

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
export async function createJoinToken(options: JoinOptions, request: Request, cluster: string): Promise<Response> {
  if (request.method !== "POST") throw methodNotAllowed();
  const wanted = await readRequest(request);
  const row = await options.reader.get({ resource: CLUSTERS, namespace: "", name: cluster });
  if (row === undefined) throw notFound(CLUSTER, cluster);
  const seconds = wanted.spec?.expirationSeconds ?? JOIN_TOKEN_TTL_SECONDS;
  const now = options.clock();
  const answer: JoinToken = {
    apiVersion: "hanse.dev/v1alpha1",
    kind: "JoinToken",
    metadata: { name: cluster, creationTimestamp: timestamp(now) },
    spec: { expirationSeconds: seconds },
    status: { token: await options.createJoinToken(cluster, seconds * 1000), expirationTimestamp: timestamp(now + seconds * 1000) },
  };
  return Response.json(answer, { status: 201, headers: { "cache-control": "no-store" } });
}

async function readRequest(request: Request) {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MAX_BODY_BYTES) throw tooLargeBody(`limit is ${MAX_BODY_BYTES}`);
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) throw tooLargeBody(`limit is ${MAX_BODY_BYTES}`);
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw badRequest("the body is not JSON");
  }
  const parsed = JoinTokenRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const causes = parsed.error.issues.map((issue) => ({
    reason: "FieldValueInvalid",
    message: issue.message,
    field: issue.path.join("."),
  }));
  const text422 = causes.map((cause) => `${cause.field}: ${cause.message}`).join(", ");
  throw new ApiError(422, "Invalid", `JoinToken.hanse.dev "" is invalid: ${text422}`, { group: "hanse.dev", kind: "JoinToken", causes });
}

function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
