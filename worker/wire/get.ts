// GET of one object. resourceVersion on a get is a lower bound: N newer than the store's is waited for, then 504.
import { type Exchange, keyOf, sendStored } from "./exchange.ts";
import { invalidVersion, notFound } from "./status.ts";
import { atLeast, versionError } from "./version.ts";

export async function get(x: Exchange): Promise<Response> {
  const asked = x.query.get("resourceVersion");
  if (asked !== null && asked !== "" && asked !== "0") {
    const bad = versionError(asked);
    if (bad !== undefined) throw invalidVersion(asked, bad);
    await atLeast(x.reader, Number(asked));
  }
  const row = await x.reader.get(keyOf(x.target));
  if (row === undefined) throw notFound(x.target.kind, x.target.name);
  return sendStored(x, 200, row.value, row.version);
}
