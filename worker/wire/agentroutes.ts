// The agent protocol's three routes (kinds/protocol.ts), mounted before the Kubernetes API. Everything else falls through.
// Each request of an agent is a sign of life of its cluster; a held-open one counts when it arrives, not for as long as it is held.
import { Hono } from "hono";
import type { KindTable } from "../../kinds/table.ts";
import type { Credentials } from "../store/credentials.ts";
import type { Store } from "../store/store.ts";
import { withActs } from "./acts.ts";
import { type AuthenticateAgent, requireAgent } from "./agentauth.ts";
import { createContents } from "./contentcache.ts";
import { parseAsk, pull, type PullParts } from "./pull.ts";
import { register } from "./register.ts";
import { report } from "./report.ts";
import { statusOf } from "./status.ts";

export interface AgentRoutes {
  store: Store;
  kinds: KindTable;
  credentials: Pick<Credentials, "spendJoinToken">;
  /** createAgentAuth(…) of agentauth.ts; the same function guards the agent's read of its own view. */
  authenticateAgent: AuthenticateAgent;
  presence: { seen(cluster: string): void };
  /** Milliseconds since the epoch. */
  clock: () => number;
}

export function agentRoutes(options: AgentRoutes): Hono {
  const { store, presence, authenticateAgent } = options;
  const parts: PullParts = { ...options, contents: createContents(store) };
  const app = new Hono();
  app.onError((error) => {
    const status = statusOf(error);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "cache-control": "no-cache, private",
    };
    const retryAfter = status.details?.retryAfterSeconds;
    if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
    return new Response(JSON.stringify(status), { status: status.code, headers });
  });
  app.post("/hanse/v1/register", async (c) => c.json(await register(options, c.req.raw), 201));
  app.get("/clusters/:name/hanse/v1/changes", async (c) => {
    const cluster = c.req.param("name");
    await requireAgent(authenticateAgent, c.req.raw, cluster);
    presence.seen(cluster);
    const asked = parseAsk(new URL(c.req.url), cluster, c.req.raw.signal);
    return c.json(await withActs(store, cluster, asked, (signal) => pull(parts, { ...asked, signal })));
  });
  app.post("/clusters/:name/hanse/v1/reports", async (c) => {
    const cluster = c.req.param("name");
    await requireAgent(authenticateAgent, c.req.raw, cluster);
    presence.seen(cluster);
    return c.json(await report(store, cluster, c.req.raw, { uid: () => crypto.randomUUID(), clock: options.clock }));
  });
  return app;
}
