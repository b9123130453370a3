// /openapi/v2, /openapi/v3 and what lies below it, as kube-openapi's handlers answer them: any method reads, JSON before protobuf, a hash in
// the query that is right makes the answer good for ever and one that is wrong leads to the right one.
import type { Kind } from "../../../kinds/kind.ts";
import { acceptedTypes, isJson } from "./accept.ts";
import { answerStored, once, store, type StoredDocument } from "./answer.ts";
import { gnosticV2 } from "./gnosticv2.ts";
import { gnosticV3 } from "./gnosticv3.ts";
import { groupsOf } from "./groups.ts";
import { documentName, openapiDocuments, openapiIndex } from "./openapi.ts";
import { openapiV2Document } from "./openapiv2.ts";

interface Forms {
  /** Of the group version that it tells of. */
  kinds: readonly Kind[];
  json: () => Promise<StoredDocument>;
  protobuf: () => Promise<StoredDocument>;
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** `write` says in protobuf what the JSON says; both have one hash, as upstream's. */
function forms<T>(kinds: readonly Kind[], make: () => T, write: (document: T) => Uint8Array<ArrayBuffer>): Forms {
  const json = once(() => store(JSON.stringify(make())));
  const protobuf = once(async () => {
    const { bytes, hash } = await json();
    return store(write(JSON.parse(new TextDecoder().decode(bytes)) as T), hash);
  });
  return { kinds, json, protobuf };
}

/** Go clients ask for protobuf with "@" or ".", and know the answer by "." (kube-openapi handler.go, handler3). */
async function choose(request: Request, { json, protobuf }: Forms, version: "v2" | "v3") {
  const type = `application/com.github.proto-openapi.spec.${version}.v1.0+protobuf`;
  for (const media of acceptedTypes(request)) {
    if (isJson(media)) return { type: "application/json", document: await json() };
    if (media.type.replace("@", ".") === type) return { type, document: await protobuf() };
  }
  return undefined;
}

const sameKinds = (a: readonly Kind[], b: readonly Kind[]): boolean =>
  a.length === b.length && a.every((kind, index) => kind === b[index]);

const notAcceptable = (): Response => new Response(null, { status: 406, headers: { vary: "Accept" } });

export class OpenapiAnswers {
  readonly #v3: ReadonlyMap<string, Forms>;
  readonly #v2: Forms;
  readonly #clock: () => number;

  /** `clock`: milliseconds since the epoch, for Expires. `before`: what was served until now; documents that say the same stay as they are. */
  constructor(kinds: readonly Kind[], clock: () => number, before?: OpenapiAnswers) {
    const groups = groupsOf(kinds);
    const versions = new Map(
      groups.flatMap((group) => group.versions.map((version) => [documentName(version), version.kinds])),
    );
    const made = [...openapiDocuments(groups)];
    this.#v3 = new Map(
      made.map(([name, make]) => {
        const own = versions.get(name) ?? [];
        const known = before === undefined ? undefined : before.#v3.get(name);
        if (known !== undefined && sameKinds(known.kinds, own)) return [name, known];
        return [name, forms<object>(own, make, (document) => gnosticV3(document as Record<string, unknown>))];
      }),
    );
    this.#v2 = forms(kinds, () => openapiV2Document(kinds), gnosticV2);
    this.#clock = clock;
  }

  /** `path` begins with /openapi and has no prefix; `prefix` is what stands before it. */
  async answer(request: Request, path: string, prefix: string): Promise<Response | undefined> {
    if (path === "/openapi/v2") return this.#version2(request);
    if (path === "/openapi/v3") return this.#index(request, prefix);
    const found = this.#v3.get(path.slice("/openapi/v3/".length));
    return found && this.#version3(request, found, prefix + path);
  }

  async #version2(request: Request): Promise<Response> {
    const chosen = await choose(request, this.#v2, "v2");
    if (chosen === undefined) return notAcceptable();
    return answerStored(request, chosen.document, {
      "content-type": chosen.type,
      "cache-control": "no-cache, private",
    });
  }

  async #index(request: Request, prefix: string): Promise<Response> {
    const names = await Promise.all(
      [...this.#v3].map(async ([name, { json }]) => ({ name, hash: (await json()).hash })),
    );
    const headers = { "content-type": "application/json", "cache-control": "no-cache, private" };
    return new Response(request.method === "HEAD" ? null : JSON.stringify(openapiIndex(names, prefix)), { headers });
  }

  async #version3(request: Request, found: Forms, location: string): Promise<Response> {
    const chosen = await choose(request, found, "v3");
    if (chosen === undefined) return notAcceptable();
    const { document, type } = chosen;
    const asked = new URL(request.url).searchParams.get("hash") ?? "";
    if (asked !== "" && asked !== document.hash) {
      return new Response(null, {
        status: 301,
        headers: { location: `${location}?hash=${document.hash}`, vary: "Accept", etag: `"${document.hash}"` },
      });
    }
    if (asked === "")
      return answerStored(request, document, { "content-type": type, "cache-control": "no-cache, private" });
    return answerStored(request, document, {
      "content-type": type,
      "cache-control": `public, max-age=${YEAR_SECONDS}, immutable`,
      expires: new Date(this.#clock() + YEAR_SECONDS * 1000).toUTCString(),
    });
  }
}
