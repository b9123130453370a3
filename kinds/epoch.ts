// GET /hanse/v1/epoch and POST /hanse/v1/epoch/confirm: which life of the data this is, which clusters hold their deletions back after a restore,
// what would be deleted there once they no longer do, and what stands there that the data knows nothing of.
// The descriptions below are what openapi.yaml says of each field.
import { z } from "zod";

/** Deletions and orphans that are named, of each cluster; the counts are always whole. */
export const EPOCH_NAMED = 100;
/** The same where one cluster is asked for. */
export const EPOCH_NAMED_ONE = 10_000;

const NamedSchema = z.object({
  resource: z.string().describe('"deployments.apps"'),
  namespace: z.string().describe("Empty for cluster-scoped kinds."),
  name: z.string(),
  memberUid: z.string().optional().describe("metadata.uid of the object in the cluster, as far as it was reported."),
  since: z.string().describe("RFC 3339: when its deletion was decided; when an orphan was first reported."),
});

export const EpochClusterSchema = z.object({
  cluster: z.string(),
  ready: z.boolean().describe("Its agent is heard; of a cluster that is not, orphans may be missing."),
  held: z
    .object({
      since: z.string().describe("RFC 3339."),
      version: z.number().int().describe("Goes back with the confirmation."),
    })
    .optional()
    .describe("Its deletions wait. Absent: they do not."),
  waiting: z.number().int().describe("How many deletions wait for the confirmation."),
  deletions: z.array(NamedSchema).describe("Which ones: what confirming deletes."),
  orphaned: z.number().int().describe("How many objects an agent made there that nothing here is about."),
  orphans: z.array(NamedSchema).describe("Which ones: nobody deletes them, before or after."),
});

export const EpochSchema = z.object({
  epoch: z.number().int().describe("0: the first life of the data."),
  since: z.string().optional().describe("RFC 3339: when it was opened."),
  seen: z.string().optional().describe("By what the restore was seen."),
  clusters: z.array(EpochClusterSchema).describe("Those that hold deletions, or have orphans."),
});

export const EpochConfirmSchema = z.object({
  epoch: z.number().int().describe("As it was shown."),
  clusters: z
    .array(z.object({ cluster: z.string(), version: z.number().int(), waiting: z.number().int() }))
    .min(1)
    .max(10_000)
    .describe("Held clusters as they were shown. Any other by now: 409, and nothing is confirmed."),
});

export const EpochConfirmedSchema = z.object({ confirmed: z.array(z.string()) });

export type EpochNamed = z.infer<typeof NamedSchema>;
export type EpochCluster = z.infer<typeof EpochClusterSchema>;
export type EpochView = z.infer<typeof EpochSchema>;
export type EpochConfirm = z.infer<typeof EpochConfirmSchema>;
export type EpochConfirmed = z.infer<typeof EpochConfirmedSchema>;
