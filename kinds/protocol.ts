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
// The descriptions below are what openapi.yaml says of each field.
import { z } from "zod";
import { ClusterStatusSchema } from "./cluster.ts";

export const CursorSchema = z
  .string()
  .regex(/^(|\d+\.\d+\.-?\d+)$/)
  .describe('"<epoch>.<version>.<mark>", kept and sent back as it is; empty = from the beginning (relist).');

export const TemplateKeySchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  resource: z.string().describe('Plural path segment of the member\'s API, e.g. "deployments".'),
  namespace: z.string().optional().describe("Absent for cluster-scoped kinds."),
  name: z.string(),
});

export const ItemSchema = z.object({
  uid: z.string().describe("The template's uid: the binding's identity."),
  version: z.number().int().describe("Log version of the binding; items come in this order."),
  generation: z.number().int().describe("Binding generation, named in reports."),
  key: TemplateKeySchema,
  policy: z
    .enum(["apply", "ensure"])
    .describe("apply: own it. ensure: create when absent, never change what exists (Namespace)."),
  rank: z
    .number()
    .int()
    .describe(
      "Rank in which new objects are applied (ascending) and removed (descending): namespaces 0, followers 10, workloads 20.",
    ),
  object: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("The rendered object, ready for server-side apply; absent with a tombstone."),
  once: z
    .boolean()
    .optional()
    .describe(
      "True for what runs to its end: once made it is never made again; gone, it is reported as failed for good.",
    ),
  tombstone: z
    .object({
      memberUid: z.string().optional(),
      orphan: z.boolean().optional().describe("Leave what the object made in the cluster (propagationPolicy Orphan)."),
      graceSeconds: z
        .number()
        .int()
        .optional()
        .describe("gracePeriodSeconds of the deletion; absent: the object's own."),
    })
    .optional()
    .describe("Remove the object, if it is still the one with this member uid. Nothing but a tombstone deletes."),
  memberUid: z
    .string()
    .optional()
    .describe(
      "The member uid this agent last reported: lets an agent that lost its inventory know its own objects again.",
    ),
});

export const ChangesSchema = z.object({
  cursor: CursorSchema,
  items: z.array(ItemSchema),
  complete: z.boolean().describe("False: ask again at once with this cursor."),
  hold: z
    .boolean()
    .optional()
    .describe(
      "True after this cluster's cursor once diverged: tombstones wait until an admin has confirmed the new epoch.",
    ),
});

export const FailureSchema = z.object({
  reason: z.string(),
  message: z.string(),
  since: z.string(),
  permanent: z.boolean(),
});

export const ReportItemSchema = z.object({
  uid: z.string(),
  generation: z.number().int().describe("Binding generation applied; 0 when nothing was ever applied."),
  memberUid: z.string().optional(),
  memberGeneration: z.number().int().optional(),
  status: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("Absent: as last reported (an agent holds no statuses once they are acknowledged)."),
  failure: FailureSchema.optional(),
  removed: z
    .boolean()
    .optional()
    .describe("The tombstone of this binding is carried out: the object is gone from the member, or was never ours."),
});

export const ReportsSchema = z.object({
  items: z.array(ReportItemSchema).max(1000),
  cluster: ClusterStatusSchema.omit({ conditions: true }).optional(),
});

export const ReportsAnswerSchema = z.object({
  unknown: z
    .array(z.string())
    .describe(
      "uids the federation holds no binding for (any more): forget their reports. The objects stay until a tombstone says otherwise.",
    ),
});

export const RegisterSchema = z.object({
  token: z.string().describe("The one-off join token; it is spent by this."),
  publicKey: z
    .object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() })
    .describe("Ed25519 public key as JWK (RFC 8037)."),
  agentVersion: z.string(),
  clusterId: z.string().optional(),
});

export const RegisterAnswerSchema = z.object({
  cluster: z.string().describe("The cluster name that the token was bound to."),
  federation: z.string().describe("Identity of the federation; an agent keeps it and refuses another one."),
});

export type Item = z.infer<typeof ItemSchema>;
export type Changes = z.infer<typeof ChangesSchema>;
export type ReportItem = z.infer<typeof ReportItemSchema>;
export type Reports = z.infer<typeof ReportsSchema>;
export type ReportsAnswer = z.infer<typeof ReportsAnswerSchema>;
export type RegisterAnswer = z.infer<typeof RegisterAnswerSchema>;

/** Longest time in seconds a changes request is held open (`wait`); below the ~100 s at which edge proxies cut idle streams. */
export const MAX_WAIT_SECONDS = 30;
/** Items in one answer. */
export const MAX_ITEMS = 500;
