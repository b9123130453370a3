// JoinToken: what POST /apis/hanse.dev/v1alpha1/clusters/<name>/jointoken takes and answers (the shape of a TokenRequest).
// Not stored as an object: the store keeps a hash of the token, its cluster and its end.
import { z } from "zod";

export const JOIN_TOKEN_TTL_SECONDS = 3600;
const MAX_TTL_SECONDS = 7 * 24 * 3600;

export const JoinTokenRequestSchema = z.object({
  apiVersion: z.literal("hanse.dev/v1alpha1").optional(),
  kind: z.literal("JoinToken").optional(),
  spec: z
    .object({
      expirationSeconds: z
        .number()
        .int()
        .min(60)
        .max(MAX_TTL_SECONDS)
        .optional()
        .describe("For how long the token may be spent; 3600 unless told."),
    })
    .optional(),
});

export const JoinTokenSchema = z.object({
  apiVersion: z.literal("hanse.dev/v1alpha1"),
  kind: z.literal("JoinToken"),
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  spec: z.object({ expirationSeconds: z.number().int() }),
  status: z.object({
    token: z.string().describe("Shown this once; the federation keeps its hash."),
    expirationTimestamp: z.string(),
  }),
});

export type JoinToken = z.infer<typeof JoinTokenSchema>;
