// One commit of a controller. Lost races come back as Busy, so that the caller's loop reads again; nothing is ever half written.
import type { Commit } from "../store/store.ts";
import { Busy, type Context } from "./context.ts";

/** @throws Busy when a row moved, Unavailable from the store */
export async function commit(context: Context, change: Commit): Promise<void> {
  if (!change.ops.some((op) => op.op !== "require")) return;
  const result = await context.store.commit(change);
  if (result.ok) return;
  const key = change.ops[result.index]?.key;
  throw new Busy(`${result.reason}: ${key?.resource}/${key?.namespace}/${key?.name}`);
}
