// GET of one object. resourceVersion on a get is a lower bound: N newer than the store's is waited for, then 504.
import { type Exchange, keyOf, sendStored } from "./exchange.ts";
import { notFound } from "./status.ts";
import { atLeast, versionOf } from "./version.ts";

export async function get(x: Exchange): Promise<Response> {
  const asked = x.query.get("resourceVersion");
  if (asked !== null && asked !== "" && asked !== "0") await atLeast(x.reader, versionOf(asked));
  const row = await x.reader.get(keyOf(x.target));
  if (row === undefined) throw notFound(x.target.kind, x.target.name);
  return sendStored(x, 200, row.value, row.version);
}
