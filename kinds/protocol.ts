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
  .regex(/^(|\d+\.\d+\.-?\d+(\.[\w-]{1,43})?)$/)
  .describe('"<epoch>.<version>.<mark>.<seal>", kept and sent back as it is; empty = from the beginning (relist).');

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
      "Rank in which new objects are applied (ascending) and removed (descending): namespaces 0, followers 10, workloads 20, what scales them 30.",
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
  resized: z
    .number()
    .int()
    .optional()
    .describe(
      "Binding generation at which people last set its replicas: applied once, even where an autoscaler of the member has set others since.",
    ),
  adopt: z.boolean().optional().describe("True: an object of this name that is not ours is taken over."),
  reportDrift: z.boolean().optional().describe("True: a field of ours that was changed is reported and left."),
  alone: z.boolean().optional().describe("True: nothing is applied to an object in which others own fields."),
  ignoreFields: z
    .array(z.string())
    .optional()
    .describe("JSON pointers (RFC 6901) to fields that are set when the object is made and left alone after."),
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

export const ActSchema = z.object({
  uid: z.string().describe("uid of the object in the member; nothing is done to another one."),
  op: z.enum(["delete", "evict"]).describe("evict: the member's PodDisruptionBudgets are asked."),
  resource: z.enum(["pods"]),
  namespace: z.string(),
  name: z.string(),
  graceSeconds: z.number().int().min(0).optional().describe("gracePeriodSeconds; absent: the object's own."),
});

export const ChangesSchema = z.object({
  cursor: CursorSchema,
  items: z.array(ItemSchema),
  complete: z.boolean().describe("False: ask again at once with this cursor."),
  acts: z
    .array(ActSchema)
    .optional()
    .describe("Asked of objects that the agent reported: done once, then said in reports (observed.acted)."),
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
  scaled: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      "Its spec.replicas in the member, where an autoscaler there sets them. Goes with the status: with one, absent says that none does.",
    ),
  failure: FailureSchema.optional(),
  removed: z
    .boolean()
    .optional()
    .describe("The tombstone of this binding is carried out: the object is gone from the member, or was never ours."),
  key: TemplateKeySchema.optional().describe(
    "Of a binding that the federation said it does not know: the object that stands there, so that people hear of it.",
  ),
});

export const OBSERVED_RESOURCES = ["pods", "endpointslices.discovery.k8s.io"] as const;

export const ObservedItemSchema = z.object({
  uid: z.string().describe("Binding that it belongs to: its chain of owners leads to that binding's object."),
  resource: z.enum(OBSERVED_RESOURCES),
  object: z
    .record(z.string(), z.unknown())
    .describe("The member's object without managedFields; its metadata.uid is the member's."),
});

export const ObservedGoneSchema = z.object({
  resource: z.enum(OBSERVED_RESOURCES),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
});

export const ObservedSchema = z.object({
  upserts: z.array(ObservedItemSchema).max(500),
  gone: z.array(ObservedGoneSchema).max(1000),
  only: z
    .object({ resource: z.enum(OBSERVED_RESOURCES), uids: z.array(z.string()).max(50_000) })
    .optional()
    .describe(
      "All there are of that resource: others of this cluster are forgotten. Said once where the agent does not know what it said.",
    ),
  acted: z.array(z.string()).max(1000).optional().describe("Acts that are done, or cannot be."),
});

export const MemberEventSchema = z.object({
  uid: z.string().describe("Binding that it is about."),
  involved: z.object({
    apiVersion: z.string().optional(),
    kind: z.string(),
    name: z.string(),
    uid: z.string(),
    fieldPath: z.string().optional(),
  }),
  reason: z.string().max(128),
  message: z.string().max(1024),
  count: z.number().int(),
  first: z.string().describe("RFC 3339."),
  last: z.string().describe("RFC 3339."),
  component: z.string().describe("Who said it in the member: source.component."),
});

export const ReportsSchema = z.object({
  items: z.array(ReportItemSchema).max(1000),
  observed: ObservedSchema.optional().describe("What placed workloads made in the member, as far as it changed."),
  events: z.array(MemberEventSchema).max(100).optional().describe("Warnings in the member about what was placed."),
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

export type MemberAct = z.infer<typeof ActSchema>;
export type Observed = z.infer<typeof ObservedSchema>;
export type ObservedItem = z.infer<typeof ObservedItemSchema>;
export type ObservedGone = z.infer<typeof ObservedGoneSchema>;
export type ObservedResource = (typeof OBSERVED_RESOURCES)[number];
export type MemberEvent = z.infer<typeof MemberEventSchema>;
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
