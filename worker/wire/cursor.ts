// The cursor an agent hands back: which version it has got to, in which life of the data, and the random mark of that commit (P3), sealed with the
// federation's key. A mark the log does not know means that the data is not what the agent knew: it is then told so, and nothing it holds
// is deleted. The seal says whether it was this federation's data that is lost, or only the agent's memory that is wrong.
import { CursorSchema } from "../../kinds/protocol.ts";
import type { Store } from "../store/store.ts";
import { ApiError, badRequest } from "./status.ts";

export interface Cursor {
  epoch: number;
  version: number;
  mark: number;
  /** Absent on cursors of before there were seals. */
  seal?: string;
}

/** Undefined for the empty cursor: from the beginning. */
export function parseCursor(text: string): Cursor | undefined {
  if (!CursorSchema.safeParse(text).success) throw badRequest(`invalid cursor ${JSON.stringify(text.slice(0, 100))}`);
  if (text === "") return undefined;
  const [epoch, version, mark, seal] = text.split(".");
  return {
    epoch: Number(epoch),
    version: Number(version),
    mark: Number(mark),
    ...(seal === undefined ? {} : { seal }),
  };
}

const formatCursor = ({ epoch, version, mark }: Cursor): string => `${epoch}.${version}.${mark}`;

export type Verdict = "Expired" | "Diverged";

/**
 * What the log says of a cursor whose mark it does not have there; `mark` is Store.mark(cursor.version). A commit that the log no longer holds: below the horizon of the
 * same epoch it was compacted; anywhere else nobody can tell that it ever was in this log.
 */
export function judge(cursor: Cursor, log: { epoch: number; compacted: number; mark: number | undefined }): Verdict {
  if (log.mark !== undefined) return "Diverged";
  return cursor.epoch === log.epoch && cursor.version <= log.compacted ? "Expired" : "Diverged";
}

export function goneFor(verdict: Verdict, cursor: Cursor): ApiError {
  const text = `cursor ${formatCursor(cursor)} is ${verdict === "Expired" ? "behind compaction" : "not of this log"}: list again without one`;
  return new ApiError(410, verdict, text);
}

/** The cursor of that cluster for everything at or below `version`. */
export async function cursorAt(
  store: Pick<Store, "mark" | "epoch" | "digest">,
  cluster: string,
  version: number,
): Promise<string> {
  const [mark, { epoch }] = await Promise.all([store.mark(version), store.epoch()]);
  // Version 0, an empty log, has no commit: its cursor is the empty one.
  if (mark === undefined) return "";
  const cursor = { epoch, version, mark };
  return `${formatCursor(cursor)}.${await sealOf(store, cluster, cursor)}`;
}

/** Whether this federation gave that cluster this cursor, in whatever life of its data: the key is part of every dump. */
export async function isSealed(store: Pick<Store, "digest">, cluster: string, cursor: Cursor): Promise<boolean> {
  return cursor.seal !== undefined && cursor.seal === (await sealOf(store, cluster, cursor));
}

/** 96 bits of an HMAC. No content of an object reads like what is digested here. */
async function sealOf(store: Pick<Store, "digest">, cluster: string, cursor: Cursor): Promise<string> {
  return (await store.digest(`cursor of ${cluster}: ${formatCursor(cursor)}`)).slice(0, 16);
}
