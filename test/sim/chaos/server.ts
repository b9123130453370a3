// The federation's side of a simulation: one database that lasts, and processes over it that do not. A killed process never speaks again, and
// what it was committing was committed, or was not.
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../../kinds/all.ts";
import { podTemplateHash } from "../../../core/schedule/revision.ts";
import { bootstrap } from "../../../worker/controllers/bootstrap.ts";
import { runControllers } from "../../../worker/controllers/loop.ts";
import { createPresence } from "../../../worker/controllers/presence.ts";
import { openMemory } from "../../../worker/store/memory.ts";
import type { Store } from "../../../worker/store/store.ts";
import { agentRoutes } from "../../../worker/wire/agentroutes.ts";
import { createApi } from "../../../worker/wire/api.ts";
import type { Documents } from "../../../worker/wire/options.ts";
import { statusOf } from "../../../worker/wire/status.ts";
import { VERSION_INFO } from "../../../worker/version.ts";

export interface Seams {
  clock: () => number;
  random: () => number;
  uid: () => string;
}

export interface Process {
  fetch(request: Request): Promise<Response>;
  /** Keys of its controllers that fail at the moment. */
  failing(): number;
  kill(): void;
}

export interface Server {
  store: Store;
  documents: Documents;
  seams: Seams;
}

export async function openServer(documents: Documents, seams: Seams): Promise<Server> {
  // WebCrypto answers from other threads, in no particular order.
  const store = Object.assign(openMemory(seams), {
    digest: async (value: string) => podTemplateHash(value),
  });
  await bootstrap({ store, ...seams });
  return { store, documents, seams };
}

/** The store as one process has it: after its death nothing answers, and a commit under way may have come through. */
function mortal(store: Store, random: () => number): { store: Store; die(): void } {
  let dead = false;
  const never = (): Promise<never> => new Promise(() => {});
  const pending = { ...store } as Record<string, unknown> & Store;
  for (const [name, method] of Object.entries(store)) {
    if (typeof method !== "function" || name === "watch") continue;
    pending[name] = async (...given: unknown[]) => {
      if (dead) return never();
      // Between the call and its effect, and between that and the answer, there is a moment to die in.
      await Promise.resolve();
      if (dead && random() < 0.5) return never();
      const answer: unknown = await (method as (...given: unknown[]) => unknown).apply(store, given);
      return dead ? never() : answer;
    };
  }
  return { store: pending, die: () => void (dead = true) };
}

export function startProcess(
  { store: database, documents, seams }: Server,
  log: (line: Record<string, unknown>) => void,
): Process {
  const { store, die } = mortal(database, seams.random);
  const stop = new AbortController();
  const presence = createPresence({
    store,
    clock: seams.clock,
    timeoutMs: 15_000,
    lease: { process: seams.uid(), everyMs: 5_000 },
  });
  const controllers = runControllers({ store, ...seams, signal: stop.signal, log });
  const shared = {
    kinds: { all: ROOT_KINDS },
    projections: ROOT_PROJECTIONS,
    documents,
    ...seams,
    version: VERSION_INFO,
  };
  const root = createApi({
    ...shared,
    reader: store,
    commit: (commit) => store.commit(commit),
    authenticate: async () => ({ name: "admin", groups: ["system:masters", "system:authenticated"] }),
  });
  const agents = agentRoutes({
    store,
    kinds: { all: ROOT_KINDS },
    presence,
    clock: seams.clock,
    credentials: { spendJoinToken: async () => undefined },
    // Who it is stands in the path, and nobody here lies.
    authenticateAgent: async (request) => new URL(request.url).pathname.split("/")[2],
  });
  let dead = false;
  return {
    async fetch(request) {
      if (dead) throw statusOf(new Error("killed"));
      const { pathname } = new URL(request.url);
      return pathname.includes("/hanse/v1/") ? agents.fetch(request) : root.fetch(request);
    },
    failing: () => controllers.failing(),
    kill() {
      dead = true;
      die();
      presence.stop();
      stop.abort();
    },
  };
}
