// What scheduling answers, however a workload is placed.
import type { Verdict } from "./decision.ts";
import type { Division } from "./share.ts";

export interface Plan {
  division: Division;
  /** What is divided; everywhere: what each cluster that is meant should have, added up; whole: 1. Equals shares + unplaced (P7). */
  replicas: number;
  shares: Record<string, number>;
  unplaced: number;
  verdicts: Verdict[];
  /** When a share here is next due to leave its cluster though nothing changes, in epoch ms. */
  dueMs?: number;
  /** As in Decision. */
  pods?: number;
  lost?: string;
  gated?: true;
  missing?: string[];
}
