// Discovery and OpenAPI of one table of kinds, answered from bytes that are computed once, when first asked for.
// Serves /api, /apis and what lies below them down to a group version, /openapi/v2 and /openapi/v3; anything else is not its business.
import { stringify } from "yaml";
import type { Kind } from "../../../kinds/kind.ts";
import { methodNotAllowed, notAcceptable } from "../status.ts";
import { acceptedTypes, aggregatedContentType, discoveryForm, isJson } from "./accept.ts";
import { answerStored, once, type StoredDocument } from "./answer.ts";
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions } from "./discovery.ts";
import { type GroupVersion, groupsOf } from "./groups.ts";
import { documentName, openapiDocument, openapiIndex } from "./openapi.ts";
import { gnostic } from "./gnostic.ts";
import { openapiV2Document } from "./openapiv2.ts";
import { storageVersionHashes } from "./storagehash.ts";

export interface Documents {
  /** `path` comes without a view's prefix. undefined: not a path of ours. @throws ApiError 405, 406 */
  handle(request: Request, path: string): Promise<Response | undefined>;
}

type Make = () => Promise<object>;

interface Place {
  plain: Make;
  aggregated?: Record<"v2" | "v2beta1", () => Promise<StoredDocument>>;
}

/** Discovery by path. */
function places(kinds: readonly Kind[]): Map<string, Place> {
  const groups = groupsOf(kinds);
  const core = groups.filter(({ name }) => name === "");
  const others = groups.filter(({ name }) => name !== "");
  const forms = (some: typeof groups): Place["aggregated"] => ({
    v2: once(() => aggregated(some, "v2")),
    v2beta1: once(() => aggregated(some, "v2beta1")),
  });
  const resources =
    (version: GroupVersion): Make =>
    async () => {
      const hashes = await storageVersionHashes(version.kinds);
      return apiResourceList(version, (kind) => hashes.get(kind)!);
    };
  const found = new Map<string, Place>();
  found.set("/api", { plain: async () => apiVersions(core[0] ?? { name: "", versions: [] }), aggregated: forms(core) });
  found.set("/apis", { plain: async () => apiGroupList(groups), aggregated: forms(others) });
  for (const group of others) found.set(`/apis/${group.name}`, { plain: async () => apiGroup(group) });
  for (const version of groups.flatMap(({ versions }) => versions))
    found.set(`/${documentName(version)}`, { plain: resources(version) });
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
  const document = await place.plain();
  const body = wanted.form === "yaml" ? stringify(document) : `${JSON.stringify(document)}\n`;
  return new Response(body, {
    headers: { "content-type": `application/${wanted.form}`, "cache-control": "no-cache, private", vary: "Accept" },
  });
}

type Stored = ReadonlyMap<string, () => Promise<StoredDocument>>;

async function answerIndex(stored: Stored, prefix: string): Promise<Response> {
  const names = await Promise.all(
    [...stored].map(async ([name, document]) => ({ name, hash: (await document()).hash })),
  );
  const headers = { "content-type": "application/json", "cache-control": "no-cache, private" };
  return new Response(JSON.stringify(openapiIndex(names, prefix)), { headers });
}

// As kube-openapi's handler3: the right hash in the query makes the answer immutable, a wrong one leads to the right one.
function answerOpenapi(request: Request, document: StoredDocument, location: string): Response {
  if (!acceptedTypes(request).some(isJson)) return new Response(null, { status: 406, headers: { vary: "Accept" } });
  const asked = new URL(request.url).searchParams.get("hash") ?? "";
  if (asked !== "" && asked !== document.hash) {
    return new Response(null, {
      status: 301,
      headers: { location: `${location}?hash=${document.hash}`, vary: "Accept", etag: `"${document.hash}"` },
    });
  }
  const caching = asked === "" ? "no-cache, private" : "public, max-age=31536000, immutable";
  return answerStored(request, document, { "content-type": "application/json", "cache-control": caching });
}

/** Go clients ask for the first with "@", and know the answer by "." (kube-openapi handler.go). */
const V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

interface V2 {
  json: () => Promise<StoredDocument>;
  protobuf: () => Promise<StoredDocument>;
}

async function answerV2(request: Request, { json, protobuf }: V2): Promise<Response> {
  for (const media of acceptedTypes(request)) {
    if (media.type === V2_PROTOBUF)
      return answerStored(request, await protobuf(), { "content-type": V2_PROTOBUF.replace("@", ".") });
    if (isJson(media)) return answerStored(request, await json(), { "content-type": "application/json" });
  }
  return new Response(null, { status: 406, headers: { vary: "Accept" } });
}

export function createDocuments(kinds: readonly Kind[]): Documents {
  const discovery = places(kinds);
  const versions = groupsOf(kinds).flatMap((group) => group.versions);
  const stored: Stored = new Map(
    versions.map((version) => [documentName(version), once(() => openapiDocument(version))]),
  );
  const v2: V2 = {
    json: once(() => openapiV2Document(versions)),
    protobuf: once(() => gnostic(openapiV2Document(versions))),
  };
  return {
    async handle(request, path) {
      const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
      const place = discovery.get(trimmed);
      const document = trimmed.startsWith("/openapi/v3/")
        ? stored.get(trimmed.slice("/openapi/v3/".length))
        : undefined;
      if (place === undefined && document === undefined && trimmed !== "/openapi/v3" && trimmed !== "/openapi/v2")
        return undefined;
      if (request.method !== "GET") throw methodNotAllowed();
      if (trimmed === "/openapi/v2") return answerV2(request, v2);
      if (place) return answerPlace(request, place);
      const { pathname } = new URL(request.url);
      const prefix = pathname.slice(0, pathname.length - path.length);
      return document ? answerOpenapi(request, await document(), prefix + trimmed) : answerIndex(stored, prefix);
    },
  };
}
