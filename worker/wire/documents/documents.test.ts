import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modulesForTest } from "../../../kinds/facts/generate/modules.ts";
import { MEMBER_KINDS, ROOT_KINDS } from "../../../kinds/all.ts";
import type { Kind } from "../../../kinds/kind.ts";
import { ApiError } from "../status.ts";
import { createDocuments } from "./documents.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- documents are looked into as they are
type Doc = any;

const AGGREGATED =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

function ask(
  path: string,
  headers: Record<string, string> = {},
  options: { kinds?: readonly Kind[]; method?: string; prefix?: string } = {},
): Promise<Response | undefined> {
  const { kinds = ROOT_KINDS, method = "GET", prefix = "" } = options;
  const request = new Request(`https://fed${prefix}${path}`, { headers, method });
  return createDocuments(kinds).handle(request, path.replace(/\?.*/, ""));
}

async function json(path: string, headers?: Record<string, string>, options?: Parameters<typeof ask>[2]): Promise<Doc> {
  return (await ask(path, headers, options))?.json();
}

const modules = modulesForTest("worker/wire/documents: discovery and OpenAPI against upstream's own");
const upstream = (path: string): Doc => JSON.parse(readFileSync(join(modules!.kubernetes, "api", path), "utf8"));

/** Upstream's resources of our kinds and of the subresources that we serve. */
function served(resources: Doc[], kinds: readonly Kind[]): Doc[] {
  return resources.filter(({ name }) => {
    const [resource, subresource] = name.split("/");
    const kind = kinds.find((candidate) => candidate.resource === resource);
    return (
      kind && (!subresource || (subresource === "status" && kind.status) || (subresource === "scale" && kind.scale))
    );
  });
}

describe.skipIf(modules === undefined)("discovery equals upstream's for the kinds of the table", () => {
  const writable = MEMBER_KINDS;
  const inVersion = (group: string): Kind[] => writable.filter((kind) => kind.group === group);

  test.each([
    ["/api/v1", "discovery/api__v1.json", ""],
    ...["apps/v1", "autoscaling/v1", "autoscaling/v2", "batch/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1"]
      .concat("events.k8s.io/v1", "networking.k8s.io/v1", "node.k8s.io/v1", "policy/v1")
      .concat("scheduling.k8s.io/v1", "storage.k8s.io/v1")
      .map((name) => [`/apis/${name}`, `discovery/apis__${name.replace("/", "__")}.json`, name]),
  ] as [string, string, string][])("%s", async (path, file, name) => {
    const [group = "", version = "v1"] = name.split("/");
    const kinds = inVersion(group).filter((kind) => kind.version === version);
    const expected = upstream(file);
    const ours = await json(path, {}, { kinds });
    expect(ours).toEqual({ ...expected, resources: served(expected.resources, kinds) });
  });

  test("/apis/apps", async () => {
    expect(await json("/apis/apps")).toEqual(upstream("discovery/apis__apps.json"));
  });

  test("aggregated", async () => {
    const expected = upstream("discovery/aggregated_v2.json");
    const apps = expected.items.find(({ metadata }: Doc) => metadata.name === "apps");
    const ours = await json("/apis", { accept: AGGREGATED }, { kinds: inVersion("apps") });
    const resources = apps.versions[0].resources.filter(({ resource }: Doc) =>
      inVersion("apps").some((kind) => kind.resource === resource),
    );
    expect(ours).toEqual({ ...expected, items: [{ ...apps, versions: [{ ...apps.versions[0], resources }] }] });
  });
});

describe("discovery", () => {
  test("groups in upstream's order, our own last", async () => {
    const list = await json("/apis");
    expect(list).toMatchObject({ kind: "APIGroupList", apiVersion: "v1" });
    const names = list.groups.map(({ name }: Doc) => name);
    expect(new Set(names)).toEqual(new Set(ROOT_KINDS.map(({ group }) => group).filter(Boolean)));
    expect([names[0], names.at(-1)]).toEqual(["apps", "hanse.dev"]);
    if (modules !== undefined) {
      const order = upstream("discovery/aggregated_v2.json").items.map(({ metadata }: Doc) => metadata.name);
      expect(names.slice(0, -1)).toEqual(order.filter((name: string) => names.includes(name)));
    }
    expect(await json("/api")).toEqual({ kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] });
    expect((await json("/apis/hanse.dev/v1alpha1")).resources.map(({ name }: Doc) => name)).toContain("clusters");
  });

  test("aggregated: the answer says which form it is and is known by its hash", async () => {
    for (const [path, name] of [
      ["/api", undefined],
      ["/apis", "apps"],
    ] as const) {
      const answer = (await ask(path, { accept: AGGREGATED }))!;
      expect(answer.headers.get("content-type")).toBe(
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
      );
      expect(answer.headers.get("vary")).toBe("Accept");
      const etag = answer.headers.get("etag")!;
      expect(etag).toMatch(/^"[0-9A-F]{128}"$/);
      expect(((await answer.json()) as Doc).items[0].metadata).toEqual(name ? { name } : {});
      const again = (await ask(path, { accept: AGGREGATED, "if-none-match": etag }))!;
      expect([again.status, await again.text()]).toEqual([304, ""]);
    }
    const beta = (await ask("/apis", {
      accept: "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
    }))!;
    expect(beta.headers.get("content-type")).toContain("v=v2beta1");
    expect(((await beta.json()) as Doc).apiVersion).toBe("apidiscovery.k8s.io/v2beta1");
  });

  test.each([
    ["application/json", "application/json"],
    ["application/vnd.kubernetes.protobuf,application/json", "application/json"],
    [
      "application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
      "application/json",
    ],
    ["application/json;q=0.5,application/yaml", "application/yaml"],
    ["*/*", "application/json"],
  ])("Accept %s -> %s", async (accept, type) => {
    expect((await ask("/apis", { accept }))?.headers.get("content-type")).toBe(type);
  });

  test.each(["text/plain", "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList"])(
    "406 for %s",
    async (accept) => {
      await expect(ask("/apis", { accept })).rejects.toMatchObject({ status: { code: 406, reason: "NotAcceptable" } });
    },
  );

  test("other methods 405, other paths not ours, a trailing slash is the same", async () => {
    await expect(ask("/apis/apps/v1", {}, { method: "POST" })).rejects.toBeInstanceOf(ApiError);
    for (const path of ["/apis/nope", "/apis/apps/v9", "/api/v9", "/openapi/v3/apis/nope/v1", "/healthz", "/"])
      expect(await ask(path)).toBeUndefined();
    expect(await json("/apis/apps/v1/")).toEqual(await json("/apis/apps/v1"));
  });

  test("kinds that may only be read show no other verbs, nor do their subresources", async () => {
    const kinds = ROOT_KINDS.map((kind) => ({ ...kind, verbs: ["get", "list", "watch"] as const }));
    const { resources } = await json("/apis/apps/v1", {}, { kinds });
    for (const { verbs } of resources)
      expect(["create", "delete", "patch", "update"].filter((verb) => verbs.includes(verb))).toEqual([]);
    const { paths } = await json("/openapi/v3/apis/apps/v1", {}, { kinds });
    for (const item of Object.values<Doc>(paths))
      expect(Object.keys(item).filter((key) => key !== "get" && key !== "parameters")).toEqual([]);
  });
});

// What we leave out on purpose: prose, forms we do not write (protobuf, CBOR), parameters of alpha features, deprecated /watch/ paths.
const LEFT_OUT = /protobuf|cbor/;
const NO_PARAMETERS = new Set(["shardSelector", "ignoreStoreReadErrorWithClusterBreakingPotential"]);

function comparable(value: Doc): Doc {
  if (Array.isArray(value)) {
    const items = value.filter((item) => !NO_PARAMETERS.has(item?.name)).map(comparable);
    return items.every((item) => typeof item?.name === "string")
      ? items.sort((a, b) => (a.name < b.name ? -1 : 1))
      : items;
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

describe.skipIf(modules === undefined)("OpenAPI v3 equals upstream's for the kinds of the table", () => {
  test.each([
    ["api/v1", "openapi-spec/v3/api__v1_openapi.json"],
    ["apis/apps/v1", "openapi-spec/v3/apis__apps__v1_openapi.json"],
  ])("%s", async (name, file) => {
    const expected = upstream(file);
    const ours = await json(`/openapi/v3/${name}`, {}, { kinds: MEMBER_KINDS });
    for (const [path, item] of Object.entries<Doc>(ours.paths)) {
      // A Namespace's deletion is answered with the Namespace; upstream's document says Status there.
      const [our, their] = [comparable(item), comparable(expected.paths[path])];
      if (path === "/api/v1/namespaces/{name}") our.delete = their.delete;
      expect({ path, item: our }).toEqual({ path, item: their });
    }
    expect(Object.keys(ours.paths).length).toBeGreaterThan(10);
    for (const [definition, schema] of Object.entries<Doc>(ours.components.schemas)) {
      const theirs = expected.components.schemas[definition];
      // These are named in each group version that upstream serves with its alpha and beta versions.
      const ignore = [
        "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
        "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent",
      ];
      if (ignore.includes(definition)) continue;
      expect({ definition, schema: comparable(schema) }).toEqual({ definition, schema: comparable(theirs) });
    }
  });
});

describe("OpenAPI v3", () => {
  test("the index leads to documents by hash, below a view's prefix too", async () => {
    for (const prefix of ["", "/clusters/paris"]) {
      const { paths } = await json("/openapi/v3", {}, { prefix });
      const served = ROOT_KINDS.map(({ group, version }) => (group ? `apis/${group}/${version}` : `api/${version}`));
      expect(new Set(Object.keys(paths))).toEqual(new Set(served));
      const url: string = paths["apis/apps/v1"].serverRelativeURL;
      expect(url).toMatch(new RegExp(`^${prefix}/openapi/v3/apis/apps/v1\\?hash=[0-9A-F]{128}$`));
      const answer = (await ask(url.slice(prefix.length), {}, { prefix }))!;
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("etag")).toBe(`"${url.split("=")[1]}"`);
      const wrong = (await ask("/openapi/v3/apis/apps/v1?hash=AA", {}, { prefix }))!;
      expect([wrong.status, wrong.headers.get("location")]).toEqual([301, url]);
    }
  });

  test("without a hash it is not kept; 304 by ETag; 406 for what we do not write", async () => {
    const answer = (await ask("/openapi/v3/api/v1"))!;
    expect(answer.headers.get("cache-control")).toBe("no-cache, private");
    expect(answer.headers.get("vary")).toBe("Accept");
    const etag = answer.headers.get("etag")!;
    expect((await ask("/openapi/v3/api/v1", { "if-none-match": etag }))?.status).toBe(304);
    expect((await ask("/openapi/v3/api/v1", { accept: "text/plain" }))?.status).toBe(406);
    expect(
      (
        await ask("/openapi/v3/api/v1", {
          accept: "application/com.github.proto-openapi.spec.v3@v1.0+protobuf,application/json",
        })
      )?.status,
    ).toBe(200);
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
    JSON.stringify(comparable(value), (key, inner) => (key === "x-kubernetes-group-version-kind" ? undefined : inner)),
  );

describe.skipIf(modules === undefined)("OpenAPI v2 equals upstream's for the kinds of the table", () => {
  test("definitions", async () => {
    const expected = upstream("openapi-spec/swagger.json");
    const { definitions } = await json(
      "/openapi/v2",
      {},
      { kinds: MEMBER_KINDS.filter(({ group }) => group !== "hanse.dev") },
    );
    expect(Object.keys(definitions).length).toBeGreaterThan(100);
    for (const [definition, schema] of Object.entries<Doc>(definitions))
      expect({ definition, schema: v2Comparable(schema) }).toEqual({
        definition,
        schema: v2Comparable(expected.definitions[definition]),
      });
  });
});

/** Length-delimited fields of one protobuf message, by number; any other wire type fails the test. */
function message(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    expect(tag % 8).toBe(2);
    const length = varint();
    const number = (tag - 2) / 8;
    fields.set(number, [...(fields.get(number) ?? []), bytes.subarray(at, (at += length))]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

describe("OpenAPI v2", () => {
  const PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
  /** { name: value } of NamedSchema and the like. */
  const named = (all: Uint8Array[]): Map<string, Uint8Array> =>
    new Map(all.map((bytes) => [text(message(bytes).get(1)![0]), message(bytes).get(2)![0]!]));

  test("protobuf says what the JSON says", async () => {
    const { definitions } = await json("/openapi/v2");
    const answer = (await ask("/openapi/v2", { accept: PROTOBUF }))!;
    expect(answer.headers.get("content-type")).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    const document = message(new Uint8Array(await answer.arrayBuffer()));
    expect(text(document.get(1)![0])).toBe("2.0");
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
