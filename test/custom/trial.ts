// A federation over the memory store with its controllers and its live table of kinds, for tests of custom resources. One admin: "Bearer good".
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../../kinds/all.ts";
import type { Loose } from "../../kinds/object.ts";
import { createApp, type App } from "../../worker/app.ts";
import { bootstrap } from "../../worker/controllers/bootstrap.ts";
import { runControllers, type Controllers } from "../../worker/controllers/loop.ts";
import { hashToken, memoryCredentials } from "../../worker/store/credentials.ts";
import { liveKinds, type LiveKinds } from "../../worker/store/livekinds.ts";
import { openMemory } from "../../worker/store/memory.ts";

export interface CustomTrial {
  app: App;
  controllers: Controllers;
  kinds: LiveKinds;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Loose>;
  /** Until the table of kinds holds the kind, or does no more. */
  served(kind: string, there?: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function openCustomTrial(): Promise<CustomTrial> {
  const store = openMemory();
  const credentials = memoryCredentials();
  await credentials.setAdminToken(await hashToken("good"));
  const seams = { clock: Date.now, uid: () => crypto.randomUUID(), random: Math.random };
  const stopping = new AbortController();
  const { signal } = stopping;
  await bootstrap({ store, ...seams });
  const kinds = liveKinds({ builtIn: ROOT_KINDS, reader: store, signal, log: () => undefined });
  await kinds.ready;
  const controllers = runControllers({ store, ...seams, signal });
  const app = createApp({
    store,
    credentials,
    kinds,
    projections: ROOT_PROJECTIONS,
    presence: { seen: () => undefined },
    ...seams,
    openapi: async () => "",
  });
  return {
    app,
    controllers,
    kinds,
    async call(method, path, body, headers = {}) {
      const response = await app.fetch(
        new Request(`http://fed${path}`, {
          method,
          headers: { authorization: "Bearer good", "content-type": "application/json", ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      const text = await response.text();
      return { code: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
    },
    async served(kind, there = true) {
      await controllers.idle();
      for (let tries = 0; kinds.all.some((one) => one.kind === kind) !== there && tries < 500; tries++)
        await new Promise((resolve) => setTimeout(resolve, 2));
    },
    async stop() {
      stopping.abort();
      await controllers.stop();
    },
  };
}
