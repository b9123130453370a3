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
  return createDocuments({ all: kinds }).handle(request, path.replace(/\?.*/, ""));
}

async function json(path: string, headers?: Record<string, string>, options?: Parameters<typeof ask>[2]): Promise<Doc> {
  return (await ask(path, headers, options))?.json();
}

const modules = modulesForTest("worker/wire/documents: discovery and OpenAPI against upstream's own");
const upstream = (path: string): Doc => JSON.parse(readFileSync(join(modules!.kubernetes, "api", path), "utf8"));

/** What upstream's discovery has for kinds that we serve, and we have not. Each with its reason. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  bindings: "deprecated for pods/binding, which is served",
  "nodes/proxy": "kubelets of member clusters are not reached through the root",
  "pods/attach": "a running pod is not reached through the root",
  "pods/exec": "a running pod is not reached through the root",
  "pods/log": "a running pod is not reached through the root",
  "pods/portforward": "a running pod is not reached through the root",
  "pods/proxy": "a running pod is not reached through the root",
  "serviceaccounts/token": "tokens for pods are signed by the cluster that runs them",
  "services/proxy": "a service's pods are not reached through the root",
};

describe.skipIf(modules === undefined)("discovery equals upstream's for the kinds of the table", () => {
  const byName = new Map(MEMBER_KINDS.map(({ group, version }) => [group ? `${group}/${version}` : version, group]));

  test.each([...byName])("%s", async (name, group) => {
    const path = group === "" ? `/api/${name}` : `/apis/${name}`;
    const expected = upstream(`discovery/${path.slice(1).replaceAll("/", "__")}.json`);
    const ours = await json(path, {}, { kinds: MEMBER_KINDS });
    const resources = expected.resources.filter((resource: Doc) => !(group === "" && resource.name in NOT_SERVED));
    // All of upstream's, and in its order: a kind of the group that the table has not would show here.
    expect(ours).toEqual({ ...expected, resources });
  });

  test("what is not served stands in upstream's list: nothing here is stale", () => {
    const all = upstream("discovery/api__v1.json").resources.map(({ name }: Doc) => name);
    expect(Object.keys(NOT_SERVED).filter((name) => !all.includes(name))).toEqual([]);
  });

  test("groups with their versions and the preferred one", async () => {
    const { groups } = await json("/apis", {}, { kinds: MEMBER_KINDS });
    const versions = new Set(MEMBER_KINDS.map(({ group, version }) => `${group}/${version}`));
    const expected = upstream("discovery/apis.json")
      .groups.map((group: Doc) => ({
        ...group,
        versions: group.versions.filter(({ groupVersion }: Doc) => versions.has(groupVersion)),
      }))
      .filter((group: Doc) => group.versions.length > 0);
    expect(groups).toEqual(expected);
    for (const group of groups)
      expect(await json(`/apis/${group.name}`)).toEqual(
        upstream(`discovery/apis__${group.name}.json`).versions.length === group.versions.length
          ? upstream(`discovery/apis__${group.name}.json`)
          : { kind: "APIGroup", apiVersion: "v1", ...group },
      );
  });

  test("aggregated", async () => {
    const expected = upstream("discovery/aggregated_v2.json");
    const ours = await json("/apis", { accept: AGGREGATED }, { kinds: MEMBER_KINDS });
    const versions = new Set(MEMBER_KINDS.map(({ group, version }) => `${group}/${version}`));
    const items = expected.items
      .map((item: Doc) => ({
        ...item,
        versions: item.versions.filter(({ version }: Doc) => versions.has(`${item.metadata.name}/${version}`)),
      }))
      .filter((item: Doc) => item.versions.length > 0);
    expect(ours).toEqual({ ...expected, items });
  });

  // Upstream keeps no file of this one; worker/wire/documents/documents.real.test.ts asks a kube-apiserver.
  test("aggregated: subresources that speak of another kind say which", async () => {
    const { items } = await json("/api", { accept: AGGREGATED }, { kinds: MEMBER_KINDS });
    const pods = items[0].versions[0].resources.find(({ resource }: Doc) => resource === "pods");
    expect(
      pods.subresources.map((one: Doc) => [one.subresource, one.responseKind.group, one.responseKind.kind]),
    ).toEqual([
      ["binding", "", "Binding"],
      ["ephemeralcontainers", "", "Pod"],
      ["eviction", "policy", "Eviction"],
      ["resize", "", "Pod"],
      ["status", "", "Pod"],
    ]);
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
