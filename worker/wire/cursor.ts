// The cursor an agent hands back: which version it has got to, in which life of the data, and the random mark of that commit (P3).
// A mark the log does not know means that the data was replaced: the agent is then told so, and nothing it holds is deleted.
import { CursorSchema } from "../../kinds/protocol.ts";
import type { Store } from "../store/store.ts";
import { ApiError, badRequest } from "./status.ts";

export interface Cursor {
  epoch: number;
  version: number;
  mark: number;
}

/** Undefined for the empty cursor: from the beginning. */
export function parseCursor(text: string): Cursor | undefined {
  if (!CursorSchema.safeParse(text).success) throw badRequest(`invalid cursor ${JSON.stringify(text.slice(0, 100))}`);
  if (text === "") return undefined;
  const [epoch = 0, version = 0, mark = 0] = text.split(".").map(Number);
  return { epoch, version, mark };
}

const formatCursor = ({ epoch, version, mark }: Cursor): string => `${epoch}.${version}.${mark}`;

export type Verdict = "valid" | "Expired" | "Diverged";

/**
 * What the log says of a cursor; `mark` is Store.mark(cursor.version). A commit that the log no longer holds: below the horizon of the
 * same epoch it was compacted; anywhere else nobody can tell that it ever was in this log.
 */
export function judge(cursor: Cursor, log: { epoch: number; compacted: number; mark: number | undefined }): Verdict {
  if (log.mark !== undefined) return log.mark === cursor.mark ? "valid" : "Diverged";
  return cursor.epoch === log.epoch && cursor.version <= log.compacted ? "Expired" : "Diverged";
}

export function goneFor(verdict: "Expired" | "Diverged", cursor: Cursor): ApiError {
  const text = `cursor ${formatCursor(cursor)} is ${verdict === "Expired" ? "behind compaction" : "not of this log"}: list again without one`;
  return new ApiError(410, verdict, text);
}

/** The cursor for everything at or below `version`. */
export async function cursorAt(store: Pick<Store, "mark" | "epoch">, version: number): Promise<string> {
  const [mark, { epoch }] = await Promise.all([store.mark(version), store.epoch()]);
  // Version 0, an empty log, has no commit: its cursor is the empty one.
  return mark === undefined ? "" : formatCursor({ epoch, version, mark });
}
