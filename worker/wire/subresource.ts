// /status, /finalize and /scale of one object.
import type { Kind } from "../../kinds/kind.ts";
import type { Exchange } from "./exchange.ts";
import { get } from "./get.ts";
import { methodNotAllowed } from "./status.ts";
import { put } from "./update.ts";
import { patch } from "./patch.ts";
import { scale } from "./scale.ts";

export function hasSubresource(kind: Kind, name: string): boolean {
  return (
    (name === "status" && kind.status === true) ||
    (name === "scale" && kind.scale !== undefined) ||
    (name === "finalize" && kind.finalize === true)
  );
}

export function subresource(x: Exchange, verb: string): Promise<Response> {
  const name = x.target.subresource;
  if (name === "scale") return scale(x, verb);
  if (verb === "get" && name === "status") return get(x);
  if (verb === "update") return put(x, name as "status" | "finalize");
  if (verb === "patch" && name === "status") return patch(x, "status");
  throw methodNotAllowed();
}
