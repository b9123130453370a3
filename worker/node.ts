// The federation on plain Node: the same app and controllers as on Workers, over embedded Postgres (or --database-url), behind HTTPS.
//
//   lock the data directory → CA and certificate → listen (503 until ready) → Postgres → migrations → store → first objects
//     → controllers → ready
//
// Promises: a start after kill -9 needs no help; /readyz is ok only when the store answers; stop() ends watches cleanly, lets requests
// finish, then stops Postgres. Several processes on one database are correct: controllers are safe twice.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { ROOT_KINDS, ROOT_PROJECTIONS } from "../kinds/all.ts";
import { type App, createApp } from "./app.ts";
import { bootstrap } from "./controllers/bootstrap.ts";
import { runControllers } from "./controllers/loop.ts";
import { createPresence } from "./controllers/presence.ts";
import { parseListen } from "./listen.node.ts";
import { lockDirectory } from "./lock.node.ts";
import { listen } from "./server.node.ts";
import type { Credentials } from "./store/credentials.ts";
import { starting } from "./starting.ts";
import { postgresCredentials } from "./store/credentials.postgres.ts";
import { startPostgres } from "./store/embedded.node.ts";
import { hmacOf } from "./store/hmac.node.ts";
import { migrate } from "./store/migrate.ts";
import { liveKinds } from "./store/livekinds.ts";
import { openPostgres } from "./store/postgres.ts";
import type { Store } from "./store/store.ts";
import { loadTls } from "./tls.node.ts";
import { rbacAuthorizer } from "./wire/authorizer.ts";
import { openEpochIfMoved } from "./wire/openepoch.ts";

const PRESENCE_TIMEOUT_MS = 15_000;
const CERTIFICATE_CHECK_MS = 12 * 3600_000;
const MAX_DATABASE_CONNECTIONS = 8;
/** How soon another process's commits are seen. The embedded database has no other process: the directory is locked. */
const POLL_MS = 500;
const POLL_ALONE_MS = 60_000;
/** How often a process tells the others on its database which agents it hears: well below the time in which one counts as silent. */
const LEASE_MS = 5_000;

export interface NodeOptions {
  dataDir: string;
  /** Absent: embedded Postgres in <dataDir>/postgres. */
  databaseUrl?: string;
  /** "127.0.0.1:7420"; port 0 takes any free one. */
  listen: string;
  log(line: string): void;
  /** Runs when the store is open and before /readyz says ok. */
  prepare?(server: { url: string; ca: string; credentials: Credentials }): Promise<void>;
}

export interface FederationServer {
  url: string;
  /** PEM of the CA. */
  ca: string;
  stop(): Promise<void>;
}

/** @throws Error with a message for the user when the address or the directory is taken, or Postgres does not start. */
export async function startNode(options: NodeOptions): Promise<FederationServer> {
  const undo: (() => unknown)[] = [];
  const unwind = async () => {
    for (const step of undo.reverse()) await step();
    undo.length = 0;
  };
  try {
    return await start(options, undo, unwind);
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function start(
  options: NodeOptions,
  undo: (() => unknown)[],
  unwind: () => Promise<void>,
): Promise<FederationServer> {
  const address = parseListen(options.listen);
  undo.push(lockDirectory(options.dataDir));

  const loadCertificate = () => loadTls({ dir: join(options.dataDir, "tls"), hosts: address.hosts, now: Date.now() });
  const tls = await loadCertificate();
  let app: App = starting;
  const server = await listen({
    host: address.host,
    port: address.port,
    tls,
    fetch: (request) => app.fetch(request),
  }).catch((error) => {
    throw listenError(error, address.host, address.port);
  });
  undo.push(() => server.close());
  const url = address.url(server.port);
  const renewal = setInterval(
    () => void loadCertificate().then(server.renew, (error) => options.log(`certificate not renewed: ${error}`)),
    CERTIFICATE_CHECK_MS,
  );
  renewal.unref();
  undo.push(() => clearInterval(renewal));

  const database = options.databaseUrl ?? (await embedded(options.dataDir, undo));
  const sql = postgres(database, {
    max: MAX_DATABASE_CONNECTIONS,
    fetch_types: false,
    idle_timeout: 60,
    onnotice: () => {},
    connection: { application_name: "hanse" },
  });
  undo.push(() => sql.end({ timeout: 5 }));
  await migrate(sql).catch((error: unknown) => {
    throw options.databaseUrl === undefined ? error : databaseError(error);
  });
  const pollMs = options.databaseUrl === undefined ? POLL_ALONE_MS : POLL_MS;
  const opened = await openPostgres({ sql, pollMs, hmac: hmacOf });
  undo.push(() => opened.close());
  const stopping = new AbortController();
  undo.push(() => stopping.abort());
  const store = endingWith(opened, stopping.signal);
  const credentials = postgresCredentials(sql);

  const seams = { clock: Date.now, uid: () => crypto.randomUUID(), random: Math.random };
  const log = (line: Record<string, unknown>) => options.log(JSON.stringify(line));
  if (await openEpochIfMoved({ store, clock: Date.now })) log({ event: "epoch-opened" });
  await bootstrap({ store, ...seams });
  await options.prepare?.({ url, ca: tls.ca, credentials });
  const kinds = liveKinds({ builtIn: ROOT_KINDS, reader: store, signal: stopping.signal, log });
  const authorizer = rbacAuthorizer({ reader: store, signal: stopping.signal });
  await Promise.all([kinds.ready, authorizer.ready]);
  const process = options.databaseUrl === undefined ? undefined : seams.uid();
  const presence = createPresence({
    store,
    clock: Date.now,
    timeoutMs: PRESENCE_TIMEOUT_MS,
    ...(process === undefined ? {} : { lease: { process, everyMs: LEASE_MS } }),
    log,
  });
  undo.push(() => presence.settled());
  const controllers = runControllers({
    store,
    ...seams,
    ...(process === undefined ? {} : { process }),
    ca: tls.ca,
    signal: stopping.signal,
    log,
  });
  undo.push(() => controllers.stop());
  app = createApp({
    store,
    credentials,
    kinds,
    authorizer,
    projections: ROOT_PROJECTIONS,
    presence,
    plan: controllers.plan,
    ...seams,
    openapi: () => readFile(new URL("../openapi.yaml", import.meta.url), "utf8"),
  });
  // Undone newest first: watches end, requests finish, controllers stop, then the store and the database go.
  undo.push(() => server.close());
  undo.push(() => {
    presence.stop();
    stopping.abort();
  });
  return { url, ca: tls.ca, stop: unwind };
}

async function embedded(dataDir: string, undo: (() => unknown)[]): Promise<string> {
  const running = await startPostgres({ dir: join(dataDir, "postgres") });
  undo.push(() => running.stop());
  return running.url;
}

/** The store, with every watch ending when `signal` aborts: so responses that stream one end cleanly. */
function endingWith(store: Store, signal: AbortSignal): Store {
  const ending = Object.create(store) as Store;
  ending.watch = (options) => store.watch({ ...options, signal: AbortSignal.any([options.signal, signal]) });
  return ending;
}

/** Without the URL: it holds a password. */
function databaseError(error: unknown): unknown {
  return error instanceof Error
    ? new Error(`the database of --database-url does not serve: ${error.message || String(error)}`, { cause: error })
    : error;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`${host}:${port} is already in use; stop what listens there or choose another --listen`);
  if (error.code === "EACCES") return new Error(`not permitted to listen on ${host}:${port}; choose a port above 1023`);
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
    return new Error(`${host} is no address of this machine; choose another --listen`);
  return error;
}
