import type { Exchange } from "./exchange.ts";
import { methodNotAllowed } from "./status.ts";
export async function patch(_x: Exchange, _part?: "status"): Promise<Response> {
  throw methodNotAllowed();
}
