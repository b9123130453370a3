// DELETE of one object or of a collection. What happens to an object is in removal.ts; here is what is asked and what is answered.
import { deleteOptionsOf, type DeleteOptions } from "./deleteoptions.ts";
import { type Exchange, send, sendStored } from "./exchange.ts";
import { find, sendList } from "./list.ts";
import { listOptionsOf } from "./listoptions.ts";
import { remove } from "./removal.ts";
import { ApiError, successStatus } from "./status.ts";
import { committer } from "./write.ts";

/** Jobs leave their pods behind unless told otherwise, and say so. */
function warn(x: Exchange, o: DeleteOptions): void {
  const { deleteWarning } = x.target.kind;
  if (deleteWarning !== undefined && o.propagationPolicy === undefined && o.orphanDependents === undefined) {
    x.warnings.push(deleteWarning);
  }
}

export async function del(x: Exchange): Promise<Response> {
  const o = await deleteOptionsOf(x);
  warn(x, o);
  const { kind, name } = x.target;
  const removed = await remove(x, name, o);
  const code = !removed.gone && o.orphanDependents === false ? 202 : 200;
  if (removed.asStatus && !kind.returnsDeleted) {
    const { code: _shown, ...status } = successStatus(kind, name, removed.object.metadata.uid);
    return send(x, code, JSON.stringify(status));
  }
  return sendStored(x, code, removed.value, removed.version);
}

export async function deleteCollection(x: Exchange): Promise<Response> {
  committer(x);
  const listOptions = listOptionsOf(x);
  const o = await deleteOptionsOf(x);
  warn(x, o);
  const found = await find(x, listOptions);
  for (const row of found.rows) {
    const one: Exchange = { ...x, target: { ...x.target, namespace: row.namespace, name: row.name } };
    try {
      await remove(one, row.name, o);
    } catch (error) {
      if (!(error instanceof ApiError && error.status.code === 404)) throw error;
    }
  }
  return sendList(x, listOptions, found);
}
