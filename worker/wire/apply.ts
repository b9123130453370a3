import type { Exchange } from "./exchange.ts";
import { methodNotAllowed } from "./status.ts";
import type { Written } from "./write.ts";
import type { WriteOptions } from "./writeoptions.ts";

export async function apply(_x: Exchange, _options: WriteOptions, _part?: "status"): Promise<Written> {
  throw methodNotAllowed();
}
