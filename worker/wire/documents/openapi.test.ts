import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { modulesForTest } from "../../../kinds/facts/generate/modules.ts";
import { MEMBER_KINDS, ROOT_KINDS } from "../../../kinds/all.ts";
import type { Kind } from "../../../kinds/kind.ts";
import { createDocuments } from "./documents.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- documents are looked into as they are
type Doc = any;

function ask(
  path: string,
  headers: Record<string, string> = {},
  options: { kinds?: readonly Kind[]; method?: string; prefix?: string } = {},
): Promise<Response | undefined> {
  const { kinds = ROOT_KINDS, method = "GET", prefix = "" } = options;
  const request = new Request(`https://fed${prefix}${path}`, { headers, method });
  return createDocuments({ all: kinds }, () => 1_000_000_000_000).handle(request, path.replace(/\?.*/, ""));
}

async function json(path: string, headers?: Record<string, string>, options?: Parameters<typeof ask>[2]): Promise<Doc> {
  return (await ask(path, headers, options))?.json();
}

const AS_PROTOBUF = {
  v2: "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
  v3: "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
};

const modules = modulesForTest("worker/wire/documents: OpenAPI against upstream's own");
const upstream = (path: string): Doc => JSON.parse(readFileSync(join(modules!.kubernetes, "api", path), "utf8"));

// What we leave out on purpose: prose, CBOR, parameters of alpha features. Upstream's files have no enums, its servers have
// (documents.real.test.ts).
const LEFT_OUT = /cbor/;
const NO_PARAMETERS = new Set(["shardSelector", "ignoreStoreReadErrorWithClusterBreakingPotential"]);

function comparable(value: Doc): Doc {
  if (Array.isArray(value)) {
    const items = value.filter((item) => !NO_PARAMETERS.has(item?.name) && !LEFT_OUT.test(item)).map(comparable);
    if (items.every((item) => typeof item?.name === "string")) return items.sort((a, b) => (a.name < b.name ? -1 : 1));
    return items.every((item) => typeof item === "string") ? items.sort() : items;
  }
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries<Doc>(value).filter(
    ([key, inner]) =>
      !(key === "description" && typeof inner === "string") &&
      !LEFT_OUT.test(key) &&
      !(key === "enum" && Array.isArray(inner)),
  );
  const out = Object.fromEntries(entries.map(([key, inner]) => [key, comparable(inner)]));
  // `$ref` alone and allOf with it alone say the same.
  return Object.keys(out).length === 1 && out.allOf?.length === 1 ? out.allOf[0] : out;
}

/** Below objects that we serve; why is said in documents.test.ts. */
const NOT_SERVED = /\/(attach|exec|log|portforward|proxy|proxy\/\{path\}|token|bindings)$/;

/** A Namespace's deletion is answered with the Namespace; upstream's documents say Status there. */
const DIFFERS = "/api/v1/namespaces/{name}";

function comparePaths(ours: Doc, theirs: Doc): void {
  expect(Object.keys(ours)).toEqual(
    Object.keys(theirs)
      .filter((path) => !NOT_SERVED.test(path))
      .sort(),
  );
  for (const [path, item] of Object.entries<Doc>(ours)) {
    const [our, their] = [comparable(item), comparable(theirs[path])];
    if (path === DIFFERS) {
      expect(our.delete.responses).not.toEqual(their.delete.responses);
      our.delete.responses = their.delete.responses;
    }
    expect({ path, item: our }).toEqual({ path, item: their });
  }
}

/** These are named in each group version that upstream serves with its alpha and beta versions. */
const NAMED_EVERYWHERE = /\.meta\.v1\.(DeleteOptions|WatchEvent)$/;

describe.skipIf(modules === undefined)("OpenAPI v3 equals upstream's for the kinds of the table", async () => {
  const { paths: index } = await json("/openapi/v3", {}, { kinds: MEMBER_KINDS });

  test.each(Object.keys(index))("%s", async (name) => {
    const expected = upstream(`openapi-spec/v3/${name.replaceAll("/", "__")}_openapi.json`);
    const ours = await json(`/openapi/v3/${name}`, {}, { kinds: MEMBER_KINDS });
    comparePaths(ours.paths, expected.paths);
    for (const [definition, schema] of Object.entries<Doc>(ours.components.schemas)) {
      if (NAMED_EVERYWHERE.test(definition)) continue;
      const theirs = expected.components.schemas[definition];
      expect({ definition, schema: comparable(schema) }).toEqual({ definition, schema: comparable(theirs) });
    }
  });
});

describe("OpenAPI v3", () => {
  test("the index leads to documents by hash, below a view's prefix too", async () => {
    for (const prefix of ["", "/clusters/paris"]) {
      const { paths } = await json("/openapi/v3", {}, { prefix });
      const served = ROOT_KINDS.flatMap(({ group, version }) =>
        group ? [`apis/${group}`, `apis/${group}/${version}`] : [`api/${version}`],
      );
      expect(Object.keys(paths)).toEqual([...new Set(["api", "apis", ...served])].sort());
      const url: string = paths["apis/apps/v1"].serverRelativeURL;
      expect(url).toMatch(new RegExp(`^${prefix}/openapi/v3/apis/apps/v1\\?hash=[0-9A-F]{128}$`));
      const answer = (await ask(url.slice(prefix.length), {}, { prefix }))!;
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("expires")).toBe("Mon, 09 Sep 2002 01:46:40 GMT");
      expect(answer.headers.get("etag")).toBe(`"${url.split("=")[1]}"`);
      const wrong = (await ask("/openapi/v3/apis/apps/v1?hash=AA", {}, { prefix }))!;
      expect([wrong.status, wrong.headers.get("location")]).toEqual([301, url]);
    }
  });

  test("without a hash it is not kept; 304 by ETag; 406 for what we do not write", async () => {
    const answer = (await ask("/openapi/v3/api/v1"))!;
    expect(answer.headers.get("cache-control")).toBe("no-cache, private");
    expect(answer.headers.get("vary")).toBe("Accept, Accept-Encoding");
    const etag = answer.headers.get("etag")!;
    expect((await ask("/openapi/v3/api/v1", { "if-none-match": etag }))?.status).toBe(304);
    expect((await ask("/openapi/v3/api/v1", { accept: "text/plain" }))?.status).toBe(406);
    expect((await ask("/openapi/v3/api/v1?hash=AA", { accept: "text/plain" }))?.status).toBe(406);
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect(await ask("/openapi/v3/nope")).toBeUndefined();
    const head = (await ask("/openapi/v3/api/v1", {}, { method: "HEAD" }))!;
    expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);
    expect(head.headers.get("content-length")).toBe(answer.headers.get("content-length"));
  });

  test("long documents are compressed for those who take gzip, under the same ETag", async () => {
    for (const path of ["/openapi/v3/api/v1", "/openapi/v2"]) {
      const plain = (await ask(path))!;
      const answer = (await ask(path, { "accept-encoding": "br, gzip" }))!;
      expect(answer.headers.get("content-encoding")).toBe("gzip");
      expect(answer.headers.get("vary")).toBe("Accept, Accept-Encoding");
      expect(answer.headers.get("etag")).toBe(plain.headers.get("etag"));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(String(bytes.length)).toBe(answer.headers.get("content-length"));
      expect(gunzipSync(bytes).toString()).toBe(await plain.text());
      expect((await ask(path, { "accept-encoding": "gzip;q=0" }))!.headers.get("content-encoding")).toBeNull();
    }
    expect((await ask("/openapi/v3/apis", { "accept-encoding": "gzip" }))!.headers.get("content-encoding")).toBeNull();
  });

  test("no document is made twice", async () => {
    let made = 0;
    const counted = { ...ROOT_KINDS.find(({ resource }) => resource === "configmaps")! };
    const { schema } = counted;
    Object.defineProperty(counted, "schema", { get: () => (made++, schema) });
    const documents = createDocuments({ all: [counted] });
    const paths = ["/api", "/api/v1", "/openapi/v2", "/openapi/v3", "/openapi/v3/api/v1"];
    const askAll = async (): Promise<void> => {
      for (const path of paths)
        for (const accept of ["*/*", AS_PROTOBUF.v2, AS_PROTOBUF.v3])
          await documents
            .handle(new Request(`https://fed${path}`, { headers: { accept } }), path)
            .catch(() => undefined);
    };
    await askAll();
    const first = made;
    expect(first).toBeGreaterThan(0);
    await askAll();
    expect(made).toBe(first);
  });

  test("every reference leads somewhere", async () => {
    for (const name of ["api/v1", "apis/apps/v1", "apis/hanse.dev/v1alpha1"]) {
      const document = await json(`/openapi/v3/${name}`);
      const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
      const missing = [...references]
        .map(([, definition]) => definition!)
        .filter((definition) => !(definition in document.components.schemas));
      expect([...new Set(missing)]).toEqual([]);
    }
  });

  test("an own kind: named by its group, version and kind, without strategic merge", async () => {
    const { paths, components } = await json("/openapi/v3/apis/hanse.dev/v1alpha1");
    const { patch } = paths["/apis/hanse.dev/v1alpha1/clusters/{name}"];
    expect(patch.operationId).toBe("patchHanseDevV1alpha1Cluster");
    expect(patch["x-kubernetes-group-version-kind"]).toEqual({
      group: "hanse.dev",
      version: "v1alpha1",
      kind: "Cluster",
    });
    expect(patch.parameters.map(({ name }: Doc) => name)).toContain("fieldValidation");
    expect(Object.keys(patch.requestBody.content)).toEqual([
      "application/apply-patch+yaml",
      "application/json-patch+json",
      "application/merge-patch+json",
    ]);
    const schema = components.schemas["dev.hanse.v1alpha1.Cluster"];
    expect(schema["x-kubernetes-group-version-kind"]).toEqual([
      { group: "hanse.dev", version: "v1alpha1", kind: "Cluster" },
    ]);
    expect(schema.properties.metadata.allOf).toEqual([
      { $ref: "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" },
    ]);
  });
});

// As `comparable`, and without the lists of group versions, which name alpha and beta versions that we do not serve.
const v2Comparable = (value: Doc): Doc =>
  JSON.parse(
    JSON.stringify(comparable(value), (key, inner) =>
      key === "x-kubernetes-group-version-kind" && Array.isArray(inner) ? undefined : inner,
    ),
  );

/** With what #/parameters holds in its place. */
function resolved(document: Doc): Doc {
  return JSON.parse(JSON.stringify(document.paths), (_, value) =>
    typeof value?.$ref === "string" && value.$ref.startsWith("#/parameters/")
      ? document.parameters[value.$ref.slice("#/parameters/".length)]
      : value,
  );
}

describe.skipIf(modules === undefined)("OpenAPI v2 equals upstream's for the kinds of the table", async () => {
  const expected = modules && upstream("openapi-spec/swagger.json");
  const ours = await json("/openapi/v2", {}, { kinds: MEMBER_KINDS });

  test("definitions", () => {
    expect(Object.keys(ours.definitions).length).toBeGreaterThan(300);
    for (const [definition, schema] of Object.entries<Doc>(ours.definitions))
      expect({ definition, schema: v2Comparable(schema) }).toEqual({
        definition,
        schema: v2Comparable(expected.definitions[definition]),
      });
  });

  test("paths", () => {
    const groups = new Set(
      MEMBER_KINDS.map(({ group, version }) => (group ? `/apis/${group}/${version}` : `/api/${version}`)),
    );
    const bases = [...groups].flatMap((base) => [base, base.replace(/\/v[^/]*$/, "")]);
    const theirs = Object.entries(resolved(expected)).filter(
      ([path]) =>
        ["/api/", "/apis/"].includes(path) ||
        bases.some((base) => path === `${base}/` || (groups.has(base) && path.startsWith(`${base}/`))),
    );
    comparePaths(resolved(ours), Object.fromEntries(theirs));
  });

  test("what is written twice is written once", () => {
    const inline = Object.values<Doc>(ours.paths)
      .flatMap((item) => [item, ...Object.values<Doc>(item)])
      .flatMap(({ parameters = [] }) =>
        parameters.filter(({ $ref }: Doc) => $ref === undefined).map((one: Doc) => JSON.stringify(one)),
      );
    expect(new Set(inline).size).toBe(inline.length);
    for (const parameter of Object.values(ours.parameters)) expect(inline).not.toContain(JSON.stringify(parameter));
  });
});

type Fields = Map<number, Uint8Array[]>;

/** Length-delimited fields of one protobuf message, by number; a number or a double is one of `length` 0. */
function message(bytes: Uint8Array | undefined): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes![at++]!;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes!.length) {
    const tag = varint();
    expect([0, 1, 2]).toContain(tag % 8);
    const length = tag % 8 === 2 ? varint() : tag % 8 === 1 ? ((at += 8), 0) : (expect(varint()).toBe(1), 0);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), bytes!.subarray(at, (at += length))]);
  }
  expect(at).toBe(bytes!.length);
  return fields;
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** { name: value } of NamedSchema and the like. */
const named = (all: Uint8Array[] = []): Map<string, Uint8Array> =>
  new Map(all.map((bytes) => [text(message(bytes).get(1)![0]), message(bytes).get(2)?.[0] ?? new Uint8Array()]));

/** x-… as they read in JSON. */
const extensionsIn = (all: Uint8Array[] | undefined): Doc =>
  Object.fromEntries([...named(all)].map(([name, value]) => [name, JSON.parse(text(message(value).get(2)![0]))]));

const extensionsOf = (doc: Doc): Doc =>
  Object.fromEntries(Object.entries(doc).filter(([word]) => word.startsWith("x-")));

/** One of a path's operations in each version: where its fields are. The whole was compared once with what gnostic itself makes of the JSON. */
const NUMBERS = {
  v2: {
    paths: [8, 2],
    methods: { get: 2, put: 3, post: 4, delete: 5, patch: 8 },
    shared: 9,
    parameters: 8,
    responses: [9, 1],
  },
  v3: {
    paths: [4, 1],
    methods: { get: 4, put: 5, post: 6, delete: 7, patch: 10 },
    shared: 13,
    parameters: 6,
    responses: [8, 2],
  },
} as const;

function checkPaths(version: "v2" | "v3", document: Fields, paths: Doc): void {
  const numbers = NUMBERS[version];
  const found = named(message(document.get(numbers.paths[0])![0]).get(numbers.paths[1]));
  expect([...found.keys()]).toEqual(Object.keys(paths));
  for (const [path, bytes] of found) {
    const item = message(bytes);
    expect(item.get(numbers.shared)?.length ?? 0).toBe(paths[path].parameters?.length ?? 0);
    for (const [method, number] of Object.entries(numbers.methods)) {
      const operation = paths[path][method];
      expect([path, method, item.has(number)]).toEqual([path, method, operation !== undefined]);
      if (operation === undefined) continue;
      const fields = message(item.get(number)![0]);
      expect(fields.get(1)!.map(text)).toEqual(operation.tags);
      expect(text(fields.get(5)![0])).toBe(operation.operationId);
      expect(fields.get(numbers.parameters)?.length).toBe(operation.parameters?.length);
      const codes = named(message(fields.get(numbers.responses[0])![0]).get(numbers.responses[1]));
      expect([...codes.keys()]).toEqual(Object.keys(operation.responses));
      expect(extensionsIn(fields.get(13))).toEqual(extensionsOf(operation));
      if (version === "v2") {
        expect(fields.get(6)!.map(text)).toEqual(operation.produces);
        expect(fields.get(7)!.map(text)).toEqual(operation.consumes);
      }
    }
  }
}

describe("OpenAPI v3 in protobuf", () => {
  test.each(["api/v1", "apis", "apis/autoscaling/v2", "apis/hanse.dev/v1alpha1"])("%s", async (name) => {
    const plain = (await ask(`/openapi/v3/${name}`))!;
    for (const accept of [AS_PROTOBUF.v3, AS_PROTOBUF.v3.replace("@", ".")]) {
      const answer = (await ask(`/openapi/v3/${name}`, { accept }))!;
      expect(answer.headers.get("content-type")).toBe("application/com.github.proto-openapi.spec.v3.v1.0+protobuf");
      expect(answer.headers.get("etag")).toBe(plain.headers.get("etag"));
      const document = message(new Uint8Array(await answer.arrayBuffer()));
      const { paths, components, openapi } = await (plain.clone().json() as Promise<Doc>);
      expect(text(document.get(1)![0])).toBe(openapi);
      checkPaths("v3", document, paths);
      const schemas = named(message(message(document.get(5)![0]).get(1)![0]).get(1));
      expect([...schemas.keys()]).toEqual(Object.keys(components.schemas));
      for (const [definition, bytes] of schemas) {
        const fields = message(message(bytes).get(1)![0]);
        const schema = components.schemas[definition];
        const properties = fields.has(31) ? named(message(fields.get(31)![0]).get(1)) : new Map();
        expect([...properties.keys()]).toEqual(Object.keys(schema.properties ?? {}));
        expect(fields.get(23)?.map(text)).toEqual(schema.required);
        expect(fields.get(25)?.map(text)).toEqual(schema.type && [schema.type]);
        expect(extensionsIn(fields.get(36))).toEqual(extensionsOf(schema));
      }
    }
  });

  test("JSON for those who take both, and 406 for neither", async () => {
    const both = (await ask("/openapi/v3/apis", { accept: `application/json,${AS_PROTOBUF.v3}` }))!;
    expect(both.headers.get("content-type")).toBe("application/json");
    expect((await ask("/openapi/v3/apis", { accept: AS_PROTOBUF.v2 }))!.status).toBe(406);
  });
});

describe("OpenAPI v2", () => {
  test("protobuf says what the JSON says", async () => {
    const { definitions, paths, parameters } = await json("/openapi/v2");
    const answer = (await ask("/openapi/v2", { accept: AS_PROTOBUF.v2 }))!;
    expect(answer.headers.get("content-type")).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    const document = message(new Uint8Array(await answer.arrayBuffer()));
    expect(text(document.get(1)![0])).toBe("2.0");
    checkPaths("v2", document, paths);
    expect([...named(message(document.get(10)![0]).get(1)).keys()]).toEqual(Object.keys(parameters));
    const all = named(message(document.get(9)![0]!).get(1)!);
    expect([...all.keys()]).toEqual(Object.keys(definitions));
    const check = (bytes: Uint8Array, schema: Doc): void => {
      const fields = message(bytes);
      expect(fields.get(1)?.map(text)).toEqual(schema.$ref && [schema.$ref]);
      expect(fields.get(2)?.map(text)).toEqual(schema.format && [schema.format]);
      expect(fields.get(19)?.map(text)).toEqual(schema.required);
      expect(fields.get(20)?.map((one) => JSON.parse(text(message(one).get(2)![0])))).toEqual(schema.enum);
      expect(fields.get(22)?.map((one) => text(message(one).get(1)![0]))).toEqual(schema.type && [schema.type]);
      const extensions = [...named(fields.get(31) ?? [])].map(([name, value]) => [
        name,
        JSON.parse(text(message(value).get(2)![0])),
      ]);
      expect(extensions).toEqual(Object.entries(schema).filter(([word]) => word.startsWith("x-")));
      const inner = fields.has(25) ? named(message(fields.get(25)![0]!).get(1)!) : new Map<string, Uint8Array>();
      expect([...inner.keys()]).toEqual(Object.keys(schema.properties ?? {}));
      for (const [name, value] of inner) check(value, schema.properties[name]);
      for (const [number, word] of [
        [21, "additionalProperties"],
        [23, "items"],
      ] as const) {
        expect(fields.has(number)).toBe(word in schema);
        if (word in schema) check(message(fields.get(number)![0]!).get(1)![0]!, schema[word]);
      }
    };
    for (const [name, bytes] of all) check(bytes, definitions[name]);
  });

  test("every reference leads somewhere; 304 by ETag; 406 for what we do not write", async () => {
    const { definitions } = await json("/openapi/v2");
    const references = JSON.stringify(definitions).matchAll(/"#\/definitions\/([^"]+)"/g);
    expect([...new Set([...references].map(([, name]) => name!))].filter((name) => !(name in definitions))).toEqual([]);
    expect(JSON.stringify(definitions)).not.toContain("components");
    const etag = (await ask("/openapi/v2"))!.headers.get("etag")!;
    expect((await ask("/openapi/v2", { "if-none-match": etag }))?.status).toBe(304);
    expect((await ask("/openapi/v2", { accept: "text/plain" }))?.status).toBe(406);
  });
});
