// The whole HTTP application, the same on Node and on Workers: which part answers which path.
//
//   /hanse/v1/register, /clusters/<name>/hanse/v1/…               agents (JWT of that cluster; register: join token)
//   /clusters/<name>/…                                            that cluster's share as a read-only API (admin, or its agent)
//   POST /apis/hanse.dev/v1alpha1/clusters/<name>/jointoken       admin
//   /hanse/v1/epoch, POST /hanse/v1/epoch/confirm                 admin
//   /openapi.yaml                                                 admin
//   everything else                                               the federation's Kubernetes API (admin; health and /version: anyone)
//
// Holds no state but caches. Refuses nothing itself but wrong credentials: each part answers for its paths.
import type { Projection } from "../kinds/kind.ts";
import type { KindTable } from "../kinds/table.ts";
import { CLUSTERS } from "../kinds/cluster.ts";
import { adminAuthentication } from "./auth.ts";
import { VERSION_INFO } from "./version.ts";
import { evictObserved } from "./controllers/observedevict.ts";
import { createJoinToken, type Credentials } from "./store/credentials.ts";
import { Unavailable, type Commit, type CommitResult, type Store } from "./store/store.ts";
import { createAgentAuth, requireAgent } from "./wire/agentauth.ts";
import { agentRoutes } from "./wire/agentroutes.ts";
import { createApi } from "./wire/api.ts";
import { answerEpoch, confirmEpoch } from "./wire/epoch.ts";
import { refuseImpersonation } from "./wire/access.ts";
import { MASTERS, type Authorizer } from "./wire/authorizer.ts";
import { createDocuments } from "./wire/documents/documents.ts";
import { sendStatus } from "./wire/exchange.ts";
import { answerJoinToken } from "./wire/join.ts";
import type { ApiOptions, User } from "./wire/options.ts";
import { ApiError, badRequest, notFound, statusOf, unauthorized } from "./wire/status.ts";
import { AUTHENTICATED } from "./wire/users.ts";
import { createViewReader } from "./wire/view.ts";

export interface AppParts {
  store: Store;
  credentials: Credentials;
  kinds: KindTable;
  projections?: Readonly<Record<string, Projection>>;
  /** Told of every sign of life of a cluster's agent. */
  presence: { seen(cluster: string): void };
  /** Milliseconds since the epoch. */
  clock: () => number;
  uid: () => string;
  /** [0, 1). */
  random: () => number;
  /** What a write would do in the clusters; absent: nothing is told or refused by it. */
  plan?: ApiOptions["plan"];
  /** Absent: whoever is authenticated may do everything. */
  authorizer?: Authorizer;
  /** Text of openapi.yaml. */
  openapi(): Promise<string>;
}

export interface App {
  fetch(request: Request): Promise<Response>;
}

/** Views that keep their prepared API; more clusters than this are served too, each made anew when its turn comes. */
const MAX_VIEWS = 1000;

const READY_TIMEOUT_MS = 2_000;

const JOIN_TOKEN = /^\/apis\/hanse\.dev\/v1alpha1\/clusters\/([^/]+)\/jointoken$/;

export function createApp(parts: AppParts): App {
  const { store, credentials, kinds, clock } = parts;
  const documents = createDocuments(kinds);
  const authenticate = adminAuthentication(credentials, clock);
  const authenticateAgent = createAgentAuth({ credentials, clock });
  const shared = {
    kinds,
    projections: parts.projections,
    documents,
    clock,
    uid: parts.uid,
    random: parts.random,
    version: VERSION_INFO,
  };
  const root = createApi({
    ...shared,
    reader: store,
    commit: (commit) => commitAndDetach(commit, parts),
    ...(parts.plan === undefined ? {} : { plan: parts.plan }),
    federation: true,
    authenticate,
    ...(parts.authorizer === undefined ? {} : { authorize: parts.authorizer.authorize, authorizer: parts.authorizer }),
    evictObserved: (eviction) => evictObserved(store, kinds.all, eviction),
    readyz: async () => ((await answers(store)) ? [] : ["store"]),
  });
  const agents = agentRoutes({ store, kinds, credentials, authenticateAgent, presence: parts.presence, clock });
  const views = new Map<string, App>();

  function view(cluster: string): App {
    const known = views.get(cluster);
    if (known) return known;
    if (views.size >= MAX_VIEWS) views.delete(views.keys().next().value!);
    const made = createApi({
      ...shared,
      reader: createViewReader(store, kinds, cluster),
      prefix: `/clusters/${cluster}`,
      authenticate: async (request) => (await admin(request)) ?? agentOf(await authenticateAgent(request), cluster),
    }) as App;
    views.set(cluster, made);
    return made;
  }

  /** Views show Secrets, and have no rules of their own: nobody else reads them but the cluster's agent. */
  async function admin(request: Request): Promise<User | undefined> {
    const user = await authenticate(request);
    return user?.groups.includes(MASTERS) ? user : undefined;
  }

  async function requireAdmin(request: Request): Promise<User> {
    const user = await authenticate(request);
    if (user === undefined) throw unauthorized();
    refuseImpersonation(user, request);
    if (!user.groups.includes(MASTERS))
      throw new ApiError(
        403,
        "Forbidden",
        `forbidden: User ${JSON.stringify(user.name)} is not in the group ${MASTERS}`,
        {},
      );
    return user;
  }

  async function clusterPath(request: Request, path: string): Promise<Response> {
    const end = path.indexOf("/", 10);
    const cluster = decoded(end < 0 ? path.slice(10) : path.slice(10, end));
    const rest = end < 0 ? "" : path.slice(end);
    if (rest.startsWith("/hanse/v1/")) return agents.fetch(request);
    if ((await admin(request)) === undefined) await requireAgent(authenticateAgent, request, cluster);
    const row = await store.get({ resource: CLUSTERS, namespace: "", name: cluster });
    if (row === undefined) throw notFound({ group: "hanse.dev", resource: "clusters" }, cluster);
    return view(cluster).fetch(request);
  }
  return {
    async fetch(request) {
      try {
        const path = pathOf(request.url);
        if (path.startsWith("/clusters/")) return await clusterPath(request, path);
        if (path === "/hanse/v1/register") return await agents.fetch(request);
        if (path === "/hanse/v1/epoch" || path === "/hanse/v1/epoch/confirm") {
          await requireAdmin(request);
          return await (path.endsWith("/confirm") ? confirmEpoch : answerEpoch)(store, request);
        }
        if (path === "/openapi.yaml") {
          await requireAdmin(request);
          return new Response(await parts.openapi(), {
            headers: { "content-type": "application/yaml", "cache-control": "no-cache" },
          });
        }
        const join = path.endsWith("/jointoken") ? JOIN_TOKEN.exec(path) : null;
        if (join) {
          await requireAdmin(request);
          return await answerJoinToken(
            {
              reader: store,
              clock,
              createJoinToken: (cluster, ttlMs) => createJoinToken(credentials, { cluster, ttlMs, now: clock() }),
            },
            request,
            decoded(join[1]!),
          );
        }
        return await root.fetch(request);
      } catch (error) {
        return sendStatus({ audit: parts.uid(), warnings: [] }, statusOf(error));
      }
    },
  };
}

/**
 * A cluster that leaves takes its agent's key and its join tokens along, and a new one of the same name begins without: whoever spoke for the
 * old one does not speak for it. At both ends, since a process may die after the deletion.
 * @throws Unavailable
 */
async function commitAndDetach(commit: Commit, { store, credentials, clock }: AppParts): Promise<CommitResult> {
  const result = await store.commit(commit);
  if (!result.ok) return result;
  for (const { op, key } of commit.ops) {
    if (key.resource !== CLUSTERS || (op !== "delete" && op !== "create")) continue;
    await credentials.revokeAgent(key.name, clock()).catch((error: unknown) => {
      throw new Unavailable("the agent of the cluster was not revoked", true, error);
    });
  }
  return result;
}

async function answers(store: Store): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, READY_TIMEOUT_MS, false);
  });
  const read = store.get({ resource: "namespaces", namespace: "", name: "default" }).then(
    () => true,
    () => false,
  );
  return Promise.race([read, late]).finally(() => clearTimeout(timer));
}

/** "https://host/a/b?c" -> "/a/b", without building a URL object: this runs on every request. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const query = url.indexOf("?", start);
  return url.slice(start, query < 0 ? undefined : query);
}

/** @throws ApiError 400 */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(segment)}`);
  }
}

function agentOf(agent: string | undefined, cluster: string): User | undefined {
  return agent === cluster ? { name: `hanse:agent:${cluster}`, groups: ["hanse:agents", AUTHENTICATED] } : undefined;
}
