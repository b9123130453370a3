// Discovery and OpenAPI of one table of kinds, answered from bytes that are computed once, when first asked for.
// Serves /api, /apis and what lies below them down to a group version, /openapi/v2 and /openapi/v3; anything else is not its business.
import { stringify } from "yaml";
import type { Kind } from "../../../kinds/kind.ts";
import type { KindTable } from "../../../kinds/table.ts";
import { methodNotAllowed, notAcceptable } from "../status.ts";
import { aggregatedContentType, discoveryForm } from "./accept.ts";
import { answerStored, once, store, type StoredDocument } from "./answer.ts";
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions } from "./discovery.ts";
import { type GroupVersion, groupsOf } from "./groups.ts";
import { documentName } from "./openapi.ts";
import { OpenapiAnswers } from "./openapianswer.ts";
import { storageVersionHashes } from "./storagehash.ts";

export interface Documents {
  /** `path` comes without a view's prefix. undefined: not a path of ours. @throws ApiError 405, 406 */
  handle(request: Request, path: string): Promise<Response | undefined>;
}

type Make = () => Promise<StoredDocument>;

interface Place {
  json: Make;
  yaml: Make;
  aggregated?: Record<"v2" | "v2beta1", Make>;
}

function placeOf(document: () => object | Promise<object>, forms?: Place["aggregated"]): Place {
  return {
    json: once(async () => store(`${JSON.stringify(await document())}\n`)),
    yaml: once(async () => store(stringify(await document()))),
    ...(forms && { aggregated: forms }),
  };
}

/** Discovery by path. */
function places(kinds: readonly Kind[]): Map<string, Place> {
  const groups = groupsOf(kinds);
  const core = groups.filter(({ name }) => name === "");
  const others = groups.filter(({ name }) => name !== "");
  const forms = (some: typeof groups): Place["aggregated"] => ({
    v2: once(() => store(JSON.stringify(aggregated(some, "v2")))),
    v2beta1: once(() => store(JSON.stringify(aggregated(some, "v2beta1")))),
  });
  const resources = (version: GroupVersion) => async () => {
    const hashes = await storageVersionHashes(version.kinds);
    return apiResourceList(version, (kind) => hashes.get(kind)!);
  };
  const found = new Map<string, Place>();
  found.set(
    "/api",
    placeOf(() => apiVersions(core[0] ?? { name: "", versions: [] }), forms(core)),
  );
  found.set(
    "/apis",
    placeOf(() => apiGroupList(groups), forms(others)),
  );
  for (const group of others)
    found.set(
      `/apis/${group.name}`,
      placeOf(() => apiGroup(group)),
    );
  for (const version of groups.flatMap(({ versions }) => versions))
    found.set(`/${documentName(version)}`, placeOf(resources(version)));
  return found;
}

async function answerPlace(request: Request, place: Place): Promise<Response> {
  const wanted = discoveryForm(request, place.aggregated !== undefined);
  if (wanted === undefined) throw notAcceptable("application/json,application/yaml");
  if (wanted.form === "aggregated") {
    const document = await place.aggregated![wanted.version]();
    return answerStored(request, document, {
      "content-type": aggregatedContentType(wanted.version),
      "cache-control": "public",
    });
  }
  const { bytes } = await place[wanted.form]();
  return new Response(request.method === "HEAD" ? null : bytes, {
    headers: { "content-type": `application/${wanted.form}`, "cache-control": "no-cache, private", vary: "Accept" },
  });
}

/** Upstream's /apis and /apis/<group> answer HEAD, and no list of resources does. */
function allows(method: string, path: string): boolean {
  return method === "GET" || (method === "HEAD" && /^\/apis(\/[^/]+)?$/.test(path));
}

interface Made {
  kinds: readonly Kind[];
  discovery: Map<string, Place>;
  openapi: OpenapiAnswers;
}

export function createDocuments(table: KindTable, clock: () => number = Date.now): Documents {
  const make = (kinds: readonly Kind[], before?: Made): Made => ({
    kinds,
    discovery: places(kinds),
    openapi: new OpenapiAnswers(kinds, clock, before?.openapi),
  });
  let made = make(table.all);
  return {
    async handle(request, path) {
      if (made.kinds !== table.all) made = make(table.all, made);
      const { discovery, openapi } = made;
      if (path.startsWith("/openapi/v")) {
        const { pathname } = new URL(request.url);
        return openapi.answer(request, path, pathname.slice(0, pathname.length - path.length));
      }
      const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
      const place = discovery.get(trimmed);
      if (place === undefined) return undefined;
      if (!allows(request.method, trimmed)) throw methodNotAllowed();
      return answerPlace(request, place);
    },
  };
}
