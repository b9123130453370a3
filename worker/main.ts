// The federation on Cloudflare Workers: the same app and controllers as on Node, over Postgres through Hyperdrive.
//
//   fetch ──► the one Durable Object "Federation" ──► app ──► store ──► Hyperdrive ──► Postgres
//   cron ───► wakes it (safety net)                └─► controllers, presence; its own alarm while agents are about
//
// Promises: no session state in the database (Hyperdrive pools by transaction). An object that was put to sleep loses nothing: the
// controllers go on from the position that the log keeps. Hyperdrive's query cache must be off (DESIGN section 7).
import { DurableObject } from "cloudflare:workers";
import postgres from "postgres";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import openapi from "../openapi.yaml";
import { type App, createApp } from "./app.ts";
import { bootstrap } from "./controllers/bootstrap.ts";
import { type Controllers, runControllers } from "./controllers/loop.ts";
import { createPresence } from "./controllers/presence.ts";
import { hashToken } from "./store/credentials.ts";
import { starting } from "./starting.ts";
import { postgresCredentials } from "./store/credentials.postgres.ts";
import { migrate } from "./store/migrate.ts";
import { liveKinds } from "./store/livekinds.ts";
import { openPostgres } from "./store/postgres.ts";
import { rbacAuthorizer } from "./wire/authorizer.ts";
import { openEpochIfMoved } from "./wire/openepoch.ts";
import { isWatchSocket, readHandshake, sendLines } from "./wire/websocket.ts";

const PRESENCE_TIMEOUT_MS = 15_000;
/** How often the object is woken while agents have been heard of; it stops when none was for a while. */
const ALARM_MS = 15_000;
const AWAKE_FOR_MS = 120_000;
/** Workers allow 6 outgoing connections. */
const MAX_DATABASE_CONNECTIONS = 5;
/** How soon commits of another process on the same database are seen; there is one object, so normally there are none. */
const POLL_MS = 5_000;

interface Env {
  HYPERDRIVE: { connectionString: string };
  FEDERATION: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request | string): Promise<Response> };
  };
  /** Secret: the admin's token. */
  HANSE_ADMIN_TOKEN?: string;
}

interface Running {
  app: App;
  controllers: Controllers;
}

export class Federation extends DurableObject<Env> {
  #running: Promise<Running> | undefined;
  #lastRequest = 0;

  override async fetch(request: Request): Promise<Response> {
    this.#lastRequest = Date.now();
    await this.#setAlarm();
    const running = await this.#start().catch((error: unknown) => {
      console.error(JSON.stringify({ event: "start-failed", message: String(error) }));
      return undefined;
    });
    const app = running?.app ?? starting;
    return isWatchSocket(request) ? watchSocket(request, app) : app.fetch(request);
  }

  /** Being awake is all it takes: controllers and presence run by themselves, and this keeps the object in memory. */
  override async alarm(): Promise<void> {
    const { controllers } = await this.#start();
    await Promise.race([controllers.idle(), new Promise((resolve) => setTimeout(resolve, ALARM_MS))]);
    if (Date.now() - this.#lastRequest < AWAKE_FOR_MS) await this.#setAlarm();
  }

  async #setAlarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + ALARM_MS);
  }

  #start(): Promise<Running> {
    this.#running ??= start(this.env).catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    return this.#running;
  }
}

async function start(env: Env): Promise<Running> {
  const sql = postgres(env.HYPERDRIVE.connectionString, {
    max: MAX_DATABASE_CONNECTIONS,
    fetch_types: false,
    onnotice: () => {},
  });
  await migrate(sql);
  const store = await openPostgres({ sql, pollMs: POLL_MS });
  const credentials = postgresCredentials(sql);
  const seams = { clock: Date.now, uid: () => crypto.randomUUID(), random: Math.random };
  const log = (line: Record<string, unknown>) => console.log(JSON.stringify(line));
  if (await openEpochIfMoved({ store, clock: Date.now })) log({ event: "epoch-opened" });
  await bootstrap({ store, ...seams });
  if (env.HANSE_ADMIN_TOKEN) await credentials.setAdminToken(await hashToken(env.HANSE_ADMIN_TOKEN));
  const presence = createPresence({ store, clock: Date.now, timeoutMs: PRESENCE_TIMEOUT_MS, log });
  const { signal } = new AbortController();
  const kinds = liveKinds({ builtIn: ROOT_KINDS, reader: store, signal, log });
  const authorizer = rbacAuthorizer({ reader: store, signal });
  await Promise.all([kinds.ready, authorizer.ready]);
  const controllers = runControllers({ store, ...seams, signal: new AbortController().signal, log });
  const app = createApp({
    store,
    credentials,
    kinds,
    authorizer,
    projections: ROOT_PROJECTIONS,
    presence,
    plan: controllers.plan,
    ...seams,
    openapi: async () => openapi,
  });
  return { app, controllers };
}

/** A watch whose lines go out as messages. */
async function watchSocket(asked: Request, app: App): Promise<Response> {
  const handshake = readHandshake(asked);
  if (handshake instanceof Response) return handshake;
  const answer = await app.fetch(handshake.request);
  if (answer.status !== 200 || answer.body === null) return answer;
  const { 0: theirs, 1: ours } = new WebSocketPair();
  const ended = new AbortController();
  for (const type of ["close", "error"] as const) ours.addEventListener(type, () => ended.abort());
  ours.accept();
  void sendLines(answer.body, (line) => ours.send(line), ended.signal)
    .catch(() => {})
    .then(() => ours.close(1000));
  const headers: Record<string, string> =
    handshake.protocol === undefined ? {} : { "sec-websocket-protocol": handshake.protocol };
  return new Response(null, { status: 101, webSocket: theirs, headers } as ResponseInit);
}

function federation(env: Env): { fetch(request: Request | string): Promise<Response> } {
  return env.FEDERATION.get(env.FEDERATION.idFromName("federation"));
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    // An object that is being moved or reset throws; clients are told to come again.
    return federation(env)
      .fetch(request)
      .catch(() => starting.fetch(request));
  },
  async scheduled(_event: unknown, env: Env): Promise<void> {
    await federation(env).fetch("https://federation/livez");
  },
};
