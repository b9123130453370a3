// A Kubernetes API server over a table of kinds and a store: authenticate, find the kind, authorize, hand to the verb's file, and turn
// whatever is thrown into a Status. One catch-all route: paths are parsed in request.ts, a router over all kinds would cost more
// than the handlers.
import { Hono } from "hono";
import { type Kind, type Verb, kindKey } from "../../kinds/kind.ts";
import type { Reader } from "../store/store.ts";
import { checkAccess, refuseImpersonation, verbOf } from "./access.ts";
import { convertedReader } from "./convert.ts";
import { post } from "./create.ts";
import { del, deleteCollection } from "./delete.ts";
import { type Exchange, isBuiltIn, sendStatus } from "./exchange.ts";
import { get } from "./get.ts";
import { ANONYMOUS, plainPath } from "./health.ts";
import { list } from "./list.ts";
import { flag, listOptionsOf } from "./listoptions.ts";
import { errorFormat, negotiate } from "./negotiate.ts";
import type { ApiOptions } from "./options.ts";
import { patch } from "./patch.ts";
import { planAnswer } from "./plan.ts";
import { projectedReader } from "./projection.ts";
import { isRendered } from "./render.ts";
import { type KindIndex, type Target, indexKinds, isResourcePath, knownGroup, locate, targetOf } from "./request.ts";
import { ApiError, methodNotAllowed, notFound, statusOf, unauthorized, unknownPath } from "./status.ts";
import { hasSubresource, servedElsewhere } from "./parts.ts";
import { answerReview } from "./reviews.ts";
import { subresource } from "./subresource.ts";
import { timeoutOf, within } from "./timeout.ts";
import { put } from "./update.ts";
import { watch } from "./watch.ts";

/** What is derived from one table of kinds. */
interface Derived {
  kinds: readonly Kind[];
  index: KindIndex;
  /** For kinds whose objects are not the stored ones: projections, and other versions of a stored kind. */
  readers: ReadonlyMap<Kind, Reader>;
}

interface Server {
  options: ApiOptions;
  derived: Derived;
}

export function createApi(options: ApiOptions): Hono {
  const server: Server = { options, derived: derive(options) };
  const app = new Hono();
  app.all("*", (c) => answer(server, c.req.raw));
  return app;
}

function derive(options: ApiOptions): Derived {
  const kinds = options.kinds.all;
  return { kinds, index: indexKinds(kinds), readers: readersOf(options) };
}

/** Of the kinds that are served now. */
function current(server: Server): Derived {
  if (server.derived.kinds !== server.options.kinds.all) server.derived = derive(server.options);
  return server.derived;
}

function readersOf({ kinds, projections = {}, reader }: ApiOptions): Map<Kind, Reader> {
  const readers = new Map<Kind, Reader>();
  for (const kind of kinds.all) {
    const projection = projections[kindKey(kind)];
    if (projection !== undefined) readers.set(kind, projectedReader(reader, kindKey(kind), projection));
    else if (kind.conversion !== undefined) readers.set(kind, convertedReader(reader, kind.conversion));
  }
  return readers;
}

async function answer(server: Server, request: Request): Promise<Response> {
  // RFC 9110 9.3.2 would have HEAD be a GET; kube-apiserver routes no HEAD.
  const trace = { audit: request.headers.get("audit-id") ?? server.options.uid(), warnings: [] as string[] };
  try {
    return await route(server, request, trace);
  } catch (error) {
    const status = statusOf(error);
    // Only what nobody foresaw: some of upstream's 500s are the client's doing.
    if (status.code === 500 && !(error instanceof ApiError)) console.error("wire:", request.method, request.url, error);
    return sendStatus(trace, status, errorFormat(request));
  }
}

async function route(server: Server, request: Request, trace: Pick<Exchange, "audit" | "warnings">): Promise<Response> {
  const { options } = server;
  const location = locate(request.url, options.prefix ?? "");
  if (location === undefined) return notServed(trace);
  const { path, query } = location;
  if (ANONYMOUS.test(path)) return (await plainPath(options, path, query)) ?? notServed(trace);
  const user = await options.authenticate(request);
  if (user === undefined) throw unauthorized();
  refuseImpersonation(user, request);

  const { index, kinds, readers } = current(server);
  const target = isResourcePath(path) ? targetOf(path, index) : undefined;
  if (target === undefined) {
    await checkAccess(options, user, path, request.method.toLowerCase(), undefined);
    const answered = (await options.documents.handle(request, path)) ?? (await plainPath(options, path, query));
    if (answered !== undefined) return answered;
    if (isResourcePath(path) && knownGroup(path, kinds)) throw unknownPath();
    return notServed(trace);
  }
  if (target.subresource !== "" && !hasSubresource(target.kind, target.subresource) && !rendersHere(options, target))
    throw target.kind.structural === undefined
      ? unknownPath(servedElsewhere(target.kind, target.subresource))
      : notFound(target.kind, target.name);
  const verb = verbOf(request.method, target, target.watch || flag(query.get("watch")));
  await checkAccess(options, user, path, verb, target);
  if (target.kind.deprecation !== undefined) trace.warnings.push(target.kind.deprecation);
  const timeoutMs = verb === "watch" ? undefined : timeoutOf(query);
  const reader = readers.get(target.kind) ?? options.reader;
  const output = negotiate(request, query, isBuiltIn(target.kind), target.name === "");
  const x: Exchange = { options, request, target, query, output, user, reader, plans: [], ...trace };
  if (!READS.has(verb) && options.commit === undefined) throw methodNotAllowed();
  if (target.kind.asked) return answerReview(x);
  const work = target.subresource === "" ? HANDLERS[verb](x) : subresource(x, verb);
  const answered = await (timeoutMs === undefined ? work : within(timeoutMs, work));
  return READS.has(verb) ? answered : (planAnswer(x) ?? answered);
}

function rendersHere({ federation }: ApiOptions, { subresource: name, kind }: Target): boolean {
  return name === "render" && federation === true && isRendered(kind);
}

const READS: ReadonlySet<Verb> = new Set(["get", "list", "watch"]);

const HANDLERS: Readonly<Record<Verb, (x: Exchange) => Promise<Response>>> = {
  get,
  list: (x) => list(x),
  watch: (x) => watch(x, listOptionsOf(x)),
  create: post,
  update: (x) => put(x),
  patch: (x) => patch(x),
  delete: del,
  deletecollection: deleteCollection,
};

/** Outside /api and /apis upstream answers plain text. */
function notServed({ audit }: Pick<Exchange, "audit">): Response {
  const headers = {
    "audit-id": audit,
    "cache-control": "no-cache, private",
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  };
  return new Response("404 page not found\n", { status: 404, headers });
}
