// The table of kinds as the log says it is now: what a CustomResourceDefinition adds is served from the moment its commit is seen, in every
// process, without a statement per request.
import { DEFINITIONS } from "../../kinds/customresourcedefinition.ts";
import { createServed } from "../../kinds/custom/served.ts";
import type { Kind } from "../../kinds/kind.ts";
import type { KindTable } from "../../kinds/table.ts";
import { mirror } from "./mirror.ts";
import type { Reader } from "./store.ts";

export interface LiveKinds extends KindTable {
  /** Resolves when all that was established at the start is served. */
  ready: Promise<void>;
}

export function liveKinds(options: {
  builtIn: readonly Kind[];
  reader: Pick<Reader, "list" | "watch">;
  signal: AbortSignal;
  log(line: Record<string, unknown>): void;
}): LiveKinds {
  const served = createServed(options.builtIn, (definition, error) =>
    options.log({ event: "definition-not-served", definition, message: String(error) }),
  );
  let all = options.builtIn;
  const definitions = mirror({
    reader: options.reader,
    resources: [DEFINITIONS],
    signal: options.signal,
    changed: () => (all = served(definitions.rows(DEFINITIONS))),
  });
  return {
    ready: definitions.ready,
    get all() {
      return all;
    },
  };
}
