// /status, /finalize, /scale and the kind's own parts of one object.
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
    (name === "finalize" && kind.finalize === true) ||
    kind.parts?.[name] !== undefined
  );
}

export function subresource(x: Exchange, verb: string): Promise<Response> {
  const name = x.target.subresource;
  if (name === "scale") return scale(x, verb);
  if (verb === "update") return put(x, name);
  // Namespaces are finalized by PUT alone.
  if (name === "finalize") throw methodNotAllowed();
  return verb === "get" ? get(x) : patch(x, name);
}
