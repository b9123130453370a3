import type { Exchange } from "./exchange.ts";
import { methodNotAllowed } from "./status.ts";
export async function scale(_x: Exchange, _verb: string): Promise<Response> {
  throw methodNotAllowed();
}
