// /status, /finalize, /scale, /render and the kind's own parts of one object.
import { bind } from "./bind.ts";
import { evict } from "./evict.ts";
import type { Exchange } from "./exchange.ts";
import { get } from "./get.ts";
import { isPosted } from "./parts.ts";
import { methodNotAllowed } from "./status.ts";
import { put } from "./update.ts";
import { patch } from "./patch.ts";
import { rendered } from "./render.ts";
import { scale } from "./scale.ts";

const POSTED: Readonly<Record<string, (x: Exchange) => Promise<Response>>> = { binding: bind, eviction: evict };

export function subresource(x: Exchange, verb: string): Promise<Response> {
  const name = x.target.subresource;
  if (isPosted(x.target.kind, name)) return POSTED[name]!(x);
  if (name === "scale") return scale(x, verb);
  if (name === "render") return rendered(x, verb);
  if (verb === "update") return put(x, name);
  // Namespaces are finalized by PUT alone.
  if (name === "finalize") throw methodNotAllowed();
  return verb === "get" ? get(x) : patch(x, name);
}
