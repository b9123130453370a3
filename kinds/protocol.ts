// What an agent and the federation say to each other. Three requests, all made by the agent over HTTPS:
//
//   POST /hanse/v1/register                      one-off join token + public key -> the cluster's identity
//   GET  /clusters/<name>/hanse/v1/changes       the cluster's share after a cursor; holds the request open while there is none
//   POST /clusters/<name>/hanse/v1/reports       what the agent sees: per binding, and of the cluster
//
// The last two carry `Authorization: Bearer <JWT>` signed by the agent's own Ed25519 key (alg EdDSA; iss = sub = cluster name,
// aud = "hanse", iat, exp <= 120 s later). Errors are Kubernetes Status objects: 401 unknown key, 403 another cluster's
// path, 410 reason Expired (cursor behind compaction) or Diverged (the log does not hold the cursor's mark): the agent then relists
// with an empty cursor and only adds or updates.
import { z } from "zod";
import { ClusterStatusSchema } from "./cluster.ts";

/** "<epoch>.<version>.<mark>"; empty = from the beginning (relist). */
export const CursorSchema = z.string().regex(/^(|\d+\.\d+\.-?\d+)$/);

export const TemplateKeySchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  /** Plural path segment of the member's API, e.g. "deployments". */
  resource: z.string(),
  /** Absent for cluster-scoped kinds. */
  namespace: z.string().optional(),
  name: z.string(),
});

export const ItemSchema = z.object({
  /** The template's uid: the binding's identity. */
  uid: z.string(),
  /** Log version of the binding; items come in this order. */
  version: z.number().int(),
  /** Binding generation, named in reports. */
  generation: z.number().int(),
  key: TemplateKeySchema,
  /** "apply": own it. "ensure": create when absent, never change what exists (Namespace). */
  policy: z.enum(["apply", "ensure"]),
  /** Rank in which new objects are applied (ascending) and removed (descending): namespaces 0, followers 10, workloads 20. */
  rank: z.number().int(),
  /** The rendered object, ready for server-side apply; absent with a tombstone. */
  object: z.record(z.string(), z.unknown()).optional(),
  tombstone: z.object({ memberUid: z.string().optional() }).optional(),
  /** The member uid this agent last reported: lets an agent that lost its inventory know its own objects again. */
  memberUid: z.string().optional(),
});

export const ChangesSchema = z.object({
  cursor: CursorSchema,
  items: z.array(ItemSchema),
  /** False: ask again at once with this cursor. */
  complete: z.boolean(),
  /** True after this cluster's cursor once diverged: tombstones wait (P3) until an admin has confirmed the new epoch. */
  hold: z.boolean().optional(),
});

export const FailureSchema = z.object({
  reason: z.string(),
  message: z.string(),
  since: z.string(),
  permanent: z.boolean(),
});

export const ReportItemSchema = z.object({
  uid: z.string(),
  /** Binding generation applied; 0 when nothing was ever applied. */
  generation: z.number().int(),
  memberUid: z.string().optional(),
  memberGeneration: z.number().int().optional(),
  /** Absent: as last reported (an agent holds no statuses once they are acknowledged). */
  status: z.record(z.string(), z.unknown()).optional(),
  failure: FailureSchema.optional(),
  /** The tombstone of this binding is carried out: the object is gone from the member, or was never ours. */
  removed: z.boolean().optional(),
});

export const ReportsSchema = z.object({
  items: z.array(ReportItemSchema).max(1000),
  cluster: ClusterStatusSchema.omit({ conditions: true }).optional(),
});

export const ReportsAnswerSchema = z.object({
  /** uids the federation holds no binding for (any more): forget their reports. The objects stay until a tombstone says otherwise. */
  unknown: z.array(z.string()),
});

export const RegisterSchema = z.object({
  token: z.string(),
  /** Ed25519 public key as JWK (RFC 8037): kty OKP, crv Ed25519, x. */
  publicKey: z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() }),
  agentVersion: z.string(),
  clusterId: z.string().optional(),
});

export const RegisterAnswerSchema = z.object({
  /** The cluster name that the token was bound to. */
  cluster: z.string(),
  /** Identity of the federation; an agent keeps it and refuses another one. */
  federation: z.string(),
});

export type Item = z.infer<typeof ItemSchema>;
export type Changes = z.infer<typeof ChangesSchema>;
export type ReportItem = z.infer<typeof ReportItemSchema>;
export type Reports = z.infer<typeof ReportsSchema>;
export type ReportsAnswer = z.infer<typeof ReportsAnswerSchema>;
export type Register = z.infer<typeof RegisterSchema>;
export type RegisterAnswer = z.infer<typeof RegisterAnswerSchema>;

/** Longest time in seconds a changes request is held open (`wait`); below the ~100 s at which edge proxies cut idle streams. */
export const MAX_WAIT_SECONDS = 30;
/** Items in one answer. */
export const MAX_ITEMS = 500;
