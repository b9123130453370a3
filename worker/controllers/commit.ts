// One commit of a controller. Lost races come back as Busy, so that the caller's loop reads again; nothing is ever half written.
import type { Commit, Op } from "../store/store.ts";
import { Busy, type Context } from "./context.ts";

/** @throws Busy when a row moved, Unavailable from the store */
export async function commit(context: Context, change: Commit): Promise<void> {
  if (change.ops.length === 0) return;
  if (change.ops.every((op) => op.op === "require")) {
    // Nothing to do, says what may be an outdated memory: no commit would find that out, so the store is asked.
    if (!context.fresh) throw new Busy("nothing to do as far as remembered");
    return;
  }
  const result = await context.store.commit({ ...change, ops: distinct(change.ops) });
  if (result.ok) return;
  const key = distinct(change.ops)[result.index]?.key;
  throw new Busy(`${result.reason}: ${key?.resource}/${key?.namespace}/${key?.name}`);
}

/** A key stands once in a commit: requiring it twice, or besides writing it, says nothing new. */
function distinct(ops: readonly Op[]): Op[] {
  const name = ({ key }: Op): string => `${key.resource}/${key.namespace}/${key.name}`;
  const written = new Set(ops.filter((op) => op.op !== "require").map(name));
  const required = new Set<string>();
  return ops.filter(
    (op) =>
      op.op !== "require" ||
      (!written.has(name(op)) && !required.has(name(op)) && required.add(name(op)) !== undefined),
  );
}
